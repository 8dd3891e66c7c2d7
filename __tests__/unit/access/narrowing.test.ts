// biome-ignore-all lint/suspicious/noTemplateCurlyInString: IAM spells its policy variables so
import { describe, expect, test } from '@jest/globals';
import { deniesStrangers, isNarrowed, isOpenName } from '../../../src/access/narrowing.js';
import type { Statement } from '../../../src/access/policy-document.js';
import { allow, deny, policy } from './policies.js';

function statement(made: object): Statement {
  const [first] = policy('resource', made).document.statements;
  if (first === undefined) throw new Error('there is no statement');
  return first;
}

const VPC_ARN = 'arn:aws:ec2:eu-west-1:111122223333:vpc';
const API_ARN = 'arn:aws:execute-api:eu-west-1:111122223333:a1b2c3';
const RULE_ARN = 'arn:aws:events:eu-west-1:111122223333:rule';
const ORG = { 'aws:PrincipalOrgID': 'o-a1b2c3d4e5' };

describe('a name of a principal', () => {
  test.each([
    ['*', true],
    ['arn:aws:iam::*:root', true],
    ['arn:aws:iam::11112222????:root', true],
    ['arn:aws:iam::${aws:PrincipalAccount}:root', true],
    ['arn:aws:iam::1111222233334:role/*', true],
    ['arn:aws:s3::111122223333:role/*', true],
    ['arn:aws:iam::111122223333:role/*', false],
    ['arn:aws-us-gov:sts::111122223333:assumed-role/${role}/*', false],
    ['arn:aws:iam::111122223333:role/a', false],
    ['111122223333', false],
    ['AROAEXAMPLEID', false],
  ])('%s is open to others: %s', (name, isOpen) => {
    expect(isOpenName(name)).toBe(isOpen);
  });
});

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
    [{ IpAddress: { 'aws:VpcSourceIp': '10.0.0.0/8' } }, false],
    [{ IpAddress: { 'aws:SourceIp': '12.0.0.0/8' } }, true],
    [{ IpAddress: { 'aws:SourceIp': '12.0.0.0/7' } }, false],
    [{ IpAddress: { 'aws:SourceIp': ['12.0.0.0/8', '13.0.0.0/8'] } }, false],
    [{ IpAddress: { 'aws:SourceIp': ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'] } }, true],
    [{ IpAddress: { 'aws:SourceIp': ['10.0.0.0/8', '11.0.0.0/8'] } }, true],
    [{ IpAddress: { 'aws:SourceIp': '10.0.0.0/7' } }, false],
    [{ IpAddress: { 'aws:SourceIp': '2001:db8::/31' } }, false],
    [{ IpAddress: { 'aws:SourceIp': ['2001:db8::/32', '2001:db9::/32'] } }, false],
    [{ IpAddress: { 'aws:SourceIp': '::ffff:0:0/96' } }, false],
    [{ IpAddress: { 'aws:SourceIp': '::ffff:203.0.113.0/120' } }, true],
    [{ IpAddress: { 'aws:SourceIp': '::/64' } }, false],
    [{ IpAddress: { 'aws:SourceIp': '203.0.113.0/33' } }, false],
    [{ IpAddress: { 'aws:SourceIp': '203.0.113.*' } }, false],
    [{ IpAddress: { 'aws:SourceIp': 'office' } }, false],
    [{ IpAddress: { 'aws:SourceVpc': '203.0.113.0/24' } }, false],
    [{ StringEquals: { 'aws:SourceIp': '203.0.113.7' } }, true],
    [{ StringLike: { 'aws:SourceIp': '203.0.113.*' } }, false],
    [{ StringEquals: { 'aws:PrincipalOrgID': '${aws:PrincipalOrgID}' } }, false],
    [{ StringEquals: { 'aws:SourceVpc': ['vpc-0a1b2c3d', '${aws:SourceVpc}'] } }, false],
    [{ StringEquals: { 'aws:PrincipalAccount': '${aws:ResourceAccount}' } }, false],
    [{ StringEquals: { 'aws:PrincipalOrgID': '' } }, false],
    // What an anonymous request has for these keys.
    [{ StringEquals: { 'aws:PrincipalAccount': ['111122223333', 'anonymous'] } }, false],
    [{ StringEqualsIgnoreCase: { 'aws:userid': 'Anonymous' } }, false],
    // Values are alternatives: one that is not fixed is enough.
    [{ StringLike: { 'aws:SourceVpc': ['vpc-0a1b2c3d', 'vpc-*'] } }, false],
    [{ StringEquals: { 'aws:userid': ['AIDAEXAMPLEID', 'AROAEXAMPLEID:session'] } }, false],
    [
      { ArnLike: { 'aws:PrincipalArn': ['arn:aws:iam::111122223333:role/*', 'arn:aws:iam::*:*'] } },
      false,
    ],
    [{ ArnEquals: { 'aws:SourceVpc': 'arn:aws:iam::111122223333:role/a' } }, false],
    [{ ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::111122223333:role/*' } }, true],
    [{ ArnLike: { 'aws:PrincipalArn': 'urn:aws:iam::111122223333:role/*' } }, false],
    [{ ArnLike: { 'aws:PrincipalArn': '*:aws:iam::111122223333:role/*' } }, false],
    [{ ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::1111222233334444:role/*' } }, false],
    [{ StringEquals: { 'aws:VpceAccount': '111122223333' } }, true],
    [{ StringLike: { 'aws:VpceAccount': '1111*' } }, false],
    [{ StringEquals: { 'aws:VpceOrgID': 'o-a1b2c3d4e5' } }, true],
    [{ ArnEquals: { 'aws:SourceVpcArn': `${VPC_ARN}/vpc-0a1b2c3d` } }, true],
    [{ ArnLike: { 'aws:SourceVpcArn': `${VPC_ARN}/*` } }, true],
    [{ ArnLike: { 'aws:SourceVpcArn': 'arn:aws:ec2:eu-west-1:*:vpc/*' } }, false],
    [{ StringLike: { 'aws:VpceOrgPaths': 'o-a1b2c3d4e5/*' } }, true],
    [{ StringLike: { 'aws:VpceOrgPaths': 'o-a1b2*' } }, false],
    [{ StringLike: { 'aws:SourceVpc': 'vpc-0a1b2c3d4e5f*' } }, false],
    [{ StringLike: { 'aws:SourceVpce': 'vpce-0a1b2c3d?e5f' } }, false],
    [{ StringLike: { 'aws:SourceVpce': 'vpce-0a1b2c3d4e5f' } }, true],
    [{ StringLike: { 'aws:PrincipalAccount': '11112222333?' } }, false],
    [{ StringLike: { 'aws:PrincipalOrgPaths': 'o-a1b2c3d4e5*' } }, false],
    [{ StringLike: { 'aws:userid': 'AROAEXAMPLEID:*' } }, false],
    [{ StringEquals: { 'aws:userid': 'AROAEXAMPLEID:session' } }, false],
    [{ StringEquals: { 'aws:userid': 'AIDAEXAMPLEID' } }, true],
    [{ StringEquals: ORG }, true],
    [{ StringLike: { 'aws:PrincipalOrgID': 'o-*' } }, false],
    [{ StringLike: { 'aws:PrincipalOrgID': '*' } }, false],
    [{ 'ForAnyValue:StringLike': { 'aws:PrincipalOrgPaths': 'o-a1b2c3d4e5/r-ab12/*' } }, true],
    [{ 'ForAllValues:StringLike': { 'aws:PrincipalOrgPaths': 'o-a1b2c3d4e5/*' } }, false],
    [{ StringEquals: { 'aws:PrincipalAccount': ['111122223333', '444455556666'] } }, true],
    [{ StringEqualsIfExists: ORG }, false],
    [{ StringEqualsIfExists: ORG, Null: { 'aws:PrincipalOrgID': 'false' } }, true],
    [{ StringEqualsIfExists: ORG, Null: { 'aws:PrincipalOrgID': ['true', 'false'] } }, false],
    [{ StringEqualsIfExists: ORG, Null: { 'aws:PrincipalOrgID': [] } }, false],
    [{ StringEqualsIfExists: ORG, Null: { 'aws:SourceVpc': 'false' } }, false],
    [{ StringEqualsIfExists: ORG, 'ForAllValues:Null': { 'aws:PrincipalOrgID': 'false' } }, false],
    [{ StringEqualsIfExists: ORG, NullIfExists: { 'aws:PrincipalOrgID': 'false' } }, false],
    [{ 'ForAllValues:StringEquals': ORG, null: { 'aws:principalorgid': false } }, true],
    [
      { 'ForAllValues:StringEquals': ORG, 'forallvalues:null': { 'aws:PrincipalOrgID': false } },
      false,
    ],
    [{ Null: { 'aws:PrincipalOrgID': 'false' } }, false],
    [{ ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::111122223333:role/*' } }, true],
    [{ ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/admin' } }, false],
    [{ StringLike: { 'aws:PrincipalArn': '*' } }, false],
    [{ StringLike: { 'aws:PrincipalArn': 'arn:aws:iam::111122223333:role/*' } }, true],
    [{ StringLike: { 'aws:PrincipalArn': 'arn:*:iam::111122223333:role/*' } }, false],
    [{ StringLike: { 'aws:PrincipalArn': 'arn:aws:iam:?:111122223333:role/*' } }, false],
    [{ ArnLike: { 'aws:PrincipalArn': 'arn:*:iam::111122223333:role/*' } }, true],
    [{ ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::1111*:role/*' } }, false],
    [{ ArnLike: { 'aws:SourceArn': 'arn:aws:s3:::bucket*' } }, false],
    [{ StringEquals: { 'aws:PrincipalArn': 'arn:aws-eusc:iam::111122223333:role/a' } }, true],
    [{ ArnEquals: { 'aws:SourceArn': 'arn:aws:s3:::one-bucket' } }, true],
    [{ ArnLike: { 'aws:SourceArn': 'arn:aws:s3:::*' } }, false],
    [{ StringEquals: { 'aws:SourceAccount': '111122223333' } }, true],
    [{ ArnLike: { 'aws:SourceArn': `${RULE_ARN}/*` } }, true],
    // What every request to the API may have as its source: the API itself.
    [{ ArnLike: { 'aws:SourceArn': `${API_ARN}/*` } }, false],
    [{ StringEquals: { 'aws:SourceArn': `${API_ARN}/prod/GET/pets` } }, false],
    [{ StringLike: { 'AWS:sourceArn': [`${RULE_ARN}/a`, `${API_ARN}/*`] } }, false],
    [{ ArnEquals: { 'aws:SourceArn': 'arn:aws:*:eu-west-1:111122223333:*' } }, false],
    [{ ArnLike: { 'aws:SourceArn': 'arn:aws:execute-???:eu-west-1:111122223333:*' } }, false],
    [{ StringEquals: { 'aws:SourceArn': 'arn:aws:apigateway:eu-west-1::/restapis/a1' } }, false],
    [{ ArnLike: { 'aws:PrincipalArn': 'arn:aws:*::111122223333:role/*' } }, true],
    // Five segments are no ARN.
    [{ ArnLike: { 'aws:PrincipalArn': 'arn:*:iam::111122223333' } }, false],
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
    [{ IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } }, false],
    [{ IpAddress: { 'aws:SourceIp': ['203.0.113.0/24', '192.168.1.7'] } }, false],
    [{ StringEquals: { 'aws:SourceIp': '172.16.0.1' } }, false],
    [{ IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } }, true],
    [{ StringEquals: { 'aws:SourceVpce': 'vpce-0a1b2c3d' } }, true],
    [{ StringEquals: ORG }, true],
  ])('of a private API, where private addresses are of any VPC: %j', (Condition, narrows) => {
    const one = statement(allow({ Principal: '*', Condition }));
    expect(isNarrowed(one, 'any-private')).toBe(narrows);
    expect(isNarrowed(one, 'any')).toBe(true);
  });

  test.each<[object, boolean]>([
    [{ StringEquals: { 'aws:SourceVpce': 'vpce-0a1b2c3d' } }, true],
    [{ StringEquals: { 'aws:SourceVpc': 'vpc-0a1b2c3d' } }, true],
    [{ StringEquals: { 'aws:SourceVpcArn': `${VPC_ARN}/vpc-0a1b2c3d` } }, true],
    [{ ArnLike: { 'aws:SourceVpcArn': 'arn:aws:ec2:eu-west-1:*:vpc/*' } }, false],
    [{ IpAddress: { 'aws:VpcSourceIp': '10.0.0.0/8' } }, false],
    [{ StringEquals: ORG }, false],
  ])('names a VPC or endpoint: %j', (Condition, narrows) => {
    expect(isNarrowed(statement(allow({ Principal: '*', Condition })), 'network')).toBe(narrows);
  });
});

describe('every key that tells whose a request is or where it comes from', () => {
  const NETWORK: Readonly<Record<string, string>> = {
    'aws:SourceVpc': 'vpc-0a1b2c3d',
    'aws:SourceVpce': 'vpce-0a1b2c3d',
    'aws:SourceVpcArn': `${VPC_ARN}/vpc-0a1b2c3d`,
    'aws:VpceAccount': '111122223333',
    'aws:VpceOrgID': 'o-a1b2c3d4e5',
    'aws:VpceOrgPaths': 'o-a1b2c3d4e5/r-ab12/',
  };
  const CALLER: Readonly<Record<string, string>> = {
    'aws:SourceIp': '203.0.113.7',
    'aws:PrincipalAccount': '111122223333',
    'aws:PrincipalArn': 'arn:aws:iam::111122223333:role/a',
    'aws:PrincipalOrgID': 'o-a1b2c3d4e5',
    'aws:PrincipalOrgPaths': 'o-a1b2c3d4e5/r-ab12/',
    'aws:userid': 'AIDAEXAMPLEID',
    'aws:SourceAccount': '111122223333',
    'aws:SourceArn': 'arn:aws:sns:eu-west-1:111122223333:topic',
    'aws:SourceOrgID': 'o-a1b2c3d4e5',
    'aws:SourceOrgPaths': 'o-a1b2c3d4e5/r-ab12/',
    'aws:SourceOwner': '111122223333',
  };
  const of = (operator: string, key: string, value: string, keys: 'any' | 'network' = 'any') =>
    isNarrowed(
      statement(allow({ Principal: '*', Condition: { [operator]: { [key]: value } } })),
      keys,
    );

  test.each(Object.entries({ ...NETWORK, ...CALLER }))('%s narrows by %s', (key, value) => {
    for (const operator of ['StringEquals', 'StringEqualsIgnoreCase', 'StringLike']) {
      expect([operator, of(operator, key, value)]).toEqual([operator, true]);
      expect([operator, of(operator, key, value, 'network')]).toEqual([operator, key in NETWORK]);
    }
    expect(of('StringLike', key, '*')).toBe(false);
    expect(of('StringEquals', key, '${aws:username}')).toBe(false);
    expect(of('StringNotEquals', key, value)).toBe(false);
    expect(of('StringEqualsIfExists', key, value)).toBe(false);
    expect(of('NumericEquals', key, value)).toBe(false);
    expect(of('ArnLike', key, value)).toBe(key.endsWith('Arn'));
    expect(of('IpAddress', key, value)).toBe(key === 'aws:SourceIp');
  });

  test.each(['aws:VpceOrgPaths', 'aws:PrincipalOrgPaths', 'aws:SourceOrgPaths'])(
    '%s may end in a wildcard behind the organization',
    (key) => {
      expect(of('StringLike', key, 'o-a1b2c3d4e5/*')).toBe(true);
      expect(of('StringLike', key, 'xo-a1b2c3d4e5/*')).toBe(false);
      expect(of('StringLike', key, 'o-a1b2c3d4e*/r-ab12/')).toBe(false);
    },
  );
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
    [{ Null: { 'aws:SourceVpce': 'true' } }, false],
    [{ Null: { 'aws:PrincipalOrgID': 'true' } }, false],
    [{ Null: { 'aws:PrincipalOrgID': 'false' } }, false],
    [{ StringNotEquals: { 'aws:PrincipalOrgID': '${aws:PrincipalOrgID}' } }, false],
    [{ StringNotLike: { 'aws:SourceVpce': 'vpce-0a1b*' } }, false],
    [{ StringNotLike: { 'aws:PrincipalArn': 'arn:aws:*:111122223333:role/*' } }, false],
    [{ NotIpAddress: { 'aws:SourceIp': ['203.0.113.0/24', '2000::/3'] } }, false],
    [{ StringNotEqualsIfExists: { 'aws:PrincipalTag/team': 'shop' } }, false],
    [{ BoolIfExists: { 'aws:PrincipalIsAWSService': 'false' } }, true],
    [{ BoolIfExists: { 'aws:PrincipalIsAWSService': 'true' } }, false],
    [{ Bool: { 'aws:PrincipalIsAWSService': 'false' } }, false],
    [{ BoolIfExists: { 'aws:PrincipalIsAWSService': ['true', 'false'] } }, true],
    [{ 'ForAnyValue:BoolIfExists': { 'aws:PrincipalIsAWSService': 'false' } }, false],
    [{ BoolIfExists: { 'aws:MultiFactorAuthPresent': 'false' } }, false],
    [{ StringNotEquals: ORG, BoolIfExists: { 'aws:ViaAWSService': 'false' } }, true],
    [{ StringNotEquals: ORG, BoolIfExists: { 'aws:ViaAWSService': 'true' } }, false],
    [{ StringNotEquals: ORG, DateGreaterThan: { 'aws:CurrentTime': '2030-01-01' } }, false],
    [{ StringNotEquals: ORG, StringNotLike: { 'aws:Referer': 'x' } }, false],
    [{ StringNotEquals: { 'aws:Referer': 'https://example.com' } }, false],
    // Whoever meets one of the two is let through, and is no stranger.
    [{ StringNotEquals: { ...ORG, 'aws:SourceVpce': 'vpce-0a1b2c3d' } }, true],
    [{}, true],
  ])('%j', (Condition, denies) => {
    expect(deniesStrangers(statement(deny({ Principal: '*', Condition })), 'any')).toBe(denies);
  });

  test('names whom it spares', () => {
    const spare = { NotPrincipal: { AWS: ['arn:aws:iam::111122223333:user/ann', '111122223333'] } };
    expect(deniesStrangers(statement(deny(spare)), 'any')).toBe(true);
    expect(deniesStrangers(statement(deny(spare)), 'network')).toBe(false);
  });

  test.each([
    [{ AWS: '*' }],
    [{ AWS: ['arn:aws:iam::*:root'] }],
    [{ AWS: ['111122223333', '*'] }],
    [{ AWS: '${aws:PrincipalArn}' }],
    [{ Federated: '*' }],
    [{ AWS: '111122223333', Service: 'apigateway.amazonaws.com' }],
  ])('spares strangers, too, by %j', (NotPrincipal) => {
    expect(deniesStrangers(statement(deny({ NotPrincipal })), 'any')).toBe(false);
  });

  test.each<[object, boolean]>([
    [{ StringNotEquals: { 'aws:SourceVpc': 'vpc-0a1b2c3d' } }, true],
    [{ StringNotEquals: ORG }, false],
    [{ StringNotEquals: { ...ORG, 'aws:SourceVpc': 'vpc-0a1b2c3d' } }, false],
    [
      {
        StringNotEqualsIfExists: { 'aws:SourceVpc': 'vpc-0a1b2c3d' },
        NotIpAddressIfExists: { 'aws:SourceIp': '203.0.113.0/24' },
      },
      true,
    ],
    // The address of a private API's caller may be a private one.
    [
      {
        StringNotEqualsIfExists: { 'aws:SourceVpc': 'vpc-0a1b2c3d' },
        NotIpAddressIfExists: { 'aws:SourceIp': '10.0.0.0/8' },
      },
      false,
    ],
  ])('in other networks: %j', (Condition, denies) => {
    expect(deniesStrangers(statement(deny({ Principal: '*', Condition })), 'network')).toBe(denies);
  });

  test.each<[string, object, boolean]>([
    [
      'AWS’s data perimeter, networks',
      {
        NotIpAddressIfExists: { 'aws:SourceIp': '203.0.113.0/24' },
        StringNotEqualsIfExists: { 'aws:SourceVpc': 'vpc-0a1b2c3d' },
        BoolIfExists: { 'aws:PrincipalIsAWSService': 'false', 'aws:ViaAWSService': 'false' },
        ArnNotLikeIfExists: {
          'aws:PrincipalArn': 'arn:aws:iam::111122223333:role/aws-service-role/*',
        },
      },
      true,
    ],
    [
      'AWS’s data perimeter, identities',
      {
        StringNotEqualsIfExists: { ...ORG, 'aws:PrincipalAccount': ['444455556666'] },
        BoolIfExists: { 'aws:PrincipalIsAWSService': 'false' },
      },
      true,
    ],
    // Who is tagged by its own account is not denied.
    [
      'the same for tagged callers alone',
      {
        StringNotEqualsIfExists: { 'aws:SourceVpc': 'vpc-0a1b2c3d' },
        StringEquals: { 'aws:PrincipalTag/dp:include:network': 'true' },
      },
      false,
    ],
    [
      'the same but for tagged callers',
      {
        StringNotEqualsIfExists: {
          'aws:SourceVpc': 'vpc-0a1b2c3d',
          'aws:PrincipalTag/dp:exclude:network': 'true',
        },
      },
      false,
    ],
  ])('%s', (_, Condition, denies) => {
    expect(deniesStrangers(statement(deny({ Principal: '*', Condition })), 'any')).toBe(denies);
  });

  test('does not speak of one principal alone', () => {
    const Condition = { StringNotEquals: ORG };
    const one = statement(deny({ Principal: { AWS: '111122223333' }, Condition }));
    expect(deniesStrangers(one, 'any')).toBe(false);
  });
});
