import { describe, expect, test } from '@jest/globals';
import { fillPath, PLACEHOLDER } from '../../../src/probe/request-path.js';

describe('a path with parameters', () => {
  test.each<[string, Record<string, string>, string]>([
    ['/pets', {}, '/pets'],
    ['/pets/{id}', { id: 'a1' }, '/pets/a1'],
    ['/pets/{id}', { id: 'a/b c+ä' }, '/pets/a%2Fb%20c%2B%C3%A4'],
    ['/pets/{id}', { id: '%2F' }, '/pets/%252F'],
    ['/files/{proxy+}', { proxy: 'a b/c' }, '/files/a%20b/c'],
    ['/files/{proxy+}', { proxy: '/a/c' }, '/files/a/c'],
    ['/{a}/{b}', { a: '1', b: '2', c: '3' }, '/1/2'],
  ])('%s with %j is %s', (path, values, filled) => {
    expect(fillPath(path, values)).toEqual({ path: filled, missing: [] });
  });

  test('gets a placeholder where there is no value, and says for what', () => {
    expect(fillPath('/a/{id}/{part}/{proxy+}', { part: 'p' })).toEqual({
      path: `/a/${PLACEHOLDER}/p/${PLACEHOLDER}`,
      missing: ['id', 'proxy+'],
    });
  });

  test.each(['', '.', '..'])('takes %j for no value: it would lead to another path', (id) => {
    expect(fillPath('/a/{id}', { id }).missing).toEqual(['id']);
  });

  test.each(['constructor', '__proto__', 'toString'])('knows no value of %s by itself', (name) => {
    expect(fillPath(`/a/{${name}}`, {}).missing).toEqual([name]);
  });

  test.each(['constructor', '__proto__', 'toString'])('takes a route key %s as it is', (key) => {
    expect(fillPath(key, {})).toEqual({ path: key, missing: [] });
  });
});
