import { isRequiredType } from '../policy/requirement.js';
import type { Finding } from '../report/report.js';
import { type AnswerKind, isPastAuthorization } from '../smoke/answer.js';
import type { Observation } from '../smoke/smoke-test.js';
import { finding } from './finding.js';
import { enforceFix, isAllowed } from './method.js';
import { subjectOf } from './observed.js';

const HOW: Partial<Record<AnswerKind, string>> = {
  accepted: 'was served',
  redirected: 'reached the backend, which redirected it',
  'integration-failure': 'got past authorization and failed only at the backend',
};

/** An unsigned request was not refused: whatever is configured, anybody can call the method. */
export function unsignedAccepted(observations: readonly Observation[]): Finding[] {
  return observations.flatMap((observation) => {
    const { unsigned } = observation;
    const { deployed } = observation.row;
    if (unsigned === null) return [];
    // One answer is enough: an endpoint that lets some unsigned requests through is open.
    const through = [...unsigned.seen].filter(([kind]) => isPastAuthorization(kind));
    const [kind] = through[0] ?? [];
    if (kind === undefined || (unsigned.settled && !isPastAuthorization(unsigned.kind))) return [];
    // The policy lets anybody call it.
    if (deployed === 'NONE' && isAllowed(observation.row, deployed)) return [];
    const sometimes = unsigned.settled ? '' : ' at times';
    // The status is the last answer's, which may have been another one.
    const status = unsigned.kind === kind ? ` (status ${unsigned.status ?? 'none'})` : '';
    return [
      finding(
        'unsigned-accepted',
        subjectOf(observation),
        `An unsigned request${sometimes} ${HOW[kind] ?? 'was not refused'}${status}.`,
        deployed !== null && isRequiredType(deployed)
          ? 'The snapshot asks for AWS_IAM, so something else let it through: a deployment that has not settled (run again), a canary, or an endpoint-url that bypasses the stage.'
          : enforceFix(deployed ?? 'NONE'),
      ),
    ];
  });
}
