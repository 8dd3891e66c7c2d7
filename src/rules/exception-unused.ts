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
          `covers nothing: no such method is open, or another exception covers it by now (owner: ${exception.owner}; reason: ${exception.reason})`,
          'Remove it, or correct its glob, API or stage.',
        ),
      );
  },
};
