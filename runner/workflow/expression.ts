import { data, Evaluator, Lexer, Parser } from '@actions/expressions';
import type { FunctionDefinition } from '@actions/expressions/funcs/info';

/** What contexts are made of. */
export type Json =
  | string
  | number
  | boolean
  | null
  | undefined
  | readonly Json[]
  | { readonly [key: string]: Json };

/** The contexts that an expression can name, and what the status functions answer. */
export interface Scope {
  readonly contexts: Readonly<Record<string, Json>>;
  readonly status: {
    readonly success: boolean;
    readonly failure: boolean;
    readonly cancelled: boolean;
  };
}

/** Functions of GitHub's that depend on the run (GitHub Docs, "Evaluate expressions", status check functions). */
const STATUS_FUNCTIONS = ['success', 'failure', 'cancelled', 'always'] as const;

/**
 * Evaluates one expression with GitHub's own evaluator.
 *
 * @param text what stands between the braces
 * @throws Error where GitHub would refuse it
 */
export function evaluate(text: string, { contexts, status }: Scope): Json {
  const answers = { ...status, always: true };
  const functions = STATUS_FUNCTIONS.map(
    (name): FunctionDefinition => ({
      name,
      minArgs: 0,
      maxArgs: 0,
      call: () => new data.BooleanData(answers[name]),
    }),
  );
  const { tokens } = new Lexer(text).lex();
  const expression = new Parser(tokens, Object.keys(contexts), functions).parse();
  const dictionary = new data.Dictionary(
    ...Object.entries(contexts).map(([key, value]) => ({ key, value: dataOf(value) })),
  );
  const byName = new Map(functions.map((definition) => [definition.name, definition]));
  return jsonOf(new Evaluator(expression, dictionary, byName).evaluate());
}

/** Whether something counts as true in an `if` (GitHub Docs, "Evaluate expressions", literals). */
export function isTruthy(value: Json): boolean {
  return Boolean(value);
}

/**
 * Whether a job or a step runs. Without a status function there is a `success()` before everything else
 * (GitHub Docs, "Evaluate expressions", status check functions).
 */
export function isToRun(condition: string | undefined, scope: Scope): boolean {
  const bare = (condition ?? '').trim().replace(/^\$\{\{([\s\S]*)\}\}$/, '$1');
  if (bare === '') return scope.status.success;
  const named = STATUS_FUNCTIONS.some((name) => new RegExp(`\\b${name}\\s*\\(`, 'i').test(bare));
  return (named || scope.status.success) && isTruthy(evaluate(bare, scope));
}

/** A text with each `${{ }}` replaced by its value; what is one expression as a whole keeps its type. */
export function interpolate(text: string, scope: Scope): Json {
  const whole = /^\s*\$\{\{((?:(?!\}\}|\$\{\{)[\s\S])*)\}\}\s*$/.exec(text);
  if (whole?.[1] !== undefined) return evaluate(whole[1], scope);
  return text.replaceAll(/\$\{\{([\s\S]*?)\}\}/g, (_, expression: string) =>
    textOf(evaluate(expression, scope)),
  );
}

/** {@link interpolate} where a text is needed. */
export function interpolateText(text: string, scope: Scope): string {
  return textOf(interpolate(text, scope));
}

function textOf(value: Json): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function dataOf(value: Json): data.ExpressionData {
  if (value === null || value === undefined) return new data.Null();
  if (typeof value === 'string') return new data.StringData(value);
  if (typeof value === 'number') return new data.NumberData(value);
  if (typeof value === 'boolean') return new data.BooleanData(value);
  if (isList(value)) return new data.Array(...value.map(dataOf));
  return new data.Dictionary(
    ...Object.entries(value).map(([key, entry]) => ({ key, value: dataOf(entry) })),
  );
}

function jsonOf(value: data.ExpressionData): Json {
  if (value instanceof data.Array) return value.values().map(jsonOf);
  if (value instanceof data.Dictionary)
    return Object.fromEntries(value.pairs().map(({ key, value: entry }) => [key, jsonOf(entry)]));
  if (value instanceof data.Null) return null;
  return value.value;
}

/** Whether a value of a context is a list. */
export function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
