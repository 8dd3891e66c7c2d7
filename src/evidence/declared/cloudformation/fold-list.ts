import { isList, list, scalar, scalarText } from '../node.js';
import { type Call, type Folded, GIVE_VALUE, unknown } from './folded.js';

export function foldSelect({ argument, at, when, fold: inner }: Call): readonly Folded[] {
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

export function foldSplit({ argument, at, when, fold: inner }: Call): readonly Folded[] {
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
