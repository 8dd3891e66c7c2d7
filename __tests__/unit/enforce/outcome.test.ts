import { describe, expect, test } from '@jest/globals';
import {
  changesOf,
  deploymentsOf,
  enterRollBack,
  keptOf,
  type Outcome,
  outcomeOf,
  transactionsOf,
} from '../../../src/enforce/outcome.js';
import type { CheckedPlan } from '../../../src/enforce/preconditions.js';
import {
  NOTHING_TO_ROLL_BACK,
  type Part,
  ROLLED_BACK,
} from '../../../src/enforce/steps/step-kind.js';
import { planV2 } from './enforcement-kit-v2.js';
import { API_V2_ID, fakeV2Api, fakeV2Plane } from './fake-control-plane-v2.js';

/** Two routes to change, one that is kept, two stages to move. */
async function plan(): Promise<CheckedPlan> {
  const routes = {
    'GET /a': {},
    'GET /b': {},
    'GET /c': { authorizationType: 'CUSTOM', authorizerId: 'p' },
  };
  const stages = { dev: { deploymentId: 'd1' }, prod: { deploymentId: 'd2' } };
  return planV2(fakeV2Plane(fakeV2Api('HTTP', routes, stages)), {
    allowPendingChanges: true,
    replaceAuthorizers: false,
  });
}

const PARTS: readonly Part[] = ['grant', 'method', 'method', 'deployment', 'stage', 'stage'];
const LEFT = { state: 'not-rolled-back' as const, words: 'it stays', isFinal: true };

/** An outcome after which everything was made. */
async function made(): Promise<Outcome> {
  const outcome = outcomeOf(await plan(), 'not-attempted');
  outcome.changeStates.splice(0, 2, 'applied', 'applied');
  outcome.stageStates.splice(0, 2, 'moved', 'moved');
  outcome.deploymentId = 'd3';
  return outcome;
}

function inShort({ changeStates, deploymentId, stageStates, state, notRolledBack }: Outcome) {
  return { changeStates, deploymentId, stageStates, state, notRolledBack };
}

describe('what rolling back came to', () => {
  test('is that all is restored', async () => {
    const outcome = await made();
    const results = PARTS.map(() => ROLLED_BACK);
    enterRollBack(outcome, PARTS, { results, notRolledBack: [], isFinal: true });
    expect(inShort(outcome)).toEqual({
      changeStates: ['restored', 'restored'],
      deploymentId: null,
      stageStates: ['restored', 'restored'],
      state: 'restored',
      notRolledBack: [],
    });
  });

  test('is that what was made and was found undone is restored as well', async () => {
    const outcome = await made();
    const results = PARTS.map(() => NOTHING_TO_ROLL_BACK);
    enterRollBack(outcome, PARTS, { results, notRolledBack: [], isFinal: true });
    expect(inShort(outcome)).toMatchObject({
      changeStates: ['restored', 'restored'],
      deploymentId: null,
      stageStates: ['restored', 'restored'],
    });
  });

  test('is that what was never made keeps its state, and what came late is restored', async () => {
    const outcome = outcomeOf(await plan(), 'not-attempted');
    outcome.changeStates[0] = 'failed';
    outcome.stageStates[0] = 'failed';
    const results = [
      NOTHING_TO_ROLL_BACK,
      ROLLED_BACK,
      NOTHING_TO_ROLL_BACK,
      NOTHING_TO_ROLL_BACK,
      ROLLED_BACK,
      NOTHING_TO_ROLL_BACK,
    ];
    enterRollBack(outcome, PARTS, { results, notRolledBack: [], isFinal: true });
    expect(inShort(outcome)).toMatchObject({
      changeStates: ['restored', 'not-attempted'],
      stageStates: ['restored', 'not-attempted'],
      state: 'restored',
    });
  });

  test('is that what stays keeps its state, each in its place', async () => {
    const outcome = await made();
    const results = [ROLLED_BACK, LEFT, ROLLED_BACK, LEFT, ROLLED_BACK, LEFT];
    enterRollBack(outcome, PARTS, { results, notRolledBack: ['it stays'], isFinal: true });
    expect(inShort(outcome)).toEqual({
      changeStates: ['applied', 'restored'],
      deploymentId: 'd3',
      stageStates: ['restored', 'moved'],
      state: 'left',
      notRolledBack: ['it stays'],
    });
  });

  test('is as good as nothing for steps that were never begun', async () => {
    const outcome = outcomeOf(await plan(), 'not-attempted');
    enterRollBack(outcome, PARTS, { results: [], notRolledBack: [], isFinal: true });
    expect(inShort(outcome)).toMatchObject({
      changeStates: ['not-attempted', 'not-attempted'],
      stageStates: ['not-attempted', 'not-attempted'],
    });
  });
});

describe('an outcome in the report', () => {
  test('has every change, stage and kept method in its order', async () => {
    const outcome = await made();
    outcome.changeStates[1] = 'failed';
    outcome.stageStates[0] = 'restored';
    expect(changesOf(outcome)).toEqual([
      { api: API_V2_ID, method: 'GET', path: '/a', from: 'NONE', to: 'AWS_IAM', state: 'applied' },
      { api: API_V2_ID, method: 'GET', path: '/b', from: 'NONE', to: 'AWS_IAM', state: 'failed' },
    ]);
    expect(deploymentsOf(outcome)).toEqual([
      {
        api: API_V2_ID,
        deploymentId: 'd3',
        stages: [
          { name: 'dev', from: 'd1', state: 'restored' },
          { name: 'prod', from: 'd2', state: 'moved' },
        ],
      },
    ]);
    expect(keptOf(outcome)).toMatchObject([
      { api: API_V2_ID, method: 'GET', path: '/c', authorizationType: 'CUSTOM' },
    ]);
  });

  test('has no transaction where there was nothing to do, and its reasons where there was', async () => {
    const outcome = outcomeOf(await plan(), 'planned');
    expect([outcome.changeStates, outcome.stageStates]).toEqual([
      ['planned', 'planned'],
      ['planned', 'planned'],
    ]);
    expect(transactionsOf(outcome)).toEqual([]);
    outcome.state = 'left';
    outcome.reasons.push('a reason');
    outcome.notRolledBack.push('what is left');
    expect(transactionsOf(outcome)).toEqual([
      { api: API_V2_ID, state: 'left', reasons: ['a reason'], left: ['what is left'] },
    ]);
  });

  test('is refused with the reasons of its plan, and has no deployment without stages', async () => {
    const refused = outcomeOf(
      { ...(await plan()), stages: [], refusals: ['it is refused'] },
      'not-attempted',
    );
    expect([refused.state, refused.reasons, refused.grant]).toEqual([
      'refused',
      ['it is refused'],
      'none',
    ]);
    expect(deploymentsOf(refused)).toEqual([]);
  });
});
