import { describe, expect, test } from '@jest/globals';
import {
  type CreateDeploymentStep,
  createDeployment,
} from '../../../src/enforce/steps/create-deployment.js';
import { type MoveStageStep, moveStage } from '../../../src/enforce/steps/move-stage.js';
import { type PatchMethodStep, patchMethod } from '../../../src/enforce/steps/patch-method.js';
import type { UndoWorld } from '../../../src/enforce/transaction/registry.js';
import { describeStep, stepFrom, undoStep } from '../../../src/enforce/transaction/registry.js';
import { fakeRetries, pictureOf, TOKEN } from './enforcement-kit.js';
import {
  API_ID,
  deployFake,
  type FakeApi,
  type FakeControlPlane,
  type FakeMethod,
  fakeApi,
  fakeControlPlane,
} from './fake-control-plane.js';
import { NO_IAM } from './fake-iam.js';

const OWN = `IAM authorization turned on. Transaction: ${TOKEN}`;

function worldOf(plane: FakeControlPlane, parts: Partial<UndoWorld> = {}): UndoWorld {
  return {
    apiGateway: plane.apiGateway,
    iam: NO_IAM,
    retries: fakeRetries(),
    token: TOKEN,
    isConfirmed: true,
    isLast: false,
    createdPolicies: new Set(),
    readServedSince: async () => [],
    ...parts,
  };
}

const left = (words: string, isFinal = true) => ({
  state: 'left',
  words: expect.stringContaining(words),
  isFinal,
});

describe('a patch of a method', () => {
  const FORMER: Partial<FakeMethod> = {
    authorizationType: 'COGNITO_USER_POOLS',
    authorizerId: 'people',
    scopes: ['a', 'b'],
  };
  const STEP: PatchMethodStep = {
    kind: 'patch-method',
    target: { apiId: API_ID, resourceId: 'r/me', method: 'GET', path: '/me' },
    does: { authorizationType: 'AWS_IAM' },
    undo: {
      authorizationType: 'COGNITO_USER_POOLS',
      authorizerId: 'people',
      authorizationScopes: ['b', 'a'],
    },
  };
  const at = (method: Partial<FakeMethod>): FakeControlPlane =>
    fakeControlPlane(fakeApi({ 'GET /me': method }, { prod: 'd1' }));
  const typeOf = ({ api }: FakeControlPlane): string | undefined =>
    pictureOf(api).methods['GET /me'];

  test('takes the authorizer off, and is undone with its scopes', async () => {
    for (const keepsScopes of [false, true]) {
      const plane = at(FORMER);
      plane.keepsScopes = keepsScopes;
      expect(await patchMethod(STEP, plane.apiGateway, fakeRetries())).toBe('answered');
      expect(plane.api.methods.get('GET /me')).toMatchObject({
        authorizationType: 'AWS_IAM',
        authorizerId: null,
      });
      expect(await undoStep(STEP, worldOf(plane))).toEqual({ state: 'put-back' });
      expect(typeOf(plane)).toBe('COGNITO_USER_POOLS people a b');
      expect(await undoStep(STEP, worldOf(plane))).toEqual({ state: 'nothing-to-undo' });
    }
  });

  test('of an open method names no authorizer', async () => {
    const plane = at({});
    const step = {
      ...STEP,
      undo: { authorizationType: 'NONE', authorizerId: null, authorizationScopes: [] },
    };
    await patchMethod(step, plane.apiGateway, fakeRetries());
    expect(typeOf(plane)).toBe('AWS_IAM');
    expect(await undoStep(step, worldOf(plane))).toEqual({ state: 'put-back' });
    expect(typeOf(plane)).toBe('NONE');
  });

  test.each([
    ['scopes that are missing', { ...FORMER, scopes: ['b'] }],
    ['no scopes', { ...FORMER, scopes: [] }],
  ])('whose undoing stopped halfway, with %s, is undone to the end', async (_, method) => {
    const plane = at(method);
    expect(await undoStep(STEP, worldOf(plane))).toEqual({ state: 'put-back' });
    expect(typeOf(plane)).toBe('COGNITO_USER_POOLS people a b');
  });

  test('with a scope that somebody added is left to them, and said', async () => {
    const plane = at({ ...FORMER, scopes: ['a', 'b', 'theirs'] });
    expect(await undoStep(STEP, worldOf(plane))).toEqual(left('was set back and reads'));
    expect(typeOf(plane)).toContain('theirs');
  });

  test.each<[string, Partial<FakeMethod>]>([
    ['another type', { authorizationType: 'NONE' }],
    ['another authorizer', { ...FORMER, authorizerId: 'theirs' }],
  ])('to which somebody gave %s is theirs', async (_, method) => {
    const plane = at(method);
    const before = typeOf(plane);
    expect(await undoStep(STEP, worldOf(plane))).toEqual(left('which somebody else set since'));
    expect(typeOf(plane)).toBe(before);
  });

  test.each<[string, Partial<FakeMethod>, string]>([
    ['closed', { authorizationType: 'AWS_IAM' }, 'GET /me stays AWS_IAM in the configuration'],
    ['half as it was', { ...FORMER, scopes: [] }, 'which somebody else set since'],
  ])('that AWS never answered and that is %s is left', async (_, method, words) => {
    const plane = at(method);
    const before = typeOf(plane);
    const world = worldOf(plane, { isConfirmed: false });
    expect(await undoStep(STEP, world)).toEqual(left(words));
    expect(typeOf(plane)).toBe(before);
  });

  test('that AWS never answered and that is as before needs no undoing', async () => {
    const world = worldOf(at(FORMER), { isConfirmed: false });
    expect(await undoStep(STEP, world)).toEqual({ state: 'nothing-to-undo' });
  });

  test('of a method that is gone is left', async () => {
    const plane = at(FORMER);
    plane.api.methods.clear();
    expect(await undoStep(STEP, worldOf(plane))).toEqual(left('is gone'));
  });

  test('that a stage has come to serve closed stays closed; one that serves it open does not count', async () => {
    for (const [type, isLeft] of [
      ['AWS_IAM', true],
      ['NONE', false],
    ] as const) {
      const plane = at({ authorizationType: 'AWS_IAM' });
      const readServedSince: UndoWorld['readServedSince'] = async () => [
        { stage: 'since', deploymentId: 'd9', authorizationTypes: new Map([['GET /me', type]]) },
      ];
      const result = await undoStep(STEP, worldOf(plane, { readServedSince }));
      expect(result).toEqual(
        isLeft ? left('stage since has come to serve') : { state: 'put-back' },
      );
    }
  });

  test('is not made again over what somebody did while its answer was lost', async () => {
    const plane = at(FORMER);
    plane.onCall = ({ operation, index }) => {
      if (operation === 'UpdateMethod') return index === 0 ? 'lost' : undefined;
      Object.assign(plane.api.methods.get('GET /me') ?? {}, { authorizerId: 'theirs' });
      return undefined;
    };
    const patched = patchMethod(STEP, plane.apiGateway, fakeRetries());
    await expect(patched).rejects.toThrow('somebody else changed the same thing');
    expect(typeOf(plane)).toBe('COGNITO_USER_POOLS theirs a b');
  });
});

describe('a deployment', () => {
  const STEP: CreateDeploymentStep = {
    kind: 'create-deployment',
    target: { apiId: API_ID },
    does: { description: OWN },
    undo: { deleteWhereDescriptionHolds: TOKEN },
  };
  const api = (): FakeApi => fakeApi({ 'GET /': {} }, { prod: 'd1' });
  const idsOf = (plane: FakeControlPlane): string[] => [...plane.api.deployments.keys()];

  test('is made once, and deleted once', async () => {
    const plane = fakeControlPlane(api());
    const made = await createDeployment(STEP, plane.apiGateway, fakeRetries());
    expect(made).toEqual({ deploymentId: idsOf(plane)[1], certainty: 'answered' });
    expect(await undoStep(STEP, worldOf(plane))).toEqual({ state: 'put-back' });
    expect(idsOf(plane)).toEqual(['d1']);
    expect(await undoStep(STEP, worldOf(plane))).toEqual({ state: 'nothing-to-undo' });
  });

  test('whose answer was lost is found by its description, and no second one stays', async () => {
    for (const fate of ['lost', 'lost-answer'] as const) {
      const plane = fakeControlPlane(api());
      plane.onCall = ({ index }) => (index === 0 ? fate : undefined);
      const made = await createDeployment(STEP, plane.apiGateway, fakeRetries());
      expect(idsOf(plane)).toEqual(['d1', made.deploymentId]);
      expect(made.certainty).toBe(fate === 'lost' ? 'answered' : 'seen');
    }
  });

  test('that arrives behind its repetition is deleted', async () => {
    const plane = fakeControlPlane(api());
    plane.onCall = ({ operation, index }) => {
      if (index === 0) return 'lost';
      // The first attempt arrives together with the second.
      if (operation === 'CreateDeployment') deployFake(plane.api, 'late', OWN);
      return undefined;
    };
    const made = await createDeployment(STEP, plane.apiGateway, fakeRetries());
    expect(idsOf(plane)).toEqual(['d1', made.deploymentId]);
  });

  test.each([
    ['of another transaction', `Transaction: ${TOKEN.replace('ab', 'cd')}`],
    ['that names the transaction in between', `Transaction: ${TOKEN} and more`],
    ['that holds the token alone', `about ${TOKEN}`],
    ['without a description', ''],
  ])('%s is not ours to delete', async (_, description) => {
    const plane = fakeControlPlane(api());
    deployFake(plane.api, 'd2', description);
    expect(await undoStep(STEP, worldOf(plane))).toEqual({ state: 'nothing-to-undo' });
    expect(idsOf(plane)).toEqual(['d1', 'd2']);
  });

  test('that was in flight when it is undone is waited for, where it was the last and unanswered', async () => {
    for (const [parts, isWaitedFor] of [
      [{ isLast: true, isConfirmed: false }, true],
      [{ isLast: true, isConfirmed: true }, false],
      [{ isLast: false, isConfirmed: false }, false],
    ] as const) {
      const plane = fakeControlPlane(api());
      plane.onCall = ({ index }) => {
        if (index === 1) deployFake(plane.api, 'late', OWN);
        return undefined;
      };
      const retries = fakeRetries();
      const result = await undoStep(STEP, worldOf(plane, { ...parts, retries }));
      expect([result, retries.waits]).toEqual(
        isWaitedFor ? [{ state: 'put-back' }, [5_000]] : [{ state: 'nothing-to-undo' }, []],
      );
      expect(idsOf(plane)).toEqual(['d1']);
    }
  });

  test('that a stage serves is left, and so is one that may not be deleted, to be tried again', async () => {
    const plane = fakeControlPlane(api());
    deployFake(plane.api, 'd2', OWN);
    plane.api.stages.set('qa', { deploymentId: 'd2', canary: null });
    expect(await undoStep(STEP, worldOf(plane))).toEqual(left('Active stages'));
    plane.api.stages.delete('qa');
    plane.onCall = ({ operation }) => (operation === 'DeleteDeployment' ? 'denied' : undefined);
    await expect(undoStep(STEP, worldOf(plane))).rejects.toThrow('DeleteDeployment');
    plane.onCall = ({ operation }) =>
      operation === 'DeleteDeployment' ? 'lost-answer' : undefined;
    expect(await undoStep(STEP, worldOf(plane))).toEqual({ state: 'put-back' });
  });
});

describe('a move of a stage', () => {
  const STEP: MoveStageStep = {
    kind: 'move-stage',
    target: { apiId: API_ID, stage: 'prod' },
    does: { deploymentId: 'ours' },
    undo: { deploymentId: 'd1' },
  };
  function at(served: string, description = OWN): FakeControlPlane {
    const api = fakeApi({ 'GET /': {} }, { prod: 'd1' });
    deployFake(api, 'ours', description);
    deployFake(api, 'theirs', 'by hand');
    const stage = api.stages.get('prod');
    if (stage !== undefined) stage.deploymentId = served;
    return fakeControlPlane(api);
  }
  const servedBy = ({ api }: FakeControlPlane): string | undefined =>
    api.stages.get('prod')?.deploymentId;

  test('is made and undone', async () => {
    const plane = at('d1');
    expect(await moveStage(STEP, plane.apiGateway, fakeRetries())).toBe('answered');
    expect(servedBy(plane)).toBe('ours');
    expect(await undoStep(STEP, worldOf(plane))).toEqual({ state: 'put-back' });
    expect(servedBy(plane)).toBe('d1');
    expect(await undoStep(STEP, worldOf(plane))).toEqual({ state: 'nothing-to-undo' });
  });

  test('is undone by the mark of its deployment, also where AWS never answered', async () => {
    const plane = at('ours');
    const world = worldOf(plane, { isConfirmed: false });
    expect(await undoStep(STEP, world)).toEqual({ state: 'put-back' });
  });

  test.each([
    ['another deployment', 'theirs', OWN],
    ['one that only the journal says is ours', 'ours', 'by hand'],
    ['one of another transaction', 'ours', OWN.replace('ab', 'cd')],
    ['one that names ours in between', 'ours', `${OWN} and more`],
  ])('to %s is not undone', async (_, served, description) => {
    const plane = at(served, description);
    expect(await undoStep(STEP, worldOf(plane))).toEqual(left('to which somebody else moved it'));
    expect(servedBy(plane)).toBe(served);
  });

  test('of a stage that is gone is left, and of a deployment that is gone there is nothing to undo', async () => {
    const plane = at('ours');
    plane.api.stages.clear();
    expect(await undoStep(STEP, worldOf(plane))).toEqual(left('stage prod is gone'));
    const back = at('d1');
    back.api.deployments.delete('ours');
    expect(await undoStep(STEP, worldOf(back))).toEqual({ state: 'nothing-to-undo' });
  });

  test('that did not come back is said', async () => {
    const plane = at('ours');
    plane.onCall = ({ operation, index }) => {
      // Somebody moves it between our move and the last look.
      if (operation === 'GetStage' && index > 2) {
        plane.api.stages.set('prod', { deploymentId: 'theirs', canary: null });
      }
      return undefined;
    };
    expect(await undoStep(STEP, worldOf(plane))).toEqual(left('was moved back and serves'));
  });

  test('is not made again over what somebody did while its answer was lost', async () => {
    const plane = at('d1');
    plane.onCall = ({ index }) => {
      if (index === 0) return 'lost';
      plane.api.stages.set('prod', { deploymentId: 'theirs', canary: null });
      return undefined;
    };
    const moved = moveStage(STEP, plane.apiGateway, fakeRetries());
    await expect(moved).rejects.toThrow('somebody else changed the same thing');
    expect(servedBy(plane)).toBe('theirs');
  });
});

test('a step is read from a journal as it was written, and described', () => {
  const step = {
    kind: 'patch-method',
    target: { apiId: API_ID, resourceId: 'r1', method: 'GET', path: '/a' },
    does: { authorizationType: 'AWS_IAM' },
    undo: { authorizationType: 'NONE', authorizerId: null, authorizationScopes: [] },
  };
  const read = stepFrom(JSON.parse(JSON.stringify(step)));
  expect(read).toEqual(step);
  expect(read === null ? '' : describeStep(read)).toBe('GET /a to AWS_IAM');
  for (const broken of [
    { ...step, undo: { ...step.undo, authorizerId: 1 } },
    { ...step, undo: { ...step.undo, authorizationScopes: 'a' } },
    { ...step, undo: { ...step.undo, authorizationScopes: [1] } },
    { ...step, does: {} },
    { ...step, target: { ...step.target, resourceId: 7 } },
    { ...step, kind: 'patch-methods' },
    [step],
    null,
  ]) {
    expect(stepFrom(broken)).toBeNull();
  }
});
