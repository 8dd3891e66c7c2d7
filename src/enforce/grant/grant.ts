import { assessGroup } from '../../access/assess.js';
import type { AccessEvidence } from '../../access/model.js';
import type { RetrySettings } from '../../aws/retry.js';
import type { JoinedMethod } from '../../evidence/join.js';
import { reading } from '../../evidence/reading.js';
import type { Reading } from '../../model/evidence.js';
import { stageKey } from '../../model/stage-key.js';
import { actionsOf } from '../steps/registry.js';
import type { Control } from '../steps/step-kind.js';
import type { GrantOutcome } from './outcome.js';
import { type ExistingPolicies, type GrantPlan, grantScopes, planGrants } from './plan.js';
import { type ExistingPolicy, readPolicy } from './policy.js';

/** What was asked for, as far as the grant depends on it. */
export interface GrantSettings {
  readonly mode: 'audit' | 'plan' | 'enforce';
  readonly grant: boolean;
  readonly replaceAuthorizers: boolean;
}

/**
 * Plans the grant, a stage after the other; the plans' steps are the first of each API's transaction.
 *
 * @param obstacle why nothing at all may be changed; `null` where it may.
 * @param world with a token that no other run has: the tag by which a policy of this run is known.
 */
export async function planTheGrants(
  settings: GrantSettings,
  rows: readonly JoinedMethod[],
  access: AccessEvidence,
  obstacle: string | null,
  world: Pick<Control, 'iam' | 'retries'> & { readonly token: string },
): Promise<GrantPlan[]> {
  if (!settings.grant || settings.mode === 'audit') return [];
  const { iam, retries } = world;
  const { logger } = retries;
  return logger.group('Planning the grant', async () => {
    const scopes = grantScopes(rows, settings.replaceAuthorizers);
    const existing = new Map<string, Reading<ExistingPolicy | null>>();
    for (const { policyName } of scopes) {
      existing.set(policyName, await reading('GetPolicy', () => readPolicy(policyName, iam)));
    }
    const draft = (others: Omit<ExistingPolicies, 'planned'>): GrantPlan[] =>
      planGrants(scopes, access, { planned: existing, ...others }, world.token);
    const drafts = draft({ all: [] });
    const isNew = drafts.some(({ steps }) => steps.some(({ kind }) => kind === 'create-policy'));
    // One of the account's policies may have a name that is to be given.
    const plans =
      isNew && obstacle === null
        ? draft(await readOwnPolicies(iam))
        : drafts.map((it) => (obstacle === null ? it : { ...it, steps: [], refusals: [obstacle] }));
    const doubts = new Set(plans.flatMap(({ doubt }) => doubt ?? []));
    for (const line of [...doubts, ...plans.flatMap(linesOf)]) logger.info(line);
    return plans;
  });
}

/** Every policy of the account, or why nobody can tell. */
async function readOwnPolicies(iam: Control['iam']): Promise<Omit<ExistingPolicies, 'planned'>> {
  const all = await reading('ListPolicies', () => iam.listOwnPolicies());
  return all.readable ? { all: all.value } : { all: [], unread: all };
}

/** How often a grant is read again before it is judged as it is, and the wait between. */
const READINGS = 5;
const WAIT_MS = 3_000;

/**
 * Reads the group again until what was granted shows: IAM is "eventually consistent", a change takes
 * time to be seen everywhere (IAM User Guide, "Troubleshoot IAM": changes that I make are not always
 * immediately visible). Whatever shows in the end is what is judged.
 */
export async function settleGrants(
  grants: readonly GrantOutcome[],
  rows: readonly JoinedMethod[],
  collect: () => Promise<AccessEvidence>,
  { sleep }: Pick<RetrySettings, 'sleep'>,
): Promise<AccessEvidence> {
  const granted = new Set(
    grants.flatMap(({ plan, state }) =>
      state === 'applied' ? [stageKey(plan.apiId, plan.stage)] : [],
    ),
  );
  const isMissing = (access: AccessEvidence): boolean =>
    assessGroup(rows, access).some(
      ({ row, decision }) =>
        decision.may === 'deny' &&
        decision.how === 'implicit' &&
        granted.has(stageKey(row.api.id, row.stage?.name ?? null)),
    );
  let access = await collect();
  for (let readings = 1; readings < READINGS && isMissing(access); readings += 1) {
    await sleep(WAIT_MS);
    access = await collect();
  }
  return access;
}

function linesOf({ apiId, stage, groupName, steps, refusals }: GrantPlan): string[] {
  const place = `${apiId}/${stage}`;
  if (refusals.length > 0) return [`${place}: no grant: ${refusals.join('; ')}`];
  if (steps.length === 0) return [`${place}: group ${groupName} needs no grant`];
  return [`${place}:`, ...steps.map((step) => `  ${actionsOf(step).describe()}`)];
}
