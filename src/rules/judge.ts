import type { JoinedMethod } from '../evidence/join.js';
import type { Evidence } from '../model/evidence.js';
import type { Observation } from '../probe/observation.js';
import { compareTexts } from '../report/order.js';
import type { Finding } from '../report/report.js';
import { canaryNotIam } from './canary-not-iam.js';
import { CATALOGUE } from './catalogue.js';
import { configuredNotIam } from './configured-not-iam.js';
import { defaultEndpointOpen } from './default-endpoint-open.js';
import { deployedNotIam } from './deployed-not-iam.js';
import type { Asked } from './method.js';
import { preflightHasBackend } from './preflight-has-backend.js';
import { probeInconclusive } from './probe-inconclusive.js';
import { signedRejected } from './signed-rejected.js';
import { tamperedAccepted } from './tampered-accepted.js';
import { undeployedChange } from './undeployed-change.js';
import { unexpectedStatus } from './unexpected-status.js';
import { unreadable } from './unreadable.js';
import { unsignedAccepted } from './unsigned-accepted.js';

/** Everything that was found out, ready to be judged. */
export interface Case {
  readonly evidence: Evidence;
  readonly rows: readonly JoinedMethod[];
  readonly observations: readonly Observation[];
  /** What the run was asked to do; without it, an audit. Fixes are worded by it. */
  readonly asked?: Asked;
}

const ORDER: ReadonlyMap<string, number> = new Map(
  CATALOGUE.map((rule, index) => [rule.id, index]),
);

/** Every rule, always, over everything: a finding never keeps another from being found. */
export function judge({ evidence, rows, observations, asked }: Case): Finding[] {
  const findings = [
    ...unsignedAccepted(observations, asked),
    ...tamperedAccepted(observations),
    ...deployedNotIam(rows, asked),
    ...canaryNotIam(rows),
    ...configuredNotIam(rows, asked),
    ...preflightHasBackend(rows),
    ...signedRejected(observations),
    ...unreadable(evidence, rows),
    ...probeInconclusive(observations),
    ...defaultEndpointOpen(observations),
    ...unexpectedStatus(observations),
    ...undeployedChange(rows),
  ];
  return inReadingOrder(findings);
}

/** What is open now first; within a rule by API, stage, path and method. */
export function inReadingOrder(findings: readonly Finding[]): Finding[] {
  return findings.toSorted(
    (a, b) =>
      (ORDER.get(a.rule) ?? 0) - (ORDER.get(b.rule) ?? 0) ||
      compareTexts(a.api, b.api) ||
      compareTexts(a.stage, b.stage) ||
      compareTexts(a.path, b.path) ||
      compareTexts(a.method, b.method),
  );
}
