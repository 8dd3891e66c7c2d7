import { describe, expect, test } from '@jest/globals';
import { makeDeployment, moveStages, type StageNow } from '../../../src/enforce/kinds/deploy.js';
import { type Outcome, outcomeOf } from '../../../src/enforce/outcome.js';
import type { Step } from '../../../src/enforce/steps/registry.js';
import { EnforcementStopped } from '../../../src/enforce/transaction/stopped.js';
import type {
  CarryOut,
  EnforceDependencies,
} from '../../../src/enforce/transaction/transaction.js';
import { fakeRetries, memoryJournal, TOKEN } from './enforcement-kit.js';
import { planV2, servicesOf } from './enforcement-kit-v2.js';
import { fakeV2Api, fakeV2Plane } from './fake-control-plane-v2.js';

/* The end of every transaction: one deployment, and the stages that are pointed at it. */

async function begun() {
  const plane = fakeV2Plane(
    fakeV2Api(
      'HTTP',
      { 'GET /a': {} },
      { dev: { deploymentId: 'd1' }, prod: { deploymentId: 'd1' } },
    ),
  );
  const outcome: Outcome = outcomeOf(
    await planV2(plane, { allowPendingChanges: true }),
    'not-attempted',
  );
  const services = servicesOf(plane);
  const retries = fakeRetries();
  const dependencies: EnforceDependencies = {
    ...services,
    retries,
    rollingBack: { ...services, retries },
    journal: memoryJournal(),
    region: 'eu-west-1',
    provenance: { runUrl: 'https://github.test/run/1', commit: null },
    newToken: () => TOKEN,
  };
  return { outcome, dependencies };
}

const AS_PLANNED: StageNow = { deploymentId: 'd1', obstacle: null };

/** Moves both stages; `prod` is what it is by now. */
async function moved(prod: StageNow | null, onStep: (step: Step) => void = () => {}) {
  const { outcome, dependencies } = await begun();
  const steps: Step[] = [];
  const carryOut: CarryOut = async (step, onAnnounced) => {
    steps.push(step);
    onAnnounced?.();
    onStep(step);
    return { certainty: 'answered' };
  };
  const readNow = async (stage: string) => (stage === 'prod' ? prod : AS_PLANNED);
  const moving = moveStages(
    { kind: 'move-v2-stage', readNow },
    outcome,
    'd2',
    carryOut,
    dependencies,
  );
  const why = await moving.then(
    () => null,
    (error: unknown) => error,
  );
  return { why, steps, states: outcome.stageStates };
}

describe('stages', () => {
  test('are moved one after the other, and each knows the way back', async () => {
    const { why, steps, states } = await moved(AS_PLANNED);
    expect([why, states]).toEqual([null, ['moved', 'moved']]);
    expect(steps).toEqual(
      ['dev', 'prod'].map((stage) => ({
        kind: 'move-v2-stage',
        target: { apiId: 'h1t2t3p4', stage },
        does: { deploymentId: 'd2' },
        rollBack: { deploymentId: 'd1' },
      })),
    );
  });

  test.each<[what: string, now: StageNow | null, words: string]>([
    ['is gone', null, 'stage prod is gone'],
    ['serves nothing', { deploymentId: undefined, obstacle: null }, 'stage prod is gone'],
    ['was moved', { ...AS_PLANNED, deploymentId: 'd9' }, 'stage prod now serves deployment d9'],
    [
      'has a canary',
      { ...AS_PLANNED, obstacle: 'now has a canary' },
      'stage prod now has a canary',
    ],
    [
      'deploys by itself',
      { ...AS_PLANNED, obstacle: 'now deploys by itself' },
      'stage prod now deploys by itself',
    ],
    [
      'was moved to what is ours to make',
      { ...AS_PLANNED, deploymentId: 'd2' },
      'stage prod now serves deployment d2',
    ],
  ])('one that %s since the plan is left, and those after it', async (_, now, words) => {
    const { why, steps, states } = await moved(now);
    expect(why).toBeInstanceOf(EnforcementStopped);
    expect(String(why)).toContain(words);
    expect(steps.map(({ target }) => target)).toEqual([{ apiId: 'h1t2t3p4', stage: 'dev' }]);
    expect(states).toEqual(['moved', 'not-attempted']);
  });

  test('one whose call fails has failed, and one whose call was not begun was not attempted', async () => {
    const { why, states } = await moved(AS_PLANNED, () => {
      throw new Error('throttled');
    });
    expect(String(why)).toContain('throttled');
    expect(states).toEqual(['failed', 'not-attempted']);
  });
});

describe('the deployment', () => {
  test('says where it came from, and can be found again by its token', async () => {
    const { outcome, dependencies } = await begun();
    const steps: Step[] = [];
    const carryOut: CarryOut = async (step) => {
      steps.push(step);
      return { certainty: 'answered', id: 'd2' };
    };
    const kind = 'create-v2-deployment';
    expect(await makeDeployment(kind, outcome, TOKEN, carryOut, dependencies)).toBe('d2');
    expect(outcome.deploymentId).toBe('d2');
    expect(steps).toEqual([
      {
        kind,
        target: { apiId: 'h1t2t3p4' },
        does: { description: expect.stringMatching(`https://github.test/run/1.*${TOKEN}$`) },
        rollBack: { deleteWhereDescriptionHolds: TOKEN },
      },
    ]);
  });

  test('without an id is none that a stage could be pointed at', async () => {
    const { outcome, dependencies } = await begun();
    const making = makeDeployment(
      'create-deployment',
      outcome,
      TOKEN,
      async () => ({ certainty: 'answered' }),
      dependencies,
    );
    await expect(making).rejects.toThrow('without an id');
    expect(outcome.deploymentId).toBeNull();
  });
});
