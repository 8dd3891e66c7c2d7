import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseBaseline, withTarget } from '../../../src/config/baseline.js';
import { renderJson } from '../../../src/report/json.js';
import type { Report } from '../../../src/report/report.js';
import { markKnown } from '../../../src/rules/known.js';
import { makeFinding, makeReport } from '../report/sample-report.js';

describe('a baseline', () => {
  test('is an earlier report, of which the fingerprints count', () => {
    const findings = [makeFinding({ fingerprint: 'a' }), makeFinding({ fingerprint: 'b' })];
    expect(parseBaseline(textOf(makeReport({ findings })))).toMatchObject({
      ok: true,
      value: { fingerprints: new Set(['a', 'b']) },
    });
  });

  test.each([
    ['{', 'is not JSON'],
    ['null', 'is not a report'],
    [
      '{"schema":"sarif"}',
      'is not a report of this gate (schema apigw-iam-gate/report/v1 or apigw-iam-gate/fleet/v1)',
    ],
    ['{"schema":"apigw-iam-gate/report/v1"}', 'has no findings list'],
    ['{"schema":"apigw-iam-gate/report/v1","findings":[{}]}', 'has a finding without fingerprint'],
  ])('%s %s', (text, problem) => {
    expect(parseBaseline(text)).toEqual({ ok: false, why: problem });
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

  test('never makes an expired exception known, whoever holds its fingerprint', () => {
    const expired = makeFinding({ fingerprint: 'a', rule: 'exception-expired' });
    const target = { account: '0a1b2c3d4e5f', region: 'eu-west-1' };
    const [targeted] = withTarget([expired], target);
    const held = new Set(['a', targeted?.targetFingerprint ?? '', 'target:a']);
    expect(markKnown([expired, ...withTarget([expired], target)], held)).toMatchObject([
      { known: false },
      { known: false },
    ]);
  });
});

describe('a baseline of an account', () => {
  const ONE = { account: '0a1b2c3d4e5f', region: 'eu-west-1' };
  const UNKNOWN = { account: null, region: 'eu-west-1' };
  const found = [makeFinding({ fingerprint: 'a', rule: 'exception-unused', api: null })];

  function isKnownTo(before: typeof ONE | typeof UNKNOWN, now: typeof ONE | typeof UNKNOWN) {
    const text = textOf(makeReport({ findings: withTarget(found, before) }));
    const baseline = parseBaseline(text);
    if (!baseline.ok) throw new Error(baseline.why);
    return markKnown(withTarget(found, now), baseline.value.fingerprints)[0]?.known;
  }

  test.each([
    ['is known there', ONE, ONE, true],
    ['is not known in another account', ONE, { ...ONE, account: 'f0f0f0f0f0f0' }, false],
    ['is not known in another region', ONE, { ...ONE, region: 'eu-west-2' }, false],
    // Nobody says that it is another account: an answer of STS that is missing makes nothing new.
    ['is known where nobody names the account', ONE, UNKNOWN, true],
    ['is known everywhere where the file names no account', UNKNOWN, ONE, true],
  ])('%s', (_what, before, now, expected) => {
    expect(isKnownTo(before, now)).toBe(expected);
  });

  test('of a version that knew no accounts is known everywhere', () => {
    const baseline = parseBaseline(textOf(makeReport({ findings: found })));
    expect(baseline).toMatchObject({ ok: true, value: { fingerprints: new Set(['a']) } });
    expect(markKnown(withTarget(found, ONE), new Set(['a']))[0]?.known).toBe(true);
  });
});

function textOf(report: Report): string {
  return [...renderJson(report)].join('');
}
