import { describe, expect, test } from '@jest/globals';
import { declare, lines, template } from './kit.js';

/* The route that `Target` makes, and what ApiGatewayManagedOverrides makes of it. */

const read = (...overrides: string[]) =>
  lines(
    template(`Parameters: {Env: {Type: String}, One: {Type: String, AllowedValues: [0, 1]}}
Conditions: {IsProd: !Equals [!Ref Env, prod]}
Resources:
  Api: {Type: AWS::ApiGatewayV2::Api, Properties: {ProtocolType: HTTP, Target: 'https://x'}}
  Other: {Type: AWS::ApiGatewayV2::Api, Properties: {ProtocolType: HTTP}}
${overrides.map((it, index) => `  O${index}: {Type: AWS::ApiGatewayV2::ApiGatewayManagedOverrides, ${it}}\n`).join('')}`),
  );
const of = (type: string, api = '!Ref Api') =>
  `Properties: {ApiId: ${api}, Route: {AuthorizationType: ${type}}}`;
const WHERE = 'Condition: IsProd, ';

describe('the route that quick create makes', () => {
  test('is open', () => expect(read()).toEqual(['$default NONE']));

  test('has the type that it is given', () => {
    expect(read(of('AWS_IAM'))).toEqual(['$default AWS_IAM']);
    expect(read(of('!ImportValue x'))).toEqual(['$default unresolved']);
    expect(read(of('IAM'))).toEqual(['$default unresolved']);
  });

  test('stays open where another API is meant, or another property', () => {
    expect(read(of('AWS_IAM', '!Ref Other'))).toEqual(['$default NONE']);
    const throttled = 'Properties: {ApiId: !Ref Api, Route: {OperationName: x}}';
    expect(read(throttled)).toEqual(['$default NONE']);
    expect(read('Properties: {ApiId: !Ref Api}')).toEqual(['$default NONE']);
  });

  test.each<[string, readonly string[], readonly string[]]>([
    ['is not deployed', [WHERE + of('AWS_IAM')], ['AWS_IAM [IsProd]', 'NONE [!IsProd]']],
    [
      'leaves its type out',
      [of('!If [IsProd, AWS_IAM, !Ref AWS::NoValue]')],
      ['AWS_IAM [IsProd]', 'NONE [!IsProd]'],
    ],
    [
      'is for another API',
      [of('AWS_IAM', '!If [IsProd, !Ref Api, !Ref Other]')],
      ['AWS_IAM [IsProd]', 'NONE [!IsProd]'],
    ],
    ['may not be the last one', [WHERE + of('AWS_IAM'), of('JWT')], ['AWS_IAM [IsProd]', 'JWT']],
    ['may not be the last one of two', [of('AWS_IAM'), of('NONE')], ['AWS_IAM', 'NONE']],
    [
      'is not deployed, nor another one',
      [WHERE + of('AWS_IAM'), WHERE + of('JWT')],
      ['AWS_IAM [IsProd]', 'JWT [IsProd]', 'NONE [!IsProd]'],
    ],
  ])('stays open where the override %s', (_, overrides, expected) => {
    expect(read(...overrides)).toEqual(expected.map((it) => `$default ${it}`));
  });

  test('is told as open beside an override for one value of a parameter', () => {
    const chosen = of('AWS_IAM', '!Select [!Ref One, [!Ref Api, !Ref Other]]');
    expect(read(chosen)).toEqual(['$default AWS_IAM [One=0]', '$default NONE']);
  });
});

test.each([
  ['"arn:aws:lambda:x"', 'NONE'],
  ['aws_lambda_function.a.arn', 'NONE'],
  ['var.target', 'unresolved'],
  ['local.all.target', 'unresolved'],
  ['each.value.target', 'unresolved'],
  ['module.a.target', 'unresolved'],
  ['local.is_http ? aws_lambda_function.a.arn : null', 'unresolved'],
])('of Terraform, a target of %s leaves the route %s', (target, type) => {
  const api = `resource "aws_apigatewayv2_api" "a" {\n  protocol_type = "HTTP"\n  target        = ${target}\n}\n`;
  expect(lines(declare({ 'main.tf': api }))).toEqual([`$default ${type}`]);
});
