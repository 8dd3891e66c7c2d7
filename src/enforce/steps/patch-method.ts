import type { ApiGateway, PatchOperation } from '../../aws/api-gateway.js';
import { AwsFailure } from '../../aws/failure.js';
import type { RetrySettings } from '../../aws/retry.js';
import { configuredMethod } from '../../evidence/rest/configured.js';
import { type ConfiguredMethod, methodKey } from '../../model/evidence.js';
import { hasTexts, isRecord } from '../../model/json-data.js';
import { type Certainty, makeCertain, type Sight } from '../transaction/make-certain.js';
import type { StepKind, UndoResult, UndoWorld } from '../transaction/registry.js';

/** A method's authorization is changed. */
export interface PatchMethodStep {
  readonly kind: 'patch-method';
  readonly target: {
    readonly apiId: string;
    readonly resourceId: string;
    readonly method: string;
    readonly path: string;
  };
  readonly does: { readonly authorizationType: string };
  readonly undo: {
    readonly authorizationType: string;
    readonly authorizerId: string | null;
    readonly authorizationScopes: readonly string[];
  };
}

/** What UpdateMethod is to do, and to what. */
interface Patch {
  readonly target: PatchMethodStep['target'];
  readonly operations: PatchOperation[];
  readonly see: (now: ConfiguredMethod) => Sight;
}

/**
 * Turns the method to its new type. From a type that has an authorizer, that is taken off in the
 * same patch: Terraform's AWS provider sends this pair, and API Gateway accepts it.
 */
export function patchMethod(
  { target, does, undo }: PatchMethodStep,
  apiGateway: ApiGateway,
  retries: RetrySettings,
): Promise<Certainty> {
  const type = replace('/authorizationType', does.authorizationType);
  const operations = undo.authorizerId === null ? [type] : [type, replace('/authorizerId', '')];
  const see = (now: ConfiguredMethod): Sight => {
    if (now.authorizationType === does.authorizationType) return 'made';
    return isFormer(now, undo) ? 'as-before' : 'changed-by-others';
  };
  return patch({ target, operations, see }, apiGateway, retries);
}

/**
 * Reads one method. GetMethod counts against the ten calls a second of everything alone; a page of
 * GetResources has a quota of its own, a quarter of that, and carries the whole API.
 *
 * @returns `null` where there is no such method.
 */
export async function readMethod(
  { apiId, resourceId, method, path }: PatchMethodStep['target'],
  apiGateway: ApiGateway,
): Promise<ConfiguredMethod | null> {
  try {
    const details = await apiGateway.getMethod(apiId, resourceId, method);
    return configuredMethod(resourceId, path, method, details);
  } catch (error) {
    if (error instanceof AwsFailure && error.kind === 'not-found') return null;
    throw error;
  }
}

/**
 * A method tells nothing of who changed it, so it is opened again only where AWS answered our call: a
 * patch whose answer nobody heard may never have been carried out, and what is there be somebody
 * else's. Closed it does no harm until it is deployed, open it might.
 */
async function undo(step: PatchMethodStep, world: UndoWorld): Promise<UndoResult> {
  const { target, does, undo: former } = step;
  const name = methodKey(target.method, target.path);
  // Asked first, since no time must pass between reading the method and patching it.
  const servedSince = world.isConfirmed ? await world.readServedSince() : [];
  const now = await readMethod(target, world.apiGateway);
  if (now === null) return left(`${name} is gone: somebody deleted it`);
  if (isFormer(now, former)) return { state: 'nothing-to-undo' };
  if (!world.isConfirmed) {
    return left(
      now.authorizationType === does.authorizationType
        ? `${name} stays ${does.authorizationType} in the configuration: AWS's answer to the patch was never heard, so it may be somebody else's`
        : `${name} reads ${now.authorizationType}, which somebody else set since`,
    );
  }
  // A restored type whose scopes were not put back yet is ours, too.
  const isOurs =
    now.authorizationType === does.authorizationType ||
    (now.authorizationType === former.authorizationType &&
      now.authorizerId === former.authorizerId);
  if (!isOurs) {
    return left(`${name} reads ${now.authorizationType}, which somebody else set since`);
  }
  // To open what is served closed by now would be a pending change of our making.
  const since = servedSince.find(
    ({ authorizationTypes }) => authorizationTypes.get(name) === does.authorizationType,
  );
  if (since !== undefined) {
    return left(
      `${name} stays ${does.authorizationType}: stage ${since.stage} has come to serve deployment ${since.deploymentId}, which has it with that type`,
    );
  }
  const patchBack: Patch = {
    target,
    operations: operationsBack(now, former),
    see: (method) => {
      if (isFormer(method, former)) return 'made';
      return method.authorizationType === now.authorizationType ? 'as-before' : 'changed-by-others';
    },
  };
  const certainty = await patch(patchBack, world.apiGateway, world.retries);
  const after = await readAgain(target, certainty, world.apiGateway);
  if (after === 'unread') return { state: 'put-back' };
  if (after !== null && isFormer(after, former)) return { state: 'put-back' };
  return left(`${name} was set back and reads ${after?.authorizationType ?? 'nothing'}`);
}

/**
 * Reads a method that was put back. Where that fails and AWS had answered that it is back, this is the
 * end of it: were the step left open, undoing it once more might open what somebody closes next.
 */
async function readAgain(
  target: PatchMethodStep['target'],
  certainty: Certainty,
  apiGateway: ApiGateway,
): Promise<ConfiguredMethod | null | 'unread'> {
  try {
    return await readMethod(target, apiGateway);
  } catch (error) {
    if (error instanceof AwsFailure && certainty === 'answered') return 'unread';
    throw error;
  }
}

function isFormer(now: ConfiguredMethod, former: PatchMethodStep['undo']): boolean {
  return (
    now.authorizationType === former.authorizationType &&
    now.authorizerId === former.authorizerId &&
    sorted(now.authorizationScopes) === sorted(former.authorizationScopes)
  );
}

function sorted(scopes: readonly string[]): string {
  return JSON.stringify([...scopes].sort());
}

/** Scopes take `add` only (API Gateway API Reference, "Patch Operations": UpdateMethod). */
function operationsBack(now: ConfiguredMethod, former: PatchMethodStep['undo']): PatchOperation[] {
  const missing = former.authorizationScopes.filter(
    (scope) => !now.authorizationScopes.includes(scope),
  );
  return [
    replace('/authorizationType', former.authorizationType),
    ...(former.authorizerId === null ? [] : [replace('/authorizerId', former.authorizerId)]),
    ...missing.map(
      (scope): PatchOperation => ({ op: 'add', path: '/authorizationScopes', value: scope }),
    ),
  ];
}

function replace(path: string, value: string): PatchOperation {
  return { op: 'replace', path, value };
}

async function patch(
  { target, operations, see }: Patch,
  apiGateway: ApiGateway,
  retries: RetrySettings,
): Promise<Certainty> {
  const { apiId, resourceId, method, path } = target;
  return makeCertain(
    {
      what: `the patch of ${methodKey(method, path)}`,
      make: () => apiGateway.updateMethod(apiId, resourceId, method, operations),
      look: async () => {
        const now = await readMethod(target, apiGateway);
        return now === null ? 'changed-by-others' : see(now);
      },
    },
    retries,
  );
}

function left(words: string): UndoResult {
  return { state: 'left', words, isFinal: true };
}

function is(data: unknown): data is PatchMethodStep {
  if (!isRecord(data) || data.kind !== 'patch-method') return false;
  const { target, does, undo: former } = data;
  return (
    hasTexts(target, ['apiId', 'resourceId', 'method', 'path']) &&
    hasTexts(does, ['authorizationType']) &&
    hasTexts(former, ['authorizationType']) &&
    (former.authorizerId === null || typeof former.authorizerId === 'string') &&
    Array.isArray(former.authorizationScopes) &&
    former.authorizationScopes.every((scope: unknown) => typeof scope === 'string')
  );
}

export const patchMethodStep: StepKind<PatchMethodStep> = {
  is,
  describe: ({ target, does }) =>
    `${methodKey(target.method, target.path)} to ${does.authorizationType}`,
  undo,
};
