import { describe, expect, test } from '@jest/globals';
import { finding } from '../../../src/rules/finding.js';
import { RULES } from '../../../src/rules/index.js';
import { markKnown } from '../../../src/rules/known.js';
import type { Rule } from '../../../src/rules/rule.js';
import { decideVerdict } from '../../../src/rules/verdict.js';

/* What a finding leads to. Other code asks a rule for it and never for its name, so this is where it is told. */

const SUBJECT = { api: 'a1b2c3', stage: 'prod', method: 'GET', path: '/a' };

const idsOf = (holds: (rule: Rule) => boolean): string[] =>
  RULES.filter(holds)
    .map(({ id }) => id)
    .toSorted();
const alone = (rule: Rule) => [finding(rule, SUBJECT, 'message', 'fix')];

describe('a finding alone', () => {
  test('makes the verdict incomplete where it says that something is not known', () => {
    expect(idsOf((rule) => decideVerdict(alone(rule), []) === 'incomplete')).toEqual([
      'declared-unresolved',
      'deployed-untold',
      'probe-inconclusive',
      'target-missing',
      'target-unreadable',
      'unreadable',
    ]);
  });

  test('fails the audit but where it is a warning', () => {
    expect(idsOf((rule) => decideVerdict(alone(rule), []) === 'pass')).toEqual([
      'declared-drift',
      'declared-unproven',
      'default-endpoint-open',
      'deny-shadows-allow',
      'exception-unused',
      'grant-too-broad',
      'policy-matches-nothing',
      'principal-gone',
      'shared-cache',
      'undeployed-change',
      'unexpected-status',
    ]);
  });

  test.each<[effect: string, rules: string[]]>([
    ['open', ['canary-not-iam', 'deployed-not-iam', 'tampered-accepted', 'unsigned-accepted']],
    [
      'opens-next',
      [
        'configured-not-iam',
        'declared-not-iam',
        'preflight-has-backend',
        'websocket-without-connect',
      ],
    ],
    [
      'unknown',
      [
        'declared-unresolved',
        'deployed-untold',
        'probe-inconclusive',
        'target-missing',
        'target-unreadable',
        'unreadable',
      ],
    ],
  ])('says what it means for callers without IAM: %s', (effect, rules) => {
    expect(idsOf((rule) => alone(rule)[0]?.effect === effect)).toEqual(rules);
  });

  test('is known by a baseline but where nobody can have agreed to it', () => {
    const marked = (rule: Rule) => {
      const found = alone(rule);
      const known = markKnown(found, new Set(found.map(({ fingerprint }) => fingerprint)));
      return known.map(({ known }) => known);
    };
    expect(idsOf((rule) => marked(rule)[0] !== true)).toEqual([
      'declared-unresolved',
      'deployed-untold',
      'exception-expired',
      'probe-inconclusive',
      'target-missing',
      'target-unreadable',
      'unreadable',
    ]);
    for (const rule of RULES) {
      expect(markKnown(alone(rule), new Set(['another']))).toEqual(alone(rule));
      expect(markKnown(alone(rule), new Set())).toEqual(alone(rule));
    }
  });
});

test('what an exception may excuse is that a method is called without IAM, and nothing else', () => {
  expect(idsOf(({ excusable }) => excusable === true)).toEqual([
    'canary-not-iam',
    'configured-not-iam',
    'declared-not-iam',
    'declared-unresolved',
    'deployed-not-iam',
    'preflight-has-backend',
    'tampered-accepted',
    'unsigned-accepted',
    'websocket-without-connect',
  ]);
});

test('what the endpoint answers speaks against a deployment that enforce made', () => {
  const by = (when: Rule['blocksProof']) => idsOf(({ blocksProof }) => blocksProof === when);
  expect(by('of-iam')).toEqual(['signed-rejected', 'tampered-accepted', 'unsigned-accepted']);
  expect(by('unless-proven')).toEqual(['probe-inconclusive']);
});
