import { placeholdersIn } from '../../../model/placeholders.js';
import type { Folded } from '../cloudformation/folded.js';
import { isParameter, type Scope } from '../cloudformation/scope.js';
import { isList, isMap, type MapNode, type Node, toData } from '../node.js';
import {
  type Branch,
  eachOf,
  foldNoting,
  isFolded,
  LEFT_OUT,
  listOf,
  mapOf,
  type Noting,
  type Reader,
  scalarData,
  UNKNOWN,
  unclearFrom,
} from './branches.js';
import { rendered, unknownIn } from './placeholders.js';

/** Reads what is no map where one must be: it is data like any other. */
type ReadData = (node: Node, when: readonly string[]) => readonly Branch[] | null;

/** The conditions of a statement: what narrows it, so that each value must be known well enough to say so. */
export function conditionsOf(
  node: Node,
  scope: Noting,
  when: readonly string[],
  readData: ReadData,
): readonly Branch[] | null {
  return mapsOf(node, scope, when, readData, (operators, under) =>
    mapOf(
      operators,
      under,
      (operator) => (inOperator) =>
        mapsOf(operator.value, scope, inOperator, readData, (keys, inKeys) =>
          mapOf(
            keys,
            inKeys,
            ({ key, value }) =>
              (inKey) =>
                valuesOf(operator.key, value, scope, inKey, TELLS_WHO.test(key)),
          ),
        ),
    ),
  );
}

/** A map in every branch. */
function mapsOf(
  node: Node,
  scope: Noting,
  when: readonly string[],
  readData: ReadData,
  read: (node: MapNode, when: readonly string[]) => readonly Branch[] | null,
): readonly Branch[] | null {
  if (isMap(node) && !isFolded(node)) return read(node, when);
  if (!isFolded(node)) return readData(node, when);
  return eachOf(foldNoting(node, scope, when), (value) => {
    if (value.kind === 'known' && isMap(value.node) && !isFolded(value.node)) {
      return read(value.node, value.when);
    }
    if (value.kind === 'absent') return [{ data: LEFT_OUT, when: value.when, unclear: [] }];
    const data = value.kind === 'unknown' ? value.placeholder : UNKNOWN;
    return [{ data, when: value.when, unclear: [unclearFrom(node, value)] }];
  });
}

/**
 * The values of a condition. They are alternatives, so that those of all branches may stand together: what
 * is narrow with all of them is narrow with those of each. Where a branch leaves them out, or the operator
 * takes no alternatives, each branch stands by itself.
 */
function valuesOf(
  operator: string,
  node: Node,
  scope: Noting,
  when: readonly string[],
  tellsWho: boolean,
): readonly Branch[] | null {
  const joined = alternativesOf(operator, node, scope, when);
  if (joined !== null) {
    const { values, unknown } = joined;
    const unclear = tellsWho && unknown !== null ? [unclearFrom(node, unknown)] : [];
    return [{ data: values.length === 1 && !isList(node) ? values[0] : values, when, unclear }];
  }
  if (isList(node)) {
    const items = node.items.map(
      (it): Reader =>
        (under) =>
          valuesOf(operator, it, scope, under, tellsWho),
    );
    return listOf(items, when)?.map((it) => ({ ...it, data: it.data.flat() })) ?? null;
  }
  return eachOf(foldNoting(node, scope, when), (value) => {
    if (value.kind === 'absent') return [{ data: LEFT_OUT, when: value.when, unclear: [] }];
    if (value.kind === 'known') {
      return valuesOf(operator, value.node, scope, value.when, tellsWho);
    }
    const unclear =
      tellsWho && !isNarrowValue(operator, value.placeholder, scope)
        ? [unclearFrom(node, value)]
        : [];
    return [{ data: value.placeholder, when: value.when, unclear }];
  });
}

/** Every value that a condition may have; `null` where that is not to be said of all branches together. */
function alternativesOf(
  operator: string,
  node: Node,
  scope: Noting,
  when: readonly string[],
  isItem = false,
): { readonly values: readonly unknown[]; readonly unknown: Folded | null } | null {
  if (!isFolded(node)) {
    if (node.kind === 'scalar') {
      const names = comparesExactly(operator) ? [] : unknownIn(node.text);
      return {
        values: [scalarData(node)],
        unknown: names.length === 0 ? null : rendered(node, names, when),
      };
    }
    if (!isList(node)) return { values: [toData(node)], unknown: null };
    const items = node.items.map((it) => alternativesOf(operator, it, scope, when, true));
    const read = items.filter((it) => it !== null);
    if (read.length < items.length) return null;
    return {
      values: read.flatMap(({ values }) => values),
      unknown: read.find((it) => it.unknown !== null)?.unknown ?? null,
    };
  }
  // One alternative less is narrower; a key less is not.
  const folded = foldNoting(node, scope, when).filter(({ kind }) => !isItem || kind !== 'absent');
  if (folded.some(({ kind }) => kind === 'absent')) return null;
  if (folded.length > 1 && !COMPARES_TEXT.test(operator)) return null;
  const values: unknown[] = [];
  let unknown: Folded | null = null;
  for (const value of folded) {
    if (value.kind === 'absent') continue;
    if (value.kind === 'unknown') {
      values.push(value.placeholder);
      if (!isNarrowValue(operator, value.placeholder, scope)) unknown ??= value;
      continue;
    }
    const inner = alternativesOf(operator, value.node, scope, value.when);
    if (inner === null) return null;
    values.push(...inner.values);
    unknown ??= inner.unknown;
  }
  return { values, unknown };
}

/**
 * Keys that tell whose a request is or where it comes from. By no other one is a stranger kept out, whatever
 * it is compared with.
 */
const TELLS_WHO = /^aws:(?:source|principal(?!tag)|userid|vpce|via)/i;

/** Operators under which one more value makes a statement say more, or a negated one less. */
const COMPARES_TEXT = /^(?:[a-z]+:)?(?:string|arn|ipaddress|notipaddress)/i;

/**
 * Whether a condition is as narrow whatever an unknown value becomes: it is compared character by character,
 * or it is made of what AWS gives, such as the id of a VPC endpoint. A parameter may be `*` or 0.0.0.0/0.
 */
function isNarrowValue(operator: string, placeholder: string, scope: Scope): boolean {
  if (comparesExactly(operator)) return true;
  return [...placeholdersIn(placeholder, '${', '}')].every(({ name }) => {
    const [logicalId = ''] = name.split('.');
    return name.startsWith('AWS::') || (name !== 'unknown' && !isParameter(scope, logicalId));
  });
}

/** Whether a value is compared character by character, so that none is a pattern or a range. */
function comparesExactly(operator: string): boolean {
  return /^(?:[a-z]+:)?string(?:not)?equals/i.test(operator);
}
