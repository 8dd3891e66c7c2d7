import { answerOf, describeSince, type Since } from '../answer.js';
import type { Report } from '../report.js';
import {
  count,
  countFindings,
  countOf,
  formatNumber,
  nounOf,
  VERDICT_WORDS,
  wordsOnLeftOut,
} from '../wording.js';
import { type Content, icon, join, name, paragraph, type Said, strong } from './content.js';
import { judgedOf } from './judged.js';
import { type Links, runLinks } from './links.js';
import { shortName } from './saying.js';

const VERDICT_ICONS = { pass: '✅', fail: '❌', incomplete: '⚠️' } as const;

/** `❌ Fail: 3 of 12 methods can be called without IAM · 1 new finding, 2 fixed, 5 the same since the baseline`. */
export function headlineOf(report: Report, since: Since | null): Content {
  const words = since === null ? '' : ` · ${describeSince(since)}`;
  const { verdict } = report;
  return [icon(VERDICT_ICONS[verdict]), ` ${VERDICT_WORDS[verdict]}: ${answerOf(report)}${words}`];
}

/** What was audited, what was found in figures, what changed, and where to look further. */
export function leadOf(report: Report, links: Links, since: Since | null): Said[] {
  const pieces: Content[] = [
    [name(report.mode), ` of ${describeScope(report)}`, ...describeRegion(report)],
    [describeFindings(report)],
    [strong(describeChanges(report))],
    ...runLinks(links),
  ];
  return [
    paragraph(...join(pieces, ' · ')),
    ...(report.verdict === 'incomplete'
      ? [paragraph(strong('This is not a pass.'), ' Not everything could be read or proven.')]
      : report.incomplete
        ? [paragraph('Besides, not everything could be read or proven.')]
        : []),
    ...(since !== null && since.fixed === null
      ? [paragraph('Not everything could be read or proven, so nothing is called fixed.')]
      : []),
  ];
}

/** Without a region nothing was asked of AWS. */
function describeRegion({ region }: Report): Content {
  return region === '' ? [' in files'] : [' in ', name(shortName(region))];
}

function describeScope(report: Report): string {
  const { apis, methods } = judgedOf(report);
  const rows = countOf(methods.length, nounOf(report.methods));
  if (report.region === '') return `${count(apis.length, 'API')} and ${rows}`;
  const stages = apis.reduce((sum, api) => sum + api.stages.length, 0);
  return `${count(apis.length, 'API')}, ${count(stages, 'stage')} and ${rows}`;
}

/** `2 errors and 1 warning (not counted: 3 known, 1 excepted)`. */
function describeFindings({ counts }: Report): string {
  const leftOut = wordsOnLeftOut(counts);
  const found = countFindings(counts);
  return leftOut.length === 0 ? found : `${found} (not counted: ${leftOut.join(', ')})`;
}

function describeChanges({ mode, counts, deployments, methods }: Report): string {
  const rows = countOf(counts.changed, nounOf(methods));
  if (mode === 'audit') return 'nothing changed';
  if (mode === 'plan') {
    return counts.changed > 0
      ? `nothing changed yet, ${rows} to change`
      : 'nothing changed, and nothing to change';
  }
  const moved = deployments
    .flatMap(({ stages }) => stages)
    .filter(({ state }) => state === 'moved').length;
  const changed = `${rows} changed`;
  return moved === 0
    ? changed
    : `${changed}, ${formatNumber(moved)} ${moved === 1 ? 'stage' : 'stages'} moved`;
}
