import { describe, expect, test } from '@jest/globals';
import * as z from 'zod/mini';
import type { CreateDeploymentStep } from '../../../src/enforce/steps/create-deployment.js';
import type { MoveStageStep } from '../../../src/enforce/steps/move-stage.js';
import type { PatchMethodStep } from '../../../src/enforce/steps/patch-method.js';
import { actionsOf, type Step, stepSchema } from '../../../src/enforce/steps/registry.js';
import type {
  Applied,
  RollBackContext,
  RollBackResult,
} from '../../../src/enforce/steps/step-kind.js';
import { fakeRetries, pictureOf, rollBackContext, TOKEN } from './enforcement-kit.js';
import {
  API_ID,
  deployFake,
  type FakeApi,
  type FakeControlPlane,
  type FakeMethod,
  fakeApi,
  fakeControlPlane,
} from './fake-control-plane.js';
import { NO_V2 } from './fake-control-plane-v2.js';
import { NO_IAM } from './fake-iam.js';

const OWN = `IAM authorization turned on. Transaction: ${TOKEN}`;

const contextOf = ({ apiGateway }: FakeControlPlane, parts: Partial<RollBackContext> = {}) =>
  rollBackContext({ apiGateway, apiGatewayV2: NO_V2, iam: NO_IAM }, parts);

const apply = (step: Step, { apiGateway }: FakeControlPlane): Promise<Applied> =>
  actionsOf(step).apply({ apiGateway, apiGatewayV2: NO_V2, iam: NO_IAM, retries: fakeRetries() });

const rollBack = (step: Step, context: RollBackContext): Promise<RollBackResult> =>
  actionsOf(step).rollBack(context);

const notRolledBack = (words: string, isFinal = true) => ({
  state: 'not-rolled-back',
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
    rollBack: {
      authorizationType: 'COGNITO_USER_POOLS',
      authorizerId: 'people',
      authorizationScopes: ['b', 'a'],
    },
  };
  const at = (method: Partial<FakeMethod>): FakeControlPlane =>
    fakeControlPlane(fakeApi({ 'GET /me': method }, { prod: 'd1' }));
  const typeOf = ({ api }: FakeControlPlane): string | undefined =>
    pictureOf(api).methods['GET /me'];

  test('takes the authorizer off, and is rolled back with its scopes', async () => {
    for (const keepsScopes of [false, true]) {
      const plane = at(FORMER);
      plane.keepsScopes = keepsScopes;
      expect(await apply(STEP, plane)).toEqual({ certainty: 'answered' });
      expect(plane.api.methods.get('GET /me')).toMatchObject({
        authorizationType: 'AWS_IAM',
        authorizerId: null,
      });
      expect(await rollBack(STEP, contextOf(plane))).toEqual({ state: 'rolled-back' });
      expect(typeOf(plane)).toBe('COGNITO_USER_POOLS people a b');
      expect(await rollBack(STEP, contextOf(plane))).toEqual({ state: 'nothing-to-roll-back' });
    }
  });

  test('of an open method names no authorizer', async () => {
    const plane = at({});
    const step = {
      ...STEP,
      rollBack: { authorizationType: 'NONE', authorizerId: null, authorizationScopes: [] },
    };
    await apply(step, plane);
    expect(typeOf(plane)).toBe('AWS_IAM');
    expect(await rollBack(step, contextOf(plane))).toEqual({ state: 'rolled-back' });
    expect(typeOf(plane)).toBe('NONE');
  });

  test('whose rolling back stopped halfway, without its scopes, is rolled back to the end', async () => {
    const plane = at({ ...FORMER, scopes: [] });
    expect(await rollBack(STEP, contextOf(plane))).toEqual({ state: 'rolled-back' });
    expect(typeOf(plane)).toBe('COGNITO_USER_POOLS people a b');
  });

  test.each([
    ['more', ['a', 'b', 'theirs']],
    ['less, which would be let in again', ['b']],
  ])('with a scope %s is left to whoever set that, and said', async (_, scopes) => {
    const plane = at({ ...FORMER, scopes: [...scopes] });
    const before = typeOf(plane);
    expect(await rollBack(STEP, contextOf(plane))).toEqual(
      notRolledBack('which somebody else set since'),
    );
    expect(typeOf(plane)).toBe(before);
  });

  test.each<[string, Partial<FakeMethod>]>([
    ['another type', { authorizationType: 'NONE' }],
    ['another authorizer', { ...FORMER, authorizerId: 'theirs' }],
  ])('to which somebody gave %s is theirs', async (_, method) => {
    const plane = at(method);
    const before = typeOf(plane);
    expect(await rollBack(STEP, contextOf(plane))).toEqual(
      notRolledBack('which somebody else set since'),
    );
    expect(typeOf(plane)).toBe(before);
  });

  test.each<[string, Partial<FakeMethod>, string]>([
    ['closed', { authorizationType: 'AWS_IAM' }, 'GET /me stays AWS_IAM in the configuration'],
    ['half as it was', { ...FORMER, scopes: [] }, 'which somebody else set since'],
  ])('that AWS never answered and that is %s is left', async (_, method, words) => {
    const plane = at(method);
    const before = typeOf(plane);
    const context = contextOf(plane, { isConfirmed: false });
    expect(await rollBack(STEP, context)).toEqual(notRolledBack(words));
    expect(typeOf(plane)).toBe(before);
  });

  test('that AWS never answered and that is as before needs no rolling back', async () => {
    const context = contextOf(at(FORMER), { isConfirmed: false });
    expect(await rollBack(STEP, context)).toEqual({ state: 'nothing-to-roll-back' });
  });

  test('of a method that is gone is left', async () => {
    const plane = at(FORMER);
    plane.api.methods.clear();
    expect(await rollBack(STEP, contextOf(plane))).toEqual(notRolledBack('is gone'));
  });

  test('that a stage has come to serve closed stays closed; one that serves it open does not count', async () => {
    for (const [type, isLeft] of [
      ['AWS_IAM', true],
      ['NONE', false],
    ] as const) {
      const plane = at({ authorizationType: 'AWS_IAM' });
      const readServedSince: RollBackContext['readServedSince'] = async () => [
        { stage: 'since', deploymentId: 'd9', authorizationTypes: new Map([['GET /me', type]]) },
      ];
      const result = await rollBack(STEP, contextOf(plane, { readServedSince }));
      expect(result).toEqual(
        isLeft ? notRolledBack('stage since has come to serve') : { state: 'rolled-back' },
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
    const patched = apply(STEP, plane);
    await expect(patched).rejects.toThrow('somebody else changed the same thing');
    expect(typeOf(plane)).toBe('COGNITO_USER_POOLS theirs a b');
  });
});

describe('a deployment', () => {
  const STEP: CreateDeploymentStep = {
    kind: 'create-deployment',
    target: { apiId: API_ID },
    does: { description: OWN },
    rollBack: { deleteWhereDescriptionHolds: TOKEN },
  };
  const api = (): FakeApi => fakeApi({ 'GET /': {} }, { prod: 'd1' });
  const idsOf = (plane: FakeControlPlane): string[] => [...plane.api.deployments.keys()];

  test('is made once, and deleted once', async () => {
    const plane = fakeControlPlane(api());
    const made = await apply(STEP, plane);
    expect(made).toEqual({ id: idsOf(plane)[1], certainty: 'answered' });
    expect(await rollBack(STEP, contextOf(plane))).toEqual({ state: 'rolled-back' });
    expect(idsOf(plane)).toEqual(['d1']);
    expect(await rollBack(STEP, contextOf(plane))).toEqual({ state: 'nothing-to-roll-back' });
  });

  test('whose answer was lost is found by its description, and no second one stays', async () => {
    for (const fate of ['lost', 'lost-answer'] as const) {
      const plane = fakeControlPlane(api());
      plane.onCall = ({ index }) => (index === 0 ? fate : undefined);
      const made = await apply(STEP, plane);
      expect(idsOf(plane)).toEqual(['d1', made.id]);
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
    const made = await apply(STEP, plane);
    expect(idsOf(plane)).toEqual(['d1', made.id]);
  });

  test.each([
    ['of another transaction', `Transaction: ${TOKEN.replace('ab', 'cd')}`],
    ['that names the transaction in between', `Transaction: ${TOKEN} and more`],
    ['that holds the token alone', `about ${TOKEN}`],
    ['without a description', ''],
  ])('%s is not ours to delete', async (_, description) => {
    const plane = fakeControlPlane(api());
    deployFake(plane.api, 'd2', description);
    expect(await rollBack(STEP, contextOf(plane))).toEqual({ state: 'nothing-to-roll-back' });
    expect(idsOf(plane)).toEqual(['d1', 'd2']);
  });

  test('that was in flight when it is rolled back is waited for, where it was the last and unanswered', async () => {
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
      const result = await rollBack(STEP, contextOf(plane, { ...parts, retries }));
      expect([result, retries.waits]).toEqual(
        isWaitedFor ? [{ state: 'rolled-back' }, [5_000]] : [{ state: 'nothing-to-roll-back' }, []],
      );
      expect(idsOf(plane)).toEqual(['d1']);
    }
  });

  test('that a stage serves is left, and so is one that may not be deleted, to be tried again', async () => {
    const plane = fakeControlPlane(api());
    deployFake(plane.api, 'd2', OWN);
    plane.api.stages.set('qa', { deploymentId: 'd2', canary: null });
    expect(await rollBack(STEP, contextOf(plane))).toEqual(notRolledBack('Active stages'));
    plane.api.stages.delete('qa');
    plane.onCall = ({ operation }) => (operation === 'DeleteDeployment' ? 'denied' : undefined);
    await expect(rollBack(STEP, contextOf(plane))).rejects.toThrow('DeleteDeployment');
    plane.onCall = ({ operation }) =>
      operation === 'DeleteDeployment' ? 'lost-answer' : undefined;
    expect(await rollBack(STEP, contextOf(plane))).toEqual({ state: 'rolled-back' });
  });
});

describe('a move of a stage', () => {
  const STEP: MoveStageStep = {
    kind: 'move-stage',
    target: { apiId: API_ID, stage: 'prod' },
    does: { deploymentId: 'ours' },
    rollBack: { deploymentId: 'd1' },
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

  test('is made and rolled back', async () => {
    const plane = at('d1');
    expect(await apply(STEP, plane)).toEqual({ certainty: 'answered' });
    expect(servedBy(plane)).toBe('ours');
    expect(await rollBack(STEP, contextOf(plane))).toEqual({ state: 'rolled-back' });
    expect(servedBy(plane)).toBe('d1');
    expect(await rollBack(STEP, contextOf(plane))).toEqual({ state: 'nothing-to-roll-back' });
  });

  test('is rolled back by the mark of its deployment, also where AWS never answered', async () => {
    const plane = at('ours');
    const context = contextOf(plane, { isConfirmed: false });
    expect(await rollBack(STEP, context)).toEqual({ state: 'rolled-back' });
  });

  test.each([
    ['another deployment', 'theirs', OWN],
    ['one that only the journal says is ours', 'ours', 'by hand'],
    ['one of another transaction', 'ours', OWN.replace('ab', 'cd')],
    ['one that names ours in between', 'ours', `${OWN} and more`],
  ])('to %s is not rolled back', async (_, served, description) => {
    const plane = at(served, description);
    expect(await rollBack(STEP, contextOf(plane))).toEqual(
      notRolledBack('to which somebody else moved it'),
    );
    expect(servedBy(plane)).toBe(served);
  });

  test('of a stage that is gone is left, and of a deployment that is gone there is nothing to roll back', async () => {
    const plane = at('ours');
    plane.api.stages.clear();
    expect(await rollBack(STEP, contextOf(plane))).toEqual(notRolledBack('stage prod is gone'));
    const back = at('d1');
    back.api.deployments.delete('ours');
    expect(await rollBack(STEP, contextOf(back))).toEqual({ state: 'nothing-to-roll-back' });
  });

  test('whose answer was lost is seen to be made, and not made again', async () => {
    const plane = at('d1');
    const asked: string[] = [];
    plane.onCall = ({ operation }) => {
      asked.push(operation);
      return asked.length === 1 ? 'lost-answer' : undefined;
    };
    expect(await apply(STEP, plane)).toEqual({ certainty: 'seen' });
    expect(servedBy(plane)).toBe('ours');
    expect(asked.filter((operation) => operation === 'UpdateStage')).toHaveLength(1);
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
    expect(await rollBack(STEP, contextOf(plane))).toEqual(
      notRolledBack('was rolled back and serves'),
    );
  });

  test('is not made again over what somebody did while its answer was lost', async () => {
    const plane = at('d1');
    plane.onCall = ({ index }) => {
      if (index === 0) return 'lost';
      plane.api.stages.set('prod', { deploymentId: 'theirs', canary: null });
      return undefined;
    };
    const moved = apply(STEP, plane);
    await expect(moved).rejects.toThrow('somebody else changed the same thing');
    expect(servedBy(plane)).toBe('theirs');
  });
});

test('a step is read from a journal as it was written, and described', () => {
  const step = {
    kind: 'patch-method',
    target: { apiId: API_ID, resourceId: 'r1', method: 'GET', path: '/a' },
    does: { authorizationType: 'AWS_IAM' },
    rollBack: { authorizationType: 'NONE', authorizerId: null, authorizationScopes: [] },
  };
  const read = stepSchema(z).parse(JSON.parse(JSON.stringify(step)));
  expect(read).toEqual(step);
  expect(actionsOf(read).describe()).toBe('GET /a to AWS_IAM');
  for (const broken of [
    { ...step, rollBack: { ...step.rollBack, authorizerId: 1 } },
    { ...step, rollBack: { ...step.rollBack, authorizationScopes: 'a' } },
    { ...step, rollBack: { ...step.rollBack, authorizationScopes: [1] } },
    { ...step, does: {} },
    { ...step, target: { ...step.target, resourceId: 7 } },
    { ...step, kind: 'patch-methods' },
    [step],
    null,
  ]) {
    expect(stepSchema(z).safeParse(broken).success).toBe(false);
  }
});
