import { describe, expect, test } from '@jest/globals';
import { findingsOf } from '../rules/declared-builder.js';
import { declare, lines } from './kit.js';

/* Plans and files that have a part of an API, whose rest is in another state. */

type Data = Readonly<Record<string, unknown>>;

const OPEN = JSON.stringify({
  Version: '2012-10-17',
  Statement: { Effect: 'Allow', Principal: '*', Action: '*', Resource: 'execute-api:/*' },
});
const DOCUMENT = JSON.stringify({ openapi: '3.0.1', paths: { '/x': { get: {} } } });

function plan(changes: readonly Data[], more: Data = {}) {
  const resource_changes = changes.map((it) => ({
    mode: 'managed',
    name: 'it',
    address: `${it.type}.it`,
    ...it,
  }));
  const json = { format_version: '1.2', configuration: { root_module: {} }, ...more };
  return declare(
    { 'p.json': JSON.stringify({ ...json, resource_changes }) },
    { planFile: 'p.json' },
  );
}

const creates = (type: string, after: Data) => ({
  type,
  change: { actions: ['create'], before: null, after, after_unknown: {} },
});

const rules = ({ apis }: ReturnType<typeof declare>) => findingsOf(...apis).map(({ rule }) => rule);

describe('a plan without the API itself', () => {
  const policy = creates('aws_api_gateway_rest_api_policy', {
    rest_api_id: 'a1b2c3d4e5',
    policy: OPEN,
  });

  test('has the policy that it gives it', () => {
    const declared = plan([policy]);
    expect(declared.apis).toMatchObject([{ isElsewhere: true, identity: { id: 'a1b2c3d4e5' } }]);
    expect(rules(declared)).toContain('public-principal');
  });

  test('says nothing of methods that it does not have', () => {
    const narrow = OPEN.replace(
      '"Effect"',
      '"Condition":{"StringEquals":{"aws:SourceVpce":"vpce-0123456789abcdef0"}},"Effect"',
    );
    const after = { rest_api_id: 'a1b2c3d4e5', policy: narrow };
    expect(rules(plan([creates('aws_api_gateway_rest_api_policy', after)]))).toEqual([]);
  });

  test('has the methods of the document that it puts', () => {
    const after = { rest_api_id: 'a1b2c3d4e5', body: DOCUMENT };
    const put = plan([creates('aws_api_gateway_rest_api_put', after)]);
    expect(lines(put)).toEqual(['GET /x NONE']);
    const both = plan([policy, creates('aws_api_gateway_rest_api_put', after)]);
    expect(both.apis).toHaveLength(1);
    expect(rules(both)).toEqual(expect.arrayContaining(['public-principal', 'declared-not-iam']));
  });

  test('does not know a document that it does not tell', () => {
    const type = 'aws_api_gateway_rest_api_put';
    const change = {
      actions: ['create'],
      before: null,
      after: { rest_api_id: 'a1b2c3d4e5' },
      after_unknown: { body: true },
    };
    expect(rules(plan([{ type, change }]))).toEqual(['declared-unresolved']);
  });
});

describe('a change without a deployment', () => {
  const of = (type: string, actions: readonly string[], after: Data = {}) => ({
    type,
    change: {
      actions,
      before: actions.includes('create') ? null : after,
      after: { rest_api_id: 'a1b2c3d4e5', ...after },
      after_unknown: {},
    },
  });
  const api = (actions: readonly string[]) =>
    of('aws_api_gateway_rest_api', actions, { id: 'a1b2c3d4e5' });
  const notes = (...changes: Data[]) => plan(changes).apis[0]?.notes;
  const told = [expect.stringContaining('a stage keeps serving what it serves')];
  const method = of('aws_api_gateway_method', ['create'], { authorization: 'AWS_IAM' });

  test.each<[string, Data]>([
    ['a method', method],
    ['its policy', of('aws_api_gateway_rest_api_policy', ['update'], { policy: '{}' })],
    ['its document', of('aws_api_gateway_rest_api_put', ['update'], { body: DOCUMENT })],
  ])('of %s is a note', (_, change) => {
    expect(notes(api(['no-op']), change)).toEqual(told);
  });

  test('of the API itself is a note', () => expect(notes(api(['update']))).toEqual(told));

  test.each<[string, readonly Data[]]>([
    ['nothing changes', [api(['no-op']), of('aws_api_gateway_method', ['no-op'])]],
    ['the API is new', [api(['create']), method]],
    [
      'it is deployed',
      [api(['no-op']), method, of('aws_api_gateway_deployment', ['create', 'delete'])],
    ],
    [
      'another API changes',
      [api(['no-op']), of('aws_api_gateway_method', ['create'], { rest_api_id: 'z9y8x7w6v5' })],
    ],
  ])('is none where %s', (_, changes) => {
    expect(notes(...changes)).toEqual([]);
  });
});

describe('routes of an API of another state', () => {
  const found = (type: string, ...keys: string[]) =>
    rules(
      plan(
        keys.map((key, index) => ({
          ...creates('aws_apigatewayv2_route', {
            api_id: 'a1b2c3d4e5',
            route_key: key,
            authorization_type: type,
          }),
          address: `aws_apigatewayv2_route.r${index}`,
          name: `r${index}`,
        })),
      ),
    );

  test('take messages where their key is of no HTTP API', () => {
    expect(found('NONE', 'sendMessage', '$disconnect')).toEqual([]);
    expect(found('NONE', '$connect')).toEqual(['declared-not-iam']);
    expect(found('AWS_IAM', '$connect', 'sendMessage')).toEqual([]);
  });

  test('are open where they may be of an HTTP API', () => {
    expect(found('NONE', '$default', 'sendMessage')).toEqual(['declared-not-iam']);
    expect(found('NONE', 'GET /x', 'sendMessage')).toEqual(['declared-not-iam']);
  });
});

describe('what is replaced without being destroyed', () => {
  const method = (authorization: string) => ({
    http_method: 'GET',
    rest_api_id: 'x',
    authorization,
  });

  test.each([
    [
      ['create', 'forget'],
      ['GET null NONE', 'GET null AWS_IAM'],
    ],
    [
      ['forget', 'create'],
      ['GET null NONE', 'GET null AWS_IAM'],
    ],
    [['delete', 'create'], ['GET null NONE']],
    [['create', 'delete'], ['GET null NONE']],
    [['forget'], ['GET null AWS_IAM']],
  ])('%j: what is created counts, and what is left', (actions, expected) => {
    const change = {
      actions,
      before: method('AWS_IAM'),
      after: actions.includes('create') ? method('NONE') : null,
      after_unknown: {},
    };
    expect(lines(plan([{ type: 'aws_api_gateway_method', change }]))).toEqual(expected);
  });
});

describe('a plan of which a part is deferred', () => {
  test.each<[Data, number]>([
    [{}, 0],
    [{ deferred_changes: [] }, 0],
    [{ complete: true }, 0],
    [{ complete: false }, 1],
    [{ deferred_changes: [{ reason: 'provider_config_unknown' }] }, 1],
  ])('%j', (more, count) => {
    const [file] = plan([creates('aws_api_gateway_method', {})], more).files;
    expect(file?.unresolved).toHaveLength(count);
  });
});

describe('a policy that is a variable of a module', () => {
  const policies = (given: unknown, variable: Data, root: Data = {}) => {
    const type = 'aws_api_gateway_rest_api';
    const module = {
      resources: [
        { address: `${type}.it`, expressions: { policy: { references: ['var.policy'] } } },
      ],
      variables: { policy: variable },
    };
    const expressions = given === undefined ? {} : { policy: given };
    const root_module = {
      module_calls: { api: { source: './api', expressions, module } },
      variables: { mine: { default: '{}' }, none: {} },
    };
    const change = {
      actions: ['create'],
      before: null,
      after: {},
      after_unknown: { id: true, policy: true },
    };
    const address = `module.api.${type}.it`;
    const { apis } = plan([{ type, address, module_address: 'module.api', change }], {
      configuration: { root_module },
      ...root,
    });
    return apis[0]?.policies.length;
  };

  test.each<[string, unknown, Data, number]>([
    ['nobody gives', undefined, {}, 0],
    ['has a default', undefined, { default: '{}' }, 1],
    ['is given as null', { constant_value: null }, { default: '{}' }, 0],
    ['is given', { references: ['aws_iam_policy_document.x.json'] }, {}, 1],
    ['is given of several', { references: ['var.none', 'local.x'] }, {}, 1],
    ['is a variable that nobody gives', { references: ['var.none'] }, {}, 0],
    ['is a variable with a default', { references: ['var.mine'] }, {}, 1],
    ['is a variable that is not declared', { references: ['var.other'] }, {}, 1],
  ])('that %s', (_, given, variable, count) => {
    expect(policies(given, variable)).toBe(count);
  });

  test('whose value the plan tells', () => {
    const of = (variables: Data) => policies({ references: ['var.none'] }, {}, { variables });
    expect(of({ none: { value: 'x' } })).toBe(1);
    expect(of({ none: { value: null } })).toBe(0);
    expect(of({ none: {} })).toBe(0);
  });
});

describe('HCL without the API itself', () => {
  const read = (type: string, id: string, attribute: string) =>
    declare(
      {
        'main.tf': `resource "${type}" "p" {\n  rest_api_id = ${id}\n  ${attribute}\n}\n`,
        'api.json': DOCUMENT,
      },
      { templates: ['main.tf'] },
    );
  const policy = `policy = <<EOF\n${OPEN}\nEOF`;

  test.each([
    ['var.api'],
    ['"a1b2c3d4e5"'],
    ['one(aws_api_gateway_rest_api.api[*].id)'],
    ['data.aws_api_gateway_rest_api.api.id'],
  ])('a policy of %s is judged', (id) => {
    const declared = read('aws_api_gateway_rest_api_policy', id, policy);
    expect(rules(declared)).toContain('public-principal');
  });

  test('a document that is put is judged', () => {
    const declared = read('aws_api_gateway_rest_api_put', 'var.api', 'body = file("api.json")');
    expect(lines(declared)).toEqual(['GET /x NONE']);
  });
});

describe('what Terraform leaves as it is, in HCL without a plan', () => {
  const api = 'resource "aws_api_gateway_rest_api" "a" {\n  name = "x"\n';
  const read = (text: string) =>
    declare({ 'main.tf': text, 'api.json': DOCUMENT }, { templates: ['main.tf'] });
  const lifecycle = (changes: string) => `  lifecycle {\n    ignore_changes = ${changes}\n  }\n}\n`;
  const method = (type: string, changes: string) =>
    lines(
      read(
        `${api}}\nresource "aws_api_gateway_method" "m" {\n  rest_api_id = aws_api_gateway_rest_api.a.id\n  resource_id = aws_api_gateway_rest_api.a.root_resource_id\n  http_method = "GET"\n  authorization = "${type}"\n${lifecycle(changes)}`,
      ),
    );

  test.each([
    ['[authorization]', 'unresolved'],
    ['all', 'unresolved'],
    ['["all"]', 'unresolved'],
    ['[\n      request_parameters, # why\n      authorization\n    ]', 'unresolved'],
    ['[authorization_scopes]', 'AWS_IAM'],
    ['[]', 'AWS_IAM'],
  ])('a method with ignore_changes = %s', (changes, expected) => {
    expect(method('AWS_IAM', changes)).toEqual([`GET / ${expected}`]);
    expect(method('NONE', changes)).toEqual(['GET / NONE']);
  });

  test.each([
    ['body = file("api.json")', '[body]', 1],
    ['body = file("api.json")', '[policy]', 0],
    [`policy = <<EOF\n${OPEN}\nEOF`, '[policy]', 1],
    [`policy = <<EOF\n${OPEN}\nEOF`, '[tags]', 0],
  ])('an API with %s and ignore_changes = %s', (attribute, changes, count) => {
    const [found] = read(`${api}  ${attribute}\n${lifecycle(changes)}`).apis;
    const reasons = found?.unresolved.filter(({ reason }) => reason.includes('ignore_changes'));
    expect(reasons).toHaveLength(count);
  });

  test('a policy that is a resource of its own', () => {
    const policy = `resource "aws_api_gateway_rest_api_policy" "p" {\n  rest_api_id = var.x\n  policy = <<EOF\n${OPEN}\nEOF\n${lifecycle('[policy]')}`;
    expect(read(policy).apis[0]?.unresolved).toHaveLength(1);
  });
});

describe('what is in planned_values alone', () => {
  const resource = (type: string, values: Data) => ({
    mode: 'managed',
    type,
    name: 'it',
    address: `${type}.it`,
    values,
  });
  const rest = resource('aws_api_gateway_rest_api', { id: 'a1b2c3d4e5' });
  const method = (authorization: string) =>
    resource('aws_api_gateway_method', {
      rest_api_id: 'a1b2c3d4e5',
      http_method: 'GET',
      authorization,
    });
  const values = (root_module: Data) => ({ planned_values: { root_module } });
  const read = (more: Data) => {
    const text = JSON.stringify({ format_version: '1.2', ...more });
    return declare({ 'p.json': text }, { planFile: 'p.json' });
  };

  test('is judged where the plan lists no changes', () => {
    for (const changes of [{}, { resource_changes: [] }]) {
      const declared = read({ ...values({ resources: [rest, method('NONE')] }), ...changes });
      expect(declared.apis).toMatchObject([{ identity: { id: 'a1b2c3d4e5' } }]);
      expect(rules(declared)).toContain('declared-not-iam');
    }
  });

  test('is judged in modules', () => {
    const inside = { ...method('NONE'), address: 'module.a["b"].aws_api_gateway_method.it' };
    const child = { address: 'module.a["b"]', resources: [inside] };
    const declared = read(values({ resources: [rest], child_modules: [child] }));
    expect(declared.apis).toHaveLength(1);
    expect(rules(declared)).toContain('declared-not-iam');
  });

  test('is what its change says where there is one', () => {
    const more = values({ resources: [method('NONE')] });
    const after = { rest_api_id: 'a1b2c3d4e5', http_method: 'GET', authorization: 'AWS_IAM' };
    expect(plan([creates('aws_api_gateway_method', after)], more).apis).toMatchObject([
      { methods: [{ authorization: 'AWS_IAM' }] },
    ]);
  });
});

test('serverless.yml is known by its service, also where plugins make its APIs', () => {
  const text = 'service: orders\nprovider:\n  name: aws\ncustom:\n  apiGatewayServiceProxies: []\n';
  const declared = declare({ 'serverless.yml': text });
  expect(declared.files).toMatchObject([{ language: 'serverless.yml', outcome: 'read' }]);
});
