import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ConfigurationError } from '../../../src/model/errors.js';

describe('what a configuration error shows', () => {
  test('repeats no value of any length, and keeps what begins and what ends the problem', () => {
    const given = fc.string({ unit: 'binary', minLength: 3000, maxLength: 200_000 });
    fc.assert(
      fc.property(given, (path) => {
        const problem = `policy-file: ${path} does not exist. Check the path.`;
        const { problems, shown, message } = new ConfigurationError([problem]);
        expect(problems).toEqual([problem]);
        expect(message.length).toBeLessThan(2200);
        expect(shown[0]).toMatch(/^policy-file: .* does not exist\. Check the path\.$/s);
        expect(message.isWellFormed()).toBe(true);
      }),
      { numRuns: 30 },
    );
  });

  test('is every problem as it is, where it is of a usual length', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 2000 }), { maxLength: 50 }), (problems) => {
        expect(new ConfigurationError(problems).shown).toEqual(problems);
      }),
    );
  });
});
