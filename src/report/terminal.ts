import { styleText } from 'node:util';
import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';
import { ABSENT } from './document/cells.js';
import type { Content, Inline, Said } from './document/content.js';
import { documentOf, type View } from './document/document.js';
import { sharedCells, withTitle } from './document/grouped.js';
import { plainJson } from './document/json-in-prose.js';
import { type Body, type Column, firstOf, type Line, type Part } from './document/part.js';
import { inPrintedLines, visible } from './escape.js';
import type { Report } from './report.js';
import { count } from './wording.js';

/** How a report is shown in a terminal. */
export interface TerminalView extends View {
  readonly columns: number;
  readonly isColoured: boolean;
}

type Format = Parameters<typeof styleText>[0];
type Colour = 'red' | 'green' | 'yellow';
type Style = (format: Format, text: string) => string;

/** Lines of a part that are shown; of what is folded elsewhere, fewer. */
const MAX_LINES = 200;
const MAX_FOLDED = 40;

/** What the last column of a table is wide at least, and the others together at most. */
const NARROWEST = 24;
const GAP = '  ';

const ITEM_INDENT = '  ';
const CODE_INDENT = '    ';

/** What the pictures of other forms are here: the colour of the words beside them. */
const COLOURS: readonly (readonly [icon: RegExp, colour: Colour])[] = [
  [/❌|🔴|⛔/u, 'red'],
  [/✅|🟢/u, 'green'],
  [/⚠|❓|🟡|🟠/u, 'yellow'],
];

/**
 * The report for a terminal: the same parts as in Markdown and HTML, in the same order, as plain text within
 * a width, with colours or without. Text of AWS cannot do anything there: what is not visible is spelled out.
 */
export function renderTerminal(report: Report, view: TerminalView): string {
  const { headline, lead, parts } = documentOf(report, view);
  const style: Style = (format, text) =>
    view.isColoured && text !== '' ? styleText(format, text, { validateStream: false }) : text;
  const terminal = new Terminal(view.columns, style);
  const blocks = [
    terminal.wrap(terminal.headline(headline)),
    ...lead.map((said) => terminal.said(said, '')),
    ...parts.map((part) => terminal.part(part)),
  ];
  return inPrintedLines(`${blocks.filter((block) => block !== '').join('\n\n')}\n`);
}

/** A place of some width, with what can be shown there. */
class Terminal {
  readonly #columns: number;
  readonly #style: Style;

  constructor(columns: number, style: Style) {
    this.#columns = columns;
    this.#style = style;
  }

  headline(content: Content): string {
    const colour = colourOf(content.map(iconOf).join(''));
    return this.#style(colour === null ? 'bold' : ['bold', colour], this.text(content).trim());
  }

  part({ heading, said = [], fold, body, after = [], noun }: Part): string {
    const isFolded = fold !== undefined;
    const title = heading === undefined ? '' : this.#style('bold', this.text(heading.content));
    const folded = fold === undefined ? '' : this.#style('bold', this.text(fold).trim());
    const blocks = [
      ...[title, folded].filter((it) => it !== '').map((it) => this.wrap(it)),
      ...(isFolded ? [] : said.map((it) => this.said(it, ''))),
      this.body(body, isFolded ? MAX_FOLDED : MAX_LINES, noun),
      ...(isFolded ? [] : after.map((it) => this.said(it, ''))),
    ].filter((block) => block !== '');
    return blocks.join('\n');
  }

  body(body: Body, limit: number, noun: string): string {
    if (body.lines.length === 0) return '';
    const lines = firstOf(body.lines, limit);
    const left = body.lines.length - lines.length;
    const shown =
      body.kind === 'table'
        ? this.table(body.columns, lines)
        : lines.map((line) => this.item(line)).join('\n');
    const more = left > 0 ? `\n… and ${count(left, `more ${noun}`)}: see --format html` : '';
    return `${shown}${more}`;
  }

  item({ cells: [first = []], below = [] }: Line): string {
    const item = first.length === 0 ? [] : [this.wrap(this.text(first), '- ', ITEM_INDENT)];
    return [...item, ...below.map((said) => this.said(said, ITEM_INDENT))].join('\n');
  }

  said(said: Said, indent: string): string {
    if (said.kind === 'paragraph') return this.wrap(this.text(said.content), indent, indent);
    const lines = said.language === 'json' ? plainJson(said.text) : said.text.split('\n');
    return lines
      .map((line) => `${indent}${CODE_INDENT}${this.#style('cyan', visible(line))}`)
      .join('\n');
  }

  /** Cells beside each other, each within its column; the last column takes what is left. */
  table(columns: readonly Column[], lines: readonly Line[]): string {
    const cells = sharedCells(columns);
    const rows = lines.map((line) =>
      cells.map(({ of }) => {
        const pieces = of.flatMap((index) => {
          const column = columns[index];
          const text = this.text(line.cells[index] ?? []);
          return text === '' || column === undefined ? [] : [withTitle(text, column)];
        });
        return pieces.length === 0 ? ABSENT : pieces.join(' · ').replace(/ · \n/g, '\n');
      }),
    );
    const titles = cells.map(({ title }) => this.#style('dim', title));
    const widths = this.#widths([titles, ...rows]);
    return [titles, ...rows].map((row) => this.#row(row, widths)).join('\n');
  }

  #widths(rows: readonly (readonly string[])[]): number[] {
    const [first = []] = rows;
    const natural = first.map((_, index) =>
      Math.max(...rows.map((row) => widthOf(row[index] ?? ''))),
    );
    const others = natural.slice(0, -1);
    const room = this.#columns - NARROWEST - GAP.length * others.length;
    const total = others.reduce((sum, width) => sum + width, 0);
    // Columns of a few words keep them; a wide one gives way.
    const widest = total <= room ? Number.POSITIVE_INFINITY : Math.floor(room / others.length);
    const narrowed = others.map((width) => Math.min(width, Math.max(8, widest)));
    const used = narrowed.reduce((sum, width) => sum + width + GAP.length, 0);
    return [...narrowed, Math.max(NARROWEST, this.#columns - used)];
  }

  #row(row: readonly string[], widths: readonly number[]): string {
    const columns = row.map((text, index) =>
      wrapAnsi(text, widths[index] ?? NARROWEST, { hard: true }).split('\n'),
    );
    const height = Math.max(...columns.map(({ length }) => length));
    return Array.from({ length: height }, (_, at) =>
      columns
        .map((lines, index) => {
          const line = lines[at] ?? '';
          const room = index === columns.length - 1 ? 0 : (widths[index] ?? 0) - stringWidth(line);
          return line + ' '.repeat(Math.max(0, room));
        })
        .join(GAP)
        .trimEnd(),
    ).join('\n');
  }

  text(content: Content): string {
    return content.map((inline) => this.#inline(inline)).join('');
  }

  #inline(inline: Inline): string {
    if (typeof inline === 'string') return inline;
    switch (inline.kind) {
      case 'prose':
        return visible(inline.text);
      case 'name':
        return this.#style('cyan', visible(inline.text));
      case 'strong':
        return this.#style('bold', this.text(inline.content));
      case 'struck':
        return this.#style('strikethrough', this.text(inline.content));
      case 'link':
        return this.text(inline.content);
      case 'mark': {
        const colour = colourOf(inline.icon);
        return colour === null ? inline.word : this.#style(colour, inline.word);
      }
      case 'icon':
        // The words beside it say the same.
        return '';
      case 'break':
        return '\n';
    }
  }

  wrap(text: string, first = '', next = ''): string {
    const width = Math.max(NARROWEST, this.#columns - Math.max(first.length, next.length));
    const lines = wrapAnsi(text.trim(), width, { hard: false }).split('\n');
    return lines.map((line, index) => `${index === 0 ? first : next}${line}`.trimEnd()).join('\n');
  }
}

function iconOf(inline: Inline): string {
  if (typeof inline === 'string') return '';
  return inline.kind === 'icon' || inline.kind === 'mark' ? inline.icon : '';
}

function colourOf(icon: string): Colour | null {
  return COLOURS.find(([pattern]) => pattern.test(icon))?.[1] ?? null;
}

function widthOf(text: string): number {
  return Math.max(...text.split('\n').map((line) => stringWidth(line)));
}
