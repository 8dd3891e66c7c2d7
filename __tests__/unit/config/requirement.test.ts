import { expect, test } from '@jest/globals';
import { isAuthorizerType, isRequiredType } from '../../../src/config/requirement.js';

test.each<[type: string, isRequired: boolean, isAuthorizer: boolean]>([
  ['AWS_IAM', true, false],
  ['NONE', false, false],
  ['CUSTOM', false, true],
  ['COGNITO_USER_POOLS', false, true],
  ['JWT', false, true],
  ['aws_iam', false, false],
  ['', false, false],
  ['unreadable', false, false],
])('%j: required %s, an authorizer %s', (type, isRequired, isAuthorizer) => {
  expect([isRequiredType(type), isAuthorizerType(type)]).toEqual([isRequired, isAuthorizer]);
});
