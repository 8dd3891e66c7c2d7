import { eachVerb, type Observation } from '../probe/observation.js';
import { isProvenSuccess } from '../probe/proof.js';
import { isExpectedStatus } from '../probe/sample.js';
import type { Finding } from '../report/report.js';
import { finding } from './finding.js';
import { sentencesOn, subjectOf } from './observed.js';

/** A signed request was let in, which is what counts, and the backend did not serve it. */
export function unexpectedStatus(observations: readonly Observation[]): Finding[] {
  return observations.flatMap((observation) => {
    const { sample } = observation;
    const unexpected = eachVerb(observation).flatMap(({ signed }) =>
      signed !== null &&
      signed.status !== null &&
      isProvenSuccess(signed) &&
      !isExpectedStatus(sample, signed.status)
        ? [signed]
        : [],
    );
    if (unexpected.length === 0) return [];
    const expected = sample.expectedStatuses.join(', ') || 'a status from 200 to 299';
    return [
      finding(
        'unexpected-status',
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
}
