import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Text } from '../../../src/files/write-text.js';
import { ConfigurationError } from '../../../src/model/errors.js';
import { FORMATS, type FormatSettings } from '../../../src/publish/formats.js';
import { NO_LINKS } from '../../../src/report/document/links.js';
import type { Report } from '../../../src/report/report.js';
import { renderTerminal } from '../../../src/report/terminal.js';
import { logTo, type Stream } from '../../../src/runtime/cli/console.js';
import { sayFailure } from '../../../src/runtime/cli/terminal-host.js';
import { makeSarifSettings } from '../publish/sample-settings.js';
import { holdsCommand, splitLines } from './runner-commands.js';
import {
  HOSTILE_TEXTS,
  makeApi,
  makeException,
  makeFinding,
  makeMethod,
  makeReport,
} from './sample-report.js';

/*
 * What the command line prints may be the log of a runner, which looks for commands in both streams, and
 * the files that it judges may be those of a fork.
 */

const PIECES = [...HOSTILE_TEXTS, '::error::x', '##[error]x', '#', ':', ' ', 'word', '/a/{b}'];
const hostile = fc
  .array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 12 })
  .map((pieces) => pieces.join(''));

function reportOf(text: string): Report {
  const findings = [
    makeFinding({ path: text, message: text, fix: text, location: { file: text, line: 1 } }),
    makeFinding({ rule: text, api: null, stage: null, method: null, path: null }),
    makeFinding({ message: `It says {"a":${JSON.stringify(text)}}.` }),
  ];
  return makeReport({
    verdict: 'fail',
    findings,
    apis: [makeApi({ name: text })],
    methods: [makeMethod({ path: text, notProbed: text, unsigned: null, verdict: 'fail' })],
    exceptions: [makeException({ reason: text, owner: text, methods: [text] })],
    notes: [text],
  });
}

function commandsIn(text: string): string[] {
  return splitLines(text).filter(holdsCommand);
}

const FORMS: readonly [string, { render(of: Report, settings: FormatSettings): Text }][] =
  Object.entries(FORMATS);

const SETTINGS = { ...makeSarifSettings(), links: NO_LINKS };

test('no form of a report that is printed has a line that a runner takes for a command', () => {
  fc.assert(
    fc.property(hostile, fc.integer({ min: 60, max: 140 }), (text, columns) => {
      const report = reportOf(text);
      for (const [format, { render }] of FORMS) {
        const printed = [...render(report, SETTINGS)].join('');
        expect({ format, commands: commandsIn(printed) }).toEqual({ format, commands: [] });
      }
      for (const isColoured of [true, false]) {
        const printed = renderTerminal(report, { links: NO_LINKS, columns, isColoured });
        expect(commandsIn(printed)).toEqual([]);
      }
    }),
    { numRuns: 200 },
  );
});

test('JSON that is printed says what it said', () => {
  fc.assert(
    fc.property(hostile, (text) => {
      const report = reportOf(text);
      const printed = [...FORMATS.json.render(report)].join('');
      expect(JSON.parse(printed)).toEqual(JSON.parse(JSON.stringify(report)));
    }),
    { numRuns: 200 },
  );
});

test('no line of progress, and none of a failure, is one', async () => {
  const printed: string[] = [];
  const stream = { write: (text: string) => printed.push(text) > 0 } satisfies Partial<Stream>;
  const logger = logTo(stream, true);
  for (const text of PIECES) {
    logger.info(text);
    logger.debug(text);
    await logger.group(text, async () => logger.info(text));
    sayFailure(new ConfigurationError([text, `policy-file: ${text}`]), stream);
    sayFailure(new Error(`first\n${text}`), stream);
  }
  expect(commandsIn(printed.join(''))).toEqual([]);
});
