import { describe, expect, test } from '@jest/globals';
import { type Observation, unasked } from '../../../src/probe/observation.js';
import { finding } from '../../../src/rules/finding.js';
import { judge } from '../../../src/rules/judge.js';
import { notesOnUnproven } from '../../../src/rules/verdict.js';
import { apiOf, evidenceOf, observation, rowsOf, settled } from '../evidence-builder.js';

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
