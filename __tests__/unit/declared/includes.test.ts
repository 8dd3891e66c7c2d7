import { describe, expect, test } from '@jest/globals';
import { couldPass, declare, lines } from './kit.js';

/* `AWS::Include` may stand anywhere in a template: what cannot be read there may be an open method. */

const API = '  Api: {Type: AWS::ApiGateway::RestApi}\n';
const PROPERTIES =
  'RestApiId: !Ref Api, ResourceId: !GetAtt Api.RootResourceId, HttpMethod: GET, AuthorizationType:';
const METHOD = `  Get: {Type: AWS::ApiGateway::Method, Properties: {${PROPERTIES} AWS_IAM}}\n`;

const include = (where: string) => `{Name: AWS::Include, Parameters: {Location: '${where}'}}`;

/** A template that is read with the file that it includes. */
function read(template: string, included = '') {
  return declare(
    { 'template.yaml': template, 'part.yaml': included },
    { templates: ['template.yaml'] },
  );
}

const unresolvedIn = ({ files }: ReturnType<typeof read>) =>
  files.flatMap((it) => it.unresolved.map(({ reason, place }) => `${place.line}: ${reason}`));

describe('an include beside other keys', () => {
  const beside = (where: string) =>
    `Resources:\n${API}  Get:\n    Type: AWS::ApiGateway::Method\n    Properties:\n      HttpMethod: GET\n      Fn::Transform: ${include(where)}\n`;
  const part =
    'RestApiId: !Ref Api\nResourceId: !GetAtt Api.RootResourceId\nAuthorizationType: NONE\n';

  test('of properties counts as if it stood there', () => {
    expect(lines(read(beside('part.yaml'), part))).toEqual(['GET / NONE']);
  });

  test.each(['s3://bucket/part.yaml', 'none.yaml'])('is not known where it is %s', (where) => {
    const declared = read(`${beside(where)}      AuthorizationType: AWS_IAM\n`);
    expect(unresolvedIn(declared)).toEqual([expect.stringMatching(/^7: AWS::Include/)]);
    expect(couldPass(declared)).toBe(false);
  });

  test('below the properties counts too', () => {
    const template = `Resources:\n${API}${METHOD}  Options:\n    Type: AWS::ApiGateway::Method\n    Properties:\n      RestApiId: !Ref Api\n      ResourceId: !GetAtt Api.RootResourceId\n      HttpMethod: OPTIONS\n      AuthorizationType: NONE\n      Integration: {Uri: x, Fn::Transform: ${include('part.yaml')}}\n`;
    const [, options] = read(template, 'Type: AWS_PROXY\n').apis[0]?.methods ?? [];
    expect(options?.integration).toBe('AWS_PROXY');
  });

  test('in a resource of which nothing is judged is nothing to speak of', () => {
    const other = `  F: {Type: AWS::Lambda::Function, Properties: {A: b, Fn::Transform: ${include('s3://a/b')}}}\n`;
    expect(couldPass(read(`Resources:\n${API}${METHOD}${other}`))).toBe(true);
  });
});

describe('an include in the place of a resource', () => {
  const whole = (where: string) =>
    `Resources:\n${API}${METHOD}  Other:\n    Fn::Transform: ${include(where)}\n`;

  test('is that resource', () => {
    const part = `Type: AWS::ApiGateway::Method\nProperties: {${PROPERTIES} NONE}\n`;
    expect(lines(read(whole('part.yaml'), part))).toEqual(['GET / AWS_IAM', 'GET / NONE']);
  });

  test('is not known where it cannot be read', () => {
    const declared = read(whole('s3://bucket/part.yaml'));
    expect(unresolvedIn(declared)).toEqual([expect.stringMatching(/^5: AWS::Include reads s3/)]);
    expect(couldPass(declared)).toBe(false);
  });

  test('may have its properties from elsewhere alone', () => {
    const template = `Resources:\n${API}  Get:\n    Type: AWS::ApiGateway::Method\n    Properties: {Fn::Transform: ${include('part.yaml')}}\n`;
    expect(lines(read(template, `{${PROPERTIES} NONE}`))).toEqual(['GET / NONE']);
  });
});

describe('a template that has nothing but its includes', () => {
  const all = (where: string) => `Transform:\n  - AWS::LanguageExtensions\n  - ${include(where)}\n`;

  test('is a template', () => {
    const part = `Resources:\n${API}${METHOD.replace('AWS_IAM', 'NONE')}`;
    expect(lines(read(all('part.yaml'), part))).toEqual(['GET / NONE']);
  });

  test('is not known where they cannot be read', () => {
    expect(couldPass(read(all('s3://bucket/part.yaml')))).toBe(false);
  });

  test('is none where it includes nothing', () => {
    expect(read('Transform: [{Name: x}, y]\n').files[0]?.outcome).toBe('no API');
  });
});

describe('a loop', () => {
  const loop = (resource: string) =>
    `Fn::ForEach::Types:\n  - T\n  - [AWS_IAM, NONE]\n  - "M\u0024{T}": ${resource}\n`;
  const method = `{Type: AWS::ApiGateway::Method, Properties: {${PROPERTIES} !Ref T}}`;
  const both = ['GET / AWS_IAM', 'GET / NONE'];

  test.each([
    [
      'of a part of the template',
      `Transform: [${include('part.yaml')}]\nResources:\n${API}`,
      `Resources:\n${loop(method).replaceAll(/^/gm, '  ')}`,
    ],
    [
      'of a part of the resources',
      `Resources:\n${API}  Fn::Transform: ${include('part.yaml')}\n`,
      loop(method),
    ],
  ])('%s is written out', (_, template, part) => {
    expect(lines(read(template, part))).toEqual(both);
  });

  test('may write what is put in', () => {
    const whole = `Resources:\n${API}${loop(`{Fn::Transform: ${include('part.yaml')}}`).replaceAll(/^(?=.)/gm, '  ')}`;
    const part = method.replace('!Ref T', 'NONE');
    expect(lines(read(whole, part))).toEqual(['GET / NONE', 'GET / NONE']);
    expect(couldPass(read(whole.replace('part.yaml', 's3://a/b')))).toBe(false);
  });
});

describe('a type that is no text', () => {
  const other = (type: string) =>
    read(
      `Parameters: {T: {Type: String}}\nResources:\n${API}${METHOD}  Other: {Type: ${type}, Properties: {${PROPERTIES} NONE}}\n`,
    );

  test('counts where it comes to one', () => {
    expect(lines(other("!Join ['::', [AWS, ApiGateway, Method]]"))).toContain('GET / NONE');
  });

  test('is not known otherwise', () => {
    for (const type of ['!Ref T', '!ImportValue x', '[a]']) {
      expect(unresolvedIn(other(type))).toEqual([
        '5: the type of resource Other is known at the deployment',
      ]);
    }
  });
});

describe('a file that includes itself', () => {
  test.each([1, 5])('%i times is not known, and takes no time', (times) => {
    const part = Array.from(
      { length: times },
      (_, index) => `k${index}: {x: 1, Fn::Transform: ${include('part.yaml')}}\n`,
    );
    const declared = read(
      `Resources:\n${API}${METHOD}  Other:\n    Type: AWS::ApiGateway::Stage\n    Properties: {x: 1, Fn::Transform: ${include('part.yaml')}}\n`,
      part.join(''),
    );
    const unresolved = unresolvedIn(declared);
    expect(unresolved).toHaveLength(times);
    expect(unresolved[0]).toContain('a file is put in within 10 others');
    expect(couldPass(declared)).toBe(false);
  });
});

describe('the short form, Transform', () => {
  test('is the same within a section, in YAML and in JSON', () => {
    const yaml = `Resources:\n${API}${METHOD}  Other:\n    Transform: ${include('s3://a/b')}\n`;
    expect(couldPass(read(yaml))).toBe(false);
    const json = JSON.stringify({
      Resources: {
        Api: { Type: 'AWS::ApiGateway::RestApi' },
        Get: {
          Type: 'AWS::ApiGateway::Method',
          Properties: {
            RestApiId: { Ref: 'Api' },
            HttpMethod: 'GET',
            AuthorizationType: 'AWS_IAM',
            Transform: { Name: 'Macro', Parameters: {} },
          },
        },
      },
    });
    expect(unresolvedIn(read(json))[0]).toContain('the macro Macro can rewrite');
  });

  test('is a property like any other where it calls nothing', () => {
    const other = '  J: {Type: AWS::Glue::Job, Properties: {Transform: {Name: x, Size: 3}}}\n';
    expect(couldPass(read(`Resources:\n${API}${METHOD}${other}`))).toBe(true);
  });
});

describe('of SAM, an include is written out before the translator reads it', () => {
  const sam = (properties: string) =>
    `Transform: AWS::Serverless-2016-10-31\nGlobals: {Api: {Auth: {DefaultAuthorizer: AWS_IAM}}}\nResources:\n  F:\n    Type: AWS::Serverless::Function\n    Properties: {Handler: a.b, Runtime: python3.12, InlineCode: x, ${properties}}\n`;
  const event = (auth: string) =>
    `Get: {Type: Api, Properties: {Path: /x, Method: get, Auth: {Authorizer: ${auth}}}}`;

  test.each([
    ['alone', ''],
    ['beside others', `${event('AWS_IAM').replace('/x', '/y')}, `],
  ])('events that it brings, %s', (_, others) => {
    const declared = read(
      sam(`Events: {${others}Fn::Transform: ${include('part.yaml')}}`),
      event('NONE'),
    );
    expect(lines(declared)).toContain('GET /x NONE');
  });

  test('events that cannot be read are not known', () => {
    const declared = read(
      sam(`Events: {${event('AWS_IAM')}, Fn::Transform: ${include('s3://a/b')}}`),
    );
    expect(couldPass(declared)).toBe(false);
  });

  test('what else a function has makes no method', () => {
    const variables = `Environment: {Variables: {A: b, Fn::Transform: ${include('s3://a/b')}}}`;
    expect(couldPass(read(sam(`${variables}, Events: {${event('AWS_IAM')}}`)))).toBe(true);
  });
});

describe('in a document', () => {
  test('an integration that cannot be read whole is no preflight', () => {
    const options = `{x-amazon-apigateway-integration: {type: mock, Fn::Transform: ${include('s3://a/b')}}, responses: {'200': {headers: {Access-Control-Allow-Origin: {schema: {type: string}}}}}}`;
    const template = `Resources:\n  Api:\n    Type: AWS::ApiGateway::RestApi\n    Properties: {Body: {openapi: 3.0.1, paths: {/x: {options: ${options}}}}}\n`;
    expect(couldPass(read(template))).toBe(false);
    const [whole] =
      read(template.replace('s3://a/b', 'part.yaml'), 'uri: x\n').apis[0]?.methods ?? [];
    expect(whole?.isPreflight).toBe(true);
  });
});
