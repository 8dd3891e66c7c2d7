import { inJson } from './escape.js';
import type { Report } from './report.js';

/**
 * `report.json`: the whole report, in two-space JSON, with a final line break; what cannot be seen is escaped.
 * It comes piece by piece, a piece an element of its lists: those of a large region are long.
 */
export function* renderJson(report: Report): Generator<string> {
  let before = '{\n';
  for (const [key, value] of Object.entries(report)) {
    if (value === undefined) continue;
    yield `${before}  ${JSON.stringify(key)}: `;
    if (Array.isArray(value) && value.length > 0) yield* piecesOf(value);
    else yield indented(value, 1);
    before = ',\n';
  }
  yield '\n}\n';
}

function* piecesOf(elements: readonly unknown[]): Generator<string> {
  let before = '[\n    ';
  for (const element of elements) {
    yield `${before}${indented(element, 2)}`;
    before = ',\n    ';
  }
  yield '\n  ]';
}

/** A value as it stands so many levels deep. No string of JSON has a line break within. */
function indented(value: unknown, levels: number): string {
  return inJson(JSON.stringify(value, null, 2)).replaceAll('\n', `\n${'  '.repeat(levels)}`);
}
