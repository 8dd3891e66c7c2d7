import type { ApiGatewayV2, RouteChange } from '../../aws/api-gateway-v2.js';
import { nullIfNotFound } from '../../aws/not-found.js';
import { configuredRoute } from '../../evidence/v2/routes.js';
import { type ConfiguredMethod, methodKey } from '../../model/evidence.js';
import { EnforcementStopped } from '../transaction/stopped.js';
import {
  type Authorization,
  type AuthorizationCalls,
  authorizationKind,
} from './authorization-kind.js';
import { watchAutoDeployments } from './auto-deployment.js';
import type { StepKind, StepOf, Zod } from './step-kind.js';

const schema = (z: Zod) =>
  z.object({
    kind: z.literal('update-route'),
    target: z.object({
      apiId: z.string(),
      routeId: z.string(),
      /** As in a row: `GET` and `/pets`, or `$connect` twice. */
      method: z.string(),
      path: z.string(),
    }),
    does: z.object({
      authorizationType: z.string(),
      /** Stages of the API deploy by themselves: the change reaches callers at once. */
      isLive: z.boolean(),
    }),
    rollBack: z.object({
      authorizationType: z.string(),
      authorizerId: z.nullable(z.string()),
      authorizationScopes: z.readonly(z.array(z.string())),
      apiKeyRequired: z.boolean(),
    }),
  });

/** The authorization of a route of an HTTP or WebSocket API is changed. */
export type UpdateRouteStep = StepOf<typeof schema>;

type Target = UpdateRouteStep['target'];

/** A route as people name it: `GET /pets`, `$connect`. */
export function nameOfRoute({ method, path }: Pick<Target, 'method' | 'path'>): string {
  return method === path ? method : methodKey(method, path);
}

/** Reads one route; `null` where there is none. */
export async function readRoute(
  { apiId, routeId }: Pick<Target, 'apiId' | 'routeId'>,
  apiGatewayV2: ApiGatewayV2,
): Promise<ConfiguredMethod | null> {
  const route = await nullIfNotFound(() => apiGatewayV2.getRoute(apiId, routeId));
  return route === null ? null : configuredRoute(route);
}

const calls: AuthorizationCalls<UpdateRouteStep> = {
  nameOf: nameOfRoute,
  read: (target, { apiGatewayV2 }) => readRoute(target, apiGatewayV2),
  /**
   * From a type that has an authorizer, that is taken off by an empty id in the same call: Terraform's AWS
   * provider sends this pair, and its acceptance test TestAccAPIGatewayV2Route_authorizer reads a route
   * with AWS_IAM and no authorizer afterwards.
   */
  close({ target, does: { authorizationType: type }, rollBack: former }, { apiGatewayV2 }) {
    const change: RouteChange =
      former.authorizerId === null
        ? { AuthorizationType: typeOf(type) }
        : { AuthorizationType: typeOf(type), AuthorizerId: '' };
    return apiGatewayV2.updateRoute(target.apiId, target.routeId, change);
  },
  open: ({ apiId, routeId }, now, former, { apiGatewayV2 }) =>
    apiGatewayV2.updateRoute(apiId, routeId, changeBack(now, former)),
  watch: async ({ target, does }, control) =>
    does.isLive ? watchAutoDeployments(target.apiId, control) : null,
};

export const updateRoute: StepKind<UpdateRouteStep> = authorizationKind(
  ['HTTP', 'WEBSOCKET'],
  schema,
  calls,
);

/** The types that a route can have (API Gateway V2 API Reference, "Route"). */
const TYPES = ['NONE', 'AWS_IAM', 'CUSTOM', 'JWT'] as const;

function typeOf(text: string): (typeof TYPES)[number] {
  const type = TYPES.find((it) => it === text);
  if (type !== undefined) return type;
  throw new EnforcementStopped(`${text} is no authorization type that a route can have.`);
}

/**
 * An authorizer comes with its type: without it "Authorizer type is invalid or null" (terraform-provider-aws
 * #35821). An API key is asked for by WebSocket APIs alone, and is named only where it differs.
 */
function changeBack(now: Authorization, former: Authorization): RouteChange {
  const { authorizationType, authorizerId, authorizationScopes, apiKeyRequired } = former;
  const isSame = (a: readonly string[], b: readonly string[]): boolean =>
    JSON.stringify([...a].sort()) === JSON.stringify([...b].sort());
  return {
    AuthorizationType: typeOf(authorizationType),
    ...(authorizerId === null ? {} : { AuthorizerId: authorizerId }),
    ...(isSame(now.authorizationScopes, authorizationScopes)
      ? {}
      : { AuthorizationScopes: [...authorizationScopes] }),
    ...(apiKeyRequired === undefined || now.apiKeyRequired === apiKeyRequired
      ? {}
      : { ApiKeyRequired: apiKeyRequired }),
  };
}
