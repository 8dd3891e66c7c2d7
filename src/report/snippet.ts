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

/** A fix with what it is to write, for a text that has one line alone; `''` where there is no fix. */
export function fixInLine(finding: Pick<Finding, 'fix' | 'snippet'>): string {
  const { fix } = finding;
  const lines = snippetLines(finding).map((line) => line.trim());
  return fix === '' || lines.length === 0 ? fix : `${fix} ${lines.join(' / ')}`;
}
