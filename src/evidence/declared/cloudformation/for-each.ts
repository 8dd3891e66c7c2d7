import type { Unresolved } from '../../../model/declared.js';
import { LIMITS } from '../limits.js';
import {
  type Entry,
  isList,
  isMap,
  isScalar,
  type MapNode,
  type Node,
  onlyEntry,
  scalar,
  scalarText,
} from '../node.js';
import { fold } from './fold.js';
import type { Scope } from './scope.js';

const FOR_EACH = 'Fn::ForEach::';

/** A map in which every `Fn::ForEach` is written out, and those of which that cannot be done. */
export interface WrittenOut {
  readonly node: MapNode;
  readonly unresolved: readonly Unresolved[];
  /** What the loops' lists assume: a parameter's default. */
  readonly assumes: readonly string[];
}

/**
 * Writes out the loops of a map and of what it holds (CloudFormation Template Reference,
 * "Fn::ForEach"): `Fn::ForEach::Name: [Variable, [values], { "Key${Variable}": … }]`.
 */
export function writeOutLoops(root: MapNode, scope: Scope): WrittenOut {
  const unresolved: Unresolved[] = [];
  const assumes = new Set<string>();
  let written = 0;
  let isTooMuch = false;

  const entriesOf = (node: MapNode, depth: number): readonly Entry[] =>
    node.entries.flatMap((it) => {
      written += 1;
      if (!it.key.startsWith(FOR_EACH)) return [{ ...it, value: within(it.value, depth + 1) }];
      return loop(it, depth);
    });

  const loop = (it: Entry, depth: number): readonly Entry[] => {
    const parts = isList(it.value) ? it.value.items : [];
    const [variableNode, values, body] = parts;
    const variable = scalarText(variableNode);
    if (variable === undefined || values === undefined || !isMap(body)) {
      fail(it, 'it needs a variable, a list and a map');
      return [];
    }
    const items = valuesOf(values, it);
    if (items === null) return [];
    return items.flatMap((item) => {
      if (written > LIMITS.loopValues) {
        if (!isTooMuch) fail(it, `more than ${LIMITS.loopValues} values would be written`);
        isTooMuch = true;
        return [];
      }
      return entriesOf(substitute(body, variable, item), depth + 1);
    });
  };

  const valuesOf = (values: Node, it: Entry): readonly string[] | null => {
    const lists = isList(values) ? [{ items: values.items }] : [];
    if (lists.length === 0) {
      const folded = fold(values, scope);
      const [only] = folded;
      if (folded.length !== 1 || only?.kind !== 'known' || !isList(only.node)) {
        fail(
          it,
          only?.kind === 'unknown' ? only.reason : 'its list is not known',
          only?.kind === 'unknown' ? only.give : undefined,
        );
        return null;
      }
      for (const assumed of only.assumes) assumes.add(assumed);
      lists.push({ items: only.node.items });
    }
    const texts: string[] = [];
    for (const item of lists.flatMap(({ items }) => items)) {
      const folded = fold(item, scope);
      const [only] = folded;
      if (folded.length !== 1 || only?.kind !== 'known') {
        fail(it, only?.kind === 'unknown' ? only.reason : 'an element of its list is not known');
        return null;
      }
      for (const assumed of only.assumes) assumes.add(assumed);
      if (isList(only.node)) texts.push(...only.node.items.map((one) => scalarText(one) ?? ''));
      else texts.push(scalarText(only.node) ?? '');
    }
    return texts;
  };

  const fail = (it: Entry, why: string, give = 'write the list itself in the template') => {
    unresolved.push({ reason: `${it.key} cannot be written out: ${why}`, give, place: it.at });
  };

  const within = (node: Node, depth: number): Node => {
    if (depth > LIMITS.depth) return node;
    if (isMap(node)) return { ...node, entries: entriesOf(node, depth) };
    if (isList(node)) return { ...node, items: node.items.map((it) => within(it, depth + 1)) };
    return node;
  };

  const node = { ...root, entries: entriesOf(root, 0) };
  return { node, unresolved, assumes: [...assumes] };
}

/** Puts a value in for the loop's variable: `${Name}`, `&{Name}` (letters and digits), `!Ref Name`. */
function substitute(node: MapNode, variable: string, value: string): MapNode {
  const alphanumeric = value.replaceAll(/[^A-Za-z0-9]/g, '');
  const text = (written: string) =>
    written.replaceAll(`\${${variable}}`, value).replaceAll(`&{${variable}}`, alphanumeric);
  const inside = (it: Node): Node => {
    if (isScalar(it)) {
      if (typeof it.value !== 'string') return it;
      const replaced = text(it.value);
      return replaced === it.value ? it : { ...it, value: replaced, text: replaced };
    }
    if (isList(it)) return { ...it, items: it.items.map(inside) };
    const only = onlyEntry(it);
    if (only?.key === 'Ref' && scalarText(only.value) === variable) return scalar(value, it.at);
    return mapInside(it);
  };
  const mapInside = (it: MapNode): MapNode => ({
    ...it,
    entries: it.entries.map((one) => ({ ...one, key: text(one.key), value: inside(one.value) })),
  });
  return mapInside(node);
}
