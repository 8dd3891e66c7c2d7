import { describe, expect, test } from '@jest/globals';
import {
  type ComparedRun,
  compareWithBaseline,
  parseBaseline,
  withTarget,
} from '../../../src/config/baseline.js';
import {
  type ExceptionClause,
  exceptionFor,
  holdsOn,
  namesApi,
  namesStage,
} from '../../../src/config/config.js';
import { compileMethodGlob } from '../../../src/config/method-glob.js';
import { api, evidenceOf, read, stage, UNREAD } from '../evidence-builder.js';
import { makeFinding } from '../report/sample-report.js';

function clauseFor(parts: Partial<ExceptionClause> = {}): ExceptionClause {
  return {
    methods: ['GET /health'],
    matches: compileMethodGlob('GET /health'),
    apis: ['orders'],
    stages: [],
    reason: 'r',
    owner: 'o',
    expires: null,
    location: null,
    ...parts,
  };
}

describe('the API of an exception', () => {
  const ORDERS = { id: 'a1b2c3', name: 'orders', declaredAs: ['one.yaml#Api', 'two.yaml#Api'] };

  test.each<[string[], boolean]>([
    [['*'], true],
    [['a1b2c3'], true],
    [['orders'], true],
    [['other', 'orders'], true],
    [['orders', 'other'], true],
    [['two.yaml#Api'], true],
    [['t*.yaml#Api'], true],
    [['t*.yaml#Other'], false],
    [['order*'], false],
    [['one.yaml'], false],
    [['other'], false],
    [[], false],
  ])('%j', (apis, expected) => {
    expect(namesApi(clauseFor({ apis }), ORDERS)).toBe(expected);
  });

  test('is in no file where it is none', () => {
    const { id, name } = ORDERS;
    expect(namesApi(clauseFor({ apis: ['*.yaml#Api'] }), { id, name })).toBe(false);
    expect(namesApi(clauseFor({ apis: ['orders'] }), { id, name })).toBe(true);
  });
});

describe('an exception', () => {
  test('without stages is for every stage', () => {
    expect(namesStage(clauseFor(), 'prod')).toBe(true);
    expect(namesStage(clauseFor({ stages: ['dev', 'prod'] }), 'prod')).toBe(true);
    expect(namesStage(clauseFor({ stages: ['dev'] }), 'prod')).toBe(false);
  });

  test.each([
    [null, true],
    ['2026-01-03', true],
    ['2026-01-02', true],
    ['2026-01-01', false],
  ])('that expires on %s holds on 2 January 2026: %s', (expires, expected) => {
    expect(holdsOn(clauseFor({ expires }), '2026-01-02')).toBe(expected);
  });

  test('covers a method where it holds, names the API and matches, and the first one counts', () => {
    const ORDERS = { id: 'a1b2c3', name: 'orders' };
    const found = (...clauses: ExceptionClause[]) =>
      exceptionFor(clauses, ORDERS, { method: 'GET', path: '/health' }, '2026-01-02');
    const [one, two] = [clauseFor(), clauseFor({ reason: 'other' })];
    expect(found(one, two)).toBe(one);
    expect(found(clauseFor({ expires: '2026-01-01' }), two)).toBe(two);
    expect(found(clauseFor({ apis: ['pets'] }), two)).toBe(two);
    expect(found(clauseFor({ matches: compileMethodGlob('GET /') }), two)).toBe(two);
    expect(found()).toBeNull();
  });
});

describe('what is fixed since the baseline', () => {
  const earlier = (parts: object) => ({
    rule: 'configured-not-iam',
    api: 'a1b2c3',
    stage: null,
    method: 'GET',
    path: '/pets',
    fingerprint: 'gone',
    targetFingerprint: null,
    ...parts,
  });
  const RUN: ComparedRun = {
    target: { account: null, region: 'eu-west-1' },
    evidence: evidenceOf(
      api({ id: 'other', stages: UNREAD }),
      api({ stages: read([stage({ name: 'dev' }), stage()]) }),
    ),
    isWhole: false,
    incomplete: false,
    couldTell: () => true,
  };
  const compare = (it: object, run: Partial<ComparedRun> = {}) =>
    compareWithBaseline(
      [],
      [],
      { fingerprints: new Set(['gone']), findings: [earlier(it)] },
      {
        ...RUN,
        ...run,
      },
    );
  const isFixed = (it: object, run: Partial<ComparedRun> = {}) =>
    compare(it, run)?.fixed?.length === 1;

  test.each<[string, object, boolean]>([
    ['an API that was read', {}, true],
    ['one of its stages', { stage: 'prod' }, true],
    ['a stage that was not looked at', { stage: 'qa' }, false],
    ['an API that was not looked at', { api: 'z9' }, false],
    ['an API whose stages could not be read', { api: 'other', stage: 'prod' }, false],
    ['what is of no API', { api: null }, false],
  ])('%s', (_, it, expected) => {
    expect(isFixed(it)).toBe(expected);
  });

  test('is named by its rule and place, as an earlier file has them', () => {
    const place = {
      rule: 'configured-not-iam',
      api: 'a1b2c3',
      stage: 'prod',
      method: 'GET',
      path: '/pets',
    };
    const text = JSON.stringify({
      schema: 'apigw-iam-gate/report/v1',
      findings: [
        { ...place, fingerprint: 'gone' },
        { fingerprint: 'bare', api: 'a1b2c3' },
        { ...place, api: 7, stage: [], fingerprint: 'odd' },
      ],
    });
    const baseline = parseBaseline(text);
    if (!baseline.ok) throw new Error(baseline.why);
    expect(compareWithBaseline([], [], baseline.value, { ...RUN, isWhole: true })?.fixed).toEqual([
      place,
      { rule: '', api: 'a1b2c3', stage: null, method: null, path: null },
      { ...place, api: null, stage: null },
    ]);
  });

  test('is everything that is gone, where everything was looked at', () => {
    for (const it of [{}, { api: 'z9' }, { api: null }, { stage: 'qa' }]) {
      expect(isFixed(it, { isWhole: true })).toBe(true);
    }
  });

  test('is nothing of another account or region', () => {
    const of = (account: string, region: string) => ({
      targetFingerprint: withTarget([makeFinding({ fingerprint: 'gone' })], { account, region })[0]
        ?.targetFingerprint,
    });
    const target = { account: 'one', region: 'eu-west-1' };
    expect(isFixed(of('one', 'eu-west-1'), { target })).toBe(true);
    expect(isFixed(of('two', 'eu-west-1'), { target })).toBe(false);
    expect(isFixed(of('one', 'eu-west-2'), { target, isWhole: true })).toBe(false);
    // Where the account is not known, or was not when the baseline was made, nobody can tell.
    expect(isFixed(of('two', 'eu-west-1'))).toBe(true);
    expect(isFixed({}, { target })).toBe(true);
  });

  test('is not known where something could not be read, and nothing without a baseline', () => {
    expect(compare({}, { incomplete: true })?.fixed).toBeNull();
    const none = { fingerprints: new Set<string>(), findings: null };
    expect(compareWithBaseline([], [], none, RUN)).toBeNull();
  });

  test('is not what is still there, or what an exception covers by now', () => {
    const there = makeFinding({ fingerprint: 'gone' });
    const added = makeFinding({ fingerprint: 'new' });
    const baseline = { fingerprints: new Set(['gone']), findings: [earlier({})] };
    expect(compareWithBaseline([there, added], [], baseline, RUN)).toEqual({
      with: 'baseline',
      added: 1,
      same: 1,
      fixed: [],
    });
  });
});
