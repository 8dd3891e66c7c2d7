import { describe, expect, test } from '@jest/globals';
import { isSameDocument } from '../../../src/enforce/grant/read.js';
import {
  describeGrantStep,
  isGrantFor,
  isGrantStep,
  policyNameOf,
} from '../../../src/enforce/grant/steps.js';

const POLICY = { policyName: 'apigw-iam-gate-a1-prod' };

/** Each kind of step as a journal holds it, whole. */
const STEPS = {
  'create-policy': {
    kind: 'create-policy',
    target: POLICY,
    does: { document: '{}', purpose: 'a1/prod' },
    undo: { deleteWhereToken: 't' },
  },
  'delete-policy-version': {
    kind: 'delete-policy-version',
    target: { ...POLICY, versionId: 'v1' },
    does: { purpose: 'a1/prod' },
    undo: { document: '{}' },
  },
  'create-policy-version': {
    kind: 'create-policy-version',
    target: POLICY,
    does: { document: '{}', purpose: 'a1/prod' },
    undo: { defaultVersionId: 'v1', versionIds: ['v1'] },
  },
  'attach-group-policy': {
    kind: 'attach-group-policy',
    target: { ...POLICY, groupName: 'callers' },
    does: { purpose: 'a1/prod' },
    undo: { detach: true },
  },
} as const;

const EVERY = Object.entries(STEPS);

describe('the data of a grant', () => {
  test.each(EVERY)('%s is a step, and without any of its parts none', (_, step) => {
    expect(isGrantStep(step)).toBe(true);
    for (const part of ['kind', 'target', 'does', 'undo'] as const) {
      expect(isGrantStep({ ...step, [part]: undefined })).toBe(false);
      if (part === 'kind') continue;
      for (const name of Object.keys(step[part])) {
        for (const wrong of [undefined, 7, null]) {
          expect(isGrantStep({ ...step, [part]: { ...step[part], [name]: wrong } })).toBe(false);
        }
      }
    }
    expect(isGrantStep({ ...step, target: { ...step.target, policyName: '' } })).toBe(false);
  });

  test('of another kind, or none at all, is no step', () => {
    for (const data of [null, 'text', [], {}, { ...STEPS['create-policy'], kind: 'other' }]) {
      expect(isGrantStep(data)).toBe(false);
    }
    const empty = { ...STEPS['create-policy'], undo: { deleteWhereToken: '' } };
    expect(isGrantStep(empty)).toBe(false);
    const mixed = STEPS['create-policy-version'];
    expect(isGrantStep({ ...mixed, undo: { ...mixed.undo, versionIds: ['v1', 2] } })).toBe(false);
  });

  test('is about one stage of one API', () => {
    for (const [, step] of EVERY) {
      if (!isGrantStep(step)) throw new Error('no step');
      expect(isGrantFor(step, 'a1')).toBe(true);
      expect(isGrantFor(step, 'a2')).toBe(false);
      const renamed = { ...step, target: { ...step.target, policyName: 'other' } };
      expect(isGrantStep(renamed) && isGrantFor(renamed, 'a1')).toBe(false);
    }
  });

  test('is told in words', () => {
    const words = EVERY.map(([, step]) => (isGrantStep(step) ? describeGrantStep(step) : ''));
    expect(words).toEqual([
      'create the managed policy apigw-iam-gate-a1-prod',
      'delete v1, the oldest of five versions of apigw-iam-gate-a1-prod',
      'make a new version of apigw-iam-gate-a1-prod in place of v1',
      'attach apigw-iam-gate-a1-prod to group callers',
    ]);
  });

  test('has a name that IAM takes', () => {
    const longest = 'x'.repeat(128 - 'apigw-iam-gate-a1-'.length);
    expect(policyNameOf('a1', longest)).toBe(`apigw-iam-gate-a1-${longest}`);
    const [one, other] = [policyNameOf('a1', `${longest}y`), policyNameOf('a1', `${longest}z`)];
    expect([one.length, other.length]).toEqual([128, 128]);
    expect(one).not.toBe(other);
  });
});

describe('two documents', () => {
  test.each<[string, string, boolean]>([
    ['{"a":1,"b":[2]}', '{ "b": 2, "a": 1 }', true],
    ['{"a":[1,2]}', '{"a":[1,2]}', true],
    ['{"a":[1,2]}', '{"a":[2,1]}', false],
    ['{"a":null}', '{"a":null}', true],
    ['{"a":null}', '{"a":{}}', false],
    ['{"a":{"c":1,"b":2}}', '{"a":{"b":2,"c":1}}', true],
    ['{"a":1}', '{"a":2}', false],
    ['no JSON', 'no JSON', true],
    ['no JSON', '{}', false],
  ])('%s and %s are the same: %s', (a, b, expected) => {
    expect(isSameDocument(a, b)).toBe(expected);
    expect(isSameDocument(b, a)).toBe(expected);
  });
});
