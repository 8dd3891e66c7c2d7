import { ABSENT } from '../document/cells.js';
import type { Code, Content, Said } from '../document/content.js';
import { sharedCells, withTitle } from '../document/grouped.js';
import { plainJson } from '../document/json-in-prose.js';
import type { Column, Line, Part } from '../document/part.js';
import type { Block, Row } from './fit.js';
import { markdownOf, summaryOf } from './inline.js';

/** What continues an item of a list. */
const ITEM_INDENT = '  ';

/** A part as Markdown, in the pieces that fitting needs. */
export function blockOf(part: Part): Block {
  const { heading, fold, said = [], after = [], body, noun } = part;
  const isTable = body.kind === 'table';
  const title =
    heading === undefined
      ? []
      : [
          `${'#'.repeat(heading.level)} ${heading.anchor === undefined ? '' : `<a name="${heading.anchor}"></a>`}${markdownOf(heading.content)}`,
        ];
  const opened = fold === undefined ? [] : [`<details><summary>${summaryOf(fold)}</summary>`];
  const words = said.map(saidOf);
  const rows = isTable
    ? Array.from(
        body.lines,
        (line): Row => ({ text: tableLine(line, body.columns), rank: line.rank }),
      )
    : body.lines.map((line, index): Row => {
        const text = listLine(line);
        // An empty line keeps a list from being taken for a part of the paragraph above.
        return { text: index === 0 ? `\n${text}` : text, rank: line.rank };
      });
  const lone = rows.length === 0 ? words.pop() : undefined;
  const header = isTable && rows.length > 0 ? [openTable(body.columns)] : [];
  const closing = [...after.map(saidOf), ...(fold === undefined ? [] : ['</details>'])];
  const opening = [...title, ...opened, ...words, ...header].join('\n\n');
  return {
    open: opening,
    rows: lone === undefined ? rows : [{ text: opening === '' ? lone : `\n${lone}`, rank: 0 }],
    close: closing.map((text) => `\n\n${text}`).join(''),
    noun,
  };
}

function saidOf(said: Said): string {
  return said.kind === 'code' ? codeOf(said).join('\n') : markdownOf(said.content);
}

/** A block of code that nothing within can end. */
function codeOf({ language, text }: Code): string[] {
  const lines = language === 'json' ? plainJson(text) : text.split('\n');
  const longest = lines.flatMap((line) => line.match(/`+/g) ?? []).map((ticks) => ticks.length);
  const fence = '`'.repeat(Math.max(2, ...longest) + 1);
  return [`${fence}${language}`, ...lines, fence];
}

function listLine({ cells, below = [] }: Line): string {
  const [first = []] = cells;
  if (first.length === 0) return below.map(saidOf).join('\n\n');
  let text = markdownOf(first);
  let isAfterCode = false;
  for (const said of below) {
    if (said.kind === 'code') {
      const lines = codeOf(said).map((line) => `${ITEM_INDENT}${line}`);
      text += `\n\n${lines.join('\n')}`;
      isAfterCode = true;
    } else {
      text += `${isAfterCode ? `\n\n${ITEM_INDENT}` : '<br>'}${markdownOf(said.content)}`;
      isAfterCode = false;
    }
  }
  return `- ${text}`;
}

function openTable(columns: readonly Column[]): string {
  const titles = sharedCells(columns).map(({ title }) => title);
  return `| ${titles.join(' | ')} |\n|${titles.map(() => ' --- ').join('|')}|`;
}

function tableLine({ cells }: Line, columns: readonly Column[]): string {
  const shown = sharedCells(columns).map(({ of }) => {
    const pieces = of.flatMap((index) => {
      const column = columns[index];
      const text = markdownOf(cells[index] ?? [], true);
      return text === '' || column === undefined ? [] : [withTitle(text, column)];
    });
    return pieces.length === 0 ? ABSENT : pieces.join(' · ').replaceAll(' · <br>', '<br>');
  });
  return `| ${shown.join(' | ')} |`;
}

/** A line above or below all parts. */
export function paragraphsOf(said: readonly Said[]): string {
  return said.map(saidOf).join('\n\n');
}

/** The line that the report begins with. */
export function headingOf(headline: Content): string {
  return `## ${markdownOf(headline)}`;
}
