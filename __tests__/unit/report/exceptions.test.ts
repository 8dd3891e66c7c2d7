import { describe, expect, test } from '@jest/globals';
import { renderAnnotations } from '../../../src/report/annotations.js';
import { renderMarkdown } from '../../../src/report/markdown.js';
import type { Report } from '../../../src/report/report.js';
import { summarizeInOneLine } from '../../../src/report/summary-line.js';
import { makeApi, makeException, makeFinding, makeMethod, makeReport } from './sample-report.js';

/** One method that is open and excepted, one finding that the baseline knows, one that is new. */
function makeReportWithLeave(parts: Partial<Report> = {}): Report {
  return makeReport({
    verdict: 'fail',
    apis: [makeApi()],
    methods: [makeMethod({ path: '/health', configured: 'NONE', excepted: true }), makeMethod()],
    findings: [makeFinding({ path: '/old', known: true }), makeFinding({ path: '/new' })],
    suppressed: [{ finding: makeFinding({ path: '/health' }), exception: 0 }],
    exceptions: [makeException({ methods: ['GET /health'] })],
    ...parts,
  });
}

const LIMIT = 1024 * 1024;

describe('exceptions', () => {
  test('are listed with their days left, what ends first on top', () => {
    const exceptions = [
      makeException({ methods: ['GET /a'], expires: null, daysLeft: null }),
      makeException({ methods: ['GET /b'], daysLeft: 40 }),
      makeException({ methods: ['GET /c'], daysLeft: 14 }),
      makeException({ methods: ['GET /d'], daysLeft: -3, state: 'expired' }),
      makeException({ methods: ['GET /e'], daysLeft: 90, state: 'unused' }),
      makeException({ methods: ['GET /f'], daysLeft: 0 }),
    ];
    const text = renderMarkdown(makeReportWithLeave({ exceptions }), LIMIT);
    const rows = text.split('\n').filter((line) => line.includes(' · owner '));
    expect(rows.map((row) => row.split(' · ').slice(-2).join(' '))).toEqual([
      '⚠️ **expired** covers 0 findings |',
      '⚠️ **last day** covers 0 findings |',
      '⚠️ **14 days left** covers 0 findings |',
      '40 days left covers 0 findings |',
      '90 days left covers nothing |',
      'permanent covers 1 finding |',
    ]);
  });

  test('show the methods that they cover as excepted, with no tick', () => {
    const text = renderMarkdown(makeReportWithLeave(), LIMIT);
    expect(text).toMatch(/\| 🕓 excepted \| GET `\/health` \|.*<br>excepted: /);
    expect(text).toContain('🕓 1 method that may be open by exception</summary>');
    expect(text).toContain('(not counted: 1 known, 1 excepted)');
  });

  test('are absent where there are none', () => {
    expect(renderMarkdown(makeReport(), LIMIT)).not.toMatch(/xception|known/);
  });

  test('warn once in the last fourteen days, at the line of the first to end', () => {
    const warningOf = (...daysLeft: number[]) =>
      renderAnnotations(
        makeReportWithLeave({
          findings: [],
          exceptions: daysLeft.map((days, index) =>
            makeException({ daysLeft: days, location: { file: 'p.yml', line: index + 1 } }),
          ),
        }),
      ).annotations;
    expect(warningOf(15)).toEqual([]);
    expect(warningOf(14)).toMatchObject([{ level: 'warning', title: '1 exception ending soon' }]);
    const [warning, ...others] = warningOf(9, 2, 3, 4, 5, 6, 7);
    expect(others).toEqual([]);
    expect(warning).toMatchObject({
      title: '7 exceptions ending soon',
      location: { file: 'p.yml', line: 2 },
    });
    expect(warning?.message).toMatch(
      /^GET \/pets \(2 days left, owner team-orders\); .*; and 2 more\.\nFix:/,
    );
  });
});

describe('known findings', () => {
  test('are notices after everything that counts, and are folded in the report', () => {
    const report = makeReportWithLeave();
    expect(renderAnnotations(report).annotations.map(({ level, title }) => [level, title])).toEqual(
      [
        ['error', 'deployed-not-iam: GET /new (orders/prod)'],
        ['notice', 'deployed-not-iam: GET /old (orders/prod)'],
      ],
    );
    const text = renderMarkdown(report, LIMIT);
    expect(text).toContain('❌ open `deployed-not-iam`, **`GET /new`**');
    expect(text).toContain('ℹ️ 1 other finding that the baseline knows</summary>');
    expect(text.indexOf('/new')).toBeLessThan(text.indexOf('/old'));
  });

  test('are no first thing to do', () => {
    const findings = [makeFinding({ path: '/old', known: true })];
    const line = summarizeInOneLine(makeReportWithLeave({ verdict: 'pass', findings }));
    expect(line).toBe(
      'Pass: none of 2 methods can be called without IAM, but for 1 by exception; no findings (and 1 known, 1 excepted) in 2 methods (audit, eu-west-1).',
    );
  });

  test('have nine notices at most, and the rest is counted', () => {
    const findings = Array.from({ length: 200 }, (_, index) =>
      makeFinding({ path: `/old-${index}`, known: true }),
    );
    const { annotations, verdictLine } = renderAnnotations(makeReport({ findings }));
    expect(annotations.map(({ level }) => level)).toEqual(Array(9).fill('notice'));
    expect(verdictLine).toMatch(/And 191 more in the summary\.$/);
  });
});

test('a finding says where it can be mended', () => {
  const location = { file: '.github/apigw-iam-gate.yml', line: 12 };
  const report = makeReport({ findings: [makeFinding({ location })] });
  expect(renderMarkdown(report, LIMIT)).toContain('(`.github/apigw-iam-gate.yml:12`)');
  expect(renderAnnotations(report).annotations[0]?.location).toEqual(location);
});
