import type { Place } from '../../model/declared.js';

/** A value of a YAML or JSON file that knows where it stands. */
export type Node = ScalarNode | ListNode | MapNode;

export interface ScalarNode {
  readonly kind: 'scalar';
  readonly value: string | number | boolean | null;
  /** As it is written, without quotes: `1.10`, `07`. */
  readonly text: string;
  readonly at: Place;
}

export interface ListNode {
  readonly kind: 'list';
  readonly items: readonly Node[];
  readonly at: Place;
}

export interface MapNode {
  readonly kind: 'map';
  /** In the file's order. One key may stand twice; every one of them is judged. */
  readonly entries: readonly Entry[];
  readonly at: Place;
}

export interface Entry {
  readonly key: string;
  readonly at: Place;
  readonly value: Node;
}

export const isMap = (node: Node | undefined): node is MapNode => node?.kind === 'map';
export const isList = (node: Node | undefined): node is ListNode => node?.kind === 'list';
export const isScalar = (node: Node | undefined): node is ScalarNode => node?.kind === 'scalar';
export const isNull = (node: Node | undefined): boolean => isScalar(node) && node.value === null;

export function scalar(value: string | number | boolean | null, at: Place): ScalarNode {
  return { kind: 'scalar', value, text: String(value ?? ''), at };
}

export function list(items: readonly Node[], at: Place): ListNode {
  return { kind: 'list', items, at };
}

export function map(entries: readonly Entry[], at: Place): MapNode {
  return { kind: 'map', entries, at };
}

export function entry(key: string, value: Node, at: Place = value.at): Entry {
  return { key, at, value };
}

/** Every entry with this key. */
export function entriesOf(node: Node | undefined, key: string): readonly Entry[] {
  if (!isMap(node)) return [];
  const { entries } = node;
  return entries.length < FEW
    ? entries.filter((it) => it.key === key)
    : (indexOf(entries).get(key) ?? []);
}

/** The last entry with this key, as parsers that allow duplicates take it. */
export function entryOf(node: Node | undefined, key: string): Entry | undefined {
  if (!isMap(node)) return undefined;
  const { entries } = node;
  return entries.length < FEW
    ? entries.findLast((it) => it.key === key)
    : indexOf(entries).get(key)?.at(-1);
}

/** Looking through so many entries takes no time. */
const FEW = 32;

/** The entries of large maps by key: each of thousands of names may be looked up in one of thousands. */
const INDEXES = new WeakMap<readonly Entry[], ReadonlyMap<string, readonly Entry[]>>();

function indexOf(entries: readonly Entry[]): ReadonlyMap<string, readonly Entry[]> {
  const known = INDEXES.get(entries);
  if (known !== undefined) return known;
  const made = Map.groupBy(entries, ({ key }) => key);
  INDEXES.set(entries, made);
  return made;
}

/** The value of the last entry with this key. */
export function get(node: Node | undefined, ...keys: readonly string[]): Node | undefined {
  let value = node;
  for (const key of keys) value = entryOf(value, key)?.value;
  return value;
}

export function textOf(node: Node | undefined): string | undefined {
  return isScalar(node) && typeof node.value === 'string' ? node.value : undefined;
}

/** Text of a scalar of any type but null, as CloudFormation turns all of them into text. */
export function scalarText(node: Node | undefined): string | undefined {
  return isScalar(node) && node.value !== null ? node.text : undefined;
}

/** `true` and `"true"`: CloudFormation takes both. */
export function booleanOf(node: Node | undefined): boolean | undefined {
  if (!isScalar(node)) return undefined;
  if (typeof node.value === 'boolean') return node.value;
  const text = node.text.toLowerCase();
  return text === 'true' ? true : text === 'false' ? false : undefined;
}

/** The only entry of a map that has one. */
export function onlyEntry(node: Node | undefined): Entry | undefined {
  return isMap(node) && node.entries.length === 1 ? node.entries[0] : undefined;
}

/** The map with this key set: replaced in every place where it stands, or added at the end. */
export function withEntry(node: MapNode, added: Entry): MapNode {
  if (!node.entries.some(({ key }) => key === added.key)) {
    return { ...node, entries: [...node.entries, added] };
  }
  const entries = node.entries.map((it) => (it.key === added.key ? added : it));
  return { ...node, entries };
}

/** The node with one place in all of it: what stands as text in a file has the text's. */
export function movedTo(node: Node, at: Place): Node {
  if (node.kind === 'scalar') return { ...node, at };
  if (node.kind === 'list') return { ...node, at, items: node.items.map((it) => movedTo(it, at)) };
  const entries = node.entries.map((it) => ({ key: it.key, at, value: movedTo(it.value, at) }));
  return { ...node, at, entries };
}

/** Plain data of a node; the last of two equal keys counts. */
export function toData(node: Node): unknown {
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'list') return node.items.map(toData);
  return Object.fromEntries(node.entries.map(({ key, value }) => [key, toData(value)]));
}
