import { describe, expect, test } from '@jest/globals';
import { missingStatement } from '../../../src/aws/missing-right.js';

describe('the statement that lets a call through', () => {
  const place = { partition: 'aws-eusc', region: 'eusc-de-east-1' };
  const gateway = 'arn:aws-eusc:apigateway:eusc-de-east-1::';
  const iam = 'arn:aws-eusc:iam::ACCOUNT_ID:';

  test.each([
    ['GetRestApis', 'of the region', 'apigateway:GET', `${gateway}/restapis`],
    ['GetRestApi', 'a1b2c3', 'apigateway:GET', `${gateway}/restapis/a1b2c3`],
    ['GetResources', 'a1b2c3', 'apigateway:GET', `${gateway}/restapis/a1b2c3/resources`],
    ['GetStage', 'a1b2c3 prod', 'apigateway:GET', `${gateway}/restapis/a1b2c3/stages/prod`],
    ['UpdateStage', 'a1b2c3 prod', 'apigateway:PATCH', `${gateway}/restapis/a1b2c3/stages/prod`],
    [
      'UpdateMethod',
      'a1b2c3 GET',
      'apigateway:PATCH',
      `${gateway}/restapis/a1b2c3/resources/RESOURCE_ID/methods/GET`,
    ],
    [
      'GetExport',
      'a1b2c3 prod',
      'apigateway:GET',
      `${gateway}/restapis/a1b2c3/stages/prod/exports/oas30`,
    ],
    [
      'GetDeployment',
      'a1b2c3 d4e5f6',
      'apigateway:GET',
      `${gateway}/restapis/a1b2c3/deployments/d4e5f6`,
    ],
    ['CreateDeployment', 'a1b2c3', 'apigateway:POST', `${gateway}/restapis/a1b2c3/deployments`],
    ['GetDomainNames', 'of the region', 'apigateway:GET', `${gateway}/domainnames`],
    [
      'GetBasePathMappings',
      'api.example.com',
      'apigateway:GET',
      `${gateway}/domainnames/api.example.com/basepathmappings`,
    ],
    ['GetCallerIdentity', '', 'sts:GetCallerIdentity', '*'],
    ['GetGroup', 'callers', 'iam:GetGroup', `${iam}group/callers`],
    ['GetGroupPolicy', 'callers inline', 'iam:GetGroupPolicy', `${iam}group/callers`],
    ['GetPolicyVersion', 'invoke v3', 'iam:GetPolicyVersion', `${iam}policy/invoke`],
    ['AttachGroupPolicy', 'callers invoke', 'iam:AttachGroupPolicy', `${iam}group/callers`],
  ])('%s %s', (operation, subject, Action, Resource) => {
    expect(missingStatement(operation, { ...place, subject })).toEqual({
      Effect: 'Allow',
      Action,
      Resource,
    });
  });

  test.each([
    'GetRestApi',
    'GetStage',
    'UpdateMethod',
    'GetGroup',
    'CreatePolicy',
    'GetDomainNames',
  ])('of %s, of which nothing is known, has no wildcard', (operation) => {
    const { Resource } = missingStatement(operation);
    expect(Resource).not.toMatch(/[*{}]/);
    expect(Resource).toMatch(/REGION|ACCOUNT_ID/);
  });
});
