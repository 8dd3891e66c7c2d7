import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  type Baseline,
  type BaselineFinding,
  type ComparedRun,
  compareWithBaseline,
  NO_BASELINE,
  parseBaseline,
  withTarget,
} from '../../../src/config/baseline.js';
import { renderJson } from '../../../src/report/json.js';
import type { Report } from '../../../src/report/report.js';
import { markKnown } from '../../../src/rules/known.js';
import { api, read, stage, UNREAD } from '../evidence-builder.js';
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
    ['5', 'is not a report'],
    ['"report"', 'is not a report'],
    [
      '[]',
      'is not a report of this gate (schema apigw-iam-gate/report/v1 or apigw-iam-gate/fleet/v1)',
    ],
    ['{"schema":"apigw-iam-gate/fleet/v1","findings":{}}', 'has no findings list'],
    ['{"schema":"apigw-iam-gate/fleet/v1","findings":[5]}', 'has a finding without fingerprint'],
    [
      '{"schema":"apigw-iam-gate/report/v1","findings":[{"fingerprint":5}]}',
      'has a finding without fingerprint',
    ],
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

describe('what became of a baseline', () => {
  const TARGET = { account: '0a1b2c3d4e5f', region: 'eu-west-1' };
  const ORDERS = api({ id: 'orders', stages: read([stage({ name: 'prod' })]) });
  const CLOSED = api({ id: 'closed', stages: UNREAD });
  const heldFinding = (parts: Partial<BaselineFinding> = {}): BaselineFinding => ({
    fingerprint: 'old',
    targetFingerprint: null,
    rule: 'deployed-not-iam',
    api: 'orders',
    stage: 'prod',
    method: 'GET',
    path: '/a',
    ...parts,
  });
  const baselineOf = (...findings: BaselineFinding[]): Baseline => ({
    fingerprints: new Set(findings.map(({ fingerprint }) => fingerprint)),
    findings,
  });
  const run = (parts: Partial<ComparedRun> = {}): ComparedRun => ({
    target: TARGET,
    evidence: { apis: [ORDERS, CLOSED], listing: null },
    isWhole: false,
    incomplete: false,
    couldTell: () => true,
    ...parts,
  });
  const fixedOf = (it: Partial<BaselineFinding>, parts?: Partial<ComparedRun>) =>
    compareWithBaseline([], [], baselineOf(heldFinding(it)), run(parts))?.fixed?.length;

  test('is nothing without one', () => {
    expect(compareWithBaseline([], [], NO_BASELINE, run())).toBeNull();
  });

  test('is counted: what is new, what is the same, and what is fixed', () => {
    const findings = ['a', 'b', 'c'].map((fingerprint) => makeFinding({ fingerprint }));
    const baseline = baselineOf(heldFinding({ fingerprint: 'a' }), heldFinding());
    expect(compareWithBaseline(findings, [], baseline, run())).toEqual({
      with: 'baseline',
      added: 2,
      same: 1,
      fixed: [
        { rule: 'deployed-not-iam', api: 'orders', stage: 'prod', method: 'GET', path: '/a' },
      ],
    });
  });

  test('is not said to be fixed where not everything could be read', () => {
    const came = compareWithBaseline([], [], baselineOf(heldFinding()), run({ incomplete: true }));
    expect(came).toMatchObject({ added: 0, same: 0, fixed: null });
  });

  test.each<[what: string, it: Partial<BaselineFinding>, run: Partial<ComparedRun>, count: number]>(
    [
      ['a stage that was looked at', {}, {}, 1],
      ['an API as a whole', { stage: null }, {}, 1],
      ['another stage', { stage: 'dev' }, {}, 0],
      ['an API that was not looked at', { api: 'zz' }, {}, 0],
      ['an API that was not looked at, as a whole', { api: 'zz', stage: null }, {}, 0],
      ['a stage where the stages could not be read', { api: 'closed' }, {}, 0],
      ['an API whose stages could not be read', { api: 'closed', stage: null }, {}, 1],
      ['no API, where one of several was looked at', { api: null, stage: null }, {}, 0],
      ['no API, where all were', { api: null, stage: null }, { isWhole: true }, 1],
      ['an API that is gone, where all were looked at', { api: 'zz' }, { isWhole: true }, 1],
      ['what this run could not tell', {}, { couldTell: (rule) => rule !== 'deployed-not-iam' }, 0],
      [
        'what this run could not tell, where all were looked at',
        {},
        { isWhole: true, couldTell: (rule) => rule !== 'deployed-not-iam' },
        0,
      ],
      ['an API of a file', { api: 'a.yaml#Orders', stage: null }, { isWhole: true }, 0],
      ['another account', { targetFingerprint: 'of another' }, {}, 0],
      [
        'another account, where all were looked at',
        { targetFingerprint: 'x' },
        { isWhole: true },
        0,
      ],
      [
        'an account, where nobody knows which this one is',
        { targetFingerprint: 'x' },
        { target: { ...TARGET, account: null } },
        1,
      ],
    ],
  )('is fixed or not of %s', (_what, it, parts, count) => {
    expect(fixedOf(it, parts)).toBe(count);
  });

  test('is fixed of the same account', () => {
    const [it] = withTarget([makeFinding({ fingerprint: 'old' })], TARGET);
    expect(fixedOf({ targetFingerprint: it?.targetFingerprint ?? null })).toBe(1);
    const elsewhere = { target: { ...TARGET, region: 'eu-west-2' } };
    expect(fixedOf({ targetFingerprint: it?.targetFingerprint ?? null }, elsewhere)).toBe(0);
  });
});

test('a finding of a baseline has its place, and null for what it does not say', () => {
  const findings = [
    { fingerprint: 'a', rule: 'r', api: 'i', stage: 's', method: 'GET', path: '/p' },
    { fingerprint: 'b', targetFingerprint: 't', rule: 5, api: 5, stage: {}, method: null },
  ];
  const text = JSON.stringify({ schema: 'apigw-iam-gate/fleet/v1', findings });
  expect(parseBaseline(text)).toEqual({
    ok: true,
    value: {
      fingerprints: new Set(['a', 't', 'target:b']),
      findings: [
        { ...findings[0], targetFingerprint: null },
        {
          fingerprint: 'b',
          targetFingerprint: 't',
          rule: '',
          api: null,
          stage: null,
          method: null,
          path: null,
        },
      ],
    },
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
