import { describe, expect, test } from '@jest/globals';
import * as z from 'zod/mini';
import {
  type Authorization,
  type AuthorizationCalls,
  authorizationKind,
} from '../../../src/enforce/steps/authorization-kind.js';
import {
  type DeploymentCalls,
  deploymentKind,
  type ListedDeployment,
} from '../../../src/enforce/steps/deployment-kind.js';
import { type StageCalls, stageKind, stageSchema } from '../../../src/enforce/steps/stage-kind.js';
import type { RollBackContext } from '../../../src/enforce/steps/step-kind.js';
import type { TransactionHeader } from '../../../src/enforce/transaction/journal.js';
import { fakeRetries, rollBackContext, TOKEN } from './enforcement-kit.js';
import { servicesOf } from './enforcement-kit-v2.js';
import { failure } from './fake-control-plane.js';
import { fakeV2Api, fakeV2Plane } from './fake-control-plane-v2.js';

/*
 * What the kinds of step do with the calls of any version of the control plane: here each call answers
 * from a list, the last entry again and again.
 */

const API = 'a1b2c3';
const OURS = `apigw-iam-gate: IAM authorization turned on. Transaction: ${TOKEN}`;
const HEADER: TransactionHeader = {
  token: TOKEN,
  region: 'eu-west-1',
  apiId: API,
  kind: 'REST',
  apiName: 'pets',
  stages: { prod: 'd1' },
  canaries: {},
};

type Answer<T> = T | Error;

/** Answers from a list; an error is thrown. */
function answering<T>(...answers: readonly Answer<T>[]) {
  let at = 0;
  return async (): Promise<T> => {
    const answer = answers[Math.min(at, answers.length - 1)];
    at += 1;
    if (answer instanceof Error) throw answer;
    if (answer === undefined) throw new Error('nothing was given to answer');
    return answer;
  };
}

const contextOf = (parts: Partial<RollBackContext> = {}) =>
  rollBackContext(servicesOf(fakeV2Plane(fakeV2Api('HTTP', {}, {}))), parts);

const left = (words: string, isFinal = true) => ({ state: 'not-rolled-back', words, isFinal });
const gone = () =>
  Object.assign(failure('GetDeployment', 'refused'), { kind: 'not-found' as const });
const LOST = failure('UpdateStage', 'lost-answer');

describe('a stage', () => {
  const STEP = {
    kind: 'move' as const,
    target: { apiId: API, stage: 'prod' },
    does: { deploymentId: 'd2' },
    rollBack: { deploymentId: 'd1' },
  };
  function kindWith(parts: Partial<StageCalls>) {
    const moves: string[] = [];
    const kind = stageKind<typeof STEP>(['REST'], stageSchema('move'), {
      read: answering<string | null>('d2', 'd1'),
      point: async (_, deploymentId) => {
        moves.push(deploymentId);
      },
      describe: answering<string | undefined>(OURS),
      ...parts,
    });
    return { kind, moves };
  }

  test('is named with where it goes', () => {
    expect(kindWith({}).kind.describe(STEP)).toBe('stage prod to deployment d2');
    expect(kindWith({}).kind.isMarked).toBe(true);
  });

  test('belongs to a transaction that knows what it served', () => {
    const { kind } = kindWith({});
    expect(kind.problemIn(STEP, HEADER)).toBeNull();
    const other = 'rolls stage prod back to a deployment that it did not serve';
    expect(kind.problemIn(STEP, { ...HEADER, stages: { prod: 'd0' } })).toBe(other);
    expect(kind.problemIn(STEP, { ...HEADER, stages: {} })).toBe(other);
    expect(kind.problemIn(STEP, { ...HEADER, apiId: 'other' })).not.toBeNull();
    const inherited = { ...STEP, target: { apiId: API, stage: 'toString' } };
    expect(kind.problemIn(inherited, HEADER)).toContain('did not serve');
  });

  test.each<[string, Answer<string | null>[], string]>([
    ['is there', ['d2'], 'seen'],
    ['is not there, and is made again', ['d1'], 'answered'],
  ])('whose move was lost and %s', async (_, read, certainty) => {
    const moves: string[] = [];
    const { kind } = kindWith({
      read: answering(...read),
      point: async (__, id) => {
        moves.push(id);
        if (moves.length === 1) throw LOST;
      },
    });
    expect(await kind.apply(STEP, contextOf())).toEqual({ certainty });
    expect(moves).toEqual(certainty === 'seen' ? ['d2'] : ['d2', 'd2']);
  });

  test.each<[string, Answer<string | null>[]]>([
    ['another deployment', ['d9']],
    ['nothing', [null]],
  ])('whose move was lost and that serves %s is somebody else’s', async (_, read) => {
    const { kind } = kindWith({ read: answering(...read), point: answering<unknown>(LOST) });
    await expect(kind.apply(STEP, contextOf())).rejects.toThrow(
      'the move of stage prod was not made again',
    );
  });

  test.each<[string, Partial<StageCalls>, object, string[]]>([
    ['is rolled back', {}, { state: 'rolled-back' }, ['d1']],
    [
      'was never moved',
      { read: answering<string | null>('d1') },
      { state: 'nothing-to-roll-back' },
      [],
    ],
    ['is gone', { read: answering<string | null>(null) }, left('stage prod is gone'), []],
    [
      'serves what others made',
      { read: answering<string | null>('d9') },
      left('stage prod serves deployment d9, to which somebody else moved it'),
      [],
    ],
    [
      'serves a deployment that is not the transaction’s',
      { read: answering<string | null>('d2'), describe: answering<string | undefined>('theirs') },
      left('stage prod serves deployment d2, to which somebody else moved it'),
      [],
    ],
    [
      'serves a deployment that nobody can describe',
      {
        read: answering<string | null>('d2'),
        describe: answering<string | undefined>(gone()),
      },
      left('stage prod serves deployment d2, to which somebody else moved it'),
      [],
    ],
    [
      'is moved by others behind the roll-back',
      { read: answering<string | null>('d2', 'd9') },
      left('stage prod was rolled back and serves deployment d9'),
      ['d1'],
    ],
    [
      'is deleted behind the roll-back',
      { read: answering<string | null>('d2', null) },
      left('stage prod was rolled back and serves deployment none'),
      ['d1'],
    ],
  ])('that %s', async (_, calls, result, moved) => {
    const { kind, moves } = kindWith(calls);
    expect(await kind.rollBack(STEP, contextOf())).toEqual(result);
    expect(moves).toEqual(moved);
  });
});

describe('a deployment', () => {
  const STEP = {
    kind: 'create' as const,
    target: { apiId: API },
    does: { description: OURS },
    rollBack: { deleteWhereDescriptionHolds: TOKEN },
  };
  const schema = () =>
    z.object({
      kind: z.literal('create'),
      target: z.object({ apiId: z.string() }),
      does: z.object({ description: z.string() }),
      rollBack: z.object({ deleteWhereDescriptionHolds: z.string() }),
    });
  const own = (...ids: string[]): ListedDeployment[] =>
    ids.map((id) => ({ id, description: OURS }));
  const THEIRS: ListedDeployment = { id: 'd9', description: 'theirs' };

  /** Lists answer in turn; the last one again and again. */
  function kindWith(
    lists: readonly (readonly ListedDeployment[])[],
    parts: Partial<DeploymentCalls> = {},
  ) {
    const deleted: string[] = [];
    const list = answering<readonly ListedDeployment[]>(...lists);
    const kind = deploymentKind<typeof STEP>(['REST'], schema, {
      create: answering<string | undefined>('d2'),
      get: answering<unknown>({}),
      async *list() {
        yield [];
        yield await list();
      },
      delete: async (_, id) => {
        deleted.push(id);
      },
      ...parts,
    });
    return { kind, deleted };
  }

  test('is named, and belongs to the transaction of its token', () => {
    const { kind } = kindWith([[]]);
    expect([kind.describe(STEP), kind.isMarked]).toEqual(['a new deployment', true]);
    expect(kind.problemIn(STEP, HEADER)).toBeNull();
    expect(kind.problemIn(STEP, { ...HEADER, token: 'other' })).toBe(
      'is about the deployment of another transaction',
    );
    expect(kind.problemIn(STEP, { ...HEADER, apiId: 'other' })).not.toBeNull();
  });

  test('that was answered is not looked for', async () => {
    const { kind, deleted } = kindWith([own('d2', 'd3')]);
    expect(await kind.apply(STEP, contextOf())).toEqual({ id: 'd2', certainty: 'answered' });
    expect(deleted).toEqual([]);
  });

  test('that has no id is of no use', async () => {
    const create = async () => undefined;
    await expect(kindWith([[]], { create }).kind.apply(STEP, contextOf())).rejects.toThrow(
      'CreateDeployment answered without an id.',
    );
  });

  test('whose answer was lost is looked for at once, and in the time that one takes', async () => {
    const { kind, deleted } = kindWith([[THEIRS], own('d2')], {
      create: answering<string | undefined>(failure('CreateDeployment', 'lost')),
    });
    const retries = fakeRetries();
    expect(await kind.apply(STEP, contextOf({ retries }))).toEqual({ id: 'd2', certainty: 'seen' });
    expect(retries.waits).toEqual([5_000]);
    expect(deleted).toEqual([]);
  });

  test('that was made twice by a lost answer is kept once', async () => {
    const { kind, deleted } = kindWith(
      [[], [], [...own('d3', 'd2'), THEIRS, { id: undefined, description: OURS }]],
      {
        create: answering<string | undefined>(failure('CreateDeployment', 'lost'), 'd2'),
      },
    );
    expect(await kind.apply(STEP, contextOf())).toEqual({ id: 'd2', certainty: 'answered' });
    expect(deleted).toEqual(['d3']);
  });

  test('is waited for where it cannot be served at once', async () => {
    const settled: string[] = [];
    const settle = async (apiId: string, id: string) => {
      settled.push(`${apiId}/${id}`);
    };
    await kindWith([[]], { settle }).kind.apply(STEP, contextOf());
    expect(settled).toEqual([`${API}/d2`]);
  });

  test.each<[string, Parameters<typeof kindWith>, Partial<RollBackContext>, object, string[]]>([
    ['is not there', [[[THEIRS]]], {}, { state: 'nothing-to-roll-back' }, []],
    ['is deleted', [[own('d2'), []]], {}, { state: 'rolled-back' }, ['d2']],
    ['is there twice', [[own('d2', 'd3'), [THEIRS]]], {}, { state: 'rolled-back' }, ['d2', 'd3']],
    [
      'is still served',
      [[own('d2')], { delete: answering<void>(failure('DeleteDeployment', 'refused')) }],
      {},
      left('deployment d2 could not be deleted (refused)'),
      [],
    ],
    [
      'is still listed',
      [[own('d2'), own('d2')]],
      {},
      left('deployment d2 was deleted and is still listed', false),
      ['d2'],
    ],
    [
      'comes late, as the last step',
      [[[], own('d2'), []]],
      { isLast: true, isConfirmed: false },
      { state: 'rolled-back' },
      ['d2'],
    ],
    [
      'was answered and is gone',
      [[[], own('d2')]],
      { isLast: true, isConfirmed: true },
      { state: 'nothing-to-roll-back' },
      [],
    ],
    [
      'was followed by other steps and is gone',
      [[[], own('d2')]],
      { isLast: false, isConfirmed: false },
      { state: 'nothing-to-roll-back' },
      [],
    ],
  ])('that %s', async (_, given, parts, result, ids) => {
    const { kind, deleted } = kindWith(...given);
    const retries = fakeRetries();
    expect(await kind.rollBack(STEP, contextOf({ ...parts, retries }))).toEqual(result);
    expect(deleted).toEqual(ids);
    const isWaitedFor = parts.isLast === true && parts.isConfirmed === false;
    expect(retries.waits).toEqual(isWaitedFor ? [5_000] : []);
  });

  test.each([
    ['denied', failure('DeleteDeployment', 'denied')],
    ['a bug', new Error('a bug')],
  ])('whose deletion fails otherwise is a failure (%s)', async (_, error) => {
    const { kind } = kindWith([own('d2')], { delete: answering<void>(error) });
    await expect(kind.rollBack(STEP, contextOf())).rejects.toBe(error);
  });

  test('whose deletion was lost is looked for', async () => {
    const lost = failure('DeleteDeployment', 'lost-answer');
    const { kind } = kindWith([own('d2'), []], {
      delete: answering<void>(lost),
      get: answering<unknown>(gone()),
    });
    expect(await kind.rollBack(STEP, contextOf())).toEqual({ state: 'rolled-back' });
  });
});

describe('an authorization', () => {
  const NONE: Authorization = {
    authorizationType: 'NONE',
    authorizerId: null,
    authorizationScopes: [],
  };
  const IAM: Authorization = { ...NONE, authorizationType: 'AWS_IAM' };
  const STEP = {
    kind: 'close' as const,
    target: { apiId: API },
    does: { authorizationType: 'AWS_IAM' },
    rollBack: NONE,
  };
  const schema = () => z.custom<typeof STEP>();
  function kindWith(parts: Partial<AuthorizationCalls<typeof STEP>>) {
    return authorizationKind<typeof STEP>(['REST'], schema, {
      nameOf: () => 'GET /a',
      read: answering<Authorization | null>(IAM, NONE),
      close: answering<unknown>({}),
      open: answering<unknown>({}),
      ...parts,
    });
  }

  test('is named with what it becomes', () => {
    expect(kindWith({}).describe(STEP)).toBe('GET /a to AWS_IAM');
    expect(kindWith({}).isMarked).toBe(false);
  });

  test.each<[string, Authorization | null, string]>([
    ['as it is to be', IAM, 'seen'],
    ['as it was', NONE, 'answered'],
  ])('whose patch was lost and that reads %s', async (_, now, certainty) => {
    const kind = kindWith({
      read: answering(now),
      close: answering<unknown>(failure('UpdateMethod', 'lost'), {}),
    });
    expect(await kind.apply(STEP, contextOf())).toEqual({ certainty });
  });

  test.each<[string, Authorization | null]>([
    ['gone', null],
    ['of another type', { ...NONE, authorizationType: 'CUSTOM' }],
  ])('whose patch was lost and that is %s was changed by others', async (_, now) => {
    const kind = kindWith({
      read: answering(now),
      close: answering<unknown>(failure('UpdateMethod', 'lost')),
    });
    await expect(kind.apply(STEP, contextOf())).rejects.toThrow(
      'the patch of GET /a was not made again',
    );
  });

  test.each<[string, Partial<AuthorizationCalls<typeof STEP>>, object]>([
    ['is rolled back', {}, { state: 'rolled-back' }],
    [
      'is deleted behind the roll-back',
      { read: answering<Authorization | null>(IAM, null) },
      left('GET /a was rolled back and reads nothing'),
    ],
    [
      'is closed by others behind the roll-back',
      { read: answering<Authorization | null>(IAM, IAM) },
      left('GET /a was rolled back and reads AWS_IAM'),
    ],
    [
      'was rolled back, and cannot be read again',
      { read: answering<Authorization | null>(IAM, failure('GetMethod', 'unavailable')) },
      { state: 'rolled-back' },
    ],
    [
      'is live, and is not served so',
      { watch: async () => ({ settle: async () => 'stage prod lags behind' }) },
      left('GET /a was rolled back, and is not served so: stage prod lags behind', false),
    ],
    [
      'is live, and is served so',
      { watch: async () => ({ settle: async () => null }) },
      { state: 'rolled-back' },
    ],
  ])('that %s', async (_, calls, result) => {
    expect(await kindWith(calls).rollBack(STEP, contextOf())).toEqual(result);
  });

  test('that was rolled back without an answer, and cannot be read again, is rolled back later', async () => {
    const unread = failure('GetMethod', 'unavailable');
    const kind = kindWith({
      read: answering<Authorization | null>(IAM, NONE, unread),
      open: answering<unknown>(failure('UpdateMethod', 'lost')),
    });
    await expect(kind.rollBack(STEP, contextOf())).rejects.toBe(unread);
  });

  test('whose reading again hits a bug is no success', async () => {
    const bug = new Error('a bug');
    const kind = kindWith({ read: answering<Authorization | null>(IAM, bug) });
    await expect(kind.rollBack(STEP, contextOf())).rejects.toBe(bug);
  });

  test.each<[string, Authorization | null]>([
    ['gone', null],
    ['of another type', { ...NONE, authorizationType: 'CUSTOM' }],
  ])('whose rolling back was lost and that is %s was changed by others', async (_, now) => {
    const kind = kindWith({
      read: answering<Authorization | null>(IAM, now),
      open: answering<unknown>(failure('UpdateMethod', 'lost')),
    });
    await expect(kind.rollBack(STEP, contextOf())).rejects.toThrow(
      'somebody else changed the same thing',
    );
  });
});
