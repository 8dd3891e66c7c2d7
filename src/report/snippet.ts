import { clip } from './clip.js';
import type { Finding } from './report.js';

/** Longer is no snippet. */
const MAX_LINES = 30;
const MAX_LINE_LENGTH = 300;

/** The lines of what a fix is to write; none where it has no snippet. */
export function snippetLines({ snippet }: Pick<Finding, 'snippet'>): readonly string[] {
  if (snippet === undefined) return [];
  return snippet.text
    .split('\n')
    .slice(0, MAX_LINES)
    .map((line) => clip(line, MAX_LINE_LENGTH));
}

/** The same where a text has one line alone, to follow the fix. */
export function snippetInLine(finding: Pick<Finding, 'snippet'>): string {
  const lines = snippetLines(finding).map((line) => line.trim());
  return lines.length === 0 ? '' : ` ${lines.join(' / ')}`;
}
