import type { ArnWildcards } from './access/arn-pattern.js';
import type { JsonObject } from './json.js';
import type { V2State } from './v2/model.js';

/** The authorization types of a method, as the service model spells them. */
export type AuthorizationType = 'NONE' | 'AWS_IAM' | 'CUSTOM' | 'COGNITO_USER_POOLS' | 'JWT';

/** One integration response: which status and headers an integration's answer becomes. */
export interface IntegrationResponseState {
  statusCode: string;
  selectionPattern?: string;
  responseParameters?: Record<string, string>;
  responseTemplates?: Record<string, string | null>;
  contentHandling?: string;
}

/** The backend of a method. */
export interface IntegrationState {
  type: 'MOCK' | 'HTTP' | 'HTTP_PROXY' | 'AWS' | 'AWS_PROXY';
  httpMethod?: string;
  uri?: string;
  connectionType?: 'INTERNET' | 'VPC_LINK';
  connectionId?: string;
  /** The load balancer's listener behind a VPC link of version 2. */
  integrationTarget?: string;
  credentials?: string;
  contentHandling?: string;
  tlsConfig?: { insecureSkipVerification: boolean };
  passthroughBehavior: string;
  /** STREAM: the answer goes on as it comes. */
  responseTransferMode?: string;
  timeoutInMillis: number;
  cacheNamespace: string;
  cacheKeyParameters: string[];
  requestParameters?: Record<string, string>;
  requestTemplates?: Record<string, string | null>;
  responses: Map<string, IntegrationResponseState>;
}

/** What a method declares that it may answer. */
export interface MethodResponseState {
  statusCode: string;
  responseParameters?: Record<string, boolean>;
  responseModels?: Record<string, string>;
}

/** A method as it is edited; a deployment holds a frozen copy. */
export interface MethodState {
  httpMethod: string;
  authorizationType: AuthorizationType;
  authorizerId?: string;
  authorizationScopes?: string[];
  apiKeyRequired: boolean;
  operationName?: string;
  requestValidatorId?: string;
  /** What the request validator looks at: in a seed one of no id, in a deployment that of the id. */
  validator?: { readonly parameters: boolean; readonly body: boolean };
  /** The gateway response that every request gets that comes so far. Seeds alone. */
  gatewayResponse?: string;
  requestParameters?: Record<string, boolean>;
  requestModels?: Record<string, string>;
  responses: Map<string, MethodResponseState>;
  integration?: IntegrationState;
}

/** One node of the resource tree. */
export interface ResourceState {
  id: string;
  parentId?: string;
  pathPart?: string;
  path: string;
  methods: Map<string, MethodState>;
}

/** An authorizer object; that it exists says nothing about any method. */
export interface AuthorizerState {
  id: string;
  name: string;
  type: 'TOKEN' | 'REQUEST' | 'COGNITO_USER_POOLS' | 'JWT';
  providerARNs?: string[];
  authType?: string;
  authorizerUri?: string;
  identitySource?: string;
  authorizerResultTtlInSeconds?: number;
  jwtConfiguration?: JsonObject;
  /** Tokens that count as valid: no user pool's keys are known here. Never on the wire. */
  acceptedTokens?: readonly string[];
}

/** A customised gateway response; types that nobody customised are generated. */
export interface GatewayResponseState {
  responseType: string;
  statusCode?: string;
  responseParameters: Record<string, string>;
  responseTemplates: Record<string, string>;
}

/** A model that somebody made; every API has `Empty` and `Error`, too. Nothing validates against it. */
export interface ModelState {
  readonly id: string;
  readonly name: string;
  readonly contentType: string;
  description?: string;
  /** JSON schema, as text. */
  schema: string;
}

/** What a request is checked for, by the methods that name it. */
export interface RequestValidatorState {
  readonly id: string;
  readonly name: string;
  validateRequestBody: boolean;
  validateRequestParameters: boolean;
}

/** Everything of an API that a deployment freezes. */
export interface Snapshot {
  /** Methods by path, then by HTTP method (`ANY` is a key of its own). */
  readonly paths: ReadonlyMap<string, ReadonlyMap<string, MethodState>>;
  readonly authorizers: ReadonlyMap<string, AuthorizerState>;
  readonly gatewayResponses: ReadonlyMap<string, GatewayResponseState>;
  /** The resource policy, as the document (not escaped), where one is set. */
  readonly policy?: string;
}

/** Which of its two deployments the export of a stage with a canary shows. */
export type ExportUnderCanary = 'stage' | 'canary';

/** A frozen copy of the API. */
export interface DeploymentState {
  id: string;
  description?: string;
  /** Seconds since the epoch, as the wire has them. */
  createdDate: number;
  snapshot: Snapshot;
  /** Methods, as `GET /pets`, that its summary leaves out although it serves them. */
  summaryWithout?: readonly string[];
}

/** The share of a stage's traffic that another deployment serves. */
export interface CanaryState {
  deploymentId: string;
  percentTraffic: number;
  stageVariableOverrides?: Record<string, string>;
  useStageCache: boolean;
}

/** The rule of a web ACL that meets requests. */
export interface WebAclState {
  readonly action:
    | 'challenge'
    | 'captcha'
    | 'block'
    /** Block, with a custom response. */
    | {
        readonly status: number;
        readonly headers: Readonly<Record<string, string>>;
        readonly body: string;
      };
  /** Only requests that have it are met; in lower case. */
  readonly header?: string;
}

/** A named pointer at a deployment. */
export interface StageState {
  stageName: string;
  deploymentId: string;
  description?: string;
  variables?: Record<string, string>;
  documentationVersion?: string;
  cacheClusterEnabled: boolean;
  cacheClusterSize?: string;
  cacheClusterStatus: string;
  methodSettings: Record<string, Record<string, string | number | boolean>>;
  accessLogSettings?: Record<string, string>;
  canarySettings?: CanaryState;
  clientCertificateId?: string;
  webAclArn?: string;
  /** What its web ACL does, which AWS WAF has, and API Gateway does not tell. */
  webAcl?: WebAclState;
  tracingEnabled: boolean;
  tags?: Record<string, string>;
  createdDate: number;
  lastUpdatedDate: number;
  /**
   * What the wire serves while a change is still on its way: the pointers as they were before it,
   * and the emulator's time (milliseconds) at which the present ones take over.
   */
  propagating?: {
    readonly untilMs: number;
    readonly deploymentId: string;
    readonly canarySettings?: CanaryState;
  };
}

/** An API key that the data plane accepts. */
export interface ApiKeyState {
  id: string;
  value: string;
  enabled: boolean;
}

/** One REST API. */
export interface ApiState {
  id: string;
  name: string;
  description?: string;
  version?: string;
  /** Seconds since the epoch. */
  createdDate: number;
  apiKeySource: 'HEADER' | 'AUTHORIZER';
  endpointTypes: string[];
  ipAddressType: string;
  vpcEndpointIds?: string[];
  disableExecuteApiEndpoint: boolean;
  binaryMediaTypes?: string[];
  minimumCompressionSize?: number;
  policy?: string;
  tags?: Record<string, string>;
  /** Where absent, the answer has no such member either, as recorded answers of 2025 have none. */
  apiStatus?: 'AVAILABLE' | 'UPDATING' | 'PENDING' | 'FAILED';
  apiStatusMessage?: string;
  rootResourceId: string;
  resources: Map<string, ResourceState>;
  authorizers: Map<string, AuthorizerState>;
  gatewayResponses: Map<string, GatewayResponseState>;
  /** By name; absent: nobody made any. */
  models?: Map<string, ModelState>;
  /** By id; absent: nobody made any. */
  requestValidators?: Map<string, RequestValidatorState>;
  deployments: Map<string, DeploymentState>;
  stages: Map<string, StageState>;
}

/** Keys that the emulator knows, and what their holder may do. */
export interface CallerState {
  accessKeyId: string;
  secretAccessKey: string;
  /** Present on temporary credentials; must then be sent and signed. */
  sessionToken?: string;
  /** Milliseconds; temporary credentials are refused afterwards. */
  expiresAtMs?: number;
  accountId: string;
  arn: string;
  userId: string;
  /**
   * `execute-api`, `apigateway` and `iam` actions that an identity policy of this caller denies by
   * silence; matched by exact action name, such as `execute-api:Invoke` or `apigateway:GET`.
   */
  notAllowed: string[];
  /** Whose identity policies its requests have; absent: one that allows everything. */
  identity?: CallerIdentity;
  /** `aws:PrincipalOrgID`, where its account belongs to an organization. */
  organizationId?: string;
  /** Its identity policies decide about the control plane and the other services, too. */
  isPoliced?: boolean;
  /** Of a session: the policies that it was assumed with; all of them must allow, besides. */
  sessionPolicies?: readonly string[];
  /** Of a session: the source identity that it was assumed with, which later ones keep. */
  sourceIdentity?: string;
}

/** Where a caller's identity policies are. */
export type CallerIdentity =
  /** Those of an IAM user of this account and of the groups that it is in. */
  | { readonly kind: 'user'; readonly userName: string }
  /** Those of a role: the one that is given, or the one of this account that has the ARN. */
  | { readonly kind: 'role'; readonly roleArn: string; readonly role?: RoleState }
  /** Written out: of a caller whose account is not this one. */
  | { readonly kind: 'documents'; readonly documents: readonly string[] };

/** A role that AssumeRole hands out credentials for. */
export interface RoleState {
  arn: string;
  roleId: string;
  /** Milliseconds since the epoch. */
  createdAtMs: number;
  /** As {@link CallerState.notAllowed}, for the role's sessions. */
  notAllowed: string[];
  /** `false`: AssumeRole answers AccessDenied. */
  assumable: boolean;
  /** Documents of its identity policies; absent: one that allows everything. */
  identityPolicies?: string[];
  /** The document that says who may assume it; absent: everybody who has keys here. */
  trust?: string;
  /** The longest session that it allows. */
  maxSessionSeconds?: number;
}

/** What users, groups and roles have in common that a policy can be put into or attached to. */
export interface PolicyHolder {
  /** Documents by name, as they were put. */
  readonly inlinePolicies: Map<string, string>;
  /** ARNs of managed policies. */
  readonly attachedPolicies: Set<string>;
}

/** An IAM user. */
export interface UserState extends PolicyHolder {
  readonly userName: string;
  readonly path: string;
  readonly arn: string;
  readonly userId: string;
  /** Milliseconds since the epoch, as all dates of IAM here. */
  readonly createdAtMs: number;
}

/** An IAM group. */
export interface GroupState extends PolicyHolder {
  readonly groupName: string;
  readonly path: string;
  readonly arn: string;
  readonly groupId: string;
  readonly createdAtMs: number;
  /** Names of its users. */
  readonly users: Set<string>;
}

/** One of at most five versions of a managed policy. */
export interface PolicyVersionState {
  readonly versionId: string;
  /** As it was given; IAM returns it URL-encoded. */
  readonly document: string;
  readonly createdAtMs: number;
}

/** A customer-managed policy, or one that AWS manages. */
export interface ManagedPolicyState {
  readonly policyName: string;
  readonly path: string;
  readonly arn: string;
  readonly policyId: string;
  readonly description?: string;
  readonly createdAtMs: number;
  updatedAtMs: number;
  defaultVersionId: string;
  /** The number that the next version gets; numbers are never used twice. */
  nextVersion: number;
  readonly versions: Map<string, PolicyVersionState>;
  readonly tags: Map<string, string>;
}

/** What IAM keeps for the account. */
export interface IamState {
  readonly users: Map<string, UserState>;
  readonly groups: Map<string, GroupState>;
  /** By ARN. */
  readonly policies: Map<string, ManagedPolicyState>;
}

/** A base path of a custom domain name, and the stage that it leads to. */
export interface BasePathMappingState {
  /** `(none)` for the domain name itself. */
  basePath: string;
  apiId: string;
  /** Absent: the caller's path names the stage after the base path. */
  stage?: string;
  /** The version that lists it alone: `first` or `second`; both do where it is absent. */
  listedBy?: 'first' | 'second';
}

/** A rule of a custom domain name. */
export interface RoutingRuleState {
  id: string;
  /** The lowest is looked at first. */
  priority: number;
  /** One of them must begin the path; none: every path will do. */
  basePaths: string[];
  /** All must be there. */
  headers: { header: string; valueGlob: string }[];
  apiId: string;
  stage: string;
  stripBasePath: boolean;
}

/** A custom domain name. */
export interface DomainNameState {
  name: string;
  /** Both while it is migrated. */
  endpointTypes: readonly ('REGIONAL' | 'EDGE')[];
  mappings: BasePathMappingState[];
  /** `BASE_PATH_MAPPING_ONLY` where absent. */
  routingMode?:
    | 'BASE_PATH_MAPPING_ONLY'
    | 'ROUTING_RULE_ONLY'
    | 'ROUTING_RULE_THEN_BASE_PATH_MAPPING';
  rules?: RoutingRuleState[];
}

/** A resource of a stack. */
export interface StackResourceState {
  logicalId: string;
  type: string;
  /** The physical id; absent while it is being created. */
  id?: string;
  /** The name of the nested stack that it is, in place of an id. */
  nested?: string;
  status: string;
}

/** A stack of CloudFormation: what ListStackResources says of it. */
export interface StackState {
  name: string;
  /** Resources on a page of ListStackResources. */
  pageSize: number;
  resources: StackResourceState[];
}

/** The whole account and region that one emulator stands for. */
export interface AccountState {
  accountId: string;
  region: string;
  partition: string;
  apis: Map<string, ApiState>;
  apiKeys: Map<string, ApiKeyState>;
  /** By name. */
  domainNames: Map<string, DomainNameState>;
  callers: Map<string, CallerState>;
  roles: Map<string, RoleState>;
  iam: IamState;
  /** Stacks of CloudFormation by name. */
  stacks: Map<string, StackState>;
  /** VPC endpoints for `execute-api`, and the VPC that each is in. */
  vpcEndpoints: Map<string, string>;
  /** Milliseconds between a change of a stage's pointer and its effect on the wire. */
  propagationDelayMs: number;
  exportUnderCanary: ExportUnderCanary;
  /** How wildcards at the end of a resource ARN's segment are read: AWS does not say. */
  arnWildcards: ArnWildcards;
  /** HTTP and WebSocket APIs. */
  v2: V2State;
}
