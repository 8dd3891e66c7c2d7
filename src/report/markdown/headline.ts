import { clip } from '../clip.js';
import { inCode } from '../escape.js';
import type { Report, Verdict } from '../report.js';
import { count, countFindings, formatNumber, VERDICT_WORDS, wordsOnLeftOut } from '../wording.js';
import { VERDICT_ICONS } from './icons.js';
import { renderProse } from './prose.js';

/** Notes beyond this many are in report.json alone: the top of the report stays short. */
const MAX_NOTES = 10;

/**
 * The verdict, the totals and the notes, which every report shows whatever its size: a heading
 * with the icon, one line of what was judged, one of what the methods came to.
 */
export function renderHeadline(report: Report): string {
  const { counts, verdict } = report;
  const line = `## ${VERDICT_ICONS[verdict]} ${VERDICT_WORDS[verdict]}: ${describeVerdict(report)}`;
  const parts = [line, describeScope(report)];
  if (verdict === 'incomplete') {
    parts.push(
      '**This is not a pass.** Something could not be read or proven; the findings say what.',
    );
  }
  if (counts.errors + counts.warnings === 0 && verdict === 'fail') {
    parts.push('The gate failed without a finding; the notes and the log say why.');
  }
  const notes = report.notes.slice(0, MAX_NOTES).map((note) => `> ${renderProse(note, 600, '> ')}`);
  if (report.notes.length > MAX_NOTES) {
    notes.push(
      `> … and ${count(report.notes.length - MAX_NOTES, 'more note')} in \`report.json\`.`,
    );
  }
  // A quoted line each: an empty quoted line between them makes them paragraphs.
  return [...parts, ...(notes.length === 0 ? [] : [notes.join('\n>\n')])].join('\n\n');
}

function describeVerdict({ counts, verdict }: Report): string {
  const methods = count(counts.methods, 'method');
  if (verdict === 'pass' && counts.errors + counts.warnings === 0) {
    return counts.known + counts.suppressed > 0
      ? `${methods} checked, nothing new`
      : `${methods} checked, nothing to fix`;
  }
  return `${countFindings(counts)} in ${methods}`;
}

function describeScope(report: Report): string {
  const stages = report.apis.reduce((sum, api) => sum + api.stages.length, 0);
  const apis = count(report.apis.length, 'API');
  // Without a region nothing was asked of AWS.
  const scope =
    report.region === ''
      ? `${apis} in files`
      : `${apis} and ${count(stages, 'stage')} in ${inCode(clip(report.region, 64))}`;
  return [
    `\`${report.mode}\` of ${scope}`,
    describeMethods(report),
    ...describeLeftOut(report),
    describeChanges(report),
  ].join(' · ');
}

/** `8 methods in order, **3 failing**, 1 incomplete`. */
function describeMethods(report: Report): string {
  const totals: Record<Verdict, number> = { pass: 0, fail: 0, incomplete: 0 };
  for (const method of report.methods) {
    totals[method.verdict] += 1;
  }
  return [
    `${count(totals.pass, 'method')} in order`,
    ...(totals.fail > 0 ? [`**${formatNumber(totals.fail)} failing**`] : []),
    ...(totals.incomplete > 0 ? [`${formatNumber(totals.incomplete)} incomplete`] : []),
  ].join(', ');
}

/** `200 known, 3 excepted`: findings that the headline does not count. */
function describeLeftOut({ counts }: Report): string[] {
  const words = wordsOnLeftOut(counts);
  return words.length === 0 ? [] : [`findings not counted: ${words.join(', ')}`];
}

function describeChanges({ mode, counts }: Report): string {
  if (mode === 'enforce') {
    return `${count(counts.changed, 'method')} changed`;
  }
  return mode === 'plan' && counts.changed > 0
    ? `nothing changed yet, ${count(counts.changed, 'method')} to change`
    : 'nothing changed';
}
