import { aboutException } from './about-exception.js';
import type { Rule } from './rule.js';

/** An exception covers nothing once its last day is over, and is a finding where it would. */
export const exceptionExpired: Rule = {
  id: 'exception-expired',
  severity: 'error',
  holdsWhen: 'an exception of the policy file is past its last day and would still be needed',
  neverKnown: true,
  findInExceptions(exceptions) {
    return exceptions
      .filter(({ exception }) => exception.state === 'expired')
      .map(({ exception }) =>
        aboutException(
          exceptionExpired,
          exception,
          `expired after ${exception.expires} (owner: ${exception.owner}; reason: ${exception.reason})`,
          'Protect the methods, or have its owner renew the exception.',
        ),
      );
  },
};
