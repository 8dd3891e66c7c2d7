/**
 * The body of an answer, to its end.
 *
 * @param refuse throws where it has grown too large: to leave it there closes its connection. It is told the
 *   bytes that have come so far, and the first one of all.
 */
export async function wholeBody(
  body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  refuse: (bytes: number, first: number | undefined) => void,
): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of body) {
    bytes += piece.byteLength;
    pieces.push(piece);
    refuse(bytes, pieces[0]?.[0]);
  }
  return Buffer.concat(pieces);
}
