import type { JoinedMethod } from '../evidence/join.js';
import { LAYERS } from '../evidence/layers.js';
import { UNREADABLE, UNTOLD } from '../model/evidence.js';
import type { Finding, Verdict } from '../model/finding.js';
import { stageKey } from '../model/stage-key.js';
import { decidesUntold } from '../probe/decides-untold.js';
import type { Observation } from '../probe/observation.js';
import {
  isLeftHanging,
  isLeftInDoubt,
  isLeftUnasked,
  isOutOfTime,
  proofOf,
  provesStage,
} from '../probe/proof.js';
import { ruleOf } from './index.js';

/**
 * Decides the verdict, once, last. Anything wrong fails; else anything that could not be read, or
 * a stage that was asked and proven by no answer, is incomplete; only what is left passes.
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

/**
 * Whether something could not be read, a stage was asked and proven by no answer, whatever the reason, a
 * request that must be refused was left without an answer or got one by which it may have been let in, or the
 * time was over before everything was asked.
 */
export function isIncomplete(
  findings: readonly Finding[],
  observations: readonly Observation[],
): boolean {
  const proven = provenStages(observations);
  return (
    findings.some((finding) => {
      const when = ruleOf(finding)?.makesIncomplete;
      return when === 'unless-proven'
        ? !proven.has(stageKey(finding.api, finding.stage))
        : when === 'always';
    }) ||
    observations.some((it) => isOutOfTime(it) || isLeftHanging(it) || isLeftInDoubt(it)) ||
    unprovenStages(observations).length > 0
  );
}

/** A stage whose endpoint was asked for methods with IAM, and none of them is proven. */
export interface UnprovenStage {
  readonly api: string;
  readonly stage: string;
}

/** Stages that were asked, or to be asked, and are proven by nothing. */
export function unprovenStages(observations: readonly Observation[]): UnprovenStage[] {
  const proven = provenStages(observations);
  const unproven = new Map<string, UnprovenStage>();
  for (const observation of observations) {
    const { api, stage } = observation.row;
    if (stage === null) continue;
    if (proofOf(observation) === null && !isLeftUnasked(observation)) continue;
    const key = stageKey(api.id, stage.name);
    if (!proven.has(key)) unproven.set(key, { api: api.id, stage: stage.name });
  }
  return [...unproven.values()];
}

/**
 * What is said of stages that are proven by nothing where no finding of this run says so: what was
 * found there is known already.
 */
export function notesOnUnproven(
  findings: readonly Finding[],
  observations: readonly Observation[],
): string[] {
  return unprovenStages(observations)
    .filter(
      ({ api, stage }) =>
        !findings.some(
          (finding) =>
            finding.api === api &&
            finding.stage === stage &&
            (ruleOf(finding)?.makesIncomplete === 'unless-proven' || isWrong(finding)),
        ),
    )
    .map(
      ({ api, stage }) =>
        `Stage ${stage} of API ${api} was asked and is proven by no answer. The baseline knows of what was found there, which makes it no proof: the audit is incomplete.`,
    );
}

/**
 * The verdict of each row: its own findings, those about its method in every stage, and whether there
 * was time to ask it.
 */
export function decideRowVerdicts(
  rows: readonly JoinedMethod[],
  findings: readonly Finding[],
  observations: readonly Observation[],
): Verdict[] {
  const byMethod = Map.groupBy(findings, ({ api, stage, method, path }) =>
    rowKey(api, stage, method, path),
  );
  const left = new Set(observations.filter(isOutOfTime).map(({ row }) => row));
  const decided = new Set(observations.filter(decidesUntold).map(({ row }) => row));
  return rows.map((row) => {
    const { api, stage, method, path } = row;
    const own = byMethod.get(rowKey(api.id, stage?.name ?? null, method, path)) ?? [];
    const everywhere =
      stage === null ? [] : (byMethod.get(rowKey(api.id, null, method, path)) ?? []);
    const all = [...own, ...everywhere];
    if (all.some(isWrong)) return 'fail';
    const isUnknown =
      LAYERS.some(({ name }) => row[name] === UNREADABLE) ||
      (row.deployed === UNTOLD && !decided.has(row)) ||
      row.preflight === 'unknown' ||
      all.some((finding) => ruleOf(finding)?.makesIncomplete !== undefined) ||
      left.has(row);
    return isUnknown ? 'incomplete' : 'pass';
  });
}

/** Whether a finding alone makes the verdict `fail`. */
export function isWrong(finding: Finding): boolean {
  return (
    finding.severity === 'error' && ruleOf(finding)?.makesIncomplete === undefined && !finding.known
  );
}

/** Stages that what was observed of at least one method proves, by {@link stageKey}: see `provesStage`. */
export function provenStages(observations: readonly Observation[]): ReadonlySet<string> {
  const proven = new Set<string>();
  for (const observation of observations) {
    const { row } = observation;
    if (row.stage === null || !provesStage(observation)) continue;
    proven.add(stageKey(row.api.id, row.stage.name));
  }
  return proven;
}

function rowKey(
  api: string | null,
  stage: string | null,
  method: string | null,
  path: string | null,
): string {
  return JSON.stringify([api, stage, method, path]);
}
