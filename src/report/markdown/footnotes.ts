import { clip } from '../clip.js';
import { inMarkdown } from '../escape.js';
import type { ReportedMethod } from '../report.js';
import { count } from '../wording.js';

/** Reasons beyond this many share the last mark. */
const NUMBERS = ['¹', '²', '³', '⁴', '⁵', '⁶'] as const;
const LETTERS = ['ᵃ', 'ᵇ', 'ᶜ', 'ᵈ', 'ᵉ', 'ᶠ'] as const;

export interface Footnotes {
  /** The mark for a method that has a reason, empty for one that has none. */
  readonly markOf: (method: ReportedMethod) => string;
  /** One line, empty where no method has a reason. */
  readonly text: string;
}

/** Says once why methods were not probed, and gives each reason a mark for the cells. */
export function noteUnprobed(methods: readonly ReportedMethod[]): Footnotes {
  return note(methods, ({ notProbed }) => notProbed ?? '', NUMBERS, 'No request sent.');
}

/** Says once what keeps methods from being proven, and gives each reason a mark for the cells. */
export function noteUnproven(methods: readonly ReportedMethod[]): Footnotes {
  return note(methods, ({ unproven }) => (unproven ?? []).join('; '), LETTERS, 'For a proof:');
}

function note(
  methods: readonly ReportedMethod[],
  reasonOf: (method: ReportedMethod) => string,
  allMarks: readonly string[],
  intro: string,
): Footnotes {
  const totals = new Map<string, number>();
  for (const method of methods) {
    const reason = reasonOf(method);
    if (reason !== '') {
      totals.set(reason, (totals.get(reason) ?? 0) + 1);
    }
  }
  const markAt = (index: number): string => allMarks[Math.min(index, allMarks.length - 1)] ?? '';
  const reasons = [...totals].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  const marks = new Map(reasons.map(([reason], index) => [reason, markAt(index)]));
  const own = reasons.length > allMarks.length ? allMarks.length - 1 : allMarks.length;
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
    markOf: (method) => marks.get(reasonOf(method)) ?? '',
    text: lines.length === 0 ? '' : `${intro} ${lines.join(' · ')}`,
  };
}
