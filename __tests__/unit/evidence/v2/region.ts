import type { ApiGateway } from '../../../../src/aws/api-gateway.js';
import type {
  Api,
  ApiGatewayV2,
  Deployment,
  Page,
  Route,
  Stage,
} from '../../../../src/aws/api-gateway-v2.js';
import { collectEvidence, type Scope } from '../../../../src/evidence/collect.js';
import { joinLayers } from '../../../../src/evidence/join.js';
import { ConfigurationError } from '../../../../src/model/errors.js';
import type { ApiEvidence, Evidence } from '../../../../src/model/evidence.js';
import type { Logger } from '../../../../src/model/logger.js';
import { judge } from '../../../../src/rules/judge.js';
import { decideVerdict } from '../../../../src/rules/verdict.js';
import { apiGatewayThat, apiGatewayV2That, META, notFound } from '../fake-api-gateway.js';

const SILENT: Logger = { info: () => {}, debug: () => {}, group: (_title, phase) => phase() };

/** An HTTP or WebSocket API as a test describes it. */
export interface Described {
  readonly id: string;
  readonly kind: 'HTTP' | 'WEBSOCKET';
  readonly api?: Partial<Api>;
  /** Authorization types by route key, or whole routes. */
  readonly routes: Readonly<Record<string, string | Partial<Route>>>;
  readonly stages: readonly Partial<Stage>[];
  /** What a stage exports, by its name: types by route key, or a text. */
  readonly exports?: Readonly<Record<string, Readonly<Record<string, string>> | string>>;
  /** Statuses by deployment id, or whole deployments. */
  readonly deployments?: Readonly<Record<string, Deployment['DeploymentStatus'] | Deployment>>;
}

/** A stage that deploys by itself, and has finished. */
export const CURRENT: Partial<Stage> = {
  StageName: '$default',
  AutoDeploy: true,
  DeploymentId: 'd1',
  LastDeploymentStatusMessage: "Successfully deployed stage with deployment ID 'd1'",
};

/** A stage that somebody deploys to. */
export const BY_HAND: Partial<Stage> = { StageName: 'prod', DeploymentId: 'd1' };

const SCHEMES: Readonly<Record<string, object>> = {
  AWS_IAM: {
    type: 'apiKey',
    name: 'Authorization',
    in: 'header',
    'x-amazon-apigateway-authtype': 'awsSigv4',
  },
  JWT: { type: 'oauth2', 'x-amazon-apigateway-authorizer': { type: 'jwt' } },
  CUSTOM: {
    type: 'apiKey',
    name: 'Authorization',
    in: 'header',
    'x-amazon-apigateway-authorizer': { type: 'request' },
  },
  undescribed: { type: 'apiKey', name: 'Authorization', in: 'header' },
};

/** What ExportApi answers for routes, as API Gateway writes it. */
export function exportOf(routes: Readonly<Record<string, string>>): string {
  const paths: Record<string, Record<string, object>> = {};
  for (const [key, type] of Object.entries(routes)) {
    const [method = '', path = '/$default'] = key.split(' ');
    const name =
      method === 'ANY' || method === '$default'
        ? 'x-amazon-apigateway-any-method'
        : method.toLowerCase();
    const security = type === 'NONE' ? {} : { security: [{ [type]: [] }] };
    paths[path] = { ...paths[path], [name]: { responses: {}, ...security } };
  }
  return JSON.stringify({
    openapi: '3.0.1',
    paths,
    components: { securitySchemes: SCHEMES },
    'x-amazon-apigateway-importexport-version': '1.0',
  });
}

function page<T>(items: readonly T[]): Page<T> {
  return { items, nextToken: undefined };
}

/** The control plane of a region with HTTP and WebSocket APIs; every answer can be replaced. */
export function regionOf(
  apis: readonly Described[],
  answers: Partial<ApiGatewayV2> = {},
): ApiGatewayV2 & { calls: string[] } {
  const of = (id: string): Described => {
    const found = apis.find((it) => it.id === id);
    if (found === undefined) throw notFound('GetApi', 'Invalid API identifier specified');
    return found;
  };
  const described = ({ id, kind, api }: Described): Api => ({
    ApiId: id,
    Name: `name of ${id}`,
    ProtocolType: kind,
    RouteSelectionExpression: '$request.method $request.path',
    ...api,
  });
  return apiGatewayV2That({
    getApisPage: async () => page(apis.map(described)),
    getApi: async (id) => described(of(id)),
    getRoutesPage: async (id) =>
      page(
        Object.entries(of(id).routes).map(([RouteKey, parts], index) => ({
          RouteId: `r${index}`,
          RouteKey,
          ...(typeof parts === 'string' ? { AuthorizationType: parts as 'NONE' } : parts),
        })),
      ),
    getStagesPage: async (id) =>
      page(of(id).stages.map((stage) => ({ StageName: 'prod', ...stage }))),
    getDeploymentsPage: async (id) =>
      page(
        Object.entries({ d1: 'DEPLOYED' as const, ...of(id).deployments }).map(
          ([DeploymentId, it]) => ({
            DeploymentId,
            AutoDeployed: true,
            CreatedDate: new Date('2026-11-01T12:00:00Z'),
            ...(typeof it === 'object' ? it : { DeploymentStatus: it }),
          }),
        ),
      ),
    exportApi: async (id, stage) => {
      const exported = of(id).exports?.[stage ?? ''];
      if (exported === undefined) throw new Error(`the test exports no ${stage}`);
      return typeof exported === 'string' ? exported : exportOf(exported);
    },
    ...answers,
  });
}

/** A region without REST APIs. */
export const NO_REST: Partial<ApiGateway> = {
  getRestApi: async (id) => {
    throw notFound('GetRestApi', `Invalid API identifier specified 111122221633:${id}`);
  },
  getRestApisPage: async () => ({ ...META, items: [] }),
};

export async function collect(
  v2: ApiGatewayV2,
  scope: Partial<Scope> = {},
  rest: Partial<ApiGateway> = NO_REST,
): Promise<Evidence & { readonly restCalls: readonly string[] }> {
  const apiGateway = apiGatewayThat(rest);
  const evidence = await collectEvidence(
    { apiIds: '*', stages: '*', region: 'eu-west-1', ...scope },
    { apiGateway, apiGatewayV2: v2 },
    SILENT,
  );
  return { ...evidence, restCalls: apiGateway.calls };
}

/** The evidence of one API that is listed alone. */
export async function collectOne(
  api: Described,
  answers: Partial<ApiGatewayV2> = {},
  scope: Partial<Scope> = {},
): Promise<ApiEvidence> {
  const { apis } = await collect(regionOf([api], answers), scope);
  const [only] = apis;
  if (only === undefined) throw new Error('no API came back');
  return only;
}

/** What each stage serves, by route: types, or why a whole stage is not known. */
export function servedBy({ stages }: ApiEvidence): Record<string, unknown> {
  if (!stages.readable) return { stages: stages.reason };
  return Object.fromEntries(
    stages.value.map(({ name, deployed }) => [
      name,
      deployed.readable
        ? Object.fromEntries([...deployed.value].map(([key, it]) => [key, it.authorizationType]))
        : deployed.isUntold === true
          ? 'untold'
          : 'unreadable',
    ]),
  );
}

/** What an audit that asks no endpoint says of APIs. */
export async function auditOf(
  apis: readonly Described[],
  answers: Partial<ApiGatewayV2> = {},
  allowed: readonly string[] = ['AWS_IAM'],
) {
  const allowedTypesOf = (): readonly string[] => allowed;
  const evidence = await collect(regionOf(apis, answers), { allowedTypesOf });
  const rows = joinLayers(evidence.apis, allowedTypesOf);
  const findings = judge({ evidence, rows, observations: [] });
  return {
    rows,
    findings,
    said: findings.map(({ rule, stage, method }) =>
      [rule, method, stage].filter((it) => it !== null).join(' '),
    ),
    verdict: decideVerdict(findings, []),
  };
}

export async function problemsOf(reading: Promise<unknown>): Promise<readonly string[]> {
  try {
    await reading;
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
}
