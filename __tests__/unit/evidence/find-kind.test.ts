import { describe, expect, test } from '@jest/globals';
import { findKind } from '../../../src/evidence/find-kind.js';
import type { FoundApi, KindReader } from '../../../src/evidence/kind.js';
import type { ApiKind } from '../../../src/model/api-kind.js';
import { api, UNREAD } from '../evidence-builder.js';

const THERE: FoundApi = {
  description: api().description,
  missing: null,
};
const REFUSED: FoundApi = { description: UNREAD, missing: null };

/** One that AWS says is not there, in words or without any. */
function missing(words: string): FoundApi {
  return { description: UNREAD, missing: words };
}

/** Readers that answer so, and a list of those that were asked. */
function readersThat(
  answers: readonly (readonly [kind: ApiKind, found: FoundApi, isListed?: boolean])[],
): {
  readonly readers: readonly KindReader[];
  readonly asked: readonly ApiKind[];
} {
  const asked: ApiKind[] = [];
  const readers = answers.map(
    ([kind, found, isListed]): KindReader => ({
      kind,
      list: async () => ({ apis: [], unreadable: null }),
      find: async () => {
        asked.push(kind);
        return found;
      },
      ...(isListed === undefined ? {} : { hasListed: () => isListed }),
      read: () => Promise.reject(new Error('nothing is read of it')),
    }),
  );
  return { readers, asked };
}

async function kindOf(readers: readonly KindReader[]): Promise<string> {
  const found = await findKind('a1', readers);
  if (!('reader' in found)) return `missing: ${found.missing}`;
  const { known } = found.api;
  const what = known === null ? 'not read' : known.readable ? known.value.name : known.reason;
  return `${found.reader.kind}: ${what}`;
}

describe('the kind of an API', () => {
  test('without anybody who could read it is our mistake', async () => {
    await expect(findKind('a1', [])).rejects.toThrow('nothing reads API a1');
  });

  test('is the only one there is, without a call', async () => {
    const { readers, asked } = readersThat([['HTTP', missing('')]]);
    expect(await kindOf(readers)).toBe('HTTP: not read');
    expect(asked).toEqual([]);
  });

  test('is the first that has it, and the others are not asked', async () => {
    const { readers, asked } = readersThat([
      ['REST', missing('Invalid API identifier specified')],
      ['HTTP', THERE],
      ['WEBSOCKET', THERE],
    ]);
    expect(await kindOf(readers)).toBe('HTTP: orders');
    expect(asked).toEqual(['REST', 'HTTP']);
  });

  test('is one whose list has it, and no other is asked', async () => {
    const { readers, asked } = readersThat([
      ['REST', THERE],
      ['HTTP', THERE, false],
      ['WEBSOCKET', THERE, true],
    ]);
    expect(await kindOf(readers)).toBe('WEBSOCKET: orders');
    expect(asked).toEqual(['WEBSOCKET']);
  });

  test('is the one that may not be asked, where the others say that they have none', async () => {
    const { readers, asked } = readersThat([
      ['REST', missing('')],
      ['HTTP', REFUSED],
      ['WEBSOCKET', missing('')],
    ]);
    expect(await kindOf(readers)).toBe(
      `HTTP: ${UNREAD.reason}, and there is no REST API and no WebSocket API with this id`,
    );
    expect(asked).toEqual(['REST', 'HTTP', 'WEBSOCKET']);
  });

  test('is the first that may not be asked, with its own reason alone where all are', async () => {
    const { readers } = readersThat([
      ['REST', REFUSED],
      ['HTTP', { ...REFUSED, description: { ...UNREAD, reason: 'another one' } }],
    ]);
    expect(await kindOf(readers)).toBe(`REST: ${UNREAD.reason}`);
  });

  test('is another one where that knows it, although one may not be asked', async () => {
    const { readers } = readersThat([
      ['REST', REFUSED],
      ['HTTP', THERE],
    ]);
    expect(await kindOf(readers)).toBe('HTTP: orders');
  });

  test.each([
    [['', 'no such API'], 'no such API'],
    [['Invalid API identifier specified', 'no such API'], 'Invalid API identifier specified'],
    [['', ''], ''],
  ])('is none, in the first words that there are: %j', async ([first = '', second = ''], words) => {
    const { readers } = readersThat([
      ['REST', missing(first)],
      ['HTTP', missing(second)],
    ]);
    expect(await kindOf(readers)).toBe(`missing: ${words}`);
  });
});
