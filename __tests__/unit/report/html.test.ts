import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { NO_LINKS } from '../../../src/report/document/links.js';
import { renderHtml } from '../../../src/report/html.js';
import { renderMarkdown } from '../../../src/report/markdown.js';
import type { Report } from '../../../src/report/report.js';
import {
  fillEverywhere,
  HOSTILE_TEXTS,
  makeEnforcedReport,
  makeLargeReport,
  makeMixedReport,
} from './sample-report.js';

function render(report: Report): string {
  return [...renderHtml(report, { links: NO_LINKS })].join('');
}

/** The words of HTML or of Markdown, without what either makes of them. */
function wordsOf(text: string): string[] {
  return text
    .replace(/<(style|script|form|footer|title|thead)\b.*?<\/\1>/gs, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .split(/[^A-Za-z0-9_{}/+]+/)
    .filter((word) => word !== '');
}

describe('report.html', () => {
  test.each([
    ['an audit', makeMixedReport()],
    ['what enforce did', makeEnforcedReport()],
  ])('says of %s what report.md says', (_, report) => {
    const html = new Set(wordsOf(render(report)));
    const markdown = wordsOf(
      renderMarkdown(report, 1e6)
        .replace(/&nbsp;|\]\(#[^)]*\)/g, ' ')
        .replace(/<wbr>/g, '')
        .replace(/^\|.*\n\| ---.*$/gm, '')
        // A cell of Markdown says in lower case what a column of HTML is called.
        .replace(/^\|.*$/gm, (line) => line.replace(/(?<=· |\| )[a-z ]+(?= )/g, '')),
    );
    const skipped = new Set(['Layers', 'answers', 'and', 'absent', 'api', 'open', 'failing']);
    expect(markdown.filter((word) => !html.has(word) && !skipped.has(word))).toEqual([]);
  });

  test('lets its own style and script be used, and nothing else', () => {
    const html = render(makeMixedReport());
    const [, policy = ''] =
      /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html) ?? [];
    const hashOf = (element: string): string => {
      const [, text = ''] = new RegExp(`<${element}>(.*?)</${element}>`, 's').exec(html) ?? [];
      return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
    };
    expect(policy).toBe(
      `default-src 'none'; style-src ${hashOf('style')}; script-src ${hashOf('script')}; base-uri 'none'; form-action 'none'`,
    );
    expect(html.match(/<(?:script|style|link|img|iframe|object)\b/g)).toEqual([
      '<style',
      '<script',
    ]);
    expect(html).not.toMatch(/\s(?:on\w+|style|src)=/);
  });

  test('has the layers as columns, and words beside every picture', () => {
    const html = render(makeMixedReport());
    const titles = [...html.matchAll(/<th [^>]*>([^<]*)<\/th>/g)].map(([, title]) => title);
    expect(titles).toEqual(expect.arrayContaining(['Configured', 'Deployed', 'Canary', 'Answers']));
    expect(html).toContain('<span aria-hidden="true">❌</span> open</span>');
    for (const [, text = ''] of html.matchAll(/<td [^>]*>(.*?)<\/td>/g)) {
      const said = text.replace(/<span aria-hidden="true">.*?<\/span>/g, '');
      expect(said.replace(/<[^>]*>/g, '').trim()).not.toBe(text === '' ? '-' : '');
    }
  });

  test('adds no element and no attribute, whatever names hold', () => {
    const elementsOf = (text: string): string[] =>
      [...render(fillEverywhere(text)).matchAll(/<[^>]*>/g)]
        .map(([element]) => element.replace(/api-[0-9a-f]{6}/, 'api'))
        .filter((element) => !/^<\/?code>$/.test(element));
    const plain = elementsOf('x');
    const hostile = fc.oneof(
      fc.constantFrom(...HOSTILE_TEXTS, '" onload=x ', "' x='"),
      fc.string({ unit: 'binary' }),
    );
    fc.assert(
      fc.property(hostile, fc.string({ unit: 'binary' }), (text, more) => {
        expect(elementsOf(`x${text}${more}`)).toEqual(plain);
      }),
      { numRuns: 150 },
    );
  });

  test('shows nothing that a reader cannot see', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(render(fillEverywhere(text))).not.toMatch(
          /(?!\n)\p{Cc}|[\u202a-\u202e\u2066-\u2069]|\p{Cs}/u,
        );
      }),
      { numRuns: 50 },
    );
  });

  test('holds every one of 10,000 methods', () => {
    const html = render(makeLargeReport({ methods: 10_000, findings: 3000, stages: 4 }));
    expect(html.match(/<tr role="row" data-api/g)).toHaveLength(10_000);
  });
});
