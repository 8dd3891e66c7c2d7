import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseConfigFile } from '../../../src/config/parse.js';
import { problemsOfSample } from '../../../src/config/sample-problems.js';
import { fillPath } from '../../../src/probe/request-path.js';

/** The problems of a policy file with this sample, without their places. */
function problemsOf(sample: string): string[] {
  const parsed = parseConfigFile(`smoke:\n  - methods: GET /a/{id}\n${sample}`, 'policy.yml', []);
  return parsed.ok ? [] : parsed.why.map((it) => it.replace(/^policy\.yml:\d+:\d+: /, ''));
}

describe('a sample is refused', () => {
  test.each(['..', '.', 'a/../b', './a', 'a/.', '/..', 'a\\..\\b', '%2e%2E', 'a/%2e/b', ''])(
    'with the path parameter %j',
    (value) => {
      const [problem] = problemsOf(`    path-parameters: { id: ${JSON.stringify(value)} }`);
      expect(problem).toMatch(
        /^smoke\[0\]\.path-parameters: the value of "id" (has a segment|is empty)/,
      );
    },
  );

  test.each([
    ['query', '    query: { __proto__: x }'],
    ['query', '    query: { "__proto__": [a, b] }'],
    ['headers', '    headers: { __proto__: x }'],
    ['path-parameters', '    path-parameters: { __proto__: x }'],
  ])('with a name in %s that would be lost', (key, text) => {
    expect(problemsOf(text)).toEqual([
      expect.stringMatching(new RegExp(`^smoke\\[0\\]\\.${key}: `)),
    ]);
  });
});

describe('a sample that no request could carry, or that signs itself, is refused', () => {
  test.each([
    [
      'a line end in a header',
      '    headers: { x-tenant: "a\\r\\nhost: b" }',
      'headers: the value of "x-tenant"',
    ],
    [
      'letters that no header has',
      '    headers: { x-tenant: "漢" }',
      'headers: the value of "x-tenant"',
    ],
    [
      'a blank in a name',
      '    headers: { "x tenant": a }',
      'headers: "x tenant" cannot be the name',
    ],
    ['an empty name', '    headers: { "": a }', 'headers: "" cannot be the name'],
    ['a signature', '    query: { X-Amz-Signature: abc }', 'query: "X-Amz-Signature" is part'],
    [
      'a token',
      '    query: { page: 1, x-amz-security-token: abc }',
      'query: "x-amz-security-token" is part',
    ],
  ])('%s', (_what, text, problem) => {
    expect(problemsOf(text)).toEqual([expect.stringContaining(`smoke[0].${problem}`)]);
  });
});

describe('a sample is taken', () => {
  test('with headers and a query that are like those', () => {
    expect(
      problemsOf('    headers: { x-tenant: "a b", accept: 1 }\n    query: { x-amz: 1, date: 2 }'),
    ).toEqual([]);
  });

  test.each(['a', 'a.b', '...', 'a..b', '.a', 'a/b', '..a/b..', 'ä ö'])(
    'with the value %j',
    (value) => {
      expect(problemsOf(`    path-parameters: { id: ${JSON.stringify(value)} }`)).toEqual([]);
    },
  );

  test('of any shape that is not one', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => Array.isArray(problemsOfSample(value))));
  });

  test('only where URLs leave its path as it is', () => {
    const value = fc.array(fc.constantFrom('.', '..', 'a', '/', '%2e', '\\', 'ä', ' '), {
      maxLength: 6,
    });
    fc.assert(
      fc.property(value, fc.constantFrom('/x/{id}', '/x/{id+}'), (parts, path) => {
        const id = parts.join('');
        fc.pre(problemsOfSample({ 'path-parameters': { id } }).length === 0);
        const { path: sent } = fillPath(path, { id });
        expect(new URL(`https://a.test${sent}`).pathname).toBe(sent);
      }),
    );
  });
});
