import { utf8Bytes } from './clip.js';

/**
 * A comment, and an issue's body, takes 65,536 characters; counted in bytes of UTF-8, so that it
 * fits however GitHub counts, with some room for what GitHub itself may add.
 */
const COMMENT_LIMIT_BYTES = 65_000;

/**
 * A report as one comment: hidden lines first (whatever must be found again), then the report cut to the
 * room that is left, then a footer.
 *
 * @param render - Makes the report's Markdown, of at most so many bytes.
 * @param hidden - HTML comments, one a line; of a fixed and small size.
 * @param footer - Markdown below the report.
 */
export function renderComment(
  render: (limitBytes: number) => string,
  hidden: string,
  footer: string,
): string {
  const room = COMMENT_LIMIT_BYTES - utf8Bytes(`${hidden}\n\n\n${footer}\n`);
  return `${hidden}\n${render(room)}\n${footer}\n`;
}
