import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { lexer, type Token } from 'marked';
import { sayProse } from '../../../src/report/document/saying.js';
import { paragraphsOf } from '../../../src/report/markdown/parts.js';
import { renderMarkdown } from '../../../src/report/markdown.js';
import { HOSTILE_TEXTS, makeFinding, makeReport } from './sample-report.js';

const STATEMENT = {
  Effect: 'Allow',
  Action: 'apigateway:GET',
  Resource: 'arn:aws:apigateway:eu-west-1::/restapis/a1b2c3d4e5/*',
};
const FIX = `Allow it with this statement: ${JSON.stringify(STATEMENT)}`;

/** Prose as a report shows it. */
function renderProse(text: string): string {
  return paragraphsOf(sayProse(text));
}

/** The blocks of code of a Markdown text, wherever they stand. */
function blocksOf(markdown: string): string[] {
  const within = (token: Token): string[] => {
    if (token.type === 'code') return [String('text' in token ? token.text : '')];
    const inner: readonly Token[] = [
      ...('tokens' in token && token.tokens !== undefined ? token.tokens : []),
      ...('items' in token && Array.isArray(token.items) ? token.items : []),
    ];
    return inner.flatMap(within);
  };
  return lexer(markdown).flatMap(within);
}

describe('JSON to copy', () => {
  test('stands in a block of code below the words', () => {
    expect(renderProse(FIX)).toBe(
      `Allow it with this statement:\n\n\`\`\`json\n${JSON.stringify(STATEMENT, null, 2)}\n\`\`\``,
    );
  });

  test('is read back, in a paragraph and in an item of a list', () => {
    const [block = ''] = blocksOf(renderProse(`${FIX}. Then again.`));
    expect(JSON.parse(block)).toEqual(STATEMENT);
    const listed = makeFinding({ method: null, path: null, fix: `${FIX}. Then again.` });
    const [inItem = ''] = blocksOf(renderMarkdown(makeReport({ findings: [listed] }), 1e6));
    expect(JSON.parse(inItem)).toEqual(STATEMENT);
  });

  test('is in a block for every finding with a fix of its own, and once for a fix that is shared', () => {
    const shared = makeReport({
      findings: [makeFinding({ path: '/a', fix: FIX }), makeFinding({ path: '/b', fix: FIX })],
    });
    expect(blocksOf(renderMarkdown(shared, 1e6))).toHaveLength(1);
    const each = makeReport({
      findings: Array.from({ length: 6 }, (_, index) =>
        makeFinding({
          path: `/${index}`,
          fix: `Allow: {"Effect":"Allow","Resource":"${index}"}`,
          location: { file: 'policy.yml', line: index },
        }),
      ),
    });
    const blocks = blocksOf(renderMarkdown(each, 1e6));
    expect(blocks.map((block) => JSON.parse(block).Resource)).toEqual([
      '0',
      '1',
      '2',
      '3',
      '4',
      '5',
    ]);
  });

  test('several stand in blocks of their own, the words between them', () => {
    const text = `First: {"a":1} then: {"b":{"c":"}"}}.`;
    expect(blocksOf(`${renderProse(text)}\n`).map((block) => JSON.parse(block))).toEqual([
      { a: 1 },
      { b: { c: '}' } },
    ]);
    expect(renderProse(text)).toContain('\n\nthen:\n\n');
  });

  test('what only looks like it stays prose', () => {
    for (const text of ['{"a":', 'a {"b"} c', `{"${'x'.repeat(9000)}":1}`, '{proxy+}']) {
      expect(blocksOf(`${renderProse(text)}\n`)).toEqual([]);
    }
  });

  test('nothing in it can end the block, or be live', () => {
    const text = fc.oneof(fc.constantFrom(...HOSTILE_TEXTS), fc.string({ unit: 'binary' }));
    fc.assert(
      fc.property(text, text, (key, value) => {
        const document = { [key]: value, end: 1 };
        const markdown = renderProse(`Do: ${JSON.stringify(document)}`);
        const blocks = blocksOf(markdown);
        expect(blocks).toHaveLength(1);
        expect(JSON.parse(blocks[0] ?? '')).toEqual(JSON.parse(JSON.stringify(document)));
        expect(markdown).not.toMatch(/[<@\p{C}](?<!\n)/u);
      }),
      { numRuns: 300 },
    );
  });

  test('after a row of beginnings that are none it is no more looked for', () => {
    const text = (beginnings: number) => `${'{"'.repeat(beginnings)} {"a":1}`;
    expect(blocksOf(`${renderProse(text(5))}\n`)).toHaveLength(1);
    expect(blocksOf(`${renderProse(text(50_000))}\n`)).toEqual([]);
  });
});
