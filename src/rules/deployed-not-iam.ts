import { finding } from './finding.js';
import { backendOf, isFixedAtSource, isOpen, nounOf, reachOf, servedFix } from './method.js';
import type { Rule } from './rule.js';

/** A method that the stage's snapshot serves without AWS_IAM is open now, whatever is configured. */
export const deployedNotIam: Rule = {
  id: 'deployed-not-iam',
  severity: 'error',
  effect: 'open',
  holdsWhen: "the stage's snapshot serves a method without AWS_IAM: it is open now",
  excusable: true,
  find({ rows, asked }) {
    return rows.flatMap((row) => {
      const { deployed, stage } = row;
      if (stage === null || !isOpen(row, 'deployed')) return [];
      return [
        finding(
          deployedNotIam,
          { api: row.api.id, stage: stage.name, method: row.method, path: row.path },
          `The stage serves the ${nounOf(row)} with ${deployed}, not AWS_IAM${backendOf(row)}${
            isFixedAtSource(row)
              ? ': fixed but not deployed'
              : row.configured === null
                ? ', though it is no longer configured'
                : deployed === 'NONE'
                  ? `: it is open now${reachOf(row)}`
                  : `: callers get in without IAM${reachOf(row)}`
          }.`,
          servedFix(row, asked),
          deployed,
        ),
      ];
    });
  },
};
