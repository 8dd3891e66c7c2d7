import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Finding } from '../../../src/model/finding.js';
import { RULES } from '../../../src/rules/index.js';
import { compareFindings, sortFindings } from '../../../src/rules/order.js';

const ids = RULES.map(({ id }) => id);

const finding: fc.Arbitrary<Finding> = fc.record({
  rule: fc.constantFrom('unsigned-accepted', 'unreadable', 'default-endpoint-open', 'of-tomorrow'),
  severity: fc.constantFrom('error', 'warning'),
  api: fc.constantFrom(null, 'a1', 'b2'),
  stage: fc.constantFrom(null, 'prod', 'test'),
  method: fc.constantFrom(null, 'GET', 'PUT'),
  path: fc.constantFrom(null, '/a', '/b'),
  message: fc.constantFrom('One.', 'Two.'),
  fix: fc.constant('Do.'),
  fingerprint: fc.constant('f'),
  location: fc.constant(null),
  known: fc.boolean(),
});

/** What a finding is sorted by, as numbers and texts that compare by themselves. */
function keysOf({ known, severity, rule, api, stage, path, method, message }: Finding) {
  const rank = ids.indexOf(rule);
  return [
    known ? 1 : 0,
    severity === 'warning' ? 1 : 0,
    rank < 0 ? ids.length : rank,
    ...[rule, api, stage, path, method, message].map((it) => it ?? ''),
  ];
}

test('new findings stand before known ones, errors before warnings, then the worst rule, then the place', () => {
  fc.assert(
    fc.property(finding, finding, (a, b) => {
      const at = keysOf(a).findIndex((key, index) => key !== keysOf(b)[index]);
      const [one = 0, other = 0] = [keysOf(a)[at], keysOf(b)[at]];
      const expected = at < 0 ? 0 : one < other ? -1 : 1;
      expect(Math.sign(compareFindings(a, b))).toBe(expected);
      expect(sortFindings([a, b])).toEqual(expected > 0 ? [b, a] : [a, b]);
    }),
    { numRuns: 500 },
  );
});
