import type { Place } from '../../../model/declared.js';
import {
  entry,
  isList,
  isMap,
  list,
  map,
  type Node,
  onlyEntry,
  scalar,
  scalarText,
} from '../node.js';
import { parseJson, SyntaxProblem } from '../parse-json.js';
import { fold } from './fold.js';
import { piecesOfText } from './fold-text.js';
import type { Scope } from './scope.js';

/**
 * Data whose JSON is written by `Fn::Sub` or `Fn::Join`, as if the template held the data itself: each of
 * its texts is written by `Fn::Join` of what stands in it. What is known at the deployment alone then
 * leaves unknown what it stands in, and no more. Anything else is returned as it is: text that is known,
 * and JSON of which something unknown is more than a part of a text.
 */
export function withJsonRead(node: Node, scope: Scope): Node {
  const only = onlyEntry(node);
  if (only?.key === 'Fn::If' && isList(only.value)) {
    const branches = only.value.items.map((it, index) =>
      index > 0 ? withJsonRead(it, scope) : it,
    );
    return map([entry(only.key, list(branches, only.value.at), only.at)], node.at);
  }
  const pieces = piecesOfText(node);
  if (pieces === null || fold(node, scope).every(({ kind }) => kind === 'known')) return node;
  return readJson(pieces, node.at, scope) ?? node;
}

/** Stand around the number of a piece in the JSON; no policy can hold them, nor any other document. */
const OPENING = '\ue000';
const CLOSING = '\ue001';

/** Would end the text in which a value stands, or change what follows it. */
const NOT_IN_JSON_TEXT = /["\\\p{Cc}]/u;

function readJson(pieces: readonly Node[], at: Place, scope: Scope): Node | null {
  const written: string[] = [];
  for (const [index, piece] of pieces.entries()) {
    const values = fold(piece, scope);
    const texts = values.map((it) => (it.kind === 'known' ? scalarText(it.node) : undefined));
    const [only] = texts;
    if (texts.some((it) => it?.includes(OPENING) || it?.includes(CLOSING))) return null;
    if (texts.length === 1 && only !== undefined) {
      written.push(only);
      continue;
    }
    if (texts.some((it) => it !== undefined && NOT_IN_JSON_TEXT.test(it))) return null;
    written.push(`${OPENING}${index}${CLOSING}`);
  }
  let parsed: Node;
  try {
    parsed = parseJson(at.file, written.join(''));
  } catch (error) {
    if (error instanceof SyntaxProblem) return null;
    throw error;
  }
  return isList(parsed) || isMap(parsed) ? withPieces(parsed, pieces, at) : null;
}

/** The data with its pieces where their numbers stand; `null` where one stands in the name of a member. */
function withPieces(node: Node, pieces: readonly Node[], at: Place): Node | null {
  switch (node.kind) {
    case 'scalar': {
      if (typeof node.value !== 'string' || !node.value.includes(OPENING)) return { ...node, at };
      const parts = node.value
        .split(new RegExp(`${OPENING}(\\d+)${CLOSING}`))
        .map((part, index) => (index % 2 === 0 ? scalar(part, at) : pieces[Number(part)]));
      const joined = list(
        parts.filter((it) => it !== undefined),
        at,
      );
      return map([entry('Fn::Join', list([scalar('', at), joined], at))], at);
    }
    case 'list': {
      const items = everyOne(node.items.map((it) => withPieces(it, pieces, at)));
      return items === null ? null : list(items, at);
    }
    case 'map': {
      if (node.entries.some(({ key }) => key.includes(OPENING))) return null;
      const entries = everyOne(
        node.entries.map(({ key, value }) => {
          const read = withPieces(value, pieces, at);
          return read === null ? null : entry(key, read, at);
        }),
      );
      return entries === null ? null : map(entries, at);
    }
  }
}

/** `null` where one of them is. */
function everyOne<T>(items: readonly (T | null)[]): T[] | null {
  const found = items.filter((it) => it !== null);
  return found.length === items.length ? found : null;
}
