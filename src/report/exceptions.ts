import type { Exception, Report } from './report.js';
import { count } from './wording.js';

/** An exception is announced so many days before it ends: time to mend what it covers. */
const ENDING_WITHIN_DAYS = 14;

/** Whether an exception that covers something ends within the last fourteen days. */
export function isEndingSoon({ state, daysLeft }: Exception): boolean {
  return state === 'in-use' && daysLeft !== null && daysLeft <= ENDING_WITHIN_DAYS;
}

/** The exceptions that end soon, the next one first. */
export function endingSoon(exceptions: readonly Exception[]): Exception[] {
  return exceptions
    .filter(isEndingSoon)
    .sort((a, b) => (a.daysLeft ?? Infinity) - (b.daysLeft ?? Infinity));
}

/** How many findings each exception covers, in the order of `exceptions`. */
export function countCovered({ exceptions, suppressed }: Report): number[] {
  const covered = exceptions.map(() => 0);
  for (const { exception } of suppressed) {
    covered[exception] = (covered[exception] ?? 0) + 1;
  }
  return covered;
}

/** `expired`, `permanent`, `last day`, `1 day left`, `12 days left`. */
export function describeTerm({ state, daysLeft }: Exception): string {
  if (state === 'expired' || (daysLeft !== null && daysLeft < 0)) {
    return 'expired';
  }
  if (daysLeft === null) {
    return 'permanent';
  }
  return daysLeft === 0 ? 'last day' : `${count(daysLeft, 'day')} left`;
}
