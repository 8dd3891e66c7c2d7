import type { Finding } from '../report.js';
import { fixInLine } from '../snippet.js';
import { type Content, type Said, strong } from './content.js';
import { stateOfFinding } from './judged.js';
import { fileLink, type Links, ruleLink } from './links.js';
import type { Line } from './part.js';
import { RANKS } from './ranks.js';
import { sayFix, sayPlace, sayProse } from './saying.js';
import { iconOf } from './state.js';

/** Findings that no line of a table can hold, one an item, with what mends each. */
export function listLines(
  findings: readonly Finding[],
  { nameOf, links }: { readonly nameOf: (api: string) => string; readonly links: Links },
): Line[] {
  const fixes = findings.map(fixInLine);
  return findings.map((finding, index) => {
    const { rule, api, location, message } = finding;
    const fix = fixes[index] ?? '';
    const state = stateOfFinding(finding);
    const where: Content = location === null ? [] : [' (', ...fileLink(location, links), ')'];
    const head: Content = [
      ...iconOf(state),
      ` ${state} `,
      ...ruleLink(rule, links),
      ', ',
      ...sayPlace(finding, nameOf),
      ...where,
      ': ',
    ];
    const [said, ...more] = sayProse(message, head);
    // What mends several in a row is said below the last of them.
    const next = findings[index + 1];
    const isShared = fix !== '' && fixes[index + 1] === fix && next?.rule === rule;
    const before = findings[index - 1];
    const words = fixes[index - 1] === fix && before?.rule === rule ? 'Fix for these:' : 'Fix:';
    const mended: Said[] = fix === '' || isShared ? [] : sayFix(finding, [strong(words), ' ']);
    return {
      cells: [said?.kind === 'paragraph' ? said.content : head],
      below: [...more, ...mended],
      rank: RANKS.worst,
      about: { api, rules: [rule], state },
    };
  });
}
