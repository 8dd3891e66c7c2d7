import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { writeText } from '../../../src/files/write-text.js';

let folder = '';
let files = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'apigw-iam-gate-text-'));
});
afterAll(() => rm(folder, { recursive: true }));

function newPath(): string {
  files += 1;
  return join(folder, String(files));
}

function* piecesOf(pieces: readonly string[]): Generator<string> {
  yield* pieces;
}

describe('a text in a file', () => {
  test('is the same whole and in pieces, whatever characters they have', async () => {
    const piece = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom('é'.repeat(70_000), '€'.repeat(65_536), '😀'.repeat(40_000), ''),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 8 }), async (pieces) => {
        const path = newPath();
        await writeText(path, piecesOf(pieces));
        expect((await readFile(path, 'utf8')) === pieces.join('')).toBe(true);
      }),
      { numRuns: 100 },
    );
    const path = newPath();
    await writeText(path, 'whole');
    expect(await readFile(path, 'utf8')).toBe('whole');
  });

  test.each([
    ['whole', () => 'new'],
    ['in pieces', () => piecesOf(['n', 'ew'])],
  ])('%s never replaces a file, and is written through no link', async (_, text) => {
    const [there, target, link] = [newPath(), newPath(), newPath()];
    await writeFile(there, 'old');
    await symlink(target, link);
    await expect(writeText(there, text())).rejects.toMatchObject({ code: 'EEXIST' });
    await expect(writeText(link, text())).rejects.toMatchObject({ code: 'EEXIST' });
    expect(await readFile(there, 'utf8')).toBe('old');
    await expect(readFile(target)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('that cannot be made is an error, and what was written by then is no whole file', async () => {
    const path = newPath();
    const broken = (function* () {
      yield 'begun';
      throw new Error('broken');
    })();
    await expect(writeText(path, broken)).rejects.toThrow('broken');
  });
});
