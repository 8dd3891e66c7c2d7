import { describe, expect, test } from '@jest/globals';
import { lockOutsOf } from '../../../src/enforce/grant/lock-out.js';
import type { GrantPlan } from '../../../src/enforce/grant/plan.js';
import { apiOf, stage } from '../evidence-builder.js';

const API = apiOf({ 'GET /pets': 'NONE' });
const PROD = { ...stage(), name: 'prod' };
const DEV = { ...stage(), name: 'dev' };
const WHY = 'the policy apigw-iam-gate-a1b2c3-prod was not read';

function grantFor(name: string, refusals: readonly string[], apiId = API.id): GrantPlan {
  const policyName = `apigw-iam-gate-${apiId}-${name}`;
  return { apiId, stage: name, groupName: 'callers', policyName, steps: [], refusals };
}

const IDLE = { api: API, stages: [], live: [], expected: new Map(), refusals: [] };

describe('a grant that is not made', () => {
  test.each([
    ['is deployed to', { ...IDLE, stages: [PROD] }],
    ['deploys by itself', { ...IDLE, live: [PROD] }],
  ])('keeps what is changed where its stage %s', (_, plan) => {
    expect(lockOutsOf(plan, [grantFor('prod', [WHY])])).toEqual([
      `the grant for stage prod is not made, and without it the group in invoke-group would be locked out: ${WHY}`,
    ]);
  });

  test.each<[string, Parameters<typeof lockOutsOf>[0], GrantPlan]>([
    ['another stage is changed', { ...IDLE, stages: [DEV] }, grantFor('prod', [WHY])],
    ['no stage is', IDLE, grantFor('prod', [WHY])],
    ['it is of another API', { ...IDLE, stages: [PROD] }, grantFor('prod', [WHY], 'other12345')],
    ['nothing forbids it', { ...IDLE, stages: [PROD] }, grantFor('prod', [])],
    [
      'the same forbids the change already',
      { ...IDLE, stages: [PROD], refusals: [WHY] },
      grantFor('prod', [WHY]),
    ],
  ])('says nothing where %s', (_, plan, grant) => {
    expect(lockOutsOf(plan, [grant])).toEqual([]);
  });
});

describe('a deny that defeats a grant', () => {
  const BECAUSE = ['statement 1 of the policy no-pets'];
  const expected = new Map([
    ['GET /pets', { authorizationType: 'AWS_IAM', apiKeyRequired: false }],
    ['GET /kept', { authorizationType: 'CUSTOM', apiKeyRequired: false }],
  ]);
  const plan = { ...IDLE, expected, stages: [PROD] };
  const denied = (...paths: readonly string[]) => ({
    ...grantFor('prod', []),
    defeated: paths.map((path) => ({ method: 'GET', path, because: BECAUSE })),
  });

  test('keeps the API where a method of it is turned to IAM', () => {
    expect(lockOutsOf(plan, [denied('/kept', '/pets')])).toEqual([
      'group callers would be locked out of GET /pets in stage prod, since no grant defeats a deny (statement 1 of the policy no-pets); narrow the deny first, or, if it is meant, enforce without grant',
    ]);
  });

  test('names five methods, and counts the others', () => {
    const paths = ['/a', '/b', '/c', '/d', '/e', '/f', '/g'];
    const all = new Map(
      paths.map((path) => [`GET ${path}`, { authorizationType: 'AWS_IAM', apiKeyRequired: false }]),
    );
    const [said] = lockOutsOf({ ...plan, expected: all }, [denied(...paths)]);
    expect(said).toContain('GET /a, GET /b, GET /c, GET /d, GET /e and 2 more in stage prod');
  });

  test('says nothing where no such method is turned, or its stage is not changed', () => {
    expect(lockOutsOf(plan, [denied('/kept', '/gone')])).toEqual([]);
    expect(lockOutsOf({ ...plan, stages: [DEV] }, [denied('/pets')])).toEqual([]);
  });
});
