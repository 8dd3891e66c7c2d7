import { aboutException } from './about-exception.js';
import type { Rule } from './rule.js';

/** Where something could not be read, an exception may cover what was not seen. */
export const exceptionUnused: Rule = {
  id: 'exception-unused',
  severity: 'warning',
  holdsWhen: 'an exception of the policy file covers nothing',
  findInExceptions(exceptions) {
    return exceptions
      .filter(({ exception, isAllReadable }) => exception.state === 'unused' && isAllReadable)
      .map(({ exception }) =>
        aboutException(
          exceptionUnused,
          exception,
          `${whyUnused(exception)} (owner: ${exception.owner}; reason: ${exception.reason})`,
          'Remove it, or correct its glob, API or stage.',
        ),
      );
  },
};

function whyUnused({ daysLeft }: { readonly daysLeft: number | null }): string {
  const isExpired = daysLeft !== null && daysLeft < 0;
  return isExpired
    ? 'has expired, and nothing is open that it alone would cover'
    : 'covers nothing: no such method is open';
}
