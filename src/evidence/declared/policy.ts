import type { DeclaredPolicy, Unresolved } from '../../model/declared.js';
import { placeholdersIn, replacePlaceholders } from '../../model/placeholders.js';
import { fold, foldKey } from './cloudformation/fold.js';
import { type Folded, isIntrinsic } from './cloudformation/folded.js';
import { withJsonRead } from './cloudformation/json-in-text.js';
import { isParameter, type Scope } from './cloudformation/scope.js';
import {
  type Entry,
  isMap,
  isNull,
  type MapNode,
  map,
  type Node,
  scalarText,
  textOf,
} from './node.js';

/** The resource policies that a key of a map declares, one for each branch. */
export function policiesAt(
  holder: Node | undefined,
  key: string,
  scope: Scope,
  when: readonly string[],
): readonly DeclaredPolicy[] {
  const read = isMap(holder)
    ? map(
        holder.entries.map((it) =>
          it.key === key ? { ...it, value: withJsonRead(it.value, scope) } : it,
        ),
        holder.at,
      )
    : holder;
  return foldKey(read, key, scope, when).flatMap((value): readonly DeclaredPolicy[] => {
    if (value.kind === 'absent') return [];
    const place = value.keyAt ?? (value.kind === 'known' ? value.node.at : value.place);
    if (value.kind === 'unknown') {
      const { reason, give } = value;
      return [{ text: null, unresolved: { reason, give, place }, place, when: value.when }];
    }
    if (isNull(value.node)) return [];
    const text = scalarText(value.node);
    if (text !== undefined) return [{ text, unresolved: null, place, when: value.when }];
    const unclear: Unresolved[] = [];
    const data = policyData(value.node, scope, unclear, false);
    return [
      { text: JSON.stringify(data), unresolved: unclear[0] ?? null, place, when: value.when },
    ];
  });
}

/** What stands for a value that nobody can know. */
const UNKNOWN = '(unknown)';

/** Where an unknown value narrows what a statement says, and does not decide whom it lets in. */
const NARROWING = new Set(['Resource', 'NotResource', 'Condition', 'Sid', 'Id']);

function policyData(
  node: Node,
  scope: Scope,
  unclear: Unresolved[],
  isNarrowing: boolean,
): unknown {
  if (isFolded(node)) {
    const values = fold(node, scope);
    const [first] = values;
    if (values.length === 1 && first?.kind === 'known' && !isFolded(first.node)) {
      return policyData(first.node, scope, unclear, isNarrowing);
    }
    if (!isNarrowing && !isSomebody(values)) unclear.push(unclearFrom(values, node));
    return first?.kind === 'unknown' ? first.placeholder : UNKNOWN;
  }
  // An account's id without quotes, as it is written: CloudFormation makes text of it.
  if (node.kind === 'scalar') return typeof node.value === 'number' ? node.text : node.value;
  if (node.kind === 'list') {
    return node.items.map((it) => policyData(it, scope, unclear, isNarrowing));
  }
  return dataOf(node, unclear, ({ key, value }) =>
    key === 'Condition' && !isNarrowing
      ? conditionsOf(value, scope, unclear)
      : policyData(value, scope, unclear, isNarrowing || NARROWING.has(key)),
  );
}

/** A call of a function, or text that stands for a value from elsewhere. */
function isFolded(node: Node): boolean {
  return isIntrinsic(node) || textOf(node)?.includes('{{resolve:') === true;
}

/** A map as data; of a key that stands twice nobody says which one counts. */
function dataOf(node: MapNode, unclear: Unresolved[], read: (one: Entry) => unknown): unknown {
  const data = new Map<string, unknown>();
  for (const one of node.entries) {
    if (data.has(one.key)) {
      unclear.push({
        reason: `the key ${one.key} stands twice in the resource policy`,
        give: 'take one of the two away',
        place: one.at,
      });
    }
    data.set(one.key, read(one));
  }
  return Object.fromEntries(data);
}

/** The conditions of a statement: what narrows it, so that each value must be known well enough to say so. */
function conditionsOf(node: Node, scope: Scope, unclear: Unresolved[]): unknown {
  if (!isMap(node) || isFolded(node)) return policyData(node, scope, unclear, true);
  return dataOf(node, unclear, (operator) => {
    const keys = operator.value;
    if (!isMap(keys) || isFolded(keys)) return policyData(keys, scope, unclear, true);
    return dataOf(keys, unclear, ({ key, value }) =>
      valuesOf(operator.key, value, scope, TELLS_WHO.test(key) ? unclear : []),
    );
  });
}

/**
 * The values of a condition, of every branch: values are alternatives, and what is narrow with those of all
 * branches is narrow with those of each.
 */
function valuesOf(
  operator: string,
  node: Node,
  scope: Scope,
  unclear: Unresolved[],
  isItem = false,
): unknown {
  if (node.kind === 'list') {
    return node.items.flatMap((it) => valuesOf(operator, it, scope, unclear, true));
  }
  if (!isFolded(node)) return policyData(node, scope, unclear, true);
  // One alternative less is narrower; a key less is not.
  const values = fold(node, scope).filter(({ kind }) => !isItem || kind !== 'absent');
  const isSure = values.length < 2 || COMPARES_TEXT.test(operator);
  if (!isSure) unclear.push(unclearFrom(values, node));
  const data = values.flatMap((value): unknown => {
    if (value.kind === 'known') return valuesOf(operator, value.node, scope, unclear);
    const isUnclear = value.kind === 'absent' || !isNarrowValue(operator, value.placeholder, scope);
    if (isUnclear && isSure) unclear.push(unclearFrom([value], node));
    return value.kind === 'absent' ? [] : [value.placeholder];
  });
  return data.length === 1 ? data[0] : data;
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
  if (/^(?:[a-z]+:)?string(?:not)?equals/i.test(operator)) return true;
  return [...placeholdersIn(placeholder, '${', '}')].every(({ name }) => {
    const [logicalId = ''] = name.split('.');
    return name.startsWith('AWS::') || (name !== 'unknown' && !isParameter(scope, logicalId));
  });
}

/**
 * Whether an unknown value is one of AWS's own, such as a role's ARN, or has text of its own around
 * what is unknown: whatever it becomes, it is not everybody (`*`).
 */
function isSomebody(values: readonly Folded[]): boolean {
  const [only] = values;
  if (values.length !== 1 || only?.kind !== 'unknown') return false;
  const { refersTo, placeholder } = only;
  return (
    refersTo !== null ||
    placeholder.startsWith('${AWS::') ||
    replacePlaceholders(placeholder, '${', '}', '') !== ''
  );
}

function unclearFrom(values: readonly Folded[], node: Node): Unresolved {
  const unknown = values.find((it) => it.kind === 'unknown');
  if (unknown?.kind === 'unknown') {
    const { reason, give, place } = unknown;
    return { reason: `in the resource policy, ${reason}`, give, place };
  }
  return {
    reason: 'the resource policy depends on a condition or parameter',
    give: 'give the values of the parameters (input `parameters`)',
    place: node.at,
  };
}
