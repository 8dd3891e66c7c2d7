import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { Finding } from '../report/report.js';

/*
 * What an audit found, kept in a line of the body that nobody sees, so that the next audit
 * can say what is new and what is gone.
 */

/** What is remembered of a finding. */
export interface Remembered {
  /** The first characters of the fingerprint: enough to tell a few thousand findings apart. */
  readonly id: string;
  /** `rule METHOD /path in stage`, for the list of what is gone. */
  readonly label: string;
}

export interface DriftState {
  readonly findings: readonly Remembered[];
  /** There were more than could be kept, so that what is new or gone cannot be told in full. */
  readonly isCut: boolean;
}

const ID_LENGTH = 12;
const MAX_LABEL_LENGTH = 120;
const PREFIX = '<!-- apigw-iam-gate:state:v1:';
const PATTERN = /<!-- apigw-iam-gate:state:v1:([A-Za-z0-9+/=]*) -->/;

/** Room for the state within an issue's body, in characters of base64. */
const MAX_STATE_LENGTH = 20_000;

/** A body holds 65,536 characters, so no honest state is larger; one that was tampered with may be. */
const MAX_INFLATED_BYTES = 1024 * 1024;

/** The new findings of a report, worst first, as they are remembered. */
export function remember(
  findings: readonly Finding[],
  identify: (finding: Finding) => string = ({ fingerprint }) => fingerprint,
): Remembered[] {
  return findings
    .filter(({ known }) => !known)
    .map((finding) => ({
      id: identify(finding).slice(0, ID_LENGTH),
      label: labelOf(finding),
    }));
}

function labelOf({ rule, method, path, stage }: Finding): string {
  const parts = [rule, method, path, stage === null ? null : `in ${stage}`];
  const label = parts.filter((part) => part !== null).join(' ');
  return clippedLabel(label);
}

/** The rule that a label begins with. */
export function ruleIn({ label }: Remembered): string {
  const [rule = ''] = label.split(' ', 1);
  return rule;
}

function clippedLabel(label: string): string {
  return label.slice(0, MAX_LABEL_LENGTH).toWellFormed();
}

/** The hidden line; the least bad findings are left out where it would be too long. */
export function writeState(findings: readonly Remembered[]): string {
  for (let kept = findings.length; ; kept = Math.floor(kept * 0.8)) {
    const isCut = kept < findings.length;
    const pairs = findings.slice(0, kept).map(({ id, label }) => [id, label]);
    const packed = deflateRawSync(JSON.stringify({ cut: isCut, findings: pairs })).toString(
      'base64',
    );
    if (packed.length <= MAX_STATE_LENGTH || kept === 0) return `${PREFIX}${packed} -->`;
  }
}

/** Reads the line out of a body; `null` where there is none or somebody edited it. */
export function readState(body: string): DriftState | null {
  const [, packed] = PATTERN.exec(body) ?? [];
  if (packed === undefined) return null;
  try {
    const inflated = inflateRawSync(Buffer.from(packed, 'base64'), {
      maxOutputLength: MAX_INFLATED_BYTES,
    });
    return parseState(JSON.parse(inflated.toString('utf8')));
  } catch {
    // Text that anybody with write access can edit: what cannot be read is not remembered.
    return null;
  }
}

function parseState(value: unknown): DriftState | null {
  if (typeof value !== 'object' || value === null) return null;
  if (!('cut' in value) || !('findings' in value) || !Array.isArray(value.findings)) return null;
  const findings: Remembered[] = [];
  for (const pair of value.findings) {
    const [id, label]: readonly unknown[] = Array.isArray(pair) ? pair : [];
    if (typeof id !== 'string' || typeof label !== 'string') return null;
    // Whoever may edit the body may have made them longer than there is room for.
    findings.push({ id: id.slice(0, ID_LENGTH), label: clippedLabel(label) });
  }
  return { findings, isCut: value.cut === true };
}
