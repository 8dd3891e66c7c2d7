import type { JoinedMethod } from '../evidence/join.js';
import type { Finding } from '../report/report.js';
import { finding } from './finding.js';
import { type Asked, AUDIT, backendOf, isFixedAtSource, isOpen, servedFix } from './method.js';

/** A method that the stage's snapshot serves without AWS_IAM is open now, whatever is configured. */
export function deployedNotIam(rows: readonly JoinedMethod[], asked: Asked = AUDIT): Finding[] {
  return rows.flatMap((row) => {
    const { deployed, stage } = row;
    if (stage === null || !isOpen(row, 'deployed')) return [];
    return [
      finding(
        'deployed-not-iam',
        { api: row.api.id, stage: stage.name, method: row.method, path: row.path },
        `The stage serves the method with ${deployed}, not AWS_IAM${backendOf(row)}${
          isFixedAtSource(row)
            ? ': fixed but not deployed'
            : row.configured === null
              ? ', though it is no longer configured'
              : deployed === 'NONE'
                ? ': it is open now'
                : ': callers get in without IAM'
        }.`,
        servedFix(row, asked),
        deployed,
      ),
    ];
  });
}
