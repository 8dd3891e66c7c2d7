import { type FileHandle, open, writeFile } from 'node:fs/promises';

/** A text, whole; or one that may be long, piece by piece. */
export type Text = string | Generator<string>;

/** Characters that are written at once: every write takes its time. */
const CHUNK = 64 * 1024;

/** UTF-8 has three bytes at the most for what a string counts as one character. */
const MOST_BYTES = 3;

/**
 * Writes a text to a file that does not exist yet. A link of this name is not followed. A text in pieces is
 * never in memory as a whole.
 */
export async function writeText(path: string, text: Text): Promise<void> {
  if (typeof text === 'string') return writeFile(path, text, { flag: 'wx' });
  const file = await open(path, 'wx');
  try {
    // One buffer for all: Node would keep one for each write until it collects them.
    const buffer = Buffer.allocUnsafe(CHUNK * MOST_BYTES);
    for (const chunk of chunksOf(text)) {
      if (chunk.length > CHUNK) await file.appendFile(chunk);
      else await writeAll(file, buffer.subarray(0, buffer.write(chunk)));
    }
  } finally {
    await file.close();
  }
}

/** The same text in fewer pieces, of no more characters than `CHUNK` unless one of them has more. */
function* chunksOf(pieces: Iterable<string>): Generator<string> {
  let chunk = '';
  for (const piece of pieces) {
    if (chunk.length + piece.length > CHUNK) {
      yield chunk;
      chunk = '';
    }
    chunk += piece;
  }
  yield chunk;
}

/** A disk may take a part of what it is given. */
async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, at);
    at += bytesWritten;
  }
}
