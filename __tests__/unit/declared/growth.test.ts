import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { couldPass, declare, lines, methods, template } from './kit.js';

/*
 * Templates whose parts lead to one another: what is looked at must not multiply with each step. Each of
 * these took minutes, or for ever.
 */

const API = { Type: 'AWS::ApiGateway::RestApi' };
const ROOT = { 'Fn::GetAtt': ['Api', 'RootResourceId'] };
const PARAMETER = { Type: 'String' };

function method(properties: object = {}, more: object = {}): object {
  const own = {
    ...{ RestApiId: { Ref: 'Api' }, ResourceId: ROOT, HttpMethod: 'GET' },
    AuthorizationType: 'NONE',
  };
  return { Type: 'AWS::ApiGateway::Method', Properties: { ...own, ...properties }, ...more };
}

function resource(part: unknown, parent: unknown): object {
  const properties = { RestApiId: { Ref: 'Api' }, ParentId: parent, PathPart: part };
  return { Type: 'AWS::ApiGateway::Resource', Properties: properties };
}

function numbered<T>(count: number, make: (index: number) => readonly [string, T]) {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => make(index)));
}

function read(sections: object) {
  return template(JSON.stringify(sections));
}

/** Conditions of which each names the one before it more than once. */
const LADDERS: readonly [string, (name: string) => object][] = [
  ['And', (name) => ({ 'Fn::And': [{ Condition: name }, { Condition: name }] })],
  ['Or', (name) => ({ 'Fn::Or': [{ Condition: name }, { Condition: name }, { Condition: name }] })],
  [
    'Equals of If',
    (name) => ({
      'Fn::Equals': [{ 'Fn::If': [name, 'a', 'b'] }, { 'Fn::If': [name, 'a', 'c'] }],
    }),
  ],
];

describe('conditions', () => {
  test.each(LADDERS)('that name each other many times are decided once: %s', (_, step) => {
    const count = 60;
    const conditions = {
      C0: { 'Fn::Equals': [{ Ref: 'P' }, 'x'] },
      ...numbered(count, (at) => [`C${at + 1}`, step(`C${at}`)]),
    };
    const resources = {
      Api: API,
      M: method({ AuthorizationType: { 'Fn::If': [`C${count}`, 'NONE', 'AWS_IAM'] } }),
    };
    const sections = { Parameters: { P: PARAMETER }, Conditions: conditions, Resources: resources };
    expect(lines(read(sections))).toContain(`GET / NONE [C${count}]`);
  });

  test.each(LADDERS)('that lead back to themselves are decided by nothing: %s', (_, step) => {
    const conditions = { A: step('B'), B: step('A'), C: { 'Fn::Not': [{ Condition: 'C' }] } };
    const type = { 'Fn::If': ['A', 'NONE', { 'Fn::If': ['C', 'AWS_IAM', 'CUSTOM'] }] };
    const resources = { Api: API, M: method({ AuthorizationType: type }, { Condition: 'B' }) };
    const declared = read({ Conditions: conditions, Resources: resources });
    expect(couldPass(declared)).toBe(false);
    expect(lines(declared).some((line) => line.startsWith('GET / NONE'))).toBe(true);
  });

  test('are the same whether others were asked for before', () => {
    const literal = fc.constantFrom('a', 'b');
    const leaf = fc.record({ 'Fn::Equals': fc.tuple(literal, literal) });
    fc.assert(
      fc.property(leaf, leaf, fc.constantFrom('Fn::And', 'Fn::Or'), (x, y, and) => {
        const conditions = {
          X: x,
          Y: y,
          Z: { [and]: [{ Condition: 'X' }, { Condition: 'Y' }] },
          N: { 'Fn::Not': [{ Condition: 'Z' }] },
        };
        const holds = (of: { 'Fn::Equals': [string, string] }) =>
          of['Fn::Equals'][0] === of['Fn::Equals'][1];
        const z = and === 'Fn::And' ? holds(x) && holds(y) : holds(x) || holds(y);
        const resources = {
          Api: API,
          One: method({ AuthorizationType: { 'Fn::If': ['N', 'AWS_IAM', 'NONE'] } }),
          Two: method({ HttpMethod: 'PUT', AuthorizationType: { 'Fn::If': ['Z', 'JWT', 'NONE'] } }),
        };
        expect(lines(read({ Conditions: conditions, Resources: resources }))).toEqual([
          `GET / ${z ? 'NONE' : 'AWS_IAM'}`,
          `PUT / ${z ? 'JWT' : 'NONE'}`,
        ]);
      }),
      { numRuns: 40 },
    );
  });

  test('of which twenty thousand lead to one another are followed without a stack of their own', () => {
    const count = 20_000;
    const conditions = {
      C0: { 'Fn::Equals': [{ Ref: 'P' }, 'x'] },
      ...numbered(count, (at) => [`C${at + 1}`, { 'Fn::Not': [{ Condition: `C${at}` }] }]),
    };
    const resources = { Api: API, M: method({}, { Condition: `C${count}` }) };
    const declared = read({
      ...{ Parameters: { P: PARAMETER }, Conditions: conditions },
      Resources: resources,
    });
    expect(declared.files[0]).toMatchObject({ outcome: 'read', unresolved: [] });
    expect(lines(declared)).toEqual([expect.stringContaining(`[C${count}]`)]);
  });
});

describe('parents', () => {
  test('with a branch each are looked at a bounded number of times', () => {
    const count = 40;
    const parents = numbered(count, (at) => {
      const above = at + 1 < count ? { Ref: `R${at + 1}` } : ROOT;
      return [`R${at}`, resource(`p${at}`, { 'Fn::If': [`Q${at}`, above, above] })];
    });
    const declared = read({
      Parameters: numbered(count, (at) => [`P${at}`, PARAMETER]),
      Conditions: numbered(count, (at) => [`Q${at}`, { 'Fn::Equals': [{ Ref: `P${at}` }, 'x'] }]),
      Resources: { Api: API, ...parents, M: method({ ResourceId: { Ref: 'R0' } }) },
    });
    expect(methods(declared)).toMatchObject([{ method: 'GET', path: null, authorization: 'NONE' }]);
  });

  test.each([
    ['in a circle', (at: number, count: number) => ({ Ref: `R${(at + 1) % count}` })],
    [
      'one above the other',
      (at: number, count: number) => (at + 1 < count ? { Ref: `R${at + 1}` } : ROOT),
    ],
  ])('of which there are thousands %s are no bug', (_, parentOf) => {
    const count = 3_000;
    const parents = numbered(count, (at) => [`R${at}`, resource('p', parentOf(at, count))]);
    const declared = read({
      Resources: { Api: API, ...parents, M: method({ ResourceId: { Ref: 'R0' } }) },
    });
    expect(methods(declared)).toMatchObject([{ method: 'GET', path: null, authorization: 'NONE' }]);
  });

  test('that are as many as an API may have are the path', () => {
    const count = 299;
    const parents = numbered(count, (at) => [
      `R${at}`,
      resource(`p${at}`, at + 1 < count ? { Ref: `R${at + 1}` } : ROOT),
    ]);
    const declared = read({
      Resources: { Api: API, ...parents, M: method({ ResourceId: { Ref: 'R0' } }) },
    });
    const path = Array.from({ length: count }, (_, at) => `/p${count - 1 - at}`).join('');
    expect(lines(declared)).toEqual([`GET ${path} NONE`]);
  });

  test('that stand twice each are not followed in every combination', () => {
    const texts = Array.from({ length: 26 }, (_, at) => {
      const one = JSON.stringify(resource('p', at < 25 ? { Ref: `R${at + 1}` } : ROOT));
      return `"R${at}": ${one}, "R${at}": ${one}`;
    });
    const own = JSON.stringify(method({ ResourceId: { Ref: 'R0' } }));
    const declared = template(
      `{"Resources": {"Api": ${JSON.stringify(API)}, ${texts.join(', ')}, "M": ${own}}}`,
    );
    expect(couldPass(declared)).toBe(false);
  });
});

describe('values of parameters', () => {
  const parameters = numbered(3, (at) => [
    `P${at}`,
    { Type: 'String', AllowedValues: Array.from({ length: 250 }, (_, it) => `v${it}`) },
  ]);
  const named = (at: number) => ({ Ref: `P${at}` });

  test.each<[string, object]>([
    [
      'a method',
      {
        Api: API,
        R: resource(named(0), ROOT),
        M: method({
          ResourceId: { Ref: 'R' },
          HttpMethod: named(1),
          AuthorizationType: named(2),
        }),
      },
    ],
    [
      'a route',
      {
        Api: {
          Type: 'AWS::ApiGatewayV2::Api',
          Properties: { Name: 'x', ProtocolType: 'HTTP', Target: named(0), RouteKey: named(1) },
        },
        R: {
          Type: 'AWS::ApiGatewayV2::Route',
          Properties: {
            ...{ ApiId: { Ref: 'Api' }, RouteKey: named(0), AuthorizationType: named(1) },
            Target: named(2),
          },
        },
      },
    ],
  ])('that multiply make %s that nobody can tell', (_, resources) => {
    const declared = read({ Parameters: parameters, Resources: resources });
    expect(methods(declared).length).toBeLessThan(10);
    const reasons = methods(declared).map(({ unresolved }) => unresolved?.reason);
    expect(reasons.join()).toContain('stands for more than 256 methods');
    expect(couldPass(declared)).toBe(false);
  });
});

describe('a document', () => {
  const scheme = {
    ...{ type: 'apiKey', name: 'Authorization', in: 'header' },
    'x-amazon-apigateway-authtype': 'awsSigv4',
  };
  const paths = numbered(1_000, (at) => [`/p${at}`, { get: {} }]);

  test('with thousands of schemes that each operation inherits is read, and not passed', () => {
    const names = Array.from({ length: 3_000 }, (_, at) => `s${at}`);
    const declared = template(
      JSON.stringify({
        openapi: '3.0.1',
        components: { securitySchemes: numbered(3_000, (at) => [`s${at}`, scheme]) },
        security: names.map((name) => ({ [name]: [] })),
        paths,
      }),
    );
    expect(methods(declared)).toHaveLength(1_000);
    expect(couldPass(declared)).toBe(false);
    expect(methods(declared)[0]?.unresolved?.reason).toContain('branches or schemes');
  });

  test('finds each of many names in a large map, the last where it stands twice', () => {
    const declared = template(
      JSON.stringify({
        openapi: '3.0.1',
        components: {
          securitySchemes: {
            ...numbered(1_000, (at) => [`s${at}`, at % 2 === 0 ? scheme : { type: 'http' }]),
            ...JSON.parse('{"__proto__": {"type": "http"}}'),
          },
        },
        paths: {
          ...numbered(1_000, (at) => [`/p${at}`, { get: { security: [{ [`s${at}`]: [] }] } }]),
          '/q': { get: { security: [{ constructor: [] }] } },
        },
      }),
    );
    expect(lines(declared)).toEqual([
      ...Array.from(
        { length: 1_000 },
        (_, at) => `GET /p${at} ${at % 2 === 0 ? 'AWS_IAM' : 'NONE'}`,
      ),
      'GET /q NONE',
    ]);
  });
});

test('SAM writes thousands of paths, and each is what it was', () => {
  const functions = numbered(60, (at) => [
    `F${at}`,
    {
      Type: 'AWS::Serverless::Function',
      Condition: at % 2 === 0 ? 'C' : undefined,
      Properties: {
        Events: numbered(50, (it) => [
          `E${it}`,
          {
            Type: 'Api',
            Properties: {
              ...{ Path: `/a${at}_${it}`, Method: 'get' },
              ...(it % 2 === 0 ? { Auth: { Authorizer: 'AWS_IAM' } } : {}),
            },
          },
        ]),
      },
    },
  ]);
  const declared = read({
    Transform: 'AWS::Serverless-2016-10-31',
    Parameters: { P: PARAMETER },
    Conditions: { C: { 'Fn::Equals': [{ Ref: 'P' }, 'x'] } },
    Resources: functions,
  });
  const found = methods(declared);
  expect(new Set(found.map(({ path }) => path)).size).toBe(3_000);
  for (const { path, authorization } of found) {
    const [, , it = '0'] = /^\/a(\d+)_(\d+)$/.exec(path ?? '') ?? [];
    expect({ path, authorization }).toEqual({
      path,
      authorization: Number(it) % 2 === 0 ? 'AWS_IAM' : 'NONE',
    });
  }
});

test('Terraform’s resources are found by their addresses, also in a long row', () => {
  const blocks = Array.from({ length: 2_000 }, (_, at) => {
    const above =
      at % 40 === 39
        ? 'aws_api_gateway_rest_api.a.root_resource_id'
        : `aws_api_gateway_resource.r${at + 1}.id`;
    return `resource "aws_api_gateway_resource" "r${at}" {
  rest_api_id = aws_api_gateway_rest_api.a.id
  parent_id   = ${above}
  path_part   = "p${at}"
}
resource "aws_api_gateway_method" "m${at}" {
  rest_api_id   = aws_api_gateway_rest_api.a.id
  resource_id   = aws_api_gateway_resource.r${at}.id
  http_method   = "GET"
  authorization = "NONE"
}`;
  });
  const declared = declare({
    'main.tf': `resource "aws_api_gateway_rest_api" "a" {\n  name = "x"\n}\n${blocks.join('\n')}\n`,
  });
  const found = methods(declared);
  expect(found).toHaveLength(2_000);
  expect(found[37]?.path).toBe('/p39/p38/p37');
  expect(found.every(({ path }) => path !== null)).toBe(true);
});
