import { describe, expect, test } from '@jest/globals';
import { declare, lines } from './kit.js';

/* A plan beside `.tf` files: those that it is of give its lines, and others are judged by themselves. */

const api = 'resource "aws_apigatewayv2_api" "api" {\n  protocol_type = "HTTP"\n}\n';
const route = (name: string, type: string) =>
  `resource "aws_apigatewayv2_route" "${name}" {
  api_id = aws_apigatewayv2_api.api.id
  route_key = "GET /${name}"
  authorization_type = ${type}
}\n`;
const MODULE = 'module "a" {\n  source = "../modules/a"\n}\n';

const configured = (...addresses: readonly string[]) => ({
  resources: addresses.map((address) => ({ address, mode: 'managed' })),
});
const PLANNED = ['aws_apigatewayv2_api.api', 'aws_apigatewayv2_route.planned'];

/** A plan of an API with one route of AWS_IAM, in the root module or in one that it calls. */
function plan(source: string | null = null) {
  const change = (type: string, name: string, after: object) => ({
    address: `${source === null ? '' : 'module.a.'}${type}.${name}`,
    ...(source === null ? {} : { module_address: 'module.a' }),
    mode: 'managed',
    type,
    name,
    change: { actions: ['no-op'], before: after, after },
  });
  const root =
    source === null
      ? configured(...PLANNED)
      : { module_calls: { a: { source, module: configured(...PLANNED) } } };
  return JSON.stringify({
    format_version: '1.2',
    configuration: { root_module: root },
    resource_changes: [
      change('aws_apigatewayv2_api', 'api', { id: 'a1b2c3d4e5', protocol_type: 'HTTP' }),
      change('aws_apigatewayv2_route', 'planned', {
        api_id: 'a1b2c3d4e5',
        route_key: 'GET /planned',
        authorization_type: 'AWS_IAM',
      }),
    ],
  });
}

const read = (files: Readonly<Record<string, string>>, planned: string) =>
  lines(
    declare(
      { ...files, 'one/plan.json': planned },
      { templates: ['**/*.tf'], planFile: 'one/plan.json' },
    ),
  ).toSorted();

describe('files that the plan is of', () => {
  const own = api + route('planned', 'var.type');

  test('are judged in the plan', () => {
    expect(read({ 'one/main.tf': own }, plan())).toEqual(['GET /planned AWS_IAM']);
    expect(read({ 'one/main.tf': own, 'one/x.tf': 'variable "type" {}\n' }, plan())).toEqual([
      'GET /planned AWS_IAM',
    ]);
  });

  test('are judged in the plan where a module has them', () => {
    const files = { 'one/main.tf': MODULE, 'modules/a/main.tf': own };
    expect(read(files, plan('../modules/a'))).toEqual(['GET /planned AWS_IAM']);
  });

  test('may be any with the same resources where the module is from elsewhere', () => {
    const source = 'git::https://example.com/modules.git//a';
    const files = {
      'one/main.tf': MODULE.replace('../modules/a', source),
      'modules/a/main.tf': own,
    };
    expect(read(files, plan(source))).toEqual(['GET /planned AWS_IAM']);
  });
});

describe('files of another root module', () => {
  const own = { 'one/main.tf': api + route('planned', '"AWS_IAM"') };

  test.each<[string, Readonly<Record<string, string>>]>([
    ['with resources of other names', { 'two/main.tf': api + route('other', '"NONE"') }],
    [
      'that calls a module',
      { 'two/main.tf': MODULE, 'modules/a/a.tf': api + route('other', '"NONE"') },
    ],
  ])('%s are judged as they are without a plan', (_, others) => {
    expect(read({ ...own, ...others }, plan())).toEqual([
      'GET /other NONE',
      'GET /planned AWS_IAM',
    ]);
  });

  test('with the same names are judged where the folder of the plan is known', () => {
    const others = { 'two/main.tf': api + route('planned', '"NONE"') };
    expect(read({ ...own, ...others }, plan())).toEqual([
      'GET /planned AWS_IAM',
      'GET /planned NONE',
    ]);
  });

  test('are judged beside a plan of nothing', () => {
    const nothing = JSON.stringify({
      format_version: '1.2',
      resource_changes: [],
      planned_values: {},
    });
    expect(read({ 'two/main.tf': api + route('other', '"NONE"') }, nothing)).toEqual([
      'GET /other NONE',
    ]);
  });
});
