/**
 * The text of a file's bytes. PowerShell's `>` writes UTF-16 with a byte order mark, and some editors put
 * one before UTF-8 as well; no parser of JSON or HCL takes it (RFC 8259, 8.1).
 */
export function decodeText(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return bytes.subarray(2).toString('utf16le');
  return bytes.toString('utf8').replace(/^\uFEFF/, '');
}
