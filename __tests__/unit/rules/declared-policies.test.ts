import { describe, expect, test } from '@jest/globals';
import { declaredPolicies, problemOfPolicy } from '../../../src/rules/declared-policies.js';
import { api, UNREAD } from '../evidence-builder.js';
import { at, declaredApi, declaredMethod, declaredPolicy, findingsOf } from './declared-builder.js';

/* Resource policies in files, where neither the API's id nor its account is known yet. */

const allow = (resource: unknown, more: object = {}) => ({
  Effect: 'Allow',
  Principal: '*',
  Action: 'execute-api:Invoke',
  Resource: resource,
  ...more,
});

const methods = [declaredMethod('GET /pets'), declaredMethod('POST /orders/{id}')];

/** The rules that find something about an API with these statements. */
function said(...statements: unknown[]): string[] {
  const policies = [declaredPolicy(statements)];
  return findingsOf(declaredApi({ methods, policies })).map(({ rule }) => rule);
}

/** The resources of the first statement, as they are compared. */
function resources(statement: unknown): readonly string[] {
  const policies = [declaredPolicy(statement)];
  const declared = declaredApi({ methods, policies });
  const [one] = declaredPolicies([
    { ...api(), declared: { apis: [declared], methods: new Map() } },
  ]);
  return one?.policy.document.statements[0]?.resources.patterns ?? [];
}

const OPEN = ['public-principal'];
const KNOWN = 'arn:aws:execute-api:region:account:api';

describe('a resource is of this API, whatever stands before the stage', () => {
  test.each<[string, string]>([
    ['*', '*'],
    ['execute-api:/*', `${KNOWN}/*`],
    ['execute-api:prod/GET/pets', `${KNOWN}/prod/GET/pets`],
    ['execute-api:/prod/GET/pets', `${KNOWN}/prod/GET/pets`],
    ['execute-api:/prod/GET/a\nb', `${KNOWN}/prod/GET/a\nb`],
    ['arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/pets', `${KNOWN}/prod/GET/pets`],
    ['arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/a\nb', `${KNOWN}/prod/GET/a\nb`],
    ['arn:aws-cn:execute-api:*:*:*/*/GET/*', `${KNOWN}/*/GET/*`],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: this is how CloudFormation writes it.
    ['arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/*', `${KNOWN}/*`],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: this is how CloudFormation writes it.
    ['arn:aws:execute-api:eu-west-1:1:a/${Stage}/GET/pets', `${KNOWN}/*/GET/pets`],
    ['(unknown)', '*'],
    ['arn:aws:s3:::bucket/key', '*'],
    ['arn:aws:execute-api:eu-west-1:111122223333:a1b2c3', '*'],
    ['execute-api:', '*'],
    ['not arn:aws:execute-api:a:b:c/prod', '*'],
    ['my execute-api:/prod', '*'],
  ])('an allow of %j', (resource, expected) => {
    expect(resources(allow(resource))).toEqual([expected]);
    expect(resources(allow([resource, '*']))).toEqual([expected, '*']);
  });

  test.each<[string, string]>([
    ['*', '*'],
    ['execute-api:/*', `${KNOWN}/*`],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: this is how CloudFormation writes it.
    ['arn:aws:execute-api:eu-west-1:1:a/${Stage}/GET/pets', `${KNOWN}/unknown/GET/pets`],
    ['arn:aws:s3:::bucket/key', 'arn:aws:s3:::bucket/key'],
    ['execute-api:', 'execute-api:'],
    // What it is without the slash nobody says.
    ['execute-api:*', 'execute-api:*'],
    ['execute-api:prod/GET/pets', 'execute-api:prod/GET/pets'],
    ['arn:aws:execute-api:*:*:*', '*'],
    ['arn:aws:execute-api:a:b:c', 'arn:aws:execute-api:a:b:c'],
  ])('a deny of %j', (resource, expected) => {
    expect(resources(allow(resource, { Effect: 'Deny' }))).toEqual([expected]);
  });

  test('what NotResource leaves out is the other way round', () => {
    const not = (resource: string, effect: string) =>
      resources({ Effect: effect, Principal: '*', Action: '*', NotResource: resource });
    expect(not('(unknown)', 'Allow')).toEqual(['(unknown)']);
    expect(not('(unknown)', 'Deny')).toEqual(['*']);
  });
});

describe('what strangers can invoke', () => {
  test.each<[string, unknown[], string[]]>([
    ['everything', [allow('*')], OPEN],
    ['a method', [allow('execute-api:/*/GET/pets')], OPEN],
    ['a method with a parameter', [allow('execute-api:/*/POST/orders/*')], OPEN],
    ['a resource that nobody knows', [allow('(unknown)')], OPEN],
    ['no method at all', [allow('execute-api:/*/GET/cats')], []],
    [
      'named principals',
      [allow('*', { Principal: { AWS: 'arn:aws:iam::111122223333:root' } })],
      [],
    ],
    ['one statement that is no list', [allow('*')], OPEN],
    ['what a deny takes back', [allow('*'), allow('execute-api:/*', { Effect: 'Deny' })], []],
    [
      'a deny of what nobody knows takes nothing back',
      [allow('*'), allow('(unknown)', { Effect: 'Deny' })],
      OPEN,
    ],
  ])('%s', (_, statements, expected) => {
    expect(said(...statements)).toEqual(expected);
  });

  test.each<[string, unknown, unknown, string[]]>([
    ['the same stage', 'execute-api:/prod/*', 'execute-api:/prod/*', []],
    ['a wider path', 'execute-api:/prod/GET/*', 'execute-api:/prod/*', []],
    ['a narrower path', 'execute-api:/prod/*', 'execute-api:/prod/GET/*', OPEN],
    ['another stage', 'execute-api:/prod/*', 'execute-api:/test/*', OPEN],
    // biome-ignore-start lint/suspicious/noTemplateCurlyInString: this is how CloudFormation writes it.
    ['a stage of one name', 'execute-api:/${Stage}/*', 'execute-api:/${Stage}/*', []],
    ['one more', 'execute-api:/${Stage}/*', ['execute-api:/${Stage}/*', 'execute-api:/a/*'], []],
    ['one less', ['execute-api:/${Stage}/*', 'execute-api:/a/*'], 'execute-api:/${Stage}/*', OPEN],
    ['stages of two names', 'execute-api:/${Stage}/*', 'execute-api:/${Other}/*', OPEN],
    ['what nobody can name', 'execute-api:/${unknown}/*', 'execute-api:/${unknown}/*', OPEN],
    // biome-ignore-end lint/suspicious/noTemplateCurlyInString: this is how CloudFormation writes it.
  ])('a deny of everybody else, of %s', (_, allowed, denied, expected) => {
    const strangers = { StringNotEquals: { 'aws:SourceVpce': 'vpce-0a1b2c3d4e5f60718' } };
    const denial = allow(denied, { Effect: 'Deny', Condition: strangers });
    expect(said(allow(allowed), denial)).toEqual(expected);
  });

  test('one that is about another action takes nothing back', () => {
    const denial = allow('execute-api:/prod/*', { Effect: 'Deny', Action: 'execute-api:Get*' });
    expect(said(allow('execute-api:/prod/*'), denial)).toEqual(OPEN);
  });

  test('a single statement is read like a list of one', () => {
    const policies = [declaredPolicy(allow('(unknown)'))];
    expect(findingsOf(declaredApi({ methods, policies })).map(({ rule }) => rule)).toEqual(OPEN);
  });

  test('a route without a known path may be anywhere', () => {
    const unknown = declaredMethod('GET /x', { path: null, key: null });
    const policies = [declaredPolicy(allow('execute-api:/*/GET/cats'))];
    const all = findingsOf(declaredApi({ methods: [unknown], policies }));
    expect(all.map(({ rule }) => rule)).toContain('public-principal');
  });

  test('every policy of an API has a finding of its own, at its place', () => {
    const policies = [
      declaredPolicy(allow('*'), { place: at(5) }),
      declaredPolicy(allow('*'), { place: at(9) }),
    ];
    const found = findingsOf(declaredApi({ methods, policies }));
    expect(found.map(({ location }) => location?.line)).toEqual([5, 9]);
    expect(found[0]?.message).toMatch(/^template\.yaml:5: Statement/);
    expect(new Set(found.map(({ fingerprint }) => fingerprint)).size).toBe(2);
  });

  test('a finding keeps its fingerprint when lines move, and is of its own file', () => {
    const print = (file: string, line: number) =>
      findingsOf(
        declaredApi({ file, methods, policies: [declaredPolicy(allow('*'), { place: at(line) })] }),
      ).map(({ fingerprint }) => fingerprint);
    expect(print('template.yaml', 5)).toEqual(print('template.yaml', 50));
    expect(print('template.yaml', 5)).not.toEqual(print('other.yaml', 5));
  });
});

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: this is how CloudFormation writes it.
describe('a principal that the deployment gives', () => {
  const of = (principal: unknown, more: object = {}) =>
    said(allow('*', { Principal: principal, ...more }));

  test.each<[unknown]>([
    [{ AWS: '${Role.Arn}' }],
    [{ AWS: '${AWS::AccountId}' }],
    [{ AWS: ['${Role.Arn}', '111122223333'] }],
    [{ AWS: 'arn:${AWS::Partition}:iam::${AWS::AccountId}:root' }],
    [{ AWS: 'arn:aws:iam::${Trusted}:role/caller' }],
    [{ Federated: '${Provider.Arn}' }],
    [{ Federated: 'arn:aws:iam::${AWS::AccountId}:oidc-provider/example.com' }],
    [{ Service: 'logs.${AWS::Region}.${AWS::URLSuffix}' }],
  ])('%j is somebody', (principal) => {
    expect(of(principal)).toEqual([]);
  });

  test.each<[unknown]>([
    [{ AWS: ['${Role.Arn}', '*'] }],
    [{ AWS: 'arn:aws:iam::*:role/${Name}' }],
    [{ AWS: '${aws:PrincipalArn}' }],
  ])('%j is everybody', (principal) => {
    expect(of(principal)).toEqual(OPEN);
  });

  test('is whom a deny spares, so that everybody else is denied', () => {
    const denial = { Effect: 'Deny', NotPrincipal: { AWS: '${Role.Arn}' }, Principal: undefined };
    expect(said(allow('*'), allow('*', denial))).toEqual([]);
  });
});

describe('a condition with a value that the deployment gives', () => {
  test.each<[string, string, string, string[]]>([
    ['StringEquals', 'aws:SourceVpce', '${Endpoint}', []],
    ['StringEquals', 'aws:PrincipalAccount', '${AWS::AccountId}', []],
    ['ArnLike', 'aws:PrincipalArn', 'arn:${AWS::Partition}:iam::${AWS::AccountId}:role/*', []],
    ['ArnEquals', 'aws:PrincipalArn', '${Role.Arn}', []],
    ['StringLike', 'aws:PrincipalArn', 'arn:aws:iam::${AWS::AccountId}:role/*', []],
    ['IpAddress', 'aws:SourceIp', '${Address}/32', []],
    ['IpAddress', 'aws:SourceIp', '${Address}/1', OPEN],
    ['ForAnyValue:StringLike', 'aws:PrincipalOrgPaths', '${Organization}/r-ab12/*', []],
    // A variable of IAM is the caller's own, and what follows or precedes it changes nothing.
    ['StringEquals', 'aws:SourceVpce', '${aws:SourceVpce}', OPEN],
    ['StringEquals', 'aws:PrincipalOrgID', '${Organization}${aws:PrincipalOrgID}', OPEN],
    ['StringLike', 'aws:SourceVpce', '${Endpoint}*', OPEN],
    ['ArnLike', 'aws:PrincipalArn', 'arn:aws:iam::*:role/${Role}', OPEN],
    ['StringEquals', 'aws:UserAgent', '${Secret}', OPEN],
  ])('%s %s %s', (operator, key, value, expected) => {
    expect(said(allow('*', { Condition: { [operator]: { [key]: value } } }))).toEqual(expected);
    expect(said(allow('*', { Condition: { [operator]: { [key]: [value] } } }))).toEqual(expected);
  });

  test('in a deny of everybody else', () => {
    const denial = (operator: string, key: string, value: string) =>
      allow('*', { Effect: 'Deny', Condition: { [operator]: { [key]: value } } });
    const vpce = denial('StringNotEquals', 'aws:SourceVpce', '${Endpoint}');
    expect(said(allow('*'), vpce)).toEqual([]);
    const own = denial('StringNotEquals', 'aws:SourceVpce', '${aws:SourceVpce}');
    expect(said(allow('*'), own)).toEqual(OPEN);
  });

  test('is shown as it is written', () => {
    const Condition = { StringNotEquals: { 'aws:SourceVpce': '${Endpoint}' } };
    const policies = [declaredPolicy(allow('execute-api:/${Stage}/*', { Condition }))];
    const [found] = findingsOf(declaredApi({ methods, policies }));
    expect(found?.fix).toContain('"Resource":"execute-api:/${Stage}/*"');
  });
});
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: this is how CloudFormation writes it.

describe('whether the API is private', () => {
  const PRIVATE_OPEN = 'private-api-open';
  const rulesOf = (endpointTypes: readonly string[] | null) =>
    findingsOf(declaredApi({ endpointTypes, methods, policies: [declaredPolicy(allow('*'))] })).map(
      ({ rule }) => rule,
    );

  test('is what its file says', () => {
    expect(rulesOf(['PRIVATE'])).toContain(PRIVATE_OPEN);
    expect(rulesOf(['REGIONAL'])).not.toContain(PRIVATE_OPEN);
  });

  test('is asked for where nobody knows, and not where there is no policy', () => {
    expect(rulesOf(null)).toEqual(expect.arrayContaining(['declared-unresolved']));
    expect(rulesOf(null)).not.toContain(PRIVATE_OPEN);
    expect(findingsOf(declaredApi({ endpointTypes: null, methods }))).toEqual([]);
  });

  test('is nothing to ask for where the policy is as narrow as that of a private API must be', () => {
    const from = (key: string, more: object = {}) =>
      allow('*', { Condition: { StringEquals: { [key]: 'vpce-0123456789abcdef0' } }, ...more });
    const said = (...statements: unknown[]) =>
      findingsOf(
        declaredApi({ endpointTypes: null, methods, policies: [declaredPolicy(statements)] }),
      ).map(({ rule }) => rule);
    const role = { Principal: { AWS: 'arn:aws:iam::111122223333:role/x' } };
    expect(said(from('aws:SourceVpce'))).toEqual([]);
    expect(said(allow('*', role))).toEqual([]);
    expect(said(from('aws:PrincipalOrgID'))).toEqual(['declared-unresolved']);
    expect(said(from('aws:SourceVpce'), from('aws:PrincipalOrgID', role))).toEqual([]);
  });

  test('is not taken from an API that could not be described', () => {
    const declared = declaredApi({
      endpointTypes: ['PRIVATE'],
      policies: [declaredPolicy(allow('*'))],
    });
    const [one] = declaredPolicies([
      { ...api({ description: UNREAD }), declared: { apis: [declared], methods: new Map() } },
    ]);
    expect(one?.api.description).toBe(UNREAD);
  });
});

describe('methods that no file of these declares', () => {
  const onlyOrders = declaredPolicy([allow('execute-api:/*/POST/orders')]);
  const rulesOf = (parts: Parameters<typeof declaredApi>[0]) =>
    findingsOf(declaredApi({ policies: [onlyOrders], ...parts })).map(({ rule }) => rule);
  const pets = [declaredMethod('GET /pets')];

  test('are none where all are known', () => {
    expect(rulesOf({ methods: pets })).toEqual([]);
  });

  test.each<[string, Parameters<typeof declaredApi>[0]]>([
    ['the API is declared elsewhere', { methods: pets, isElsewhere: true }],
    ['no method is declared', { methods: [] }],
    [
      'not everything is known',
      { methods: pets, unresolved: [{ reason: 'x', give: 'y', place: at(3) }] },
    ],
  ])('may be what a policy opens where %s', (_, parts) => {
    expect(rulesOf(parts)).toContain('public-principal');
  });
});

describe('a policy that was not understood', () => {
  test('has a problem, and others have none', () => {
    expect(problemOfPolicy(declaredPolicy([allow('*')]))).toBeNull();
    expect(problemOfPolicy(declaredPolicy([], { text: null }))).toBeNull();
    for (const text of ['{', '[]', 'null', '"x"', '{}', '{"Statement": ["x"]}']) {
      expect(problemOfPolicy({ ...declaredPolicy([]), text })).not.toBeNull();
    }
    const twice = '{"Statement": {"Effect": "Deny", "Effect": "Allow"}}';
    expect(problemOfPolicy({ ...declaredPolicy([]), text: twice })).toContain('stands twice');
    const two = { Statement: [{ Effect: 'Maybe' }, { Effect: 'Never' }] };
    expect(problemOfPolicy({ ...declaredPolicy([]), text: JSON.stringify(two) })).toContain('; ');
  });

  test('makes the verdict incomplete, once for each policy', () => {
    const broken = { ...declaredPolicy([]), text: '{' };
    const fine = declaredPolicy([allow('execute-api:/*/GET/cats')]);
    const unresolved = { reason: 'a parameter', give: 'give it', place: at(6) };
    const policies = [broken, fine, declaredPolicy([], { text: null, unresolved })];
    const found = findingsOf(declaredApi({ methods, policies }));
    expect(found.map(({ rule, location }) => [rule, location?.line])).toEqual([
      ['declared-unresolved', 5],
      ['declared-unresolved', 6],
    ]);
    expect(found[0]?.message).toContain('the resource policy was not understood: ');
    expect(found[0]?.fix).toBe('Correct the resource policy.');
    expect(found[1]?.message).toContain('a parameter');
    expect(findingsOf(declaredApi({ methods, policies: [fine] }))).toEqual([]);
  });
});
