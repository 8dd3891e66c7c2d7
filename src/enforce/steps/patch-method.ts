import type { ApiGateway, PatchOperation } from '../../aws/api-gateway.js';
import { AwsFailure } from '../../aws/failure.js';
import type { RetrySettings } from '../../aws/retry.js';
import { configuredMethod } from '../../evidence/configured.js';
import { type ConfiguredMethod, methodKey } from '../../evidence/model.js';
import { hasTexts, isRecord } from '../../json-data.js';
import { makeCertain } from '../make-certain.js';
import type { StepKind, UndoResult, UndoWorld } from '../step.js';

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
  /** Whether a method is as the patch leaves it. */
  readonly isMade: (now: ConfiguredMethod) => boolean;
}

/**
 * Turns the method to its new type. From a type that has an authorizer, that is taken off in the
 * same patch: Terraform's AWS provider sends this pair, and API Gateway accepts it.
 */
export function patchMethod(
  { target, does, undo }: PatchMethodStep,
  apiGateway: ApiGateway,
  retries: RetrySettings,
): Promise<void> {
  const type = replace('/authorizationType', does.authorizationType);
  const operations = undo.authorizerId === null ? [type] : [type, replace('/authorizerId', '')];
  const isMade = (now: ConfiguredMethod): boolean =>
    now.authorizationType === does.authorizationType;
  return patch({ target, operations, isMade }, apiGateway, retries);
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

async function undo(step: PatchMethodStep, world: UndoWorld): Promise<UndoResult> {
  const { target, does, undo: former } = step;
  const name = methodKey(target.method, target.path);
  const now = await readMethod(target, world.apiGateway);
  if (now === null) return left(`${name} is gone: somebody deleted it`);
  if (isFormer(now, former)) return { state: 'nothing-to-undo' };
  // A restored type whose scopes were not put back yet is ours, too.
  const isOurs =
    now.authorizationType === does.authorizationType ||
    (now.authorizationType === former.authorizationType &&
      now.authorizerId === former.authorizerId);
  if (!isOurs) {
    return left(`${name} reads ${now.authorizationType}, which somebody else set since`);
  }
  // To open what others have deployed closed would be a pending change of our making.
  const others = world.servedByOthers.find(
    ({ authorizationTypes }) => authorizationTypes.get(name) === does.authorizationType,
  );
  if (others !== undefined) {
    return left(
      `${name} stays ${does.authorizationType}: stage ${others.stage} now serves deployment ${others.deploymentId}, which somebody else made with that type`,
    );
  }
  const patchBack: Patch = {
    target,
    operations: operationsBack(now, former),
    isMade: (method) => isFormer(method, former),
  };
  await patch(patchBack, world.apiGateway, world.retries);
  const after = await readMethod(target, world.apiGateway);
  if (after !== null && isFormer(after, former)) return { state: 'put-back' };
  return left(`${name} was set back and reads ${after?.authorizationType ?? 'nothing'}`);
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
  { target, operations, isMade }: Patch,
  apiGateway: ApiGateway,
  retries: RetrySettings,
): Promise<void> {
  const { apiId, resourceId, method, path } = target;
  await makeCertain(
    {
      what: `the patch of ${methodKey(method, path)}`,
      make: () => apiGateway.updateMethod(apiId, resourceId, method, operations),
      isMade: async () => {
        const now = await readMethod(target, apiGateway);
        return now !== null && isMade(now);
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
