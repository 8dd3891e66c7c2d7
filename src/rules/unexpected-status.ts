import { eachVerb, type Observation } from '../probe/observation.js';
import { isProvenSuccess } from '../probe/proof.js';
import { isExpectedStatus } from '../probe/sample.js';
import { finding } from './finding.js';
import { sentencesOn, subjectOf } from './observed.js';
import type { Rule } from './rule.js';

/** A handshake that is accepted is 101 and nothing else (RFC 6455, 4.2.2). */
function isConnected({ row }: Observation, status: number): boolean {
  return row.api.kind === 'WEBSOCKET' && status === 101;
}

/** A signed request was let in, which is what counts, and the backend did not serve it. */
export const unexpectedStatus: Rule = {
  id: 'unexpected-status',
  severity: 'warning',
  holdsWhen: 'the backend answered a signed request with a status that was not expected',
  toldBy: 'endpoint',
  find({ observations }) {
    return observations.flatMap((observation) => {
      const { sample } = observation;
      const unexpected = eachVerb(observation).flatMap(({ unsigned, signed }) =>
        signed !== null &&
        // Where AWS WAF may have answered the one, it may have answered the other.
        unsigned?.kind !== 'maybe-waf' &&
        signed.status !== null &&
        isProvenSuccess(signed) &&
        !isConnected(observation, signed.status) &&
        !isExpectedStatus(sample, signed.status)
          ? [signed]
          : [],
      );
      if (unexpected.length === 0) return [];
      const expected = sample.expectedStatuses.join(', ') || 'a status from 200 to 299';
      return [
        finding(
          unexpectedStatus,
          subjectOf(observation),
          sentencesOn(unexpected, ({ kind, sentAs, status, detail }) =>
            kind === 'invalid-request'
              ? `A signed ${sentAs} request was let in, and was then found to lack what the method asks for: ${status} instead of ${expected}${detail === '' ? '' : ` (${detail})`}.`
              : `A signed ${sentAs} request reached the integration, which answered ${status} instead of ${expected}.`,
          ),
          'Give the request what the backend wants, or name the statuses that it may answer, in the smoke section of the policy file.',
        ),
      ];
    });
  },
};
