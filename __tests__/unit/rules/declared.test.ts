import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type ExceptionClause, namesApi } from '../../../src/config/config.js';
import { onlyDeclared } from '../../../src/evidence/declared/attach.js';
import { joinDeclared } from '../../../src/evidence/declared/join.js';
import { joinLayers } from '../../../src/evidence/join.js';
import type { Declared } from '../../../src/model/declared.js';
import { type ApiEvidence, methodKey } from '../../../src/model/evidence.js';
import type { Finding } from '../../../src/model/finding.js';
import { judge } from '../../../src/rules/judge.js';
import { decideVerdict } from '../../../src/rules/verdict.js';
import { couldPass, declare, template } from '../declared/kit.js';
import { oracle } from '../declared/oracles.js';
import { configuredMethod } from '../evidence-builder.js';

/* What the rules make of files; what files come to has tests of its own. */

const IAM = () => ['AWS_IAM'];

function findingsIn(declared: Declared, allowed = IAM): Finding[] {
  const apis = onlyDeclared(declared.apis, allowed);
  const evidence = { apis, listing: null, files: declared.files, isOfFilesAlone: true as const };
  return judge({ evidence, rows: joinLayers(apis, allowed), observations: [] });
}

function said(declared: Declared, allowed = IAM): string[] {
  return findingsIn(declared, allowed).map(({ rule, location }) => `${rule}:${location?.line}`);
}

const openapi = (operation: string) =>
  declare({
    'api.yaml': `openapi: 3.0.1
info: {title: x, version: "1"}
paths:
  /a:
    get:
      ${operation}
      x-amazon-apigateway-integration: {type: http, uri: "https://example.com"}
`,
  });

describe('the smallest cases that others pass', () => {
  test.each<[string, Declared, string[]]>([
    ['no AuthorizationType', template(methodOf('')), ['declared-undeployable:4']],
    [
      'one branch of !If',
      template(methodOf('AuthorizationType: !If [IsProd, AWS_IAM, NONE]')),
      ['declared-not-iam:9'],
    ],
    [
      'OPTIONS with a backend',
      template(
        methodOf('AuthorizationType: NONE').replace('HttpMethod: GET', 'HttpMethod: OPTIONS'),
      ),
      ['preflight-has-backend:9'],
    ],
    [
      'security of a scheme that is not defined',
      openapi('security: [{NONE: []}]'),
      ['declared-not-iam:5'],
    ],
    ['nothing at all', openapi('tags: []'), ['declared-not-iam:5']],
    [
      'a parameter without a default',
      template(`Parameters: {Auth: {Type: String}}\n${methodOf('AuthorizationType: !Ref Auth')}`),
      ['declared-unresolved:10'],
    ],
  ])('%s', (_, declared, expected) => {
    expect(said(declared).map((it) => it.replace(/:\d+$/, ''))).toEqual(
      expected.map((it) => it.replace(/:\d+$/, '')),
    );
    for (const { location } of findingsIn(declared)) expect(location?.line).toBeGreaterThan(1);
  });

  test('an API key is called no authentication', () => {
    const declared = template(methodOf('AuthorizationType: NONE\n      ApiKeyRequired: true'));
    expect(findingsIn(declared)[0]?.message).toContain('An API key is not authentication.');
  });

  test('the branch that is open is named', () => {
    const declared = template(methodOf('AuthorizationType: !If [IsProd, AWS_IAM, NONE]'));
    expect(findingsIn(declared)[0]?.message).toContain('where IsProd is false');
  });

  test('another type is wrong unless the configuration file allows it', () => {
    const declared = template(methodOf('AuthorizationType: CUSTOM'));
    expect(said(declared)).toEqual(['declared-not-iam:9']);
    expect(said(declared, () => ['AWS_IAM', 'CUSTOM'])).toEqual([]);
  });
});

function methodOf(authorization: string): string {
  return `Conditions: {IsProd: !Equals [!Ref 'AWS::StackName', prod]}
Resources:
  Api: {Type: AWS::ApiGateway::RestApi, Properties: {Name: x}}
  Get:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref Api
      ResourceId: !GetAtt Api.RootResourceId
      ${authorization}
      HttpMethod: GET
      Integration: {Type: AWS_PROXY}
`;
}

test('of real templates none passes that could not, and none fails silently', () => {
  const { files } = oracle('corpus');
  for (const [name, text] of Object.entries(files)) {
    const declared = declare({ ...files, [name]: text }, { templates: [name] });
    const isApi =
      declared.apis.length > 0 ||
      declared.files.some((it) => it.problem !== null || it.unresolved.length > 0);
    if (!isApi) continue;
    const verdict = decideVerdict(findingsIn(declared), []);
    // The policies of an API can fail what its methods let pass, and never the other way round.
    if (verdict === 'pass') expect([name, couldPassBesidesRoutes(declared)]).toEqual([name, true]);
  }
});

/** As the kit has it, but for what decides nothing: routes of WebSocket APIs other than `$connect`. */
function couldPassBesidesRoutes(declared: Declared): boolean {
  const apis = declared.apis.map((api) =>
    api.kind === 'WEBSOCKET'
      ? { ...api, methods: api.methods.filter(({ method }) => method === '$connect') }
      : api,
  );
  return couldPass({ ...declared, apis });
}

test('every finding about files has a fingerprint of its own', () => {
  const { files } = oracle('corpus');
  const declared = declare(files, { templates: ['corpus/**'] });
  const prints = findingsIn(declared).map(({ fingerprint }) => fingerprint);
  expect(new Set(prints).size).toBe(prints.length);
});

describe('joining', () => {
  const declared = template(methodOf('AuthorizationType: AWS_IAM')).apis;
  const live = (id: string, tags: Record<string, string>, name = id): ApiEvidence => ({
    id,
    kind: 'REST',
    description: {
      readable: true,
      value: {
        name,
        endpointTypes: [],
        defaultEndpointDisabled: false,
        tags,
        policy: null,
        status: null,
        statusMessage: null,
      },
    },
    configured: { readable: true, value: new Map() },
    stages: { readable: true, value: [] },
    stageNames: [],
  });
  const tagged = { 'aws:cloudformation:logical-id': 'Api' };

  test('is by the logical id, where one API alone has it', () => {
    expect([...joinDeclared([live('a', tagged), live('b', {})], declared).byApi.keys()]).toEqual([
      'a',
    ]);
    expect(joinDeclared([live('a', tagged), live('b', tagged)], declared)).toMatchObject({
      alone: [{ name: 'Api' }],
      notes: [expect.stringContaining('a (a), b (b)')],
    });
  });

  const serving = (...paths: readonly string[]) => {
    const methods = paths.map(
      (path) => [methodKey('GET', path), configuredMethod(`GET ${path}`)] as const,
    );
    return {
      ...live('a', tagged),
      configured: { readable: true as const, value: new Map(methods) },
    };
  };

  test('is not with an API of the same logical id and other methods: another template made it', () => {
    const joined = (...paths: readonly string[]) =>
      joinDeclared([serving(...paths)], declared).byApi.size === 1;
    expect(joined('/')).toBe(true);
    expect(joined('/', '/a', '/b')).toBe(true);
    expect(joined()).toBe(true);
    expect(joined('/a')).toBe(false);
    expect(joined('/a', '/b')).toBe(false);
    // Half of the methods of the smaller one, at least.
    const ofThree = declared.map((api) => ({
      ...api,
      methods: api.methods.flatMap((it) =>
        ['/', '/b', '/c'].map((path) => ({ ...it, method: 'GET', path })),
      ),
    }));
    const shares = (...paths: readonly string[]) =>
      joinDeclared([serving(...paths)], ofThree).byApi.size === 1;
    expect(shares('/', '/x', '/y')).toBe(false);
    expect(shares('/', '/x')).toBe(true);
    expect(shares('/', '/b', '/x', '/y')).toBe(true);
    // The stack is known, and decides.
    const stack = { ...tagged, 'aws:cloudformation:stack-name': 'shop' };
    const ofStack = declared.map((api) => ({
      ...api,
      identity: { ...api.identity, stack: 'shop' },
    }));
    const other = { ...serving('/a'), description: live('a', stack).description };
    expect(joinDeclared([other], ofStack).byApi.size).toBe(1);
  });

  test('is by what the configuration file says before anything else', () => {
    const named = new Map([['template.yaml#Api', 'orders']]);
    const apis = [live('a', tagged), live('b', {}, 'orders')];
    expect([...joinDeclared(apis, declared, named).byApi.keys()]).toEqual(['b']);
    expect(joinDeclared([live('a', tagged)], declared, named).notes).toEqual([
      expect.stringContaining('was not read'),
    ]);
  });

  test('is not with an API of another kind', () => {
    const http = declared.map((api) => ({ ...api, kind: 'HTTP' as const }));
    expect(joinDeclared([live('a', tagged)], http).alone).toHaveLength(1);
  });

  test('loses no API', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(tagged, {}), { maxLength: 4 }), (all) => {
        const apis = all.map((tags, index) => live(`a${index}`, tags));
        const { byApi, alone } = joinDeclared(apis, declared);
        expect([...byApi.values()].flat().length + alone.length).toBeGreaterThanOrEqual(1);
      }),
    );
  });
});

describe('an exception names APIs of files', () => {
  const names = (glob: string, id: string): boolean => {
    const clause: ExceptionClause = {
      methods: [],
      matches: () => true,
      apis: [glob],
      stages: [],
      reason: '',
      owner: '',
      expires: null,
      location: null,
    };
    return namesApi(clause, { id: 'a1', name: 'orders', declaredAs: [id] });
  };

  test.each([
    ['template.yaml#Api', 'template.yaml#Api', true],
    ['*.yaml#Api', 'template.yaml#Api', true],
    ['*.yaml#Api', 'services/template.yaml#Api', false],
    ['**/template.yaml#*', 'template.yaml#Api', true],
    ['**/template.yaml#*', 'a/b/template.yaml#Api', true],
    ['services/*/template.yaml#*', 'services/a/template.yaml#Api', true],
    ['services/*/template.yaml#*', 'services/a/b/template.yaml#Api', false],
    ['template.yaml#Api', 'template_yaml#Api', false],
    ['plan.json#x.y["a"]', 'plan.json#x.y["a"]', true],
    ['plan.json#x.y[*]', 'plan.json#x.y["a"]', true],
    ['template.yaml', 'template.yaml#Api', false],
  ])('%s %s', (glob, id, expected) => {
    expect(names(glob, id)).toBe(expected);
  });
});
