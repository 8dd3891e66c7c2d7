import { UNREADABLE } from '../model/evidence.js';
import { finding } from './finding.js';
import { backendOf, deployFix, enforceFix, isAllowed, isOpen } from './method.js';
import type { Rule } from './rule.js';

/** A method that the stage's snapshot serves without AWS_IAM is open now, whatever is configured. */
export const deployedNotIam: Rule = {
  id: 'deployed-not-iam',
  severity: 'error',
  holdsWhen: "the stage's snapshot serves a method without AWS_IAM: it is open now",
  excusable: true,
  find({ rows, asked }) {
    return rows.flatMap((row) => {
      const { deployed, stage } = row;
      if (stage === null || !isOpen(row, 'deployed')) return [];
      // What enforce would change; where nobody can read that, what is served.
      const changedType = (row.configured === UNREADABLE ? deployed : row.configured) ?? 'NONE';
      const fixedNotDeployed =
        row.configured !== null &&
        (isAllowed(row, row.configured) || row.preflights.configured === 'yes');
      return [
        finding(
          deployedNotIam,
          { api: row.api.id, stage: stage.name, method: row.method, path: row.path },
          `The stage serves the method with ${deployed}, not AWS_IAM${backendOf(row)}${
            fixedNotDeployed
              ? ': fixed but not deployed'
              : row.configured === null
                ? ', though it is no longer configured'
                : deployed === 'NONE'
                  ? ': it is open now'
                  : ': callers get in without IAM'
          }.`,
          fixedNotDeployed || row.configured === null
            ? deployFix(asked)
            : `${enforceFix(changedType, asked)} Then deploy the API to the stage.`,
          deployed,
        ),
      ];
    });
  },
};
