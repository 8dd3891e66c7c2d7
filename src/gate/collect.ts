import { collectAccess } from '../access/collect.js';
import type { AccessEvidence } from '../access/model.js';
import { collectEvidence, type Scope } from '../evidence/collect.js';
import { ConfigurationError } from '../model/errors.js';
import type { ApiEvidence, Evidence, Reading } from '../model/evidence.js';
import { within } from '../model/within.js';
import type { Assignment } from './assignment.js';
import { type ReadDependencies, withinLimit } from './dependencies.js';
import { requirementOf } from './requirement.js';

/** The account and region that were read. */
export interface Identity {
  readonly region: string;
  readonly account: Reading<string>;
}

/** What is there before anything is changed. */
export interface Collected {
  readonly evidence: Evidence;
  readonly identity: Identity;
  readonly access: AccessEvidence;
}

/**
 * Reads what is configured, what is deployed and who may invoke it.
 *
 * @throws ConfigurationError where the inputs name what does not exist.
 */
export async function collect(
  assignment: Assignment,
  dependencies: ReadDependencies,
): Promise<Collected> {
  const { inputs } = assignment;
  const { target, logger } = dependencies;
  // The account first: what stands for it takes long to derive, and so is ready before the rest is.
  const [account, evidence] = await logger.group(
    'Reading what is configured and what is deployed',
    () => besideEachOther(target.account(), collectApis(assignment, dependencies, {})),
  );
  refuseAmbiguousEndpoint(assignment, evidence);
  return {
    evidence: target.isOneOfMany === true ? { ...evidence, isOneOfMany: true } : evidence,
    identity: { region: target.region, account },
    access: await collectAccess(inputs, evidence, target.iam),
  };
}

/** Behind a failure, how long in milliseconds the account's call may take to end by itself. */
const ACCOUNT_ENDS_WITHIN_MS = 2_000;

/**
 * Both. A failure to read the APIs ends the run, and with it all connections: the account's call, which most
 * often has its answer by then, is not broken off and tried again.
 */
async function besideEachOther<A, E>(
  account: Promise<A>,
  evidence: Promise<E>,
): Promise<readonly [A, E]> {
  try {
    return await Promise.all([account, evidence]);
  } catch (error) {
    await within(
      ACCOUNT_ENDS_WITHIN_MS,
      account.catch(() => null),
    );
    throw error;
  }
}

/**
 * Reads APIs once more: the ids and stages are known to have existed, so that none is refused.
 *
 * @param before the APIs as they were, whose kinds need not be found out again.
 */
export function collectAgain(
  apiIds: readonly string[] | '*',
  before: readonly ApiEvidence[],
  assignment: Assignment,
  dependencies: ReadDependencies,
): Promise<Evidence> {
  const known = new Map(before.map(({ id, kind }) => [id, { kind, description: null }]));
  return collectApis(assignment, dependencies, { apiIds, known, isRepeated: true });
}

/**
 * One API as it is now.
 *
 * @param isDescribed whether its description, with its resource policy, is read again; else it is what it was.
 */
export async function collectApi(
  { id, kind, description }: ApiEvidence,
  isDescribed: boolean,
  assignment: Assignment,
  { target, logger }: ReadDependencies,
): Promise<ApiEvidence> {
  const isKnown = description.readable && !isDescribed;
  const known = new Map([[id, { kind, description: isKnown ? description : null }]]);
  const scope = { ...scopeOf(assignment), apiIds: [id], known, isRepeated: true };
  const { apis } = await collectEvidence(scope, target, logger);
  const [api] = apis;
  if (api === undefined) throw new Error(`no evidence was collected of API ${id}`);
  return api;
}

function collectApis(
  assignment: Assignment,
  dependencies: ReadDependencies,
  narrowed: Pick<Scope, 'known' | 'isRepeated'> & { readonly apiIds?: Scope['apiIds'] },
): Promise<Evidence> {
  const { target, logger } = dependencies;
  const scope = { ...scopeOf(assignment), ...narrowed };
  return withinLimit(dependencies, () => collectEvidence(scope, target, logger));
}

function scopeOf(assignment: Assignment) {
  const { inputs, selection } = assignment;
  return {
    ...inputs,
    ...requirementOf(assignment),
    ...(selection === undefined ? {} : pick(selection)),
    mayBeGone: inputs.mode === 'audit',
  };
}

function pick({ known, unlisted }: NonNullable<Assignment['selection']>) {
  return { known, unlisted };
}

/** One URL cannot stand for several stages; how many there are is known only now. */
function refuseAmbiguousEndpoint({ inputs }: Assignment, { apis }: Evidence): void {
  const { endpointUrl, smokeTest } = inputs;
  if (!smokeTest || endpointUrl === null || endpointUrl.includes('{stage}')) return;
  const problems = apis.flatMap((api) => {
    const stages = api.stages.readable ? api.stages.value : [];
    if (stages.length < 2) return [];
    const names = stages.map(({ name }) => name).join(', ');
    return [
      `endpoint-url: it names one address, and API ${api.id} has the stages ${names}. Put {stage} into the URL, or name one stage.`,
    ];
  });
  if (problems.length > 0) throw new ConfigurationError(problems);
}
