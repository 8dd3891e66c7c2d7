import { describe, expect, test } from '@jest/globals';
import { notesOnFiles } from '../../../src/gate/notes-on-files.js';
import { template } from '../declared/kit.js';

/* What was assumed of files is a note, of methods and of resource policies alike. */

const notes = (statement: string, type = 'AWS_IAM') =>
  notesOnFiles(
    template(`Parameters:
  Who: {Type: String, Default: '111122223333'}
  Range: {Type: String, Default: 192.0.2.0/24}
  Auth: {Type: String, Default: AWS_IAM}
  Free: {Type: String}
Resources:
  Api:
    Type: AWS::ApiGateway::RestApi
    Properties: {Policy: {Statement: [${statement}]}}
  Get:
    Type: AWS::ApiGateway::Method
    Properties: {RestApiId: !Ref Api, ResourceId: !GetAtt Api.RootResourceId, HttpMethod: GET, AuthorizationType: ${type}}
`),
  );

const assumed = (name: string, value: string) =>
  `This was judged on the assumption that parameter ${name} has its default ${value}, which a deployment can override (template.yaml). With the input parameters it is a fact.`;

describe('notes on what was assumed', () => {
  test('are none where everything is written out', () => {
    expect(notes('{Effect: Allow, Principal: {AWS: x}}')).toEqual([]);
  });

  test('are of methods', () => {
    expect(notes('{Effect: Allow, Principal: {AWS: x}}', '!Ref Auth')).toEqual([
      assumed('Auth', 'AWS_IAM'),
    ]);
  });

  test.each([
    ['a principal', '{Effect: Allow, Principal: {AWS: [!Ref Who]}}', 'Who', '111122223333'],
    [
      'a condition',
      "{Effect: Allow, Principal: '*', Condition: {IpAddress: {aws:SourceIp: [!Ref Range]}}}",
      'Range',
      '192.0.2.0/24',
    ],
    [
      'a resource',
      '{Effect: Allow, Resource: !Sub "execute-api:/\u0024{Who}/*"}',
      'Who',
      '111122223333',
    ],
  ])('are of %s of a policy', (_, statement, name, value) => {
    expect(notes(statement)).toEqual([assumed(name, value)]);
  });

  test('are of no parameter without a default', () => {
    expect(notes('{Effect: Allow, Principal: {AWS: [!Ref Free]}}')).toEqual([]);
  });
});
