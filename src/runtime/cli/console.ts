import type { Logger } from '../../model/logger.js';
import { inLog } from '../../report/escape.js';

/** Longer lines are hard to read, however wide the window is. */
const WIDEST = 140;
/** Below this a terminal does not know its width, or nothing would fit anyway. */
const NARROWEST = 60;
/** Where nobody looks at a terminal. */
const USUAL = 100;

type Environment = Readonly<Record<string, string | undefined>>;

/** One of the two streams that a command writes to. */
export type Stream = Pick<NodeJS.WriteStream, 'isTTY' | 'columns' | 'write' | 'on'>;

/** Columns that a text may take. */
export function columnsOf({ isTTY, columns }: Pick<Stream, 'isTTY' | 'columns'>): number {
  if (!isTTY || !(columns > 0)) return USUAL;
  return Math.min(WIDEST, Math.max(NARROWEST, columns));
}

/**
 * Whether a stream gets colours: a person at a terminal who does not decline them ("when present and not an
 * empty string", https://no-color.org), or whoever asks for them (FORCE_COLOR, as Node.js itself reads it).
 */
export function hasColours({ isTTY }: Pick<Stream, 'isTTY'>, environment: Environment): boolean {
  if ((environment.NO_COLOR ?? '') !== '') return false;
  const forced = environment.FORCE_COLOR ?? '';
  if (forced !== '') return forced !== '0' && forced !== 'false';
  return isTTY && environment.TERM !== 'dumb';
}

/** Progress, a line each; never a command of a runner, whatever a line says. */
export function logTo(stream: Pick<Stream, 'write'>, isVerbose: boolean): Logger {
  let indent = '';
  const print = (line: string): void => {
    stream.write(`${indent}${inLog(line)}\n`);
  };
  return {
    info: print,
    debug: (line) => {
      if (isVerbose) print(line);
    },
    group: async (title, phase) => {
      print(title);
      const before = indent;
      indent = `${before}  `;
      try {
        return await phase();
      } finally {
        indent = before;
      }
    },
  };
}
