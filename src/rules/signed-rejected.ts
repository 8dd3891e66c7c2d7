import type { Finding } from '../report/report.js';
import { isRefusal } from '../smoke/answer.js';
import type { Observation } from '../smoke/smoke-test.js';
import { finding } from './finding.js';
import { EXPLANATIONS, inWords, subjectOf } from './observed.js';

/** A signed request was refused: either this caller may not call, or nobody can. */
export function signedRejected(observations: readonly Observation[]): Finding[] {
  return observations.flatMap((observation) => {
    const { signed } = observation;
    if (signed === null || !signed.settled || !isRefusal(signed.kind)) return [];
    return [
      finding(
        'signed-rejected',
        subjectOf(observation),
        `A signed request was refused: ${inWords(signed)}.`,
        EXPLANATIONS[signed.kind].remedy,
      ),
    ];
  });
}
