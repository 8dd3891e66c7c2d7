import type { JoinedMethod } from '../evidence/join.js';
import { byLayer } from '../evidence/layers.js';
import { type ApiEvidence, type Evidence, methodKey, nameOf } from '../model/evidence.js';
import type { Exception, Finding, Subject, Suppressed, Verdict } from '../model/finding.js';
import type { SettledAnswer } from '../probe/answer.js';
import type { Observation } from '../probe/observation.js';
import { proofOf } from '../probe/proof.js';
import { sortFindings } from '../rules/order.js';
import type {
  Access,
  Answer,
  Change,
  Deployment,
  Kept,
  Owner,
  Report,
  ReportedApi,
  Transaction,
} from './report.js';

/** Everything that a report says, before it is put into its published shape. */
export interface Material {
  readonly mode: Report['mode'];
  readonly region: string;
  /** `undefined` where files alone were judged. */
  readonly target: Report['target'];
  /** Where a stage is found by callers. */
  readonly baseUrlOf: (api: ApiEvidence, stage: string) => string;
  readonly evidence: Evidence;
  readonly rows: readonly JoinedMethod[];
  /** One for each row, in the same order. */
  readonly observations: readonly Observation[];
  readonly findings: readonly Finding[];
  readonly suppressed: readonly Suppressed[];
  readonly exceptions: readonly Exception[];
  readonly verdict: Verdict;
  readonly incomplete: boolean;
  /** One for each row, in the same order. */
  readonly rowVerdicts: readonly Verdict[];
  readonly changes: readonly Change[];
  readonly deployments: readonly Deployment[];
  readonly kept: readonly Kept[];
  /** `undefined` where files alone were judged. */
  readonly access: Access | undefined;
  readonly transactions: readonly Transaction[];
  readonly owners: readonly Owner[];
  readonly notes: readonly string[];
}

/** Puts all that was found into the report value, `apigw-iam-gate/report/v1`. */
export function buildReport(material: Material): Report {
  const { changes, suppressed } = material;
  const findings = sortFindings(material.findings);
  const excepted = new Set(suppressed.map(({ finding }) => subjectKey(finding)));
  const count = (severity: Finding['severity']): number =>
    findings.filter((finding) => finding.severity === severity && !finding.known).length;
  return {
    schema: 'apigw-iam-gate/report/v1',
    verdict: material.verdict,
    incomplete: material.incomplete,
    mode: material.mode,
    region: material.region,
    target: material.target,
    counts: {
      methods: material.rows.length,
      errors: count('error'),
      warnings: count('warning'),
      known: findings.filter((finding) => finding.known).length,
      suppressed: material.suppressed.length,
      changed: changes.filter(({ state }) => state === 'applied' || state === 'planned').length,
    },
    apis: material.evidence.apis.map((api) => apiOf(api, material)),
    methods: material.rows.map((row, index) => methodOf(row, index, material, excepted)),
    findings,
    suppressed: material.suppressed,
    exceptions: material.exceptions,
    changes,
    deployments: material.deployments,
    kept: material.kept,
    access: material.access,
    transactions: material.transactions,
    owners: material.owners,
    notes: material.notes,
  };
}

function apiOf(api: Evidence['apis'][number], material: Material): ReportedApi {
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
      invokeUrl: material.baseUrlOf(api, name),
    })),
  };
}

function methodOf(
  row: JoinedMethod,
  index: number,
  { observations, rowVerdicts }: Material,
  excepted: ReadonlySet<string>,
): Report['methods'][number] {
  const observation = observations[index];
  const declared = row.api.declared?.methods.get(methodKey(row.method, row.path));
  return {
    api: row.api.id,
    stage: row.stage?.name ?? null,
    method: row.method,
    path: row.path,
    kind: declared?.worst.api.kind ?? 'REST',
    ...byLayer(({ name }) => row[name]),
    declaredAt: declared?.worst.method.place ?? null,
    preflight: row.preflight === 'yes',
    unsigned: answerOf(observation?.unsigned ?? null),
    tampered: answerOf(observation?.tampered ?? null),
    signed: answerOf(observation?.signed ?? null),
    excepted: [row.stage?.name ?? null, null].some((stage) =>
      excepted.has(subjectKey({ api: row.api.id, stage, method: row.method, path: row.path })),
    ),
    notProbed: observation?.notProbed ?? null,
    proof: observation === undefined ? null : proofOf(observation),
    unproven: observation?.unproven ?? [],
    verdict: rowVerdicts[index] ?? 'incomplete',
  };
}

function subjectKey({ api, stage, method, path }: Subject): string {
  return JSON.stringify([api, stage, method, path]);
}

function answerOf(answer: SettledAnswer | null): Answer | null {
  if (answer === null) return null;
  return { status: answer.status, answer: answer.settled ? answer.kind : 'unsettled' };
}
