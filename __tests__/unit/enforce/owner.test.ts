import { describe, expect, test } from '@jest/globals';
import { ownerOf } from '../../../src/enforce/owner.js';
import { describeDeployment, readProvenance } from '../../../src/enforce/transaction/provenance.js';
import type { ApiKind } from '../../../src/model/api-kind.js';
import { api, read, UNREAD } from '../evidence-builder.js';

function ownerWith(tags: Record<string, string>, kind: ApiKind = 'REST') {
  const subject = api({ kind });
  if (!subject.description.readable) throw new Error('the sample has a description');
  return ownerOf({ ...subject, description: read({ ...subject.description.value, tags }) });
}

describe('the owner of an API', () => {
  test.each<[Record<string, string>, string | undefined, string | null | undefined]>([
    [{}, undefined, undefined],
    [{ team: 'shop' }, undefined, undefined],
    [{ 'aws:cloudformation:stack-name': 'shop' }, 'CloudFormation', 'shop'],
    [{ 'aws:cloudformation:stack-name': 'shop', 'created-by': 'aws-cdk' }, 'CDK', 'shop'],
    [{ tool: 'cdk' }, 'CDK', null],
    [{ ManagedBy: 'Terraform' }, 'Terraform', null],
    [{ terraform: 'true' }, 'Terraform', null],
    [{ iac: 'opentofu' }, 'Terraform', null],
    [{ team: 'ducdk' }, undefined, undefined],
  ])('of the tags %j', (tags, tool, name) => {
    expect(ownerWith(tags)?.tool).toBe(tool);
    expect(ownerWith(tags)?.name).toBe(name);
  });

  test.each<[Record<string, string>, string[], string]>([
    [
      { 'aws:cloudformation:stack-name': 'shop' },
      ['CloudFormation', 'SAM', 'CDK', 'OpenAPI'],
      'orders (a1b2c3) is managed by the CloudFormation stack shop: its next update may turn IAM off again. Set AuthorizationType: AWS_IAM on each AWS::ApiGateway::Method at the source, too.',
    ],
    [
      { ManagedBy: 'Terraform' },
      ['Terraform', 'OpenAPI'],
      'orders (a1b2c3) is managed by Terraform (tag ManagedBy: Terraform): its next update may turn IAM off again. Set authorization = "AWS_IAM" on each aws_api_gateway_method at the source, too.',
    ],
    [
      { tool: 'cdk' },
      ['CDK', 'OpenAPI'],
      'orders (a1b2c3) is managed by the CDK (tag tool: cdk): its next update may turn IAM off again. Set authorizationType: AuthorizationType.IAM on each method at the source, too.',
    ],
  ])('of the tags %j says where to change what', (tags, formats, warning) => {
    const owner = ownerWith(tags);
    expect(owner?.warning).toBe(warning);
    expect(owner?.snippets.map(({ format }) => format)).toEqual(formats);
    for (const { text } of owner?.snippets ?? []) expect(text).toMatch(/AWS_IAM|\.IAM\b/);
  });

  test.each<['HTTP' | 'WEBSOCKET', Record<string, string>, string[], string]>([
    [
      'HTTP',
      { 'aws:cloudformation:stack-name': 'shop' },
      ['CloudFormation', 'SAM', 'CDK', 'OpenAPI'],
      'AuthorizationType: AWS_IAM on each AWS::ApiGatewayV2::Route',
    ],
    ['HTTP', { tool: 'cdk' }, ['CDK', 'OpenAPI'], 'an HttpIamAuthorizer on each route'],
    [
      'WEBSOCKET',
      { ManagedBy: 'Terraform' },
      ['Terraform'],
      'authorization_type = "AWS_IAM" on the aws_apigatewayv2_route of $connect',
    ],
  ])(
    'of an API of the kind %s is told in the words of its routes',
    (kind, tags, formats, words) => {
      const owner = ownerWith(tags, kind);
      expect(owner?.warning).toContain(`Set ${words} at the source, too.`);
      expect(owner?.snippets.map(({ format }) => format)).toEqual(formats);
      for (const { text } of owner?.snippets ?? [])
        expect(text).toMatch(/AWS_IAM|IamAuthorizer|awsSigv4/);
    },
  );

  test('is not told by a tag of AWS itself', () => {
    expect(ownerWith({ 'aws:servicecatalog:terraform': 'x' })).toBeNull();
  });

  test('is not known where the tags were not read', () => {
    expect(ownerOf({ ...api(), description: UNREAD })).toBeNull();
  });
});

describe('the description of a deployment', () => {
  test('names the gate, the run, the commit and the transaction', () => {
    const provenance = readProvenance({
      GITHUB_SERVER_URL: 'https://github.com',
      GITHUB_REPOSITORY: 'o/r',
      GITHUB_RUN_ID: '1',
      GITHUB_SHA: 'abc',
    });
    expect(describeDeployment(provenance, 't')).toBe(
      'apigw-iam-gate: IAM authorization turned on. Run: https://github.com/o/r/actions/runs/1 Commit: abc Transaction: t',
    );
  });

  test('leaves out what is not known', () => {
    expect(describeDeployment(readProvenance({ GITHUB_RUN_ID: '1' }), 't')).toBe(
      'apigw-iam-gate: IAM authorization turned on. Transaction: t',
    );
  });
});
