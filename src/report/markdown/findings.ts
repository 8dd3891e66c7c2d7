import { clip } from '../clip.js';
import { inCode, inMarkdown } from '../escape.js';
import { type ApiNames, nameMethod, nameStage } from '../place.js';
import type { Finding } from '../report.js';
import { count } from '../wording.js';
import type { Block, Row } from './fit.js';
import { SEVERITY_ICONS } from './icons.js';
import { renderProse } from './prose.js';
import { RANKS } from './ranks.js';

/** Findings of a group that are shown without unfolding. */
const SHOWN_FIRST = 10;

/**
 * Findings of a rule with the same message and fix make a group, or, where that would be more
 * groups than this, those with the same fix; else each shows its own.
 */
const MAX_GROUPS_OF_RULE = 4;

const MAX_MESSAGE_LENGTH = 2000;
const MAX_PLACE_LENGTH = 300;

/** What continues an item of a list. */
const ITEM_INDENT = '  ';

/** Findings of one rule with what they share. */
interface Group {
  readonly findings: readonly Finding[];
  /** Said once above the list; null where each finding has its own. */
  readonly fix: string | null;
  readonly message: string | null;
}

/**
 * What to do first: the findings, worst rule first, grouped by rule and fix. The fix is said once
 * and the methods are listed beneath; long lists are folded. What the baseline knows is not here.
 */
export function renderFindings(findings: readonly Finding[], apiNames: ApiNames): Block[] {
  const unknown = findings.filter((finding) => !finding.known);
  const rules = partition(unknown, ({ severity, rule }) => `${severity} ${rule}`);
  return rules.flatMap((ofRule, ruleIndex) =>
    groupFindings(ofRule).flatMap((group, index) => {
      const section = ruleIndex === 0 && index === 0 ? '### What to do\n\n' : '';
      const heading = index === 0 ? `${section}${titleRule(ofRule)}` : '';
      return renderGroup(group, heading, apiNames);
    }),
  );
}

/** `#### ❌ deployed-not-iam: 3 errors`. */
function titleRule(ofRule: readonly Finding[]): string {
  const [first] = ofRule;
  return first === undefined
    ? ''
    : `#### ${SEVERITY_ICONS[first.severity]} ${inCode(first.rule)}: ${count(ofRule.length, first.severity)}\n\n`;
}

function groupFindings(ofRule: readonly Finding[]): Group[] {
  const alike = partition(ofRule, ({ message, fix }) => JSON.stringify([message, fix]));
  if (alike.length <= MAX_GROUPS_OF_RULE) {
    return alike.map(toGroup);
  }
  const byFix = partition(ofRule, (finding) => finding.fix);
  return byFix.length <= MAX_GROUPS_OF_RULE ? byFix.map(toGroup) : [toGroup(ofRule)];
}

function toGroup(findings: readonly Finding[]): Group {
  return {
    findings,
    message: sharedText(findings.map((finding) => finding.message)),
    fix: sharedText(findings.map((finding) => finding.fix)),
  };
}

function sharedText(texts: readonly string[]): string | null {
  const [first] = texts;
  return first !== undefined && texts.every((text) => text === first) ? first : null;
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
  const { findings, fix, message } = group;
  const said = [
    ...(message === null ? [] : [showText(message)]),
    ...(fix === null || fix === '' ? [] : [`**Fix:** ${renderProse(fix, MAX_MESSAGE_LENGTH)}`]),
  ].map((text) => `${text}\n\n`);
  const rows = findings.map(
    (finding, index): Row => ({
      text: renderItem(finding, group, apiNames),
      rank: index < SHOWN_FIRST ? RANKS.firstFindings : RANKS.moreFindings,
    }),
  );
  const shown: Block = {
    open: `${`${heading}${said.join('')}`.trimEnd()}\n`,
    rows: rows.slice(0, SHOWN_FIRST),
    noun: 'finding',
  };
  const folded = rows.slice(SHOWN_FIRST);
  return folded.length === 0 ? [shown] : [shown, foldMore(folded)];
}

function foldMore(rows: readonly Row[]): Block {
  return {
    open: `<details><summary>${count(rows.length, 'more finding')} of the same kind</summary>\n`,
    rows,
    close: '\n\n</details>',
    noun: 'finding',
  };
}

/** `**GET /pets** in orders/prod`, or `The region` where the finding is about no API. */
export function renderPlace(finding: Finding, apiNames: ApiNames): string {
  const method = nameMethod(finding);
  const stage = nameStage(finding, apiNames);
  const place = [
    ...(method === null ? [] : [`**${inCode(clip(method, MAX_PLACE_LENGTH))}**`]),
    ...(stage === null ? [] : [inMarkdown(clip(stage, MAX_PLACE_LENGTH))]),
  ].join(' in ');
  return place === '' ? 'The region' : place;
}

function renderItem(finding: Finding, group: Group, apiNames: ApiNames): string {
  const message = group.message === null ? `: ${showText(finding.message)}` : '';
  const fix =
    group.fix === null && finding.fix !== ''
      ? `<br>**Fix:** ${renderProse(finding.fix, MAX_MESSAGE_LENGTH, ITEM_INDENT)}`
      : '';
  return `- ${renderPlace(finding, apiNames)}${message}${renderLocation(finding)}${fix}`;
}

/** ` (policy.yml:12)`; empty where no line is known. */
function renderLocation({ location }: Finding): string {
  if (location === null) {
    return '';
  }
  const file = clip(location.file, MAX_PLACE_LENGTH);
  return ` (${inCode(`${file}:${location.line}`)})`;
}

function showText(text: string): string {
  return inMarkdown(clip(text, MAX_MESSAGE_LENGTH));
}
