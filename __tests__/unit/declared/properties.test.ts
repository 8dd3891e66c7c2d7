import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { fold } from '../../../src/evidence/declared/cloudformation/fold.js';
import { NO_SCOPE, scopeOf } from '../../../src/evidence/declared/cloudformation/scope.js';
import { get, type Node, scalarText, toData } from '../../../src/evidence/declared/node.js';
import { importedPath } from '../../../src/evidence/declared/openapi/base-path.js';
import { parseText } from '../../../src/evidence/declared/parse.js';
import { parseJson } from '../../../src/evidence/declared/parse-json.js';
import { parseHcl } from '../../../src/evidence/declared/terraform/hcl.js';
import { declare, methods } from './kit.js';

/** Every node of a tree with the text that its place should begin with. */
function places(node: Node, see: (node: Node | { key: string; at: Node['at'] }) => void): void {
  see(node);
  if (node.kind === 'list') for (const it of node.items) places(it, see);
  if (node.kind === 'map') {
    for (const it of node.entries) {
      see(it);
      places(it.value, see);
    }
  }
}

function textAt(text: string, { line, column }: Node['at']): string {
  return text
    .split('\n')
    .slice(line - 1)
    .join('\n')
    .slice(column - 1);
}

describe('parsers', () => {
  test('JSON is read as JSON.parse reads it, and every place is where its text begins', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(undefined, 1, 2, '\t'), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        const node = parseJson('a.json', text);
        expect(JSON.stringify(toData(node))).toBe(JSON.stringify(JSON.parse(text)));
        places(node, (it) => {
          const written = textAt(text, it.at);
          if ('key' in it) expect(written.startsWith(JSON.stringify(it.key))).toBe(true);
          else if (it.kind === 'scalar') {
            const own = typeof it.value === 'string' ? JSON.stringify(it.value) : it.text;
            expect(written.startsWith(own)).toBe(true);
          } else expect(written[0]).toBe(it.kind === 'map' ? '{' : '[');
        });
      }),
    );
  });

  test('no text at all makes the parsers throw anything but a syntax problem', () => {
    const files = fc.constantFrom('a.json', 'a.yaml', 'main.tf', 'template.yml');
    const pieces = fc.constantFrom(
      ...[
        '{',
        '}',
        '[',
        ']',
        ':',
        ',',
        '"',
        "'",
        '\n',
        '  ',
        '- ',
        '!Ref ',
        '!If ',
        '&a ',
        '*a',
        '<<: ',
        '#',
        '|',
      ],
      ...[
        'a',
        'Resources',
        'openapi',
        'paths',
        'Type',
        'AWS::ApiGateway::RestApi',
        '${',
        'resource "a" "b" {',
        '<<E',
        '=',
        '\\',
      ],
    );
    fc.assert(
      fc.property(files, fc.array(pieces, { maxLength: 60 }), (file, parts) => {
        const declared = declare({ [file]: parts.join('') });
        expect(declared.files).toHaveLength(1);
      }),
      { numRuns: 500 },
    );
  });

  test('YAML is read as it was written, and every scalar is on its line', () => {
    const key = fc.stringMatching(/^[A-Za-z][A-Za-z0-9]{0,8}$/);
    const leaf = fc.oneof(fc.stringMatching(/^[ -~]{0,20}$/), fc.integer(), fc.boolean());
    const tree = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        leaf,
        tie('map'),
        fc.array(tie('value'), { maxLength: 4 }),
      ),
      map: fc.dictionary(key, tie('value'), { maxKeys: 4 }),
    })).map;
    fc.assert(
      fc.property(tree, (value) => {
        const text = stringify(value, { version: '1.1', lineWidth: 0 });
        const node = parseText('a.yaml', text);
        expect(toData(node)).toEqual(value);
        const lines = text.split('\n');
        places(node, (it) => {
          const line = lines[it.at.line - 1] ?? '';
          if ('key' in it) expect(line).toContain(it.key);
          else if (it.kind === 'scalar' && typeof it.value === 'number') {
            expect(line.slice(it.at.column - 1)).toContain(String(it.value));
          }
        });
      }),
    );
  });

  test('HCL: every attribute and block is on its line', () => {
    const name = fc.stringMatching(/^[a-z][a-z0-9_]{0,8}$/);
    const expression = fc.constantFrom(
      ...[
        '"a"',
        'var.x',
        'jsonencode({\n  a = "}"\n  b = [1, 2]\n})',
        '<<EOT\n} = {\nEOT',
        '"\u0024{f("}")}"',
        'true',
        '[\n# ]\n1]',
      ],
    );
    const attributes = fc.uniqueArray(fc.tuple(name, expression), {
      selector: ([it]) => it,
      maxLength: 5,
    });
    fc.assert(
      fc.property(fc.array(fc.tuple(name, attributes), { maxLength: 4 }), (blocks) => {
        const text = blocks
          .map(([label, own]) => {
            const body = own.map(([key, value]) => `  ${key} = ${value}\n`).join('');
            return `# } {\nresource "t" "${label}" {\n${body}}\n`;
          })
          .join('\n');
        const root = parseHcl('main.tf', text);
        expect(root.blocks.map((it) => it.labels[1])).toEqual(blocks.map(([label]) => label));
        for (const [index, block] of root.blocks.entries()) {
          expect(textAt(text, block.at)).toMatch(/^resource/);
          const own = blocks[index]?.[1] ?? [];
          expect(block.attributes.map((it) => [it.name, it.expression])).toEqual(own);
          for (const it of block.attributes) {
            expect(textAt(text, it.at).startsWith(`${it.name} =`)).toBe(true);
          }
        }
      }),
    );
  });
});

/** A value with its meaning under an assignment of conditions, parameters and mapping keys. */
interface Expression {
  readonly node: unknown;
  readonly value: (world: World) => string;
}

interface World {
  readonly conditions: Readonly<Record<string, boolean>>;
  readonly parameters: Readonly<Record<string, string>>;
}

const CONDITIONS = ['A', 'B', 'C'];
const PARAMETERS: Readonly<Record<string, readonly string[]>> = {
  P: ['x', 'y'],
  Q: ['u', 'v', 'w'],
};
const MAPPING: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  x: { k: 'mapped-x' },
  y: { k: 'mapped-y' },
};

const literalOf = (text: string): Expression => ({ node: text, value: () => text });
const expression: fc.Arbitrary<Expression> = fc.letrec<{ it: Expression }>((tie) => ({
  it: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom('NONE', 'AWS_IAM', '').map(literalOf),
    fc.constantFrom('P', 'Q').map((name) => ({
      node: { Ref: name },
      value: ({ parameters }: World) => parameters[name] ?? '',
    })),
    fc.constant({
      node: { 'Fn::FindInMap': ['M', { Ref: 'P' }, 'k'] },
      value: ({ parameters }: World) => MAPPING[parameters.P ?? '']?.k ?? '',
    }),
    fc.tuple(fc.constantFrom(...CONDITIONS), tie('it'), tie('it')).map(([name, yes, no]) => ({
      node: { 'Fn::If': [name, yes.node, no.node] },
      value: (world: World) => (world.conditions[name] === true ? yes : no).value(world),
    })),
    fc
      .tuple(fc.constantFrom('', '-'), fc.array(tie('it'), { maxLength: 3 }))
      .map(([between, parts]) => ({
        node: { 'Fn::Join': [between, parts.map(({ node }) => node)] },
        value: (world: World) => parts.map((it) => it.value(world)).join(between),
      })),
    fc.tuple(tie('it'), tie('it')).map(([first, second]) => ({
      node: {
        'Fn::Sub': [
          '<\u0024{a}|\u0024{P}|\u0024{!lit}|\u0024{b}>',
          { a: first.node, b: second.node },
        ],
      },
      value: (world: World) =>
        `<${first.value(world)}|${world.parameters.P}|\${lit}|${second.value(world)}>`,
    })),
    fc
      .tuple(fc.nat(2), fc.array(tie('it'), { minLength: 3, maxLength: 3 }))
      .map(([index, parts]) => ({
        node: { 'Fn::Select': [index, parts.map(({ node }) => node)] },
        value: (world: World) => parts[index]?.value(world) ?? '',
      })),
    tie('it').map((inner) => ({
      node: {
        'Fn::Select': ['0', { 'Fn::Split': ['|', { 'Fn::Join': ['|', [inner.node, 'z']] }] }],
      },
      value: (world: World) => `${inner.value(world)}|z`.split('|')[0] ?? '',
    })),
  ),
})).it;

/** Whether a branch is the one of a world. */
function holds(when: readonly string[], { conditions, parameters }: World): boolean {
  return when.every((it) => {
    const [parameter = '', value] = it.split('=');
    if (value !== undefined) return parameters[parameter] === value;
    return it.startsWith('!') ? conditions[it.slice(1)] === false : conditions[it] === true;
  });
}

describe('folding intrinsic functions', () => {
  const template = parseText(
    'a.json',
    JSON.stringify({
      Parameters: Object.fromEntries(
        Object.entries(PARAMETERS).map(([name, AllowedValues]) => [
          name,
          { Type: 'String', AllowedValues },
        ]),
      ),
      Mappings: { M: MAPPING },
    }),
  );
  const scope = scopeOf(template, new Map(), NO_SCOPE.include);
  const worlds = fc.record({
    conditions: fc.record({ A: fc.boolean(), B: fc.boolean(), C: fc.boolean() }),
    parameters: fc.record({ P: fc.constantFrom('x', 'y'), Q: fc.constantFrom('u', 'v', 'w') }),
  });

  test('one branch holds in every world, and it has the value of that world', () => {
    fc.assert(
      fc.property(expression, worlds, ({ node, value }, world) => {
        const folded = fold(parseText('a.json', JSON.stringify({ v: node })), scope);
        const own = folded[0];
        if (own?.kind !== 'known') throw new Error('a map folds to itself');
        const inner = get(own.node, 'v');
        if (inner === undefined) throw new Error('the value is there');
        const branches = fold(inner, scope).filter((it) => holds(it.when, world));
        if (branches.some((it) => it.kind === 'unknown' && it.reason.includes('possible values')))
          return;
        expect(branches).toHaveLength(1);
        const [branch] = branches;
        expect(branch?.kind === 'known' ? scalarText(branch.node) : branch).toBe(value(world));
      }),
      { numRuns: 400 },
    );
  });

  test('a parameter file leaves one branch of what it decides', () => {
    fc.assert(
      fc.property(expression, worlds, ({ node, value }, world) => {
        const conditions = Object.fromEntries(
          CONDITIONS.map((name) => [name, { 'Fn::Equals': [{ Ref: `Is${name}` }, 'yes'] }]),
        );
        const declared = Object.fromEntries(
          [...Object.keys(PARAMETERS), ...CONDITIONS.map((name) => `Is${name}`)].map((name) => [
            name,
            { Type: 'String' },
          ]),
        );
        const whole = parseText(
          'a.json',
          JSON.stringify({
            Parameters: declared,
            Conditions: conditions,
            Mappings: { M: MAPPING },
            v: node,
          }),
        );
        const at = whole.at;
        const values = Object.entries({
          ...world.parameters,
          ...Object.fromEntries(
            CONDITIONS.map((name) => [`Is${name}`, world.conditions[name as 'A'] ? 'yes' : 'no']),
          ),
        });
        const given = new Map<string, Node>(
          values.map(([name, text]) => [name, { kind: 'scalar', value: text, text, at }]),
        );
        const inner = get(whole, 'v');
        if (inner === undefined) throw new Error('the value is there');
        const folded = fold(inner, scopeOf(whole, given, NO_SCOPE.include));
        expect(folded).toHaveLength(1);
        const [only] = folded;
        expect(only?.kind === 'known' ? scalarText(only.node) : only).toBe(value(world));
        expect(only?.when).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });
});

describe('paths', () => {
  const part = fc.stringMatching(/^(\{[a-z]{1,5}\+?\}|[a-z][a-z0-9-]{0,6})$/);

  test("a method's path is the chain of its resources, whatever their order", () => {
    fc.assert(
      fc.property(fc.array(part, { maxLength: 6 }), fc.boolean(), (parts, isReversed) => {
        const chain = parts.map((PathPart, index) => [
          `R${index}`,
          {
            Type: 'AWS::ApiGateway::Resource',
            Properties: {
              RestApiId: { Ref: 'Api' },
              ParentId:
                index === 0
                  ? { 'Fn::GetAtt': ['Api', 'RootResourceId'] }
                  : { Ref: `R${index - 1}` },
              PathPart,
            },
          },
        ]);
        const last =
          parts.length === 0
            ? { 'Fn::GetAtt': 'Api.RootResourceId' }
            : { Ref: `R${parts.length - 1}` };
        const method = {
          Type: 'AWS::ApiGateway::Method',
          Properties: {
            RestApiId: { Ref: 'Api' },
            ResourceId: last,
            HttpMethod: 'get',
            AuthorizationType: 'NONE',
          },
        };
        const entries = [['Api', { Type: 'AWS::ApiGateway::RestApi' }], ...chain, ['M', method]];
        const Resources = Object.fromEntries(isReversed ? entries.toReversed() : entries);
        const [found] = methods(declare({ 'a.json': JSON.stringify({ Resources }) }));
        expect(found?.path).toBe(`/${parts.join('/')}`);
      }),
    );
  });

  test('base paths: ignored, put before, or without the first segment', () => {
    fc.assert(
      fc.property(
        fc.array(part, { maxLength: 4 }),
        fc.array(part, { maxLength: 3 }),
        (base, own) => {
          const path = `/${own.join('/')}`;
          const document = parseText('a.json', JSON.stringify({ basePath: `/${base.join('/')}` }));
          const joined = (segments: readonly string[]) => `/${[...segments, ...own].join('/')}`;
          expect(importedPath(path, document, 'ignore')).toBe(path);
          expect(importedPath(path, document, 'prepend')).toBe(joined(base));
          expect(importedPath(path, document, 'split')).toBe(joined(base.slice(1)));
        },
      ),
    );
  });
});

describe('places', () => {
  const verb = fc.constantFrom('get', 'put', 'post', 'delete', 'patch');
  const path = fc.stringMatching(/^\/[a-z]{1,8}$/);
  const table = fc.dictionary(path, fc.uniqueArray(verb, { minLength: 1, maxLength: 3 }), {
    minKeys: 1,
    maxKeys: 4,
  });
  const layout = fc.constantFrom('json', 'block', 'flow');

  const written = (data: unknown, how: string): string =>
    how === 'json'
      ? JSON.stringify(data, null, 2)
      : stringify(data, how === 'flow' ? { collectionStyle: 'flow', lineWidth: 40 } : {});

  /** What a line of a method has to hold: what decides, or what names it. */
  function expectLines(
    files: Readonly<Record<string, string>>,
    words: (it: { method: string; path: string | null; resource: string | null }) => RegExp,
  ): void {
    for (const it of methods(declare(files))) {
      const line = files[it.place.file]?.split('\n')[it.place.line - 1] ?? '';
      expect(line.slice(it.place.column - 1)).toMatch(words(it));
    }
  }

  test('of an OpenAPI document', () => {
    fc.assert(
      fc.property(
        table,
        layout,
        fc.constantFrom('none', 'security', 'extension', 'root'),
        (paths, how, by) => {
          const operation = {
            responses: {},
            ...(by === 'security' ? { security: [{ x: [] }] } : {}),
            ...(by === 'extension' ? { 'x-amazon-apigateway-auth': { type: 'NONE' } } : {}),
          };
          const document = {
            openapi: '3.0.1',
            ...(by === 'root' ? { security: [{ iam: [] }] } : {}),
            components: {
              securitySchemes: { iam: { 'x-amazon-apigateway-authtype': 'awsSigv4' } },
            },
            paths: Object.fromEntries(
              Object.entries(paths).map(([key, verbs]) => [
                key,
                Object.fromEntries(verbs.map((it) => [it, operation])),
              ]),
            ),
          };
          const word = { none: '', security: 'security', extension: 'type', root: 'security' }[by];
          expectLines(
            { 'api.yaml': written(document, how) },
            ({ method }) => new RegExp(`^"?${word === '' ? method.toLowerCase() : word}`),
          );
        },
      ),
    );
  });

  test('of a CloudFormation template', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('NONE', 'AWS_IAM', null), { minLength: 1, maxLength: 5 }),
        layout,
        (types, how) => {
          const resources = types.map((AuthorizationType, index) => [
            `Route${index}`,
            {
              Type: 'AWS::ApiGatewayV2::Route',
              Properties: {
                ApiId: { Ref: 'Api' },
                RouteKey: `GET /${index}`,
                ...(AuthorizationType === null ? {} : { AuthorizationType }),
              },
            },
          ]);
          const api = [
            'Api',
            { Type: 'AWS::ApiGatewayV2::Api', Properties: { ProtocolType: 'HTTP' } },
          ];
          const text = written({ Resources: Object.fromEntries([api, ...resources]) }, how);
          expectLines({ 'template.yaml': text }, ({ resource }) =>
            types[Number(resource?.slice(5))] === null
              ? new RegExp(`^"?${resource}`)
              : /^"?AuthorizationType/,
          );
        },
      ),
    );
  });

  test('of a SAM template', () => {
    fc.assert(
      fc.property(
        table,
        layout,
        fc.constantFrom(null, 'DefaultAuthorizer', 'Authorizer'),
        (paths, how, by) => {
          const events = Object.entries(paths).flatMap(([Path, verbs], index) =>
            verbs.map((Method) => [
              `Event${index}${Method}`,
              {
                Type: 'Api',
                Properties: {
                  Path,
                  Method,
                  RestApiId: { Ref: 'Api' },
                  ...(by === 'Authorizer' ? { Auth: { Authorizer: 'AWS_IAM' } } : {}),
                },
              },
            ]),
          );
          const auth = by === 'DefaultAuthorizer' ? { Auth: { DefaultAuthorizer: 'AWS_IAM' } } : {};
          const text = written(
            {
              Transform: 'AWS::Serverless-2016-10-31',
              Resources: {
                Api: { Type: 'AWS::Serverless::Api', Properties: { StageName: 'p', ...auth } },
                Fn: {
                  Type: 'AWS::Serverless::Function',
                  Properties: { Events: Object.fromEntries(events) },
                },
              },
            },
            how,
          );
          expectLines({ 'template.yaml': text }, () => new RegExp(`^"?${by ?? 'Path'}`));
        },
      ),
    );
  });
});
