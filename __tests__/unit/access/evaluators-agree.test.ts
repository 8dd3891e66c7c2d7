// biome-ignore-all lint/suspicious/noTemplateCurlyInString: IAM spells its policy variables so
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { evaluateInvocation } from '../../../emulator/access/evaluate.js';
import { ANN, API_ARN, BOB, caller, decide, method, OWNER, policy, STRANGER } from './policies.js';

/*
 * Two evaluators, written apart: the action's decides for every request to a method at once, the
 * emulator's decides one concrete request. Where the first says allow or deny, the second must say so
 * of every request.
 */

const PARTNER = `arn:aws:iam::${STRANGER}:user/partner`;

const action = fc.constantFrom<object>(
  { Action: '*' },
  { Action: 'execute-api:*' },
  { Action: ['execute-api:Invoke'] },
  { Action: 'execute-api:In?oke' },
  { Action: 'execute-api:InvalidateCache' },
  { NotAction: 's3:*' },
  { NotAction: 'execute-api:Invoke' },
);

const path = fc.constantFrom(
  '/*',
  '/prod/*',
  '/prod/GET/*',
  '/*/GET/pets/*',
  '/prod/*/pets',
  '/prod/GET/pets/a*',
  '/prod/GET/pets/?',
  '/prod/GET/pets/??*',
  '/prod/GET/pets/*/toys',
  '/prod/GET/files/*',
  '/prod/POST/pets',
  '/dev/*',
);
const identityArn = fc.oneof(
  fc.constantFrom(
    '*',
    'arn:aws:execute-api:*:*:*',
    `arn:aws:execute-api:*:${OWNER}:*`,
    `arn:aws:execute-api:eu-west-1:${STRANGER}:*`,
    'arn:aws-cn:execute-api:*:*:*',
    // Wildcards that would have to leave their segment, and those that may.
    'arn:aws:execute-api:*',
    'arn:aws:execute-api:eu-west-1:*',
    'arn:aws:*:a1b2c3/prod/GET/*',
    'arn:aws:execute-api:eu-*:a1b2c3/*',
    `arn:aws:execute*:${OWNER}:a1b2c3/*`,
    `arn:aws:execute-api:eu-*-1:1*3:a1b2c3/prod/*`,
    `arn:*:execute-api:*1:${OWNER}:a1b2c3/*/GET/*`,
    `arn:aws:execute-api:?u-west-1:${OWNER}:a1?2c3/prod/GET/pets/*`,
    `arn:aws:execute-api:eu-west-1?${OWNER}:a1b2c3/*`,
    'arn:aws:execute-api:*:*:a1b2c3/prod/*/pets/*',
    `${API_ARN}/prod/GET/pets/\${aws:username}`,
  ),
  path.map((it) => API_ARN + it),
);
const resourceArn = fc.oneof(
  path.map((it) => API_ARN + it),
  path.map((it) => `execute-api:${it}`),
);

const condition = fc.constantFrom<object>(
  {},
  {},
  {},
  { Condition: { IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } } },
  { Condition: { NotIpAddress: { 'aws:SourceIp': ['203.0.113.0/24'] } } },
  { Condition: { StringEquals: { 'aws:PrincipalAccount': OWNER } } },
  { Condition: { StringNotEquals: { 'aws:PrincipalAccount': OWNER } } },
  { Condition: { StringLike: { 'aws:PrincipalAccount': '1111*' } } },
  { Condition: { StringEqualsIfExists: { 'aws:PrincipalType': 'User' } } },
  { Condition: { StringEquals: { 'aws:username': '${aws:username}' } } },
  { Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
  { Condition: { Null: { 'aws:PrincipalOrgID': 'true' } } },
  { Condition: { 'ForAnyValue:StringLike': { 'aws:PrincipalArn': '*ann' } } },
);

function statementOf(arn: fc.Arbitrary<string>): fc.Arbitrary<object> {
  const arns = fc.array(arn, { minLength: 1, maxLength: 3 });
  return fc
    .record({
      Effect: fc.constantFrom('Allow', 'Allow', 'Deny'),
      action,
      arns,
      negated: fc.integer({ min: 0, max: 4 }).map((it) => it === 0),
      condition,
    })
    .map(({ Effect, action: named, arns: list, negated, condition: held }) => ({
      Effect,
      ...named,
      ...(negated ? { NotResource: list } : { Resource: list }),
      ...held,
    }));
}

const principal = fc.constantFrom<object>(
  { Principal: '*' },
  { Principal: { AWS: '*' } },
  { Principal: { AWS: OWNER } },
  { Principal: { AWS: [`arn:aws:iam::${STRANGER}:root`] } },
  { Principal: { AWS: ANN } },
  { Principal: { AWS: [BOB, PARTNER] } },
  { Principal: { Service: 'apigateway.amazonaws.com' } },
  { NotPrincipal: { AWS: [ANN, OWNER] } },
  { NotPrincipal: { AWS: [ANN] } },
  { NotPrincipal: { AWS: [STRANGER] } },
);
const identityStatement = statementOf(identityArn);
const resourceStatement = fc
  .tuple(statementOf(resourceArn), principal)
  .map(([statement, named]) => ({ ...statement, ...named }));

const methods: Readonly<Record<string, readonly [verb: string, path: string][]>> = {
  'GET /pets': [['GET', '/pets']],
  'GET /pets/{id}': [
    ['GET', '/pets/a'],
    ['GET', '/pets/ab'],
    ['GET', '/pets/7'],
    ['GET', '/pets/zebra'],
    ['GET', '/pets/*'],
  ],
  'GET /files/{proxy+}': [
    ['GET', '/files/a'],
    ['GET', '/files/a/b'],
  ],
  'ANY /pets': ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT'].map((verb) => [
    verb,
    '/pets',
  ]),
};

const users = {
  [ANN]: { accountId: OWNER, userId: 'AIDAANNANNANNANNANNA' },
  [BOB]: { accountId: OWNER, userId: 'AIDABOBBOBBOBBOBBOBB' },
  [PARTNER]: { accountId: STRANGER, userId: 'AIDAPARTNERPARTNERPA' },
};

const situation = fc.record({
  userArns: fc.constantFrom<(keyof typeof users)[]>([ANN], [ANN, BOB], [PARTNER]),
  method: fc.constantFrom(...Object.keys(methods)),
  identity: fc.array(identityStatement, { maxLength: 3 }),
  resource: fc.option(fc.array(resourceStatement, { minLength: 1, maxLength: 3 })),
  isPrivate: fc.constantFrom(false, false, false, true),
});

/** What may come with a request beyond what is always known of it. */
const extras: readonly Record<string, string>[] = [
  { 'aws:sourceip': '203.0.113.7' },
  { 'aws:sourceip': '198.51.100.7', 'aws:principalorgid': 'o-1234567890' },
];

/** Each with both ways in which AWS may read a wildcard at the end of a segment. */
const readings = extras.flatMap((extra) =>
  (['expand', 'stay'] as const).map((arnWildcards) => [extra, arnWildcards] as const),
);

type Situation = typeof situation extends fc.Arbitrary<infer T> ? T : never;

function decideAll({ userArns, method: name, identity, resource, isPrivate }: Situation) {
  const [first] = userArns;
  const accountId = first === undefined ? OWNER : users[first].accountId;
  return decide({
    caller: caller({ accountId, userArns }),
    method: method(name),
    identity: identity.length === 0 ? [] : [policy('identity', ...identity)],
    resource: resource === null ? null : policy('resource', ...resource),
    isPrivate,
  }).may;
}

function document(statements: readonly object[]): string {
  const text = JSON.stringify({ Version: '2012-10-17', Statement: statements });
  // API Gateway writes the shorthand out when it saves a policy.
  return text.replaceAll('"execute-api:/', `"${API_ARN}/`);
}

/** What the emulator says of every concrete request to the method: `allow`, `deny`, or both. */
function decideEach({ userArns, method: name, identity, resource, isPrivate }: Situation) {
  const said = new Set<string>();
  for (const arn of userArns) {
    for (const [verb, path_] of methods[name] ?? []) {
      for (const [extra, arnWildcards] of readings) {
        const { accountId, userId } = users[arn];
        const keys = new Map(
          Object.entries({
            'aws:securetransport': 'true',
            'aws:principalarn': arn,
            'aws:principalaccount': accountId,
            'aws:principaltype': 'User',
            'aws:userid': userId,
            'aws:username': arn.slice(arn.lastIndexOf('/') + 1),
            ...extra,
          }).map(([key, value]) => [key, [value]] as const),
        );
        const { decision } = evaluateInvocation(
          {
            authorizationType: 'AWS_IAM',
            resource: `${API_ARN}/prod/${verb}${path_}`,
            caller: { arn, accountId, userId },
          },
          {
            identityPolicies: identity.length === 0 ? [] : [document(identity)],
            ...(resource === null ? {} : { resourcePolicy: document(resource) }),
            privateApi: isPrivate,
            keys,
            arnWildcards,
          },
        );
        said.add(decision === 'allow' ? 'allow' : 'deny');
      }
    }
  }
  return [...said];
}

describe('the two evaluators', () => {
  test('agree on every concrete request wherever the action decides', () => {
    const seen = { allow: 0, deny: 0, depends: 0 };
    fc.assert(
      fc.property(situation, (given) => {
        const may = decideAll(given);
        seen[may] += 1;
        if (may !== 'depends') expect(decideEach(given)).toEqual([may]);
      }),
      { numRuns: 2000 },
    );
    // None of the three may be an answer that generated policies never get.
    for (const times of Object.values(seen)) expect(times).toBeGreaterThan(50);
  });

  test('what the action calls depending, the emulator sees both ways for some policies', () => {
    const both = fc
      .sample(situation, { numRuns: 1000, seed: 7 })
      .filter((given) => decideAll(given) === 'depends')
      .filter((given) => decideEach(given).length === 2);
    expect(both.length).toBeGreaterThan(20);
  });
});
