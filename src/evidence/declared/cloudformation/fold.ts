import { LIMITS } from '../limits.js';
import type { Place, Unresolved } from '../model.js';
import {
  booleanOf,
  get,
  isList,
  isMap,
  isScalar,
  type ListNode,
  list,
  type Node,
  onlyEntry,
  scalar,
  scalarText,
  textOf,
} from '../node.js';
import type { Outer, Scope } from './scope.js';
import { extendWhen, joinWhen } from './when.js';

/** One value that a node can have once it is deployed. */
export type Folded = Known | Absent | Unknown;

export interface Known {
  readonly kind: 'known';
  readonly node: Node;
  readonly when: readonly string[];
  readonly assumes: readonly string[];
}

/** `AWS::NoValue`: as if the property were not there. */
export interface Absent {
  readonly kind: 'absent';
  readonly when: readonly string[];
  readonly at: Place;
}

export interface Unknown extends Unresolved {
  readonly kind: 'unknown';
  readonly when: readonly string[];
  /** The resource that `Ref` or `Fn::GetAtt` speaks of. */
  readonly refersTo: string | null;
  /** What it stands for in the template around this one. */
  readonly outer: Outer | null;
  /** What stands for it in text, such as `${Api}`. */
  readonly placeholder: string;
}

const GIVE_PARAMETER = 'give its value in a parameter file (input `parameters`)';
const GIVE_VALUE = 'write the value itself in the template';

/** Whether a node is an intrinsic function and no plain map. */
export function isIntrinsic(node: Node | undefined): boolean {
  const key = onlyEntry(node)?.key;
  return key !== undefined && (key === 'Ref' || key === 'Condition' || key.startsWith('Fn::'));
}

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

interface Call {
  readonly argument: Node;
  readonly name: string;
  readonly at: Place;
  readonly scope: Scope;
  readonly when: readonly string[];
  readonly fold: (node: Node, when?: readonly string[]) => readonly Folded[];
}

type IntrinsicFunction = (call: Call) => readonly Folded[];

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

function known(node: Node, when: readonly string[], assumes: readonly string[] = []): Known {
  return { kind: 'known', node, when, assumes };
}

export function unknown(
  place: Place,
  when: readonly string[],
  reason: string,
  give: string,
  more: Partial<Pick<Unknown, 'refersTo' | 'placeholder' | 'outer'>> = {},
): Unknown {
  const { refersTo = null, outer = null, placeholder = `\${${refersTo ?? 'unknown'}}` } = more;
  return { kind: 'unknown', place, when, reason, give, refersTo, outer, placeholder };
}

function foldRef({ argument, at, scope, when }: Call): readonly Folded[] {
  const name = scalarText(argument);
  if (name === undefined) return [unknown(at, when, 'Ref names nothing', GIVE_VALUE)];
  if (name === 'AWS::NoValue') return [{ kind: 'absent', when, at }];
  const variable = scope.variables.get(name);
  if (variable !== undefined) return [known(scalar(variable, argument.at), when)];
  const parameter = parameterValues(name, scope, when, argument.at);
  if (parameter !== null) return parameter;
  const placeholder = `\${${name}}`;
  if (name.startsWith('AWS::')) {
    return [unknown(at, when, `${name} is known at the deployment`, GIVE_VALUE, { placeholder })];
  }
  return [
    unknown(at, when, `the resource ${name} gets its value at the deployment`, GIVE_VALUE, {
      refersTo: name,
      placeholder,
    }),
  ];
}

/** Every value that a parameter can have; `null` where there is no such parameter. */
function parameterValues(
  name: string,
  scope: Scope,
  when: readonly string[],
  at: Place,
): readonly Folded[] | null {
  const placeholder = `\${${name}}`;
  const parameter = get(scope.parameters, name);
  const given = scope.given.get(name);
  // A parameter file may name parameters of other templates.
  if (parameter === undefined) return null;
  const isListType = /^(CommaDelimitedList$|List<)/.test(scalarText(get(parameter, 'Type')) ?? '');
  if (given !== undefined) {
    if (!('kind' in given)) {
      const { place, reason, give, outer } = given;
      return [unknown(place, when, reason, give, { placeholder, outer })];
    }
    const text = isListType ? scalarText(given) : undefined;
    return [known(text === undefined ? given : commaList(text, given.at), when)];
  }
  const because = (reason: string) => [unknown(at, when, reason, GIVE_PARAMETER, { placeholder })];
  const type = scalarText(get(parameter, 'Type')) ?? 'String';
  if (type.startsWith('AWS::SSM::Parameter::')) {
    return because(`parameter ${name} is read from the Systems Manager parameter store`);
  }
  if (booleanOf(get(parameter, 'NoEcho')) === true) {
    return because(`parameter ${name} is a secret (NoEcho)`);
  }
  const allowed = get(parameter, 'AllowedValues');
  if (isList(allowed) && allowed.items.length > 0 && !isListType) {
    return allowed.items.flatMap((item) => {
      const extended = extendWhen(when, `${name}=${scalarText(item) ?? ''}`);
      return extended === null ? [] : [known(item, extended)];
    });
  }
  const value = get(parameter, 'Default');
  if (!isScalar(value)) return because(`parameter ${name} has no default`);
  const assumed = `parameter ${name} has its default ${value.text}, which a deployment can override`;
  return [known(isListType ? commaList(value.text, value.at) : value, when, [assumed])];
}

function commaList(text: string, at: Place): ListNode {
  return list(
    text.split(',').map((part) => scalar(part.trim(), at)),
    at,
  );
}

function foldIf({ argument, at, scope, when, fold: inner }: Call): readonly Folded[] {
  const [name, yes, no] = isList(argument) ? argument.items : [];
  const condition = scalarText(name);
  if (condition === undefined || yes === undefined || no === undefined) {
    return [unknown(at, when, 'Fn::If needs a condition and two values', GIVE_VALUE)];
  }
  const holds = conditionHolds(condition, scope);
  if (holds !== null) return inner(holds ? yes : no);
  const forYes = extendWhen(when, condition);
  const forNo = extendWhen(when, `!${condition}`);
  return [
    ...(forYes === null ? [] : inner(yes, forYes)),
    ...(forNo === null ? [] : inner(no, forNo)),
  ];
}

/** Whether a condition holds, where literals and given parameters alone decide it; else `null`. */
export function conditionHolds(name: string, scope: Scope): boolean | null {
  const condition = get(scope.conditions, name);
  if (condition === undefined) return null;
  const { holds, isGiven } = truthOf(condition, scope, 0);
  return scope.decidesLiterals || isGiven ? holds : null;
}

/** What a condition comes to, and whether a given parameter has a part in it. */
interface Truth {
  readonly holds: boolean | null;
  readonly isGiven: boolean;
}

const UNDECIDED: Truth = { holds: null, isGiven: false };

function truthOf(node: Node, scope: Scope, depth: number): Truth {
  if (depth > 50) return UNDECIDED;
  const only = onlyEntry(node);
  if (only === undefined) return { holds: booleanOf(node) ?? null, isGiven: false };
  const parts = isList(only.value) ? only.value.items : [];
  const all = () => parts.map((part) => truthOf(part, scope, depth + 1));
  switch (only.key) {
    case 'Condition': {
      const named = get(scope.conditions, scalarText(only.value) ?? '');
      return named === undefined ? UNDECIDED : truthOf(named, scope, depth + 1);
    }
    case 'Fn::Not': {
      const [first = UNDECIDED] = all();
      return { ...first, holds: first.holds === null ? null : !first.holds };
    }
    case 'Fn::And':
      return combined(all(), false);
    case 'Fn::Or':
      return combined(all(), true);
    case 'Fn::Equals': {
      const [left, right] = parts.map((part) => exactText(part, scope));
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
function exactText(node: Node, scope: Scope): string | null {
  const values = fold(node, scope);
  const [only] = values;
  if (values.length !== 1 || only?.kind !== 'known') return null;
  if (only.assumes.length > 0 || only.when.length > 0) return null;
  return isScalar(only.node) ? only.node.text : null;
}

function foldFindInMap({ argument, at, scope, when, fold: inner }: Call): readonly Folded[] {
  const [mapName, first, second, options] = isList(argument) ? argument.items : [];
  if (mapName === undefined || first === undefined || second === undefined) {
    return [unknown(at, when, 'Fn::FindInMap needs a map and two keys', GIVE_VALUE)];
  }
  const found = choose(scope.mappings, mapName, inner, when, 'map').flatMap((outer) =>
    outer.kind !== 'known'
      ? [outer]
      : choose(outer.node, first, inner, outer.when, scalarText(mapName) ?? 'map').flatMap(
          (middle) =>
            middle.kind !== 'known'
              ? [middle]
              : choose(middle.node, second, inner, middle.when, scalarText(mapName) ?? 'map').map(
                  (last) =>
                    last.kind === 'known'
                      ? { ...last, assumes: [...outer.assumes, ...middle.assumes, ...last.assumes] }
                      : last,
                ),
        ),
  );
  const fallback = get(options, 'DefaultValue');
  return found.flatMap((it) =>
    it.kind === 'unknown' && it.placeholder === MISSING && fallback !== undefined
      ? inner(fallback, it.when)
      : [it],
  );
}

/** Marks a key that a mapping has not, for `DefaultValue`. */
const MISSING = '(missing)';

/** The members of a map that a key can choose: one where the key is known, else every one. */
function choose(
  from: Node | undefined,
  key: Node,
  inner: Call['fold'],
  when: readonly string[],
  name: string,
): readonly Folded[] {
  if (!isMap(from)) {
    return [
      unknown(key.at, when, 'the mapping does not exist', GIVE_VALUE, { placeholder: MISSING }),
    ];
  }
  return inner(key, when).flatMap((value): readonly Folded[] => {
    const text = value.kind === 'known' ? scalarText(value.node) : undefined;
    if (value.kind === 'known' && text !== undefined) {
      const members = from.entries.filter((it) => it.key === text);
      if (members.length === 0) {
        const reason = `the mapping has no key ${text}`;
        return [unknown(key.at, value.when, reason, GIVE_VALUE, { placeholder: MISSING })];
      }
      return members.map((it) => known(it.value, value.when, value.assumes));
    }
    return from.entries.flatMap((it) => {
      const extended = extendWhen(value.when, `${name}[${it.key}]`);
      return extended === null ? [] : [known(it.value, extended)];
    });
  });
}

const VARIABLE = /\$\{(!?)([^}]*)\}/g;

function foldSub({ argument, at, when, fold: inner }: Call): readonly Folded[] {
  const [template, values] = isList(argument) ? argument.items : [argument];
  const text = scalarText(template);
  if (text === undefined || template === undefined) {
    return [unknown(at, when, 'Fn::Sub has no text', GIVE_VALUE)];
  }
  const pieces: Node[] = [];
  let last = 0;
  for (const found of text.matchAll(VARIABLE)) {
    const [whole, escaped, name = ''] = found;
    pieces.push(scalar(text.slice(last, found.index), template.at));
    last = found.index + whole.length;
    if (escaped === '!') pieces.push(scalar(`\${${name}}`, template.at));
    else pieces.push(get(values, name.trim()) ?? referenceTo(name.trim(), template.at));
  }
  pieces.push(scalar(text.slice(last), template.at));
  return concatenate(pieces, '', template.at, when, inner);
}

/** What `${Name}` and `${Name.Attribute}` of `Fn::Sub` stand for. */
function referenceTo(name: string, at: Place): Node {
  const key = name.includes('.') ? 'Fn::GetAtt' : 'Ref';
  const dot = name.indexOf('.');
  const value =
    dot < 0
      ? scalar(name, at)
      : list([scalar(name.slice(0, dot), at), scalar(name.slice(dot + 1), at)], at);
  return { kind: 'map', entries: [{ key, at, value }], at };
}

function foldJoin({ argument, at, when, fold: inner }: Call): readonly Folded[] {
  const [delimiter, parts] = isList(argument) ? argument.items : [];
  const between = scalarText(delimiter);
  if (between === undefined || parts === undefined) {
    return [unknown(at, when, 'Fn::Join needs a delimiter and a list', GIVE_VALUE)];
  }
  return inner(parts).flatMap((value): readonly Folded[] => {
    if (value.kind !== 'known') return [value];
    if (!isList(value.node)) return [unknown(at, when, 'Fn::Join needs a list', GIVE_VALUE)];
    return concatenate(value.node.items, between, at, value.when, inner, value.assumes);
  });
}

function concatenate(
  pieces: readonly Node[],
  between: string,
  at: Place,
  when: readonly string[],
  inner: Call['fold'],
  assumes: readonly string[] = [],
): readonly Folded[] {
  interface Partial {
    readonly text: string;
    readonly when: readonly string[];
    readonly assumes: readonly string[];
    readonly unknown: Unknown | null;
  }
  let partials: readonly Partial[] = [{ text: '', when, assumes, unknown: null }];
  for (const [index, piece] of pieces.entries()) {
    const before = index === 0 ? '' : between;
    const next: Partial[] = [];
    for (const partial of partials) {
      for (const value of inner(piece, partial.when)) {
        if (value.kind === 'absent') next.push({ ...partial, when: value.when });
        else if (value.kind === 'unknown') {
          const text = `${partial.text}${before}${value.placeholder}`;
          next.push({ ...partial, text, when: value.when, unknown: partial.unknown ?? value });
        } else {
          const text = scalarText(value.node) ?? '';
          const problem =
            isScalar(value.node) || partial.unknown !== null
              ? partial.unknown
              : unknown(at, value.when, 'a list or map stands where text is needed', GIVE_VALUE);
          next.push({
            text: `${partial.text}${before}${text}`,
            when: value.when,
            assumes: [...partial.assumes, ...value.assumes],
            unknown: problem,
          });
        }
      }
    }
    if (next.length > LIMITS.branches) {
      return [unknown(at, when, `it has more than ${LIMITS.branches} possible values`, GIVE_VALUE)];
    }
    partials = next;
  }
  return partials.map((it) =>
    it.unknown === null
      ? known(scalar(it.text, at), it.when, it.assumes)
      : { ...it.unknown, when: it.when, refersTo: null, placeholder: it.text },
  );
}

function foldSelect({ argument, at, when, fold: inner }: Call): readonly Folded[] {
  const [index, parts] = isList(argument) ? argument.items : [];
  if (index === undefined || parts === undefined) {
    return [unknown(at, when, 'Fn::Select needs an index and a list', GIVE_VALUE)];
  }
  return inner(index).flatMap((number) => {
    const text = number.kind === 'known' ? scalarText(number.node) : undefined;
    return inner(parts, number.when).flatMap((value): readonly Folded[] => {
      if (value.kind !== 'known' || !isList(value.node)) {
        return [
          value.kind === 'unknown'
            ? value
            : unknown(at, value.when, 'Fn::Select needs a list', GIVE_VALUE),
        ];
      }
      const chosen =
        text === undefined
          ? value.node.items
          : value.node.items.slice(Number(text), Number(text) + 1);
      if (chosen.length === 0) {
        return [unknown(at, value.when, `the list has no element ${text ?? ''}`, GIVE_VALUE)];
      }
      return chosen.flatMap((item) =>
        inner(item, value.when).map((it) =>
          it.kind === 'known'
            ? { ...it, assumes: [...value.assumes, ...assumesOf(number), ...it.assumes] }
            : it,
        ),
      );
    });
  });
}

function assumesOf(value: Folded): readonly string[] {
  return value.kind === 'known' ? value.assumes : [];
}

function foldSplit({ argument, at, when, fold: inner }: Call): readonly Folded[] {
  const [delimiter, source] = isList(argument) ? argument.items : [];
  const between = scalarText(delimiter);
  if (between === undefined || between === '' || source === undefined) {
    return [unknown(at, when, 'Fn::Split needs a delimiter and a text', GIVE_VALUE)];
  }
  return inner(source).map((value) => {
    const text = value.kind === 'known' ? scalarText(value.node) : undefined;
    if (value.kind !== 'known' || text === undefined) {
      return value.kind === 'unknown'
        ? value
        : unknown(at, value.when, 'Fn::Split needs a text', GIVE_VALUE);
    }
    const parts = text.split(between).map((part) => scalar(part, value.node.at));
    return { ...value, node: list(parts, value.node.at) };
  });
}

function foldGetAtt({ argument, at, when }: Call): readonly Folded[] {
  const [first, ...rest] = isList(argument)
    ? argument.items.map(scalarText)
    : [scalarText(argument)];
  const name = first?.split('.', 1)[0] ?? '';
  const attribute = [first?.split('.').slice(1).join('.'), ...rest].filter(Boolean).join('.');
  return [
    unknown(at, when, `${name}.${attribute} is known once the resource exists`, GIVE_VALUE, {
      refersTo: name,
      placeholder: `\${${name}.${attribute}}`,
    }),
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

/** The values of two lists together, where their conditions can hold together. */
export function combine<
  A extends { when: readonly string[] },
  B extends { when: readonly string[] },
>(
  left: readonly A[],
  right: readonly B[],
): readonly { readonly left: A; readonly right: B; readonly when: readonly string[] }[] {
  return left.flatMap((a) =>
    right.flatMap((b) => {
      const when = joinWhen(a.when, b.when);
      return when === null ? [] : [{ left: a, right: b, when }];
    }),
  );
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
