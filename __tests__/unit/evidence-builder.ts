import { type JoinedMethod, joinLayers } from '../../src/evidence/join.js';
import { isPreflight } from '../../src/evidence/layers.js';
import { NO_SETTINGS } from '../../src/evidence/rest/integration.js';
import {
  type ApiEvidence,
  type ConfiguredMethod,
  type DeployedMethod,
  type Evidence,
  type Methods,
  methodKey,
  type Reading,
  type StageEvidence,
  type Unreadable,
} from '../../src/model/evidence.js';
import type { AnswerKind, SettledAnswer } from '../../src/probe/answer.js';
import type { Observation } from '../../src/probe/observation.js';
import { NO_SAMPLE } from '../../src/probe/sample.js';
import type { Finding } from '../../src/report/report.js';
import { judge } from '../../src/rules/judge.js';
import { decideVerdict } from '../../src/rules/verdict.js';

/** A layer that could not be read. */
export const UNREAD: Unreadable = {
  readable: false,
  call: 'GetResources',
  reason: 'failed after 3 attempts',
  remedy: 'Run the job again.',
};

export function read<T>(value: T): Reading<T> {
  return { readable: true, value };
}

/** Splits `GET /pets`, the way in which these tests name a method. */
function partsOf(name: string): { method: string; path: string } {
  const [method = '', path = ''] = name.split(' ');
  return { method, path };
}

/** A configured method with a backend and AWS_IAM; every part can be replaced. */
export function configuredMethod(
  name: string,
  parts: Partial<ConfiguredMethod> = {},
): ConfiguredMethod {
  const { method, path } = partsOf(name);
  return {
    resourceId: `r${path}`,
    path,
    method,
    authorizationType: 'AWS_IAM',
    authorizerId: null,
    authorizationScopes: [],
    apiKeyRequired: false,
    integrationType: 'HTTP_PROXY',
    integrationUri: 'https://backend.test/',
    integrationHttpMethod: 'GET',
    integrationSettings: NO_SETTINGS,
    answersCors: false,
    ...parts,
  };
}

/** What makes an OPTIONS method a preflight. */
export const PREFLIGHT: Partial<ConfiguredMethod> = {
  authorizationType: 'NONE',
  integrationType: 'MOCK',
  answersCors: true,
};

export function deployedMethod(name: string, parts: Partial<DeployedMethod> = {}): DeployedMethod {
  const { method, path } = partsOf(name);
  return {
    path,
    method,
    authorizationType: 'AWS_IAM',
    apiKeyRequired: false,
    preflight: method === 'OPTIONS' ? 'unknown' : 'no',
    unread: null,
    ...parts,
  };
}

/** A layer's methods by name, each with its authorization type or with parts of its own. */
export type Layer<M> = Readonly<Record<string, string | Partial<M>>>;

export function configured(layer: Layer<ConfiguredMethod>): Methods<ConfiguredMethod> {
  return keyed(layer, configuredMethod);
}

export function deployed(layer: Layer<DeployedMethod>): Methods<DeployedMethod> {
  return keyed(layer, deployedMethod);
}

function keyed<M extends { readonly method: string; readonly path: string }>(
  layer: Layer<{ readonly authorizationType: string }>,
  make: (name: string, parts: { readonly authorizationType?: string }) => M,
): Methods<M> {
  return new Map(
    Object.entries(layer).map(([name, parts]) => {
      const method = make(name, typeof parts === 'string' ? { authorizationType: parts } : parts);
      return [methodKey(method.method, method.path), method];
    }),
  );
}

/** A stage `prod` that serves deployment `d1` with no methods. */
export function stage(parts: Partial<StageEvidence> = {}): StageEvidence {
  return {
    name: 'prod',
    deploymentId: 'd1',
    deployed: read(new Map()),
    canary: null,
    lastUpdatedMs: null,
    ...parts,
  };
}

/** A stage whose canary serves a tenth of its traffic. */
export function stageWithCanary(
  main: Layer<DeployedMethod>,
  canary: Reading<Methods<DeployedMethod>>,
): StageEvidence {
  return stage({
    deployed: read(deployed(main)),
    canary: { deploymentId: 'd2', percentTraffic: 10, deployed: canary },
  });
}

/** The API `a1b2c3`, named orders, without methods and stages. */
export function api(parts: Partial<ApiEvidence> = {}): ApiEvidence {
  const { stages } = parts;
  return {
    id: 'a1b2c3',
    kind: 'REST',
    description: read({
      name: 'orders',
      endpointTypes: ['REGIONAL'],
      defaultEndpointDisabled: false,
      tags: {},
      policy: null,
      status: null,
      statusMessage: null,
    }),
    configured: read(new Map()),
    stages: read([]),
    stageNames: stages?.readable === true ? stages.value.map(({ name }) => name) : [],
    ...parts,
  };
}

/** An API with one stage; `deployedLayer` is what is configured where it is left out. */
export function apiOf(
  configuredLayer: Layer<ConfiguredMethod>,
  deployedLayer: Layer<DeployedMethod> = typesOf(configuredLayer),
): ApiEvidence {
  return api({
    configured: read(configured(configuredLayer)),
    stages: read([stage({ deployed: read(deployed(deployedLayer)) })]),
  });
}

function typesOf(layer: Layer<ConfiguredMethod>): Layer<DeployedMethod> {
  return Object.fromEntries(
    [...configured(layer).values()].map((details) => [
      `${details.method} ${details.path}`,
      {
        authorizationType: details.authorizationType,
        apiKeyRequired: details.apiKeyRequired,
        preflight: isPreflight(details) ? 'yes' : 'no',
      },
    ]),
  );
}

export function evidenceOf(...apis: readonly ApiEvidence[]): Evidence {
  return { apis, listing: null };
}

/** What holds without a policy file: AWS_IAM, everywhere. */
export const ONLY_IAM = (): readonly string[] => ['AWS_IAM'];

export function rowsOf(...apis: readonly ApiEvidence[]): JoinedMethod[] {
  return joinLayers(apis, ONLY_IAM);
}

/** The only row of an API's only method. */
export function onlyRow(of: ApiEvidence): JoinedMethod {
  const [row, ...others] = joinLayers([of], ONLY_IAM);
  if (row === undefined || others.length > 0) throw new Error('the API has not one row');
  return row;
}

/** Findings and verdict of an audit that asked no endpoint. */
export function audit(evidence: Evidence): { findings: Finding[]; verdict: string } {
  const rows = joinLayers(evidence.apis, ONLY_IAM);
  const findings = judge({ evidence, rows, observations: [] });
  return { findings, verdict: decideVerdict(findings, []) };
}

/** The rules of findings, in their order. */
export function rulesOf(findings: readonly Finding[]): string[] {
  return findings.map(({ rule }) => rule);
}

const STATUSES: Partial<Record<AnswerKind, number | null>> = {
  accepted: 200,
  redirected: 302,
  'backend-error': 404,
  'integration-failure': 502,
  throttled: 429,
  'unlabelled-error': 404,
  'name-not-resolved': null,
  'tls-failure': null,
  unreachable: null,
  'no-credentials': null,
};

/** An answer that three requests in a row got. */
export function settled(kind: AnswerKind, parts: Partial<SettledAnswer> = {}): SettledAnswer {
  const status = STATUSES[kind];
  return {
    kind,
    status: status === undefined ? 403 : status,
    detail: '',
    settled: true,
    seen: new Map([[kind, 3]]),
    sentAs: 'GET',
    ...parts,
  };
}

/** Answers that never agreed, the last one last. */
export function unsettled(...kinds: readonly [AnswerKind, ...AnswerKind[]]): SettledAnswer {
  const seen = new Map<AnswerKind, number>();
  for (const kind of kinds) seen.set(kind, (seen.get(kind) ?? 0) + 1);
  return settled(kinds.at(-1) ?? kinds[0], { settled: false, seen });
}

/** A method that proved itself: refused without a signature or with a wrong one, accepted with one. */
export function observation(row: JoinedMethod, parts: Partial<Observation> = {}): Observation {
  return {
    row,
    region: 'eu-west-1',
    notProbed: null,
    unlocated: null,
    unsigned: settled('missing-token'),
    tampered: settled('wrong-signature'),
    signed: settled('accepted'),
    atDefaultEndpoint: null,
    unproven: [],
    sample: NO_SAMPLE,
    ...parts,
  };
}
