// biome-ignore-all lint/suspicious/noTemplateCurlyInString: this is how Terraform writes interpolation
import { describe, expect, test } from '@jest/globals';
import { couldPass, declare, lines } from './kit.js';

/* What Terraform takes of a folder of files: override files, files of OpenTofu, and files that are not read. */

const operation = (more: object) => ({ paths: { '/a': { get: more } } });
const OPEN = JSON.stringify({ openapi: '3.0.1', ...operation({}) });
const CLOSED = JSON.stringify({
  openapi: '3.0.1',
  ...operation({ security: [{ iam: [] }] }),
  components: { securitySchemes: { iam: { 'x-amazon-apigateway-authtype': 'awsSigv4' } } },
});

const block = (type: string, name: string, lines: string) =>
  `resource "${type}" "${name}" {\n${lines}\n}\n`;
const api = (lines: string) => block('aws_api_gateway_rest_api', 'api', lines);
const body = (file: string) => api(`  body = file("\${path.module}/${file}")`);
const method = (authorization: string) =>
  block(
    'aws_api_gateway_method',
    'get',
    `  rest_api_id = aws_api_gateway_rest_api.api.id
  resource_id = aws_api_gateway_rest_api.api.root_resource_id
  http_method = "GET"
  authorization = "${authorization}"`,
  );
const SAFE = api('  name = "a"') + method('AWS_IAM');
const DOCUMENTS = { 'open.json': OPEN, 'closed.json': CLOSED };
const read = (files: Readonly<Record<string, string>>, templates: readonly string[] = ['*.tf']) =>
  declare({ ...DOCUMENTS, ...files }, { templates });

describe('an override file', () => {
  const authorization = (type: string) =>
    block('aws_api_gateway_method', 'get', `  authorization = "${type}"`);

  test.each([
    ['main_override.tf', 'AWS_IAM', 'NONE'],
    ['override.tf', 'NONE', 'AWS_IAM'],
    ['a_override.tf', 'NONE', 'AWS_IAM'],
  ])('%s replaces %s by %s', (file, before, after) => {
    const files = { 'main.tf': api('') + method(before), [file]: authorization(after) };
    expect(lines(read(files))).toEqual([`GET / ${after}`]);
  });

  test('of several the last one by its name counts', () => {
    const [a, z] = [authorization('AWS_IAM'), authorization('NONE')];
    const files = { 'main.tf': SAFE, 'z_override.tf': z, 'a_override.tf': a };
    expect(lines(read(files))).toEqual(['GET / NONE']);
  });

  test.each([['a_override.tf'], ['z_override.tf']])(
    '%s leaves a body that it does not name',
    (file) => {
      const other = api('  disable_execute_api_endpoint = true');
      const declared = read({ 'main.tf': body('open.json'), [file]: other });
      expect(lines(declared)).toEqual(['GET /a NONE']);
      expect(declared.apis).toMatchObject([{ defaultEndpointDisabled: true }]);
    },
  );

  test.each([['a_override.tf'], ['z_override.tf']])('%s brings a body', (file) => {
    expect(lines(read({ 'main.tf': body('closed.json'), [file]: body('open.json') }))).toEqual([
      'GET /a NONE',
    ]);
  });

  test('keeps what ignore_changes keeps beside another argument of lifecycle', () => {
    const kept = '  lifecycle {\n    ignore_changes = [body]\n  }';
    const other = api('  lifecycle {\n    prevent_destroy = true\n  }');
    const files = { 'main.tf': body('closed.json').replace('\n}\n', `\n${kept}\n}\n`) };
    expect(couldPass(read({ ...files, 'x_override.tf': other }))).toBe(false);
  });

  test('replaces all blocks of a type, those that dynamic makes as well', () => {
    const types = (list: string) => `  endpoint_configuration {\n    types = [${list}]\n  }`;
    const dynamic = '  dynamic "endpoint_configuration" {\n    for_each = var.all\n  }';
    const override = api(types('"PRIVATE"'));
    for (const before of [types('"EDGE"'), dynamic]) {
      const declared = read({ 'main.tf': api(before), 'x_override.tf': override });
      expect(declared.apis).toMatchObject([{ endpointTypes: ['PRIVATE'] }]);
    }
  });

  test('is judged by itself where it overrides nothing', () => {
    expect(lines(read({ 'override.tf': method('NONE') }))).toEqual(['GET / NONE']);
  });
});

test('an API in main.tf and in main.tofu is judged as each of them has it', () => {
  for (const [tf, tofu] of [
    ['open.json', 'closed.json'],
    ['closed.json', 'open.json'],
  ] as const) {
    const declared = read({ 'main.tf': body(tf), 'main.tofu': body(tofu) });
    expect(lines(declared).toSorted()).toEqual(['GET /a AWS_IAM', 'GET /a NONE']);
  }
});

describe('a file beside the one that is named', () => {
  const BROKEN = `${method('NONE')}}`;
  const IN_JSON = JSON.stringify({ resource: { aws_api_gateway_method: { open: {} } } });

  test.each([
    ['more.tf', BROKEN],
    ['more.tf.json', IN_JSON],
    ['more.tofu.json', JSON.stringify({ module: { a: { source: 'b' } } })],
    ['more.tf.json', JSON.stringify({ resource: { awscc_apigateway_method: { open: {} } } })],
  ])('%s that is not read is no pass', (file, text) => {
    expect(couldPass(read({ 'main.tf': SAFE, [file]: text }, ['main.tf']))).toBe(false);
    const module = 'module "a" {\n  source = "./a"\n}\n';
    const called = { 'main.tf': module, 'a/main.tf': SAFE, [`a/${file}`]: text };
    expect(couldPass(read(called, ['main.tf']))).toBe(false);
  });

  test('is told once where it is named, too', () => {
    const declared = read({ 'main.tf': SAFE, 'more.tf': BROKEN, 'x.tf.json': IN_JSON }, [
      '*.tf',
      '*.tf.json',
    ]);
    const told = declared.files.flatMap((it) => [
      ...it.unresolved.map(({ place }) => place.file),
      ...(it.problem === null ? [] : [it.file]),
    ]);
    expect(told.toSorted()).toEqual(['more.tf', 'x.tf.json']);
  });

  test.each([
    ['more.tf.json', '{"resource": {"aws_s3_bucket": {"b": {}}}}'],
    ['sub/more.tf.json', IN_JSON],
    ['sub/more.tf', BROKEN],
  ])('%s that cannot make an API of it is none of its business', (file, text) => {
    expect(couldPass(read({ 'main.tf': SAFE, [file]: text }, ['main.tf']))).toBe(true);
  });
});

describe('a path that starts at the root module', () => {
  const module = 'module "a" {\n  source = "./a"\n}\n';

  test.each([['"d.json"'], ['"${path.root}/d.json"']])(
    '%s is not read in the folder of a module',
    (path) => {
      const files = { 'main.tf': module, 'a/main.tf': api(`  body = file(${path})`) };
      const documents = { 'd.json': OPEN, 'a/d.json': CLOSED };
      for (const templates of [['main.tf'], ['a/*.tf', 'main.tf']]) {
        expect(couldPass(read({ ...files, ...documents }, templates))).toBe(false);
      }
      expect(lines(read({ 'main.tf': api(`  body = file(${path})`), ...documents }))).toEqual([
        'GET /a NONE',
      ]);
    },
  );
});

test('a folder that another one is looked for in is judged all the same', () => {
  const files = {
    'a/main.tf': method('NONE'),
    'b/main.tf': api('  body = file("d.json")'),
    'b/d.json': CLOSED,
  };
  const declared = read(files, ['b/*.tf', 'a/*.tf']);
  expect(lines(declared).toSorted()).toEqual(['GET / NONE', 'GET /a AWS_IAM']);
});

test('a target that is null creates no route', () => {
  const v2 = (target: string) =>
    block('aws_apigatewayv2_api', 'api', `  protocol_type = "HTTP"\n  target = ${target}`);
  expect(lines(read({ 'main.tf': v2('null') }))).toEqual([]);
  expect(lines(read({ 'main.tf': v2('var.target') }))).toEqual(['$default unresolved']);
});
