/*
 * Text that comes from AWS (paths, names, messages of errors) is data. Each function here makes it
 * harmless for one place where the report is shown, and keeps it readable there.
 */

/**
 * What no reader can see, or what changes how its neighbours are shown: control and format
 * characters (bidi overrides, zero-width marks), lone surrogates, private and unassigned code
 * points, line and paragraph separators, and every space but U+0020.
 */
const UNSEEN = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]|(?! )\p{Zs}/gu;

/** Combining marks without a letter of their own: they would sit on the report's own characters. */
const STRAY_MARKS = /(?<![\p{L}\p{N}\p{M}])\p{M}+/gu;

const PRINTABLE_ASCII = /^[ -~]*$/;

const SHORT_ESCAPES: ReadonlyMap<string, string> = new Map([
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
]);

/**
 * Shows what cannot be seen: a line feed as `\n`, a right-to-left override as `<U+202E>`. The
 * result is one line. For places that escape their own syntax, such as the properties and the
 * message that `@actions/core` puts into a workflow command.
 */
export function visible(text: string): string {
  if (PRINTABLE_ASCII.test(text)) {
    return text;
  }
  return text.replace(UNSEEN, showCharacters).replace(STRAY_MARKS, showCharacters);
}

function showCharacters(characters: string): string {
  return Array.from(characters, (one) => SHORT_ESCAPES.get(one) ?? codePoint(one)).join('');
}

function codePoint(character: string): string {
  const hex = (character.codePointAt(0) ?? 0).toString(16).toUpperCase();
  return `<U+${hex.padStart(4, '0')}>`;
}

/**
 * Text for one line of the job's log. The runner takes a line as a command when, white space
 * aside, it starts with `::`, or when `##[` stands anywhere in it (actions/runner,
 * src/Runner.Common/ActionCommand.cs); both comparisons follow the culture, so they look through
 * zero-width characters, which are shown here. The result holds no `##`, does not end in `#` and
 * does not start with `:`, so that several results in a row are as safe as one, at the start of a
 * line or after a prefix.
 */
export function inLog(text: string): string {
  return visible(text)
    .replace(/#(?=#|$)/g, '\\x23')
    .replace(/^( *):/, '$1\\x3a');
}

/**
 * A text of whole lines that a command prints where a runner may take its output for a log: no line of
 * it is a command. What is shown in it is visible already, and colours are as they were.
 */
export function inPrintedLines(text: string): string {
  return text.replace(/#(?=#)/g, '\\x23').replace(/^( *):(?=:)/gm, '$1\\x3a');
}

/**
 * Text in HTML, also inside a line of Markdown: every character that either of them gives a
 * meaning to becomes an entity. Not for attributes. Of a link's syntax the brackets are enough, an
 * underscore inside a word has no meaning, nor has a colon before a space. cmark-gfm looks for `://` and `www.` before it decodes entities
 * and for `name@host` after that (extensions/autolink.c), so an `@` is cut off from what precedes
 * it by a `<wbr>`, which is invisible and not copied.
 */
export function inHtml(text: string): string {
  return visible(text)
    .replace(
      /[&<>"`|\\*~!@[\]#$^]|:(?=\S)|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])|(?<=www)\./gi,
      (character) => `&#${character.charCodeAt(0)};`,
    )
    .replace(/&#64;/g, '<wbr>&#64;');
}

/**
 * Text in XML, in an element or an attribute. `visible` has already shown what XML 1.0 forbids
 * (https://www.w3.org/TR/xml/#charsets: control characters, lone surrogates, U+FFFE and U+FFFF),
 * since no reference may stand for those either. A command may print it, so there is no `##` in it.
 */
export function inXml(text: string): string {
  return visible(text).replace(/[&<>"']|#(?=#)/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** Characters that mean nothing inside a Markdown code span, in a table or out of it. */
const PLAIN_CODE = /^[\w/{}.,:+~%=*-]+(?: [\w/{}.,:+~%=*-]+)*$/;

/**
 * JSON in which no string holds what cannot be seen: an escape sequence of JSON stands for it, which every
 * reader turns back. So nothing in it can do anything in a terminal or change what its neighbours look like,
 * nor, where a command prints it, be taken for a command of a runner (see {@link inLog}).
 */
export function inJson(json: string): string {
  const inert = json.replace(/#(?=#)/g, '\\u0023');
  if (!/[^\n -~]/.test(inert)) return inert;
  return inert.replace(UNSEEN, escapeUnits).replace(STRAY_MARKS, escapeUnits);
}

function escapeUnits(characters: string): string {
  // Between the strings of JSON there are line breaks, and within them none.
  if (characters === '\n') return characters;
  return Array.from({ length: characters.length }, (_, index) => {
    const unit = characters.charCodeAt(index).toString(16);
    return `\\u${unit.padStart(4, '0')}`;
  }).join('');
}

/**
 * Text in a fixed-width font within a line of Markdown, in a table cell too: a method, a path, an
 * id. GitHub looks for no mentions, references or emoji inside `<code>`. Plain text becomes a code
 * span, which is shorter and pleasant to read in the source; anything else becomes a `<code>`
 * element of entities.
 */
export function inCode(text: string): string {
  return PLAIN_CODE.test(text) ? `\`${text}\`` : `<code>${inHtml(text)}</code>`;
}

/**
 * Words that GitHub would turn into something after it has rendered the Markdown (mentions,
 * references to issues and commits, links, emoji, formulas): entities do not stop it, only
 * `<code>` does.
 */
const LIVE_WORD =
  /[@#$]|:\/\/|www\.|:[\w+-]+:|GH-\d|(?<![0-9a-z])(?=[0-9a-f]*\d)[0-9a-f]{7,40}(?![0-9a-z])/i;

/** Words that are names of things rather than prose: `/pets/{id}`, `AWS_IAM`, `execute-api:Invoke`. */
const NAME = /^\/\S|\w_\w|[{}]|\w:\w|^(?:NONE|CUSTOM)\b/;

/**
 * Prose within a line of Markdown, in a table cell too; never several lines. Words that GitHub
 * would make live, and words that are names of things, are shown as code.
 */
export function inMarkdown(text: string): string {
  const words = visible(text)
    .split(' ')
    .filter((word) => word !== '');
  const shown = words.map(showWord).join(' ');
  // At the start of a line these would make a list, a rule or a heading's underline.
  return shown.replace(/^[-+=\d]/, (character) => `&#${character.charCodeAt(0)};`);
}

function showWord(word: string): string {
  if (!LIVE_WORD.test(word) && !NAME.test(word)) {
    return inHtml(word);
  }
  const [start, end] = findName(word);
  const name = word.slice(start, end);
  const shown = name === '' ? '' : inCode(name);
  return `${inHtml(word.slice(0, start))}${shown}${inHtml(word.slice(end))}`;
}

/**
 * Where a word's name stands, without the punctuation of the sentence around it. A loop, since a
 * regular expression anchored at the end takes quadratic time on a long row of full stops.
 */
function findName(word: string): [start: number, end: number] {
  let start = 0;
  while (start < word.length && `"'(`.includes(word.charAt(start))) start += 1;
  let end = word.length;
  while (end > start && `.,;:!?)"'`.includes(word.charAt(end - 1))) end -= 1;
  return [start, end];
}
