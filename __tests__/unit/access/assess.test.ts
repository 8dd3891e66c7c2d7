import { describe, expect, test } from '@jest/globals';
import { addressOf, assessGroup, decideFor } from '../../../src/access/assess.js';
import type { AccessEvidence, Group } from '../../../src/access/model.js';
import type { ApiEvidence } from '../../../src/model/evidence.js';
import { api, apiOf, configured, onlyRow, read, UNREAD } from '../evidence-builder.js';
import { OWNER, policy } from './policies.js';

const ALLOW = { Effect: 'Allow', Action: 'execute-api:Invoke', Resource: '*' };
const DENY = { ...ALLOW, Effect: 'Deny' };

const GROUP: Group = {
  name: 'callers',
  userArns: [`arn:aws:iam::${OWNER}:user/one`],
  attachedPolicies: [],
  policies: [policy('identity', ALLOW)],
};

function accessOf(parts: Partial<AccessEvidence> = {}): AccessEvidence {
  return {
    partition: 'aws',
    region: 'eu-west-1',
    accountId: OWNER,
    group: read(GROUP),
    ...parts,
  };
}

function withPolicy(of: ApiEvidence, ...statements: object[]): ApiEvidence {
  if (!of.description.readable) throw new Error('the description cannot be read');
  const text = JSON.stringify({ Version: '2012-10-17', Statement: statements });
  return { ...of, description: read({ ...of.description.value, policy: text }) };
}

const API = apiOf({ 'GET /pets': 'AWS_IAM' });

describe('whether a group may invoke', () => {
  const assessed = (of: ApiEvidence, access = accessOf()) =>
    assessGroup([onlyRow(of)], access).map(({ decision }) => decision.may);

  test('is decided by its policies and by that of the API', () => {
    expect(assessed(API)).toEqual(['allow']);
    const none = read({ ...GROUP, policies: [] });
    expect(assessed(API, accessOf({ group: none }))).toEqual(['deny']);
    expect(assessed(withPolicy(API, { ...DENY, Principal: '*' }))).toEqual(['deny']);
  });

  test('is asked of what a stage serves under IAM alone', () => {
    expect(assessed(api({ configured: read(configured({ 'GET /a': 'AWS_IAM' })) }))).toEqual([]);
    expect(assessed(apiOf({ 'GET /a': 'CUSTOM' }))).toEqual([]);
  });

  test('is not known where group, account or resource policy are not', () => {
    expect(assessed(API, accessOf({ group: null }))).toEqual([]);
    expect(assessed(API, accessOf({ group: UNREAD }))).toEqual([]);
    expect(assessed(API, accessOf({ accountId: null }))).toEqual([]);
    expect(assessed({ ...API, description: UNREAD })).toEqual([]);
  });

  test('is decided at the address of the method in its stage', () => {
    const at = (row: ReturnType<typeof onlyRow>) => {
      const { stage, method, path, apiId, accountId } = addressOf(row, accessOf());
      return [apiId, stage, method, path, accountId];
    };
    const row = onlyRow(API);
    expect(at(row)).toEqual(['a1b2c3', 'prod', 'GET', '/pets', OWNER]);
    expect(at({ ...row, stage: null })).toEqual(['a1b2c3', null, 'GET', '/pets', OWNER]);
    const Resource = `arn:aws:execute-api:eu-west-1:${OWNER}:a1b2c3/prod/GET/pets`;
    const only = (resource: string) => ({
      ...GROUP,
      policies: [policy('identity', { ...ALLOW, Resource: resource })],
    });
    expect(assessed(API, accessOf({ group: read(only(Resource)) }))).toEqual(['allow']);
    const elsewhere = Resource.replace('/prod/', '/dev/');
    expect(assessed(API, accessOf({ group: read(only(elsewhere)) }))).toEqual(['deny']);
  });

  test('can be asked as if nothing were denied', () => {
    const group = { ...GROUP, policies: [policy('identity', ALLOW, DENY)] };
    const row = onlyRow(withPolicy(API, { ...DENY, Principal: '*' }, { ...ALLOW, Principal: '*' }));
    expect(decideFor(group, row, accessOf())?.may).toBe('deny');
    expect(decideFor(group, row, accessOf(), 'Deny')?.may).toBe('allow');
  });
});

test('a method is of its stage; without one, of any', () => {
  expect(addressOf(onlyRow(API), accessOf())).toEqual({
    partition: 'aws',
    region: 'eu-west-1',
    accountId: OWNER,
    apiId: 'a1b2c3',
    stage: 'prod',
    method: 'GET',
    path: '/pets',
  });
  const alone = api({ configured: read(configured({ 'GET /a': 'AWS_IAM' })) });
  expect(addressOf(onlyRow(alone), accessOf()).stage).toBeNull();
});
