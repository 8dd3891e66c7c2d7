import { Readable } from 'node:stream';

/** What was read of a body. */
export interface Beginning {
  readonly text: string;
  /** It did not end in the time that it was given, or broke off. */
  readonly isCut: boolean;
}

/** Error bodies are small; of anything longer the beginning is enough. */
const MOST_BYTES = 64 * 1024;

/**
 * Reads the beginning of a body, and gives up what is left: status and headers have decided by then, and
 * a body may never end (server-sent events, response streaming). One that ends in time is read to its
 * end, so that its connection can be used again.
 *
 * @param withinMs how long to wait for its end.
 */
export function beginningOf(body: unknown, withinMs: number): Promise<Beginning> {
  if (!(body instanceof Readable)) return Promise.resolve({ text: '', isCut: false });
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    let isOver = false;
    const end = (isCut: boolean, isWhole = false): void => {
      if (isOver) return;
      isOver = true;
      clearTimeout(timer);
      body.off('data', take);
      // An error that comes when nobody reads any more is nobody's.
      body.on('error', () => {});
      if (!isWhole) body.destroy();
      const text = Buffer.concat(chunks).subarray(0, MOST_BYTES).toString('utf8');
      resolve({ text, isCut });
    };
    const take = (chunk: Buffer | string): void => {
      const taken = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
      chunks.push(taken);
      bytes += taken.byteLength;
      if (bytes > MOST_BYTES) end(false);
    };
    const timer = setTimeout(() => end(true), Math.max(0, withinMs));
    body.once('end', () => end(false, true));
    body.once('error', () => end(true));
    body.once('close', () => end(true));
    body.on('data', take);
  });
}
