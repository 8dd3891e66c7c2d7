import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ParsedConfig } from '../../../src/config/compile.js';
import { allowedTypesOf } from '../../../src/config/config.js';
import { parseConfigFile } from '../../../src/config/parse.js';
import { INPUTS_IN_FILE } from '../../../src/inputs/table.js';

function parsed(text: string): ParsedConfig {
  const result = parseConfigFile(text, 'policy.yml', INPUTS_IN_FILE);
  if (!result.ok) throw new Error(result.why.join('\n'));
  return result.value;
}

function problems(text: string): readonly string[] {
  const result = parseConfigFile(text, 'policy.yml', INPUTS_IN_FILE);
  return result.ok ? [] : result.why;
}

const EXCEPTION = `exceptions:
  - methods: GET /health
    api: orders
    reason: the load balancer asks unsigned
    owner: team-shop
    expires: 2027-01-31
`;

describe('a policy file', () => {
  test.each(['', '# nothing\n', '{}', 'null'])('%j changes nothing', (text) => {
    expect(parsed(text).config).toMatchObject({ types: ['AWS_IAM'], exceptions: [], samples: [] });
  });

  test('may be JSON', () => {
    expect(parsed('{"require": {"types": ["CUSTOM"]}}').config.types).toEqual([
      'AWS_IAM',
      'CUSTOM',
    ]);
  });

  test('overrides what is required of some methods, the last match first', () => {
    const { config } = parsed(`require:
  types: [AWS_IAM]
  overrides:
    - methods: "* /partners/**"
      types: [CUSTOM]
    - methods: [GET /partners/status]
      types: [COGNITO_USER_POOLS]
`);
    expect(allowedTypesOf(config, 'GET', '/orders')).toEqual(['AWS_IAM']);
    expect(allowedTypesOf(config, 'POST', '/partners/a/b')).toEqual(['AWS_IAM', 'CUSTOM']);
    expect(allowedTypesOf(config, 'GET', '/partners/status')).toEqual([
      'AWS_IAM',
      'COGNITO_USER_POOLS',
    ]);
  });

  test('holds exceptions with the line that they stand on', () => {
    expect(parsed(EXCEPTION).config.exceptions).toMatchObject([
      {
        methods: ['GET /health'],
        apis: ['orders'],
        stages: [],
        owner: 'team-shop',
        expires: '2027-01-31',
        location: { file: 'policy.yml', line: 2 },
      },
    ]);
  });

  test('holds sample requests; one value or several of a query parameter', () => {
    const { config } = parsed(`smoke:
  - methods: GET /pets/{id}
    path-parameters: { id: 42 }
    query: { tag: [a, b], deep: true }
    headers: { x-tenant: t1 }
    expect: [200, 404]
`);
    expect(config.samples).toMatchObject([
      {
        pathParameters: { id: '42' },
        query: [
          ['tag', 'a'],
          ['tag', 'b'],
          ['deep', 'true'],
        ],
        headers: { 'x-tenant': 't1' },
        body: null,
        expectedStatuses: [200, 404],
      },
    ]);
    expect(config.samples[0]?.matches('GET', '/pets/{id}')).toBe(true);
  });

  test('gives values for inputs, as text', () => {
    expect(parsed('inputs: { smoke-timeout: 30, smoke-test: false }').inputs).toEqual({
      'smoke-timeout': '30',
      'smoke-test': 'false',
    });
  });
});

describe('what is wrong is said with line and column,', () => {
  test('everything at once', () => {
    expect(
      problems(`require:
  typs: [AWS_IAM]
exceptions:
  - methods: [GET /health, FETCH /x, GET pets]
    api: orders
    reason: ""
    owner: me
    expires: 2027-02-30
  - methods: "* /**"
    api: orders
inputs:
  smoke-tset: false
  mode: enforce
`),
    ).toEqual([
      'policy.yml:2:3: require: unknown key "typs"; did you mean types?',
      'policy.yml:4:28: exceptions[0].methods[1]: names no HTTP method of API Gateway: "FETCH". Write one, ANY, or * for all',
      'policy.yml:4:38: exceptions[0].methods[2]: must look like "GET /pets/*": an HTTP method or *, a blank, and a path that begins with /',
      'policy.yml:6:13: exceptions[0].reason: must not be empty',
      'policy.yml:8:14: exceptions[0].expires: must be a date such as 2027-01-31',
      'policy.yml:9:5: exceptions[1].reason: is required',
      'policy.yml:9:5: exceptions[1].owner: is required',
      expect.stringMatching(
        /^policy\.yml:12:3: inputs: unknown key "smoke-tset"; did you mean smoke-test\?$/,
      ),
      expect.stringMatching(/^policy\.yml:13:3: inputs: unknown key "mode"; known are /),
      'policy.yml:9:5: exceptions[1]: needs expires (a date), or permanent: true',
    ]);
  });

  test.each([
    [
      'a key that stands there twice',
      'require: {}\nrequire: {}\n',
      'policy.yml:2:1: Map keys must be unique',
    ],
    ['a list that does not end', 'smoke: [1', /^policy\.yml:1:\d+: Flow sequence/],
    ['a text in place of a mapping', 'hello', 'policy.yml:1:1: the policy file: must be a mapping'],
    [
      'expires beside permanent',
      `${EXCEPTION}    permanent: true\n`,
      /has both expires and permanent/,
    ],
    ['a list in place of a mapping', 'require: []', 'policy.yml:1:10: require: must be a mapping'],
    [
      'a mapping in place of a list',
      'exceptions: {}',
      'policy.yml:1:13: exceptions: must be a list',
    ],
    [
      'a text in place of a yes or no',
      EXCEPTION.replace('expires: 2027-01-31', 'permanent: often'),
      /exceptions\[0\]\.permanent: must be (a boolean|true|one of true)/,
    ],
    [
      'a number in place of a text',
      EXCEPTION.replace('owner: team-shop', 'owner: 7'),
      'policy.yml:5:12: exceptions[0].owner: must be a text: write it in quotes',
    ],
    [
      'a mapping where a text or a list may be',
      EXCEPTION.replace('api: orders', 'api: { name: orders }'),
      /^policy\.yml:3:10: exceptions\[0\]\.api: must be a text, or a list$/,
    ],
    [
      'a list of which one is no text',
      EXCEPTION.replace('api: orders', 'api: [orders, 7]'),
      /^policy\.yml:3:19: exceptions\[0\]\.api\[1\]: must be a text: write it in quotes$/,
    ],
    [
      'a key that is twice as long as the one that is meant',
      'requirerequire: {}',
      /unknown key "requirerequire"; known are /,
    ],
    [
      'a key in capitals',
      'Require: {}',
      'policy.yml:1:1: unknown key "Require"; did you mean require?',
    ],
    [
      'a key of a list',
      'smoke:\n  - methods: GET /a\n    metods: GET /b\n',
      /^policy\.yml:3:5: smoke\[0\]: unknown key "metods"; did you mean methods\?$/,
    ],
    ['no api', EXCEPTION.replace('    api: orders\n', ''), /exceptions\[0\]\.api: is required/],
    [
      'an authorization type that there is not',
      'require: { types: [IAM] }',
      /must be one of AWS_IAM, CUSTOM/,
    ],
    ['what is open without an exception', 'require: { types: [NONE] }', /must be one of AWS_IAM/],
    [
      'an input that says where to ask',
      'inputs: { endpoint-url: x }',
      /unknown key "endpoint-url"/,
    ],
  ])('%s', (_what, text, expected) => {
    expect(problems(text)).toEqual([
      typeof expected === 'string' ? expected : expect.stringMatching(expected),
    ]);
  });

  test('aliases that expand without end', () => {
    const levels = Array.from({ length: 12 }, (_, n) =>
      n === 0
        ? 'a0: &a0 [x, x]'
        : `a${n}: &a${n} [${Array(9)
            .fill(`*a${n - 1}`)
            .join(', ')}]`,
    );
    expect(problems(levels.join('\n'))).toEqual([expect.stringContaining('Excessive alias count')]);
  });

  test('a file of 10 MB', () => {
    expect(problems(`# ${'x'.repeat(10_000_000)}`)).toEqual([
      expect.stringContaining('larger than 256 KiB'),
    ]);
  });
});

describe('the stages of an exception', () => {
  test.each<[string, string, string[]]>([
    ['left out', '', []],
    ['one', 'stage: prod', ['prod']],
    ['a list', 'stage: [prod, dev]', ['prod', 'dev']],
    ['every one', 'stage: "*"', []],
    ['every one in a list', 'stage: ["*"]', []],
    ['every one beside a name', 'stage: [prod, "*"]', []],
  ])('%s', (_, line, stages) => {
    const text = EXCEPTION.replace('    reason:', `    ${line}\n    reason:`);
    expect(parsed(text).config.exceptions.map((it) => it.stages)).toEqual([stages]);
  });
});

describe('a file that is made to be slow', () => {
  const full = (line: (index: number) => string): string => {
    const lines: string[] = [];
    for (let size = 0; size < 128 * 1024; size += lines.at(-1)?.length ?? 0) {
      lines.push(line(lines.length));
    }
    return lines.slice(0, -1).join('');
  };
  test.each<[string, string, RegExp]>([
    ['keys', full((n) => `k${n}: 1\n`), /more than 20,000 keys/],
    ['keys in braces', `{${full((n) => `"k${n}":1,`)}}`, /more than 20,000 keys/],
    ['a key of a page', `${'x'.repeat(128_000)}: 1`, /at most 1024 chars/],
    ['the same key', full(() => 'a: 1\n'), /Map keys must be unique/],
    ['exceptions', `exceptions:\n${full(() => '- {}\n')}`, /more than 20,000 keys/],
    ['aliases', `a: &a x\nb:\n${full(() => '- *a\n')}`, /has more than 100 aliases/],
    [
      'anchors and aliases',
      `b:\n${full((n) => `- &a${n} x\n- *a${n}\n`)}`,
      /has more than 100 aliases/,
    ],
    ['brackets', '['.repeat(60_000), /./],
    [
      'brackets that close',
      `a: ${'['.repeat(40_000)}${']'.repeat(40_000)}`,
      /^policy\.yml:1:\d+: is nested too deeply, which no policy file is$/,
    ],
    ['dashes', '- '.repeat(60_000), /./],
    ['question marks', '? '.repeat(60_000), /./],
    ['quotes that do not end', full(() => '- "\n'), /./],
    ['tags', full(() => '- !a x\n'), /must be a mapping/],
    ['globs', `exceptions:\n- methods: [${full(() => '"GET /**a*a*a*a*a*a*a",')}]`, /is required/],
  ])(
    'of %s ends with a problem',
    (_, text, expected) => {
      const found = problems(text);
      // What is quadratic takes longer than a test may.
      expect(found.length).toBeLessThanOrEqual(50);
      expect(found.join('\n')).toMatch(expected);
    },
    90_000,
  );
});

describe('whatever the text,', () => {
  test('parsing ends with a policy or with problems that name the file', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'grapheme' }), fc.json()), (text) => {
        const result = parseConfigFile(text, 'p.yml', INPUTS_IN_FILE);
        if (!result.ok) {
          expect(result.why.length).toBeGreaterThan(0);
          for (const problem of result.why) expect(problem).toMatch(/^p\.yml:\d+:\d+: ./s);
        }
      }),
      { numRuns: 500 },
    );
  });
});

test.each([
  ['"*"', []],
  ['["*"]', []],
  ['["*", prod]', []],
  ['[prod, "*", dev]', []],
  ['prod', ['prod']],
  ['[prod, dev]', ['prod', 'dev']],
])('stage: %s is for %j, where none is every stage', (stage, expected) => {
  const text = `exceptions: [{ methods: GET /a, api: a, stage: ${stage}, reason: r, owner: o, permanent: true }]`;
  const result = parseConfigFile(text, 'policy.yml', INPUTS_IN_FILE);
  if (!result.ok) throw new Error(result.why.join());
  expect(result.value.config.exceptions.map(({ stages }) => stages)).toEqual([expected]);
});

test.each(['AWS_IAM', 'CUSTOM', 'COGNITO_USER_POOLS', 'JWT'])('%s may be allowed', (type) => {
  const result = parseConfigFile(`require: { types: [${type}] }`, 'policy.yml', INPUTS_IN_FILE);
  expect(result.ok && result.value.config.types).toEqual([...new Set(['AWS_IAM', type])]);
});
