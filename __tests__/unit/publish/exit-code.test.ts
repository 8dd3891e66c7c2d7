import { describe, expect, test } from '@jest/globals';
import { FAIL_ON, type FailOn } from '../../../src/model/fail-on.js';
import { EXIT, exitCodeOf } from '../../../src/publish/exit-code.js';
import type { Finding, Verdict } from '../../../src/report/report.js';
import { makeFinding, makeReport } from '../report/sample-report.js';

const UNREADABLE = makeFinding({ rule: 'unreadable' });
const DEPLOYED = makeFinding({ rule: 'deployed-not-iam' });
const WARNING = makeFinding({ rule: 'undeployed-change', severity: 'warning' });

describe('the exit code', () => {
  test.each<[verdict: Verdict, what: string, findings: Finding[], codes: Record<FailOn, number>]>([
    ['pass', 'nothing', [], { error: 0, warning: 0, never: 0 }],
    ['pass', 'a warning', [WARNING], { error: 0, warning: 1, never: 0 }],
    ['fail', 'an error', [DEPLOYED], { error: 1, warning: 1, never: 0 }],
    ['fail', 'an error and a warning', [DEPLOYED, WARNING], { error: 1, warning: 1, never: 0 }],
    // What was not read is let by on no account, also where an open method decides the verdict.
    ['fail', 'an error and a gap', [DEPLOYED, UNREADABLE], { error: 1, warning: 1, never: 2 }],
    ['incomplete', 'a gap', [UNREADABLE], { error: 2, warning: 2, never: 2 }],
    [
      'incomplete',
      'a gap and a warning',
      [UNREADABLE, WARNING],
      { error: 2, warning: 2, never: 2 },
    ],
  ])('of %s with %s', (verdict, _what, findings, codes) => {
    const incomplete = findings.includes(UNREADABLE);
    const report = makeReport({ verdict, findings, incomplete });
    for (const failOn of FAIL_ON) expect(exitCodeOf(report, failOn)).toBe(codes[failOn]);
  });

  test('has one meaning each', () => {
    expect(EXIT).toEqual({ pass: 0, fail: 1, incomplete: 2, configuration: 3 });
  });
});
