import type { WebSocketConnection } from '../http.js';
import type { JsonObject, JsonValue } from '../json.js';

export type V2Protocol = 'HTTP' | 'WEBSOCKET';

/** The authorization types of a route, as the service model spells them. */
export type V2AuthorizationType = 'NONE' | 'AWS_IAM' | 'CUSTOM' | 'JWT';

/** A route as it is edited; a deployment holds a frozen copy. */
export interface V2RouteState {
  readonly routeId: string;
  routeKey: string;
  authorizationType: V2AuthorizationType;
  authorizerId?: string;
  authorizationScopes?: string[];
  apiKeyRequired: boolean;
  /** `integrations/{id}`. */
  target?: string;
  /** Made by quick create: it cannot be changed. */
  apiGatewayManaged?: true;
  /** Members that nothing here acts on, as they were given. */
  other: JsonObject;
}

/** A backend. */
export interface V2IntegrationState {
  readonly integrationId: string;
  integrationType: 'AWS' | 'HTTP' | 'MOCK' | 'HTTP_PROXY' | 'AWS_PROXY';
  integrationUri?: string;
  integrationMethod?: string;
  payloadFormatVersion?: string;
  timeoutInMillis: number;
  apiGatewayManaged?: true;
  other: JsonObject;
  /** What its Lambda function answers. Seeds alone. */
  answer?: { readonly status: number; readonly body: string };
  /** API Gateway may not call it. Seeds alone. */
  isForbidden?: true;
}

export interface V2AuthorizerState {
  readonly authorizerId: string;
  name: string;
  authorizerType: 'REQUEST' | 'JWT';
  identitySource?: string[];
  authorizerUri?: string;
  jwtConfiguration?: { issuer?: string; audience?: string[] };
  other: JsonObject;
  /** Tokens that count as valid: no issuer's keys are known here. Never on the wire. */
  acceptedTokens?: readonly string[];
}

/** A model of a WebSocket API. Nothing validates against it. */
export interface V2ModelState {
  readonly modelId: string;
  name: string;
  contentType?: string;
  description?: string;
  /** JSON schema, as text. */
  schema: string;
}

/** A response of a route or of an integration, of a WebSocket API. */
export interface V2ResponseState {
  readonly responseId: string;
  /** `routes/{id}` or `integrations/{id}`. */
  readonly owner: string;
  responseKey: string;
  readonly other: Record<string, JsonValue>;
}

/** `CorsConfiguration`. */
export interface V2Cors {
  readonly allowCredentials?: boolean | undefined;
  readonly allowHeaders?: readonly string[] | undefined;
  readonly allowMethods?: readonly string[] | undefined;
  readonly allowOrigins?: readonly string[] | undefined;
  readonly exposeHeaders?: readonly string[] | undefined;
  readonly maxAge?: number | undefined;
}

/** Everything of an API that a deployment freezes. */
export interface V2Snapshot {
  readonly routes: readonly V2RouteState[];
  readonly integrations: ReadonlyMap<string, V2IntegrationState>;
  readonly authorizers: ReadonlyMap<string, V2AuthorizerState>;
  readonly cors?: V2Cors;
  readonly disableExecuteApiEndpoint: boolean;
}

/** A frozen copy of the API, and how far it has come. */
export interface V2DeploymentState {
  readonly deploymentId: string;
  description?: string;
  /** Milliseconds since the epoch, as all dates of this part. */
  readonly createdMs: number;
  readonly autoDeployed: boolean;
  status: 'PENDING' | 'FAILED' | 'DEPLOYED';
  statusMessage?: string;
  readonly snapshot: V2Snapshot;
  /** While it is PENDING: when it ends, and how. */
  pending?: {
    readonly untilMs: number;
    /** Why it fails; absent: it does not. */
    readonly failure?: string;
    /** The stage that it is for. */
    readonly stageName?: string;
  };
}

export interface V2StageState {
  readonly stageName: string;
  autoDeploy: boolean;
  /** What it tells. */
  deploymentId?: string;
  /** What it serves: the last of its deployments that was DEPLOYED. */
  servedId?: string;
  lastDeploymentStatusMessage?: string;
  description?: string;
  stageVariables: Record<string, string>;
  tags: Record<string, string>;
  readonly createdMs: number;
  updatedMs: number;
  apiGatewayManaged?: true;
  /** A rate limit of zero refuses every request. */
  defaultRouteSettings: JsonObject;
  /** By route key. */
  routeSettings: JsonObject;
  other: JsonObject;
  /** What the wire serves while a change is on its way. */
  propagating?: { readonly untilMs: number; readonly servedId: string | undefined };
}

/** An HTTP or WebSocket API. */
export interface V2ApiState {
  readonly apiId: string;
  name: string;
  readonly protocolType: V2Protocol;
  readonly createdMs: number;
  description?: string;
  version?: string;
  routeSelectionExpression: string;
  apiKeySelectionExpression: string;
  ipAddressType: string;
  disableExecuteApiEndpoint: boolean;
  cors?: V2Cors;
  tags: Record<string, string>;
  apiGatewayManaged?: true;
  other: JsonObject;
  /** By id, as all of these. */
  readonly routes: Map<string, V2RouteState>;
  readonly integrations: Map<string, V2IntegrationState>;
  readonly authorizers: Map<string, V2AuthorizerState>;
  readonly models: Map<string, V2ModelState>;
  readonly responses: Map<string, V2ResponseState>;
  readonly deployments: Map<string, V2DeploymentState>;
  /** By name. */
  readonly stages: Map<string, V2StageState>;
}

/** One call of a backend. */
export interface IntegrationCall {
  readonly atMs: number;
  readonly apiId: string;
  readonly stageName: string;
  readonly routeKey: string;
  readonly integrationId: string;
}

/** HTTP and WebSocket APIs of an account. */
export interface V2State {
  readonly apis: Map<string, V2ApiState>;
  readonly switches: V2Switches;
  /** Every call of a backend, in order. */
  readonly integrationCalls: IntegrationCall[];
  /** Connections that are open, by id. */
  readonly connections: Map<
    string,
    {
      readonly apiId: string;
      readonly stageName: string;
      readonly connection: WebSocketConnection;
    }
  >;
}

/**
 * What AWS has not told, and every answer that it could give. A seed's `untold` sets them; the first
 * value of each is the default.
 */
export interface V2Switches {
  /** What ExportApi with a stage shows: the stage's deployment, or the newest configuration. */
  exportOfStage: 'deployment' | 'newest';
  /** How AWS_IAM stands in an export: a security scheme, `x-amazon-apigateway-auth`, or not at all. */
  exportOfIam: 'scheme' | 'extension' | 'none';
  /** ExportApi of a WebSocket API. */
  exportOfWebSocket: 'refused' | 'answered';
  /** Whether the authorization of a route that quick create made can be changed; its key cannot. */
  managedRoute: 'refused' | 'key-only';
  /** Whether `CorsConfiguration` answers a preflight after all routes, before `$default`, or before all. */
  preflight: 'after-routes' | 'before-default' | 'before-routes';
  /** Words of an HTTP API's refusal of a signature or of a right. */
  httpRefusals: 'forbidden' | 'told';
  /** Whether HTTP APIs take a signature in the query. */
  httpQuerySignature: 'taken' | 'ignored';
  /** Whether a request that nobody signed has `anonymous` for `aws:PrincipalAccount` and `aws:userid`, of any kind of API. */
  anonymousKeys: 'absent' | 'anonymous';
  /** What the path of `execute-api:Invoke` is on the route `$default`: the request's, or `$default`. */
  defaultRouteResource: 'request' | 'route-key';
  /** Body and headers of a refused handshake: as REST, as HTTP APIs, as over an open connection, or nothing. */
  webSocketRefusals: 'rest' | 'http' | 'ids' | 'bare';
  /** Status of a refused handshake. */
  webSocketRefusalStatus: 403 | 401;
  /** Whether the session token of a presigned handshake is part of what is signed. */
  webSocketToken: 'signed' | 'either';
  /** Status of a handshake with a stage that does not exist. */
  webSocketNoStage: 403 | 404;
  /** Status of a handshake where the default endpoint is off. */
  webSocketEndpointOff: 403 | 404;
  /** The body of an HTTP API's 429: REST's words, or none. */
  httpThrottled: 'words' | 'bare';
  /** Status of an HTTP API whose default endpoint is off. */
  httpEndpointOff: 403 | 404;
  /** Status of a custom domain name that no mapping leads on from. */
  unmappedDomain: 403 | 404;
  /** What a stage tells while its auto-deployment is not finished, or has failed: the old id or the new one. */
  pendingDeploymentId: 'old' | 'new';
  /** The largest page, and the page without `maxResults`. */
  maxPage: number;
  defaultPage: number;
  /** What a larger `maxResults` gets. */
  largePage: 'cut' | 'refused';
  /** Milliseconds that a deployment is PENDING. */
  deploymentMs: number;
}
