import type { Finding } from '../report/report.js';
import type { Observation } from '../smoke/observation.js';
import { isLetIn } from '../smoke/proof.js';
import { finding } from './finding.js';
import { inSentence, subjectOf } from './observed.js';

/** A request whose signature is wrong was let in: whoever answers does not check signatures. */
export function tamperedAccepted(observations: readonly Observation[]): Finding[] {
  return observations.flatMap((observation) => {
    const { tampered } = observation;
    if (tampered === null || !isLetIn(tampered)) return [];
    return [
      finding(
        'tampered-accepted',
        subjectOf(observation),
        `A request with a wrong signature ${inSentence(tampered)}.`,
        'Something between the runner and API Gateway may sign requests again: probe the stage itself, by endpoint-url. Otherwise compare the deployment that the stage serves with the configuration, and redeploy.',
      ),
    ];
  });
}
