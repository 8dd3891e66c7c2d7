import { stripVTControlCharacters, styleText } from 'node:util';

type Style = (text: string) => string;

/** Where the demo is shown: how wide it is, whether it has colours, and how a line gets there. */
export interface Terminal {
  readonly columns: number;
  readonly bold: Style;
  readonly dim: Style;
  readonly red: Style;
  readonly green: Style;
  readonly yellow: Style;
  print(line?: string): void;
}

/** Longer lines are hard to read, however wide the window is. */
const WIDEST = 110;
/** Below this a terminal does not know its width (0 is common) or nothing would fit anyway. */
const NARROWEST = 40;

/** Standard output as it is: colours only for a person at a terminal who does not decline them. */
export function openTerminal(
  output: NodeJS.WriteStream = process.stdout,
  environment: NodeJS.ProcessEnv = process.env,
): Terminal {
  // https://no-color.org: "when present and not an empty string".
  const isColoured = output.isTTY && (environment.NO_COLOR ?? '') === '';
  const style =
    (name: Parameters<typeof styleText>[0]): Style =>
    (text) =>
      isColoured ? styleText(name, text) : text;
  return {
    columns:
      output.isTTY && output.columns >= NARROWEST ? Math.min(output.columns, WIDEST) : WIDEST,
    bold: style('bold'),
    dim: style('dim'),
    red: style('red'),
    green: style('green'),
    yellow: style('yellow'),
    print: (line = '') => output.write(`${line}\n`),
  };
}

/** Breaks a text between words into lines of at most `width` characters; a longer word stays whole. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const paragraph of text.split('\n')) {
    let line = '';
    for (const word of paragraph.split(' ')) {
      const longer = line === '' ? word : `${line} ${word}`;
      if (line !== '' && visibleLength(longer) > width) {
        lines.push(line);
        line = word;
      } else {
        line = longer;
      }
    }
    lines.push(line);
  }
  return lines;
}

/** Pads to a column; colours take no room. */
export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - visibleLength(text)));
}

/** Columns as wide as their widest cell; the last one is left as it is. */
export function alignColumns(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, visibleLength(cell));
    });
  }
  return rows.map((row) =>
    row
      .map((cell, column) => (column === row.length - 1 ? cell : padEnd(cell, widths[column] ?? 0)))
      .join('  '),
  );
}

function visibleLength(text: string): number {
  return stripVTControlCharacters(text).length;
}
