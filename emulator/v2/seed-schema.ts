import { z } from 'zod';

const text = z.record(z.string(), z.string());

const id = z.string().regex(/^[a-z0-9]{10}$/, 'must be 10 lower-case letters and digits');

const authorizationType = z.enum(['NONE', 'AWS_IAM', 'CUSTOM', 'JWT']);

/** `GET /pets/{id}` or `$default`; the path is taken as it is, so that hostile ones can be seeded. */
const httpKey = z
  .string()
  .regex(
    /^(?:(?:GET|PUT|POST|DELETE|PATCH|OPTIONS|HEAD|ANY) \/|\$default$)/,
    'must look like "GET /pets/{id}" or "$default"',
  );

/** `$connect`, `$disconnect`, `$default` or a name of its own. */
const webSocketKey = z.string().min(1);

const integration = z.union([
  z.literal('AWS_PROXY'),
  z.literal('MOCK'),
  /** A route that nobody gave a backend. */
  z.literal('none'),
  z.strictObject({
    type: z.enum(['AWS_PROXY', 'HTTP_PROXY', 'AWS', 'HTTP', 'MOCK']),
    uri: z.string().optional(),
    httpMethod: z.string().optional(),
    /** What a Lambda function or a MOCK answers. */
    status: z.number().int().min(200).max(599).optional(),
    body: z.string().optional(),
    /** API Gateway may not call it. */
    forbidden: z.boolean().default(false),
  }),
]);

const route = z.strictObject({
  auth: authorizationType.default('NONE'),
  /** Name of one of the API's authorizers. */
  authorizer: z.string().optional(),
  scopes: z.array(z.string()).optional(),
  apiKey: z.boolean().default(false),
  integration: integration.default('AWS_PROXY'),
  operationName: z.string().optional(),
  /** Made by quick create: it cannot be changed. */
  managed: z.boolean().default(false),
});

const authorizer = z.strictObject({
  name: z.string().min(1),
  type: z.enum(['REQUEST', 'JWT']),
  identitySource: z.array(z.string()).optional(),
  authorizerUri: z.string().optional(),
  issuer: z.string().optional(),
  audience: z.array(z.string()).optional(),
  /** Tokens that JWT routes take for valid. */
  acceptedTokens: z.array(z.string()).optional(),
});

const stage = z.strictObject({
  autoDeploy: z.boolean().default(false),
  /** Without one a stage with AutoDeploy has a deployment of what is configured. */
  deployment: z.string().optional(),
  /** Why its last auto-deployment failed: the stage serves its deployment, and a failed one is newer. */
  failed: z.string().optional(),
  description: z.string().optional(),
  variables: text.default({}),
  tags: text.default({}),
  /** Every request is refused with 429. */
  throttled: z.boolean().default(false),
  managed: z.boolean().default(false),
});

const cors = z.strictObject({
  allowCredentials: z.boolean().optional(),
  allowHeaders: z.array(z.string()).optional(),
  allowMethods: z.array(z.string()).optional(),
  allowOrigins: z.array(z.string()).optional(),
  exposeHeaders: z.array(z.string()).optional(),
  maxAge: z.number().int().min(-1).max(86_400).optional(),
});

function apiOf(key: z.ZodString) {
  return {
    id,
    name: z.string(),
    description: z.string().optional(),
    tags: text.default({}),
    disableExecuteApiEndpoint: z.boolean().default(false),
    /** Made by quick create, by the Lambda console say. */
    managed: z.boolean().default(false),
    authorizers: z.array(authorizer).default([]),
    routes: z.record(key, route).default({}),
    /** `#` becomes the number, from 1. */
    repeat: z
      .array(
        z.strictObject({
          count: z.number().int().min(1).max(20_000),
          key: z.string().regex(/#/, 'must hold # where the number goes').pipe(key),
          route: route.prefault({}),
        }),
      )
      .default([]),
    deployments: z
      .array(
        z.strictObject({
          id: z.string().min(1),
          description: z.string().optional(),
          autoDeployed: z.boolean().default(false),
          status: z.enum(['DEPLOYED', 'FAILED', 'PENDING']).default('DEPLOYED'),
          statusMessage: z.string().optional(),
          /** Where the frozen copy has another authorization type than the routes have now. */
          auth: z.record(key, authorizationType).default({}),
          /** Routes that did not exist yet. */
          without: z.array(key).default([]),
          /** Routes that were other ones, or that are gone since. */
          routes: z.record(key, route).default({}),
        }),
      )
      .default([]),
    stages: z.record(z.string(), stage).default({}),
  };
}

/** `httpApis` of a seed. */
export const httpApi = z.strictObject({
  ...apiOf(httpKey),
  cors: cors.optional(),
});

/** `webSocketApis` of a seed. */
export const webSocketApi = z.strictObject({
  ...apiOf(webSocketKey),
  routeSelectionExpression: z.string().default('$request.body.action'),
});

/** `untold` of a seed: what AWS has not told; the values are those of `V2Switches`. */
export const untold = z.strictObject({
  exportOfStage: z.enum(['deployment', 'newest']).optional(),
  exportOfIam: z.enum(['scheme', 'extension', 'none']).optional(),
  exportOfWebSocket: z.enum(['refused', 'answered']).optional(),
  managedRoute: z.enum(['refused', 'key-only']).optional(),
  preflight: z.enum(['after-routes', 'before-default', 'before-routes']).optional(),
  httpRefusals: z.enum(['forbidden', 'told']).optional(),
  httpQuerySignature: z.enum(['taken', 'ignored']).optional(),
  anonymousKeys: z.enum(['absent', 'anonymous']).optional(),
  defaultRouteResource: z.enum(['request', 'route-key']).optional(),
  webSocketRefusals: z.enum(['rest', 'http', 'ids', 'bare']).optional(),
  webSocketRefusalStatus: z.union([z.literal(403), z.literal(401)]).optional(),
  webSocketToken: z.enum(['signed', 'either']).optional(),
  webSocketNoStage: z.union([z.literal(403), z.literal(404)]).optional(),
  webSocketEndpointOff: z.union([z.literal(403), z.literal(404)]).optional(),
  httpThrottled: z.enum(['words', 'bare']).optional(),
  httpEndpointOff: z.union([z.literal(403), z.literal(404)]).optional(),
  unmappedDomain: z.union([z.literal(403), z.literal(404)]).optional(),
  pendingDeploymentId: z.enum(['old', 'new']).optional(),
  maxPage: z.number().int().min(1).optional(),
  defaultPage: z.number().int().min(1).optional(),
  largePage: z.enum(['cut', 'refused']).optional(),
  deploymentMs: z.number().int().min(0).optional(),
});

export type SeedHttpApi = z.output<typeof httpApi>;
export type SeedWebSocketApi = z.output<typeof webSocketApi>;
/** An API of either kind. */
export type SeedV2Api = SeedHttpApi | SeedWebSocketApi;
export type SeedV2Route = SeedHttpApi['routes'][string];
export type SeedUntold = z.output<typeof untold>;
