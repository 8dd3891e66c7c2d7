import type { Unresolved } from '../../../model/declared.js';
import { fold } from '../cloudformation/fold.js';
import { type Folded, isIntrinsic } from '../cloudformation/folded.js';
import type { Scope } from '../cloudformation/scope.js';
import { LIMITS } from '../limits.js';
import { type Entry, type MapNode, type Node, type ScalarNode, textOf } from '../node.js';

/*
 * A policy in every branch of its template: lists and maps of what their members can be, under the conditions
 * under which they can be deployed together.
 */

/** A policy, or a part of one, under some conditions of the template. */
export interface Branch {
  readonly data: unknown;
  readonly when: readonly string[];
  /** What of it nobody knows well enough. */
  readonly unclear: readonly Unresolved[];
}

/** Stands for what `AWS::NoValue` leaves out. */
export const LEFT_OUT = Symbol('AWS::NoValue');

/** A scope that notes what the values that were read in it assume: a parameter's default. */
export interface Noting extends Scope {
  readonly assumed: Set<string>;
}

export function foldNoting(node: Node, scope: Noting, when: readonly string[]): readonly Folded[] {
  const values = fold(node, scope, when);
  for (const value of values) {
    for (const it of value.kind === 'known' ? value.assumes : []) scope.assumed.add(it);
  }
  return values;
}

export type Reader = (when: readonly string[]) => readonly Branch[] | null;

/** An account's id without quotes, as it is written: CloudFormation makes text of it. */
export function scalarData({ value, text }: ScalarNode): unknown {
  return typeof value === 'number' ? text : value;
}

/** What stands for a value that nobody can know. */
export const UNKNOWN = '(unknown)';

/** The branches of each value, one after the other. */
export function eachOf(
  values: readonly Folded[],
  read: (value: Folded) => readonly Branch[] | null,
): readonly Branch[] | null {
  const all: Branch[] = [];
  for (const value of values) {
    const branches = read(value);
    if (branches === null || all.length + branches.length > LIMITS.branches) return null;
    all.push(...branches);
  }
  return all;
}

/** Lists of what stands in them, in every branch that can be deployed. */
export function listOf(
  readers: Iterable<Reader>,
  when: readonly string[],
): readonly (Branch & { readonly data: readonly unknown[] })[] | null {
  interface Partial {
    readonly data: unknown[];
    readonly when: readonly string[];
    readonly unclear: Unresolved[];
  }
  const joined = (before: Partial, it: Branch): Partial => {
    if (it.data !== LEFT_OUT) before.data.push(it.data);
    // One is told.
    if (before.unclear.length === 0) before.unclear.push(...it.unclear.slice(0, 1));
    return { ...before, when: it.when };
  };
  let all: readonly Partial[] = [{ data: [], when, unclear: [] }];
  for (const read of readers) {
    const next: Partial[] = [];
    for (const before of all) {
      const branches = read(before.when);
      if (branches === null || next.length + branches.length > LIMITS.branches) return null;
      const [first, ...others] = branches;
      const copies = others.map((it) =>
        joined({ ...before, data: [...before.data], unclear: [...before.unclear] }, it),
      );
      // Most often there is one branch, and nothing to be copied.
      if (first !== undefined) next.push(joined(before, first));
      next.push(...copies);
    }
    all = next;
  }
  return all;
}

/** Maps in every branch; of a key that stands twice nobody says which one counts. */
export function mapOf(
  node: MapNode,
  when: readonly string[],
  readerOf: (one: Entry) => Reader,
): readonly Branch[] | null {
  const keys = new Set<string>();
  const unclear: Unresolved[] = [];
  for (const { key, at } of node.entries) {
    if (keys.has(key)) {
      unclear.push({
        reason: `the key ${key} stands twice in the resource policy`,
        give: 'take one of the two away',
        place: at,
      });
    }
    keys.add(key);
  }
  const members = node.entries.map((one): Reader => {
    const read = readerOf(one);
    return (under) =>
      read(under)?.map((it) => ({
        ...it,
        data: it.data === LEFT_OUT ? LEFT_OUT : ([one.key, it.data] as const),
      })) ?? null;
  });
  return (
    listOf(members, when)?.map((it) => ({
      data: Object.fromEntries(it.data.filter(isMember)),
      when: it.when,
      unclear: [...unclear, ...it.unclear],
    })) ?? null
  );
}

function isMember(data: unknown): data is readonly [string, unknown] {
  return Array.isArray(data);
}

/** A call of a function, or text that stands for a value from elsewhere. */
export function isFolded(node: Node): boolean {
  return isIntrinsic(node) || textOf(node)?.includes('{{resolve:') === true;
}

export function unclearFrom(node: Node, value?: Folded): Unresolved {
  if (value?.kind === 'unknown') {
    const { reason, give, place } = value;
    return { reason: `in the resource policy, ${reason}`, give, place };
  }
  return {
    reason: 'the resource policy depends on a condition or parameter',
    give: 'give the values of the parameters (input `parameters`)',
    place: node.at,
  };
}
