import type { DeclaredPolicy, Place } from '../../../model/declared.js';
import { foldKey } from '../cloudformation/fold.js';
import { withJsonRead } from '../cloudformation/json-in-text.js';
import type { Scope } from '../cloudformation/scope.js';
import { LIMITS } from '../limits.js';
import { isMap, isNull, map, movedTo, type Node, scalarText } from '../node.js';
import { parseJson, SyntaxProblem } from '../parse-json.js';
import {
  type Branch,
  eachOf,
  foldNoting,
  isFolded,
  LEFT_OUT,
  listOf,
  mapOf,
  type Noting,
  scalarData,
  UNKNOWN,
  unclearFrom,
} from './branches.js';
import { conditionsOf } from './conditions.js';
import { isSomebody, rendered, unknownIn } from './placeholders.js';

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
    const assumed = new Set(value.assumes);
    const text = scalarText(value.node);
    const json = text === undefined ? value.node : templateIn(text, place);
    if (json === null) {
      const { when: under, assumes } = value;
      return [{ text: text ?? null, unresolved: null, place, when: under, assumes }];
    }
    const branchOf = Symbol(key);
    const branches = branchesOf(json, { ...scope, assumed }, value.when);
    return branches.map(({ data, when: under, unclear }) => ({
      text: JSON.stringify(data),
      unresolved: unclear[0] ?? null,
      place,
      when: under,
      assumes: [...assumed],
      branchOf,
    }));
  });
}

/**
 * The data of a policy in text of which a part is put in by whatever renders its file; `null` of any other text,
 * which is a policy as it stands.
 */
function templateIn(text: string, place: Place): Node | null {
  if (unknownIn(text).length === 0) return null;
  try {
    return movedTo(parseJson(place.file, text), place);
  } catch (error) {
    if (error instanceof SyntaxProblem) return null;
    throw error;
  }
}

/** Where an unknown value narrows what a statement says, and does not decide whom it lets in. */
const NARROWING = new Set(['Resource', 'NotResource', 'Sid', 'Id']);

/** Every policy that a node can become. What can become too many is not known. */
function branchesOf(node: Node, scope: Noting, when: readonly string[]): readonly Branch[] {
  const branches = within(node, { scope, isNarrowing: false }, when);
  if (branches !== null) return branches.filter(({ data }) => data !== LEFT_OUT);
  const reason = `the resource policy has more than ${LIMITS.branches} branches`;
  const give = 'write fewer conditions, or give the values of the parameters (input `parameters`)';
  return [{ data: {}, when, unclear: [{ reason, give, place: node.at }] }];
}

interface Within {
  readonly scope: Noting;
  readonly isNarrowing: boolean;
}

function within(node: Node, context: Within, when: readonly string[]): readonly Branch[] | null {
  const { scope, isNarrowing } = context;
  if (isFolded(node)) {
    return eachOf(foldNoting(node, scope, when), (value) => {
      if (value.kind === 'absent') return [{ data: LEFT_OUT, when: value.when, unclear: [] }];
      if (value.kind === 'known') {
        // What folds to another function is not known here.
        if (!isFolded(value.node)) return within(value.node, context, value.when);
        const unclear = isNarrowing ? [] : [unclearFrom(node)];
        return [{ data: UNKNOWN, when: value.when, unclear }];
      }
      const unclear = isNarrowing || isSomebody(value) ? [] : [unclearFrom(node, value)];
      return [{ data: value.placeholder, when: value.when, unclear }];
    });
  }
  if (node.kind === 'scalar') {
    const names = isNarrowing ? [] : unknownIn(node.text);
    const value = rendered(node, names, when);
    const unclear = names.length === 0 || isSomebody(value) ? [] : [unclearFrom(node, value)];
    return [{ data: scalarData(node), when, unclear }];
  }
  if (node.kind === 'list') {
    return listOf(
      node.items.map((it) => (under) => within(it, context, under)),
      when,
    );
  }
  return mapOf(node, when, ({ key, value }) =>
    key === 'Condition' && !isNarrowing
      ? (under) =>
          conditionsOf(value, scope, under, (it, inner) =>
            within(it, { scope, isNarrowing: true }, inner),
          )
      : (under) => within(value, { scope, isNarrowing: isNarrowing || NARROWING.has(key) }, under),
  );
}
