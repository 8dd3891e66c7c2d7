import { clip } from '../clip.js';
import { inMarkdown } from '../escape.js';
import type { ReportedMethod } from '../report.js';
import { count } from '../wording.js';

/** Reasons beyond this many share the last mark. */
const MARKS = ['¹', '²', '³', '⁴', '⁵', '⁶'] as const;

export interface Footnotes {
  /** The mark for a method that was not probed, empty for one that was. */
  readonly markOf: (method: ReportedMethod) => string;
  /** One line, empty where every method was probed. */
  readonly text: string;
}

/** Says once why methods were not probed, and gives each reason a mark for the cells. */
export function noteUnprobed(methods: readonly ReportedMethod[]): Footnotes {
  const totals = new Map<string, number>();
  for (const { notProbed } of methods) {
    if (notProbed !== null) {
      totals.set(notProbed, (totals.get(notProbed) ?? 0) + 1);
    }
  }
  const reasons = [...totals].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  const marks = new Map(reasons.map(([reason], index) => [reason, markAt(index)]));
  const own = reasons.length > MARKS.length ? MARKS.length - 1 : MARKS.length;
  const lines = reasons
    .slice(0, own)
    .map(
      ([reason, total], index) =>
        `${markAt(index)} ${count(total, 'method')}: ${inMarkdown(clip(reason, 300))}`,
    );
  const others = reasons.slice(own).reduce((sum, [, total]) => sum + total, 0);
  if (others > 0) {
    lines.push(`${markAt(own)} ${count(others, 'method')}: other reasons, in \`report.json\``);
  }
  return {
    markOf: ({ notProbed }) => (notProbed === null ? '' : (marks.get(notProbed) ?? '')),
    text: lines.length === 0 ? '' : `No request sent. ${lines.join(' · ')}`,
  };
}

function markAt(index: number): string {
  return MARKS[Math.min(index, MARKS.length - 1)] ?? '';
}
