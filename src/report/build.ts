import type { JoinedMethod } from '../evidence/join.js';
import { byLayer } from '../evidence/layers.js';
import { type ApiEvidence, type Evidence, methodKey, nameOf } from '../model/evidence.js';
import { countFindings, type Subject, type Verdict } from '../model/finding.js';
import type { SettledAnswer } from '../probe/answer.js';
import type { Observation } from '../probe/observation.js';
import { gapsIn, proofOf } from '../probe/proof.js';
import { sortFindings } from '../rules/order.js';
import type { Answer, Report, ReportedApi } from './report.js';

/** What a report is built from: parts in their published shape, and what the other parts are made from. */
export interface ReportParts extends Omit<Report, 'schema' | 'counts' | 'apis' | 'methods'> {
  /** Where callers find a stage. */
  readonly baseUrlOf: (api: ApiEvidence, stage: string) => string;
  readonly evidence: Evidence;
  readonly rows: readonly JoinedMethod[];
  /** One for each row, in the same order. */
  readonly observations: readonly Observation[];
  /** One for each row, in the same order. */
  readonly rowVerdicts: readonly Verdict[];
}

/** Builds the report value, `apigw-iam-gate/report/v1`. Its findings are sorted here, for every reader. */
export function buildReport(given: ReportParts): Report {
  const { baseUrlOf, evidence, rows, observations, rowVerdicts, ...published } = given;
  const { verdict, incomplete, mode, region, target, ...parts } = published;
  const { changes, suppressed } = parts;
  const findings = sortFindings(parts.findings);
  const excepted = new Set(suppressed.map(({ finding }) => subjectKey(finding)));
  return {
    schema: 'apigw-iam-gate/report/v1',
    verdict,
    incomplete,
    mode,
    region,
    target,
    counts: {
      methods: rows.length,
      ...countFindings(findings),
      suppressed: suppressed.length,
      changed: changes.filter(({ state }) => state === 'applied' || state === 'planned').length,
    },
    apis: evidence.apis.map((api) => apiOf(api, baseUrlOf)),
    methods: rows.map((row, index) => methodOf(row, index, given, excepted)),
    ...parts,
    findings,
  };
}

function apiOf(api: ApiEvidence, baseUrlOf: ReportParts['baseUrlOf']): ReportedApi {
  const stages = api.stages.readable ? api.stages.value : [];
  return {
    id: api.id,
    name: nameOf(api),
    kind: api.kind,
    stages: stages.map(({ name, deploymentId, canary, deployment }) => ({
      name,
      deploymentId,
      canary:
        canary === null
          ? null
          : { deploymentId: canary.deploymentId, percentTraffic: canary.percentTraffic },
      invokeUrl: baseUrlOf(api, name),
      ...(deployment === undefined
        ? {}
        : { autoDeploy: deployment.autoDeploy, deploymentStatus: deployment.deploymentStatus }),
    })),
  };
}

function methodOf(
  row: JoinedMethod,
  index: number,
  { observations, rowVerdicts }: ReportParts,
  excepted: ReadonlySet<string>,
): Report['methods'][number] {
  const observation = observations[index];
  const declared = row.api.declared?.methods.get(methodKey(row.method, row.path));
  return {
    api: row.api.id,
    stage: row.stage?.name ?? null,
    method: row.method,
    path: row.path,
    kind: row.api.kind,
    ...byLayer(({ name }) => row[name]),
    declaredAt: declared?.worst.method.place ?? null,
    preflight: row.preflight === 'yes',
    unsigned: answerOf(observation?.unsigned ?? null),
    tampered: answerOf(observation?.tampered ?? null),
    signed: answerOf(observation?.signed ?? null),
    ...(row.api.kind === 'HTTP' && observation?.control?.isAsked === true
      ? { control: answerOf(observation.control.unsigned) }
      : {}),
    excepted: [row.stage?.name ?? null, null].some((stage) =>
      excepted.has(subjectKey({ api: row.api.id, stage, method: row.method, path: row.path })),
    ),
    notProbed: observation?.notProbed ?? null,
    proof: observation === undefined ? null : proofOf(observation),
    // What was not asked says by itself what it wants.
    unproven: observation?.notProbed === null ? gapsIn(observation) : [],
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
