import { lexer, type Token, type Tokens } from 'marked';
import { alignColumns, type Terminal, wrap } from './terminal.js';

const INDENT = '  ';
/** A foldable part ends like a heading below all others. */
const DETAILS_LEVEL = 7;

/**
 * Shows parts of a job summary as text.
 *
 * @param sections words of the headings (or foldable titles) whose parts are shown; the summary's
 *   own headline is always shown.
 */
export function showSummary(
  markdown: string,
  sections: readonly string[],
  terminal: Terminal,
): void {
  const tokens = lexer(markdown);
  const headline = tokens.slice(0, tokens.findIndex(isParagraph) + 1);
  // The headline may have the same words as the heading of a part.
  const below = tokens.slice(tokens.findIndex(isHeading) + 1);
  const parts = sections.flatMap((words) => sectionOf(below, words));
  for (const token of [...headline, ...parts]) {
    for (const line of linesOf(token, terminal)) terminal.print(`${INDENT}${line}`.trimEnd());
  }
}

/** From the heading that has the words to the next one of its level or above. */
function sectionOf(tokens: readonly Token[], words: string): Token[] {
  const start = tokens.findIndex(
    (token) => levelOf(token) !== null && textOf(token).includes(words),
  );
  if (start === -1) return [];
  const level = levelOf(tokens[start]) ?? 0;
  const length = tokens
    .slice(start + 1)
    .findIndex((token) => (levelOf(token) ?? Infinity) <= level);
  return tokens.slice(start, length === -1 ? undefined : start + 1 + length);
}

function levelOf(token: Token | undefined): number | null {
  if (token === undefined) return null;
  if (isHeading(token)) return token.depth;
  return token.type === 'html' && /<\/?details>/.test(token.raw) ? DETAILS_LEVEL : null;
}

function linesOf(token: Token, terminal: Terminal): string[] {
  const width = terminal.columns - INDENT.length;
  if (levelOf(token) !== null) {
    const title = textOf(token).trim();
    return title === '' ? [] : ['', terminal.bold(title)];
  }
  if (isTable(token)) {
    const style = (cell: Tokens.TableCell): string => cellOf(cell, terminal);
    const [header = '', ...rows] = alignColumns([
      token.header.map(style),
      ...token.rows.map((row) => row.map(style)),
    ]);
    return [terminal.dim(header), ...rows];
  }
  if (isList(token)) {
    return token.items.flatMap((item) =>
      linesOfText(textOf(item))
        .flatMap((line) => wrap(line, width - 2))
        .map((line, index) => `${index === 0 ? '• ' : '  '}${line}`),
    );
  }
  if (isCode(token)) return token.text.split('\n');
  return linesOfText(textOf(token)).flatMap((line) => wrap(line, width));
}

function linesOfText(text: string): string[] {
  return text.split('\n').filter((line) => line.trim() !== '');
}

/** What the report emphasises in a table is what deviates. */
function cellOf(cell: Tokens.TableCell, terminal: Terminal): string {
  return cell.tokens
    .map((token) => (token.type === 'strong' ? terminal.yellow(textOf(token)) : textOf(token)))
    .join('')
    .replaceAll('\n', '; ');
}

/** A token as a reader sees it: no markup, no tags, no entities, a line break as one. */
function textOf(token: Token): string {
  if (token.type === 'html') {
    const text = decode(token.raw.replaceAll(/<br\s*\/?>/g, '\n').replaceAll(/<[^>]*>/g, ''));
    return isBlock(token) ? text.trim() : text;
  }
  if (token.type === 'br' || token.type === 'space') return '\n';
  if (isCode(token)) return `\n${token.text}\n`;
  const inner = 'tokens' in token ? token.tokens : undefined;
  if (inner !== undefined && inner.length > 0) return inner.map(textOf).join('');
  // The lexer decodes some references and makes others; as it was written it has all of them.
  if (token.type === 'text') return decode(token.raw);
  return 'text' in token && typeof token.text === 'string' ? token.text : '';
}

const NAMED: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  nbsp: ' ',
  // Where a word may be broken, which a terminal does not do.
  shy: '',
};

const REFERENCE = new RegExp(`&(?:#(\\d{1,7})|(${Object.keys(NAMED).join('|')}));`, 'g');

/** The character references that the report writes. */
function decode(text: string): string {
  return text.replaceAll(REFERENCE, (_, code: string, name: string) =>
    name === undefined ? String.fromCodePoint(Number(code)) : (NAMED[name] ?? ''),
  );
}

function isBlock(token: Token): boolean {
  return 'block' in token && token.block === true;
}

function isCode(token: Token): token is Tokens.Code {
  return token.type === 'code';
}

function isHeading(token: Token): token is Tokens.Heading {
  return token.type === 'heading';
}

function isTable(token: Token): token is Tokens.Table {
  return token.type === 'table';
}

function isList(token: Token): token is Tokens.List {
  return token.type === 'list';
}

function isParagraph(token: Token): boolean {
  return token.type === 'paragraph';
}
