import { describe, expect, test } from '@jest/globals';
import { isDecidedByIam } from '../../../src/access/assess.js';
import { contextOf, fitPrincipals } from '../../../src/access/caller.js';
import { leastPolicy } from '../../../src/access/least-policy.js';
import { resourcePolicyOf } from '../../../src/access/resource-policy.js';
import { api, apiOf, onlyRow, UNREAD } from '../evidence-builder.js';
import {
  ANN,
  API_ARN,
  allow,
  BOB,
  caller,
  decide,
  identity,
  method,
  OWNER,
  policy,
  resource,
  STRANGER,
} from './policies.js';

const ROOT = `arn:aws:iam::${OWNER}:root`;
const BOTH = caller({ userArns: [ANN, BOB] });
/** Users that nobody named: any of the account's. */
const ANYBODY = caller({ userArns: [] });

const ALWAYS = { holds: 'always', delegates: false };
const NEVER = { holds: 'never', delegates: false };
const SOMETIMES = { holds: 'sometimes', delegates: false };
const DELEGATED = { holds: 'always', delegates: true };

describe('whom a statement speaks of', () => {
  test.each<[aws: string[], who: ReturnType<typeof caller>, allowed: object, denied: object]>([
    [['*'], caller(), ALWAYS, ALWAYS],
    [[ANN], caller(), ALWAYS, ALWAYS],
    [[BOB], caller(), NEVER, NEVER],
    [[ANN], BOTH, SOMETIMES, SOMETIMES],
    [[ANN, BOB], BOTH, ALWAYS, ALWAYS],
    [[OWNER], caller(), DELEGATED, ALWAYS],
    [[ROOT], caller(), DELEGATED, ALWAYS],
    [[STRANGER], caller(), NEVER, NEVER],
    [[`arn:aws-cn:iam::${OWNER}:root`], caller(), NEVER, NEVER],
    [[ANN, OWNER], caller(), ALWAYS, ALWAYS],
    [[ANN, OWNER], BOTH, SOMETIMES, ALWAYS],
    [[ANN], ANYBODY, SOMETIMES, SOMETIMES],
    [[`arn:aws:iam::${STRANGER}:user/x`], ANYBODY, NEVER, NEVER],
    [[], caller(), NEVER, NEVER],
  ])('Principal %j, of %j', (aws, who, allowed, denied) => {
    const principals = { negated: false, aws, others: [] };
    expect(fitPrincipals(principals, who, 'Allow')).toEqual(allowed);
    expect(fitPrincipals(principals, who, 'Deny')).toEqual(denied);
  });

  test.each<[aws: string[], who: ReturnType<typeof caller>, fit: object]>([
    [['*'], caller(), NEVER],
    [['*', ANN], caller(), NEVER],
    [[ANN, OWNER], caller(), NEVER],
    [[ANN, ROOT], caller(), NEVER],
    [[ANN], caller(), SOMETIMES],
    [[OWNER], caller(), SOMETIMES],
    [[BOB], caller(), ALWAYS],
    [[STRANGER], caller(), ALWAYS],
    [[ANN, OWNER], BOTH, SOMETIMES],
  ])('NotPrincipal %j, of %j', (aws, who, fit) => {
    const principals = { negated: true, aws, others: [] };
    expect(fitPrincipals(principals, who, 'Allow')).toEqual(fit);
    expect(fitPrincipals(principals, who, 'Deny')).toEqual(fit);
  });

  test('and what every request of it holds', () => {
    expect([...contextOf(caller())]).toEqual([
      ['aws:principalaccount', OWNER],
      ['aws:principaltype', 'User'],
      ['aws:securetransport', 'true'],
    ]);
  });
});

describe('conditions on what every request holds', () => {
  test.each<[object, string]>([
    [{ StringEquals: { 'aws:PrincipalType': 'User' } }, 'allow'],
    [{ StringEquals: { 'aws:PrincipalType': 'user' } }, 'deny'],
    [{ StringEqualsIgnoreCase: { 'aws:PrincipalType': 'USER' } }, 'allow'],
    [{ StringNotEquals: { 'aws:PrincipalType': 'User' } }, 'deny'],
    [{ StringNotEqualsIgnoreCase: { 'AWS:principalTYPE': 'x' } }, 'allow'],
    [{ StringLike: { 'aws:PrincipalAccount': `${OWNER.slice(0, 4)}*` } }, 'allow'],
    [{ StringLike: { 'aws:PrincipalAccount': '9*' } }, 'deny'],
    [{ StringNotLike: { 'aws:PrincipalAccount': '9*' } }, 'allow'],
    [{ StringLike: { 'aws:PrincipalType': '*U?ser' } }, 'deny'],
    [{ StringLike: { 'aws:PrincipalType': 'U?er' } }, 'allow'],
    [{ Bool: { 'aws:SecureTransport': 'TRUE' } }, 'allow'],
    [{ Bool: { 'aws:SecureTransport': 'false' } }, 'deny'],
    [{ StringEquals: { 'aws:PrincipalType': ['x', 'User'] } }, 'allow'],
    [{ NumericEquals: { 'aws:PrincipalAccount': OWNER } }, 'depends'],
    [{ StringEquals: { 'aws:SourceVpc': 'vpc-1' } }, 'depends'],
  ])('%j', (Condition, may) => {
    expect(decide({ identity: identity(allow({ Condition })) }).may).toBe(may);
  });
});

describe('a decision says why', () => {
  test('of a private API without a policy', () => {
    expect(decide({ isPrivate: true })).toEqual({
      may: 'deny',
      how: 'implicit',
      because: ['a private API without a resource policy lets nobody in'],
    });
  });

  test('of ANY whose verbs fare differently', () => {
    const Condition = { StringEquals: { 'aws:SourceVpc': 'vpc-1' } };
    const some = identity(
      allow({ Resource: `${API_ARN}/prod/GET/*`, Condition }),
      allow({ Resource: `${API_ARN}/prod/POST/*` }),
    );
    const decision = decide({ identity: some, method: method('ANY /pets') });
    expect(decision.may).toBe('depends');
    const on = decision.may === 'depends' ? decision.on : [];
    expect(on).toContain('the HTTP method');
    expect(on.join()).toContain('aws:SourceVpc');
  });

  test('of the account as a whole, which leaves it to callers', () => {
    const delegating = resource(allow({ Principal: { AWS: OWNER } }));
    const decision = decide({ resource: delegating });
    expect(decision).toMatchObject({ may: 'deny', how: 'implicit' });
    expect(decision.may === 'deny' && decision.because.join()).toContain('account as a whole');
    expect(decide({ resource: delegating, identity: identity(allow()) }).may).toBe('allow');
  });
});

describe('which methods IAM decides about', () => {
  test.each<[string, boolean]>([
    ['AWS_IAM', true],
    ['unreadable', true],
    ['NONE', true],
    ['CUSTOM', false],
  ])('of type %s: %s', (type, expected) => {
    expect(isDecidedByIam(onlyRow(apiOf({ 'GET /a': type })))).toBe(expected);
  });

  test('is none that a policy lets be open', () => {
    const row = { ...onlyRow(apiOf({ 'GET /a': 'NONE' })), allowedTypes: ['AWS_IAM', 'NONE'] };
    expect(isDecidedByIam(row)).toBe(false);
    expect(isDecidedByIam({ ...row, preflight: 'yes', deployed: 'AWS_IAM' })).toBe(false);
  });
});

describe('the resource policy of an API', () => {
  function apiWith(text: string | null) {
    const of = api();
    if (!of.description.readable) throw new Error('no description');
    const description = {
      readable: true as const,
      value: { ...of.description.value, policy: text },
    };
    return { ...of, description };
  }

  test('is parsed once, as every rule asks for it', () => {
    const of = apiWith('{"Version":"2012-10-17","Statement":[]}');
    expect(resourcePolicyOf(of)).toBe(resourcePolicyOf(of));
  });

  test('is none, unreadable, or expanded from its short form', () => {
    expect(resourcePolicyOf(apiWith(null))).toEqual({ readable: true, value: null });
    expect(resourcePolicyOf({ ...api(), description: UNREAD })).toBe(UNREAD);
    expect(resourcePolicyOf(apiWith('no'))).toMatchObject({
      readable: false,
      call: 'GetRestApi',
      reason: expect.stringMatching(/^answered one that was not understood: ./),
    });
    const short = JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ ...allow(), Principal: '*', Resource: 'execute-api:/prod/GET/a' }],
    });
    const found = resourcePolicyOf(apiWith(short));
    const named = found.readable ? found.value : null;
    expect(named?.name).toBe('the resource policy');
    expect(named?.document.statements[0]?.resources.patterns).toEqual([
      'arn:*?:execute-api:*?:*?:a1b2c3/prod/GET/a',
    ]);
  });
});

test.each<[object, RegExp]>([
  [{ Principal: { AWS: [] } }, /names no principal in "AWS"/],
  [{ Principal: 7 }, /neither "\*" nor an object/],
  [{}, /names no principal/],
  [{ Principal: '*', NotPrincipal: '*' }, /both Principal and NotPrincipal/],
])('a resource policy with %j is refused', (parts, why) => {
  expect(() => policy('resource', allow(parts))).toThrow(why);
});

test('the least policy fits a limit that it meets to the letter', () => {
  const place = { partition: 'aws', region: 'eu-west-1', account: OWNER };
  const methods = ['/a', '/b'].map((path) => ({
    apiId: 'a1b2c3',
    stage: 'prod',
    method: 'GET',
    path,
  }));
  const whole = leastPolicy(methods, place, 10_000);
  const length = whole?.document.length ?? 0;
  expect(leastPolicy(methods, place, length)).toEqual({ ...whole, isExact: true });
  expect(leastPolicy(methods, place, length - 1)?.isExact).not.toBe(true);
  const arn = `arn:aws:execute-api:eu-west-1:${OWNER}:a1b2c3/*`;
  expect(leastPolicy(methods, place, arn.length - 1)).toBeNull();
  expect(leastPolicy([], place)).toBeNull();
});
