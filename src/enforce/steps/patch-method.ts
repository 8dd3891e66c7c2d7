import type { ApiGateway, PatchOperation } from '../../aws/api-gateway.js';
import { nullIfNotFound } from '../../aws/not-found.js';
import { configuredMethod } from '../../evidence/rest/configured.js';
import { type ConfiguredMethod, methodKey } from '../../model/evidence.js';
import {
  type Authorization,
  type AuthorizationCalls,
  authorizationKind,
} from './authorization-kind.js';
import type { StepKind, StepOf, Zod } from './step-kind.js';

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

/** The authorization of a REST API's method is changed. */
export type PatchMethodStep = StepOf<typeof schema>;

type Target = PatchMethodStep['target'];

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

const calls: AuthorizationCalls<PatchMethodStep> = {
  nameOf: ({ method, path }) => methodKey(method, path),
  read: (target, { apiGateway }) => readMethod(target, apiGateway),
  /**
   * From a type that has an authorizer, that is taken off in the same patch: Terraform's AWS provider sends
   * this pair, and API Gateway accepts it.
   */
  close({ target, does, rollBack: former }, { apiGateway }) {
    const type = replace('/authorizationType', does.authorizationType);
    const operations = former.authorizerId === null ? [type] : [type, replace('/authorizerId', '')];
    return apiGateway.updateMethod(target.apiId, target.resourceId, target.method, operations);
  },
  open: ({ apiId, resourceId, method }, now, former, { apiGateway }) =>
    apiGateway.updateMethod(apiId, resourceId, method, operationsBack(now, former)),
};

export const patchMethod: StepKind<PatchMethodStep> = authorizationKind(['REST'], schema, calls);

/** Scopes take `add` only (API Gateway API Reference, "Patch Operations": UpdateMethod). */
function operationsBack(now: Authorization, former: Authorization): PatchOperation[] {
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
