import { describe, expect, test } from '@jest/globals';
import { parseDocument } from 'yaml';
import * as z from 'zod/mini';
import { nodeAt, problemsOf } from '../../../src/config/problems.js';

const text = () => z.string().check(z.minLength(1, 'must not be empty'));

const SCHEMA = z.strictObject({
  name: z.optional(text()),
  methods: z.optional(
    z.union([text(), z.array(text()).check(z.minLength(1, 'must not be an empty list'))]),
  ),
  environment: z.optional(z.enum(['dev', 'prod'])),
  nested: z.optional(z.strictObject({ list: z.array(z.strictObject({ owner: z.string() })) })),
  isOn: z.optional(z.boolean()),
});

/** The problems of a text, each with the offset that it stands at. */
function problems(yaml: string, schema: z.ZodMiniType = SCHEMA): string[] {
  // A key that is a list is no text, of which the parser warns.
  const document = parseDocument(yaml, { logLevel: 'error' });
  const { error } = schema.safeParse(document.toJS());
  return problemsOf(error?.issues ?? [], schema, document, (offset) => `@${offset}`);
}

describe('a problem', () => {
  test.each<[what: string, yaml: string, expected: string[]]>([
    ['of nothing', 'name: a', []],
    ['of the whole file', '- a', ['@0: the policy file: must be a mapping']],
    ['of a text', 'isOn: true\nname: 5', ['@17: name: must be a text: write it in quotes']],
    ['of a switch', 'isOn: 5', ['@6: isOn: must be true or false']],
    ['of a list', 'nested: { list: 5 }', ['@16: nested.list: must be a list']],
    ['of a mapping', 'nested: 5', ['@8: nested: must be a mapping']],
    ['of a value of a set', 'environment: test', ['@13: environment: must be one of dev, prod']],
    ['with words of its own', 'name: ""', ['@6: name: must not be empty']],
    [
      'of what is missing in a list, at the member that lacks it',
      'nested:\n  list:\n    - { owner: a }\n    - {}',
      ['@41: nested.list[1].owner: is required'],
    ],
    ['of what is missing in a mapping', 'nested: {}', ['@8: nested.list: is required']],
  ])('%s', (_what, yaml, expected) => {
    expect(problems(yaml)).toEqual(expected);
  });

  test('of another file names what that file is', () => {
    const document = parseDocument('- a');
    const issues = SCHEMA.safeParse(document.toJS()).error?.issues ?? [];
    expect(problemsOf(issues, SCHEMA, document, String, 'the list of targets')).toEqual([
      '0: the list of targets: must be a mapping',
    ]);
  });
});

describe('where one or a list is possible, what is said', () => {
  test.each<[what: string, yaml: string, expected: string[]]>([
    ['of neither', 'methods: 5', ['@9: methods: must be a text, or a list: write it in quotes']],
    [
      'of one of a list',
      'methods: [a, true]',
      ['@13: methods[1]: must be a text: write it in quotes'],
    ],
    ['of a mapping', 'methods: { a: b }', ['@9: methods: must be a text, or a list']],
    ['of an empty text', 'methods: ""', ['@9: methods: must not be empty']],
    ['of an empty list', 'methods: []', ['@9: methods: must not be an empty list']],
    ['of a member', 'methods: [a, ""]', ['@13: methods[1]: must not be empty']],
    [
      'of a member of another type',
      'methods: [a, 5]',
      ['@13: methods[1]: must be a text: write it in quotes'],
    ],
    [
      'of several members',
      'methods: ["", a, 5]',
      ['@10: methods[0]: must not be empty', '@17: methods[2]: must be a text: write it in quotes'],
    ],
  ])('%s is of the form that was written', (_what, yaml, expected) => {
    expect(problems(yaml)).toEqual(expected);
  });

  test('is of the form that was got furthest with, whichever comes first', () => {
    const form = z.strictObject({ to: z.strictObject({ port: z.number() }) });
    for (const forms of [
      [z.array(z.string()), form],
      [form, z.array(z.string())],
    ] as const) {
      const schema = z.strictObject({ target: z.union(forms) });
      expect(problems('target: { to: { port: x } }', schema)).toEqual([
        '@22: target.to.port: must be a number',
      ]);
    }
  });

  test('is a rule that is broken, and not that another type was possible', () => {
    const even = z.string().check((context) => {
      context.issues.push({ code: 'custom', input: context.value, message: 'must be even' });
    });
    for (const forms of [
      [z.array(z.string()), even],
      [even, z.array(z.string())],
    ] as const) {
      expect(problems('a: b', z.strictObject({ a: z.union(forms) }))).toEqual([
        '@3: a: must be even',
      ]);
    }
  });
});

describe('an unknown key', () => {
  test('is named where it stands, each by itself', () => {
    expect(problems('nmae: a\nisOn: true\nnested: { list: [], lsit: 5 }')).toEqual([
      '@39: nested: unknown key "lsit"; did you mean list?',
      '@0: unknown key "nmae"; did you mean name?',
    ]);
  });

  test('of a member of a list has the keys of that member for a suggestion', () => {
    expect(problems('nested: { list: [{ owner: a, onwer: b }] }')).toEqual([
      '@29: nested.list[0]: unknown key "onwer"; did you mean owner?',
    ]);
  });

  test('that is a number is named where it stands', () => {
    expect(problems('name: a\n7: b')).toEqual([
      expect.stringMatching(/^@8: unknown key "7"; known are name, methods, /),
    ]);
  });

  test('that no mapping of the file spells out stands where its mapping does', () => {
    expect(problems('isOn: true\nnested: { list: [], ? [a] : b }')).toEqual([
      expect.stringMatching(/^@19: nested: unknown key "\[ a \]"; known are list$/),
    ]);
  });

  test.each<[known: string, key: string, isNear: boolean]>([
    // Two letters may be wrong in a short name, a third of them in a long one.
    ['ab', 'xy', true],
    ['abc', 'axy', true],
    ['abc', 'xyz', false],
    ['abcdefghi', 'xyzdefghi', true],
    ['abcdefghi', 'xyzwefghi', false],
    ['abcdefgh', 'xydefghz', false],
    // How it is capitalised is no difference.
    ['abc', 'ABC', true],
    // What is more than twice as long is no misspelling.
    ['ab', 'abxx', true],
    ['a', 'ax', true],
    ['a', 'axx', false],
  ])('where %j is known, %j is taken for it: %j', (known, key, isNear) => {
    const schema = z.strictObject({ [known]: z.optional(z.string()) });
    expect(problems(`${key}: 1`, schema)).toEqual([
      `@0: unknown key "${key}"; ${isNear ? `did you mean ${known}?` : `known are ${known}`}`,
    ]);
  });

  test('is taken for the nearest of those that are near', () => {
    const keys = { stage: z.optional(z.string()), stages: z.optional(z.string()) };
    const { stage, stages } = keys;
    for (const schema of [z.strictObject({ stage, stages }), z.strictObject({ stages, stage })]) {
      expect(problems('stagess: 1', schema)).toEqual([
        '@0: unknown key "stagess"; did you mean stages?',
      ]);
    }
  });

  test('is compared with what may be written, whatever is made of it', () => {
    const owner = z.strictObject({ owner: z.optional(z.string()) });
    const schema = z.pipe(
      owner,
      z.transform((it) => [it]),
    );
    expect(problems('onwer: a', schema)).toEqual(['@0: unknown key "onwer"; did you mean owner?']);
  });

  test('has no suggestion where no key is known', () => {
    expect(problems('a: 1', z.strictObject({}))).toEqual(['@0: unknown key "a"']);
  });

  test('is one of fifty at most that are named of a mapping', () => {
    const yaml = Array.from({ length: 51 }, (_, index) => `k${index}: 1`).join('\n');
    const found = problems(yaml);
    expect(found).toHaveLength(50);
    expect(found.at(-1)).toContain('"k49"');
  });
});

describe('the node of a path', () => {
  const document = parseDocument('a: { b: [x, y] }');
  const offset = (path: readonly PropertyKey[]) => nodeAt(document, path)?.range?.[0];

  test.each<[PropertyKey[], number]>([
    [[], 0],
    [['a'], 3],
    [['a', 'b'], 8],
    [['a', 'b', 1], 12],
    // The nearest that is there.
    [['a', 'b', 2], 8],
    [['a', 'c', 'd'], 3],
    [['z'], 0],
  ])('%j stands at %d', (path, expected) => {
    expect(offset(path)).toBe(expected);
  });

  test('is none in a file that holds nothing', () => {
    expect(nodeAt(parseDocument(''), ['a'])).toBeNull();
  });
});
