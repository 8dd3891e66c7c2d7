import { createHash } from 'node:crypto';
import type { Content, Said } from '../document/content.js';
import type { Part } from '../document/part.js';
import { ROW_STATES, type RowState } from '../document/state.js';
import { escaped, htmlOf } from './inline.js';
import { type Numbers, saidOf, sectionsOf } from './parts.js';
import { SCRIPT } from './script.js';
import { STYLE } from './style.js';

/** A page for a browser: what is said, and by what a reader can filter it. */
export interface Page {
  readonly verdict: string;
  readonly headline: Content;
  readonly lead: readonly Said[];
  readonly parts: readonly Part[];
  /** What lines are about, by which they are filtered: its title, and its options in words. */
  readonly subjects: {
    readonly title: string;
    readonly ids: readonly string[];
    readonly nameOf: (id: string) => string;
  };
  /** The file that has the same for programs. */
  readonly dataFile: string;
}

/**
 * One file that needs nothing else. Its policy lets nothing run but its own script, and nothing be loaded or
 * sent at all. A page is long: it is made piece by piece, and whoever writes it need not hold it whole.
 */
export function* renderPage({
  verdict,
  headline,
  lead,
  parts,
  subjects,
  dataFile,
}: Page): Generator<string> {
  const { rules, states } = filtersOf(parts);
  const { title, ids, nameOf } = subjects;
  const idNumbers = new Map(ids.map((id, index) => [id, index]));
  const ruleNumbers = new Map(rules.map((rule, index) => [rule, index]));
  const numbers: Numbers = {
    ofApi: (id) => idNumbers.get(id) ?? -1,
    ofRule: (rule) => ruleNumbers.get(rule) ?? -1,
  };
  const filters = [
    ...(ids.length > 1 ? [selectOf(title, 'api', ids.map(nameOf))] : []),
    selectOf('Rule', 'rule', rules),
    selectOf(
      'Verdict',
      'verdict',
      ROW_STATES.filter((state) => states.has(state)),
      (state) => state,
    ),
  ];
  yield `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>API Gateway IAM gate: ${verdict}</title>
<style>${STYLE}</style>
</head>
<body>
<header>
<h1 class="${verdict}">${htmlOf(headline)}</h1>
${lead.map(saidOf).join('\n')}
<form hidden aria-label="Filter">${filters.join('')}<button type="reset">Show all</button><output aria-live="polite"></output></form>
</header>
<main>
`;
  yield* sectionsOf(parts, numbers);
  yield `</main>
<footer>Made by apigw-iam-gate. <code>${dataFile}</code> has the same for programs.</footer>
<script>${SCRIPT}</script>
</body>
</html>
`;
}

/** Content Security Policy Level 3: the hash of an inline element lets it, and nothing else, be used. */
const POLICY = [
  "default-src 'none'",
  `style-src ${hashOf(STYLE)}`,
  `script-src ${hashOf(SCRIPT)}`,
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

/** What lines can be filtered by. */
function filtersOf(parts: readonly Part[]) {
  const rules = new Set<string>();
  const states = new Set<RowState>();
  for (const { body } of parts) {
    for (const { about } of body.lines) {
      if (about === undefined) continue;
      for (const rule of about.rules) rules.add(rule);
      states.add(about.state);
    }
  }
  return { rules: [...rules], states };
}

function selectOf(
  title: string,
  name: string,
  options: readonly string[],
  toValue: (option: string, index: number) => string = (_, index) => String(index),
): string {
  const all = options.map(
    (option, index) =>
      `<option value="${escaped(toValue(option, index))}">${escaped(option)}</option>`,
  );
  return `<label>${title}<select name="${name}"><option value="">All</option>${all.join('')}</select></label>`;
}
