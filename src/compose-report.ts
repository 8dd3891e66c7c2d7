import type { JoinedMethod } from './evidence/join.js';
import { type Evidence, nameOf } from './evidence/model.js';
import type {
  Access,
  Answer,
  Change,
  Deployment,
  Finding,
  Kept,
  Report,
  ReportedApi,
  Verdict,
} from './report/report.js';
import type { SettledAnswer } from './smoke/answer.js';
import { baseUrlOf } from './smoke/endpoint.js';
import type { Observation } from './smoke/smoke-test.js';

/** Everything that a report says, before it is put into its published shape. */
export interface Material {
  readonly mode: Report['mode'];
  readonly region: string;
  readonly endpointUrl: string | null;
  readonly evidence: Evidence;
  readonly rows: readonly JoinedMethod[];
  /** One for each row, in the same order. */
  readonly observations: readonly Observation[];
  readonly findings: readonly Finding[];
  readonly verdict: Verdict;
  /** One for each row, in the same order. */
  readonly rowVerdicts: readonly Verdict[];
  readonly changes: readonly Change[];
  readonly deployments: readonly Deployment[];
  readonly kept: readonly Kept[];
  readonly access: Access;
  readonly notes: readonly string[];
}

/** Puts all that was found into the report value, `apigw-iam-gate/report/v1`. */
export function composeReport(material: Material): Report {
  const { findings, changes } = material;
  const count = (severity: Finding['severity']): number =>
    findings.filter((finding) => finding.severity === severity).length;
  return {
    schema: 'apigw-iam-gate/report/v1',
    verdict: material.verdict,
    mode: material.mode,
    region: material.region,
    counts: {
      methods: material.rows.length,
      errors: count('error'),
      warnings: count('warning'),
      changed: changes.filter(({ state }) => state === 'applied' || state === 'planned').length,
    },
    apis: material.evidence.apis.map((api) => composeApi(api, material)),
    methods: material.rows.map((row, index) => composeMethod(row, index, material)),
    findings,
    changes,
    deployments: material.deployments,
    kept: material.kept,
    access: material.access,
    notes: material.notes,
  };
}

function composeApi(api: Evidence['apis'][number], material: Material): ReportedApi {
  const stages = api.stages.readable ? api.stages.value : [];
  return {
    id: api.id,
    name: nameOf(api),
    stages: stages.map(({ name, deploymentId, canary }) => ({
      name,
      deploymentId,
      canary:
        canary === null
          ? null
          : { deploymentId: canary.deploymentId, percentTraffic: canary.percentTraffic },
      invokeUrl: baseUrlOf(
        { apiId: api.id, stage: name, region: material.region },
        material.endpointUrl,
      ),
    })),
  };
}

function composeMethod(
  row: JoinedMethod,
  index: number,
  { observations, rowVerdicts }: Material,
): Report['methods'][number] {
  const observation = observations[index];
  return {
    api: row.api.id,
    stage: row.stage?.name ?? null,
    method: row.method,
    path: row.path,
    configured: row.configured,
    deployed: row.deployed,
    canary: row.canary,
    preflight: row.preflight === 'yes',
    unsigned: composeAnswer(observation?.unsigned ?? null),
    tampered: null,
    signed: composeAnswer(observation?.signed ?? null),
    notProbed: observation?.notProbed ?? null,
    verdict: rowVerdicts[index] ?? 'incomplete',
  };
}

function composeAnswer(answer: SettledAnswer | null): Answer | null {
  if (answer === null) return null;
  return { status: answer.status, answer: answer.settled ? answer.kind : 'unsettled' };
}
