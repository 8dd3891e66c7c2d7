import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { visible } from '../../../src/report/escape.js';
import { renderJunit } from '../../../src/report/junit.js';
import { checkJunit, parseJunit } from '../../scenarios/report-files.js';
import {
  HOSTILE_TEXTS,
  makeApi,
  makeFinding,
  makeLargeReport,
  makeMethod,
  makeMixedReport,
  makeReport,
} from './sample-report.js';

describe('JUnit', () => {
  test("the check is a check: Jenkins' schema refuses what it does not know", () => {
    const good = renderJunit(makeMixedReport());
    expect(() => checkJunit(good)).not.toThrow();
    expect(() => checkJunit(good.replace('<testsuites ', '<testsuites skipped="0" '))).toThrow(
      'skipped',
    );
    expect(() => checkJunit(good.replace('<testcase ', '<testcase file="x" '))).toThrow('file');
    expect(() => checkJunit(good.replace('</testsuites>', ''))).toThrow();
  });

  test.each([
    [true, '1'],
    [false, '0'],
  ])(
    'a stage that nothing proves is an error where it leaves the report incomplete: %s',
    (incomplete, errors) => {
      const unproven = makeFinding({
        rule: 'probe-inconclusive',
        severity: 'warning',
        method: null,
        path: null,
      });
      const verdict = incomplete ? 'incomplete' : 'pass';
      const junit = parseJunit(
        renderJunit(makeReport({ verdict, incomplete, methods: [], findings: [unproven] })),
      );
      expect([junit.errors, junit.failures]).toEqual([errors, '0']);
    },
  );

  test('is never green where the verdict is incomplete, whatever the findings say', () => {
    const report = makeReport({
      verdict: 'incomplete',
      incomplete: true,
      methods: [],
      findings: [],
    });
    expect(parseJunit(renderJunit(report)).errors).toBe('1');
  });

  test('has a suite a stage, a case a method, and totals that agree', () => {
    const junit = parseJunit(renderJunit(makeMixedReport()));
    expect(
      junit.testsuite.map(({ name, tests, failures, errors }) => [name, tests, failures, errors]),
    ).toEqual([
      ['orders/prod', '8', '4', '1'],
      ['drafts', '1', '1', '0'],
      ['billing/prod', '2', '0', '0'],
    ]);
    expect(junit).toMatchObject({ tests: '11', failures: '5', errors: '1' });
    expect(junit.testsuite.map(({ skipped }) => skipped)).toEqual(['0', '0', '0']);
  });

  test('a failing method says everything about it, the finding of every stage too', () => {
    const text = renderJunit(
      makeReport({
        methods: [makeMethod({ verdict: 'fail' })],
        findings: [
          makeFinding({ rule: 'configured-not-iam', stage: null, message: 'Later.' }),
          makeFinding({ message: 'Now.', fix: 'Close it.' }),
          makeFinding({ stage: 'other', message: 'Elsewhere.' }),
        ],
        apis: [makeApi()],
      }),
    );
    expect(text).toContain('<failure message="Now." type="deployed-not-iam">');
    expect(text).toContain('error deployed-not-iam: Now.\nFix: Close it.');
    expect(text).toContain('error configured-not-iam: Later.');
    expect(text).not.toContain('Elsewhere.');
  });

  test('an excepted method is skipped, a warning is said and fails nothing', () => {
    const junit = parseJunit(
      renderJunit(
        makeReport({
          methods: [makeMethod({ excepted: true }), makeMethod({ path: '/warned' })],
          findings: [makeFinding({ severity: 'warning', path: '/warned', message: 'Mind it.' })],
        }),
      ),
    );
    expect(junit).toMatchObject({ failures: '0' });
    expect(junit.testsuite).toMatchObject([{ skipped: '1' }]);
  });

  test('what is about no single method is a case of its own, never lost', () => {
    const whole = { api: null, stage: null, method: null, path: null };
    const junit = parseJunit(
      renderJunit(
        makeReport({
          verdict: 'incomplete',
          findings: [makeFinding({ ...whole, rule: 'unreadable' })],
        }),
      ),
    );
    expect(junit).toMatchObject({
      tests: '1',
      errors: '1',
      testsuite: [{ name: 'apigw-iam-gate', testcase: [{ name: 'unreadable' }] }],
    });
  });

  test('counts 10,000 methods', () => {
    const report = makeLargeReport({ methods: 10_000, findings: 3_000, stages: 4 });
    const junit = parseJunit(renderJunit(report));
    expect(junit).toMatchObject({ tests: '10000', failures: '3000' });
    expect(junit.testsuite).toHaveLength(4);
  });

  test('is XML that reads back as it was, whatever a name holds', () => {
    const text = fc.oneof(fc.constantFrom(...HOSTILE_TEXTS), fc.string({ unit: 'binary' }));
    fc.assert(
      fc.property(text, text, (path, message) => {
        const xml = renderJunit(
          makeReport({
            methods: [makeMethod({ path, verdict: 'fail' })],
            findings: [makeFinding({ path, message })],
          }),
        );
        // https://www.w3.org/TR/xml/#charsets
        expect(xml).not.toMatch(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u);
        const [suite] = parseJunit(xml).testsuite;
        expect(suite?.testcase).toHaveLength(1);
        expect(suite?.testcase[0]?.name).toBe(visible(`GET ${path}`.slice(0, 500)));
      }),
      { numRuns: 300 },
    );
  });
});
