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
  const parts = sections.flatMap((words) => sectionOf(tokens, words));
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
    const title = textOf(token);
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
      wrap(textOf(item), width - 2).map((line, index) => `${index === 0 ? '• ' : '  '}${line}`),
    );
  }
  const text = textOf(token);
  return text === '' ? [] : wrap(text, width);
}

/** What the report emphasises in a table is what deviates. */
function cellOf(cell: Tokens.TableCell, terminal: Terminal): string {
  return cell.tokens
    .map((token) => (token.type === 'strong' ? terminal.yellow(textOf(token)) : textOf(token)))
    .join('');
}

/** A token as a reader sees it: no markup, no tags. */
function textOf(token: Token): string {
  if (token.type === 'html') return token.raw.replaceAll(/<[^>]*>/g, '').trim();
  if (token.type === 'space') return '';
  const inner = 'tokens' in token ? token.tokens : undefined;
  if (inner !== undefined && inner.length > 0) return inner.map(textOf).join('');
  return 'text' in token && typeof token.text === 'string' ? token.text : '';
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
