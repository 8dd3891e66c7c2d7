import { utf8Bytes } from './clip.js';
import { renderMarkdown } from './markdown.js';
import type { Report } from './report.js';

/**
 * A comment, and an issue's body, takes 65,536 characters; counted in bytes of UTF-8, so that it
 * fits however GitHub counts, with some room for what GitHub itself may add.
 */
export const COMMENT_LIMIT_BYTES = 65_000;

/**
 * The report as one comment: hidden lines first (whatever must be found again), then the report cut
 * to the room that is left, then a footer.
 *
 * @param hidden - HTML comments, one a line; of a fixed and small size.
 * @param footer - Markdown below the report.
 */
export function renderComment(
  report: Report,
  hidden: string,
  footer: string,
  limitBytes: number = COMMENT_LIMIT_BYTES,
): string {
  const room = limitBytes - utf8Bytes(`${hidden}\n\n\n${footer}\n`);
  return `${hidden}\n${renderMarkdown(report, room)}\n${footer}\n`;
}
