import { describe, expect, test } from '@jest/globals';
import { deniesStrangers, isNarrowed } from '../../../src/access/narrowing.js';
import type { Statement } from '../../../src/access/policy-document.js';
import { allow, deny, policy } from './policies.js';

function statement(made: object): Statement {
  const [first] = policy('resource', made).document.statements;
  if (first === undefined) throw new Error('there is no statement');
  return first;
}

const ORG = { 'aws:PrincipalOrgID': 'o-a1b2c3d4e5' };

describe('a condition of an Allow', () => {
  test.each<[object, boolean]>([
    [{ IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } }, true],
    [{ IpAddress: { 'aws:SourceIp': ['203.0.113.0/24', '2001:db8::/32'] } }, true],
    [{ IpAddress: { 'aws:SourceIp': '0.0.0.0/0' } }, false],
    [{ IpAddress: { 'aws:SourceIp': '::/0' } }, false],
    [{ IpAddress: { 'aws:SourceIp': ['203.0.113.0/24', '0.0.0.0/0'] } }, false],
    [{ IpAddress: { 'aws:SourceIp': ['0.0.0.0/1', '128.0.0.0/1'] } }, false],
    [{ NotIpAddress: { 'aws:SourceIp': '203.0.113.0/24' } }, false],
    [{ StringEquals: { 'aws:SourceVpc': 'vpc-0a1b2c3d' } }, true],
    [{ StringEquals: { 'AWS:sourceVPCE': 'vpce-0a1b2c3d' } }, true],
    [{ StringNotEquals: { 'aws:SourceVpce': 'vpce-0a1b2c3d' } }, false],
    [{ IpAddress: { 'aws:VpcSourceIp': '10.0.0.0/8' } }, true],
    [{ StringEquals: ORG }, true],
    [{ StringLike: { 'aws:PrincipalOrgID': 'o-*' } }, false],
    [{ StringLike: { 'aws:PrincipalOrgID': '*' } }, false],
    [{ 'ForAnyValue:StringLike': { 'aws:PrincipalOrgPaths': 'o-a1b2c3d4e5/r-ab12/*' } }, true],
    [{ 'ForAllValues:StringLike': { 'aws:PrincipalOrgPaths': 'o-a1b2c3d4e5/*' } }, false],
    [{ StringEquals: { 'aws:PrincipalAccount': ['111122223333', '444455556666'] } }, true],
    [{ StringEqualsIfExists: ORG }, false],
    [{ StringEqualsIfExists: ORG, Null: { 'aws:PrincipalOrgID': 'false' } }, true],
    [{ Null: { 'aws:PrincipalOrgID': 'false' } }, false],
    [{ ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::111122223333:role/*' } }, true],
    [{ ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/admin' } }, false],
    [{ StringLike: { 'aws:PrincipalArn': '*' } }, false],
    [{ ArnEquals: { 'aws:SourceArn': 'arn:aws:s3:::one-bucket' } }, true],
    [{ ArnLike: { 'aws:SourceArn': 'arn:aws:s3:::*' } }, false],
    [{ StringEquals: { 'aws:SourceAccount': '111122223333' } }, true],
    [{ StringEquals: { 'aws:Referer': 'https://example.com' } }, false],
    [{ StringEquals: { 'aws:UserAgent': 'mine' } }, false],
    [{ Bool: { 'aws:SecureTransport': 'true' } }, false],
    [{ Bool: { 'aws:MultiFactorAuthPresent': 'true' } }, false],
    [{ StringEquals: { 'aws:PrincipalTag/team': 'shop' } }, false],
    [{ StringEquals: { 'aws:username': 'ann' } }, false],
    [{ DateGreaterThan: { 'aws:CurrentTime': '2030-01-01T00:00:00Z' } }, false],
    [{ Bool: { 'aws:SecureTransport': 'true' }, StringEquals: ORG }, true],
  ])('%j', (Condition, narrows) => {
    expect(isNarrowed(statement(allow({ Principal: '*', Condition })), 'any')).toBe(narrows);
  });

  test.each<[object, boolean]>([
    [{ StringEquals: { 'aws:SourceVpce': 'vpce-0a1b2c3d' } }, true],
    [{ StringEquals: { 'aws:SourceVpc': 'vpc-0a1b2c3d' } }, true],
    [{ IpAddress: { 'aws:VpcSourceIp': '10.0.0.0/8' } }, false],
    [{ StringEquals: ORG }, false],
  ])('names a VPC or endpoint: %j', (Condition, narrows) => {
    expect(isNarrowed(statement(allow({ Principal: '*', Condition })), 'network')).toBe(narrows);
  });
});

describe('a Deny of strangers', () => {
  test.each<[object, boolean]>([
    [{ NotIpAddress: { 'aws:SourceIp': '203.0.113.0/24' } }, true],
    [{ NotIpAddress: { 'aws:SourceIp': '0.0.0.0/0' } }, false],
    [{ IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } }, false],
    [{ StringNotEquals: { 'aws:SourceVpce': 'vpce-0a1b2c3d' } }, true],
    [{ StringNotEqualsIfExists: ORG }, true],
    [{ 'ForAllValues:StringNotEquals': ORG }, true],
    [{ 'ForAnyValue:StringNotEquals': ORG }, false],
    [{ Null: { 'aws:SourceVpce': 'true' } }, true],
    [{ StringNotEquals: { 'aws:Referer': 'https://example.com' } }, false],
    // Whoever meets one of the two is let through.
    [{ StringNotEquals: { ...ORG, 'aws:SourceVpce': 'vpce-0a1b2c3d' } }, false],
    [{}, false],
  ])('%j', (Condition, denies) => {
    expect(deniesStrangers(statement(deny({ Principal: '*', Condition })), 'any')).toBe(denies);
  });

  test('names whom it spares', () => {
    const spare = { NotPrincipal: { AWS: ['arn:aws:iam::111122223333:user/ann', '111122223333'] } };
    expect(deniesStrangers(statement(deny(spare)), 'any')).toBe(true);
    expect(deniesStrangers(statement(deny(spare)), 'network')).toBe(false);
  });

  test('does not speak of one principal alone', () => {
    const Condition = { StringNotEquals: ORG };
    const one = statement(deny({ Principal: { AWS: '111122223333' }, Condition }));
    expect(deniesStrangers(one, 'any')).toBe(false);
  });
});
