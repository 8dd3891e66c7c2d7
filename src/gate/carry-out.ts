import { isRequiredType } from '../config/requirement.js';
import { type ApiPlan, isIdle } from '../enforce/api-plan.js';
import type { GrantPlan } from '../enforce/grant/plan.js';
import { enforcerOf } from '../enforce/kinds/by-kind.js';
import { readShipped } from '../enforce/kinds/shipped.js';
import { outcomeOf } from '../enforce/outcome.js';
import { planEnforcement } from '../enforce/plan.js';
import { type CheckedPlan, decidePending } from '../enforce/preconditions.js';
import { changedStages } from '../enforce/prove.js';
import { refusalText } from '../enforce/refusals.js';
import type { Step } from '../enforce/steps/registry.js';
import { enforceLive } from '../enforce/transaction/live.js';
import type { InterruptedRun } from '../enforce/transaction/roll-back-interrupted.js';
import { enforceApi } from '../enforce/transaction/transaction.js';
import { type Evidence, methodKey, nameOf } from '../model/evidence.js';
import type { Assignment } from './assignment.js';
import type { ChangeDependencies, ReadDependencies } from './dependencies.js';
import type { GateOutcome } from './enforced.js';
import { howToProve, prove } from './prove.js';
import { joinedRows } from './rows.js';
import { stagesServedOpen } from './served-open.js';

/**
 * Plans the enforcement of every API, and carries the plans out, an API after the other.
 *
 * @param grants who is let in, before any method begins to ask for a right.
 * @param changes `null` where it is only planned.
 */
export async function enforceApis(
  evidence: Evidence,
  grants: readonly GrantPlan[],
  recovery: InterruptedRun | null,
  assignment: Assignment,
  dependencies: ReadDependencies,
  changes: ChangeDependencies | null,
): Promise<GateOutcome[]> {
  const { logger } = dependencies;
  const plans = await planApis(evidence, assignment, dependencies);
  const title = changes === null ? 'Planning what enforce would change' : 'Turning IAM on';
  return logger.group(title, async () => {
    const outcomes: GateOutcome[] = [];
    for (const drafted of plans) {
      const obstacle = obstacleOf(recovery, outcomes);
      const plan = withoutLockOut(
        await checkPlan(drafted, recovery, obstacle, assignment, dependencies),
        grants,
      );
      logger.info(describePlan(plan));
      // A run that is cancelled or killed makes no report: what is shipped besides stands in its log.
      for (const note of plan.notes) logger.info(note);
      if (changes === null) for (const line of planLines(plan)) logger.info(line);
      const steps = obstacle === null ? stepsFor(plan, grants) : [];
      const isToChange = !isIdle(plan) && plan.refusals.length === 0;
      const outcome: GateOutcome =
        changes !== null && (isToChange || steps.length > 0)
          ? await carryOut(plan, steps, assignment, dependencies, changes)
          : outcomeOf(plan, plan.refusals.length > 0 ? 'not-attempted' : 'planned');
      const done = outcome.state === null ? undefined : DONE[outcome.state];
      if (done !== undefined) logger.info(`${titleOf(plan)}: ${done}`);
      outcomes.push(outcome);
    }
    return outcomes;
  });
}

/** What the log says of an API that stays as it was enforced, also where the job ends without a report. */
const DONE: { readonly [S in NonNullable<GateOutcome['state']>]?: string } = {
  proven: 'AWS_IAM is on and proven, and stays',
  applied: 'AWS_IAM is on and stays; the endpoint was not asked',
};

/** Plans by what is read, and once more where stages answer as if they served something else. */
async function planApis(
  { apis }: Evidence,
  assignment: Assignment,
  dependencies: ReadDependencies,
): Promise<ApiPlan[]> {
  const { inputs, basis } = assignment;
  const options = { ...inputs, ...basis };
  const plans = planEnforcement(apis, options);
  const planned = new Set(plans.flatMap(({ stages }) => stages));
  const rows = joinedRows(apis, assignment).filter(
    ({ stage }) => stage !== null && !planned.has(stage),
  );
  const servedOpen = await stagesServedOpen(rows, assignment, dependencies);
  return servedOpen.size === 0 ? plans : planEnforcement(apis, { ...options, servedOpen });
}

function carryOut(
  plan: CheckedPlan,
  grants: readonly Step[],
  assignment: Assignment,
  dependencies: ReadDependencies,
  { journal, provenance, servicesIn, retries }: ChangeDependencies,
): Promise<GateOutcome> {
  const { target, newToken } = dependencies;
  const { region } = target;
  const isLive = plan.live.length > 0 && plan.refusals.length === 0;
  const enforce = isLive ? enforceLive : enforceApi;
  return enforce(plan, grants, (part) => prove(part, assignment, dependencies), {
    ...target,
    ...{ journal, region, provenance, newToken },
    retries: dependencies,
    rollingBack: { ...servicesIn(region), retries },
  });
}

/**
 * A grant that is asked for and not made leaves the group outside of what begins to ask for a right: the
 * methods stay as they are until it can be made.
 */
function withoutLockOut(plan: CheckedPlan, grants: readonly GrantPlan[]): CheckedPlan {
  if (isIdle(plan)) return plan;
  const known = new Set(plan.refusals);
  const refused = grants.filter(
    ({ apiId, refusals }) => apiId === plan.api.id && !refusals.every((it) => known.has(it)),
  );
  const reasons = refused.map(
    ({ stage, refusals }) =>
      `the grant for stage ${stage} is not made, and without it the group in invoke-group would be locked out: ${refusals.join('; ')}`,
  );
  const defeats = grants.flatMap((grant) =>
    grant.apiId === plan.api.id ? defeatOf(plan, grant) : [],
  );
  return { ...plan, refusals: [...plan.refusals, ...reasons, ...defeats] };
}

/** Methods that a refusal names beside the first one. */
const NAMED = 5;

/** Why a stage's methods are not turned to IAM that a deny would keep the group from, whatever it is granted. */
function defeatOf(plan: CheckedPlan, { stage, groupName, defeated = [] }: GrantPlan): string[] {
  if (!changedStages(plan).some(({ name }) => name === stage)) return [];
  const turned = defeated.filter(({ method, path }) => {
    const type = plan.expected.get(methodKey(method, path))?.authorizationType;
    return type !== undefined && isRequiredType(type);
  });
  const [first] = turned;
  if (first === undefined) return [];
  const named = turned.slice(0, NAMED).map(({ method, path }) => methodKey(method, path));
  const more = turned.length > NAMED ? ` and ${turned.length - NAMED} more` : '';
  return [
    `group ${groupName} would be locked out of ${named.join(', ')}${more} in stage ${stage}, since no grant defeats a deny (${first.because.join(' and ')}); narrow the deny first, or, if it is meant, enforce without grant`,
  ];
}

function stepsFor({ api }: ApiPlan, grants: readonly GrantPlan[]): Step[] {
  return grants.filter(({ apiId }) => apiId === api.id).flatMap(({ steps }) => steps);
}

/**
 * What forbids any further change: something that could not be rolled back, by this run or one before
 * it. The journal holds one open transaction; a second one would overwrite what is still to be done.
 */
function obstacleOf(
  recovery: InterruptedRun | null,
  outcomes: readonly GateOutcome[],
): string | null {
  const unfinished = reasonUnfinished(recovery);
  if (unfinished !== null) return unfinished;
  const failed = outcomes.find(({ state }) => state === 'left');
  if (failed === undefined) return null;
  return `enforcement of ${nameOf(failed.plan.api)} (${failed.plan.api.id}) could not be rolled back, so nothing more is changed`;
}

function reasonUnfinished(recovery: InterruptedRun | null): string | null {
  return recovery === null || recovery.isFinal ? null : recovery.words;
}

/** Everything that must hold before the first change, and can be found out without one. */
async function checkPlan(
  plan: ApiPlan,
  recovery: InterruptedRun | null,
  obstacle: string | null,
  assignment: Assignment,
  dependencies: ReadDependencies,
): Promise<CheckedPlan> {
  if (isIdle(plan)) {
    // What an earlier run has left fails the job, whatever it would have done: here the report says why.
    const unfinished = reasonUnfinished(recovery);
    const refusals = unfinished === null ? plan.refusals : [...plan.refusals, unfinished];
    return { ...plan, refusals, notes: [] };
  }
  const { allowPendingChanges } = assignment.inputs;
  const { findPending, shippedReaders } = enforcerOf(plan.api.kind);
  const { found, uncompared, refusals: others } = await findPending(plan, dependencies.target);
  const checked = decidePending(plan, found, allowPendingChanges);
  const { reasons, changes } = await howToProve(plan, assignment, dependencies);
  const refusals = [
    ...checked.refusals,
    ...others,
    ...(obstacle === null ? [] : [obstacle]),
    ...reasons,
  ];
  const notes = [...checked.notes, ...uncompared];
  const known = { ...checked, changes, refusals, notes };
  if (refusals.length > 0 || plan.stages.length === 0) return known;
  // The last that is read before the first change.
  const ship = await readShipped(shippedReaders(plan.api, dependencies.target));
  return { ...known, notes: [...notes, ...ship.uncompared], shipped: ship.shipped };
}

function titleOf({ api }: Pick<ApiPlan, 'api'>): string {
  return `${nameOf(api)} (${api.id})`;
}

function describePlan(plan: ApiPlan): string {
  const { api, changes, stages, live, refusals } = plan;
  const title = titleOf(plan);
  if (refusals.length > 0) return refusalText(plan);
  if (isIdle(plan)) return `${title}: nothing to change`;
  const namesOf = (some: typeof stages): string => some.map(({ name }) => name).join(', ');
  const moves = stages.length === 0 ? [] : [`one deployment, served by ${namesOf(stages)}`];
  const ownMoves =
    live.length === 0 ? [] : [`live at once in ${namesOf(live)}, one after the other`];
  const how = [...ownMoves, ...moves];
  const noun = api.kind === 'REST' ? 'methods' : 'routes';
  return `${title}: ${changes.length} ${noun} to change; ${how.length === 0 ? 'no deployment needed' : how.join('; then ')}`;
}

/** The plan as a diff, a line a method; enforce says the same while it does it. */
function planLines({ changes, kept }: ApiPlan): string[] {
  return [
    ...changes.map(({ method, path, from, to }) => `  ${method} ${path}: ${from} -> ${to}`),
    ...kept.map(
      ({ method, path, authorizationType, reason }) =>
        `  ${method} ${path}: ${authorizationType} stays: ${reason}`,
    ),
  ];
}
