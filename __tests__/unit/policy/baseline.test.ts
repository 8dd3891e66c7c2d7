import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { markKnown, parseBaseline } from '../../../src/policy/baseline.js';
import { renderJson } from '../../../src/report/json.js';
import { makeFinding, makeReport } from '../report/sample-report.js';

describe('a baseline', () => {
  test('is an earlier report, of which the fingerprints count', () => {
    const findings = [makeFinding({ fingerprint: 'a' }), makeFinding({ fingerprint: 'b' })];
    expect(parseBaseline(renderJson(makeReport({ findings })))).toEqual(new Set(['a', 'b']));
  });

  test.each([
    ['{', 'is not JSON'],
    ['null', 'is not a report'],
    ['{"schema":"sarif"}', 'is not a report of this gate (schema apigw-iam-gate/report/v1)'],
    ['{"schema":"apigw-iam-gate/report/v1"}', 'has no findings list'],
    ['{"schema":"apigw-iam-gate/report/v1","findings":[{}]}', 'has a finding without fingerprint'],
  ])('%s %s', (text, problem) => {
    expect(parseBaseline(text)).toBe(problem);
  });

  test('never throws, whatever the text', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => void parseBaseline(text)));
  });

  test('marks what it holds, and never what nobody saw', () => {
    const marked = markKnown(
      [
        makeFinding({ fingerprint: 'a' }),
        makeFinding({ fingerprint: 'b' }),
        makeFinding({ fingerprint: 'a', rule: 'unreadable' }),
        makeFinding({ fingerprint: 'a', rule: 'probe-inconclusive' }),
      ],
      new Set(['a']),
    );
    expect(marked.map(({ known }) => known)).toEqual([true, false, false, false]);
  });
});
