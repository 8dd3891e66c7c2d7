import { describe, expect, test } from '@jest/globals';
import {
  isGrantFor,
  PURPOSE_TAG,
  policyNameOf,
  TOKEN_TAG,
} from '../../../src/enforce/grant/policy.js';
import type { AttachGroupPolicyStep } from '../../../src/enforce/steps/attach-group-policy.js';
import type { CreatePolicyStep } from '../../../src/enforce/steps/create-policy.js';
import type { CreatePolicyVersionStep } from '../../../src/enforce/steps/create-policy-version.js';
import type { DeletePolicyVersionStep } from '../../../src/enforce/steps/delete-policy-version.js';
import { actionsOf } from '../../../src/enforce/steps/registry.js';
import type { Applied } from '../../../src/enforce/steps/step-kind.js';
import type { Certainty } from '../../../src/enforce/transaction/make-certain.js';
import { EnforcementStopped } from '../../../src/enforce/transaction/stopped.js';
import { fakeRetries, TOKEN } from './enforcement-kit.js';
import { type Fate, fakeApi, fakeControlPlane } from './fake-control-plane.js';
import { NO_V2 } from './fake-control-plane-v2.js';
import { arnOf, type FakeIam, fakeIam } from './fake-iam.js';

const NAME = policyNameOf('a1b2c3', 'prod');
type GrantStep =
  | CreatePolicyStep
  | DeletePolicyVersionStep
  | CreatePolicyVersionStep
  | AttachGroupPolicyStep;
const PURPOSE = 'a1b2c3/prod';
const ARN = arnOf(NAME);
const does = { document: '{"new":"{account}"}', purpose: PURPOSE };

const CREATE: CreatePolicyStep = {
  kind: 'create-policy',
  target: { policyName: NAME },
  does,
  rollBack: { deleteWhereToken: TOKEN },
};
const DELETE_VERSION: DeletePolicyVersionStep = {
  kind: 'delete-policy-version',
  target: { policyName: NAME, versionId: 'v1' },
  does: { purpose: PURPOSE },
  rollBack: { document: '{"old":1}' },
};
const CREATE_VERSION: CreatePolicyVersionStep = {
  kind: 'create-policy-version',
  target: { policyName: NAME },
  does,
  rollBack: { defaultVersionId: 'v2', versionIds: ['v2'] },
};
const ATTACH: AttachGroupPolicyStep = {
  kind: 'attach-group-policy',
  target: { policyName: NAME, groupName: 'tills' },
  does: { purpose: PURPOSE },
  rollBack: { detach: true },
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

const { apiGateway } = fakeControlPlane(fakeApi({}, {}));

const applied = (step: GrantStep, { iam }: FakeIam): Promise<Applied> =>
  actionsOf(step).apply({ apiGateway, apiGatewayV2: NO_V2, iam, retries: fakeRetries() });

const apply = async (step: GrantStep, fake: FakeIam): Promise<Certainty> =>
  (await applied(step, fake)).certainty;

const rollBack = (
  step: GrantStep,
  { iam }: FakeIam,
  isConfirmed: boolean,
  created: string[] = [],
  isLast = false,
  madeId?: string,
) =>
  actionsOf(step).rollBack({
    apiGateway,
    apiGatewayV2: NO_V2,
    iam,
    retries: fakeRetries(),
    token: TOKEN,
    isConfirmed,
    madeId,
    isLast,
    createdPolicies: new Set(created),
    readServedSince: async () => [],
  });

const notRolledBack = (words: string) => ({
  state: 'not-rolled-back',
  words: expect.stringContaining(words),
  isFinal: true,
});

const CASES: readonly [string, GrantStep, boolean][] = [
  ['a new policy', CREATE, false],
  ['a version that makes room', DELETE_VERSION, true],
  [
    'a new version',
    { ...CREATE_VERSION, rollBack: { defaultVersionId: 'v2', versionIds: ['v1', 'v2'] } },
    true,
  ],
  ['an attachment', ATTACH, true],
];

describe.each(CASES)('%s', (_, step, isThere) => {
  test('is made, answered, and rolled back; once more there is nothing to roll back', async () => {
    const fake = open(isThere);
    const before = pictureOf(fake);
    expect(await apply(step, fake)).toBe('answered');
    expect(pictureOf(fake)).not.toEqual(before);
    expect(await rollBack(step, fake, true)).toEqual({ state: 'rolled-back' });
    expect(pictureOf(fake)).toEqual(before);
    expect(await rollBack(step, fake, true)).toEqual({ state: 'nothing-to-roll-back' });
  });

  test('that was announced and never made needs no rolling back', async () => {
    const fake = open(isThere);
    const before = pictureOf(fake);
    expect(await rollBack(step, fake, false)).toEqual({ state: 'nothing-to-roll-back' });
    expect(pictureOf(fake)).toEqual(before);
  });

  test('is left where IAM refuses it', async () => {
    const fake = open(isThere);
    const before = pictureOf(fake);
    fake.onCall = () => 'denied';
    await expect(apply(step, fake)).rejects.toThrow('may not make this call');
    expect(pictureOf(fake)).toEqual(before);
  });

  test('of a policy that is not the gate’s is neither made nor rolled back', async () => {
    const fake = open();
    const policy = fake.state.policies.get(ARN);
    if (policy !== undefined) fake.state.policies.set(ARN, { ...policy, tags: {} });
    const before = pictureOf(fake);
    await expect(apply(step, fake)).rejects.toThrow();
    expect(await rollBack(step, fake, true)).toEqual({ state: 'nothing-to-roll-back' });
    expect(pictureOf(fake)).toEqual(before);
  });
});

describe('what somebody else may have done', () => {
  test('a version that IAM never answered stays in force, and is named', async () => {
    const fake = open();
    const step: CreatePolicyVersionStep = {
      ...CREATE_VERSION,
      rollBack: { defaultVersionId: 'v2', versionIds: ['v1', 'v2'] },
    };
    await apply(step, fake);
    const after = pictureOf(fake);
    expect(await rollBack(step, fake, false)).toEqual(notRolledBack(`version v3 of ${NAME} stays`));
    expect(pictureOf(fake)).toEqual(after);
  });

  test('a deletion that IAM never answered stays, and is named', async () => {
    const fake = open();
    await apply(DELETE_VERSION, fake);
    expect(await rollBack(DELETE_VERSION, fake, false)).toEqual(
      notRolledBack(`version v1 of ${NAME} is gone`),
    );
  });

  test('an attachment that IAM never answered stays, unless the policy is this transaction’s', async () => {
    const fake = open();
    await apply(ATTACH, fake);
    expect(await rollBack(ATTACH, fake, false)).toEqual(
      notRolledBack('stays attached to group tills'),
    );
    const own = open(false);
    await apply(CREATE, own);
    await apply(ATTACH, own);
    expect(await rollBack(ATTACH, own, false, [TOKEN])).toEqual({ state: 'rolled-back' });
    expect(await rollBack(CREATE, own, false, [TOKEN])).toEqual({ state: 'rolled-back' });
    expect(own.state.policies.size).toBe(0);
  });

  test('an attachment that was there before our call is no answer of ours', async () => {
    const fake = open();
    fake.state.groups.get('tills')?.add(ARN);
    expect(await apply(ATTACH, fake)).toBe('seen');
  });

  test('a policy that another run made in the place of ours stays attached', async () => {
    const fake = open();
    const policy = fake.state.policies.get(ARN);
    if (policy === undefined) throw new Error('there is no policy');
    fake.state.policies.set(ARN, { ...policy, id: 'ANPA1' });
    expect(await applied(ATTACH, fake)).toEqual({ certainty: 'answered', id: 'ANPA1' });
    fake.state.policies.set(ARN, { ...policy, id: 'ANPA2' });
    expect(await rollBack(ATTACH, fake, true, [], false, 'ANPA1')).toEqual({
      state: 'nothing-to-roll-back',
    });
    expect(fake.state.groups.get('tills')).toEqual(new Set([ARN]));
    fake.state.policies.set(ARN, { ...policy, id: 'ANPA1' });
    expect(await rollBack(ATTACH, fake, true, [], false, 'ANPA1')).toEqual({
      state: 'rolled-back',
    });
    expect(fake.state.groups.get('tills')).toEqual(new Set());
  });

  test('a policy of another run is not deleted', async () => {
    const fake = open();
    expect(await rollBack(CREATE, fake, true)).toEqual({ state: 'nothing-to-roll-back' });
    expect(fake.state.policies.size).toBe(1);
  });

  test('a version that somebody put in force is not replaced, nor deleted', async () => {
    const fake = open();
    const policy = fake.state.policies.get(ARN);
    if (policy !== undefined) policy.inForce = 'v1';
    const step: CreatePolicyVersionStep = {
      ...CREATE_VERSION,
      rollBack: { defaultVersionId: 'v2', versionIds: ['v1', 'v2'] },
    };
    await expect(apply(step, fake)).rejects.toThrow(EnforcementStopped);
    await expect(apply(DELETE_VERSION, fake)).rejects.toThrow(EnforcementStopped);
  });

  test('a policy that somebody made in its place gets no version', async () => {
    const fake = open();
    const step: CreatePolicyVersionStep = {
      ...CREATE_VERSION,
      rollBack: { defaultVersionId: 'v2', versionIds: ['v1', 'v2'] },
    };
    const before = pictureOf(fake);
    let reads = 0;
    const getPolicy: FakeIam['iam']['getPolicy'] = async (arn) => {
      const policy = await fake.iam.getPolicy(arn);
      reads += 1;
      return reads === 1 ? policy : { ...policy, tags: {} };
    };
    const other = { ...fake, iam: { ...fake.iam, getPolicy } };
    await expect(apply(step, other)).rejects.toThrow("so it is not the gate's");
    expect(reads).toBe(2);
    expect(pictureOf(fake)).toEqual(before);
  });

  test('a former version that is gone cannot be put in force again, and is named', async () => {
    const fake = open();
    const step: CreatePolicyVersionStep = {
      ...CREATE_VERSION,
      rollBack: { defaultVersionId: 'v2', versionIds: ['v1', 'v2'] },
    };
    await apply(step, fake);
    fake.state.policies.get(ARN)?.versions.delete('v2');
    expect(await rollBack(step, fake, true)).toEqual(notRolledBack('that was in force is gone'));
  });

  test('a policy that is attached elsewhere is not deleted, and is named', async () => {
    const fake = open(false);
    await apply(CREATE, fake);
    fake.state.groups.set('others', new Set([ARN]));
    expect(await rollBack(CREATE, fake, true)).toEqual(notRolledBack('could not be deleted'));
  });
});

/** Hides what was made from so many of the calls. */
function hide(fake: FakeIam, times: number, ...operations: readonly string[]): void {
  let left = times;
  fake.isHidden = (operation) => operations.includes(operation) && left-- > 0;
}

describe('a policy that lost its tags', () => {
  const untag = (fake: FakeIam, tags: Readonly<Record<string, string>> = {}): void => {
    const policy = fake.state.policies.get(ARN);
    if (policy !== undefined) fake.state.policies.set(ARN, { ...policy, tags });
  };
  const WORDS: Readonly<Record<GrantStep['kind'], string>> = {
    'create-policy': `policy ${NAME} stays: the policy lacks the gate's tags`,
    'delete-policy-version': `version v1 of ${NAME} is gone: the policy lacks the gate's tags`,
    'create-policy-version': `version v3 of ${NAME} stays: the policy lacks the gate's tags`,
    'attach-group-policy': `${NAME} stays attached to group tills: the policy lacks the gate's tags`,
  };

  test.each(CASES)('%s stays, and is named', async (_, step, isThere) => {
    const fake = open(isThere);
    await apply(step, fake);
    untag(fake);
    const after = pictureOf(fake);
    expect(await rollBack(step, fake, true)).toEqual(notRolledBack(WORDS[step.kind]));
    expect(await rollBack(step, fake, false)).toEqual(notRolledBack(WORDS[step.kind]));
    expect(pictureOf(fake)).toEqual(after);
  });

  test.each<[string, Readonly<Record<string, string>>]>([
    ['the tag of the run', { [PURPOSE_TAG]: PURPOSE }],
    ['the tag of the stage', { [TOKEN_TAG]: TOKEN }],
  ])('is not deleted without %s', async (_, tags) => {
    const fake = open(false);
    await apply(CREATE, fake);
    untag(fake, tags);
    expect(await rollBack(CREATE, fake, true)).toEqual(notRolledBack(WORDS['create-policy']));
    expect(fake.state.policies.size).toBe(1);
  });

  test.each([
    ['of nobody', {}, '{"other":1}'],
    ['of another run', { [PURPOSE_TAG]: PURPOSE, [TOKEN_TAG]: 'other' }, does.document],
  ])('one %s in its place is not ours', async (_, tags, document) => {
    const fake = open(false);
    const versions = new Map([['v1', document.replace('{account}', '123456789012')]]);
    fake.state.policies.set(ARN, { tags, inForce: 'v1', versions, next: 2 });
    expect(await rollBack(CREATE, fake, true)).toEqual({ state: 'nothing-to-roll-back' });
    expect(fake.state.policies.size).toBe(1);
  });
});

test('a new policy in which somebody put another document in force is not deleted, and is named', async () => {
  const fake = open(false);
  await apply(CREATE, fake);
  const policy = fake.state.policies.get(ARN);
  policy?.versions.set('v2', '{"theirs":1}');
  policy?.versions.delete('v1');
  if (policy !== undefined) policy.inForce = 'v2';
  expect(await rollBack(CREATE, fake, true)).toEqual(
    notRolledBack('stays: somebody else put another document in force'),
  );
  expect(fake.state.policies.size).toBe(1);
});

describe('what IAM does not show at once', () => {
  const FOR_A_WHILE = 4;
  const FOR_EVER = Number.POSITIVE_INFINITY;

  test.each(['GetPolicy', 'AttachGroupPolicy'])(
    'a policy that %s does not know yet is attached once it does',
    async (operation) => {
      const fake = open(false);
      await apply(CREATE, fake);
      hide(fake, FOR_A_WHILE, operation);
      expect(await apply(ATTACH, fake)).toBe('answered');
      expect(fake.state.groups.get('tills')).toEqual(new Set([ARN]));
    },
  );

  test('a policy that never shows is not attached, and the call is named', async () => {
    const fake = open(false);
    await apply(CREATE, fake);
    hide(fake, FOR_EVER, 'GetPolicy');
    await expect(apply(ATTACH, fake)).rejects.toThrow('GetPolicy');
    expect(fake.state.groups.get('tills')).toEqual(new Set());
  });

  test.each([FOR_A_WHILE, FOR_EVER])(
    'what was granted is rolled back where nothing shows for %d calls',
    async (times) => {
      const fake = open(false);
      const before = pictureOf(fake);
      await apply(CREATE, fake);
      await apply(ATTACH, fake);
      hide(fake, times, 'GetPolicy', 'ListAttachedGroupPolicies');
      expect(await rollBack(ATTACH, fake, true, [TOKEN])).toEqual({ state: 'rolled-back' });
      expect(await rollBack(CREATE, fake, true, [TOKEN])).toEqual({ state: 'rolled-back' });
      expect(pictureOf(fake)).toEqual(before);
    },
  );

  test('a policy whose creation nobody heard of is found a moment later', async () => {
    const fake = open(false);
    await apply(CREATE, fake);
    // Some 14 s, by the waits between the looks.
    hide(fake, 6, 'GetPolicy');
    expect(await rollBack(CREATE, fake, false, [TOKEN], true)).toEqual({ state: 'rolled-back' });
    expect(fake.state.policies.size).toBe(0);
    // One that another step followed was answered, or never made: nothing is waited for.
    await apply(CREATE, fake);
    hide(fake, 1, 'GetPolicy');
    expect(await rollBack(CREATE, fake, false, [TOKEN])).toEqual({ state: 'nothing-to-roll-back' });
    // Where nobody answered, a policy that does not show is not deleted unseen.
    hide(fake, FOR_EVER, 'GetPolicy');
    expect(await rollBack(CREATE, fake, false, [TOKEN], true)).toEqual({
      state: 'nothing-to-roll-back',
    });
    expect(fake.state.policies.size).toBe(1);
  });

  test('a new version that does not show yet is rolled back all the same', async () => {
    const fake = open();
    const before = pictureOf(fake);
    const step: CreatePolicyVersionStep = {
      ...CREATE_VERSION,
      rollBack: { defaultVersionId: 'v2', versionIds: ['v1', 'v2'] },
    };
    await apply(step, fake);
    hide(fake, FOR_A_WHILE, 'newest version');
    expect(await rollBack(step, fake, true)).toEqual({ state: 'rolled-back' });
    expect(pictureOf(fake)).toEqual(before);
  });

  describe('a new version that never shows', () => {
    const step: CreatePolicyVersionStep = {
      ...CREATE_VERSION,
      rollBack: { defaultVersionId: 'v2', versionIds: ['v1', 'v2'] },
    };
    /** The list as it was before the version was made. */
    const stale = (fake: FakeIam, inForce = 'v2'): FakeIam => ({
      ...fake,
      iam: {
        ...fake.iam,
        listPolicyVersions: async () =>
          ['v2', 'v1'].map((id) => ({ id, isDefault: id === inForce })),
      },
    });

    test('is taken away by the id that IAM answered; once more there is nothing', async () => {
      const fake = open();
      const before = pictureOf(fake);
      const { id } = await applied(step, fake);
      expect(id).toBe('v3');
      const again = async (inForce?: string) =>
        rollBack(step, stale(fake, inForce), true, [], false, id);
      expect(await again()).toEqual({ state: 'rolled-back' });
      expect(pictureOf(fake)).toEqual(before);
      expect(await again()).toEqual({ state: 'nothing-to-roll-back' });
      // What somebody put in force is theirs.
      await applied({ ...step, rollBack: { ...step.rollBack, versionIds: ['v1', 'v2'] } }, fake);
      const policy = fake.state.policies.get(ARN);
      if (policy !== undefined) policy.inForce = 'v1';
      expect(await rollBack(step, stale(fake, 'v1'), true, [], false, 'v4')).toEqual({
        state: 'rolled-back',
      });
      expect(policy?.inForce).toBe('v1');
    });

    test('stays where its id is not known, or is one of another policy', async () => {
      const fake = open();
      await applied(step, fake);
      const after = pictureOf(fake);
      expect(await rollBack(step, stale(fake), true)).toEqual({ state: 'nothing-to-roll-back' });
      expect(await rollBack(step, stale(fake), true, [], false, 'v1')).toEqual({
        state: 'nothing-to-roll-back',
      });
      expect(pictureOf(fake)).toEqual(after);
    });
  });

  test.each([FOR_A_WHILE, FOR_EVER])(
    'a version that was deleted and is still listed %d times is made again, once',
    async (times) => {
      const fake = open();
      const policy = fake.state.policies.get(ARN);
      for (const id of ['v3', 'v4', 'v5']) policy?.versions.set(id, `{"${id}":1}`);
      if (policy !== undefined) policy.next = 6;
      const before = pictureOf(fake);
      await apply(DELETE_VERSION, fake);
      let left = times;
      const { listPolicyVersions } = fake.iam;
      const iam: FakeIam['iam'] = {
        ...fake.iam,
        listPolicyVersions: async (arn) => {
          const versions = await listPolicyVersions(arn);
          if (left-- <= 0) return versions;
          const former = versions.filter(({ id }) => id !== 'v6');
          return [...former, { id: 'v1', isDefault: false }];
        },
      };
      const late = { ...fake, iam };
      expect(await rollBack(DELETE_VERSION, late, true)).toEqual({ state: 'rolled-back' });
      expect(pictureOf(fake)).toEqual(before);
      // IAM takes no sixth, whatever its list shows.
      left = times;
      expect(await rollBack(DELETE_VERSION, late, true)).toEqual(
        times === FOR_EVER
          ? notRolledBack('could not be made again (LimitExceeded)')
          : { state: 'nothing-to-roll-back' },
      );
      // Of a call that nobody answered, a version that is there was not deleted.
      left = FOR_EVER;
      expect(await rollBack(DELETE_VERSION, late, false)).toEqual({
        state: 'nothing-to-roll-back',
      });
      expect(policy?.versions.size).toBe(5);
    },
  );

  test('a policy that somebody made in its place gets no old version back', async () => {
    const fake = open();
    const before = pictureOf(fake);
    expect(await rollBack(DELETE_VERSION, fake, true)).toEqual({ state: 'nothing-to-roll-back' });
    expect(pictureOf(fake)).toEqual(before);
  });

  test('nor one that is the gate’s, of another run: what was deleted is known with its policy', async () => {
    const fake = open();
    const policy = fake.state.policies.get(ARN);
    if (policy === undefined) throw new Error('there is no policy');
    fake.state.policies.set(ARN, { ...policy, id: 'ANPAOURS' });
    const { id } = await applied(DELETE_VERSION, fake);
    expect(id).toBe('ANPAOURS');
    const others = { ...policy, id: 'ANPATHEIRS', versions: new Map([['v3', '{"new":1}']]) };
    fake.state.policies.set(ARN, { ...others, inForce: 'v3' });
    const before = pictureOf(fake);
    expect(await rollBack(DELETE_VERSION, fake, true, [], false, id)).toEqual({
      state: 'nothing-to-roll-back',
    });
    expect(pictureOf(fake)).toEqual(before);
  });

  test('a creation whose answer was lost is known for ours once it shows', async () => {
    const fake = open(false);
    fake.onCall = (operation) => {
      fake.onCall = () => undefined;
      return operation === 'CreatePolicy' ? 'lost-answer' : undefined;
    };
    // Neither the looks before the second call nor the first after its refusal see the policy.
    hide(fake, FOR_A_WHILE, 'GetPolicy');
    expect(await apply(CREATE, fake)).toBe('seen');
    expect(fake.state.policies.size).toBe(1);
  });
});

test('a name that somebody took since is left to them, and said', async () => {
  const fake = open();
  await expect(apply(CREATE, fake)).rejects.toThrow(
    `Since the plan was made, somebody else created the policy ${NAME}.`,
  );
  const elsewhere = open();
  hide(elsewhere, Number.POSITIVE_INFINITY, 'GetPolicy');
  await expect(apply(CREATE, elsewhere)).rejects.toThrow(
    'under another path, and IAM takes each name once: rename or delete it',
  );
});

describe('a lost answer', () => {
  test.each<[Fate, Certainty]>([
    ['lost-answer', 'seen'],
    ['lost', 'answered'],
  ])('(%s) of a new policy or version makes no second one', async (fate, certainty) => {
    for (const [step, isThere] of [
      [CREATE, false],
      [{ ...CREATE_VERSION, rollBack: { defaultVersionId: 'v2', versionIds: ['v1', 'v2'] } }, true],
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
