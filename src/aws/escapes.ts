/** A character, and from where to where it is written in the text that it was read from. */
export type Character = readonly [character: string, from: number, to: number];

/** JSON's and JavaScript's, URLs' and HTML's ways to write a character. */
const ESCAPE =
  /\\u\{0{0,4}([0-9a-f]{1,6})\}|\\u([0-9a-f]{4})|\\x([0-9a-f]{2})|%([0-9a-f]{2})|&#x([0-9a-f]{1,6});|&#(\d{1,7});|&(sol|plus|equals|colon|period|commat|lowbar|num|amp|quot);|\\([/"\\])|\\[nrtbf]/iy;

/** HTML's names for characters of keys, tokens, ARNs and URLs (HTML Standard, "Named character references"). */
const NAMED: Readonly<Record<string, string>> = {
  amp: '&',
  colon: ':',
  commat: '@',
  equals: '=',
  lowbar: '_',
  num: '#',
  period: '.',
  plus: '+',
  quot: '"',
  sol: '/',
};

/** Whether a text may have an escape at all: most have none, and need not be taken apart. */
export function mayHaveEscapes(text: string): boolean {
  return /[\\%]|&(?:#|[a-z]{3,6};)/i.test(text);
}

/** A text as it is written. */
export function charactersOf(text: string): Character[] {
  return Array.from({ length: text.length }, (_, at): Character => [text[at] ?? '', at, at + 1]);
}

/** The same with its escapes undone once; each character still says where it is written. */
export function undone(characters: readonly Character[]): Character[] {
  const text = textOf(characters);
  // A surrogate pair never comes from one code unit, so that positions stay those of `characters`.
  if (text.length !== characters.length) return [...characters];
  const result: Character[] = [];
  for (let at = 0; at < text.length; ) {
    ESCAPE.lastIndex = at;
    const found = ESCAPE.exec(text);
    const [first, second] = [characters[at], characters[at + (found?.[0].length ?? 1) - 1]];
    if (first === undefined || second === undefined) break;
    if (found === null) {
      result.push(first);
      at += 1;
      continue;
    }
    const [whole, braced, unicode, x, percent, hexadecimal, decimal, named, itself] = found;
    const digits = braced ?? unicode ?? x ?? percent ?? hexadecimal;
    result.push([
      itself ?? NAMED[named?.toLowerCase() ?? ''] ?? characterOf(digits, decimal),
      first[1],
      second[2],
    ]);
    at += whole.length;
  }
  return result;
}

/** What characters say. */
export function textOf(characters: readonly Character[]): string {
  return characters.map(([character]) => character).join('');
}

/** The character of a code; a space for a line break or another that has none. */
function characterOf(digits: string | undefined, decimal: string | undefined): string {
  if (digits === undefined && decimal === undefined) return ' ';
  const code = digits === undefined ? Number(decimal) : Number.parseInt(digits, 16);
  return code < 0x10000 ? String.fromCharCode(code) : '?';
}
