import { expect, test } from '@jest/globals';
import { isExpectedStatus, NO_SAMPLE, sampleFor } from '../../../src/probe/sample.js';

test.each<[expected: number[], status: number, isExpected: boolean]>([
  [[], 199, false],
  [[], 200, true],
  [[], 299, true],
  [[], 300, false],
  [[], 404, false],
  [[], 101, true],
  [[], 100, false],
  [[404, 422], 404, true],
  [[404, 422], 422, true],
  [[404, 422], 200, false],
  [[404, 422], 101, false],
])('where %j are expected, %i is: %s', (expectedStatuses, status, isExpected) => {
  expect(isExpectedStatus({ ...NO_SAMPLE, expectedStatuses }, status)).toBe(isExpected);
});

test('the first sample that is for a method counts, and one that is for none is empty', () => {
  const of = (wanted: string, body: string) => ({
    ...NO_SAMPLE,
    body,
    matches: (method: string, path: string) => `${method} ${path}`.startsWith(wanted),
  });
  const samples = [of('GET /a', 'first'), of('GET /', 'second')];
  expect(sampleFor(samples, 'GET', '/a').body).toBe('first');
  expect(sampleFor(samples, 'GET', '/b').body).toBe('second');
  expect(sampleFor(samples, 'POST', '/a')).toBe(NO_SAMPLE);
  expect(NO_SAMPLE.matches('GET', '/')).toBe(false);
});
