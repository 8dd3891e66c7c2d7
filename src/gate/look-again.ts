import type { GrantOutcome } from '../enforce/grant/outcome.js';
import { type EnforcementProof, isAlikeUnder } from '../enforce/prove.js';
import type { JoinedMethod } from '../evidence/join.js';
import type { ApiEvidence, Evidence } from '../model/evidence.js';
import { stageKey } from '../model/stage-key.js';
import type { Observation } from '../probe/observation.js';
import { grantedStages } from './access.js';
import { type Asked, askEndpoint, SMOKE_TEST_TITLE } from './ask-endpoint.js';
import type { Assignment } from './assignment.js';
import { collectAgain } from './collect.js';
import type { ReadDependencies } from './dependencies.js';
import type { GateOutcome } from './enforced.js';
import type { Present } from './present.js';
import { joinedRows } from './rows.js';

/**
 * What the verdict is about: everything as it is now. Enforcing one API takes minutes, in which all
 * others may have changed, the proven ones, too: every API is read again once anything was changed. What
 * the endpoint answered to a proof still stands where the API is what it was then.
 */
export async function lookAgain(
  before: Evidence,
  outcomes: readonly GateOutcome[],
  grants: readonly GrantOutcome[],
  assignment: Assignment,
  dependencies: ReadDependencies,
): Promise<Present> {
  const evidence = await readAgain(before, outcomes, assignment, dependencies);
  const proofs = new Map<string, EnforcementProof>();
  const stood: Observation[] = [];
  const rows = evidence.apis.flatMap((api) => {
    const now = joinedRows([api], assignment);
    const proof = lastingProof(api, outcomes);
    const standing = proof === null ? null : standingObservations(now, proof);
    if (proof !== null && standing !== null) {
      proofs.set(api.id, proof);
      stood.push(...standing);
    }
    return now;
  });
  const open = rows.filter(({ api }) => !proofs.has(api.id));
  const changed = new Set([...changedStages(outcomes), ...grantedStages(grants)]);
  const asked = await askEndpoint(
    open,
    changed,
    assignment,
    dependencies,
    SMOKE_TEST_TITLE,
    isAlikeUnder(outcomes.map(({ plan }) => plan)),
  );
  return {
    evidence,
    rows,
    observations: inOrderOf(rows, [...asked.observations, ...stood]),
    surroundings: surroundingsOf(asked, proofs),
  };
}

/** Reads every API again where enforcement changed something; a single one was read by its proof. */
async function readAgain(
  before: Evidence,
  outcomes: readonly GateOutcome[],
  assignment: Assignment,
  dependencies: ReadDependencies,
): Promise<Evidence> {
  const { apiIds } = assignment.inputs;
  const isChanged = outcomes.some(({ state }) => isCarriedOut(state));
  if (!isChanged) return before;
  const [only, ...others] = before.apis;
  const proof = only === undefined ? null : lastingProof(only, outcomes);
  if (others.length === 0 && apiIds !== '*' && proof !== null) {
    return { ...before, apis: [proof.api] };
  }
  return dependencies.logger.group('Reading again what is there after all changes', async () => {
    const now = await collectAgain(apiIds, before.apis, assignment, dependencies);
    // One that a list leaves out by now is asked for by its id, and is unreadable where it is gone.
    const listed = new Set(now.apis.map(({ id }) => id));
    const missing = before.apis.flatMap(({ id }) => (listed.has(id) ? [] : [id]));
    if (missing.length === 0) return now;
    const added = await collectAgain(missing, before.apis, assignment, dependencies);
    return { ...now, apis: [...now.apis, ...added.apis] };
  });
}

function isCarriedOut(state: GateOutcome['state']): boolean {
  return state !== null && state !== 'refused';
}

/** The proof of an API that was enforced and is to stay so; `null` where there is none. */
function lastingProof(
  { id }: ApiEvidence,
  outcomes: readonly GateOutcome[],
): EnforcementProof | null {
  const outcome = outcomes.find(({ plan }) => plan.api.id === id);
  return outcome?.state === 'proven' || outcome?.state === 'applied' ? outcome.proof : null;
}

/**
 * What a proof observed, of the rows as they are now; `null` where any row is another one, since then the
 * endpoint may answer otherwise.
 */
function standingObservations(
  now: readonly JoinedMethod[],
  { observations }: EnforcementProof,
): Observation[] | null {
  const known = new Map(
    observations.map((observation) => [contentOf(observation.row), observation]),
  );
  if (now.length !== known.size) return null;
  const standing = now.flatMap((row) => {
    const observation = known.get(contentOf(row));
    return observation === undefined ? [] : [{ ...observation, row }];
  });
  return standing.length === now.length ? standing : null;
}

/** All of a row that decides what the endpoint answers, as one text. */
function contentOf(row: JoinedMethod): string {
  const { api, stage } = row;
  const description = api.description.readable ? api.description.value : null;
  const { method, path, configured, deployed, canary, preflights } = row;
  return JSON.stringify([
    ...[method, path, configured, deployed, canary, preflights],
    stage === null ? null : [stage.name, stage.deploymentId, stage.canary?.deploymentId],
    description === null ? null : [description.defaultEndpointDisabled, description.endpointTypes],
  ]);
}

function inOrderOf(
  rows: readonly JoinedMethod[],
  observations: readonly Observation[],
): Observation[] {
  const byRow = new Map(observations.map((observation) => [observation.row, observation]));
  return rows.flatMap((row) => byRow.get(row) ?? []);
}

function surroundingsOf(
  asked: Asked,
  proofs: ReadonlyMap<string, EnforcementProof>,
): Present['surroundings'] {
  return {
    whereabouts: (api, stage) => (proofs.get(api.id) ?? asked).surroundings.whereabouts(api, stage),
    // What is true of an address is told once, however many APIs were asked there.
    notes: [
      ...new Set([asked, ...proofs.values()].flatMap(({ surroundings }) => surroundings.notes)),
    ],
  };
}

/** Stages that this run has moved, to or fro, by `stageKey`: they may still change their answers. */
function changedStages(outcomes: readonly GateOutcome[]): ReadonlySet<string> {
  return new Set(
    outcomes.flatMap(({ plan, stageStates, changeStates }) => [
      ...plan.stages.flatMap(({ name }, index) =>
        stageStates[index] === 'restored' || stageStates[index] === 'moved'
          ? [stageKey(plan.api.id, name)]
          : [],
      ),
      // What was changed reached them by itself.
      ...plan.live.flatMap(({ name }) =>
        changeStates.some((state) => state === 'restored' || state === 'applied')
          ? [stageKey(plan.api.id, name)]
          : [],
      ),
    ]),
  );
}
