import { get, isList, isMap, type Node, scalarText } from '../node.js';
import { type Call, type Folded, GIVE_VALUE, known, unknown } from './folded.js';
import { extendWhen } from './when.js';

export function foldFindInMap({ argument, at, scope, when, fold: inner }: Call): readonly Folded[] {
  const [mapName, first, second, options] = isList(argument) ? argument.items : [];
  if (mapName === undefined || first === undefined || second === undefined) {
    return [unknown(at, when, 'Fn::FindInMap needs a map and two keys', GIVE_VALUE)];
  }
  const fallback = get(options, 'DefaultValue');
  const name = scalarText(mapName) ?? 'map';
  const choosing = { inner, hasDefault: fallback !== undefined };
  const found = choose(scope.mappings, mapName, when, 'map', choosing).flatMap((outer) =>
    outer.kind !== 'known'
      ? [outer]
      : choose(outer.node, first, outer.when, name, choosing).flatMap((middle) =>
          middle.kind !== 'known'
            ? [middle]
            : choose(middle.node, second, middle.when, name, choosing).map((last) =>
                last.kind === 'known'
                  ? { ...last, assumes: [...outer.assumes, ...middle.assumes, ...last.assumes] }
                  : last,
              ),
        ),
  );
  return found.flatMap((it) =>
    it.kind === 'unknown' && it.placeholder === MISSING && fallback !== undefined
      ? inner(fallback, it.when)
      : [it],
  );
}

/** Marks a key that a mapping has not, for `DefaultValue`. */
const MISSING = '(missing)';

interface Choosing {
  readonly inner: Call['fold'];
  /** Whether a key that is in no mapping has a value all the same. */
  readonly hasDefault: boolean;
}

/**
 * The members of a map that a key can choose: one where the key is known, else every one, and none of them
 * where the map need not have it ("the value that Fn::FindInMap will resolve to if the TopLevelKey and/or
 * SecondLevelKey can not be found", CloudFormation Template Reference, "Fn::FindInMap enhancements").
 */
function choose(
  from: Node | undefined,
  key: Node,
  when: readonly string[],
  name: string,
  { inner, hasDefault }: Choosing,
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
    const members = from.entries.flatMap((it) => {
      const extended = extendWhen(value.when, `${name}[${it.key}]`);
      return extended === null ? [] : [known(it.value, extended)];
    });
    const other = hasDefault ? extendWhen(value.when, `${name}[another key]`) : null;
    if (other === null) return members;
    const reason = 'the mapping need not have the key';
    return [...members, unknown(key.at, other, reason, GIVE_VALUE, { placeholder: MISSING })];
  });
}
