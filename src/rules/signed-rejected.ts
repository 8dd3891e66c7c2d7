import { eachVerb, type Observation } from '../probe/observation.js';
import { isSignedRefused } from '../probe/proof.js';
import type { Finding } from '../report/report.js';
import { finding } from './finding.js';
import { explain, inWords, sentencesOn, subjectOf, verbIn } from './observed.js';

/** A signed request was refused: either this caller may not call, or nobody can. */
export function signedRejected(observations: readonly Observation[]): Finding[] {
  return observations.flatMap((observation) => {
    const refused = eachVerb(observation)
      .filter(isSignedRefused)
      .flatMap(({ signed }) => signed ?? []);
    if (refused.length === 0) return [];
    return [
      finding(
        'signed-rejected',
        subjectOf(observation),
        sentencesOn(
          refused,
          (it) => `A signed request${verbIn(observation, it)} was refused: ${inWords(it)}.`,
        ),
        [...new Set(refused.map((it) => explain(it, observation).remedy))].join(' '),
      ),
    ];
  });
}
