import { createHash } from 'node:crypto';
import { documentOf, type View } from './document/document.js';
import { judgedOf, namesIn } from './document/judged.js';
import type { Part } from './document/part.js';
import { ROW_STATES } from './document/state.js';
import { escaped, htmlOf } from './html/inline.js';
import { type Numbers, saidOf, sectionsOf } from './html/parts.js';
import { SCRIPT } from './html/script.js';
import { STYLE } from './html/style.js';
import type { Report } from './report.js';

/**
 * `report.html`: the report as one file that needs nothing else, for a browser. It says what `report.md`
 * says, whole, and shows what a reader asks for by API, rule and verdict. Its policy lets nothing run but
 * its own script, and nothing be loaded or sent at all.
 */
export function renderHtml(report: Report, view: View): string {
  const { headline, lead, parts } = documentOf(report, view);
  const rules = [...new Set(linesOf(parts).flatMap((about) => about.rules))];
  const apis = judgedOf(report).apis;
  const apiNumbers = new Map(apis.map(({ id }, index) => [id, index]));
  const ruleNumbers = new Map(rules.map((rule, index) => [rule, index]));
  const numbers: Numbers = {
    ofApi: (api) => apiNumbers.get(api) ?? -1,
    ofRule: (rule) => ruleNumbers.get(rule) ?? -1,
  };
  const states = new Set(linesOf(parts).map(({ state }) => state));
  const nameOf = namesIn(report);
  const filters = [
    ...(apis.length > 1
      ? [
          selectOf(
            'API',
            'api',
            apis.map(({ id }) => nameOf(id)),
          ),
        ]
      : []),
    selectOf('Rule', 'rule', rules),
    selectOf(
      'Verdict',
      'verdict',
      ROW_STATES.filter((state) => states.has(state)),
      (state) => state,
    ),
  ];
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>API Gateway IAM gate: ${report.verdict}</title>
<style>${STYLE}</style>
</head>
<body>
<header>
<h1 class="${report.verdict}">${htmlOf(headline)}</h1>
${lead.map(saidOf).join('\n')}
<form hidden aria-label="Filter">${filters.join('')}<button type="reset">Show all</button><output aria-live="polite"></output></form>
</header>
<main>
${sectionsOf(parts, numbers)}
</main>
<footer>Made by apigw-iam-gate. <code>report.json</code> has the same for programs.</footer>
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

function linesOf(parts: readonly Part[]) {
  return parts.flatMap(({ body }) => body.lines.flatMap(({ about }) => about ?? []));
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
