/*
 * What is: the evidence that was collected, before anything is judged. What could not be read is
 * data, with the call that failed and why; it is never an absence and never a pass.
 */

import { withoutAccountIds } from './account-id.js';
import type { ApiKind } from './api-kind.js';
import type { DeclaredApi, DeclaredFile, DeclaredMethod } from './declared.js';

/** A layer, or a part of one, that could not be read. */
export interface Unreadable {
  readonly readable: false;
  /** The call that failed, such as `GetResources`. */
  readonly call: string;
  /** What became of it, so that it reads on after the call: `failed after 3 attempts: …`. */
  readonly reason: string;
  readonly remedy: string;
  readonly isUntold?: true;
}

/**
 * No call of AWS tells it, although every call that was made succeeded: what a stage of a WebSocket API
 * serves that does not deploy by itself is such. It is never a pass by itself; what the endpoint answers
 * can decide it. `reason` reads on after "AWS does not tell …:", and `remedy` says what would decide it.
 */
export interface Untold extends Unreadable {
  readonly isUntold: true;
}

/** Why APIs are missing from a list. */
export interface Unlisted extends Unreadable {
  /** Which list, as a sentence begins; without it, that of the region's APIs. */
  readonly what?: string;
}

/** What was read, or why it could not be. */
export type Reading<T> = { readonly readable: true; readonly value: T } | Unreadable;

/** Stands for a method's authorization type where it could not be read. */
export const UNREADABLE = 'unreadable';

/** Stands for a method's authorization type where no call tells it: see {@link Untold}. */
export const UNTOLD = 'untold';

/**
 * A method's authorization in one layer: the type as AWS spells it, `null` where the layer has no
 * such method, {@link UNREADABLE} or {@link UNTOLD}.
 */
export type Authorization = string | null;

/** What an integration says beyond its type, backend and HTTP method, by name; what has its default is absent. */
export type IntegrationSettings = Readonly<Record<string, string>>;

/** What only a route of an HTTP or WebSocket API has. */
export interface RouteDetails {
  readonly routeId: string;
  /** As API Gateway spells it: `GET /pets/{id}`, `$default`, `$connect`. */
  readonly routeKey: string;
  /** `integrations/a1b2c3d`; `null` where the route has none. */
  readonly target: string | null;
  /** API Gateway made it (quick create, the Lambda console), and lets nobody change it. */
  readonly isManaged: boolean;
}

/** A method of the API's editable resources, or a route. */
export interface ConfiguredMethod {
  /** Of a REST API's method, the id of its resource; of a route, its own. */
  readonly resourceId: string;
  /** Of a route without a path its whole key, as of {@link method}. */
  readonly path: string;
  /** HTTP method, or `ANY`; of a route without a path its whole key: `$default`, `$connect`. */
  readonly method: string;
  /** Absent of a REST API's method. */
  readonly route?: RouteDetails;
  readonly authorizationType: string;
  readonly authorizerId: string | null;
  /** OAuth scopes that a Cognito or JWT authorizer asks for. */
  readonly authorizationScopes: readonly string[];
  readonly apiKeyRequired: boolean;
  /** `MOCK`, `HTTP`, …; `null` where the method has no integration yet. */
  readonly integrationType: string | null;
  /** Where the integration sends requests, and how; `null` where it says nothing of it. */
  readonly integrationUri: string | null;
  readonly integrationHttpMethod: string | null;
  readonly integrationSettings: IntegrationSettings;
  /**
   * What else it says of requests and responses (parameters, models, request validator, responses), as one
   * text that is equal where all of it is. Absent where it says nothing.
   */
  readonly requestsAndResponses?: string;
  /** Its method responses of status 200 or 204 carry CORS headers. */
  readonly answersCors: boolean;
}

/**
 * Whether a method is a preflight: an OPTIONS method that answers CORS by itself and reaches no backend.
 */
export type Preflight = 'yes' | 'no' | 'unknown';

/**
 * A method of a deployment's snapshot. The summary has the type and the API key of each method; whatever
 * else is needed is read from an export.
 */
export interface DeployedMethod {
  readonly path: string;
  readonly method: string;
  readonly authorizationType: string;
  readonly apiKeyRequired: boolean;
  /** `unknown` also where it was not read, since nothing depends on it. */
  readonly preflight: Preflight;
  /** Why what only an export says is not known; `null` where it is, or where nothing depends on it. */
  readonly unread: Unreadable | null;
}

/** Methods by {@link methodKey}. */
export type Methods<M> = ReadonlyMap<string, M>;

/** A second deployment that serves a share of a stage's traffic. */
export interface CanaryEvidence {
  readonly deploymentId: string;
  /** 0 to 100. A promoted canary can stay behind with 0. */
  readonly percentTraffic: number;
  readonly deployed: Reading<Methods<DeployedMethod>>;
}

/** How a stage of an HTTP or WebSocket API gets its deployments. */
export interface StageDeployment {
  /** Every change of the API is deployed to the stage at once, and the stage takes no other deployment. */
  readonly autoDeploy: boolean;
  /** `PENDING`, `FAILED` or `DEPLOYED`; `null` where AWS was not asked, or did not say. */
  readonly deploymentStatus: string | null;
  /** What became of the last deployment that the stage made by itself; `null` where AWS says nothing. */
  readonly lastDeploymentStatusMessage: string | null;
  /** API Gateway made the stage, and lets nobody change it. */
  readonly isManaged: boolean;
}

/** A stage and what it serves. */
export interface StageEvidence {
  readonly name: string;
  readonly deploymentId: string | null;
  /** {@link Untold} as a whole, or method by method, where no call tells what is served. */
  readonly deployed: Reading<Methods<DeployedMethod>>;
  readonly canary: CanaryEvidence | null;
  /** Absent of a REST API's stage. */
  readonly deployment?: StageDeployment;
  /** AWS WAF looks at its requests first. Absent where it does not; only stages of REST APIs can have one. */
  readonly hasWebAcl?: true;
  /**
   * Whether it keeps answers, by the keys of its method settings: `pets/GET`, or `*\/*` for all methods. Absent where
   * it has no cache; only stages of REST APIs can have one.
   */
  readonly caching?: Readonly<Record<string, boolean>>;
  /** When the stage was last changed, in milliseconds since the epoch; `null` where AWS did not say. */
  readonly lastUpdatedMs: number | null;
}

/** What GetRestApi or GetApi says of an API. */
export interface ApiDescription {
  readonly name: string;
  /** `EDGE`, `REGIONAL`, `PRIVATE`. */
  readonly endpointTypes: readonly string[];
  readonly defaultEndpointDisabled: boolean;
  readonly tags: Readonly<Record<string, string>>;
  /** The resource policy as AWS sent it, escaped or clean; `null` where the API has none. */
  readonly policy: string | null;
  /** `AVAILABLE`, `UPDATING`, `PENDING`, `FAILED`; `null` where AWS does not return it. */
  readonly status: string | null;
  readonly statusMessage: string | null;
  /** Absent of a REST API. */
  readonly v2?: DescriptionV2;
}

/** What only HTTP and WebSocket APIs have. */
export interface DescriptionV2 {
  /** The address without a stage: `https://a1b2c3d4e5.execute-api.…`, `wss://…`; `null` where AWS names none. */
  readonly endpoint: string | null;
  /** API Gateway answers preflights by itself (`CorsConfiguration`), which reach no route. */
  readonly answersCors: boolean;
  /** API Gateway made the API, and lets nobody change it. */
  readonly isManaged: boolean;
}

/** One reading of a method in a file: one branch, or one way in which AWS may take it. */
export interface DeclaredLine {
  readonly api: DeclaredApi;
  readonly method: DeclaredMethod;
}

/** A method that files declare, with every reading of it. */
export interface DeclaredRow {
  readonly method: string;
  readonly path: string;
  /** The worst of its readings: a type, or {@link UNRESOLVED}. */
  readonly authorizationType: string;
  readonly preflight: Preflight;
  readonly lines: readonly DeclaredLine[];
  /** The reading that counts, whose place is the method's. */
  readonly worst: DeclaredLine;
}

/** Says of a declared method's authorization that nobody can know it before the deployment. */
export const UNRESOLVED = 'unresolved';

/** What files of the repository declare of one API. */
export interface DeclaredEvidence {
  readonly apis: readonly DeclaredApi[];
  readonly methods: Methods<DeclaredRow>;
}

/** All that is known of one API. */
export interface ApiEvidence {
  readonly id: string;
  readonly kind: ApiKind;
  readonly description: Reading<ApiDescription>;
  readonly configured: Reading<Methods<ConfiguredMethod>>;
  /** The audited stages: the named ones, or all. */
  readonly stages: Reading<readonly StageEvidence[]>;
  /** Every stage of the API, also those outside the audit; empty where they could not be read. */
  readonly stageNames: readonly string[];
  /**
   * What is judged whether a layer has it or not, since its absence opens the API: `$connect` of a WebSocket
   * API. Absent where there is no such thing.
   */
  readonly alwaysJudged?: readonly { readonly method: string; readonly path: string }[];
  /** What files declare of it; absent where none does, or none was given. */
  readonly declared?: DeclaredEvidence;
  /** It was found in files alone: nothing of it was asked of AWS. */
  readonly isOnlyDeclared?: true;
}

/** What was collected in one pass over the region. */
export interface Evidence {
  readonly apis: readonly ApiEvidence[];
  /** Why APIs are missing from the list above; only where they were not asked for by their ids. */
  readonly listing: Unlisted | null;
  /** What became of the files that were given; absent where none was. */
  readonly files?: readonly DeclaredFile[];
  /** Files alone were judged: AWS was not asked. */
  readonly isOfFilesAlone?: true;
  /** One of a fleet's targets, which others chose: one without an API is no mistake. */
  readonly isOneOfMany?: true;
}

/** Whether it is a type, and neither the lack of a method nor of an answer. */
export function isKnownType(authorization: Authorization): authorization is string {
  return authorization !== null && authorization !== UNREADABLE && authorization !== UNTOLD;
}

/** Whether it was not that a call failed, but that none tells it. */
export function isUntold(unread: Unreadable | null | undefined): unread is Untold {
  return unread?.isUntold === true;
}

/** The name of a method within its API: neither part can hold a space before the path begins. */
export function methodKey(method: string, path: string): string {
  return `${method} ${path}`;
}

/** A method as a reader meets it: `GET /pets/{id}`; of a route without a path its key, `$default`. */
export function methodName(method: string, path: string): string {
  return path === method ? method : methodKey(method, path);
}

/** The name of an API as it was given, for what is told by its name; its id where it could not be read. */
export function givenNameOf({ id, description }: ApiEvidence): string {
  return description.readable ? description.value.name : id;
}

/** The name of an API as it is shown: the account's id, which it may hold, is masked. */
export function nameOf(api: ApiEvidence): string {
  return withoutAccountIds(givenNameOf(api));
}

/** Whether an API answers inside VPCs alone. */
export function isPrivate({ description }: ApiEvidence): boolean {
  return description.readable && description.value.endpointTypes.includes('PRIVATE');
}
