import { readFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { makeReportSchema } from '../../../scripts/report-schema.js';
import { visible } from '../../../src/report/escape.js';
import { renderJson } from '../../../src/report/json.js';
import type { Report } from '../../../src/report/report.js';
import {
  HOSTILE_TEXTS,
  makeApi,
  makeEnforcedReport,
  makeLargeReport,
  makeMixedReport,
  makeReport,
} from './sample-report.js';

const SCHEMA_FILE = new URL('../../../src/report/report.schema.json', import.meta.url);

describe('report.json', () => {
  test('is the report, in JSON, with a final line break', () => {
    const report = makeMixedReport();
    const text = textOf(report);
    expect(JSON.parse(text)).toEqual(report);
    expect(text).toMatch(/^\{\n {2}"schema": "apigw-iam-gate\/report\/v1",\n[\s\S]*\}\n$/);
  });

  test.each([
    ['empty', makeReport()],
    ['of enforce', makeEnforcedReport()],
    [
      'with what was left out',
      { ...makeMixedReport(), selectors: undefined, notes: ['a\nb', '"'] },
    ],
    ['large', makeLargeReport({ methods: 50, findings: 20, stages: 3 })],
  ])('is in pieces what it is as a whole: a report that is %s', (_, report) => {
    expect(textOf(report)).toBe(`${JSON.stringify(report, null, 2)}\n`);
    expect([...renderJson(report)].length).toBeGreaterThan(report.methods.length);
  });

  test('shows nothing that cannot be seen, and is the same value', () => {
    const unseen = [...Array(0x300).keys()].map((it) => String.fromCodePoint(it));
    const hostile = fc.oneof(
      fc.constantFrom(...HOSTILE_TEXTS, ...unseen, '\u202e', '\u2028', '\ud800', '\u{e0041}'),
      fc.string({ unit: 'binary' }),
    );
    fc.assert(
      fc.property(hostile, hostile, (a, b) => {
        const report = makeReport({ notes: [a, b + a], apis: [makeApi({ name: b })] });
        const text = textOf(report);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(report)));
        // What is visible is as it is, but for the line breaks between the strings.
        expect(visible(text.replaceAll('\n', ''))).toBe(text.replaceAll('\n', ''));
      }),
    );
  });

  test('has a committed schema that says what the types say', async () => {
    expect(await readFile(SCHEMA_FILE, 'utf8')).toBe(makeReportSchema());
  });

  test.each([
    ['empty', makeReport()],
    ['of an audit', makeMixedReport()],
    ['of enforce', makeEnforcedReport()],
    ['large', makeLargeReport({ methods: 500, findings: 200, stages: 3 })],
  ])('is valid: a report that is %s', async (_, report) => {
    const validate = await compileSchema();
    validate(JSON.parse(textOf(report)));
    expect(validate.errors).toBeNull();
  });

  test('may hold properties that a later version adds', async () => {
    const validate = await compileSchema();
    expect(validate({ ...makeReport(), later: true })).toBe(true);
  });

  test.each([
    ['another verdict', { verdict: 'maybe' }],
    ['no schema', { schema: undefined }],
    ['a method without a path', { methods: [{ method: 'GET' }] }],
  ])('is not valid with %s', async (_, parts) => {
    const validate = await compileSchema();
    expect(validate(JSON.parse(JSON.stringify({ ...makeReport(), ...parts })))).toBe(false);
  });
});

function textOf(report: Report): string {
  return [...renderJson(report)].join('');
}

async function compileSchema() {
  const schema: object = JSON.parse(await readFile(SCHEMA_FILE, 'utf8'));
  return new Ajv({ strict: true, allErrors: true }).compile(schema);
}
