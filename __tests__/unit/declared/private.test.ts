import { describe, expect, test } from '@jest/globals';
import { declare, template } from './kit.js';

/* A private API is told by its endpoint types, by what an import takes for them, and by its document. */

const ENDPOINTS = '{vpcEndpointIds: [vpce-0123456789abcdef0]}';
const document = (version: string, more: string) =>
  `{${version}, ${more}, paths: {/x: {get: {x-amazon-apigateway-integration: {type: mock}}}}}`;
const inRoot = document(
  "swagger: '2.0'",
  `x-amazon-apigateway-endpoint-configuration: ${ENDPOINTS}`,
);
const inServer = document(
  'openapi: 3.0.1',
  `servers: [{url: x}, {x-amazon-apigateway-endpoint-configuration: ${ENDPOINTS}}]`,
);

describe('the endpoint types of an API', () => {
  const ofTemplate = (properties: string) =>
    template(
      `Parameters: {Ids: {Type: CommaDelimitedList}, Type: {Type: String}}\nResources:\n  Api: {Type: AWS::ApiGateway::RestApi, Properties: {${properties}}}\n`,
    ).apis[0]?.endpointTypes;

  test.each<[string, readonly string[] | null]>([
    ['EndpointConfiguration: {Types: [PRIVATE]}', ['PRIVATE']],
    ['Parameters: {endpointConfigurationTypes: PRIVATE}', ['PRIVATE']],
    ['Parameters: {endpointConfigurationTypes: !Ref Type}', null],
    ['Parameters: {basepath: prepend}', []],
    [`Body: ${inRoot}`, ['PRIVATE']],
    [`Body: ${inServer}`, ['PRIVATE']],
    [`EndpointConfiguration: {Types: [PRIVATE]}, Body: ${inRoot}`, ['PRIVATE']],
    [`Body: ${inRoot.replace('[vpce-0123456789abcdef0]', '!Ref Ids')}`, ['PRIVATE']],
    [`Body: ${inRoot.replace('[vpce-0123456789abcdef0]', '[]')}`, []],
    [`Body: ${inRoot.replace('vpcEndpointIds: [', 'others: [')}`, []],
  ])('in a template: %s', (properties, expected) => {
    expect(ofTemplate(properties)).toEqual(expected);
  });

  test('in a document by itself', () => {
    const [api] = declare({ 'api.yaml': inServer }).apis;
    expect(api?.endpointTypes).toEqual(['PRIVATE']);
  });

  test('of an HTTP API, are never private', () => {
    const text = `Resources:\n  Api: {Type: AWS::ApiGatewayV2::Api, Properties: {Body: ${inServer}}}\n`;
    expect(template(text).apis[0]?.endpointTypes).toEqual([]);
  });

  test.each<[string, object, readonly string[]]>([
    ['a parameter', { parameters: { endpointConfigurationTypes: 'PRIVATE' } }, ['PRIVATE']],
    ['a block', { endpoint_configuration: [{ types: ['PRIVATE'] }] }, ['PRIVATE']],
    ['a document', { body: inServer }, ['PRIVATE']],
    ['nothing', { body: '{"openapi": "3.0.1", "paths": {}}' }, []],
  ])('in a plan, by %s', (_, after, expected) => {
    const change = {
      actions: ['create'],
      before: null,
      after,
      after_unknown: { endpoint_configuration: !('endpoint_configuration' in after) },
    };
    const type = 'aws_api_gateway_rest_api';
    const plan = {
      format_version: '1.2',
      resource_changes: [{ address: `${type}.api`, mode: 'managed', type, name: 'api', change }],
      configuration: { root_module: {} },
    };
    const { apis } = declare({ 'p.json': JSON.stringify(plan) }, { planFile: 'p.json' });
    expect(apis[0]?.endpointTypes).toEqual(expected);
  });

  test.each<[string, readonly string[] | null]>([
    ['', []],
    ['endpoint_configuration {\n    types = ["PRIVATE"]\n  }', ['PRIVATE']],
    [
      'endpoint_configuration {\n    types = [ "EDGE", ]\n    vpc_endpoint_ids = [var.x]\n  }',
      ['EDGE'],
    ],
    ['endpoint_configuration {\n    types = var.types\n  }', null],
    ['endpoint_configuration {\n    types = [var.type]\n  }', null],
    ['endpoint_configuration {\n    vpc_endpoint_ids = []\n  }', null],
    ['dynamic "endpoint_configuration" {\n    for_each = var.x\n  }', null],
    ['parameters = { basepath = "prepend" }', []],
    ['parameters = { endpointConfigurationTypes = "PRIVATE" }', null],
    ['parameters = var.parameters', null],
    ['body = file("api.yaml")', ['PRIVATE']],
  ])('in a .tf file: %s', (text, expected) => {
    const { apis } = declare(
      {
        'main.tf': `resource "aws_api_gateway_rest_api" "api" {\n  ${text}\n}\n`,
        'api.yaml': inServer,
      },
      { templates: ['main.tf'] },
    );
    expect(apis[0]?.endpointTypes).toEqual(expected);
  });
});
