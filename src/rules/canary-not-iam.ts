import type { JoinedMethod } from '../evidence/join.js';
import type { Finding } from '../report/report.js';
import { finding } from './finding.js';
import { backendOf, isOpen } from './method.js';

/** A method that the canary's snapshot serves without AWS_IAM is open to its share of the traffic. */
export function canaryNotIam(rows: readonly JoinedMethod[]): Finding[] {
  return rows.flatMap((row) => {
    const canary = row.stage?.canary;
    if (row.stage === null || !canary || !isOpen(row, 'canary')) return [];
    return [
      finding(
        'canary-not-iam',
        { api: row.api.id, stage: row.stage.name, method: row.method, path: row.path },
        `The canary serves the method with ${row.canary}, not AWS_IAM,${backendOf(row)} to ${canary.percentTraffic} % of the stage's traffic.`,
        'Remove the canary (or promote it and redeploy) so that the whole stage serves AWS_IAM.',
        row.canary,
      ),
    ];
  });
}
