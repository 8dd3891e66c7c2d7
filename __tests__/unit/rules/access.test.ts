import { describe, expect, test } from '@jest/globals';
import type { AccessEvidence, Group } from '../../../src/access/model.js';
import { parsePolicy } from '../../../src/access/policy-document.js';
import { parseBaseline } from '../../../src/config/baseline.js';
import type { ApiEvidence } from '../../../src/model/evidence.js';
import type { Finding } from '../../../src/report/report.js';
import { judge } from '../../../src/rules/judge.js';
import { markKnown } from '../../../src/rules/known.js';
import { apiOf, read, rowsOf, UNREAD } from '../evidence-builder.js';

const OWNER = '111122221633';
const ARN = `arn:aws:execute-api:eu-west-1:${OWNER}:a1b2c3`;

/** The API orders, with a resource policy of statements. */
function apiWith(statements: readonly object[] | null, endpointType = 'REGIONAL'): ApiEvidence {
  const api = apiOf({
    'GET /pets': 'AWS_IAM',
    'GET /pets/{id}': 'AWS_IAM',
    'OPTIONS /pets': 'AWS_IAM',
  });
  const policy =
    statements === null ? null : JSON.stringify({ Version: '2012-10-17', Statement: statements });
  return {
    ...api,
    description: read({
      name: 'orders',
      endpointTypes: [endpointType],
      defaultEndpointDisabled: false,
      tags: {},
      status: null,
      statusMessage: null,
      policy,
    }),
  };
}

function access(group: AccessEvidence['group'] = null): AccessEvidence {
  return { region: 'eu-west-1', partition: 'aws', accountId: OWNER, group };
}

function groupWith(...statements: readonly object[]): AccessEvidence {
  const parsed = parsePolicy(
    JSON.stringify({ Version: '2012-10-17', Statement: statements }),
    'identity',
  );
  if (!parsed.valid) throw new Error(parsed.problems.join('; '));
  const group: Group = {
    name: 'callers',
    userArns: [`arn:aws:iam::${OWNER}:user/ann`],
    attachedPolicies: ['invoke'],
    policies: [{ name: 'managed policy invoke', document: parsed.document }],
  };
  return access(read(group));
}

function judged(api: ApiEvidence, evidence: AccessEvidence = access()): Finding[] {
  return judgedRows(rowsOf(api), evidence);
}

function judgedRows(rows: ReturnType<typeof rowsOf>, evidence: AccessEvidence): Finding[] {
  return judge({
    evidence: { apis: [...new Set(rows.map(({ api }) => api))], listing: null },
    rows,
    observations: [],
    invoked: rows,
    access: evidence,
  });
}

function rules(...given: Parameters<typeof judged>): string[] {
  return judged(...given).map(({ rule }) => rule);
}

const OPEN = {
  Effect: 'Allow',
  Principal: '*',
  Action: 'execute-api:Invoke',
  Resource: `${ARN}/*`,
};
const VPCE = { StringEquals: { 'aws:SourceVpce': 'vpce-0a1b2c3d4e' } };
const PARTNER = { AWS: 'arn:aws:iam::444455556666:root' };

describe('a resource policy', () => {
  test.each<[string, object[], string[]]>([
    ['that names a principal', [{ ...OPEN, Principal: PARTNER }], []],
    ['that is open', [OPEN], ['public-principal']],
    [
      'that is open in a list',
      [{ ...OPEN, Principal: { AWS: ['*', OWNER] } }],
      ['public-principal'],
    ],
    [
      'open to all but one',
      [{ ...OPEN, Principal: undefined, NotPrincipal: PARTNER }],
      ['public-principal'],
    ],
    ['open to any federation', [{ ...OPEN, Principal: { Federated: '*' } }], ['public-principal']],
    [
      'open to a public federation',
      [{ ...OPEN, Principal: { Federated: 'graph.facebook.com' } }],
      ['public-principal'],
    ],
    [
      'for a federation of an account',
      [{ ...OPEN, Principal: { Federated: 'arn:aws:iam::111122223333:saml-provider/corp' } }],
      [],
    ],
    // What the shorthand is without its slash nobody says: an allow may be one, a deny need not.
    ['open by half a shorthand', [{ ...OPEN, Resource: 'execute-api:*' }], ['public-principal']],
    [
      'open by half a shorthand to a method',
      [{ ...OPEN, Resource: 'execute-api:prod/GET/pets' }],
      ['public-principal'],
    ],
    [
      'open, and denied by half a shorthand',
      [OPEN, { ...OPEN, Effect: 'Deny', Resource: 'execute-api:*' }],
      ['public-principal'],
    ],
    ['open to any service', [{ ...OPEN, Principal: { Service: '*' } }], ['public-principal']],
    ['for a service', [{ ...OPEN, Principal: { Service: 'apigateway.amazonaws.com' } }], []],
    [
      'open to a root of any account',
      [{ ...OPEN, Principal: { AWS: 'arn:aws:iam::*:root' } }],
      ['public-principal'],
    ],
    [
      'open, with a deny of federations',
      [OPEN, { ...OPEN, Effect: 'Deny', Principal: { Federated: '*' } }],
      ['public-principal'],
    ],
    [
      'open, with a deny of nobody',
      [OPEN, { ...OPEN, Effect: 'Deny', Principal: undefined, NotPrincipal: { AWS: '*' } }],
      ['public-principal'],
    ],
    [
      'that is open for actions other than Invoke',
      [{ ...OPEN, Action: 'execute-api:InvalidateCache' }],
      [],
    ],
    ['that is open for every action', [{ ...OPEN, Action: '*' }], ['public-principal']],
    ['that is narrowed', [{ ...OPEN, Condition: VPCE }], []],
    [
      'that a deny narrows',
      [OPEN, { ...OPEN, Effect: 'Deny', Condition: { StringNotEquals: VPCE.StringEquals } }],
      [],
    ],
    [
      'that a deny narrows for a part alone',
      [
        OPEN,
        {
          ...OPEN,
          Effect: 'Deny',
          Resource: `${ARN}/prod/GET/pets`,
          Condition: { StringNotEquals: VPCE.StringEquals },
        },
      ],
      ['public-principal'],
    ],
    [
      'that denies one',
      [
        { ...OPEN, Principal: PARTNER },
        { ...OPEN, Effect: 'Deny', Principal: { AWS: OWNER } },
      ],
      [],
    ],
    ['that denies everybody', [{ ...OPEN, Effect: 'Deny' }], ['policy-locks-out']],
    [
      'that denies everybody, a method at a time',
      [
        { ...OPEN, Effect: 'Deny', Resource: `${ARN}/*/GET/*` },
        { ...OPEN, Effect: 'Deny', Resource: `${ARN}/*/OPTIONS/*` },
      ],
      ['policy-locks-out'],
    ],
    [
      'that denies everybody on some methods',
      [{ ...OPEN, Effect: 'Deny', Resource: `${ARN}/*/GET/pets` }],
      [],
    ],
    [
      'whose deny defeats an allow',
      [
        { ...OPEN, Principal: PARTNER, Resource: `${ARN}/prod/GET/pets` },
        { ...OPEN, Effect: 'Deny', Resource: `${ARN}/prod/GET/*` },
      ],
      ['deny-shadows-allow'],
    ],
    [
      'whose deny defeats a part of an allow',
      [
        { ...OPEN, Principal: PARTNER, Resource: `${ARN}/prod/*` },
        { ...OPEN, Effect: 'Deny', Resource: `${ARN}/prod/GET/pets` },
      ],
      [],
    ],
    [
      'whose deny is of another principal',
      [
        { ...OPEN, Principal: PARTNER },
        { ...OPEN, Effect: 'Deny', Principal: { AWS: OWNER } },
      ],
      [],
    ],
    [
      'about a path that is not there',
      [{ ...OPEN, Principal: PARTNER, Resource: `${ARN}/prod/GET/pet` }],
      ['policy-matches-nothing'],
    ],
    [
      'about a path with its parameter’s name',
      [{ ...OPEN, Principal: PARTNER, Resource: `${ARN}/prod/PUT/pets/{id}` }],
      ['policy-matches-nothing'],
    ],
    [
      'about another API',
      [{ ...OPEN, Principal: PARTNER, Resource: `${ARN}9/*` }],
      ['policy-matches-nothing'],
    ],
    [
      'about a stage that is not audited',
      [{ ...OPEN, Principal: PARTNER, Resource: `${ARN}/dev/GET/pets` }],
      [],
    ],
    [
      'one of whose resources is not there',
      [{ ...OPEN, Principal: PARTNER, Resource: [`${ARN}/prod/GET/pets`, `${ARN}/prod/GET/pest`] }],
      ['policy-matches-nothing'],
    ],
    [
      'for a user who is gone',
      [{ ...OPEN, Principal: { AWS: ['AIDAJQABLZS4A3QDU576Q', OWNER] } }],
      ['principal-gone'],
    ],
    [
      'for a role that is gone',
      [{ ...OPEN, Principal: { AWS: 'AROAJQABLZS4A3QDU576Q' } }],
      ['principal-gone'],
    ],
  ])('%s', (_, statements, expected) => {
    expect(rules(apiWith(statements))).toEqual(expected);
  });

  // AWS's data perimeter for API Gateway, service_specific_controls/api_gateway_policy.json of
  // aws-samples/data-perimeter-policy-examples, by its statements.
  const identities = {
    ...OPEN,
    Effect: 'Deny',
    Action: '*',
    Resource: '*',
    Condition: {
      StringNotEqualsIfExists: {
        'aws:PrincipalOrgID': 'o-a1b2c3d4e5',
        'aws:PrincipalAccount': ['444455556666', '777788889999'],
      },
      BoolIfExists: { 'aws:PrincipalIsAWSService': 'false' },
    },
  };
  const networks = {
    ...identities,
    Condition: {
      NotIpAddressIfExists: { 'aws:SourceIp': '203.0.113.0/24' },
      StringNotEqualsIfExists: { 'aws:SourceVpc': 'vpc-0a1b2c3d' },
      BoolIfExists: { 'aws:PrincipalIsAWSService': 'false', 'aws:ViaAWSService': 'false' },
    },
  };
  const tagged = {
    ...networks,
    Condition: {
      ...networks.Condition,
      StringEquals: { 'aws:PrincipalTag/dp:include:network': 'true' },
    },
  };
  const deputies = {
    ...identities,
    Condition: {
      StringNotEqualsIfExists: { 'aws:SourceOrgID': 'o-a1b2c3d4e5' },
      Null: { 'aws:SourceAccount': 'false' },
      Bool: { 'aws:PrincipalIsAWSService': 'true' },
    },
  };
  test.each<[string, string, object[], string[]]>([
    ['identities', 'REGIONAL', [identities], []],
    ['networks', 'REGIONAL', [networks], []],
    ['all of it', 'REGIONAL', [identities, deputies, tagged], []],
    ['tagged callers alone', 'REGIONAL', [tagged], ['public-principal']],
    ['confused deputies alone', 'REGIONAL', [deputies], ['public-principal']],
    ['networks', 'PRIVATE', [networks], []],
    ['identities', 'PRIVATE', [identities], ['private-api-open']],
  ])('with the data perimeter of %s, %s', (_, endpointType, denies, expected) => {
    expect(rules(apiWith([OPEN, ...denies], endpointType))).toEqual(expected);
  });

  test.each<[string, object[] | null, string[]]>([
    ['without a policy', null, ['policy-locks-out']],
    ['that names an endpoint', [{ ...OPEN, Condition: VPCE }], []],
    [
      'that a deny keeps to a VPC',
      [
        OPEN,
        {
          ...OPEN,
          Effect: 'Deny',
          Condition: { StringNotEquals: { 'aws:SourceVpc': 'vpc-0a1b2c3d' } },
        },
      ],
      [],
    ],
    [
      'that names an organization alone',
      [{ ...OPEN, Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-a1b2c3d4e5' } } }],
      ['private-api-open'],
    ],
    ['that names a principal alone', [{ ...OPEN, Principal: PARTNER }], ['private-api-open']],
    ['that is open', [OPEN], ['public-principal', 'private-api-open']],
    // Every VPC may have these addresses.
    [
      'that names private addresses alone',
      [{ ...OPEN, Condition: { IpAddress: { 'aws:SourceIp': ['10.0.0.0/8', '203.0.113.7'] } } }],
      ['public-principal', 'private-api-open'],
    ],
  ])('of a private API %s', (_, statements, expected) => {
    expect(rules(apiWith(statements, 'PRIVATE'))).toEqual(expected);
  });

  test.each<[string, object, object[], string]>([
    ['names a role of its account', { AWS: `arn:aws:iam::${OWNER}:role/caller` }, [], 'warning'],
    ['names an account', PARTNER, [], 'warning'],
    ['is open', { AWS: '*' }, [], 'error'],
    ['is open to any federation', { Federated: '*' }, [], 'error'],
    [
      'is open, with a deny of other organizations',
      { AWS: '*' },
      [{ StringNotEquals: { 'aws:PrincipalOrgID': 'o-a1b2c3d4e5' } }],
      'warning',
    ],
    [
      'is open, with a deny of other public addresses',
      { AWS: '*' },
      [{ NotIpAddress: { 'aws:SourceIp': '203.0.113.0/24' } }],
      '',
    ],
    [
      'is open, with a deny of other addresses than private ones',
      { AWS: '*' },
      [{ NotIpAddressIfExists: { 'aws:SourceIp': ['203.0.113.0/24', '10.0.0.0/8'] } }],
      'error',
    ],
    [
      'is open, with a deny of other organizations but by name',
      { AWS: '*' },
      [{ StringNotLike: { 'aws:PrincipalOrgID': 'o-*' } }],
      'error',
    ],
  ])('of a private API that %s: its severity', (_, Principal, denied, severity) => {
    const found = judged(
      apiWith(
        [
          { ...OPEN, Principal },
          ...denied.map((Condition) => ({ ...OPEN, Effect: 'Deny', Condition })),
        ],
        'PRIVATE',
      ),
    ).filter(({ rule }) => rule === 'private-api-open');
    expect(found.map((it) => it.severity).join()).toBe(severity);
  });

  test('in shorthand is of its own paths, also where another path may hold anything', () => {
    const statements = [
      { ...OPEN, Resource: 'execute-api:/prod/GET/pets' },
      {
        ...OPEN,
        Effect: 'Deny',
        Resource: 'execute-api:/prod/GET/*',
        Condition: { NotIpAddress: { 'aws:SourceIp': '203.0.113.0/24' } },
      },
    ];
    const api = {
      ...apiOf({ 'GET /pets': 'AWS_IAM', 'ANY /x/{proxy+}': 'AWS_IAM' }),
      description: apiWith(statements).description,
    };
    expect(rules(api)).toEqual([]);
    // Of an account that nobody knows as well.
    expect(rules(api, { ...access(), accountId: null })).toEqual([]);
  });

  test('without which there is nothing to find', () => {
    expect(judged(apiWith(null))).toEqual([]);
  });

  test('corrected tells no account, and is a statement to copy', () => {
    const [found] = judged(
      apiWith([{ Sid: 'Everybody', ...OPEN, Principal: undefined, NotPrincipal: PARTNER }]),
    );
    const fix = found?.fix ?? '';
    expect(fix).not.toMatch(/\d{12}/);
    const statement: unknown = JSON.parse(fix.slice(fix.indexOf('{'), fix.lastIndexOf('}') + 1));
    expect(statement).toEqual({
      Sid: 'Everybody',
      Effect: 'Allow',
      Action: 'execute-api:Invoke',
      Resource: 'execute-api:/*',
      Principal: '*',
      Condition: { StringEquals: { 'aws:PrincipalOrgID': 'YOUR_ORGANIZATION_ID' } },
    });
    expect(found?.message).toMatch(/^Statement "Everybody" of the resource policy/);
  });

  test('gives each statement a finding of its own, which keeps its identity', () => {
    const [first, second] = judged(
      apiWith([
        { Sid: 'A', ...OPEN },
        { Sid: 'B', ...OPEN },
      ]),
    );
    const [again] = judged(apiWith([{ Sid: 'A', ...OPEN, Action: '*' }]));
    expect(first?.fingerprint).not.toBe(second?.fingerprint);
    expect(again?.fingerprint).toBe(first?.fingerprint);
  });

  test('that is not understood is unreadable, with why', () => {
    const [found, ...others] = judged(apiWith([{ ...OPEN, Effect: 'Maybe' }]));
    expect([found?.rule, others]).toEqual(['unreadable', []]);
    expect(found?.message).toContain('statement 1 has neither the effect Allow nor Deny');
  });

  test('is not said to match nothing where the methods are not known', () => {
    const api = {
      ...apiWith([{ ...OPEN, Principal: PARTNER, Resource: `${ARN}/x/*` }]),
      configured: UNREAD,
    };
    expect(rules({ ...api })).not.toContain('policy-matches-nothing');
  });
});

describe('the group', () => {
  const grant = { Effect: 'Allow', Action: 'execute-api:Invoke', Resource: `${ARN}/prod/*` };

  test('that may invoke is no finding', () => {
    expect(rules(apiWith(null), groupWith(grant))).toEqual([]);
  });

  test('may not invoke a method that its policy leaves out', () => {
    const found = judged(apiWith(null), groupWith({ ...grant, Resource: `${ARN}/prod/GET/pets` }));
    expect(found.map(({ rule, method, path, stage }) => [rule, method, path, stage])).toEqual([
      ['group-cannot-invoke', 'OPTIONS', '/pets', 'prod'],
      ['group-cannot-invoke', 'GET', '/pets/{id}', 'prod'],
    ]);
  });

  test('of which it depends is no finding', () => {
    const conditional = { ...grant, Condition: { IpAddress: { 'aws:SourceIp': '192.0.2.0/24' } } };
    expect(rules(apiWith(null), groupWith(conditional))).toEqual([]);
  });

  test('that a resource policy denies: both are said, the deny once', () => {
    const api = apiWith([{ Sid: 'No', ...OPEN, Effect: 'Deny', Resource: `${ARN}/prod/GET/*` }]);
    expect(rules(api, groupWith(grant))).toEqual([
      'group-cannot-invoke',
      'group-cannot-invoke',
      'deny-shadows-allow',
    ]);
  });

  test.each([
    ['everything', '*', 'every API of the account'],
    ['every API', 'arn:aws:execute-api:*:*:*', 'every API of the account'],
    [
      'every API of the region',
      `arn:aws:execute-api:eu-west-1:${OWNER}:*/prod/*`,
      'every API of the account',
    ],
    [
      'another API',
      `arn:aws:execute-api:eu-west-1:${OWNER}:z9y8x7/*`,
      'APIs that are not audited here: z9y8x7',
    ],
  ])('that may invoke %s', (_, Resource, words) => {
    const found = judged(apiWith(null), groupWith(grant, { ...grant, Resource }));
    expect(found.map(({ rule }) => rule)).toEqual(['grant-too-broad']);
    expect(found[0]?.message).toBe(
      `statement 2 of managed policy invoke lets group callers invoke ${words}.`,
    );
  });

  const elsewhere = `arn:aws:execute-api:eu-west-1:${OWNER}:z9y8x7/*`;
  test.each<[string, object]>([
    ['denies', { Effect: 'Deny', Action: 'execute-api:Invoke', Resource: elsewhere }],
    ['manages connections', { Action: 'execute-api:ManageConnections', Resource: elsewhere }],
    ['manages connections of all', { Action: 'execute-api:ManageConnections', Resource: '*' }],
    [
      'names an audited API by an ARN without its account',
      { Action: 'execute-api:Invoke', Resource: 'arn:aws:execute-api:*:a1b2c3/*' },
    ],
    [
      'names what is no API by an ARN without its account',
      { Action: '*', Resource: ['arn:aws:s3:*:z9y8x7/*', 'arn:aws:execute-api:eu-west-1:z9/*'] },
    ],
    ['drops the cache', { Action: ['execute-api:InvalidateCache'], Resource: elsewhere }],
    ['is about objects', { Action: 's3:*', Resource: '*' }],
    ['is about all but invoking', { NotAction: 'execute-api:Invoke', Resource: elsewhere }],
    ['is about all but APIs', { NotAction: 'execute-api:*', Resource: '*' }],
    ['reads definitions', { Action: 'apigateway:GET', Resource: '*' }],
    ['does anything to a table', { Action: '*', Resource: 'arn:aws:dynamodb:*:*:table/z9y8x7' }],
    ['does anything to a bucket', { Action: '*', Resource: 'arn:aws:s3:::bucket/*' }],
    [
      'ends before an API of another region',
      { Action: 'execute-api:Invoke', Resource: `arn:aws:execute-api:us-west-2:${OWNER}:` },
    ],
    [
      'leaves out another API, and everything besides',
      { Action: 'execute-api:Invoke', NotResource: [elsewhere, '*'] },
    ],
  ])('whose other statement %s has no grant too broad', (_, statement) => {
    const found = rules(apiWith(null), groupWith(grant, { Effect: 'Allow', ...statement }));
    expect(found).not.toContain('grant-too-broad');
  });

  test.each<[string, object]>([
    ['any action', { Action: '*', Resource: elsewhere }],
    ['any action of APIs', { Action: ['s3:*', 'EXECUTE-API:*'], Resource: elsewhere }],
    ['all but objects', { NotAction: 's3:*', Resource: elsewhere }],
    ['invoking by a wildcard', { Action: 'execute-api:In*', Resource: elsewhere }],
    ['all resources but one', { Action: 'execute-api:Invoke', NotResource: `${ARN}/dev/*` }],
    [
      'another API by an ARN without its account',
      { Action: 'execute-api:Invoke', Resource: 'arn:aws:execute-api:*:z9y8x7/prod/*' },
    ],
    ['another API by three segments', { Action: '*', Resource: 'arn:*:z9y8x7/prod/GET/pets' }],
    ['another API of any service', { Action: '*', Resource: 'arn:aws:*:*:*:z9y8x7/prod/*' }],
    ['another API of a service', { Action: '*', Resource: 'arn:aws:execute-ap?:*:*:z9y8x7/*' }],
    ['an ARN that ends early', { Action: 'execute-api:Invoke', Resource: 'arn:aws:execute-api:*' }],
  ])('whose other statement is about %s has', (_, statement) => {
    const found = rules(apiWith(null), groupWith(grant, { Effect: 'Allow', ...statement }));
    expect(found).toContain('grant-too-broad');
  });

  test.each([
    ['its API in any account', 'arn:aws:execute-api:eu-west-1:*:a1b2c3/prod/*'],
    ['its API by a variable', `${ARN}/prod/GET/pets/\${aws:username}`],
  ])('that may invoke %s has no grant too broad', (_, Resource) => {
    expect(rules(apiWith(null), groupWith(grant, { ...grant, Resource }))).toEqual([]);
  });

  test('that could not be read is unreadable, and nothing else is said of it', () => {
    expect(rules(apiWith(null), access(UNREAD))).toEqual(['unreadable']);
  });
});

/** The only finding of a rule. */
function one(rule: string, ...given: Parameters<typeof judged>): Finding {
  const [first, ...others] = judged(...given).filter((it) => it.rule === rule);
  if (first === undefined || others.length > 0) throw new Error(`not one ${rule}`);
  return first;
}

/** The statement that a fix gives to copy. */
function statementIn({ fix }: Finding): Record<string, unknown> {
  return JSON.parse(fix.slice(fix.indexOf('{'), fix.lastIndexOf('}') + 1));
}

describe('what is said of a resource policy', () => {
  test.each<[string, object, string]>([
    ['without a condition', {}, 'allows everybody to invoke, without a condition.'],
    [
      'with all but one',
      { Principal: undefined, NotPrincipal: PARTNER },
      'allows everybody to invoke, all but a few, without a condition.',
    ],
    [
      'with a condition that narrows nothing',
      { Condition: { StringLike: { 'aws:UserAgent': '*' } } },
      'allows everybody to invoke; its conditions (StringLike aws:UserAgent) keep no stranger out.',
    ],
  ])('that is open, %s', (_, parts, words) => {
    const found = one('public-principal', apiWith([{ ...OPEN, ...parts }]));
    expect(found.message).toBe(`Statement 1 of the resource policy ${words}`);
    expect(statementIn(found)).not.toHaveProperty('NotPrincipal');
  });

  test.each<[effect: string, resource: string, where: string, what: string]>([
    ['Allow', `${ARN}/prod/GET/pet`, 'a1b2c3/prod/GET/pet', 'It lets nobody in.'],
    ['Deny', `${ARN}/prod/GET/pet`, 'a1b2c3/prod/GET/pet', 'It keeps nobody out.'],
    ['Allow', `arn:aws:execute-api:eu-west-1:${OWNER}:zzz`, 'API zzz', 'It lets nobody in.'],
    ['Allow', `arn:aws:s3::${OWNER}`, 'API arn:aws:s3::*', 'It lets nobody in.'],
  ])('that matches nothing: %s %s', (Effect, Resource, where, what) => {
    const statements = [{ ...OPEN, Effect, Principal: PARTNER, Resource }];
    const found = one('policy-matches-nothing', apiWith(statements));
    expect(found.message).toBe(
      `statement 1 of the resource policy names ${where}, and no method of the API is there. ${what}`,
    );
    expect(found.fix).toContain('the API has GET /pets, GET /pets/{id}, OPTIONS /pets)');
    expect(
      statementIn({ ...found, fix: found.fix.slice(found.fix.indexOf('as in')) }),
    ).toMatchObject({
      Resource: 'execute-api:/*/GET/pets',
    });
  });

  test('that matches nothing gives an example of its own API, in which no name of a parameter stands', () => {
    const path = '/pets/{id}/{sort}';
    const typo = { ...apiWith([{ ...OPEN, Principal: PARTNER, Resource: `${ARN}/x/PUT/y` }]) };
    const other = { ...apiOf({ 'GET /others': 'AWS_IAM' }), id: 'other' };
    const api = { ...typo, ...pickLayers(apiOf({ [`ANY ${path}`]: 'AWS_IAM' })) };
    const lost = {
      ...api,
      description: apiWith([{ ...OPEN, Resource: `${ARN}/x/GET/y` }]).description,
    };
    const rows = rowsOf(other, lost);
    const [found] = judgedRows(rows, access()).filter((it) => it.rule === 'policy-matches-nothing');
    expect(found?.fix).toContain(`the API has ANY ${path})`);
    expect(found?.fix).toContain('"execute-api:/*/*/pets/*/*"');
  });

  function pickLayers({ configured, stages, stageNames }: ApiEvidence): Partial<ApiEvidence> {
    return { configured, stages, stageNames };
  }

  test.each<[string, object]>([
    ['the cache', { Action: 'execute-api:InvalidateCache', Resource: `${ARN}/prod/GET/pet` }],
    ['other resources', { Resource: undefined, NotResource: `${ARN}/prod/GET/pet` }],
  ])('about %s may match none of the methods', (_, parts) => {
    const statement = { ...OPEN, Principal: PARTNER, ...parts };
    expect(rules(apiWith([statement]))).not.toContain('policy-matches-nothing');
  });

  test('with one who is gone names who, and what each was', () => {
    const ids = ['AIDA', 'AROA', 'AGPA', 'ANPA', 'AIPA'].map((kind) => `${kind}JQABLZS4A3QDU576Q`);
    const found = one('principal-gone', apiWith([{ ...OPEN, Principal: { AWS: ids } }]));
    expect(found.message).toBe(
      'statement 1 of the resource policy names AIDAJQABLZS4A3QDU576Q (an IAM user), AROAJQABLZS4A3QDU576Q (an IAM role), AGPAJQABLZS4A3QDU576Q (an IAM group), ANPAJQABLZS4A3QDU576Q (a managed policy), AIPAJQABLZS4A3QDU576Q (an instance profile), which was deleted. A principal of the same name that was created since is another one.',
    );
    expect(statementIn(found).Principal).toEqual({ AWS: 'ARN_OF_THE_PRINCIPAL' });
    const spared = { ...OPEN, Effect: 'Deny', Principal: undefined };
    const but = one('principal-gone', apiWith([{ ...spared, NotPrincipal: { AWS: ids[1] } }]));
    expect(statementIn(but).NotPrincipal).toEqual({ AWS: 'ARN_OF_THE_PRINCIPAL' });
  });

  test.each([
    'AKIAJQABLZS4A3QDU576Q',
    'AIDAJQABLZS',
    'AIDAJQABLZS4A3QDU576Q-1',
    'XAIDAJQABLZS4A3QDU576Q',
    'arn:aws:iam::111122223333:user/AIDAJQABLZS4A3QDU576Q',
  ])('with %s names nobody who is gone', (AWS) => {
    expect(rules(apiWith([{ ...OPEN, Principal: { AWS } }]))).not.toContain('principal-gone');
  });

  test('of a private API keeps what it asks for already', () => {
    const Condition = {
      StringEquals: { 'aws:PrincipalOrgID': 'o-a1b2c3d4e5' },
      Bool: { 'aws:SecureTransport': 'true' },
    };
    const named = one('private-api-open', apiWith([{ ...OPEN, Condition }], 'PRIVATE'));
    expect(named.message).toContain(
      'statement 1 of its resource policy allows the callers that it',
    );
    expect(statementIn(named).Condition).toEqual({
      StringEquals: {
        'aws:PrincipalOrgID': 'o-a1b2c3d4e5',
        'aws:SourceVpce': 'VPC_ENDPOINT_ID',
      },
      Bool: { 'aws:SecureTransport': 'true' },
    });
    const open = one('private-api-open', apiWith([OPEN], 'PRIVATE'));
    expect(open.message).toContain('allows calls from every VPC endpoint');
    expect(statementIn(open).Condition).toEqual({
      StringEquals: { 'aws:SourceVpce': 'VPC_ENDPOINT_ID' },
    });
  });

  test('that locks everybody out names every deny', () => {
    const deny = { ...OPEN, Effect: 'Deny' };
    const api = apiWith([
      { ...deny, Sid: 'Reads', Resource: `${ARN}/*/GET/*` },
      { ...deny, Sid: 'Others', Resource: `${ARN}/*/OPTIONS/*` },
    ]);
    expect(one('policy-locks-out', api).message).toContain(
      '(statement "Reads" and statement "Others")',
    );
  });

  test.each<[string, object]>([
    ['one account', { Principal: PARTNER }],
    ['all but one', { Principal: undefined, NotPrincipal: PARTNER }],
    ['callers from elsewhere', { Condition: { StringNotEquals: { 'aws:SourceVpc': 'vpc-1' } } }],
    ['nobody, since it allows', { Effect: 'Allow' }],
  ])('that denies %s locks not everybody out', (_, parts) => {
    const statement = { ...OPEN, Effect: 'Deny', ...parts };
    expect(rules(apiWith([statement]))).not.toContain('policy-locks-out');
  });

  const PETS = `${ARN}/prod/GET/pets`;
  const everything = { ...OPEN, Effect: 'Deny' };
  test.each<[string, object, object[], string | null]>([
    [
      'two denies',
      { Resource: `${ARN}/prod/GET/*` },
      [
        { ...everything, Resource: PETS },
        { ...everything, Resource: `${PETS}/*` },
      ],
      'statement 2 and statement 3',
    ],
    [
      'a deny of the same account',
      { Resource: PETS },
      [{ ...everything, Principal: PARTNER }],
      'statement 2',
    ],
    ['a deny of everybody and of one', { Resource: PETS }, [everything], 'statement 2'],
    [
      'a deny of all but one',
      { Resource: PETS },
      [{ ...everything, Principal: undefined, NotPrincipal: { AWS: OWNER } }],
      null,
    ],
    ['a deny with a condition', { Resource: PETS }, [{ ...everything, Condition: VPCE }], null],
    [
      'a deny of one, of what is for everybody',
      { Principal: '*', Resource: PETS },
      [{ ...everything, Principal: PARTNER }],
      null,
    ],
    [
      'a deny of another service',
      { Principal: { Service: 'a.amazonaws.com' }, Resource: PETS },
      [{ ...everything, Principal: { Service: 'b.amazonaws.com' } }],
      null,
    ],
    [
      'a deny of the same service',
      { Principal: { Service: 'a.amazonaws.com' }, Resource: PETS },
      [{ ...everything, Principal: { Service: 'a.amazonaws.com' } }],
      'statement 2',
    ],
    [
      'a deny of one of two',
      { Principal: { AWS: ['444455556666', OWNER] }, Resource: PETS },
      [{ ...everything, Principal: { AWS: OWNER } }],
      null,
    ],
  ])('whose allow meets %s', (_, allow, denies, denied) => {
    const api = apiWith([{ ...OPEN, Principal: PARTNER, ...allow }, ...denies]);
    const found = judged(api).filter(({ rule }) => rule === 'deny-shadows-allow');
    expect(found.map(({ message }) => message)).toEqual(
      denied === null
        ? []
        : [
            `statement 1 of the resource policy allows nothing: ${denied} denies all of it, and a deny defeats every allow.`,
          ],
    );
  });

  test('that could not be understood is said with its API', () => {
    const rows = rowsOf(apiWith([{ ...OPEN, Effect: 'Maybe' }]));
    const found = judgedRows(rows, access(UNREAD));
    expect(found).toMatchObject([
      {
        rule: 'unreadable',
        api: null,
        message: 'Could not read the group in invoke-group: GetResources failed after 3 attempts.',
        fix: 'Run the job again.',
      },
      { rule: 'unreadable', api: 'a1b2c3', message: expect.stringContaining('resource policy') },
    ]);
  });
});

describe('what is said of the group', () => {
  const grant = { Effect: 'Allow', Action: 'execute-api:Invoke', Resource: `${ARN}/prod/*` };

  test('that is denied: by what, of which methods, and what to change', () => {
    const deny = { Sid: 'No', ...OPEN, Effect: 'Deny', Resource: `${ARN}/prod/GET/*` };
    const found = judged(apiWith([deny]), groupWith(grant));
    expect(found.map(({ message, fix }) => [message, fix])).toEqual([
      [
        'Group callers may not invoke the method: statement "No" of the resource policy denies it.',
        'Narrow or remove statement "No" of the resource policy: no grant can defeat a deny.',
      ],
      [
        'Group callers may not invoke the method: statement "No" of the resource policy denies it.',
        'Narrow or remove statement "No" of the resource policy: no grant can defeat a deny.',
      ],
      [
        'Group callers is allowed to invoke GET /pets, GET /pets/{id}, and statement "No" of the resource policy denies it: a deny on either side defeats every allow.',
        'Narrow or remove statement "No" of the resource policy. The policy in force is that of the last deployment: deploy the API after the change.',
      ],
    ]);
  });

  test('that is denied by its own policy needs no deployment', () => {
    const found = one(
      'deny-shadows-allow',
      apiWith(null),
      groupWith(grant, {
        ...grant,
        Effect: 'Deny',
      }),
    );
    expect(found.fix).toBe('Narrow or remove statement 2 of managed policy invoke.');
  });

  test('that is denied, and would not be allowed either, has no shadowed allow', () => {
    const deny = { ...grant, Effect: 'Deny' };
    expect(rules(apiWith(null), groupWith(deny))).not.toContain('deny-shadows-allow');
    expect(rules(apiWith(null), groupWith({ ...grant, Action: 'execute-api:X' }))).not.toContain(
      'deny-shadows-allow',
    );
  });

  test('may invoke an API that is audited and has no methods yet', () => {
    const empty = { ...apiOf({}), id: 'z9y8x7' };
    const found = judge({
      evidence: { apis: [apiWith(null), empty], listing: null },
      rows: rowsOf(apiWith(null), empty),
      observations: [],
      access: groupWith({
        ...grant,
        Resource: [`${ARN}/*`, `arn:aws:execute-api:eu-west-1:${OWNER}:z9y8x7/*`],
      }),
    });
    expect(found.map(({ rule }) => rule)).not.toContain('grant-too-broad');
  });

  test('with too broad a grant names the other APIs, each once', () => {
    const resource = (id: string): string => `arn:aws:execute-api:eu-west-1:${OWNER}:${id}`;
    const found = one(
      'grant-too-broad',
      apiWith(null),
      groupWith({
        ...grant,
        Resource: [resource('z9y8x7/*'), resource('z9y8x7/prod/*'), resource('b1b1b1'), `${ARN}/*`],
      }),
    );
    expect(found.message).toContain('invoke APIs that are not audited here: z9y8x7, b1b1b1.');
    const all = one(
      'grant-too-broad',
      apiWith(null),
      groupWith({
        Effect: 'Allow',
        Action: 'execute-api:Invoke',
        NotResource: `${ARN}/dev/*`,
      }),
    );
    expect(all.message).toContain('invoke every API that its NotResource does not name.');
  });
});

describe('a statement that the baseline knows', () => {
  /** Whether what is found now is known to who found something before. */
  function isKnown(before: Finding[], now: Finding[]): boolean[] {
    const text = JSON.stringify({ schema: 'apigw-iam-gate/report/v1', findings: before });
    const baseline = parseBaseline(text);
    if (!baseline.ok) throw new Error(baseline.why);
    return markKnown(now, baseline.value.fingerprints).map(({ known }) => known);
  }
  const HEALTH = { ...OPEN, Sid: 'Health', Resource: `${ARN}/prod/GET/pets` };
  const ADMIN = { ...OPEN, Effect: 'Deny', Resource: `${ARN}/prod/GET/pets/*` };
  const WHOLE = { ...OPEN, Sid: 'Whole' };
  const NARROW = { NotIpAddress: { 'aws:SourceIp': ['203.0.113.0/24', '198.51.100.0/24'] } };

  test.each<[string, object[], object[]]>([
    ['is the same', [HEALTH], [HEALTH]],
    ['writes a list for one', [HEALTH], [{ ...HEALTH, Action: [HEALTH.Action] }]],
    ['writes its action in capitals', [HEALTH], [{ ...HEALTH, Action: 'EXECUTE-API:invoke' }]],
    [
      'has its values in another order',
      [{ ...HEALTH, Condition: NARROW }],
      [
        {
          ...HEALTH,
          Condition: { NotIpAddress: { 'AWS:SourceIp': ['198.51.100.0/24', '203.0.113.0/24'] } },
        },
      ],
    ],
    ['stands beside a new Allow of somebody', [HEALTH], [HEALTH, { ...OPEN, Principal: PARTNER }]],
  ])('and that %s is known', (_, before, now) => {
    expect(isKnown(judged(apiWith(before)), judged(apiWith(now)))).toEqual([true]);
  });

  test.each<[string, object[], object[]]>([
    ['gives more paths', [HEALTH], [{ ...HEALTH, Resource: OPEN.Resource }]],
    [
      'gives all but some',
      [HEALTH],
      [{ ...HEALTH, Resource: undefined, NotResource: HEALTH.Resource }],
    ],
    ['gives more actions', [HEALTH], [{ ...HEALTH, Action: 'execute-api:*' }]],
    ['lost a condition', [{ ...HEALTH, Condition: NARROW }], [HEALTH]],
    [
      'has a condition of another value',
      [{ ...HEALTH, Condition: NARROW }],
      [{ ...HEALTH, Condition: { NotIpAddress: { 'aws:SourceIp': '192.0.2.0/24' } } }],
    ],
    [
      'is for everybody, and was for all but one',
      [{ ...HEALTH, Principal: undefined, NotPrincipal: PARTNER }],
      [HEALTH],
    ],
    ['lost the deny beside it', [WHOLE, ADMIN], [WHOLE]],
    ['has a narrower deny beside it', [WHOLE, ADMIN], [WHOLE, { ...ADMIN, Principal: PARTNER }]],
  ])('and that %s by now is new', (_, before, now) => {
    expect(isKnown(judged(apiWith(before)), judged(apiWith(now)))).toEqual([false]);
  });

  test('is known whatever it gives to a file of a version that did not say', () => {
    const before = judged(apiWith([HEALTH])).map(({ grantFingerprint: _, ...found }) => found);
    const widened = judged(apiWith([{ ...HEALTH, Resource: OPEN.Resource }]));
    expect(isKnown(before, widened)).toEqual([true]);
  });

  test('of a private API is new once it lets everybody in', () => {
    const named = judged(apiWith([{ ...HEALTH, Principal: PARTNER }], 'PRIVATE'));
    const open = judged(apiWith([HEALTH], 'PRIVATE'));
    expect(named.map(({ rule }) => rule)).toEqual(['private-api-open']);
    expect(
      isKnown(
        named,
        open.filter(({ rule }) => rule === 'private-api-open'),
      ),
    ).toEqual([false]);
  });

  test('of the group is new once it names another API besides', () => {
    const OTHER = {
      Sid: 'Others',
      Effect: 'Allow',
      Action: 'execute-api:Invoke',
      Resource: 'arn:aws:execute-api:*:*:other00001/*',
    };
    const before = judged(apiWith(null), groupWith(OTHER));
    const now = judged(
      apiWith(null),
      groupWith({ ...OTHER, Resource: [OTHER.Resource, 'arn:aws:execute-api:*:*:other00002/*'] }),
    );
    const broad = (found: Finding[]): Finding[] =>
      found.filter(({ rule }) => rule === 'grant-too-broad');
    expect(isKnown(broad(before), broad(before))).toEqual([true]);
    expect(isKnown(broad(before), broad(now))).toEqual([false]);
    const another = { ...OTHER, Resource: 'arn:aws:execute-api:*:*:other00002/*' };
    expect(isKnown(broad(before), broad(judged(apiWith(null), groupWith(another))))).toEqual([
      false,
    ]);
  });
});
