import { eachVerb } from '../probe/observation.js';
import { isLetIn } from '../probe/proof.js';
import { finding } from './finding.js';
import { inSentence, sentencesOn, subjectOf } from './observed.js';
import type { Rule } from './rule.js';

/** A request whose signature is wrong was let in: the endpoint does not check signatures. */
export const tamperedAccepted: Rule = {
  id: 'tampered-accepted',
  severity: 'error',
  effect: 'open',
  holdsWhen: 'the endpoint did not refuse a request with a wrong signature',
  toldBy: 'endpoint',
  // Who may call without a signature may call with a wrong one.
  excusable: true,
  blocksProof: 'of-iam',
  find({ observations }) {
    return observations.flatMap((observation) => {
      const verbs = eachVerb(observation).filter(
        ({ tampered }) => tampered !== null && isLetIn(tampered),
      );
      const letIn = verbs.flatMap(({ tampered }) => tampered ?? []);
      if (letIn.length === 0) return [];
      const isOpenToAll = verbs.every(({ unsigned }) => unsigned !== null && isLetIn(unsigned));
      return [
        finding(
          tamperedAccepted,
          subjectOf(observation),
          sentencesOn(letIn, (it) => `A request with a wrong signature ${inSentence(it)}.`),
          isOpenToAll
            ? 'It lets in whoever asks, signed or not: what closes it for unsigned requests closes it for these.'
            : 'Something between the runner and API Gateway may sign requests again: probe the stage itself, by endpoint-url. Otherwise compare the deployment that the stage serves with the configuration, and redeploy.',
        ),
      ];
    });
  },
};
