import { PassThrough, Readable } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import { beginningOf } from '../../../src/probe/body.js';

const KIB = 1024;

describe('the beginning of a body', () => {
  test('is all of one that ends, which is left whole', async () => {
    const body = Readable.from([Buffer.from('{"a":'), '"ü"}']);
    expect(await beginningOf(body, 5_000)).toEqual({ text: '{"a":"ü"}', isCut: false });
    expect(body.readableEnded).toBe(true);
  });

  test('of none is empty', async () => {
    expect(await beginningOf(undefined, 5_000)).toEqual({ text: '', isCut: false });
    expect(await beginningOf('text', 5_000)).toEqual({ text: '', isCut: false });
  });

  test.each([
    [64 * KIB - 1, 64 * KIB - 1, false],
    [64 * KIB, 64 * KIB, false],
    [64 * KIB + 1, 64 * KIB, true],
    [80 * KIB, 64 * KIB, true],
  ])('of %s bytes is %s bytes; the rest given up: %s', async (sent, told, isGivenUp) => {
    const body = new PassThrough({ highWaterMark: 200 * KIB });
    body.write(Buffer.alloc(sent, 'x'));
    if (!isGivenUp) body.end();
    const { text, isCut } = await beginningOf(body, 60_000);
    expect([text.length, isCut, body.destroyed && !body.readableEnded]).toEqual([
      told,
      false,
      isGivenUp,
    ]);
  });

  test('of one that does not end is what came in time', async () => {
    const body = new PassThrough();
    body.write('first');
    expect(await beginningOf(body, 20)).toEqual({ text: 'first', isCut: true });
    expect(body.destroyed).toBe(true);
    // No time at all, and less, still says what is there.
    expect((await beginningOf(new PassThrough(), -5)).isCut).toBe(true);
  });

  test.each([
    ['breaks', (body: PassThrough): unknown => body.destroy(new Error('reset'))],
    ['is closed', (body: PassThrough): unknown => body.destroy()],
  ])('of one that %s is cut', async (_, breakOff) => {
    const body = new PassThrough();
    body.write('first');
    body.on('data', () => setImmediate(() => breakOff(body)));
    expect(await beginningOf(body, 60_000)).toEqual({ text: 'first', isCut: true });
  });

  test('that breaks later on is nobody’s error', async () => {
    const body = new PassThrough();
    expect((await beginningOf(body, 1)).isCut).toBe(true);
    expect(() => body.emit('error', new Error('late'))).not.toThrow();
  });
});
