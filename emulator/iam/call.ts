import type { Ids } from '../ids.js';
import type { AccountState, CallerState } from '../model.js';
import { validationError } from './errors.js';

/** One authenticated request to IAM. */
export interface IamCall {
  readonly account: AccountState;
  readonly ids: Ids;
  readonly nowMs: number;
  readonly caller: CallerState;
  readonly form: URLSearchParams;
}

/** What IAM does for one action, and how an answer about its rights names what it is done to. */
export interface IamAction {
  /** The inside of `{action}Result`, as XML; `undefined` where the action has no result. */
  readonly run: (call: IamCall) => string | undefined;
  /**
   * Such as `group readers`, or of a list `arn:aws:iam::123456789012:user/` and `policy path /`: IAM names
   * resources so when it denies (reports of clients, each of the action).
   */
  readonly resource: (form: URLSearchParams, account: AccountState) => string;
}

export type IamActions = Readonly<Record<string, IamAction>>;

/** An action upon an entity that a parameter names. */
export function on(
  kind: 'group' | 'user' | 'policy',
  parameter: string,
  run: IamAction['run'],
): IamAction {
  return { run, resource: (form) => `${kind} ${form.get(parameter) ?? ''}` };
}

/** A parameter that must be there. */
export function required(call: IamCall, parameter: string): string {
  const value = call.form.get(parameter);
  if (value === null || value === '') throw validationError(parameter, 'Member must not be null');
  return value;
}

/** A name: letters, digits and `_+=,.@-` (IAM API Reference, each action's parameters). */
export function requiredName(call: IamCall, parameter: string, maxLength = 128): string {
  const name = required(call, parameter);
  if (!/^[\w+=,.@-]+$/.test(name))
    throw validationError(
      parameter,
      'Member must satisfy regular expression pattern: [\\w+=,.@-]+',
    );
  if (name.length > maxLength)
    throw validationError(parameter, `Member must have length less than or equal to ${maxLength}`);
  return name;
}

/** `Path`, `/` where none is given. */
export function pathOf(call: IamCall): string {
  const path = call.form.get('Path') ?? '/';
  if (!/^(?:\/|\/[\x21-\x7e]+\/)$/.test(path))
    throw validationError(
      'Path',
      'Member must satisfy regular expression pattern: (\\u002F)|(\\u002F[\\u0021-\\u007F]+\\u002F)',
    );
  return path;
}

/** `PathPrefix` of a list, `/` where none is given: it need not end where a path does. */
export function pathPrefixOf(call: IamCall): string {
  const prefix = call.form.get('PathPrefix') ?? '/';
  if (!/^\/[\x21-\x7f]*$/.test(prefix))
    throw validationError(
      'PathPrefix',
      'Member must satisfy regular expression pattern: \\u002F[\\u0021-\\u007F]*',
    );
  return prefix;
}

/** `Tags.member.N.Key` and `.Value`, in order of N. */
export function tagsOf(form: URLSearchParams): [key: string, value: string][] {
  const tags: [string, string][] = [];
  for (let n = 1; form.has(`Tags.member.${n}.Key`); n += 1)
    tags.push([form.get(`Tags.member.${n}.Key`) ?? '', form.get(`Tags.member.${n}.Value`) ?? '']);
  return tags;
}
