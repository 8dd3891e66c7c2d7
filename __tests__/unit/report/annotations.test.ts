import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { renderAnnotations } from '../../../src/report/annotations.js';
import { utf8Bytes } from '../../../src/report/clip.js';
import { summarizeInOneLine } from '../../../src/report/summary-line.js';
import {
  HOSTILE_TEXTS,
  makeApi,
  makeFinding,
  makeLargeReport,
  makeMethod,
  makeMixedReport,
  makeReport,
} from './sample-report.js';

describe('annotations', () => {
  test('say what is wrong, where, and what to do', () => {
    const report = makeReport({
      verdict: 'fail',
      apis: [makeApi()],
      methods: [makeMethod({ verdict: 'fail' })],
      findings: [makeFinding({ path: '/pets/{id}', message: 'It is open.', fix: 'Close it.' })],
    });
    expect(renderAnnotations(report)).toEqual({
      annotations: [
        {
          level: 'error',
          title: 'deployed-not-iam: GET /pets/{id} (orders/prod)',
          message: 'It is open.\nFix: Close it.',
          location: null,
        },
      ],
      verdictLine:
        'Fail: the only method cannot be called without IAM; 1 other error; 1 error in 1 method (audit, eu-west-1). First: deployed-not-iam: GET /pets/{id} (orders/prod).',
    });
  });

  test('are worst first, in the same order whatever order the findings came in', () => {
    const report = makeMixedReport();
    const { annotations } = renderAnnotations(report);
    expect(annotations.map(({ title }) => title.split(':')[0])).toEqual([
      'unsigned-accepted',
      'deployed-not-iam',
      'deployed-not-iam',
      'canary-not-iam',
      'configured-not-iam',
      'configured-not-iam',
      'unreadable',
      'undeployed-change',
    ]);
    const reversed = makeReport({ ...report, findings: [...report.findings].reverse() });
    expect(renderAnnotations(reversed).annotations).toEqual(annotations);
  });

  test('are nine at most, and the verdict says how many more the summary holds', () => {
    const { annotations, verdictLine } = renderAnnotations(
      makeLargeReport({ methods: 10_000, findings: 3_000, stages: 2 }),
    );
    expect(annotations.map(({ level }) => level)).toEqual(Array(9).fill('error'));
    expect(verdictLine).toContain('2,700 errors and 300 warnings in 10,000 methods');
    expect(verdictLine).toMatch(/And 2,991 more in the summary\.$/);
  });

  test('stay within the lengths that the runner and the API take, and on one line a part', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 100 }),
      fc.constantFrom(...HOSTILE_TEXTS).map((piece) => piece.repeat(800)),
    );
    fc.assert(
      fc.property(text, text, text, (path, message, fix) => {
        const report = makeReport({ findings: [makeFinding({ path, message, fix })] });
        const { annotations, verdictLine } = renderAnnotations(report);
        for (const annotation of annotations) {
          expect(utf8Bytes(annotation.message)).toBeLessThanOrEqual(4096);
          expect(annotation.title.length).toBeLessThanOrEqual(255);
          expect(annotation.message.split('\n').length).toBeLessThanOrEqual(2);
          expect(annotation.title + annotation.message.replace('\n', '')).not.toMatch(/\p{C}/u);
        }
        expect(verdictLine).not.toMatch(/\p{C}|##\[/u);
      }),
    );
  });

  test('keep the fix where the message is endless', () => {
    const report = makeReport({
      findings: [makeFinding({ message: 'ä'.repeat(5000), fix: 'Close it.' })],
    });
    expect(renderAnnotations(report).annotations[0]?.message).toMatch(/ä…\nFix: Close it\.$/);
  });

  test('name an API by its id too where another has the same name, and the region where none is', () => {
    const report = makeReport({
      apis: [makeApi(), makeApi({ id: 'f6g7h8i9j0' })],
      findings: [
        makeFinding({ stage: null }),
        makeFinding({ rule: 'unreadable', api: null, stage: null, method: null, path: null }),
      ],
    });
    expect(renderAnnotations(report).annotations.map(({ title }) => title)).toEqual([
      'deployed-not-iam: GET /pets (orders (a1b2c3d4e5))',
      'unreadable',
    ]);
  });
});

describe('the verdict in one line', () => {
  test('of a pass names no finding', () => {
    expect(summarizeInOneLine(makeReport({ methods: [makeMethod()] }))).toBe(
      'Pass: the only method cannot be called without IAM; no findings in 1 method (audit, eu-west-1).',
    );
  });

  test('of an incomplete run says that it is no pass', () => {
    expect(summarizeInOneLine(makeReport({ verdict: 'incomplete' }))).toContain(
      'this is not a pass',
    );
  });

  test.each([
    ['plan', '2 methods to be changed'],
    ['enforce', '2 methods changed'],
  ] as const)('of mode %s counts the changes', (mode, words) => {
    const counts = { methods: 3, errors: 0, warnings: 0, known: 0, suppressed: 0, changed: 2 };
    expect(summarizeInOneLine(makeReport({ mode, counts }))).toContain(words);
  });
});
