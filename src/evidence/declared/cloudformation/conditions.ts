import {
  booleanOf,
  get,
  isList,
  isMap,
  isScalar,
  type Node,
  onlyEntry,
  scalarText,
} from '../node.js';
import type { Folded } from './folded.js';
import type { Scope } from './scope.js';

/** Folds a value; handed in, since a value may depend on a condition in its turn. */
export type Fold = (node: Node, scope: Scope) => readonly Folded[];

/** Whether a condition holds, where literals and given parameters alone decide it; else `null`. */
export function conditionHolds(name: string, scope: Scope, fold: Fold): boolean | null {
  const { holds, isGiven } = truthOfNamed(name, scope, fold, 0);
  return scope.decidesLiterals || isGiven ? holds : null;
}

/** What the conditions of a scope come to; one that is being found out comes to nothing yet. */
const KNOWN = new WeakMap<Scope, Map<string, Truth>>();

/**
 * A condition is looked into once, however often others name it: each may name the one before it twice. One
 * that leads back to itself is decided by nothing.
 */
function truthOfNamed(name: string, scope: Scope, fold: Fold, depth: number): Truth {
  const known = KNOWN.get(scope) ?? new Map<string, Truth>();
  KNOWN.set(scope, known);
  const before = known.get(name);
  if (before !== undefined) return before;
  const condition = get(scope.conditions, name);
  if (condition === undefined) return UNDECIDED;
  known.set(name, UNDECIDED);
  const truth = truthOf(condition, scope, fold, depth);
  known.set(name, truth);
  return truth;
}

/** What a condition comes to, and whether a given parameter has a part in it. */
interface Truth {
  readonly holds: boolean | null;
  readonly isGiven: boolean;
}

const UNDECIDED: Truth = { holds: null, isGiven: false };

function truthOf(node: Node, scope: Scope, fold: Fold, depth: number): Truth {
  if (depth > 50) return UNDECIDED;
  const only = onlyEntry(node);
  if (only === undefined) return { holds: booleanOf(node) ?? null, isGiven: false };
  const parts = isList(only.value) ? only.value.items : [];
  const all = () => parts.map((part) => truthOf(part, scope, fold, depth + 1));
  switch (only.key) {
    case 'Condition':
      return truthOfNamed(scalarText(only.value) ?? '', scope, fold, depth + 1);
    case 'Fn::Not': {
      const [first = UNDECIDED] = all();
      return { ...first, holds: first.holds === null ? null : !first.holds };
    }
    case 'Fn::And':
      return combined(all(), false);
    case 'Fn::Or':
      return combined(all(), true);
    case 'Fn::Equals': {
      const [left, right] = parts.map((part) => exactText(part, scope, fold));
      if (typeof left !== 'string' || typeof right !== 'string') return UNDECIDED;
      return { holds: left === right, isGiven: parts.some((part) => refersToGiven(part, scope)) };
    }
    default:
      return UNDECIDED;
  }
}

/** And and Or: one part of the deciding value is enough, whatever the others are. */
function combined(parts: readonly Truth[], deciding: boolean): Truth {
  const isGiven = parts.some((it) => it.isGiven);
  const values = parts.map(({ holds }) => holds);
  if (values.includes(deciding)) return { holds: deciding, isGiven };
  return { holds: values.includes(null) ? null : !deciding, isGiven };
}

function refersToGiven(node: Node, scope: Scope): boolean {
  if (isList(node)) return node.items.some((it) => refersToGiven(it, scope));
  if (isMap(node)) {
    return node.entries.some(({ key, value }) =>
      key === 'Ref' ? scope.given.has(scalarText(value) ?? '') : refersToGiven(value, scope),
    );
  }
  return false;
}

/** The text of a value that is a fact: literal or given, not a default. */
function exactText(node: Node, scope: Scope, fold: Fold): string | null {
  const values = fold(node, scope);
  const [only] = values;
  if (values.length !== 1 || only?.kind !== 'known') return null;
  if (only.assumes.length > 0 || only.when.length > 0) return null;
  return isScalar(only.node) ? only.node.text : null;
}
