/**
 * A text without the slashes that it ends with. The expression for it begins again at each slash of a
 * text, whether it ends with them or not.
 */
export function withoutTrailingSlashes(text: string): string {
  let end = text.length;
  while (end > 0 && text[end - 1] === '/') end -= 1;
  return text.slice(0, end);
}
