import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { readDeclared } from '../../../src/evidence/declared/read.js';
import { couldPass, declare, lines, template } from './kit.js';

describe('hostile files', () => {
  test('aliases that stand for billions', () => {
    const levels = Array.from({ length: 30 }, (_, level) => {
      const of =
        level === 0
          ? '[x, x, x, x]'
          : `[${Array(4)
              .fill(`*a${level - 1}`)
              .join(', ')}]`;
      return `a${level}: &a${level} ${of}`;
    });
    const declared = template(`openapi: 3.0.1\npaths: {}\n${levels.join('\n')}\n`);
    expect(declared.files[0]).toMatchObject({ outcome: 'unreadable' });
    expect(declared.files[0]?.problem).toContain('aliases');
  });

  test('an alias of what it stands in', () => {
    const declared = template('openapi: 3.0.1\npaths: &a {/a: *a}\n');
    expect(declared.files[0]?.outcome).toBe('unreadable');
  });

  test.each([
    ['YAML', `openapi: ${'['.repeat(20_000)}`],
    ['JSON', `{"openapi": ${'['.repeat(20_000)}`],
    ['closed JSON', `{"openapi": ${'['.repeat(5_000)}${']'.repeat(5_000)}}`],
  ])('%s of any depth', (_, text) => {
    expect(template(text).files[0]?.outcome).toBe('unreadable');
  });

  test('HCL of any depth', () => {
    const text = `a = ${'"${'.repeat(50_000)}`;
    expect(declare({ 'main.tf': text }).files[0]?.outcome).toBe('unreadable');
  });

  test('conditions without number', () => {
    const items = Array.from({ length: 40 }, (_, it) => ({
      'Fn::If': [`C${it}`, { a: [] }, { b: [] }],
    }));
    const document = { openapi: '3.0.1', paths: { '/a': { get: { security: items } } } };
    const declared = template(
      JSON.stringify({
        Resources: { Api: { Type: 'AWS::ApiGateway::RestApi', Properties: { Body: document } } },
      }),
    );
    expect(lines(declared)).toEqual(['GET /a unresolved']);
  });

  test('loops within loops', () => {
    const values = Array.from({ length: 100 }, (_, it) => `v${it}`);
    const inner = (depth: number): object =>
      depth === 0
        ? { 'R${V1}${V2}${V3}${V4}': { Type: 'AWS::ApiGateway::RestApi' } }
        : { [`Fn::ForEach::L${depth}`]: [`V${depth}`, values, inner(depth - 1)] };
    const declared = template(JSON.stringify({ Resources: inner(4) }));
    expect(declared.files[0]?.unresolved.map(({ reason }) => reason).join()).toContain(
      'values would be written',
    );
  });

  test('stacks that nest each other', () => {
    const nests = (...others: string[]) =>
      JSON.stringify({
        Resources: Object.fromEntries(
          others.map((other, it) => [
            `S${it}`,
            { Type: 'AWS::CloudFormation::Stack', Properties: { TemplateURL: other } },
          ]),
        ),
      });
    const files = Object.fromEntries(
      Array.from({ length: 8 }, (_, it) => [
        `t${it}.json`,
        nests(...Array(8).fill(`t${it + 1}.json`)),
      ]),
    );
    const declared = declare(
      { ...files, 't8.json': nests('t0.json'), 'me.json': nests('./me.json') },
      { templates: ['t0.json', 'me.json'] },
    );
    const reasons = declared.files.flatMap((it) => it.unresolved.map(({ reason }) => reason));
    expect(reasons.join()).toContain('nests itself');
    expect(reasons.join()).toContain('nested templates');
  });

  test.each([
    ['a.yaml', `paths: ${'{a: '.repeat(20_000)}1${'}'.repeat(20_000)}`],
    ['a.json', `{"paths": ${'{"a": '.repeat(20_000)}1${'}'.repeat(20_000)}}`],
  ])('values within values: %s', (file, text) => {
    const [read] = declare({ [file]: text }, { templates: [file] }).files;
    expect(read?.problem).toBe('values are nested more than 200 deep');
  });

  test('an include of itself', () => {
    const text = `Resources:
  Api:
    Type: AWS::ApiGateway::RestApi
    Properties: {Body: {Fn::Transform: {Name: AWS::Include, Parameters: {Location: body.yaml}}}}
`;
    const declared = declare(
      {
        'template.yaml': text,
        'body.yaml': 'Fn::Transform: {Name: AWS::Include, Parameters: {Location: body.yaml}}',
      },
      { templates: ['template.yaml'] },
    );
    expect(declared.apis[0]?.unresolved).not.toEqual([]);
  });

  test('names that JavaScript knows', () => {
    const declared = template(`Resources:
  __proto__: {Type: AWS::ApiGateway::RestApi, Properties: {Body: {openapi: 3.0.1, paths: {/constructor: {get: {security: [{toString: []}]}}}}}}
  constructor: {Type: AWS::Serverless::Api, Properties: {StageName: p, toString: 1}}
`);
    expect(lines(declared)).toContain('GET /constructor NONE');
    expect(declared.files[0]?.undeployable[0]?.reason).toContain('toString');
  });

  test('several documents in a file', () => {
    const declared = template('openapi: 3.0.1\npaths: {}\n---\nopenapi: 3.0.1\npaths: {}\n');
    expect(declared.files[0]?.problem).toContain('more than one document');
    expect(template('kind: A\n---\nkind: B\n').files[0]?.outcome).toBe('no API');
  });

  test('what goes on further to the left than YAML allows, as PyYAML takes it', () => {
    const declared = template(`Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      # It's a comment with an apostrophe: 'x
      Description: don't
      Text: |
        'not closed [ {
      PolicyDocument: '{
        "Statement": ["it''s"]
  }'
      Tags: [{Key: a,
  Value: b
  }]
  Api:
    Type: AWS::ApiGateway::RestApi
    Properties:
      Body: {openapi: 3.0.1,
    paths: {/a: {
    get: {security: []}}}
    }
`);
    expect(declared.files[0]?.problem).toBeNull();
    expect(lines(declared)).toEqual(['GET /a NONE']);
    const [found] = declared.apis.flatMap((api) => api.methods);
    expect(found?.place).toMatchObject({ line: 20, column: 11 });
    expect(template("a: 'x\nb: y\n").files[0]?.outcome).toBe('unreadable');
  });

  test('a byte order mark and Windows lines', () => {
    expect(lines(template('\ufeffopenapi: 3.0.1\r\npaths:\r\n  /a:\r\n    get: {}\r\n'))).toEqual([
      'GET /a NONE',
    ]);
    expect(lines(template('\ufeff{"openapi": "3.0.1", "paths": {"/a": {"get": {}}}}'))).toEqual([
      'GET /a NONE',
    ]);
  });
});

describe('what is asked for', () => {
  const document = 'openapi: 3.0.1\npaths: {/a: {get: {}}}\n';

  test('a glob that matches nothing is said', () => {
    const declared = declare(
      { 'api.yaml': document },
      { templates: ['*.yaml', 'apis/**/*.json', 'other.yaml'] },
    );
    expect(declared.unmatched).toEqual(['apis/**/*.json', 'other.yaml']);
    expect(lines(declared)).toEqual(['GET /a NONE']);
  });

  test('a file without an API is said', () => {
    const declared = declare({
      'a.yaml': 'name: x\n',
      'b.yaml': 'Resources: {Queue: {Type: AWS::SQS::Queue}}\n',
    });
    expect(declared.files.map(({ outcome }) => outcome)).toEqual(['no API', 'no API']);
  });

  test('a file that cannot be parsed is said with its place', () => {
    const declared = declare({ 'a.yaml': 'a: [1\nb: 2\n', 'b.json': '{"a": 1,\n "b": ]\n' });
    expect(declared.files.map(({ outcome, place }) => [outcome, place.line])).toEqual([
      ['unreadable', 2],
      ['unreadable', 2],
    ]);
    expect(couldPass(declared)).toBe(false);
  });

  test('what a glob matches without being a template is passed by', () => {
    const declared = declare(
      { 'README.md': 'a: b: c\n', 'api.yaml': document },
      { templates: ['**', '!*.md'] },
    );
    expect(declared.files.map(({ file }) => file)).toEqual(['api.yaml']);
  });

  test('an excluded file is not read', () => {
    const declared = declare(
      { 'a.yaml': document, 'old/b.yaml': document },
      { templates: ['./**/*.yaml', '!old/**'] },
    );
    expect(declared.files.map(({ file }) => file)).toEqual(['a.yaml']);
  });

  test('parameter files that cannot be read are problems', () => {
    const declared = declare(
      { 'api.yaml': document, 'broken.json': '{' },
      { templates: ['api.yaml'], parameters: ['none.json', 'broken.json', '../out.json'] },
    );
    expect(declared.problems).toHaveLength(3);
  });

  test('serverless.yml itself is full of variables', () => {
    const declared = declare({
      'serverless.yml': 'service: a\nprovider: {name: aws}\nfunctions: {}\n',
    });
    expect(declared.files[0]?.language).toBe('serverless.yml');
    expect(declared.files[0]?.unresolved[0]?.give).toContain('.serverless/');
  });

  test('its compiled template is judged, with a hint of where to change it', () => {
    const compiled = {
      Resources: {
        ServerlessDeploymentBucket: { Type: 'AWS::S3::Bucket' },
        ApiGatewayRestApi: { Type: 'AWS::ApiGateway::RestApi', Properties: { Name: 'dev' } },
        ApiGatewayMethodUsersGet: {
          Type: 'AWS::ApiGateway::Method',
          Properties: {
            HttpMethod: 'GET',
            RestApiId: { Ref: 'ApiGatewayRestApi' },
            ResourceId: { 'Fn::GetAtt': ['ApiGatewayRestApi', 'RootResourceId'] },
            AuthorizationType: 'NONE',
            Integration: {
              Type: 'AWS_PROXY',
              Uri: {
                'Fn::Join': [
                  '',
                  ['arn:', { 'Fn::GetAtt': ['ListDashusersLambdaFunction', 'Arn'] }],
                ],
              },
            },
          },
        },
      },
    };
    const declared = declare({
      '.serverless/cloudformation-template-update-stack.json': JSON.stringify(compiled),
    });
    const [found] = declared.apis.flatMap((api) => api.methods);
    expect(found).toMatchObject({
      authorization: 'NONE',
      fix: { language: 'serverless', text: 'authorizer: aws_iam' },
    });
    expect(found?.notes.join()).toContain('functions.list-users, its http event GET /');
  });

  test('skips of other tools are mentioned', () => {
    const declared = template(`Resources:
  Api: {Type: AWS::ApiGateway::RestApi, Properties: {Name: api}}
  List:
    # checkov:skip=CKV_AWS_59:public by design
    Type: AWS::ApiGateway::Method
    Metadata:
      cfn_nag: {rules_to_suppress: [{id: W59, reason: public}]}
      guard: {SuppressedRules: [API_GW_METHOD_AUTHORIZATION_TYPE_RULE]}
    Properties: {RestApiId: !Ref Api, ResourceId: !GetAtt Api.RootResourceId, HttpMethod: GET, AuthorizationType: NONE}
  Other:
    # checkov:skip=CKV_AWS_1
    Type: AWS::SQS::Queue
`);
    const [found] = declared.apis.flatMap((api) => api.methods);
    expect(found?.authorization).toBe('NONE');
    expect(found?.suppressions.map(({ tool, id, place }) => `${tool} ${id} ${place.line}`)).toEqual(
      [
        'cfn_nag W59 7',
        'cfn-guard API_GW_METHOD_AUTHORIZATION_TYPE_RULE 8',
        'checkov CKV_AWS_59 4',
      ],
    );
  });
});

describe('the disk', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'declared-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const read = (templates: string[]) =>
    readDeclared({ workspace: join(folder, 'work'), templates, planFile: null, parameters: [] });

  test('a symbolic link does not lead out of the workspace', async () => {
    mkdirSync(join(folder, 'work/apis'), { recursive: true });
    writeFileSync(join(folder, 'secret.yaml'), 'openapi: 3.0.1\npaths: {/secret: {get: {}}}\n');
    writeFileSync(join(folder, 'work/apis/own.yaml'), 'openapi: 3.0.1\npaths: {/own: {get: {}}}\n');
    symlinkSync(join(folder, 'secret.yaml'), join(folder, 'work/link.yaml'));
    symlinkSync(join(folder, 'work/apis/own.yaml'), join(folder, 'work/inside.yaml'));
    symlinkSync('circle.yaml', join(folder, 'work/circle.yaml'));
    symlinkSync(folder, join(folder, 'work/up'));
    const declared = await read(['**/*.yaml']);
    const outcomes = declared.files.map(({ file, outcome, problem }) => [file, outcome, problem]);
    expect(outcomes).toEqual([
      ['apis/own.yaml', 'read', null],
      ['circle.yaml', 'unreadable', 'is a circle of symbolic links'],
      ['inside.yaml', 'read', null],
      ['link.yaml', 'unreadable', 'leads out of the workspace through a symbolic link'],
    ]);
    const named = await read(['up/secret.yaml', '../secret.yaml', '/secret.yaml']);
    expect(named.apis).toEqual([]);
  });

  test('an absolute path is meant as it is, and never the file of that path below the workspace', async () => {
    const work = join(folder, 'work');
    const outside = join(folder, 'outside.yaml');
    const decoy = join(work, outside);
    mkdirSync(dirname(decoy), { recursive: true });
    writeFileSync(join(work, 'own.yaml'), 'openapi: 3.0.1\npaths: {/own: {get: {}}}\n');
    const closed = '{"openapi":"3.0.1","paths":{}}';
    const plan = { format_version: '1.2', planned_values: {}, resource_changes: [] };
    for (const file of [decoy, outside]) writeFileSync(file, closed);
    for (const file of [outside, decoy])
      writeFileSync(file.replace('.yaml', '.plan'), JSON.stringify(plan));
    const inside = await read([join(work, 'own.yaml'), `!${join(work, 'own.yaml')}`]);
    expect([inside.files, inside.unmatched]).toEqual([[], [join(work, 'own.yaml')]]);
    for (const own of [join(work, 'own.yaml'), join(work, 'o*.yaml')]) {
      const { files } = await read([own]);
      expect(files.map(({ file, outcome }) => [file, outcome])).toEqual([['own.yaml', 'read']]);
    }
    for (const given of [outside, outside.replace('outside', 'out*'), '../out*.yaml']) {
      const { files, problems } = await read([given]);
      expect([files, problems]).toEqual([[], [`${given} leads out of the workspace`]]);
    }
    const others = await readDeclared({
      workspace: work,
      templates: [],
      planFile: outside.replace('.yaml', '.plan'),
      parameters: [outside],
    });
    expect(others.files.map(({ problem }) => problem)).toEqual(['leads out of the workspace']);
    expect(others.problems).toEqual([`the parameter file ${outside} leads out of the workspace`]);
  });

  test('a cdk.out folder is found by name and by glob, and read once', async () => {
    const out = join(folder, 'work/app/cdk.out');
    mkdirSync(out, { recursive: true });
    const artifacts = {
      S: { type: 'aws:cloudformation:stack', properties: { templateFile: 'S.template.json' } },
    };
    writeFileSync(join(out, 'manifest.json'), JSON.stringify({ version: '55.0.0', artifacts }));
    const body = { openapi: '3.0.1', paths: { '/a': { get: {} } } };
    const api = { Type: 'AWS::ApiGateway::RestApi', Properties: { Body: body } };
    writeFileSync(join(out, 'S.template.json'), JSON.stringify({ Resources: { Api: api } }));
    for (const templates of [
      ['app/cdk.out'],
      ['**/cdk.out'],
      ['app/cdk.out/*.json', 'app/cdk.out/'],
    ]) {
      const declared = await read(templates);
      expect(declared.unmatched).toEqual([]);
      expect(lines(declared)).toEqual(['GET /a NONE']);
      expect(declared.files).toMatchObject([
        { file: 'app/cdk.out', language: 'cdk', outcome: 'read' },
      ]);
      expect(declared.apis[0]?.identity.stack).toBe('S');
    }
  });
});
