// biome-ignore-all lint/suspicious/noTemplateCurlyInString: CloudFormation's Fn::Sub spells its names so
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { declare } from './kit.js';

/* A resource policy that a template writes as one text of JSON says what it says as data. */

const PARAMETERS = {
  Who: { Type: 'String' },
  Known: { Type: 'String', Default: 'o-abcdefghij' },
  Both: { Type: 'String', AllowedValues: ['o-abcdefghij', '*'] },
  Quoted: { Type: 'String', Default: 'a","b' },
  QuotedOrNot: { Type: 'String', AllowedValues: ['a', '*","b'] },
};

function policyOf(Policy: unknown) {
  const template = {
    Parameters: PARAMETERS,
    Conditions: { IsProd: { 'Fn::Equals': [{ Ref: 'Who' }, 'prod'] } },
    Resources: {
      Role: { Type: 'AWS::IAM::Role' },
      Endpoint: { Type: 'AWS::EC2::VPCEndpoint' },
      Api: { Type: 'AWS::ApiGateway::RestApi', Properties: { Policy } },
    },
  };
  const declared = declare({ 'template.json': JSON.stringify(template) });
  return declared.apis[0]?.policies ?? [];
}

const statement = (parts: unknown) =>
  JSON.stringify({
    Statement: [{ Effect: 'Allow', Action: 'execute-api:Invoke', ...Object(parts) }],
  });

describe('a resource policy in Fn::Sub', () => {
  const NAMES = ['${AWS::Region}', '${Who}', '${Known}', '${Role.Arn}', '${Endpoint}', '${Both}'];
  const text = fc
    .array(fc.constantFrom(...NAMES, '${!aws:username}', 'arn:aws:iam::', '*', 'a b', ''), {
      maxLength: 3,
    })
    .map((parts) => parts.join(''));
  const some = fc.oneof(text, fc.array(text, { minLength: 1, maxLength: 2 }));
  const policy = fc.record({
    Statement: fc.array(
      fc.record(
        {
          Effect: fc.constantFrom('Allow', 'Deny'),
          Principal: fc.oneof(fc.constant('*'), fc.record({ AWS: some })),
          Action: fc.constantFrom('execute-api:Invoke', '*'),
          Resource: some,
          Condition: fc.dictionary(
            fc.constantFrom('StringEquals', 'StringLike', 'NotIpAddress'),
            fc.dictionary(
              fc.constantFrom('aws:SourceVpce', 'aws:SourceIp', 'aws:UserAgent'),
              some,
              {
                maxKeys: 2,
              },
            ),
            { maxKeys: 2 },
          ),
        },
        { requiredKeys: ['Effect', 'Principal', 'Action'] },
      ),
      { minLength: 1, maxLength: 2 },
    ),
  });

  /** The same data with `Fn::Sub` of its own around each text. */
  const eachSubstituted = (data: unknown): unknown => {
    if (typeof data === 'string') return data.includes('${') ? { 'Fn::Sub': data } : data;
    if (Array.isArray(data)) return data.map(eachSubstituted);
    return Object.fromEntries(
      Object.entries(Object(data)).map(([key, value]) => [key, eachSubstituted(value)]),
    );
  };

  test('says what the same data says, and is known where that is', () => {
    let known = 0;
    let unknown = 0;
    fc.assert(
      fc.property(policy, fc.boolean(), (data, isIndented) => {
        const [asData] = policyOf(eachSubstituted(data));
        const asText = policyOf({ 'Fn::Sub': JSON.stringify(data, null, isIndented ? 2 : 0) });
        // Text of which everything is known, or one of a few values, is read for each of them.
        if (asText.length !== 1) return;
        expect(asText[0]?.unresolved === null).toBe(asData?.unresolved === null);
        if (asData?.unresolved === null) known += 1;
        else unknown += 1;
        if (asData?.unresolved === null) {
          expect(JSON.parse(asText[0]?.text ?? '')).toEqual(JSON.parse(asData.text ?? ''));
        }
      }),
      { numRuns: 600 },
    );
    // Some 75 of each, so that chance alone does not fail it.
    expect(Math.min(known, unknown)).toBeGreaterThan(30);
  });

  test('is known with what AWS gives at the deployment, and has its place', () => {
    const [found] = policyOf({
      'Fn::Sub': statement({
        Principal: '*',
        Resource: 'arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:*',
      }),
    });
    expect(found?.unresolved).toBeNull();
    expect(JSON.parse(found?.text ?? '')).toMatchObject({
      Statement: [
        { Resource: 'arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:*' },
      ],
    });
    expect(found?.place).toMatchObject({ file: 'template.json', line: 1 });
  });

  test('in Fn::Join, and in a branch of Fn::If, is read as well', () => {
    const [before = '', after = ''] = statement({
      Principal: { AWS: 'arn:aws:iam::@:root' },
    }).split('@');
    const joined = { 'Fn::Join': ['', [before, { Ref: 'AWS::AccountId' }, after]] };
    const [found] = policyOf(joined);
    expect(found?.unresolved).toBeNull();
    const branches = policyOf({ 'Fn::If': ['IsProd', joined, { Ref: 'AWS::NoValue' }] });
    expect(branches.map(({ unresolved, when }) => [unresolved, when])).toEqual([
      [null, ['IsProd']],
    ]);
    expect(branches[0]?.text).toBe(found?.text);
  });

  test.each([
    ['is a principal', statement({ Principal: { AWS: '${Who}' } })],
    ['is data of its own', '{"Statement": ${Who}}'],
    ['is a list', '{"Statement": [{"Effect":"Allow","Principal":{"AWS":[${Who}]}}]}'],
    [
      'names a member',
      statement({ Principal: '*', Condition: { StringEquals: { '${Who}': 'a' } } }),
    ],
    [
      'may be a wildcard of a condition',
      statement({ Principal: '*', Condition: { StringLike: { 'aws:SourceVpce': '${Who}' } } }),
    ],
    ['stands in a text that is no JSON', 'Statement: ${AWS::Region}'],
    ['is all', '${Who}'],
    ['is a text alone', '"${Who}"'],
    [
      'stands beside a value that may end its text',
      statement({ Principal: { AWS: 'x${QuotedOrNot}' }, Resource: '${AWS::Region}' }),
    ],
  ])('is not known where what is not known %s', (_, sub) => {
    const found = policyOf({ 'Fn::Sub': sub });
    expect(found.some(({ unresolved }) => unresolved !== null)).toBe(true);
  });

  test('is known in each branch where what is not known may be one of a few', () => {
    const found = policyOf({
      'Fn::Sub': statement({ Principal: { AWS: '${Both}/${Who}', Federated: '${Both}' } }),
    });
    expect(found.map(({ when, unresolved }) => [when, unresolved])).toEqual([
      [['Both=o-abcdefghij'], null],
      [['Both=*'], null],
    ]);
    expect(JSON.parse(found[1]?.text ?? '')).toMatchObject({
      Statement: [{ Principal: { AWS: '*/${Who}', Federated: '*' } }],
    });
  });

  test('has a known value as it is written into the text, whatever comes of it', () => {
    const [found] = policyOf({
      'Fn::Sub': statement({ Principal: { AWS: ['${Quoted}'] }, Resource: '${AWS::Region}' }),
    });
    expect(JSON.parse(found?.text ?? '')).toMatchObject({
      Statement: [{ Principal: { AWS: ['a', 'b'] } }],
    });
  });

  test('holds no trace of how it was read', () => {
    const odd = statement({ Principal: '*', Sid: '\ue0000\ue001', Resource: '${AWS::Region}' });
    const [found] = policyOf({ 'Fn::Sub': odd });
    expect(found?.unresolved).not.toBeNull();
    expect(found?.text).toBeNull();
  });
});
