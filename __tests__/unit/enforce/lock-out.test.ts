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

const IDLE = { api: API, stages: [], live: [], refusals: [] };

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
