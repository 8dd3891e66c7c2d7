import { expect, test } from '@jest/globals';
import { AwsFailure } from '../../../src/aws/failure.js';
import { pages } from '../../../src/aws/pages.js';

/** Reads to the end, with how many pages were asked for. */
async function read(
  next: (asked: number) => string | undefined,
  most?: number,
): Promise<{ asked: number; failure: unknown }> {
  let asked = 0;
  const page = async () => {
    asked += 1;
    return asked;
  };
  try {
    for await (const _page of pages('GetResources', page, next, most)) {
      // Only their number counts.
    }
    return { asked, failure: null };
  } catch (failure) {
    return { asked, failure };
  }
}

test('a list is read to its last page', async () => {
  const found = await read((asked) => (asked < 40 ? `p${asked}` : undefined));
  expect(found).toEqual({ asked: 40, failure: null });
});

test('a list that always has another page is no list', async () => {
  const { asked, failure } = await read((page) => `p${page}`);
  expect(asked).toBe(500);
  expect(failure).toBeInstanceOf(AwsFailure);
  expect(String(failure)).toContain('there are more than 500 pages');
});

test.each([
  ['one page', 1],
  ['as many pages as it may', 7],
])('a list of %s is whole', async (_how, length) => {
  const found = await read((page) => (page < length ? `p${page}` : undefined), 7);
  expect(found).toEqual({ asked: length, failure: null });
});

test.each([1, 2, 5])('a token that comes again after %d pages ends it', async (after) => {
  const { asked, failure } = await read((page) => `p${page % after}`);
  expect(asked).toBe(after + 1);
  expect(String(failure)).toContain('the same page was offered twice');
});
