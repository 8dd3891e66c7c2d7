import type { Place } from '../../../model/declared.js';
import { placeholdersIn } from '../../../model/placeholders.js';
import { LIMITS } from '../limits.js';
import { get, isList, isScalar, list, type Node, onlyEntry, scalar, scalarText } from '../node.js';
import { type Call, type Folded, GIVE_VALUE, known, type Unknown, unknown } from './folded.js';

export function foldSub({ argument, at, when, fold: inner }: Call): readonly Folded[] {
  const pieces = piecesOfSub(argument);
  const [first] = pieces;
  if (first === undefined) return [unknown(at, when, 'Fn::Sub has no text', GIVE_VALUE)];
  return concatenate(pieces, '', first.at, when, inner);
}

/** What `Fn::Sub` writes one after the other: its text, and what stands for each name; none without a text. */
function piecesOfSub(argument: Node): readonly Node[] {
  const [template, values] = isList(argument) ? argument.items : [argument];
  const text = scalarText(template);
  if (text === undefined || template === undefined) return [];
  const pieces: Node[] = [];
  let last = 0;
  for (const { start, end, name } of placeholdersIn(text, '${', '}')) {
    pieces.push(scalar(text.slice(last, start), template.at));
    last = end;
    if (name.startsWith('!')) pieces.push(scalar(`\${${name.slice(1)}}`, template.at));
    else pieces.push(get(values, name.trim()) ?? referenceTo(name.trim(), template.at));
  }
  pieces.push(scalar(text.slice(last), template.at));
  return pieces;
}

/** What `Fn::Sub`, or `Fn::Join` without a delimiter, writes one after the other; `null` of anything else. */
export function piecesOfText(node: Node): readonly Node[] | null {
  const only = onlyEntry(node);
  if (only?.key === 'Fn::Sub') return piecesOfSub(only.value);
  if (only?.key !== 'Fn::Join' || !isList(only.value)) return null;
  const [delimiter, parts] = only.value.items;
  return isList(parts) && scalarText(delimiter) === '' ? parts.items : null;
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

export function foldJoin({ argument, at, when, fold: inner }: Call): readonly Folded[] {
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
