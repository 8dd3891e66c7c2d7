import type { Finding } from '../report/report.js';
import type { Observation } from '../smoke/observation.js';
import { isProvenSuccess } from '../smoke/proof.js';
import { isExpectedStatus } from '../smoke/sample.js';
import { finding } from './finding.js';
import { subjectOf } from './observed.js';

/** A signed request was let in, which is what counts, and the backend did not serve it. */
export function unexpectedStatus(observations: readonly Observation[]): Finding[] {
  return observations.flatMap((observation) => {
    const { signed, sample } = observation;
    if (signed === null || signed.status === null || !isProvenSuccess(signed)) return [];
    if (isExpectedStatus(sample, signed.status)) return [];
    const expected = sample.expectedStatuses.join(', ') || 'a status from 200 to 299';
    return [
      finding(
        'unexpected-status',
        subjectOf(observation),
        signed.kind === 'invalid-request'
          ? `A signed ${signed.sentAs} request was let in, and was then found to lack what the method asks for: ${signed.status} instead of ${expected}${signed.detail === '' ? '' : ` (${signed.detail})`}.`
          : `A signed ${signed.sentAs} request reached the integration, which answered ${signed.status} instead of ${expected}.`,
        'Give the request what the backend wants, or name the statuses that it may answer, in the smoke section of the policy file.',
      ),
    ];
  });
}
