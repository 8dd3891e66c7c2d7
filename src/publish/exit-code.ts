import type { FailOn } from '../model/fail-on.js';
import type { Report } from '../report/report.js';

/** What the process's exit code says; one meaning each. */
export const EXIT = { pass: 0, fail: 1, incomplete: 2, configuration: 3 } as const;

/**
 * The exit code of a report. `fail-on` decides which findings stop a job and nothing else. What
 * could not be read or proven is no finding to be let by, also where a failure hides it from the verdict: a
 * gate that cannot see stays red.
 */
export function exitCodeOf(
  { verdict, counts, incomplete }: Pick<Report, 'verdict' | 'counts' | 'incomplete'>,
  failOn: FailOn,
): number {
  if (verdict === 'incomplete') return EXIT.incomplete;
  if (failOn === 'never') {
    return incomplete ? EXIT.incomplete : EXIT.pass;
  }
  if (verdict === 'fail') return EXIT.fail;
  return failOn === 'warning' && counts.warnings > 0 ? EXIT.fail : EXIT.pass;
}
