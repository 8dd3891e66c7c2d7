import type { DeclaredPolicy, Place, Unresolved } from '../../model/declared.js';
import { placeholdersIn, replacePlaceholders } from '../../model/placeholders.js';
import { fold, foldKey } from './cloudformation/fold.js';
import { type Folded, isIntrinsic, type Unknown, unknown } from './cloudformation/folded.js';
import { withJsonRead } from './cloudformation/json-in-text.js';
import { isParameter, type Scope } from './cloudformation/scope.js';
import { LIMITS } from './limits.js';
import {
  type Entry,
  isList,
  isMap,
  isNull,
  type MapNode,
  map,
  movedTo,
  type Node,
  type ScalarNode,
  scalarText,
  textOf,
  toData,
} from './node.js';
import { parseJson, SyntaxProblem } from './parse-json.js';

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

/**
 * Names that stand in a text as it is written, such as `\${cidr}` in a document that Terraform's templatefile
 * renders. Of IAM's own variables each has a prefix, but for those that are one character; API Gateway puts in
 * `\${AWS::Region}` and its like.
 */
function unknownIn(text: string): readonly string[] {
  return [...placeholdersIn(text, '${', '}')]
    .map(({ name }) => name)
    .filter((name) => !name.includes(':') && !/^[*?$]$/.test(name));
}

function rendered(node: ScalarNode, names: readonly string[], when: readonly string[]): Unknown {
  const reason = `${names.join(', ')} is put in when the file is rendered`;
  const give = 'write the value itself, or give the finished file';
  return unknown(node.at, when, reason, give, { placeholder: node.text });
}

/** Where an unknown value narrows what a statement says, and does not decide whom it lets in. */
const NARROWING = new Set(['Resource', 'NotResource', 'Sid', 'Id']);

/** A policy, or a part of one, under some conditions of the template. */
interface Branch {
  readonly data: unknown;
  readonly when: readonly string[];
  /** What of it nobody knows well enough. */
  readonly unclear: readonly Unresolved[];
}

/** Stands for what `AWS::NoValue` leaves out. */
const LEFT_OUT = Symbol('AWS::NoValue');

/** Every policy that a node can become. What can become too many is not known. */
function branchesOf(node: Node, scope: Noting, when: readonly string[]): readonly Branch[] {
  const branches = within(node, { scope, isNarrowing: false }, when);
  if (branches !== null) return branches.filter(({ data }) => data !== LEFT_OUT);
  const reason = `the resource policy has more than ${LIMITS.branches} branches`;
  const give = 'write fewer conditions, or give the values of the parameters (input `parameters`)';
  return [{ data: {}, when, unclear: [{ reason, give, place: node.at }] }];
}

/** A scope that notes what the values that were read in it assume: a parameter's default. */
interface Noting extends Scope {
  readonly assumed: Set<string>;
}

function foldNoting(node: Node, scope: Noting, when: readonly string[]): readonly Folded[] {
  const values = fold(node, scope, when);
  for (const value of values) {
    for (const it of value.kind === 'known' ? value.assumes : []) scope.assumed.add(it);
  }
  return values;
}

interface Within {
  readonly scope: Noting;
  readonly isNarrowing: boolean;
}

type Reader = (when: readonly string[]) => readonly Branch[] | null;

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
      ? (under) => conditionsOf(value, scope, under)
      : (under) => within(value, { scope, isNarrowing: isNarrowing || NARROWING.has(key) }, under),
  );
}

/** An account's id without quotes, as it is written: CloudFormation makes text of it. */
function scalarData({ value, text }: ScalarNode): unknown {
  return typeof value === 'number' ? text : value;
}

/** What stands for a value that nobody can know. */
const UNKNOWN = '(unknown)';

/** The branches of each value, one after the other. */
function eachOf(
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
function listOf(
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
function mapOf(
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
function isFolded(node: Node): boolean {
  return isIntrinsic(node) || textOf(node)?.includes('{{resolve:') === true;
}

/** The conditions of a statement: what narrows it, so that each value must be known well enough to say so. */
function conditionsOf(
  node: Node,
  scope: Noting,
  when: readonly string[],
): readonly Branch[] | null {
  return mapsOf(node, scope, when, (operators, under) =>
    mapOf(
      operators,
      under,
      (operator) => (inOperator) =>
        mapsOf(operator.value, scope, inOperator, (keys, inKeys) =>
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

/** A map in every branch; what is none is data like any other. */
function mapsOf(
  node: Node,
  scope: Noting,
  when: readonly string[],
  read: (node: MapNode, when: readonly string[]) => readonly Branch[] | null,
): readonly Branch[] | null {
  if (isMap(node) && !isFolded(node)) return read(node, when);
  if (!isFolded(node)) return within(node, { scope, isNarrowing: true }, when);
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

/**
 * Whether an unknown value is one of AWS's own, such as a role's ARN, or has text of its own around
 * what is unknown: whatever it becomes, it is not everybody (`*`).
 */
function isSomebody({ refersTo, placeholder }: Unknown): boolean {
  return (
    refersTo !== null ||
    placeholder.startsWith('${AWS::') ||
    replacePlaceholders(placeholder, '${', '}', '') !== ''
  );
}

function unclearFrom(node: Node, value?: Folded): Unresolved {
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
