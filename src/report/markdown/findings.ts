import { clip } from '../clip.js';
import { inCode, inHtml, inMarkdown } from '../escape.js';
import { sortFindings } from '../order.js';
import { type ApiNames, nameMethod, nameStage } from '../place.js';
import type { Finding } from '../report.js';
import { count } from '../wording.js';
import type { Block, Row } from './fit.js';
import { SEVERITY_ICONS } from './icons.js';
import { RANKS } from './ranks.js';

/** Findings of a group that are shown without unfolding. */
const SHOWN_FIRST = 10;

/** A rule with more different fixes than this shows each with its finding. */
const MAX_SHARED_FIXES = 3;

const MAX_MESSAGE_LENGTH = 2000;
const MAX_PLACE_LENGTH = 300;

/** Findings of one rule that share what is said about them. */
interface Group {
  readonly first: Finding;
  readonly findings: readonly Finding[];
  /** Said once above the list; null where each finding has its own. */
  readonly fix: string | null;
  readonly message: string | null;
}

/**
 * What to do first: the findings, worst rule first, grouped by rule and fix. The fix is said once
 * and the methods are listed beneath; long lists are folded.
 */
export function renderFindings(findings: readonly Finding[], apiNames: ApiNames): Block[] {
  const groups = groupFindings(sortFindings(findings));
  return groups.flatMap((group, index) => {
    const heading = index === 0 ? '### What to do\n\n' : '';
    return renderGroup(group, heading, apiNames);
  });
}

function groupFindings(findings: readonly Finding[]): Group[] {
  return [...partition(findings, (finding) => `${finding.severity} ${finding.rule}`)].flatMap(
    (ofRule) => {
      const byFix = partition(ofRule, (finding) => finding.fix);
      return byFix.length > MAX_SHARED_FIXES
        ? makeGroup(ofRule, false)
        : byFix.flatMap((withFix) => makeGroup(withFix, true));
    },
  );
}

function makeGroup(findings: readonly Finding[], sharesFix: boolean): Group[] {
  const [first] = findings;
  if (first === undefined) {
    return [];
  }
  const sharesMessage = findings.every((finding) => finding.message === first.message);
  return [
    {
      first,
      findings,
      fix: sharesFix ? first.fix : null,
      message: sharesMessage ? first.message : null,
    },
  ];
}

/** In the order in which the keys first appear. */
function partition(findings: readonly Finding[], keyOf: (finding: Finding) => string): Finding[][] {
  const parts = new Map<string, Finding[]>();
  for (const finding of findings) {
    const key = keyOf(finding);
    const part = parts.get(key);
    if (part === undefined) {
      parts.set(key, [finding]);
    } else {
      part.push(finding);
    }
  }
  return [...parts.values()];
}

function renderGroup(group: Group, heading: string, apiNames: ApiNames): Block[] {
  const { first, findings, fix, message } = group;
  const title = `#### ${SEVERITY_ICONS[first.severity]} ${inCode(first.rule)}: ${count(findings.length, first.severity)}`;
  const said = [
    ...(message === null ? [] : [showText(message)]),
    ...(fix === null || fix === '' ? [] : [`**Fix:** ${showText(fix)}`]),
  ].map((text) => `\n\n${text}`);
  const rows = findings.map(
    (finding, index): Row => ({
      text: renderItem(finding, group, apiNames),
      rank: index < SHOWN_FIRST ? RANKS.firstFindings : RANKS.moreFindings,
    }),
  );
  const shown: Block = {
    open: `${heading}${title}${said.join('')}\n`,
    rows: rows.slice(0, SHOWN_FIRST),
    noun: 'finding',
  };
  const folded = rows.slice(SHOWN_FIRST);
  if (folded.length === 0) {
    return [shown];
  }
  const summary = `${count(folded.length, 'more finding')} of ${inHtml(first.rule)}`;
  return [
    shown,
    {
      open: `<details><summary>${summary}</summary>\n`,
      rows: folded,
      close: '\n\n</details>',
      noun: 'finding',
    },
  ];
}

function renderItem(finding: Finding, group: Group, apiNames: ApiNames): string {
  const method = nameMethod(finding);
  const stage = nameStage(finding, apiNames);
  const place = [
    ...(method === null ? [] : [`**${inCode(clip(method, MAX_PLACE_LENGTH))}**`]),
    ...(stage === null ? [] : [inMarkdown(clip(stage, MAX_PLACE_LENGTH))]),
  ].join(' in ');
  const message = group.message === null ? `: ${showText(finding.message)}` : '';
  const fix =
    group.fix === null && finding.fix !== '' ? `<br>**Fix:** ${showText(finding.fix)}` : '';
  return `- ${place === '' ? 'The region' : place}${message}${fix}`;
}

function showText(text: string): string {
  return inMarkdown(clip(text, MAX_MESSAGE_LENGTH));
}
