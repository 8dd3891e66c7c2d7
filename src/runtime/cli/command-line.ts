import { parseArgs } from 'node:util';
import leven from 'leven';
import { flag } from '../../inputs/parser.js';
import { INPUTS, type Input } from '../../inputs/table.js';
import { nameMeantBy } from '../../inputs/unknown-inputs.js';
import { failed, ok, type Result } from '../../model/result.js';
import { FORMAT_NAMES, type FormatName } from './format-names.js';

/** What somebody asked for on the command line. */
export interface CommandLine {
  readonly command: Command;
  /** By the names of the inputs; what is not there was not given. */
  readonly inputs: Readonly<Record<string, string>>;
  readonly format: FormatName;
  /** A file in place of the standard output. */
  readonly output: string | null;
  /** A profile of the AWS configuration; `null` for what the environment says. */
  readonly profile: string | null;
  readonly isVerbose: boolean;
  /** Files that declare no API are no mistake. */
  readonly allowsNoApi: boolean;
}

/** The modes, and the judging of files alone. */
const COMMANDS = ['audit', 'declared', 'plan', 'enforce'] as const;
export type Command = (typeof COMMANDS)[number];

/** The command says the mode. */
const MODE: string = INPUTS.mode.name;
const TEMPLATES: string = INPUTS.templates.name;
const API_ID: string = INPUTS.apiIds.name;

const ALL: readonly Input<unknown>[] = Object.values(INPUTS);

/** The inputs that are options, in their order. */
export const INPUT_OPTIONS: readonly Input<unknown>[] = ALL.filter(
  ({ name, isOfFleet }) => name !== MODE && isOfFleet !== true,
);

/** Whether an input is true or false, so that its option needs no value. */
export function isFlag({ parse }: Input<unknown>): boolean {
  return parse === flag;
}

/** Options that only the command line has. */
export const OWN_OPTIONS = {
  format: { type: 'string', short: 'f' },
  output: { type: 'string', short: 'o' },
  profile: { type: 'string' },
  'allow-no-api': { type: 'boolean' },
  verbose: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean' },
} as const;

const FLAGS = new Set(INPUT_OPTIONS.filter(isFlag).map(({ name }) => name));

/** What a negated flag begins with: `--no-smoke-test`. */
const NOT = 'no-';

const OPTIONS: Readonly<Record<string, { type: 'string' | 'boolean'; short?: string }>> = {
  ...Object.fromEntries(
    INPUT_OPTIONS.map((input) => [
      input.name,
      { type: isFlag(input) ? ('boolean' as const) : ('string' as const) },
    ]),
  ),
  ...OWN_OPTIONS,
};

/** What was said, option by option. */
interface Said {
  readonly positionals: string[];
  /** What was meant as the value of an option that there is not. */
  readonly unread: string[];
  readonly values: Map<string, string[]>;
  readonly problems: string[];
}

/**
 * Reads the arguments.
 *
 * @param asGlob makes a glob of a file's name.
 * @returns what is asked for, or every problem, a sentence each.
 */
export function parseCommandLine(
  args: readonly string[],
  asGlob: (file: string) => string = (file) => file,
): Result<CommandLine, readonly string[]> {
  const { positionals, unread, values, problems } = read(args);
  const [given = '', ...rest] = positionals;
  const command = COMMANDS.find((it) => it === given);
  if (command === undefined) problems.unshift(problemOfCommand(given));
  const inputs = Object.fromEntries(
    INPUT_OPTIONS.flatMap(({ name }) => {
      const said = values.get(name);
      return said === undefined ? [] : [[name, said.join('\n')]];
    }),
  );
  if (command === 'declared') {
    const files = rest.map(asGlob);
    if (rest.length > 0)
      inputs[TEMPLATES] = [...(values.get(TEMPLATES) ?? []), ...files].join('\n');
    if (API_ID in inputs) {
      problems.push('--api-id: declared judges files alone. Use audit to judge APIs in AWS, too.');
    } else if (unread.length === 0 && !(TEMPLATES in inputs) && !(INPUTS.planFile.name in inputs)) {
      problems.push(
        'declared: names no file. Write declared template.yaml, or declared --plan-file plan.json.',
      );
    }
  } else if (command !== undefined) {
    problems.push(...rest.map((it) => problemOfPositional(it, command)));
  }
  const format = values.get('format')?.at(-1) ?? 'terminal';
  const known = FORMAT_NAMES.find((it) => it === format);
  if (known === undefined) {
    problems.push(`--format: ${format} is not one of ${FORMAT_NAMES.join(', ')}.`);
  }
  if (command === undefined || known === undefined || problems.length > 0) return failed(problems);
  return ok({
    command,
    inputs,
    format: known,
    output: values.get('output')?.at(-1) ?? null,
    profile: values.get('profile')?.at(-1) ?? null,
    isVerbose: values.get('verbose')?.at(-1) === 'true',
    allowsNoApi: values.get('allow-no-api')?.at(-1) === 'true',
  });
}

function read(args: readonly string[]): Said {
  const said: Said = { positionals: [], unread: [], values: new Map(), problems: [] };
  const { tokens } = parseArgs({
    args: [...args],
    options: OPTIONS,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  let unread = -1;
  for (const token of tokens) {
    if (token.kind === 'option') {
      const isKnown = readOption(token, said);
      // What stands behind a name that is no option, or behind an option where a value was to be, is most likely
      // the value of that one, and no mistake of its own.
      if (said.positionals.length > 0) {
        if (!isKnown && token.value === undefined) unread = token.index + 1;
        else if (isNextOption(token)) unread = token.index + 2;
      }
    }
    if (token.kind !== 'positional') continue;
    if (token.index === unread) said.unread.push(token.value);
    else said.positionals.push(token.value);
  }
  return said;
}

interface OptionToken {
  readonly name: string;
  readonly rawName: string;
  readonly value?: string | undefined;
  readonly inlineValue?: boolean | undefined;
}

/** @returns whether there is such an option. */
function readOption({ name, rawName, value, inlineValue }: OptionToken, said: Said): boolean {
  const positive = name.startsWith(NOT) ? name.slice(NOT.length) : name;
  if (name !== positive && FLAGS.has(positive)) {
    if (value === undefined) add(positive, 'false', said);
    else {
      said.problems.push(
        `${rawName}: takes no value. Write ${rawName} alone, or --${positive} for the opposite.`,
      );
    }
    return true;
  }
  if (!Object.hasOwn(OPTIONS, name)) {
    said.problems.push(problemOfOption(name, rawName));
    return false;
  }
  const isOfTwoValues = OPTIONS[name]?.type === 'boolean';
  if (isOfTwoValues) add(name, value ?? 'true', said);
  else if (value === undefined || isNextOption({ value, inlineValue })) {
    const meant =
      value === undefined ? '' : ` One that begins with a dash is written ${rawName}=${value}.`;
    said.problems.push(`${rawName}: needs a value.${meant}`);
  } else add(name, value, said);
  return true;
}

/** Whether the next option stands where a value was to be; a lone dash is one. */
function isNextOption({ value, inlineValue }: Pick<OptionToken, 'value' | 'inlineValue'>): boolean {
  return value !== undefined && inlineValue !== true && /^-./.test(value);
}

function add(name: string, value: string, { values }: Said): void {
  values.set(name, [...(values.get(name) ?? []), value]);
}

function problemOfOption(name: string, rawName: string): string {
  if (name === MODE) return '--mode: the command says it: audit, plan or enforce.';
  if (ALL.some((input) => input.name === name && input.isOfFleet === true)) {
    return `${rawName}: is for a fleet's jobs in GitHub Actions, and no option here.`;
  }
  const names = Object.keys(OPTIONS);
  const meant = nameMeantBy(name, names) ?? nameMeantBy(name.replace(/^no-?/, ''), names);
  return `${rawName}: there is no such option. ${meant === undefined ? 'See --help.' : `Did you mean --${meant}?`}`;
}

function problemOfCommand(given: string): string {
  if (given === '') return `Name a command: ${COMMANDS.join(', ')}. See --help.`;
  const meant = COMMANDS.find((it) => leven(it, given) <= 2);
  return `${given}: there is no such command. ${meant === undefined ? `Choose from ${COMMANDS.join(', ')}.` : `Did you mean ${meant}?`}`;
}

function problemOfPositional(given: string, command: Command): string {
  if (given === 'true' || given === 'false') {
    return `${given}: is no value of the option before it. Write it with an equals sign, such as --smoke-test=${given}.`;
  }
  return `${given}: ${command} takes options alone. Write --api-id ${given}, or declared ${given} for a file.`;
}
