import { describe, expect, test } from '@jest/globals';
import { findingsOf } from '../rules/declared-builder.js';
import { template } from './kit.js';

/*
 * `Auth.ResourcePolicy`: what SAM writes of it, compared with the output of samtranslator 1.115.0, and what
 * the rules make of that.
 */

const sam = (api: string, events: string, more = '') =>
  template(`Transform: AWS::Serverless-2016-10-31
Parameters: {Known: {Type: String, Default: dev}, Any: {Type: String, AllowedValues: [dev, prod]}}
${more}
Resources:
  Api:
    Type: AWS::Serverless::Api
    Properties: ${api}
  F:
    Type: AWS::Serverless::Function
    Properties: {Handler: a.b, Runtime: python3.12, InlineCode: x, Events: ${events}}
`);

const on = (path: string, method: string, auth = '') =>
  `{Type: Api, Properties: {Path: '${path}', Method: ${method}, RestApiId: !Ref Api${auth}}}`;

function statements(declared: ReturnType<typeof template>): readonly unknown[] {
  const [api] = declared.apis;
  const texts = api?.policies.map(({ text }) => text ?? '{}') ?? [];
  return texts.flatMap((text) => JSON.parse(text).Statement);
}

const resourcesIn = (declared: ReturnType<typeof template>) =>
  statements(declared).map((it) => {
    const { Resource: resource } = Object(it);
    return Array.isArray(resource) ? resource.toSorted() : resource;
  });

const rules = ({ apis }: ReturnType<typeof template>) =>
  findingsOf(...apis).map(({ rule }) => rule);

const PUBLIC =
  '{Effect: Allow, Principal: "*", Action: "execute-api:Invoke", Resource: "execute-api:/*"}';

describe('what SAM writes of a ResourcePolicy', () => {
  test('stands once for each path, with the stage and every method of the path', () => {
    const declared = sam(
      '{StageName: live, Auth: {ResourcePolicy: {IpRangeWhitelist: [1.2.3.4]}}}',
      `{A: ${on('/pets/{id}/', 'get')}, B: ${on('/{proxy+}', 'ANY')}, C: ${on('/pets/{id}/', 'put')}}`,
    );
    const pets = ['execute-api:/live/GET/pets/*/', 'execute-api:/live/PUT/pets/*/'];
    const all = ['execute-api:/live/*/*'];
    expect(resourcesIn(declared)).toEqual([pets, pets, all, all]);
    expect(statements(declared).map((it) => Object(it).Effect)).toEqual([
      'Allow',
      'Deny',
      'Allow',
      'Deny',
    ]);
    expect(JSON.parse(declared.apis[0]?.policies[0]?.text ?? '').Version).toBe('2012-10-17');
  });

  test('of an event, stands for its path, and for the stage "Stage" where the name is no text', () => {
    const auth = ", Auth: {ResourcePolicy: {AwsAccountWhitelist: ['111122223333']}}";
    const events = `{A: ${on('/x', 'get', auth)}, B: ${on('/x', 'post')}, C: ${on('/y', 'get')}}`;
    const named = sam('{StageName: live}', events);
    expect(resourcesIn(named)).toEqual([['execute-api:/live/GET/x', 'execute-api:/live/POST/x']]);
    const referred = sam('{StageName: !Ref Known}', events);
    expect(resourcesIn(referred)).toEqual([
      ['execute-api:/Stage/GET/x', 'execute-api:/Stage/POST/x'],
    ]);
  });

  test('has a stage that is known, or one name for it in all statements', () => {
    const stageIn = (name: string) =>
      resourcesIn(
        sam(
          `{StageName: ${name}, Auth: {ResourcePolicy: {IpRangeBlacklist: [1.2.3.4]}}}`,
          `{A: ${on('/x', 'get')}}`,
        ),
      ).map(([first]) => first);
    expect(stageIn('!Ref Known')).toEqual(Array(2).fill('execute-api:/dev/GET/x'));
    expect(stageIn('!Ref Any')).toEqual(Array(2).fill('execute-api:/\u0024{StageName}/GET/x'));
  });

  test('is nothing but its own statements where there is no path', () => {
    const declared = sam(
      `{StageName: live, Auth: {ResourcePolicy: {IpRangeWhitelist: [1.2.3.4], CustomStatements: ${PUBLIC}}}}`,
      '{A: {Type: Schedule, Properties: {Schedule: rate(1 day)}}}',
    );
    expect(resourcesIn(declared)).toEqual(['execute-api:/*']);
  });

  test('is refused where accounts are no list', () => {
    const declared = sam(
      "{StageName: live, Auth: {ResourcePolicy: {AwsAccountWhitelist: '111122223333'}}}",
      `{A: ${on('/x', 'get')}}`,
    );
    expect(declared.files[0]?.undeployable[0]?.reason).toContain('must be a list or dictionary');
  });
});

describe('whom it lets in', () => {
  const IAM = 'DefaultAuthorizer: AWS_IAM';

  test.each(['live', '!Ref Known', '!Ref Any', '!Ref AWS::StackName'])(
    'nobody but what a list names, at the stage %s',
    (stage) => {
      const declared = sam(
        `{StageName: ${stage}, EndpointConfiguration: PRIVATE, Auth: {${IAM}, ResourcePolicy: {SourceVpcWhitelist: [vpce-0123456789abcdef0]}}}`,
        `{A: ${on('/x/{id}', 'get')}, B: ${on('/x/{id}', 'any')}, C: ${on('/', 'post')}}`,
      );
      expect(rules(declared)).toEqual([]);
    },
  );

  test.each([
    ['a stage that SAM makes besides', '/x'],
    ['a path whose slash API Gateway drops', '/x/'],
  ])('everybody, where the Deny of a list does not reach %s', (_, path) => {
    const declared = sam(
      `{StageName: live, Auth: {${IAM}, ResourcePolicy: {IpRangeWhitelist: [1.2.3.4], CustomStatements: [${PUBLIC}]}}}`,
      `{A: ${on(path, 'get')}}`,
    );
    expect(rules(declared)).toEqual(['public-principal']);
  });
});
