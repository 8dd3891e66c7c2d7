import { expect, test } from '@jest/globals';
import { bothDone } from '../../../src/gate/both-done.js';

test('two results are there together', async () => {
  await expect(bothDone(Promise.resolve(1), Promise.resolve('b'))).resolves.toEqual([1, 'b']);
});

test.each([
  ['first', (failed: Promise<never>, slow: Promise<number>) => bothDone(failed, slow)],
  ['second', (failed: Promise<never>, slow: Promise<number>) => bothDone(slow, failed)],
])('what fails as the %s is known once the other has ended', async (_, together) => {
  let isOver = false;
  let end: (value: number) => void = () => {};
  const slow = new Promise<number>((resolve) => {
    end = resolve;
  });
  const both = together(Promise.reject(new Error('no such API')), slow).finally(() => {
    isOver = true;
  });
  const caught = expect(both).rejects.toThrow('no such API');
  await new Promise(setImmediate);
  expect(isOver).toBe(false);
  end(1);
  await caught;
  expect(isOver).toBe(true);
});
