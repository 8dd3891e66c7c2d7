import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { marked, type Token } from 'marked';
import { inCode, inHtml, inLog, inMarkdown, visible } from '../../../src/report/escape.js';
import { holdsCommand, splitLines } from './runner-commands.js';
import { HOSTILE_TEXTS } from './sample-report.js';

fc.configureGlobal({ numRuns: 1_000 });

/** Pieces that mean something to the runner, to Markdown, to HTML or to GitHub. */
const PIECES = [
  ...HOSTILE_TEXTS,
  ...['::', ':', '##[', '##', '#', '[', ']', 'error', '%0A', '\n', '\r', '\u2028', '\u0085', '\t'],
  ...[' ', '\u00a0', '\u3000', '\u200b', '\u202e', '\u0301', '\u0489', '\ufe0f', '|', '\\', '`'],
  ...['``', '```', '*', '_', '~', '<', '>', '&', '"', "'", '!', '(', ')', '{id}', '/pets', '@'],
  ...['https://x.y', 'www.x.y', 'a@b.co', '#1', 'GH-1', ':tada:', '$', '=', '-', '+', '1.', 'a'],
];

const hostileText = fc
  .array(
    fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...PIECES) }, fc.string({ unit: 'binary' })),
  )
  .map((pieces) => pieces.join(''));

describe('the runner that the tests imagine', () => {
  test.each(['::error::x', '  ::error::x', '\u00a0::error::x', 'a ##[error]x', '#\u200b#[error]x'])(
    'finds the command in %j',
    (line) => {
      expect(holdsCommand(line)).toBe(true);
    },
  );

  test('finds none in ordinary text', () => {
    expect(holdsCommand('error: GET /pets ## [x] a::b::c')).toBe(false);
  });
});

describe('text in the log', () => {
  test('never holds a command, at the start of a line or after a prefix', () => {
    fc.assert(
      fc.property(hostileText, hostileText, (text, other) => {
        for (const line of [inLog(text), `  ${inLog(text)}`, `Path ${inLog(text)}`]) {
          expect(splitLines(line).some(holdsCommand)).toBe(false);
        }
        expect(splitLines(inLog(text) + inLog(other)).some(holdsCommand)).toBe(false);
      }),
    );
  });

  test('is one line of characters that can be seen, and stays so when escaped again', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const shown = inLog(text);
        expect(shown).not.toMatch(/[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u);
        expect(inLog(shown)).toBe(shown);
      }),
    );
  });

  test.each([
    ['GET /pets/{id}', 'GET /pets/{id}'],
    ['/a%0A::error::b', '/a%0A::error::b'],
    ['::error::x', '\\x3a:error::x'],
    ['a\r\n::error::x', 'a\\r\\n::error::x'],
    ['see ##[error]x', 'see \\x23#[error]x'],
    ['\u202egnp.exe', '<U+202E>gnp.exe'],
    ['a\u2028b\u200bc', 'a<U+2028>b<U+200B>c'],
    ['caf\u00e9 e\u0301 日本', 'caf\u00e9 e\u0301 日本'],
    ['\ud800', '<U+D800>'],
  ])('shows %j as %j', (text, shown) => {
    expect(inLog(text)).toBe(shown);
  });
});

describe('text in Markdown', () => {
  test('never breaks a table, whichever cell it is in', () => {
    fc.assert(
      fc.property(hostileText, hostileText, (prose, code) => {
        const table = `| a | b | c |\n| --- | --- | --- |\n| ${inMarkdown(prose)} | ${inCode(code)} | end |\n`;
        const [first, ...rest] = marked.lexer(table);
        expect(rest).toEqual([]);
        expect(first).toMatchObject({ type: 'table', rows: [[{}, {}, { text: 'end' }]] });
        expect(listMarkup(table)).toEqual([]);
      }),
    );
  });

  test('adds no element, link or image and no block, at the start of a line too', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        for (const line of [inMarkdown(text), inCode(text), `- **${inCode(text)}** x`]) {
          expect(listMarkup(line)).toEqual([]);
        }
        expect(marked.lexer(inMarkdown(text)).every(({ type }) => type === 'paragraph')).toBe(true);
        expect(marked.lexer(`x\n${inMarkdown(text)}`).length).toBe(1);
      }),
    );
  });

  test('leaves nothing for GitHub to make live outside code', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const outside = textOf(render(inMarkdown(text)).replace(/<code>.*?<\/code>/gs, ' '));
        expect(outside).not.toMatch(/[@#$]|:\/\/|www\.|:[\w+-]+:|GH-\d/i);
      }),
    );
  });

  test('cuts an address in two where only an element keeps it from being linked', () => {
    expect(inCode('mail@example.com')).toBe('<code>mail<wbr>&#64;example.com</code>');
  });

  test('reads as the text was, with what cannot be seen made visible', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const seen = visible(text);
        expect(textOf(inHtml(text))).toBe(seen);
        expect(textOf(render(`x${inCode(text)}x`))).toBe(`x${seen}x`);
        expect(textOf(render(inMarkdown(text)))).toBe(seen.replace(/ +/g, ' ').trim());
      }),
    );
  });

  test.each([
    ['/pets/{id}', '`/pets/{id}`'],
    ['/a%0Ab', '`/a%0Ab`'],
    ['/a|b', '<code>/a&#124;b</code>'],
    ['/<script>', '<code>/&#60;script&#62;</code>'],
    ['/a`b', '<code>/a&#96;b</code>'],
  ])('shows the path %j as %j', (text, shown) => {
    expect(inCode(text)).toBe(shown);
  });

  test('shows what GitHub would make live, and names of things, as code', () => {
    expect(inMarkdown('Ask @octocat about AWS_IAM (see https://x.y/z).')).toBe(
      'Ask <code><wbr>&#64;octocat</code> about `AWS_IAM` (see `https://x.y/z`).',
    );
  });
});

function render(markdown: string): string {
  return marked.parseInline(markdown, { async: false });
}

/** The text that a browser would show for inline HTML made of our entities and elements. */
function textOf(html: string): string {
  return html
    .replace(/<\/?(?:code|wbr)>/g, '')
    .replace(/&#(\d+);|&(?:lt|gt|quot|amp);/g, (entity, number: string | undefined) =>
      number === undefined ? (NAMED.get(entity) ?? entity) : String.fromCharCode(Number(number)),
    );
}

const NAMED = new Map([
  ['&lt;', '<'],
  ['&gt;', '>'],
  ['&quot;', '"'],
  ['&amp;', '&'],
]);

const HARMLESS = new Set([
  ...['table', 'paragraph', 'text', 'codespan', 'strong', 'list', 'list_item', 'space', 'escape'],
]);

/** The tokens of a Markdown text that are more than text, code and the tables of the test. */
function listMarkup(markdown: string): string[] {
  const found: string[] = [];
  void marked.walkTokens(marked.lexer(markdown), (token: Token) => {
    const isOurs = token.type === 'html' && /^<(?:\/?code|wbr)>$/.test(token.raw);
    if (!isOurs && !HARMLESS.has(token.type)) {
      found.push(`${token.type}: ${token.raw}`);
    }
  });
  return found;
}
