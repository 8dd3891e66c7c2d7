/**
 * What Node.js says of a certificate, without its advice to whoever started it: of an action nobody sets the
 * options, and the one thing to change is said besides.
 */
export function withoutAdvice(words: string): string {
  return words.replace(/; if the root CA is installed locally, .*$/, '');
}
