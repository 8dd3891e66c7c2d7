import { describe, expect, test } from '@jest/globals';
import { parseYamlFile, type YamlFile } from '../../../src/config/yaml-file.js';
import { failed, ok } from '../../../src/model/result.js';

/* What a file may hold before anything asks what it means. */

const parse = (text: string) =>
  parseYamlFile(text, 'it.yml', 'list of pets', ({ content }) => ok(content));
const problems = (text: string): readonly string[] => {
  const result = parse(text);
  return result.ok ? [] : result.why;
};

const KIB = 1024;

describe('a file', () => {
  test('is handed on with its content', () => {
    expect(parse('a: [1, x]')).toEqual(ok({ a: [1, 'x'] }));
    expect(parse('')).toEqual(ok({}));
  });

  test('knows the places of what it holds', () => {
    const seen: unknown[] = [];
    const look = ({ place, lineAt }: YamlFile) => {
      seen.push(place(0), place(5), lineAt(0), lineAt(5));
      return failed(['seen']);
    };
    expect(parseYamlFile('a: 1\nb: 2\n', 'it.yml', 'list', look)).toEqual(failed(['seen']));
    expect(seen).toEqual(['it.yml:1:1', 'it.yml:2:1', 1, 2]);
  });

  test('may have its size, and not a byte more', () => {
    const sized = (bytes: number) => `#${'x'.repeat(bytes - 1)}`;
    expect(problems(sized(256 * KIB))).toEqual([]);
    expect(problems(sized(256 * KIB + 1))).toEqual([
      'it.yml:1:1: is larger than 256 KiB, which no list of pets needs',
    ]);
    // Bytes, not characters.
    expect(problems(`#${'ä'.repeat(130 * KIB)}`)[0]).toContain('is larger than 256 KiB');
  });

  test('that is nested deeply is refused, however deeply', () => {
    for (const depth of [2_000, 100_000]) {
      const why = problems('['.repeat(depth) + ']'.repeat(depth));
      expect(why).toHaveLength(1);
      expect(why[0]).toContain('is nested too deeply, which no list of pets is');
    }
  });

  test('what a check throws is not taken for a mistake in the file, but too deep a nesting', () => {
    const checked = (error: Error) =>
      parseYamlFile('a: 1', 'it.yml', 'list', () => {
        throw error;
      });
    expect(checked(new RangeError('Maximum call stack size exceeded'))).toEqual(
      failed(['it.yml:1:1: is nested too deeply, which no list is']),
    );
    expect(() => checked(new TypeError('a mistake of ours'))).toThrow(TypeError);
  });

  test('may have many keys and values, and not any number', () => {
    const list = (length: number) => `[${'1,'.repeat(length)}]`;
    expect(problems(list(19_999))).toEqual([]);
    expect(problems(list(20_000))).toEqual([
      'it.yml:1:1: has more than 20,000 keys and values, which no list of pets needs',
    ]);
  });

  test('may repeat a list by an alias, and not any number of times', () => {
    const aliases = (count: number) => `a: &a x\nb: [${'*a, '.repeat(count)}]`;
    expect(problems(aliases(100))).toEqual([]);
    const why = problems(aliases(101));
    expect(why).toHaveLength(1);
    expect(why[0]).toContain('has more than 100 aliases up to here');
  });

  test.each([
    ['a: 1\nb: 2\na: 3', ['it.yml:3:1: Map keys must be unique']],
    ['a: {b: 1, b: 2}', ['it.yml:1:11: Map keys must be unique']],
    ['? [x]\n: 1\n? [x]\n: 2', []],
    ['a: 1\n"1": 1\n1: 2', []],
  ])('%j: keys are unique', (text, expected) => {
    expect(problems(text)).toEqual(expected);
  });

  test('does not tell more problems than somebody reads', () => {
    expect(problems('a: 1\n'.repeat(500))).toHaveLength(50);
  });

  test('tells a mistake in one line, where it is', () => {
    const why = problems('a: 1\n b: 2\n');
    expect(why.length).toBeGreaterThan(0);
    for (const line of why) expect(line).toMatch(/^it\.yml:\d+:\d+: \S[^\n]*\S$/);
  });

  test('that names what it does not have is a mistake', () => {
    expect(problems('a: *nobody').join()).toMatch(/^it\.yml:1:/);
  });
});
