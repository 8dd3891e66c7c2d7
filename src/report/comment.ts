import { utf8Bytes } from './clip.js';
import type { View } from './document/document.js';
import { renderMarkdown } from './markdown.js';
import type { Report } from './report.js';

/**
 * A comment, and an issue's body, takes 65,536 characters; counted in bytes of UTF-8, so that it
 * fits however GitHub counts, with some room for what GitHub itself may add.
 */
export const COMMENT_LIMIT_BYTES = 65_000;

/**
 * The report as one comment, with the worst ten lines of it: hidden lines first (whatever must be found
 * again), then the report cut to the room that is left, then a footer.
 *
 * @param hidden - HTML comments, one a line; of a fixed and small size.
 * @param footer - Markdown below the report.
 */
export function renderComment(
  report: Report,
  hidden: string,
  footer: string,
  view: Omit<View, 'isBrief'>,
): string {
  const room = COMMENT_LIMIT_BYTES - utf8Bytes(`${hidden}\n\n\n${footer}\n`);
  return `${hidden}\n${renderMarkdown(report, room, { ...view, isBrief: true })}\n${footer}\n`;
}
