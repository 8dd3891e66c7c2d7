import type { WireRequest, WireResponse } from '../../emulator/http.js';
import type {
  AccountState,
  ApiState,
  CallerState,
  DeploymentState,
  IntegrationState,
  MethodState,
  Snapshot,
  StageState,
} from '../../emulator/model.js';
import { newV2State } from '../../emulator/v2/switches.js';

/** The time at which the tests of the data plane play. */
export const NOW = Date.parse('2026-01-02T03:04:05Z');

export const allowed: CallerState = {
  accessKeyId: 'AKIAALLOWED',
  secretAccessKey: 'allowed-secret',
  accountId: '111122221633',
  arn: 'arn:aws:iam::111122221633:user/allowed',
  userId: 'AIDAALLOWED',
  notAllowed: [],
};

export const denied: CallerState = {
  ...allowed,
  accessKeyId: 'AKIADENIED',
  arn: 'arn:aws:iam::111122221633:user/denied',
  notAllowed: ['execute-api:Invoke'],
};

/** A mock backend that answers 200 with this message. */
export function mock(message: string, changes: Partial<IntegrationState> = {}): IntegrationState {
  return {
    type: 'MOCK',
    passthroughBehavior: 'WHEN_NO_MATCH',
    timeoutInMillis: 29_000,
    cacheNamespace: 'none',
    cacheKeyParameters: [],
    requestTemplates: { 'application/json': '{"statusCode": 200}' },
    responses: new Map([
      [
        '200',
        {
          statusCode: '200',
          responseTemplates: { 'application/json': JSON.stringify({ message }) },
        },
      ],
    ]),
    ...changes,
  };
}

/** A method without authorization whose mock names it, such as `GET /pets`. */
export function method(message: string, changes: Partial<MethodState> = {}): MethodState {
  return {
    httpMethod: message.split(' ')[0] ?? 'GET',
    authorizationType: 'NONE',
    apiKeyRequired: false,
    responses: new Map([['200', { statusCode: '200' }]]),
    integration: mock(message),
    ...changes,
  };
}

/** What a deployment froze, from methods keyed like `GET /pets/{id}`. */
export function snapshot(
  methods: Readonly<Record<string, Partial<MethodState>>>,
  changes: Partial<Snapshot> = {},
): Snapshot {
  const paths = new Map<string, Map<string, MethodState>>();
  for (const [key, change] of Object.entries(methods)) {
    const [httpMethod = '', path = ''] = key.split(' ');
    const resource = paths.get(path) ?? new Map<string, MethodState>();
    paths.set(path, resource.set(httpMethod, method(key, change)));
  }
  return { paths, authorizers: new Map(), gatewayResponses: new Map(), ...changes };
}

export function stage(changes: Partial<StageState> = {}): StageState {
  return {
    stageName: 'prod',
    deploymentId: 'd1',
    cacheClusterEnabled: false,
    cacheClusterStatus: 'NOT_AVAILABLE',
    methodSettings: {},
    tracingEnabled: false,
    createdDate: 0,
    lastUpdatedDate: 0,
    ...changes,
  };
}

/** An account with one API, `a1b2c3`, whose stage `prod` serves the first of these snapshots. */
export function account(
  snapshots: Readonly<Record<string, Snapshot>>,
  changes: { readonly api?: Partial<ApiState>; readonly stage?: Partial<StageState> } = {},
): AccountState {
  const deployments = Object.entries(snapshots).map(([id, frozen]): [string, DeploymentState] => [
    id,
    { id, createdDate: 0, snapshot: frozen },
  ]);
  const api: ApiState = {
    id: 'a1b2c3',
    name: 'orders',
    createdDate: 0,
    apiKeySource: 'HEADER',
    endpointTypes: ['REGIONAL'],
    ipAddressType: 'ipv4',
    disableExecuteApiEndpoint: false,
    rootResourceId: 'root',
    resources: new Map(),
    authorizers: new Map(),
    gatewayResponses: new Map(),
    deployments: new Map(deployments),
    stages: new Map([['prod', stage(changes.stage)]]),
    ...changes.api,
  };
  return {
    accountId: '111122221633',
    region: 'eu-west-1',
    partition: 'aws',
    apis: new Map([[api.id, api]]),
    apiKeys: new Map(),
    domainNames: new Map(),
    stacks: new Map(),
    callers: new Map([allowed, denied].map((caller) => [caller.accessKeyId, caller])),
    roles: new Map(),
    iam: { users: new Map(), groups: new Map(), policies: new Map() },
    vpcEndpoints: new Map(),
    propagationDelayMs: 0,
    exportUnderCanary: 'stage',
    arnWildcards: 'expand',
    v2: newV2State(),
  };
}

/** A request, by path unless a host is given: `GET /a1b2c3/prod/pets?page=1`. */
export function request(
  line: string,
  headers: Readonly<Record<string, string>> = {},
  body = '',
): WireRequest {
  const [httpMethod = '', target = ''] = line.split(' ');
  const [rawPath = '', rawQuery = ''] = target.split('?');
  return {
    method: httpMethod,
    rawPath,
    rawQuery,
    headers: Object.entries({ host: '127.0.0.1:4510', ...headers }),
    body: Buffer.from(body, 'utf8'),
  };
}

export function bodyOf(response: WireResponse): string {
  return Buffer.from(response.body).toString('utf8');
}
