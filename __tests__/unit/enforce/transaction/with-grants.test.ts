import { describe, expect, test } from '@jest/globals';
import { PURPOSE_TAG, policyNameOf } from '../../../../src/enforce/grant/policy.js';
import type { StageProof } from '../../../../src/enforce/outcome.js';
import type { Step } from '../../../../src/enforce/steps/registry.js';
import { EnforcementStopped } from '../../../../src/enforce/transaction/stopped.js';
import {
  enforceFake,
  fakeRetries,
  type MemoryJournal,
  memoryJournal,
  PROVEN,
  pictureOf,
  TOKEN,
} from '../enforcement-kit.js';
import { enforceV2 } from '../enforcement-kit-v2.js';
import { fakeApi, fakeControlPlane } from '../fake-control-plane.js';
import {
  API_V2_ID,
  deployV2,
  type FakeV2Plane,
  fakeV2Api,
  fakeV2Plane,
} from '../fake-control-plane-v2.js';
import { type FakeIam, fakeIam } from '../fake-iam.js';

/* A transaction that lets a group in before it closes anything. */

const OBJECTION: StageProof = { ...PROVEN, objections: ['A signed request was refused.'] };

/** The rights of a stage, as a policy that is made and attached. */
function grantFor(apiId: string): readonly Step[] {
  const policyName = policyNameOf(apiId, 'prod');
  const purpose = `${apiId}/prod`;
  return [
    {
      kind: 'create-policy',
      target: { policyName },
      does: { document: '{"new":"{account}"}', purpose },
      rollBack: { deleteWhereToken: TOKEN },
    },
    {
      kind: 'attach-group-policy',
      target: { policyName, groupName: 'tills' },
      does: { purpose },
      rollBack: { detach: true },
    },
  ];
}

function world(authorizationType: string) {
  const plane = fakeControlPlane(fakeApi({ 'GET /a': { authorizationType } }, { prod: 'd1' }));
  const iam = fakeIam({ policies: new Map(), groups: new Map([['tills', new Set<string>()]]) });
  return { plane, iam, steps: grantFor('a1b2c3') };
}

async function enforce(
  { plane, iam, steps }: ReturnType<typeof world>,
  proof: StageProof | (() => StageProof) = PROVEN,
  journal: MemoryJournal = memoryJournal(),
) {
  const retries = fakeRetries();
  let proofs = 0;
  const prove = async () => {
    proofs += 1;
    const made = typeof proof === 'function' ? proof() : proof;
    const served = new Set([...plane.api.stages.values()].map(({ deploymentId }) => deploymentId));
    return { ...made, served };
  };
  const outcome = await enforceFake(plane, journal, prove, retries, { steps, iam: iam.iam });
  return { outcome, proofs, lines: retries.lines };
}

function granted({ state }: FakeIam): [policies: number, attached: number] {
  return [state.policies.size, state.groups.get('tills')?.size ?? 0];
}

test('what is granted stays where the stages are proven', async () => {
  const it = world('NONE');
  const journal = memoryJournal();
  const { outcome, proofs, lines } = await enforce(it, PROVEN, journal);
  expect(outcome).toMatchObject({ state: 'proven', grant: 'made', reasons: [] });
  expect([proofs, granted(it.iam), journal.unfinished()]).toEqual([1, [1, 1], null]);
  expect(lines.filter((line) => line.startsWith('done: '))).not.toHaveLength(0);
  const [[, policy] = []] = it.iam.state.policies;
  expect(policy?.tags[PURPOSE_TAG]).toBe('a1b2c3/prod');
});

test('where no method is to be changed the grant is all, and its journal ends', async () => {
  const it = world('AWS_IAM');
  const journal = memoryJournal();
  const { outcome, proofs } = await enforce(it, OBJECTION, journal);
  expect(outcome).toMatchObject({ state: null, grant: 'made', reasons: [], deploymentId: null });
  expect([proofs, granted(it.iam), journal.unfinished()]).toEqual([0, [1, 1], null]);
  expect(journal.endings).toEqual(['completed']);
  const { outcome: without } = await enforce({ ...world('AWS_IAM'), steps: [] });
  expect(without).toMatchObject({ state: null, grant: 'none' });
});

test('what nobody asked the endpoint about is applied, and not proven', async () => {
  const { outcome } = await enforce(world('NONE'), { ...PROVEN, isAsked: false });
  expect(outcome.state).toBe('applied');
});

test('what is granted is taken back with the rest', async () => {
  const it = world('NONE');
  const before = pictureOf(it.plane.api);
  const journal = memoryJournal();
  const { outcome } = await enforce(it, OBJECTION, journal);
  expect(outcome).toMatchObject({
    state: 'restored',
    grant: 'rolled-back',
    reasons: OBJECTION.objections,
  });
  expect(journal.endings).toEqual(['rolled-back']);
  // What says by itself whose it is may be rolled back again; the rest is somebody else's from then on.
  expect(journal.settled).toEqual(['patch-method', 'attach-group-policy', 'create-policy']);
  expect(granted(it.iam)).toEqual([0, 0]);
  expect(pictureOf(it.plane.api)).toEqual(before);
});

describe('what callers need stays, and is named', () => {
  test('where API Gateway can no longer be read', async () => {
    const it = world('NONE');
    const prove = (): StageProof => {
      it.plane.onCall = ({ operation }) => (operation === 'GetRestApi' ? 'denied' : undefined);
      return OBJECTION;
    };
    const { outcome } = await enforce(it, prove);
    expect([outcome.state, granted(it.iam)]).toEqual(['left', [1, 1]]);
    const policyName = policyNameOf('a1b2c3', 'prod');
    expect(outcome.notRolledBack.join()).toContain(
      `take it back by hand: create the managed policy ${policyName}; attach ${policyName} to group tills`,
    );
  });

  test('where its own step could not be carried out for API Gateway', async () => {
    const it = world('NONE');
    const prove = (): StageProof => {
      let isRolledBack = false;
      it.plane.onCall = ({ operation }) => {
        if (operation === 'UpdateMethod') isRolledBack = true;
        return isRolledBack && operation === 'GetStages' ? 'denied' : undefined;
      };
      return OBJECTION;
    };
    const { outcome } = await enforce(it, prove);
    const policyName = policyNameOf('a1b2c3', 'prod');
    const told = outcome.notRolledBack.filter((words) => words.includes(policyName));
    expect(told).toEqual([
      expect.stringMatching(/^create the managed policy .*: GetStages /),
      expect.stringMatching(/^attach .* to group tills: GetStages /),
    ]);
  });

  test('where the stage could not be rolled back', async () => {
    const it = world('NONE');
    let moves = 0;
    it.plane.onCall = ({ operation }) => {
      if (operation === 'UpdateStage') moves += 1;
      return operation === 'UpdateStage' && moves > 1 ? 'denied' : undefined;
    };
    const journal = memoryJournal();
    const { outcome } = await enforce(it, OBJECTION, journal);
    expect(outcome.state).toBe('left');
    expect(granted(it.iam)).toEqual([1, 1]);
    expect(outcome.notRolledBack.join()).toMatch(
      /attach .* to group tills: left as it is, since callers need it as long as this is not rolled back: stage prod to deployment/,
    );
    // The next attempt rolls it back with the rest.
    expect(journal.unfinished()?.steps.map(({ settled }) => settled)).not.toContainEqual(
      expect.objectContaining({ words: expect.stringContaining('left as it is') }),
    );
  });

  test.each([
    ['which has methods with AWS_IAM', 'AWS_IAM', [1, 1]],
    ['which asks for nothing', 'NONE', [0, 0]],
  ] as const)('where others moved the stage to a deployment %s', async (words, type, left) => {
    const it = world('NONE');
    const prove = (): StageProof => {
      it.plane.api.deployments.set('others', {
        description: 'theirs',
        methods: new Map(
          [...it.plane.api.methods].map(([key, method]) => [
            key,
            { ...method, authorizationType: type },
          ]),
        ),
      });
      const stage = it.plane.api.stages.get('prod');
      if (stage !== undefined) stage.deploymentId = 'others';
      return OBJECTION;
    };
    const { outcome } = await enforce(it, prove);
    expect(granted(it.iam)).toEqual(left);
    expect(outcome.notRolledBack.join().includes(words)).toBe(left[0] === 1);
  });
});

describe('of an HTTP API', () => {
  const ALLOWED = { allowPendingChanges: true, allowLiveChanges: true };

  /** An enforcement that is not proven, while something happens. */
  async function enforceHttp(autoDeploy: boolean, meanwhile: (plane: FakeV2Plane) => void) {
    const former = { deploymentId: 'd1', autoDeploy };
    const stages = { prod: former, dev: { deploymentId: 'd1' } };
    const plane = fakeV2Plane(fakeV2Api('HTTP', { 'GET /a': {} }, stages));
    const { iam } = world('NONE');
    const prove = async (): Promise<StageProof> => {
      meanwhile(plane);
      return OBJECTION;
    };
    const asked = { ...ALLOWED, stages: ['prod'] };
    const grant = { steps: grantFor(API_V2_ID), iam: iam.iam };
    const outcome = await enforceV2(plane, memoryJournal(), prove, asked, fakeRetries(), grant);
    return { left: granted(iam), words: outcome.notRolledBack.join() };
  }

  function moved(name: string): (plane: FakeV2Plane) => void {
    return ({ api }) => {
      deployV2(api, 'others');
      const stage = api.stages.get(name);
      if (stage !== undefined) stage.deploymentId = 'others';
    };
  }

  const KEEPS: (plane: FakeV2Plane) => void = (plane) => {
    plane.onCall = ({ operation }) => (operation === 'UpdateRoute' ? 'denied' : undefined);
  };

  test('the grant goes where everything is rolled back', async () => {
    for (const isLive of [true, false]) {
      expect((await enforceHttp(isLive, () => {})).left).toEqual([0, 0]);
    }
  });

  test('the grant stays where a route that is live could not be rolled back', async () => {
    expect((await enforceHttp(true, KEEPS)).left).toEqual([1, 1]);
    // What is only configured reaches no caller.
    expect((await enforceHttp(false, KEEPS)).left).toEqual([0, 0]);
  });

  test('the grant stays where others moved its stage, and nobody tells the types there', async () => {
    const { left, words } = await enforceHttp(false, moved('prod'));
    expect(left).toEqual([1, 1]);
    expect(words).toContain('of which AWS does not tell the types');
    expect((await enforceHttp(false, moved('dev'))).left).toEqual([0, 0]);
  });
});

test('a grant that fails changes no method, and is taken back', async () => {
  const it = world('NONE');
  const before = pictureOf(it.plane.api);
  it.iam.onCall = (operation) => (operation.startsWith('Attach') ? 'denied' : undefined);
  const { outcome, proofs, lines } = await enforce(it);
  expect(outcome).toMatchObject({
    state: 'restored',
    grant: 'rolled-back',
    changeStates: ['not-attempted'],
    stageStates: ['not-attempted'],
  });
  expect(outcome.reasons).toHaveLength(1);
  expect(lines).toContain(outcome.reasons[0]);
  expect([proofs, granted(it.iam)]).toEqual([0, [0, 0]]);
  expect(pictureOf(it.plane.api)).toEqual(before);
});

test('without a grant none is reported', async () => {
  const { outcome } = await enforce({ ...world('NONE'), steps: [] }, OBJECTION);
  expect(outcome).toMatchObject({ state: 'restored', grant: 'none' });
});

describe('a journal that cannot be ended', () => {
  const failing = (error: Error): MemoryJournal => ({
    ...memoryJournal(),
    end: async () => {
      throw error;
    },
  });

  test('after rolling back is said, and rolled back once more later', async () => {
    const it = world('NONE');
    const before = pictureOf(it.plane.api);
    const { outcome, lines } = await enforce(
      it,
      OBJECTION,
      failing(new EnforcementStopped('the disk is full')),
    );
    expect(outcome.state).toBe('restored');
    expect(lines).toContain('the disk is full');
    expect(pictureOf(it.plane.api)).toEqual(before);
  });

  test('by a bug is no fault of the disk', async () => {
    await expect(enforce(world('NONE'), OBJECTION, failing(new Error('a bug')))).rejects.toThrow(
      'a bug',
    );
  });

  test('after a proof rolls everything back: nothing must be left that is not written down', async () => {
    const it = world('NONE');
    const before = pictureOf(it.plane.api);
    const { outcome } = await enforce(
      it,
      PROVEN,
      failing(new EnforcementStopped('the disk is full')),
    );
    expect(outcome).toMatchObject({ state: 'restored', reasons: ['the disk is full'] });
    expect(pictureOf(it.plane.api)).toEqual(before);
    expect(granted(it.iam)).toEqual([0, 0]);
  });
});
