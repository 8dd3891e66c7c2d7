import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  ACCOUNT,
  holderOfName,
  isGrantFor,
  isSameDocument,
  oldestNotInForce,
  policyNameOf,
  purposeOf,
  withAccount,
  withoutAccount,
} from '../../../src/enforce/grant/policy.js';

describe('the policy of a stage', () => {
  test('has a name of at most 128 characters, another for each stage', () => {
    expect(policyNameOf('a1b2c3', 'prod')).toBe('apigw-iam-gate-a1b2c3-prod');
    const fits = 's'.repeat(128 - 'apigw-iam-gate-a1b2c3-'.length);
    expect(policyNameOf('a1b2c3', fits)).toBe(`apigw-iam-gate-a1b2c3-${fits}`);
    const long = policyNameOf('a1b2c3', `${fits}s`);
    expect(long).toHaveLength(128);
    expect(long).toMatch(/^apigw-iam-gate-a1b2c3-s+-[0-9a-f]{8}$/);
    expect(policyNameOf('a1b2c3', `${fits}t`)).not.toBe(long);
    expect(policyNameOf('a1b2c3', `${fits}s`)).toBe(long);
  });

  test('has a name and a tag that IAM takes, of whatever stage, and its own', () => {
    const characters = [...'abcXYZ019_-$'].map((character) => fc.constant(character));
    const stageName = fc.oneof(
      fc.constant('$default'),
      fc.array(fc.oneof(...characters), { minLength: 1, maxLength: 128 }).map((it) => it.join('')),
    );
    fc.assert(
      fc.property(stageName, stageName, (stage, other) => {
        const policyName = policyNameOf('a1b2c3', stage);
        const purpose = purposeOf('a1b2c3', stage);
        expect(policyName).toMatch(/^[\w+=,.@-]{1,128}$/);
        expect(purpose).toMatch(/^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u);
        const step = { target: { policyName }, does: { purpose } };
        expect(isGrantFor(step, 'a1b2c3')).toBe(true);
        expect(isGrantFor(step, 'a1b2c')).toBe(false);
        expect(policyNameOf('a1b2c3', other) === policyName).toBe(other === stage);
        expect(purposeOf('a1b2c3', other) === purpose).toBe(other === stage);
      }),
    );
  });

  const NAMES = ['prod', 'apigw-iam-gate-a1b2c3-Prod', 'x-apigw-iam-gate-a1b2c3-dev'].map(
    (name, index) => ({
      name,
      arn: `arn:aws:iam::111122223333:policy${'/team'.repeat(index)}/${name}`,
    }),
  );
  test.each([
    ['apigw-iam-gate-a1b2c3-Prod', '/team/apigw-iam-gate-a1b2c3-Prod'],
    ['apigw-iam-gate-a1b2c3-prod', '/team/apigw-iam-gate-a1b2c3-Prod'],
    ['apigw-iam-gate-a1b2c3-dev', null],
    ['apigw-iam-gate-a1b2c3-pro', null],
  ])('of the name %s is kept from being created by %s', (wanted, expected) => {
    expect(holderOfName(wanted, NAMES)).toBe(expected);
  });

  const step = (purpose: string, policyName: string) => ({
    target: { policyName },
    does: { purpose },
  });
  test.each<[string, ReturnType<typeof step>, boolean]>([
    ['is its own', step('a1b2c3/prod', 'apigw-iam-gate-a1b2c3-prod'), true],
    ['has a slash in its stage', step('a1b2c3/a/b', 'apigw-iam-gate-a1b2c3-a/b'), true],
    ['is of another API', step('other/prod', 'apigw-iam-gate-other-prod'), false],
    [
      'is of an API whose id begins alike',
      step('a1b2c34/prod', 'apigw-iam-gate-a1b2c34-prod'),
      false,
    ],
    ['is of another stage', step('a1b2c3/prod', 'apigw-iam-gate-a1b2c3-dev'), false],
    ['has another name', step('a1b2c3/prod', 'AdministratorAccess'), false],
  ])('that %s', (_, given, expected) => {
    expect(isGrantFor(given, 'a1b2c3')).toBe(expected);
  });

  test('names no account in a journal, and the account in IAM', () => {
    const document = 'arn:aws:execute-api:*:111122223333:a/* arn:aws:iam::111122223333:role/x';
    const kept = withoutAccount(document, '111122223333');
    expect(kept).toBe(`arn:aws:execute-api:*:${ACCOUNT}:a/* arn:aws:iam::${ACCOUNT}:role/x`);
    expect(withAccount(kept, '111122223333')).toBe(document);
  });
});

describe('two documents', () => {
  test.each<[string, string, string, boolean]>([
    ['are the same text', '{', '{', true],
    [
      'have members in another order',
      '{"a":1,"b":{"c":2,"d":3}}',
      '{"b":{"d":3,"c":2},"a":1}',
      true,
    ],
    ['have three members in another order', '{"b":1,"c":2,"a":3}', '{"a":3,"b":1,"c":2}', true],
    ['write a list of one', '{"a":["x"]}', '{"a":"x"}', true],
    ['write a list of one object', '{"a":[{"b":1,"c":2}]}', '{"a":{"c":2,"b":1}}', true],
    ['have white space', '{ "a" : [ 1, 2 ] }', '{"a":[1,2]}', true],
    ['have nothing in places', '{"a":null,"b":[]}', '{"b":[],"a":null}', true],
    ['have another value', '{"a":"x"}', '{"a":"y"}', false],
    ['have another member', '{"a":1}', '{"a":1,"b":1}', false],
    ['have null and an empty object', '{"a":null}', '{"a":{}}', false],
    ['have a list in another order', '{"a":[1,2]}', '{"a":[2,1]}', false],
    ['are no JSON and differ', '{', '{}', false],
  ])('that %s are the same: %s, %s: %s', (_, a, b, expected) => {
    expect(isSameDocument(a, b)).toBe(expected);
  });
});

test.each([
  ['the last that is not in force', ['v3', 'v2*', 'v1'], 'v1'],
  ['not the one in force', ['v3', 'v2', 'v1*'], 'v2'],
  ['none where there is one alone', ['v1*'], null],
])('the oldest version to delete is %s', (_, names, expected) => {
  const versions = names.map((name) => ({
    id: name.replace('*', ''),
    isDefault: name.endsWith('*'),
  }));
  expect(oldestNotInForce(versions)?.id ?? null).toBe(expected);
});
