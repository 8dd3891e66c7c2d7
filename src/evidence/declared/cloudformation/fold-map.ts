import { get, isList, isMap, type Node, scalarText } from '../node.js';
import { type Call, type Folded, GIVE_VALUE, known, unknown } from './folded.js';
import { extendWhen } from './when.js';

export function foldFindInMap({ argument, at, scope, when, fold: inner }: Call): readonly Folded[] {
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
