import { posix, win32 } from 'node:path';
import { expect, test } from '@jest/globals';
import picomatch from 'picomatch';
import { globs } from '../../../src/inputs/values.js';
import { globOf } from '../../../src/runtime/cli/file-argument.js';

test.each([
  ['api\\orders.yaml', 'api/orders.yaml'],
  ['.\\api\\orders.yaml', './api/orders.yaml'],
  ['C:\\repo\\api\\orders.yaml', 'api/orders.yaml'],
  ['C:\\repo', '.'],
  ['C:/repo/orders.yaml', 'orders.yaml'],
  ['..\\orders.yaml', '../orders.yaml'],
])('on Windows %s is %s', (file, glob) => {
  expect(globOf(file, 'C:\\repo', win32, () => true)).toBe(glob);
});

test.each([
  ['api/orders.yaml', 'api/orders.yaml'],
  ['/repo/api/orders.yaml', 'api/orders.yaml'],
  ['/elsewhere/orders.yaml', '../elsewhere/orders.yaml'],
  // A backslash is a letter of a name here.
  ['odd\\name.yaml', 'odd\\name.yaml'],
])('elsewhere %s is %s', (file, glob) => {
  expect(globOf(file, '/repo', posix, () => true)).toBe(glob);
});

test.each(['[id].yaml', 'a,b.yaml', '!x.yaml', '{a}/(b)+@|c.json', 'what?*.yaml'])(
  'the file %s is meant as it is named',
  (file) => {
    const glob = globOf(file, '/repo', posix, () => true);
    const refused: string[] = [];
    const refuse = (why: string) => refused.push(why);
    expect(globs(glob, { name: 'templates', environment: {}, refuse })).toEqual([glob]);
    expect(picomatch.isMatch(file, glob)).toBe(true);
    expect(refused).toEqual([]);
  },
);

test('what is no file is a glob', () => {
  expect(globOf('api/**/*.yaml', '/repo', posix, () => false)).toBe('api/**/*.yaml');
  expect(globOf('!api/old.yaml', '/repo', posix, () => false)).toBe('!api/old.yaml');
});
