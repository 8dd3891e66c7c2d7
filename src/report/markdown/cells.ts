import { AUTHORIZER_TYPES, REQUIRED_AUTHORIZATION_TYPE } from '../../config/requirement.js';
import { UNREADABLE } from '../../model/evidence.js';
import { clip } from '../clip.js';
import { inCode, inMarkdown } from '../escape.js';
import type { Answer, ReportedMethod } from '../report.js';
import { EXCEPTED_ICON, VERDICT_ICONS } from './icons.js';

/** What a cell shows where a layer has no such method, or no request was sent. */
export const ABSENT = '—';

const MAX_PATH_LENGTH = 300;
const MAX_WORD_LENGTH = 80;

/** API Gateway's authorization types need no escape: the underscores are inside words. */
const KNOWN_TYPES: ReadonlySet<string> = new Set([
  'NONE',
  REQUIRED_AUTHORIZATION_TYPE,
  ...AUTHORIZER_TYPES,
]);

/** An authorization type; everything but AWS_IAM stands out. */
export function renderType(type: string | null): string {
  if (type === null) {
    return ABSENT;
  }
  if (type === 'AWS_IAM') {
    return type;
  }
  if (type === UNREADABLE) {
    return '*unreadable*';
  }
  return KNOWN_TYPES.has(type) ? `**${type}**` : inMarkdown(clip(type, MAX_WORD_LENGTH));
}

/** `403 missing-token`, `200 accepted`, or only the class where no answer came. */
export function renderAnswer(answer: Answer | null): string {
  if (answer === null) {
    return ABSENT;
  }
  const word = inMarkdown(clip(answer.answer, MAX_WORD_LENGTH));
  return answer.status === null ? word : `${answer.status} ${word}`;
}

/** What the answers prove; what is wrong stands out. */
export function renderProof({ proof }: ReportedMethod): string {
  if (proof === null || proof === undefined) {
    return ABSENT;
  }
  return proof === 'refuted' || proof === 'inconclusive' ? `**${proof}**` : proof;
}

/** A path as code, cut where nobody would read on. */
export function renderPath(path: string): string {
  return inCode(clip(path, MAX_PATH_LENGTH));
}

/** An HTTP method: the usual ones as they are. */
export function renderHttpMethod(method: string): string {
  return /^[A-Z]{1,10}$/.test(method) ? method : inCode(clip(method, MAX_WORD_LENGTH));
}

/** `❌ fail`, or where nothing counts `✅ preflight` (exempt) or `🕓 excepted` (open for a while). */
export function renderVerdict(method: ReportedMethod): string {
  if (method.excepted && method.verdict === 'pass') {
    return `${EXCEPTED_ICON} excepted`;
  }
  const exempt = method.preflight && method.verdict === 'pass';
  return `${VERDICT_ICONS[method.verdict]} ${exempt ? 'preflight' : method.verdict}`;
}

/** A line of a Markdown table. */
export function renderTableLine(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

/** The two lines that open a Markdown table. */
export function openTable(titles: readonly string[]): string {
  return `${renderTableLine(titles)}\n${renderTableLine(titles.map(() => '---'))}`;
}
