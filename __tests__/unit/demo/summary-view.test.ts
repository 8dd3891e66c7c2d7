import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { showSummary } from '../../../demo/summary-view.js';
import type { Terminal } from '../../../demo/terminal.js';
import { inCode, inHtml, inMarkdown, visible } from '../../../src/report/escape.js';
import { markdownOf } from '../../../src/report/markdown/inline.js';
import { HOSTILE_TEXTS } from '../report/sample-report.js';

/** What is shown of a Markdown text in a terminal without colours. */
function shown(markdown: string, sections: readonly string[] = []): string {
  const lines: string[] = [];
  const plain = (text: string): string => text;
  const terminal: Terminal = {
    columns: 10_000,
    bold: plain,
    dim: plain,
    red: plain,
    green: plain,
    yellow: plain,
    print: (line = '') => lines.push(line),
  };
  showSummary(markdown, sections, terminal);
  return lines.map((line) => line.trim().replace(/ +/g, ' ')).join('\n');
}

test('an ARN is shown as it is, in prose, in code and in a foldable title', () => {
  const arn = 'arn:aws:sts::********9012:assumed-role/*** (a & b)';
  for (const text of [inMarkdown(arn), inCode(arn), `<sub>${inHtml(arn)}</sub>`]) {
    expect(shown(`Said: ${text}\n`)).toBe(`Said: ${arn}`);
  }
  expect(
    shown(`x\n\n<details><summary>${inHtml(arn)}</summary>\n\ninside\n\n</details>\n`, [arn]),
  ).toContain(arn);
});

test('what a report says of any text is read back without an entity', () => {
  const text = fc.oneof(fc.constantFrom(...HOSTILE_TEXTS), fc.string({ unit: 'binary' }));
  fc.assert(
    fc.property(text, (given) => {
      const words = visible(given)
        .split(' ')
        .filter((word) => word !== '');
      expect(shown(`a ${inMarkdown(given)} z\n`)).toBe(['a', ...words, 'z'].join(' '));
    }),
    { numRuns: 500 },
  );
});

test('words of a table that a narrow screen may break are whole', () => {
  const words = ['unauthorized', 'unreachable', 'no-credentials', 'CUSTOM_AND_LONG_NAME'];
  const row = words.map((word) => markdownOf([word], true)).join(' | ');
  expect(row).toContain('&shy;');
  const table = `| ${words.map(() => 'A').join(' | ')} |\n| ${words.map(() => '-').join(' | ')} |\n| ${row} |\n`;
  for (const word of words) expect(shown(`# H\n\n## S\n\n${table}`, ['S'])).toContain(word);
});

test('a part whose heading has words of the headline is shown, and nothing twice', () => {
  const summary = '## 2 of 4 APIs are open\n\nin all\n\n### APIs\n\none\n\n### invoices\n\ntwo\n';
  expect(shown(summary, ['APIs'])).toBe('\n2 of 4 APIs are open\nin all\n\nAPIs\none');
});

test('footnotes stand on lines of their own', () => {
  expect(shown('x\n\n<sub>No request sent. ¹ one<br>For a proof: ᵃ two</sub>\n', [])).toBe('x');
  expect(shown('<sub>No request sent. ¹ one<br>For a proof: ᵃ two</sub>\n')).toBe(
    'No request sent. ¹ one\nFor a proof: ᵃ two',
  );
});

test('a block of code keeps its lines', () => {
  const markdown = '# H\n\n## S\n\nFix:\n\n```json\n{\n  "a": "&#58;"\n}\n```\n';
  expect(shown(markdown, ['S'])).toContain('{\n"a": "&#58;"\n}');
});
