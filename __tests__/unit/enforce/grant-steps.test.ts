import { describe, expect, test } from '@jest/globals';
import { applyGrantStep, GrantStopped, undoGrantStep } from '../../../src/enforce/grant/apply.js';
import {
  type GrantStep,
  isGrantFor,
  PURPOSE_TAG,
  policyNameOf,
  TOKEN_TAG,
} from '../../../src/enforce/grant/steps.js';
import type { Certainty } from '../../../src/enforce/transaction/make-certain.js';
import { fakeRetries, TOKEN } from './enforcement-kit.js';
import type { Fate } from './fake-control-plane.js';
import { arnOf, type FakeIam, fakeIam } from './fake-iam.js';

const NAME = policyNameOf('a1b2c3', 'prod');
const PURPOSE = 'a1b2c3/prod';
const ARN = arnOf(NAME);
const does = { document: '{"new":"{account}"}', purpose: PURPOSE };

const CREATE: GrantStep = {
  kind: 'create-policy',
  target: { policyName: NAME },
  does,
  undo: { deleteWhereToken: TOKEN },
};
const DELETE_VERSION: GrantStep = {
  kind: 'delete-policy-version',
  target: { policyName: NAME, versionId: 'v1' },
  does: { purpose: PURPOSE },
  undo: { document: '{"old":1}' },
};
const CREATE_VERSION: GrantStep = {
  kind: 'create-policy-version',
  target: { policyName: NAME },
  does,
  undo: { defaultVersionId: 'v2', versionIds: ['v2'] },
};
const ATTACH: GrantStep = {
  kind: 'attach-group-policy',
  target: { policyName: NAME, groupName: 'tills' },
  does: { purpose: PURPOSE },
  undo: { detach: true },
};

/** IAM with the gate's policy of an earlier run in two versions, or without any. */
function open(isThere = true): FakeIam {
  const tags = { [PURPOSE_TAG]: PURPOSE, [TOKEN_TAG]: 'earlier' };
  const versions = new Map([
    ['v1', '{"old":1}'],
    ['v2', '{"old":2}'],
  ]);
  const policy = { tags, inForce: 'v2', versions, next: 3 };
  return fakeIam({
    policies: new Map(isThere ? [[ARN, policy]] : []),
    groups: new Map([['tills', new Set<string>()]]),
  });
}

function pictureOf({ state }: FakeIam): unknown {
  return {
    policies: [...state.policies].map(([arn, { inForce, versions }]) => [
      arn,
      versions.get(inForce),
      [...versions.values()].sort(),
    ]),
    groups: [...state.groups].map(([group, attached]) => [group, [...attached]]),
  };
}

const apply = (step: GrantStep, { iam }: FakeIam): Promise<Certainty> =>
  applyGrantStep(step, { iam, retries: fakeRetries() });

const undo = (step: GrantStep, { iam }: FakeIam, isConfirmed: boolean, created: string[] = []) =>
  undoGrantStep(step, { iam, isConfirmed, createdPolicies: new Set(created) });

const left = (words: string) => ({
  state: 'left',
  words: expect.stringContaining(words),
  isFinal: true,
});

const CASES: readonly [string, GrantStep, boolean][] = [
  ['a new policy', CREATE, false],
  ['a version that makes room', DELETE_VERSION, true],
  [
    'a new version',
    { ...CREATE_VERSION, undo: { defaultVersionId: 'v2', versionIds: ['v1', 'v2'] } },
    true,
  ],
  ['an attachment', ATTACH, true],
];

describe.each(CASES)('%s', (_, step, isThere) => {
  test('is made, answered, and undone; once more there is nothing to undo', async () => {
    const fake = open(isThere);
    const before = pictureOf(fake);
    expect(await apply(step, fake)).toBe('answered');
    expect(pictureOf(fake)).not.toEqual(before);
    expect(await undo(step, fake, true)).toEqual({ state: 'put-back' });
    expect(pictureOf(fake)).toEqual(before);
    expect(await undo(step, fake, true)).toEqual({ state: 'nothing-to-undo' });
  });

  test('that was announced and never made needs no undoing', async () => {
    const fake = open(isThere);
    const before = pictureOf(fake);
    expect(await undo(step, fake, false)).toEqual({ state: 'nothing-to-undo' });
    expect(pictureOf(fake)).toEqual(before);
  });

  test('is left where IAM refuses it', async () => {
    const fake = open(isThere);
    const before = pictureOf(fake);
    fake.onCall = () => 'denied';
    await expect(apply(step, fake)).rejects.toThrow('may not make this call');
    expect(pictureOf(fake)).toEqual(before);
  });

  test('of a policy that is not the gate’s is neither made nor undone', async () => {
    const fake = open();
    const policy = fake.state.policies.get(ARN);
    if (policy !== undefined) fake.state.policies.set(ARN, { ...policy, tags: {} });
    const before = pictureOf(fake);
    await expect(apply(step, fake)).rejects.toThrow();
    expect(await undo(step, fake, true)).toEqual({ state: 'nothing-to-undo' });
    expect(pictureOf(fake)).toEqual(before);
  });
});

describe('what somebody else may have done', () => {
  test('a version that IAM never answered stays in force, and is named', async () => {
    const fake = open();
    const step: GrantStep = {
      ...CREATE_VERSION,
      undo: { defaultVersionId: 'v2', versionIds: ['v1', 'v2'] },
    };
    await apply(step, fake);
    const after = pictureOf(fake);
    expect(await undo(step, fake, false)).toEqual(left(`version v3 of ${NAME} stays`));
    expect(pictureOf(fake)).toEqual(after);
  });

  test('a deletion that IAM never answered stays, and is named', async () => {
    const fake = open();
    await apply(DELETE_VERSION, fake);
    expect(await undo(DELETE_VERSION, fake, false)).toEqual(left(`version v1 of ${NAME} is gone`));
  });

  test('an attachment that IAM never answered stays, unless the policy is this transaction’s', async () => {
    const fake = open();
    await apply(ATTACH, fake);
    expect(await undo(ATTACH, fake, false)).toEqual(left('stays attached to group tills'));
    const own = open(false);
    await apply(CREATE, own);
    await apply(ATTACH, own);
    expect(await undo(ATTACH, own, false, [TOKEN])).toEqual({ state: 'put-back' });
    expect(await undo(CREATE, own, false, [TOKEN])).toEqual({ state: 'put-back' });
    expect(own.state.policies.size).toBe(0);
  });

  test('an attachment that was there before our call is no answer of ours', async () => {
    const fake = open();
    fake.state.groups.get('tills')?.add(ARN);
    expect(await apply(ATTACH, fake)).toBe('seen');
  });

  test('a policy of another run is not deleted', async () => {
    const fake = open();
    expect(await undo(CREATE, fake, true)).toEqual({ state: 'nothing-to-undo' });
    expect(fake.state.policies.size).toBe(1);
  });

  test('a version that somebody put in force is not replaced, nor deleted', async () => {
    const fake = open();
    const policy = fake.state.policies.get(ARN);
    if (policy !== undefined) policy.inForce = 'v1';
    const step: GrantStep = {
      ...CREATE_VERSION,
      undo: { defaultVersionId: 'v2', versionIds: ['v1', 'v2'] },
    };
    await expect(apply(step, fake)).rejects.toThrow(GrantStopped);
    await expect(apply(DELETE_VERSION, fake)).rejects.toThrow(GrantStopped);
  });

  test('a former version that is gone cannot be put in force again, and is named', async () => {
    const fake = open();
    const step: GrantStep = {
      ...CREATE_VERSION,
      undo: { defaultVersionId: 'v2', versionIds: ['v1', 'v2'] },
    };
    await apply(step, fake);
    fake.state.policies.get(ARN)?.versions.delete('v2');
    expect(await undo(step, fake, true)).toEqual(left('that was in force is gone'));
  });

  test('a policy that is attached elsewhere is not deleted, and is named', async () => {
    const fake = open(false);
    await apply(CREATE, fake);
    fake.state.groups.set('others', new Set([ARN]));
    expect(await undo(CREATE, fake, true)).toEqual(left('could not be deleted'));
  });
});

describe('a lost answer', () => {
  test.each<[Fate, Certainty]>([
    ['lost-answer', 'seen'],
    ['lost', 'answered'],
  ])('(%s) of a new policy or version makes no second one', async (fate, certainty) => {
    for (const [step, isThere] of [
      [CREATE, false],
      [{ ...CREATE_VERSION, undo: { defaultVersionId: 'v2', versionIds: ['v1', 'v2'] } }, true],
    ] as const) {
      const fake = open(isThere);
      let calls = 0;
      fake.onCall = () => {
        calls += 1;
        return calls === 1 ? fate : undefined;
      };
      expect(await apply(step, fake)).toBe(certainty);
      const policy = fake.state.policies.get(ARN);
      expect(policy?.versions.size).toBe(isThere ? 3 : 1);
      expect(policy?.versions.get(policy.inForce)).toBe('{"new":"123456789012"}');
    }
  });
});

test('steps are about the policy of their API and stage, and no other', () => {
  for (const [, step] of CASES) {
    expect(isGrantFor(step, 'a1b2c3')).toBe(true);
    expect(isGrantFor(step, 'a1b2c')).toBe(false);
  }
  const admin = { ...ATTACH, target: { policyName: 'AdministratorAccess', groupName: 'tills' } };
  expect(isGrantFor(admin, 'a1b2c3')).toBe(false);
  expect(isGrantFor({ ...ATTACH, does: { purpose: 'a1b2c3/dev' } }, 'a1b2c3')).toBe(false);
  const long = 's'.repeat(128);
  expect(policyNameOf('a1b2c3', long)).toHaveLength(128);
  expect(policyNameOf('a1b2c3', long)).not.toBe(policyNameOf('a1b2c3', `${long.slice(1)}t`));
});
