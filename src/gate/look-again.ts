import type { EnforcementProof } from '../enforce/prove.js';
import { collectEvidence } from '../evidence/collect.js';
import type { JoinedMethod } from '../evidence/join.js';
import type { Inputs } from '../inputs/table.js';
import type { ApiEvidence, Evidence } from '../model/evidence.js';
import type { Observation } from '../probe/observation.js';
import type { Surroundings } from '../probe/surroundings.js';
import { type Asked, askEndpoint } from './ask-endpoint.js';
import { type Basis, type World, withinLimit } from './dependencies.js';
import { type GateOutcome, joinByPolicy, requirementOf } from './enforce.js';

/** What is there after enforcement, what the endpoint says to it, and where it was asked. */
export interface Present {
  readonly evidence: Evidence;
  readonly rows: readonly JoinedMethod[];
  /** One for each row, in the same order. */
  readonly observations: readonly Observation[];
  readonly surroundings: Pick<Surroundings, 'whereabouts' | 'notes'>;
}

/**
 * What the verdict is about: everything as it is now. Enforcing one API takes minutes, in which all
 * others may have changed, the proven ones, too: every API is read again once anything was changed. What
 * the endpoint has told a proof still stands where the API is what it was then.
 *
 * @param granted stages whose callers were granted rights a moment ago, as `api/stage`.
 */
export async function lookAgain(
  inputs: Inputs,
  basis: Basis,
  before: Evidence,
  outcomes: readonly GateOutcome[],
  granted: ReadonlySet<string>,
  world: World,
): Promise<Present> {
  const evidence = await readAgain(inputs, basis, before, outcomes, world);
  const proofs = new Map<string, EnforcementProof>();
  const stood: Observation[] = [];
  const rows = evidence.apis.flatMap((api) => {
    const now = joinByPolicy([api], basis);
    const proof = proofOf(api, outcomes);
    const standing = proof === null ? null : standingObservations(now, proof);
    if (proof !== null && standing !== null) {
      proofs.set(api.id, proof);
      stood.push(...standing);
    }
    return now;
  });
  const open = rows.filter(({ api }) => !proofs.has(api.id));
  const changed = new Set([...changedStages(outcomes), ...granted]);
  const asked = await askEndpoint(open, changed, inputs, basis, world, (phase) =>
    world.logger.group('Asking the endpoint: unsigned, tampered and signed', phase),
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
  inputs: Inputs,
  basis: Basis,
  before: Evidence,
  outcomes: readonly GateOutcome[],
  world: World,
): Promise<Evidence> {
  const isChanged = outcomes.some(({ state }) => isCarriedOut(state));
  if (!isChanged) return before;
  const [only, ...others] = before.apis;
  const proof = only === undefined ? null : proofOf(only, outcomes);
  if (others.length === 0 && inputs.apiIds !== '*' && proof !== null) {
    return { ...before, apis: [proof.api] };
  }
  return world.logger.group('Reading again what is there after all changes', async () => {
    const collect = (apiIds: Inputs['apiIds']): Promise<Evidence> => {
      const scope = { ...inputs, ...requirementOf(basis), apiIds, isRepeated: true };
      return withinLimit(world, () => collectEvidence(scope, world.apiGateway, world.logger));
    };
    const now = await collect(inputs.apiIds);
    // One that a list leaves out by now is asked for by its id, and is unreadable where it is gone.
    const listed = new Set(now.apis.map(({ id }) => id));
    const missing = before.apis.flatMap(({ id }) => (listed.has(id) ? [] : [id]));
    if (missing.length === 0) return now;
    return { ...now, apis: [...now.apis, ...(await collect(missing)).apis] };
  });
}

function isCarriedOut(state: GateOutcome['state']): boolean {
  return state === 'proven' || state === 'applied' || state === 'restored' || state === 'left';
}

/** The proof of an API that was enforced and is to stay so; `null` where there is none. */
function proofOf({ id }: ApiEvidence, outcomes: readonly GateOutcome[]): EnforcementProof | null {
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
    notes: [asked, ...proofs.values()].flatMap(({ surroundings }) => surroundings.notes),
  };
}

/** Stages that this run has moved, to or fro, as `api/stage`: they may still change their answers. */
function changedStages(outcomes: readonly GateOutcome[]): ReadonlySet<string> {
  return new Set(
    outcomes.flatMap(({ plan, stageStates }) =>
      plan.stages.flatMap(({ name }, index) =>
        stageStates[index] === 'restored' || stageStates[index] === 'moved'
          ? [`${plan.api.id}/${name}`]
          : [],
      ),
    ),
  );
}
