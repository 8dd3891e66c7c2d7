import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parsePolicy } from '../../../src/access/policy-document.js';

const STATEMENT = {
  Effect: 'Allow',
  Principal: '*',
  Action: 'execute-api:Invoke',
  Resource: 'execute-api:/*',
};

function problemsOf(statement: unknown, kind: 'identity' | 'resource' = 'resource') {
  const parsed = parsePolicy(JSON.stringify({ Version: '2012-10-17', Statement: statement }), kind);
  return parsed.valid ? [] : parsed.problems;
}

describe('a policy', () => {
  const clean = JSON.stringify({ Version: '2012-10-17', Statement: [STATEMENT] });

  test.each([
    ['clean', clean],
    ['escaped once more, as GetRestApi sends it', JSON.stringify(clean).slice(1, -1)],
    ['with its slashes escaped too', JSON.stringify(clean).slice(1, -1).replaceAll('/', '\\/')],
    ['as a JSON text', JSON.stringify(clean)],
  ])('%s', (_, text) => {
    expect(parsePolicy(text, 'resource')).toMatchObject({
      valid: true,
      document: {
        hasVariables: true,
        statements: [
          {
            position: 'statement 1',
            principals: { negated: false, aws: ['*'], others: [] },
            resources: { negated: false, patterns: ['execute-api:/*'] },
          },
        ],
      },
    });
  });

  test.each<[object, boolean]>([
    [{ Version: '2012-10-17' }, true],
    [{ Version: '2008-10-17' }, false],
    // "If you do not include a Version element, the value defaults to 2008-10-17."
    [{}, false],
  ])('of the version %j has variables: %s', (version, hasVariables) => {
    const parsed = parsePolicy(JSON.stringify({ ...version, Statement: STATEMENT }), 'resource');
    expect(parsed).toMatchObject({ valid: true, document: { hasVariables } });
  });

  test('one or a list is the same, everywhere', () => {
    const lists = {
      ...STATEMENT,
      Principal: { AWS: ['*'] },
      Action: ['execute-api:Invoke'],
      Resource: ['execute-api:/*'],
    };
    const one = parsePolicy(JSON.stringify({ Statement: STATEMENT }), 'resource');
    const many = parsePolicy(JSON.stringify({ Statement: [lists] }), 'resource');
    const withoutSource = (parsed: typeof one): unknown =>
      parsed.valid && parsed.document.statements.map((it) => ({ ...it, source: null }));
    expect(withoutSource(one)).toEqual(withoutSource(many));
    expect(one.valid && one.document.hasVariables).toBe(false);
  });

  test.each(['Action', 'Resource'])('with anything but texts in %s is refused', (key) => {
    for (const value of [1, null, {}, ['x', 1], [1, 'x'], [['x']], true]) {
      expect(problemsOf({ ...STATEMENT, [key]: value })).not.toEqual([]);
    }
    expect(problemsOf({ ...STATEMENT, [key]: ['execute-api:Invoke', '*'] })).toEqual([]);
  });

  test('takes texts, numbers and truth values in a condition, and nothing else', () => {
    const wanted = (value: unknown) =>
      problemsOf({ ...STATEMENT, Condition: { StringEquals: { 'aws:PrincipalOrgID': value } } });
    for (const value of ['x', 1, true, ['x', 2, false]]) expect(wanted(value)).toEqual([]);
    for (const value of [null, {}, ['x', null], [{}]]) expect(wanted(value)).not.toEqual([]);
  });

  test('with lists in lists in lists is refused, not followed', () => {
    const deep = `${'['.repeat(30_000)}${']'.repeat(30_000)}`;
    expect(parsePolicy(`{"Version":${deep},"Statement":[]}`, 'resource')).toMatchObject({
      valid: false,
      problems: expect.arrayContaining(['its version is a list']),
    });
    expect(parsePolicy(`{"Statement":${deep}}`, 'resource').valid).toBe(false);
  });

  test.each([
    ['{"Version": "2012-10-17", "Version": "2012-10-17", "Statement": []}', 'Version'],
    ['{"Statement": [{"Effect": "Deny", "Sid": "a", "\\u0045ffect": "Allow"}]}', 'Effect'],
    [
      '{"Statement": {"Condition": {"StringEquals": {"a": "x"}, "StringEquals": {"a": "y"}}}}',
      'StringEquals',
    ],
    [String.raw`{\"Statement\": [], \"Statement\": []}`, 'Statement'],
  ])('with a key that stands twice is not understood: %s', (text, key) => {
    const parsed = parsePolicy(text, 'resource');
    expect(parsed.valid ? [] : parsed.problems).toContain(`the key "${key}" stands twice`);
  });

  test.each<[string, object]>([
    ['of one operator', { StringEquals: { 'aws:SourceVpce': 'vpce-1', 'AWS:sourceVPCE': '*' } }],
    [
      'of an operator in two cases',
      { IpAddress: { 'aws:SourceIp': '203.0.113.7' }, ipAddress: { 'aws:sourceip': '0.0.0.0/0' } },
    ],
  ])('with a condition key in two cases is not understood: %s', (_, Condition) => {
    expect(problemsOf({ ...STATEMENT, Condition })).toEqual([
      expect.stringMatching(/^statement 1 has the condition "\w+" "[\w:]+" twice$/),
    ]);
  });

  test('may have one condition key under several operators, and in several statements', () => {
    const Condition = { StringLike: { 'aws:SourceIp': '2*' }, Null: { 'AWS:SourceIP': 'false' } };
    expect(
      problemsOf([
        { ...STATEMENT, Condition },
        { ...STATEMENT, Condition },
      ]),
    ).toEqual([]);
  });

  test('is told what it has that no policy has', () => {
    const parsed = parsePolicy(
      JSON.stringify({ Id: 'a', version: '2012-10-17', Statement: STATEMENT, statement: [] }),
      'resource',
    );
    expect(parsed).toEqual({
      valid: false,
      problems: ['it has the unknown element "version"', 'it has the unknown element "statement"'],
    });
  });

  test('may have one key in several objects, and texts that look like more', () => {
    const Condition = { Bool: { a: true }, Null: { a: false } };
    const statements = [
      { ...STATEMENT, Sid: '{"Sid": 1, "Sid": 2}' },
      { ...STATEMENT, Condition },
    ];
    expect(problemsOf(statements)).toEqual([]);
  });

  test('larger than any that AWS takes is refused', () => {
    const large = JSON.stringify({ Statement: [{ ...STATEMENT, Sid: 'x'.repeat(70_000) }] });
    expect(parsePolicy(large, 'resource')).toEqual({
      valid: false,
      problems: [expect.stringMatching(/^the policy has \d+ characters, more than AWS takes$/)],
    });
  });

  test('with problems without end has some of them told', () => {
    const parsed = parsePolicy(`{"Statement":[${'{},'.repeat(5000)}{}]}`, 'resource');
    expect(parsed.valid ? [] : parsed.problems).toHaveLength(20);
  });

  test('a statement is named by its Sid, or by its place', () => {
    const parsed = parsePolicy(
      JSON.stringify({
        Statement: [STATEMENT, { ...STATEMENT, Sid: 'Pets "1"' }, { ...STATEMENT, Sid: '' }],
      }),
      'resource',
    );
    expect(parsed.valid && parsed.document.statements.map(({ position }) => position)).toEqual([
      'statement 1',
      'statement "Pets \\"1\\""',
      'statement 3',
    ]);
  });

  test.each<[string, object, string]>([
    ['no effect', { Effect: undefined }, 'has neither the effect Allow nor Deny'],
    ['no action', { Action: undefined }, 'names no Action in text'],
    ['an empty list', { Resource: [] }, 'names no Resource in text'],
    ['a number', { Resource: [1] }, 'names no Resource in text'],
    ['both of two', { NotAction: 's3:*' }, 'has both Action and NotAction'],
    ['no principal', { Principal: undefined }, 'names no principal'],
    ['an odd principal', { Principal: 'me' }, 'names a principal that is neither'],
    ['an unknown element', { Resources: '*' }, 'has the unknown element "Resources"'],
    ['an odd condition', { Condition: { StringEquals: 'x' } }, 'without keys'],
    ['an odd value', { Condition: { Bool: { 'aws:x': null } } }, 'in no text'],
  ])('with %s is invalid, and says why', (_, parts, words) => {
    const problems = problemsOf([{ ...STATEMENT, ...parts }]);
    expect(problems.join('; ')).toMatch(/^statement 1 /);
    expect(problems.join('; ')).toContain(words);
  });

  test('of an identity names no principal', () => {
    expect(problemsOf([STATEMENT], 'identity')[0]).toContain('names a principal');
  });

  test.each(['', 'null', '[]', '"x"', '{', '{"Version":"2012-10-17"}', '{\\"Version'])(
    '%j is none',
    (text) => {
      expect(parsePolicy(text, 'resource').valid).toBe(false);
    },
  );

  test('never throws, whatever it is given', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json(), statements()), (text) => {
        parsePolicy(text, 'resource');
        parsePolicy(JSON.stringify(text).slice(1, -1), 'identity');
      }),
      { numRuns: 1000 },
    );
  });

  test('is never an empty policy in place of one that was not understood', () => {
    fc.assert(
      fc.property(statements(), (text) => {
        const parsed = parsePolicy(text, 'resource');
        const given: unknown = JSON.parse(text).Statement;
        const count = Array.isArray(given) ? given.length : 1;
        if (parsed.valid) expect(parsed.document.statements).toHaveLength(count);
        else expect(parsed.problems.length).toBeGreaterThan(0);
      }),
    );
  });
});

/** Texts of policies, most of them wrong in some place. */
function statements(): fc.Arbitrary<string> {
  const value = fc.oneof(
    fc.constantFrom('Allow', 'Deny', '*', ['*'], { AWS: '*' }),
    fc.jsonValue(),
  );
  const statement = fc.dictionary(
    fc.constantFrom('Effect', 'Principal', 'Action', 'Resource', 'NotAction', 'Condition', 'Sid'),
    value,
  );
  return fc
    .oneof(fc.array(statement), statement, fc.jsonValue())
    .map((Statement) => JSON.stringify({ Version: '2012-10-17', Statement }));
}
