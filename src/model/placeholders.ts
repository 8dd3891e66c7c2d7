/** A part of a text from an opening to the next closing, such as `{id}`. */
export interface Placeholder {
  /** Where it begins, and where what follows it does. */
  readonly start: number;
  readonly end: number;
  /** What stands between the two. */
  readonly name: string;
}

/**
 * The placeholders of a text, from left to right. An expression that looks for the closing begins again
 * at each opening, and a text of openings alone keeps it busy for hours; this looks at a text once.
 */
export function* placeholdersIn(
  text: string,
  opening: string,
  closing: string,
): Generator<Placeholder> {
  let start = text.indexOf(opening);
  while (start >= 0) {
    const at = text.indexOf(closing, start + opening.length);
    if (at < 0) return;
    const end = at + closing.length;
    yield { start, end, name: text.slice(start + opening.length, at) };
    start = text.indexOf(opening, end);
  }
}

/** A text with another one in the place of each of its placeholders. */
export function replacePlaceholders(
  text: string,
  opening: string,
  closing: string,
  replacement: string,
): string {
  let replaced = '';
  let last = 0;
  for (const { start, end } of placeholdersIn(text, opening, closing)) {
    replaced += text.slice(last, start) + replacement;
    last = end;
  }
  return replaced + text.slice(last);
}
