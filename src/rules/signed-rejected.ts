import type { Finding } from '../report/report.js';
import type { Observation } from '../smoke/observation.js';
import { isSignedRefused } from '../smoke/proof.js';
import { finding } from './finding.js';
import { explain, inWords, subjectOf } from './observed.js';

/** A signed request was refused: either this caller may not call, or nobody can. */
export function signedRejected(observations: readonly Observation[]): Finding[] {
  return observations.flatMap((observation) => {
    const { signed } = observation;
    if (signed === null || !isSignedRefused(observation)) return [];
    return [
      finding(
        'signed-rejected',
        subjectOf(observation),
        `A signed request was refused: ${inWords(signed)}.`,
        explain(signed, observation).remedy,
      ),
    ];
  });
}
