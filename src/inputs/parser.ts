import { redact } from '../aws/redact.js';

/** What a parser has besides an input's text. */
export interface Field {
  /** The name of the input. */
  readonly name: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Says what is wrong with the value: the rest of a sentence that begins with the input's name. */
  readonly refuse: (problem: string) => void;
}

/**
 * Makes a value of an input's text, which is trimmed. Where the text is refused, what is returned is used
 * for nothing but the checks of several inputs together.
 */
export type Parser<T> = (text: string, field: Field) => T;

/** Items of a list of which each is refused by itself; of more the number is said. */
const MAX_NAMED_ITEMS = 10;

/** Any text. */
export function text(value: string): string {
  return value;
}

/** A value that may be left out: `null` then. */
export function optional<T>(parse: Parser<T>): Parser<T | null> {
  return (value, field) => (value === '' ? null : parse(value, field));
}

/** `true` or `false`, in the spellings of YAML's core schema, as @actions/core reads them. */
export function flag(value: string, { refuse }: Field): boolean {
  const isTrue = ['true', 'True', 'TRUE'].includes(value);
  if (!isTrue && !['false', 'False', 'FALSE'].includes(value)) {
    refuse(`${quote(value)} is neither true nor false.`);
  }
  return isTrue;
}

/** One of several words. */
export function oneOf<const T extends string>(values: readonly [T, ...T[]]): Parser<T> {
  return (value, { refuse }) => {
    const found = values.find((it) => it === value);
    if (found === undefined) refuse(`${quote(value)} is not one of ${values.join(', ')}.`);
    return found ?? values[0];
  };
}

/** Which numbers an input takes, and what they are in the program. */
interface Range {
  readonly unit: 'seconds' | 'percent';
  readonly from: number;
  readonly to: number;
  readonly isWhole: boolean;
  readonly toValue: (given: number) => number;
}

/** A number within a range. */
export function numberOf({ unit, from, to, isWhole, toValue }: Range): Parser<number> {
  const pattern = isWhole ? /^\d+$/ : /^\d+(\.\d+)?$/;
  return (value, { refuse }) => {
    const number = pattern.test(value) ? Number(value) : Number.NaN;
    if (number >= from && number <= to) return toValue(number);
    const kind = isWhole ? 'a whole number of' : 'a number of';
    refuse(`${quote(value)} is not ${kind} ${unit} from ${from} to ${to}.`);
    return toValue(from);
  };
}

/** Items of a list that may be separated by commas, line breaks or both; blanks and repeats dropped. */
export function listOf(value: string): string[] {
  const items = value.split(/[,\r\n]+/).map((item) => item.trim());
  return [...new Set(items.filter((item) => item !== ''))];
}

/** Refuses items of a list, each for the same reason. */
export function refuseItems(refused: readonly string[], why: string, { refuse }: Field): void {
  for (const item of refused.slice(0, MAX_NAMED_ITEMS)) refuse(`${quote(item)} ${why}`);
  const left = refused.length - MAX_NAMED_ITEMS;
  if (left > 0) refuse(`${left} more of its items are refused for the same reason.`);
}

/**
 * A value as a message shows it: JSON's quotes, so that blanks and control characters are seen, and
 * without account ids, which an ARN in the wrong place would bring along.
 */
export function quote(value: string): string {
  const shown = redact(value);
  return JSON.stringify(shown.length > 80 ? `${shown.slice(0, 80)}…` : shown);
}
