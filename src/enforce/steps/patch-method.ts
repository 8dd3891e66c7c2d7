import type { ApiGateway, PatchOperation } from '../../aws/api-gateway.js';
import { AwsFailure } from '../../aws/failure.js';
import { nullIfNotFound } from '../../aws/not-found.js';
import { configuredMethod } from '../../evidence/rest/configured.js';
import { type ConfiguredMethod, methodKey } from '../../model/evidence.js';
import { type Certainty, makeCertain, type Sight } from '../transaction/make-certain.js';
import {
  type Applied,
  type Control,
  NOTHING_TO_ROLL_BACK,
  notRolledBack,
  otherApi,
  ROLLED_BACK,
  type RollBackContext,
  type RollBackResult,
  type StepKind,
  type StepOf,
  type Zod,
} from './step-kind.js';

const schema = (z: Zod) =>
  z.object({
    kind: z.literal('patch-method'),
    target: z.object({
      apiId: z.string(),
      resourceId: z.string(),
      method: z.string(),
      path: z.string(),
    }),
    does: z.object({ authorizationType: z.string() }),
    rollBack: z.object({
      authorizationType: z.string(),
      authorizerId: z.nullable(z.string()),
      authorizationScopes: z.readonly(z.array(z.string())),
    }),
  });

/** A method's authorization is changed. */
export type PatchMethodStep = StepOf<typeof schema>;

type Target = PatchMethodStep['target'];
type Former = PatchMethodStep['rollBack'];

/** What UpdateMethod is to do, and to what. */
interface Patch {
  readonly target: Target;
  readonly operations: PatchOperation[];
  readonly see: (now: ConfiguredMethod) => Sight;
}

/**
 * Turns the method to its new type. From a type that has an authorizer, that is taken off in the
 * same patch: Terraform's AWS provider sends this pair, and API Gateway accepts it.
 */
async function apply(
  { target, does, rollBack: former }: PatchMethodStep,
  control: Control,
): Promise<Applied> {
  const type = replace('/authorizationType', does.authorizationType);
  const operations = former.authorizerId === null ? [type] : [type, replace('/authorizerId', '')];
  const see = (now: ConfiguredMethod): Sight => {
    if (now.authorizationType === does.authorizationType) return 'made';
    return isFormer(now, former) ? 'as-before' : 'changed-by-others';
  };
  return { certainty: await patch({ target, operations, see }, control) };
}

/**
 * Reads one method. GetMethod counts against the ten calls a second of everything alone; a page of
 * GetResources has a quota of its own, a quarter of that, and carries the whole API.
 *
 * @returns `null` where there is no such method.
 */
export async function readMethod(
  { apiId, resourceId, method, path }: Target,
  apiGateway: ApiGateway,
): Promise<ConfiguredMethod | null> {
  const details = await nullIfNotFound(() => apiGateway.getMethod(apiId, resourceId, method));
  return details === null ? null : configuredMethod(resourceId, path, method, details);
}

/**
 * A method does not say who changed it, so it is opened again only where AWS answered our call. A
 * patch whose answer was lost may never have been carried out, and the change may be somebody else's.
 * A closed method does no harm until it is deployed; an open one might.
 */
async function rollBack(step: PatchMethodStep, context: RollBackContext): Promise<RollBackResult> {
  const { target, does, rollBack: former } = step;
  const name = methodKey(target.method, target.path);
  // Read first: no time may pass between reading the method and patching it.
  const servedSince = context.isConfirmed ? await context.readServedSince() : [];
  const now = await readMethod(target, context.apiGateway);
  if (now === null) return notRolledBack(`${name} is gone: somebody deleted it`);
  if (isFormer(now, former)) return NOTHING_TO_ROLL_BACK;
  if (!context.isConfirmed) {
    return notRolledBack(
      now.authorizationType === does.authorizationType
        ? `${name} stays ${does.authorizationType} in the configuration: AWS's answer to the patch was lost, so the change may be somebody else's`
        : `${name} reads ${now.authorizationType}, which somebody else set since`,
    );
  }
  // The former type whose scopes are still missing: rolling back stopped halfway.
  const isOurs =
    now.authorizationType === does.authorizationType ||
    (now.authorizationType === former.authorizationType &&
      now.authorizerId === former.authorizerId);
  if (!isOurs) {
    return notRolledBack(`${name} reads ${now.authorizationType}, which somebody else set since`);
  }
  // Opening a method that a stage has come to serve closed would leave a pending change behind.
  const since = servedSince.find(
    ({ authorizationTypes }) => authorizationTypes.get(name) === does.authorizationType,
  );
  if (since !== undefined) {
    return notRolledBack(
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
  const certainty = await patch(patchBack, context);
  const after = await readAgain(target, certainty, context.apiGateway);
  if (after === 'unread') return ROLLED_BACK;
  if (after !== null && isFormer(after, former)) return ROLLED_BACK;
  return notRolledBack(
    `${name} was rolled back and reads ${after?.authorizationType ?? 'nothing'}`,
  );
}

/**
 * Reads a method that was rolled back. Where that fails although AWS answered the patch, the step has
 * ended: rolling it back once more might open what somebody closes next.
 */
async function readAgain(
  target: Target,
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

function isFormer(now: ConfiguredMethod, former: Former): boolean {
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
function operationsBack(now: ConfiguredMethod, former: Former): PatchOperation[] {
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
  { apiGateway, retries }: Control,
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

export const patchMethod: StepKind<PatchMethodStep> = {
  part: 'method',
  apiKinds: ['REST'],
  schema,
  problemIn: ({ target }, transaction) => otherApi(target.apiId === transaction.apiId, transaction),
  describe: ({ target, does }) =>
    `${methodKey(target.method, target.path)} to ${does.authorizationType}`,
  apply,
  rollBack,
  isMarked: false,
};
