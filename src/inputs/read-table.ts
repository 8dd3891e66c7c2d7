import { problemsOfEndpoints } from '../aws/endpoint-variable.js';
import { ConfigurationError } from '../model/errors.js';
import { quote } from './parser.js';
import type { Input } from './table.js';
import { problemsOfUnknownInputs } from './unknown-inputs.js';

/** Where inputs come from: the action's inputs by name, and the environment. */
export interface InputSource {
  /** The value of an input, trimmed, `''` where it is not given (as `core.getInput`). */
  getInput(name: string): string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** What was read before the inputs, and has an effect on them. */
export interface Preset {
  /** Values of the configuration file for inputs that the workflow gives none for. */
  readonly inputs: Readonly<Record<string, string>>;
  /** What is wrong with the configuration file and the baseline. */
  readonly problems: readonly string[];
}

export const NO_PRESET: Preset = { inputs: {}, problems: [] };

/** The values of a table of inputs, by the names that they have in the program. */
export type ValuesOf<Table extends Readonly<Record<string, Input<unknown>>>> = {
  readonly [Key in keyof Table]: ReturnType<Table[Key]['parse']>;
};

/**
 * Reads and checks every input of a table: the workflow's value, else the configuration file's, else the
 * default.
 *
 * @param together what single inputs cannot say: a sentence for each problem.
 * @throws ConfigurationError with every problem at once; AWS has not been called by then.
 */
export function readTable<Table extends Readonly<Record<string, Input<unknown>>>>(
  table: Table,
  source: InputSource,
  preset: Preset,
  together: (values: ValuesOf<Table>) => readonly string[],
): ValuesOf<Table> {
  const names = Object.values(table).map(({ name }) => name);
  const problems: string[] = [
    ...preset.problems,
    ...problemsOfUnknownInputs(source.environment, names),
    ...problemsOfEndpoints(source.environment),
    ...problemsOfAttempts(source.environment),
  ];
  const read = <T>({ name, parse, default: fallback = '' }: Input<T>): T => {
    const given = source.getInput(name).trim();
    const ofFile = given === '' ? (preset.inputs[name] ?? '').trim() : '';
    // Who looks for the value must look where it stands.
    const where = ofFile === '' ? name : `policy-file: inputs.${name}`;
    return parse(given || ofFile || fallback, {
      name,
      environment: source.environment,
      refuse: (problem) => problems.push(`${where}: ${problem}`),
    });
  };
  const values = parseAll(table, read);
  problems.push(...together(values));
  if (problems.length > 0) throw new ConfigurationError(problems);
  return values;
}

/** Each line's value, by the name that the line has in the program. */
function parseAll<Table extends Readonly<Record<string, Input<unknown>>>>(
  table: Table,
  read: (input: Input<unknown>) => unknown,
): ValuesOf<Table>;
function parseAll(
  table: Readonly<Record<string, Input<unknown>>>,
  read: (input: Input<unknown>) => unknown,
): unknown {
  return Object.fromEntries(Object.entries(table).map(([key, input]) => [key, read(input)]));
}

/** More would wait for hours: the waits between attempts grow to 20 seconds. */
const MAX_ATTEMPTS = 100;

/** The SDK's own variable for how often a call is made. */
function problemsOfAttempts({ AWS_MAX_ATTEMPTS: text = '' }: InputSource['environment']): string[] {
  const isNumber = /^\d{1,9}$/.test(text.trim()) && Number(text) >= 1;
  if (text.trim() === '' || (isNumber && Number(text) <= MAX_ATTEMPTS)) return [];
  return [`AWS_MAX_ATTEMPTS: ${quote(text)} is not a whole number from 1 to ${MAX_ATTEMPTS}.`];
}
