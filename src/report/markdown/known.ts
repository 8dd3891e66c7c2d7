import { inCode } from '../escape.js';
import type { ApiNames } from '../place.js';
import type { Report } from '../report.js';
import { count } from '../wording.js';
import { renderPlace } from './findings.js';
import type { Block } from './fit.js';
import { KNOWN_ICON } from './icons.js';
import { RANKS } from './ranks.js';

/** The findings that the baseline holds already, folded: they fail nothing, and are still open. */
export function renderKnown({ findings }: Report, apiNames: ApiNames): Block[] {
  const known = findings.filter((finding) => finding.known);
  if (known.length === 0) {
    return [];
  }
  return [
    {
      open: `<details><summary>${KNOWN_ICON} ${count(known.length, 'known finding')}, in the baseline</summary>\n`,
      rows: known.map((finding) => ({
        text: `- ${inCode(finding.rule)}: ${renderPlace(finding, apiNames)}`,
        rank: RANKS.inOrder,
      })),
      close: '\n\n</details>',
      noun: 'known finding',
    },
  ];
}
