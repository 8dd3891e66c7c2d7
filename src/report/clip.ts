/** The size of a text in UTF-8, which is what the platform's limits count. */
export function utf8Bytes(text: string): number {
  return Buffer.byteLength(text, 'utf8');
}

/**
 * At most `maxLength` UTF-16 units of a text, with `…` where something was cut off. Never cuts a
 * surrogate pair in two.
 */
export function clip(text: string, maxLength: number): string {
  if (text.length <= maxLength) {
    return text;
  }
  return maxLength < 1 ? '' : `${withoutHalfPair(text.slice(0, maxLength - 1))}…`;
}

/** At most `maxBytes` of a text in UTF-8, with `…` (three bytes) where something was cut off. */
export function clipBytes(text: string, maxBytes: number): string {
  if (utf8Bytes(text) <= maxBytes) {
    return text;
  }
  // TextEncoder stops before the character that does not fit, and says how much it has read.
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(Math.max(0, maxBytes - 3)));
  return maxBytes < 3 ? '' : `${text.slice(0, read)}…`;
}

function withoutHalfPair(text: string): string {
  return /[\uD800-\uDBFF]$/.test(text) ? text.slice(0, -1) : text;
}
