import type { Place } from '../../../model/declared.js';
import { LIMITS } from '../limits.js';
import { get, isList, isMap, type Node, onlyEntry, scalarText, textOf } from '../node.js';
import { conditionHolds } from './conditions.js';
import { foldSelect, foldSplit } from './fold-list.js';
import { foldFindInMap } from './fold-map.js';
import { foldGetAtt, foldRef } from './fold-reference.js';
import { foldJoin, foldSub } from './fold-text.js';
import {
  type Call,
  type Folded,
  GIVE_VALUE,
  type IntrinsicFunction,
  isIntrinsic,
  known,
  unknown,
} from './folded.js';
import type { Scope } from './scope.js';
import { extendWhen } from './when.js';

/**
 * Every value that a node can have, each with the conditions that lead to it. Folds what literals,
 * parameters and mappings tell; what is known at the deployment alone is `unknown`. What a map or list
 * holds is not folded.
 */
export function fold(node: Node, scope: Scope, when: readonly string[] = []): readonly Folded[] {
  return foldWithin(node, scope, when, 0);
}

function foldWithin(
  node: Node,
  scope: Scope,
  when: readonly string[],
  depth: number,
): readonly Folded[] {
  if (depth > LIMITS.depth) {
    return [unknown(node.at, when, 'intrinsic functions are nested too deep', GIVE_VALUE)];
  }
  const text = textOf(node);
  if (text?.includes('{{resolve:') === true) {
    return [
      unknown(
        node.at,
        when,
        'a dynamic reference ({{resolve:…}}) is read at the deployment',
        GIVE_VALUE,
      ),
    ];
  }
  const only = onlyEntry(node);
  if (only === undefined || !isIntrinsic(node)) return [known(node, when)];
  const evaluate = FUNCTIONS.get(only.key);
  if (evaluate === undefined) {
    return [unknown(only.at, when, `${only.key} is evaluated at the deployment`, GIVE_VALUE)];
  }
  const results = evaluate({
    argument: only.value,
    name: only.key,
    at: only.at,
    scope,
    when,
    fold: (inner, under = when) => foldWithin(inner, scope, under, depth + 1),
  });
  if (results.length <= LIMITS.branches) return results;
  return [
    unknown(only.at, when, `it has more than ${LIMITS.branches} possible values`, GIVE_VALUE),
  ];
}

const FUNCTIONS: ReadonlyMap<string, IntrinsicFunction> = new Map<string, IntrinsicFunction>([
  ['Ref', foldRef],
  ['Fn::If', foldIf],
  ['Fn::FindInMap', foldFindInMap],
  ['Fn::Sub', foldSub],
  ['Fn::Join', foldJoin],
  ['Fn::Select', foldSelect],
  ['Fn::Split', foldSplit],
  ['Fn::GetAtt', foldGetAtt],
  ['Fn::Transform', foldTransform],
  ['Fn::ToJsonString', foldToJson],
]);

function foldIf({ argument, at, scope, when, fold: inner }: Call): readonly Folded[] {
  const [name, yes, no] = isList(argument) ? argument.items : [];
  const condition = scalarText(name);
  if (condition === undefined || yes === undefined || no === undefined) {
    return [unknown(at, when, 'Fn::If needs a condition and two values', GIVE_VALUE)];
  }
  const holds = conditionHolds(condition, scope, fold);
  if (holds !== null) return inner(holds ? yes : no);
  const forYes = extendWhen(when, condition);
  const forNo = extendWhen(when, `!${condition}`);
  return [
    ...(forYes === null ? [] : inner(yes, forYes)),
    ...(forNo === null ? [] : inner(no, forNo)),
  ];
}

function foldTransform({ argument, at, scope, when, fold: inner }: Call): readonly Folded[] {
  const name = scalarText(get(argument, 'Name'));
  if (name !== 'AWS::Include') {
    const reason = `the macro ${name ?? ''} writes what stands here`;
    return [
      unknown(at, when, reason, 'give the processed template (GetTemplate, stage Processed)'),
    ];
  }
  const location = get(argument, 'Parameters', 'Location');
  const included = scope.include(location, at);
  if ('reason' in included) return [unknown(included.place, when, included.reason, included.give)];
  return inner(included, when);
}

function foldToJson({ argument, when }: Call): readonly Folded[] {
  // Whoever needs text reads the map itself: policies and documents are taken in both forms.
  return [known(argument, when)];
}

/** Every value that a key of a map can have: of each of its duplicates; absent where it is not there. */
export function foldKey(
  node: Node | undefined,
  key: string,
  scope: Scope,
  when: readonly string[] = [],
): readonly (Folded & { readonly keyAt: Place | null })[] {
  const found = isMap(node) ? node.entries.filter((it) => it.key === key) : [];
  if (found.length === 0) {
    const at = node?.at ?? { file: '', line: 1, column: 1 };
    return [{ kind: 'absent', when, at, keyAt: null }];
  }
  return found.flatMap((it) =>
    fold(it.value, scope, when).map((value) => ({ ...value, keyAt: it.at })),
  );
}
