import { eachVerb } from '../probe/observation.js';
import { isSignedRefused } from '../probe/proof.js';
import { finding } from './finding.js';
import { explain, inWords, sentencesOn, subjectOf, verbIn } from './observed.js';
import type { Rule } from './rule.js';

/** A signed request was refused: either this caller may not call, or nobody can. */
export const signedRejected: Rule = {
  id: 'signed-rejected',
  severity: 'error',
  holdsWhen: 'the endpoint refused a signed request: callers may be locked out',
  toldBy: 'endpoint',
  blocksProof: 'of-iam',
  find({ observations }) {
    return observations.flatMap((observation) => {
      const refused = eachVerb(observation)
        .filter(isSignedRefused)
        .flatMap(({ signed }) => signed ?? []);
      if (refused.length === 0) return [];
      return [
        finding(
          signedRejected,
          subjectOf(observation),
          sentencesOn(
            refused,
            (it) => `A signed request${verbIn(observation, it)} was refused: ${inWords(it)}.`,
          ),
          [...new Set(refused.map((it) => explain(it, observation).remedy))].join(' '),
        ),
      ];
    });
  },
};
