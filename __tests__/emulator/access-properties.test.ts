import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Caller, evaluateInvocation } from '../../emulator/access/evaluate.js';
import { matches, tokensOf } from '../../emulator/access/pattern.js';

const OWNER = '111122221633';
const ARN = `arn:aws:execute-api:eu-west-1:${OWNER}:a1b2c3/prod/GET/pets/7`;
const callers: Caller[] = [
  { arn: `arn:aws:iam::${OWNER}:user/ann`, accountId: OWNER, userId: 'AIDAANN' },
  { arn: 'arn:aws:iam::999988887777:user/p', accountId: '999988887777', userId: 'AIDAP' },
];
const keys = new Map([
  ['aws:sourceip', ['203.0.113.7']],
  ['aws:username', ['ann']],
]);

const condition = fc.constantFrom(
  undefined,
  { IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } },
  { NotIpAddress: { 'aws:SourceIp': '203.0.113.0/24' } },
  { StringEquals: { 'aws:username': ['ann', 'bob'] } },
  { StringNotEquals: { 'aws:SourceVpce': 'vpce-1' } },
  { Null: { 'aws:PrincipalOrgID': 'false' } },
);
const action = fc.constantFrom('*', 'execute-api:*', 'execute-api:Invoke', 's3:GetObject');
const path = fc.constantFrom('*', ARN, 'arn:aws:execute-api:*:*:a1b2c3/prod/GET/*', `${ARN}/x`);

const identityStatement = fc
  .record({ Effect: fc.constantFrom('Allow', 'Deny'), action, path, condition, not: fc.boolean() })
  .map(({ Effect, action: Action, path: Resource, condition: Condition, not }) => ({
    Effect,
    Action,
    ...(not ? { NotResource: Resource } : { Resource }),
    ...(Condition === undefined ? {} : { Condition }),
  }));

const resourceStatement = fc
  .tuple(
    identityStatement,
    fc.constantFrom('*', { AWS: '*' }, { AWS: callers[0]?.arn }, { AWS: OWNER }, { Service: 'x' }),
  )
  .map(([statement, Principal]) => ({ ...statement, Principal }));

const types = fc.constantFrom('NONE' as const, 'AWS_IAM' as const, 'COGNITO_USER_POOLS' as const);

function document(statements: readonly object[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: statements });
}

interface Situation {
  readonly authorizationType: 'NONE' | 'AWS_IAM' | 'COGNITO_USER_POOLS';
  readonly caller: Caller;
  readonly identity: readonly object[];
  readonly resource: readonly object[];
}

const situation: fc.Arbitrary<Situation> = fc.record({
  authorizationType: types,
  caller: fc.constantFrom(...callers),
  identity: fc.array(identityStatement, { minLength: 1, maxLength: 5 }),
  resource: fc.array(resourceStatement, { minLength: 1, maxLength: 5 }),
});

function decide({ authorizationType, caller, identity, resource }: Situation): string {
  return evaluateInvocation(
    {
      authorizationType,
      resource: ARN,
      ...(authorizationType === 'AWS_IAM' ? { caller } : {}),
    },
    { identityPolicies: [document(identity)], resourcePolicy: document(resource), keys },
  ).decision;
}

const everything = { Action: '*', Resource: '*' };

describe('of every set of statements', () => {
  test('a deny that covers the request wins', () => {
    fc.assert(
      fc.property(situation, fc.nat(), (given, place) => {
        const at = place % (given.resource.length + 1);
        const resource = given.resource.toSpliced(at, 0, {
          Effect: 'Deny',
          ...everything,
          Principal: '*',
        });
        expect(decide({ ...given, resource })).toBe('explicit-deny');
        const identity = [...given.identity, { Effect: 'Deny', ...everything }];
        if (given.authorizationType === 'AWS_IAM')
          expect(decide({ ...given, identity })).toBe('explicit-deny');
      }),
    );
  });

  test('order and repetition change nothing', () => {
    fc.assert(
      fc.property(situation, (given) => {
        const expected = decide(given);
        const { identity, resource } = given;
        expect(
          decide({
            ...given,
            identity: [...identity, ...identity].toReversed(),
            resource: [...resource.toReversed(), ...resource],
          }),
        ).toBe(expected);
      }),
    );
  });

  test('one document or many: the same', () => {
    fc.assert(
      fc.property(situation, (given) => {
        const { caller, identity, resource } = given;
        const { decision } = evaluateInvocation(
          { authorizationType: 'AWS_IAM', resource: ARN, caller },
          {
            identityPolicies: identity.map((statement) => document([statement])),
            resourcePolicy: document(resource),
            keys,
          },
        );
        expect(decision).toBe(decide({ ...given, authorizationType: 'AWS_IAM' }));
      }),
    );
  });

  test('one more allow never refuses, one more deny never lets in', () => {
    const rank = ['explicit-deny', 'implicit-deny', 'allow'];
    fc.assert(
      fc.property(situation, resourceStatement, (given, added) => {
        const before = rank.indexOf(decide(given));
        const changed = (Effect: string) =>
          rank.indexOf(decide({ ...given, resource: [...given.resource, { ...added, Effect }] }));
        expect(changed('Allow')).toBeGreaterThanOrEqual(before);
        expect(changed('Deny')).toBeLessThanOrEqual(before);
      }),
    );
  });

  test('who is let in across accounts would be let in at home', () => {
    fc.assert(
      fc.property(situation, (given) => {
        const [home, abroad] = callers;
        if (home === undefined || abroad === undefined) throw new Error('no callers');
        const resource = given.resource.map((statement) => ({ ...statement, Principal: '*' }));
        const fixed = { ...given, resource, authorizationType: 'AWS_IAM' } satisfies Situation;
        if (decide({ ...fixed, caller: abroad }) === 'allow')
          expect(decide({ ...fixed, caller: home })).toBe('allow');
      }),
    );
  });
});

describe('patterns', () => {
  const text = fc.stringMatching(/^[ab:/.+$]{0,12}$/);

  test('agree with a regular expression that says the same', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[ab:/.+*?]{0,10}$/), text, (pattern, subject) => {
        const expression = pattern
          .replace(/[.+$]/g, '\\$&')
          .replaceAll('*', '[^]*')
          .replaceAll('?', '[^]');
        expect(matches(tokensOf(pattern, undefined) ?? [], subject)).toBe(
          new RegExp(`^${expression}$`).test(subject),
        );
      }),
    );
  });

  test('any text is like itself, and like a star', () => {
    fc.assert(
      fc.property(text, (subject) => {
        expect(matches(tokensOf(subject, undefined) ?? [], subject)).toBe(true);
        expect(matches(tokensOf('*', undefined) ?? [], subject)).toBe(true);
      }),
    );
  });
});
