import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isApiId, normalizeSelector, parseSelector } from '../../../src/model/selector.js';

describe('a selector', () => {
  test.each([
    ['a1b2c3d4e5', { by: 'id', id: 'a1b2c3d4e5' }],
    ['name:orders', { by: 'name', name: 'orders' }],
    ['name:orders: v2', { by: 'name', name: 'orders: v2' }],
    ['name:tag:x', { by: 'name', name: 'tag:x' }],
    ['name:*', { by: 'name', name: '*' }],
    ['tag:team=payments', { by: 'tag', key: 'team', value: 'payments' }],
    ['tag:a:b/c=d=e', { by: 'tag', key: 'a:b/c', value: 'd=e' }],
    ['tag:empty=', { by: 'tag', key: 'empty', value: '' }],
    ['stack:my-stack', { by: 'stack', stack: 'my-stack', logicalId: null }],
    ['stack:my-stack/Orders', { by: 'stack', stack: 'my-stack', logicalId: 'Orders' }],
  ])('%s', (text, selector) => {
    expect(parseSelector(text)).toEqual(selector);
  });

  test.each([
    ...['', 'name:', 'tag:', 'tag:=x', 'tag:team', 'stack:', 'stack:1a', 'stack:a_b', 'stack:a/'],
    ...['stack:a/b/c', 'stack:a/b-c', 'NAME:x', 'id:a1', 'a-b', 'https://x', `a${'b'.repeat(64)}`],
    `stack:a${'b'.repeat(128)}`,
  ])('%j is none', (text) => {
    expect(parseSelector(text)).toBeNull();
  });

  test('loses blanks behind its prefix and nothing else, and stays the same from then on', () => {
    const part = fc.constantFrom('name:', 'tag:', 'stack:', ' ', 'a', '=', '/', ':', 'É', '\t');
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
        const text = parts.join('').trim();
        const normal = normalizeSelector(text);
        expect(normal.replace(/\s/g, '')).toBe(text.replace(/\s/g, ''));
        if (parseSelector(text) === null) return;
        expect(parseSelector(normal)).toEqual(parseSelector(text));
      }),
    );
  });

  test('is an id, or has a prefix', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const selector = parseSelector(text);
        expect(selector?.by === 'id').toBe(isApiId(text));
        if (selector !== null && selector.by !== 'id') expect(text).toMatch(/^(name|tag|stack):/);
      }),
    );
  });
});
