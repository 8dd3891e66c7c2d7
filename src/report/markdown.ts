import { documentOf, type View } from './document/document.js';
import { NO_LINKS } from './document/links.js';
import { fitBlocks } from './markdown/fit.js';
import { blockOf, headingOf, paragraphsOf } from './markdown/parts.js';
import type { Report } from './report.js';

/**
 * `report.md`: the answer, what is wrong and what mends it, what changed, and folded all that is in order,
 * as GitHub-flavored Markdown of at most `limitBytes` of UTF-8 (1 MiB for a step's summary, which GitHub
 * drops whole when it is larger). Where it must be shortened, lines of detail are left out, what is in
 * order first, and the report says how many; the headline and the totals always stay.
 */
export function renderMarkdown(
  report: Report,
  limitBytes: number,
  view: View = { links: NO_LINKS },
): string {
  const { headline, lead, parts } = documentOf(report, view);
  const top = `${headingOf(headline)}\n\n${paragraphsOf(lead)}`;
  return fitBlocks(top, parts.map(blockOf), limitBytes);
}
