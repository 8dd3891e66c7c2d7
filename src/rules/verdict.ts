import type { JoinedMethod } from '../evidence/join.js';
import { methodKey, UNREADABLE } from '../evidence/model.js';
import type { Finding, Verdict } from '../report/report.js';
import type { Observation } from '../smoke/observation.js';
import { proofOf } from '../smoke/proof.js';

/**
 * Decides the verdict, once, last. Anything wrong fails; else anything that could not be read, or
 * a stage that was asked and proved by no answer, is incomplete; only what is left passes.
 *
 * @param enforcementFailed an API that was to be enforced is not, whatever else was found
 */
export function decideVerdict(
  findings: readonly Finding[],
  observations: readonly Observation[],
  enforcementFailed = false,
): Verdict {
  if (enforcementFailed || findings.some(isWrong)) return 'fail';
  return isIncomplete(findings, observations) ? 'incomplete' : 'pass';
}

/** Whether something could not be read, or a stage was asked and proved by no answer. */
export function isIncomplete(
  findings: readonly Finding[],
  observations: readonly Observation[],
): boolean {
  const proven = provenStages(observations);
  return findings.some(
    (finding) =>
      finding.rule === 'unreadable' ||
      (finding.rule === 'probe-inconclusive' && !proven.has(stageKey(finding.api, finding.stage))),
  );
}

/** The verdict of one row: its own findings, and those about its method in every stage. */
export function decideRowVerdicts(
  rows: readonly JoinedMethod[],
  findings: readonly Finding[],
): Verdict[] {
  const byMethod = new Map<string, Finding[]>();
  for (const finding of findings) {
    if (finding.method === null || finding.path === null) continue;
    const key = rowKey(finding.api, finding.stage, finding.method, finding.path);
    const known = byMethod.get(key);
    if (known === undefined) byMethod.set(key, [finding]);
    else known.push(finding);
  }
  return rows.map((row) => {
    const { api, stage, method, path } = row;
    const own = byMethod.get(rowKey(api.id, stage?.name ?? null, method, path)) ?? [];
    const everywhere =
      stage === null ? [] : (byMethod.get(rowKey(api.id, null, method, path)) ?? []);
    const all = [...own, ...everywhere];
    if (all.some(isWrong)) return 'fail';
    const layers = [row.configured, row.deployed, row.canary];
    const isUnknown =
      layers.includes(UNREADABLE) ||
      row.preflight === 'unknown' ||
      all.some((finding) => finding.rule === 'probe-inconclusive');
    return isUnknown ? 'incomplete' : 'pass';
  });
}

function isWrong(finding: Finding): boolean {
  return finding.severity === 'error' && finding.rule !== 'unreadable' && !finding.known;
}

/**
 * Stages that at least one method proves, by {@link stageKey}: it refused an unsigned and a tampered
 * request for want of a good signature, and let a signed one through to its integration.
 */
export function provenStages(observations: readonly Observation[]): ReadonlySet<string> {
  const proven = new Set<string>();
  for (const observation of observations) {
    const { row } = observation;
    if (row.stage === null || proofOf(observation) !== 'proven') continue;
    proven.add(stageKey(row.api.id, row.stage.name));
  }
  return proven;
}

/** Names a stage in {@link provenStages}. */
export function stageKey(api: string | null, stage: string | null): string {
  return JSON.stringify([api, stage]);
}

function rowKey(api: string | null, stage: string | null, method: string, path: string): string {
  return JSON.stringify([api, stage, methodKey(method, path)]);
}
