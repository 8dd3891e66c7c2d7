import { clipBytes, utf8Bytes } from '../clip.js';
import { formatNumber } from '../wording.js';

/** A line of a block; `rank` says how soon it gets a share of the room, 0 first. */
export interface Row {
  readonly text: string;
  readonly rank: number;
}

/** A table, a list or a paragraph with what stands around it. */
export interface Block {
  /** What precedes the rows, such as a heading and a table's header; ends without a line break. */
  readonly open: string;
  /** In the order in which they are shown; their ranks never fall. */
  readonly rows: readonly Row[];
  /** What follows the rows; begins with its own line break. */
  readonly close?: string;
  /** What the rows are, for `and 3 more methods`. */
  readonly noun: string;
}

const SEPARATOR = '\n\n';

/** The file that has everything, as it is named in the text. */
const REPORT = '`report.json`';

/**
 * Joins blocks into one text of at most `limitBytes` of UTF-8. `headline` is always there (cut
 * only where it alone is larger than the limit). Rows go in by rank over all blocks; a block
 * appears with its first row, and says how many of its rows did not fit. Every row's size is
 * counted once, so the time grows with the number of rows.
 *
 * @param whole the file that has everything, in Markdown.
 */
export function fitBlocks(
  headline: string,
  blocks: readonly Block[],
  limitBytes: number,
  whole = REPORT,
): string {
  // No text has fewer bytes than characters: one that is too long by these is not made at all.
  if (charactersOf(blocks) <= limitBytes) {
    const plain = [
      headline,
      ...blocks.map((block) => renderBlock(block, block.rows.length, whole)),
    ];
    const text = `${plain.join(SEPARATOR)}\n`;
    if (utf8Bytes(text) <= limitBytes) return text;
  }
  const rowTotal = blocks.reduce((sum, block) => sum + block.rows.length, 0);
  // The notice is longest where everything is left out, so that much is set aside for it.
  const room = limitBytes - utf8Bytes(`${headline}${SEPARATOR}${sayShortened(rowTotal, whole)}\n`);
  if (room < 0) {
    return clipBytes(headline, limitBytes);
  }
  const taken = shareRoom(blocks, room, whole);
  const left = rowTotal - taken.reduce((sum, rows) => sum + rows, 0);
  const shown = blocks.flatMap((block, index) => {
    const rows = taken[index] ?? 0;
    return rows === 0 ? [] : [renderBlock(block, rows, whole)];
  });
  return `${[headline, sayShortened(left, whole), ...shown].join(SEPARATOR)}\n`;
}

function charactersOf(blocks: readonly Block[]): number {
  let characters = 0;
  for (const { rows } of blocks) for (const { text } of rows) characters += text.length;
  return characters;
}

function sayShortened(rowsLeft: number, whole: string): string {
  return `> ✂️ Shortened to fit: the verdict and the totals are complete, lines of detail left out: ${formatNumber(rowsLeft)}. ${whole === REPORT ? '`report.json` and `report.html` have every method and finding' : `${whole} has every finding`}.`;
}

/** How many rows of each block fit into `room` bytes. */
function shareRoom(blocks: readonly Block[], room: number, whole: string): readonly number[] {
  const states = blocks.map((block) => ({ block, taken: 0, full: false }));
  const ranks = new Set(blocks.flatMap((block) => block.rows.map((row) => row.rank)));
  let left = room;
  for (const rank of [...ranks].sort((a, b) => a - b)) {
    for (const state of states) {
      let row = state.block.rows[state.taken];
      while (!state.full && row?.rank === rank) {
        const cost =
          utf8Bytes(row.text) + 1 + (state.taken === 0 ? frameBytes(state.block, whole) : 0);
        if (cost > left) {
          // Later rows are no more urgent: a gap in the middle would be hard to read.
          state.full = true;
        } else {
          left -= cost;
          state.taken += 1;
          row = state.block.rows[state.taken];
        }
      }
    }
  }
  return states.map((state) => state.taken);
}

/** Everything of a block but its rows, the line about left-out rows included. */
function frameBytes(block: Block, whole: string): number {
  const frame = `${SEPARATOR}${block.open}${sayLeftOut(block, block.rows.length, whole)}${block.close ?? ''}`;
  return utf8Bytes(frame);
}

function renderBlock(block: Block, shown: number, whole: string): string {
  const rows = block.rows.slice(0, shown).map((row) => `\n${row.text}`);
  const left = block.rows.length - shown;
  const lines = block.open === '' ? rows.join('').trimStart() : rows.join('');
  return `${block.open}${lines}${left === 0 ? '' : sayLeftOut(block, left, whole)}${block.close ?? ''}`;
}

/** Never shorter for many rows than for few, so that room can be set aside before. */
function sayLeftOut(block: Block, left: number, whole: string): string {
  return `${SEPARATOR}… and ${formatNumber(left)} more ${block.noun}${left === 1 ? '' : 's'} in ${whole}.`;
}
