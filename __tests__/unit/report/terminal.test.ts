import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { NO_LINKS } from '../../../src/report/document/links.js';
import { renderTerminal } from '../../../src/report/terminal.js';
import { columnsOf, hasColours } from '../../../src/runtime/cli/console.js';
import { makeMethod, makeMixedReport, makeReport } from './sample-report.js';

const PLAIN = { links: NO_LINKS, columns: 100, isColoured: false };

describe('a report in a terminal', () => {
  test('says the same with colours as without', () => {
    const report = makeMixedReport();
    const coloured = renderTerminal(report, { ...PLAIN, isColoured: true });
    expect(coloured).not.toBe(stripVTControlCharacters(coloured));
    expect(stripVTControlCharacters(coloured)).toBe(renderTerminal(report, PLAIN));
  });

  test('is within its width, whatever that is', () => {
    fc.assert(
      fc.property(fc.integer({ min: 60, max: 140 }), (columns) => {
        const text = renderTerminal(makeMixedReport(), { ...PLAIN, columns });
        const words = text.split('\n').filter((line) => line.length > columns);
        // Code to copy is not broken, and nothing without a blank can be.
        return words.every((line) => /^\s{4}/.test(line) || !line.trim().includes(' '));
      }),
      { numRuns: 20 },
    );
  });

  test('text of AWS can do nothing to the terminal', () => {
    const hostile = '\u001b[2J\u001b]0;title\u0007\u202e/x';
    const methods = [makeMethod({ path: hostile })];
    const text = renderTerminal({ ...makeReport(), methods }, PLAIN);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these must not be there.
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    expect(text).toContain('<U+001B>');
  });
});

describe('colours', () => {
  test.each([
    [true, {}, true],
    [false, {}, false],
    [true, { NO_COLOR: '1' }, false],
    [true, { NO_COLOR: '' }, true],
    [true, { TERM: 'dumb' }, false],
    [false, { FORCE_COLOR: '1' }, true],
    [true, { FORCE_COLOR: '0' }, false],
    [true, { FORCE_COLOR: '1', NO_COLOR: '1' }, false],
  ])('terminal: %s, %j: %s', (isTTY, environment, expected) => {
    expect(hasColours({ isTTY }, environment)).toBe(expected);
  });

  test.each([
    [true, 80, 80],
    [true, 0, 100],
    [true, 500, 140],
    [true, 20, 60],
    [false, 80, 100],
  ])('terminal: %s, %i columns: %i', (isTTY, columns, expected) => {
    expect(columnsOf({ isTTY, columns })).toBe(expected);
  });
});
