import { finding } from './finding.js';
import { backendOf, isOpen } from './method.js';
import type { Rule } from './rule.js';

/** A method that the canary's snapshot serves without AWS_IAM is open to its share of the traffic. */
export const canaryNotIam: Rule = {
  id: 'canary-not-iam',
  severity: 'error',
  effect: 'open',
  holdsWhen: "the canary's snapshot serves a method without AWS_IAM",
  excusable: true,
  find({ rows }) {
    return rows.flatMap((row) => {
      const canary = row.stage?.canary;
      if (row.stage === null || !canary || !isOpen(row, 'canary')) return [];
      return [
        finding(
          canaryNotIam,
          { api: row.api.id, stage: row.stage.name, method: row.method, path: row.path },
          `The canary serves the method with ${row.canary}, not AWS_IAM,${backendOf(row)} to ${canary.percentTraffic} % of the stage's traffic.`,
          'Remove the canary (or promote it and redeploy) so that the whole stage serves AWS_IAM.',
          row.canary,
        ),
      ];
    });
  },
};
