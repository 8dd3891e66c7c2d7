import { parseArgs } from 'node:util';
import { FOLDERS } from './folders.js';

/** What the command line of `npm run mutation` asks for. */
export interface Options {
  readonly folders: readonly string[];
  /** How many mutants of each folder are tried; all of them where undefined. */
  readonly sample: number | undefined;
  /** Which sample is drawn, and which values property tests try. */
  readonly seed: number;
  /** How often a property test runs at most, unless it needs more to pass. */
  readonly runs: number;
  /** How many processes try mutants at the same time. */
  readonly processes: number;
  /** Only files whose path contains this. */
  readonly only: string | undefined;
}

/** Reads the command line. Throws where it is no such command. */
export function readOptions(args: readonly string[]): Options {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      sample: { type: 'string' },
      seed: { type: 'string', default: '1' },
      runs: { type: 'string', default: '100' },
      processes: { type: 'string', default: '2' },
      only: { type: 'string' },
    },
  });
  const folders = positionals.map((folder) => folder.replace(/\/+$/, ''));
  return {
    folders: folders.length > 0 ? folders : FOLDERS,
    sample: values.sample === undefined ? undefined : wholeNumber('sample', values.sample),
    seed: wholeNumber('seed', values.seed),
    runs: wholeNumber('runs', values.runs),
    processes: wholeNumber('processes', values.processes),
    only: values.only,
  };
}

function wholeNumber(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) {
    throw new Error(`--${name} is a whole number from 1, not "${text}"`);
  }
  return value;
}
