import { describe, expect, test } from '@jest/globals';
import { type Observation, unasked } from '../../../src/probe/observation.js';
import { finding } from '../../../src/rules/finding.js';
import { judge } from '../../../src/rules/judge.js';
import { decideVerdict, notesOnUnproven } from '../../../src/rules/verdict.js';
import { apiOf, evidenceOf, observation, rowsOf, settled, unsettled } from '../evidence-builder.js';

/* Stages that were asked, and that no answer proves. */

const API = apiOf({ 'GET /a': 'AWS_IAM', 'GET /b': 'AWS_IAM' });
const ROWS = rowsOf(API);
const [A, B] = ROWS;
if (A === undefined || B === undefined) throw new Error('the API has not two rows');

const CONSISTENT: Partial<Observation> = { signed: null, unproven: ['add GET to smoke-methods'] };

describe('what is said of them where no finding does', () => {
  const about = (parts: { api?: string | null; stage?: string | null; rule?: string }) => {
    const { rule = 'probe-inconclusive', api = 'a1b2c3', stage = 'prod' } = parts;
    const subject = { api, stage, method: null, path: null };
    return finding({ id: rule, severity: 'error' }, subject, 'm', 'f');
  };
  const notes = (...findings: ReturnType<typeof about>[]) =>
    notesOnUnproven(findings, [observation(A, CONSISTENT)]);

  test('is a note on each', () => {
    expect(notes()).toEqual([
      expect.stringMatching(/^Stage prod of API a1b2c3 was asked and is proven by no answer\./),
    ]);
    expect(notesOnUnproven([], [observation(A)])).toEqual([]);
  });

  test('is nothing more where a finding of this run says it, of this very stage', () => {
    expect(notes(about({}))).toEqual([]);
    expect(notes(about({ api: 'other' }))).toHaveLength(1);
    expect(notes(about({ stage: 'dev' }))).toHaveLength(1);
    expect(notes(about({ stage: null }))).toHaveLength(1);
    expect(notes(about({ rule: 'unproven-thing' }))).toEqual([]);
  });
});

describe('the finding about a stage of which nothing is proven', () => {
  const found = (...observations: readonly Observation[]) =>
    judge({ evidence: evidenceOf(API), rows: ROWS, observations }).filter(
      ({ rule, method }) => rule === 'probe-inconclusive' && method === null,
    );

  test('counts what was asked, and says what is missing', () => {
    const [one, ...others] = found(observation(A, CONSISTENT), observation(B, CONSISTENT));
    expect(others).toEqual([]);
    expect(one?.message).toContain('No method of the stage is proven: 2 refused');
    expect(one?.fix).toBe('For a proof of one method at least: add GET to smoke-methods.');
  });

  test('is one where none could be asked', () => {
    const left = unasked(A, 'eu-west-1', 'why', null, ['give a value']);
    expect(found(left)[0]?.message).toBe('No method of the stage is proven: none could be asked.');
  });

  test.each<[string, Observation[]]>([
    ['one method is proven', [observation(A, CONSISTENT), observation(B)]],
    [
      'an answer contradicts it',
      [observation(A, CONSISTENT), observation(B, { unsigned: settled('accepted') })],
    ],
    ['nothing was asked', [unasked(A, 'eu-west-1', 'why')]],
    ['there is nothing', []],
  ])('is none where %s', (_, observations) => {
    expect(found(...observations)).toEqual([]);
  });

  test('is none beside the reason why the stage has no address', () => {
    const left = unasked(A, 'eu-west-1', 'it has no address', 'give one', ['give one']);
    const all = found(left);
    expect(all.map(({ message }) => message)).toEqual([
      'The stage was not asked: it has no address.',
    ]);
  });

  test('names five methods that there was no time for, in their order', () => {
    const many = apiOf(
      Object.fromEntries(
        ['g', 'f', 'e', 'd', 'c', 'b', 'a'].map((it) => [`GET /${it}`, 'AWS_IAM']),
      ),
    );
    const late = { signed: settled('out-of-time') };
    const of = (count: number) =>
      judge({
        evidence: evidenceOf(many),
        rows: rowsOf(many),
        observations: rowsOf(many)
          .slice(0, count)
          .map((row) => observation(row, late)),
      }).find(({ message }) => message.startsWith('smoke-timeout'))?.message;
    expect(of(7)).toMatch(/: GET \/a, GET \/b, GET \/c, GET \/d, GET \/e and 2 more\.$/);
    expect(of(5)).toMatch(/: GET \/c, GET \/d, GET \/e, GET \/f, GET \/g\.$/);
  });
});

describe('a request that must be refused, and is not answered in its time', () => {
  const late = settled('unreachable', { detail: 'TimeoutError' });
  const verdict = (parts: Partial<Observation>) => {
    const observations = [observation(A), observation(B, parts)];
    const findings = judge({ evidence: evidenceOf(API), rows: ROWS, observations });
    return [decideVerdict(findings, observations), findings.map(({ fix }) => fix).join(' ')];
  };

  test('keeps a stage from passing that another method proves, and says why', () => {
    for (const parts of [{ unsigned: late }, { tampered: late }]) {
      const [decided, fix] = verdict(parts);
      expect(decided).toBe('incomplete');
      expect(fix).toContain('API Gateway refuses without asking the backend');
    }
  });

  test('does so as one verb of several', () => {
    const verbs = [
      { unsigned: late, tampered: null, signed: null, atDefaultEndpoint: null },
      observation(B),
    ];
    expect(verdict({ verbs })[0]).toBe('incomplete');
  });

  test.each<[string, Partial<Observation>]>([
    ['is signed', { signed: late }],
    ['was lost otherwise', { unsigned: settled('unreachable', { detail: 'ECONNRESET' }) }],
    [
      'was refused at times',
      { unsigned: { ...unsettled('missing-token', 'unreachable'), detail: 'TimeoutError' } },
    ],
    ['asks the default endpoint, which may be shut off', { atDefaultEndpoint: late }],
  ])('changes nothing where it %s', (_, parts) => {
    const [decided, fix] = verdict(parts);
    expect(decided).toBe('pass');
    expect(fix).not.toContain('API Gateway refuses without');
  });
});

describe('a path that no known route takes', () => {
  const http = { ...API, kind: 'HTTP' as const };
  const rows = rowsOf(http);
  const found = (unsigned: ReturnType<typeof settled>, kind: 'HTTP' | 'REST' = 'HTTP') => {
    const of = kind === 'HTTP' ? rows : ROWS;
    const control = { isAsked: true as const, unsigned, tampered: null };
    return judge({
      evidence: evidenceOf(kind === 'HTTP' ? http : API),
      rows: of,
      observations: of.map((row) => observation(row, { control })),
    }).filter(({ rule }) => rule === 'unsigned-accepted');
  };

  test('and that is let in unsigned opens its stage, once', () => {
    expect(found(settled('accepted'))).toMatchObject([
      { severity: 'error', api: 'a1b2c3', stage: 'prod', method: null, path: null },
    ]);
    expect(found(settled('accepted'))[0]?.message).toContain(
      'An unsigned request to a path that no known route takes ',
    );
  });

  test('and that is not let in opens nothing, nor does that of a REST API', () => {
    expect(found(settled('no-such-method'))).toEqual([]);
    expect(found(settled('refused'))).toEqual([]);
    expect(found(settled('accepted'), 'REST')).toEqual([]);
  });

  test('and that was not asked opens nothing', () => {
    const control = { isAsked: false as const, why: 'w', isExcused: true };
    const observations = rows.map((row) => observation(row, { control }));
    const all = judge({ evidence: evidenceOf(http), rows, observations });
    expect(all.filter(({ rule }) => rule === 'unsigned-accepted')).toEqual([]);
  });
});

test('a default endpoint that answers is one finding a stage', () => {
  const observations = ROWS.map((row) =>
    observation(row, { atDefaultEndpoint: settled('missing-token') }),
  );
  const all = judge({ evidence: evidenceOf(API), rows: ROWS, observations });
  expect(all.filter(({ rule }) => rule === 'default-endpoint-open')).toHaveLength(1);
});
