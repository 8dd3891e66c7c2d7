import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { marked } from 'marked';
import { ofReport } from '../../../src/publish/delivered.js';
import { compareDrift, decideDrift } from '../../../src/publish/drift.js';
import { renderDriftBody } from '../../../src/publish/drift-body.js';
import { readState, remember, writeState } from '../../../src/publish/drift-state.js';
import { utf8Bytes } from '../../../src/report/clip.js';
import { NO_LINKS } from '../../../src/report/document/links.js';
import type { Finding, Report } from '../../../src/report/report.js';
import { RULES } from '../../../src/rules/index.js';
import {
  HOSTILE_TEXTS,
  makeFinding,
  makeLargeReport,
  makeMethod,
  makeReport,
} from '../report/sample-report.js';

function finding(index: number, parts: Partial<Finding> = {}): Finding {
  const fingerprint = index.toString(16).padStart(12, '0').padEnd(32, 'f');
  return makeFinding({ path: `/p${index}`, fingerprint, ...parts });
}

function failing(...findings: Finding[]): Report {
  return makeReport({ verdict: 'fail', methods: [makeMethod()], findings });
}

const PASS = makeReport({ methods: [makeMethod()] });
const BLIND = makeFinding({ rule: 'unreadable', known: true });
const UNSURE = makeFinding({ rule: 'probe-inconclusive', severity: 'warning' });
const INCOMPLETE = makeReport({ verdict: 'incomplete', methods: [makeMethod()] });

describe('what becomes of the issue', () => {
  test.each([
    ['fail', failing(), null, 'open'],
    ['fail', failing(), 'open', 'update'],
    ['fail', failing(), 'closed', 'reopen'],
    ['incomplete', INCOMPLETE, null, 'nothing'],
    ['incomplete', INCOMPLETE, 'open', 'update'],
    ['incomplete', INCOMPLETE, 'closed', 'nothing'],
    ['pass', PASS, null, 'nothing'],
    ['pass', PASS, 'open', 'close'],
    ['pass', PASS, 'closed', 'nothing'],
    ['a pass without a method', makeReport(), 'open', 'update'],
    ['a pass with an unreadable layer', { ...PASS, findings: [BLIND] }, 'open', 'update'],
    ['a pass with an inconclusive probe', { ...PASS, findings: [UNSURE] }, 'open', 'close'],
  ] as const)('%s', (_, report, state, step) => {
    expect(decideDrift(ofReport(report), state)).toBe(step);
  });
});

describe('what is new and what is gone', () => {
  const before = { findings: remember([finding(1), finding(2)]), isCut: false };

  test('is told by fingerprints', () => {
    const { added, gone } = compareDrift(ofReport(failing(finding(2), finding(3))), before);
    expect(added).toEqual(['deployed-not-iam GET /p3 in prod']);
    expect(gone).toEqual(['deployed-not-iam GET /p1 in prod']);
  });

  test('nothing is gone where something could not be read, and it stays remembered', () => {
    const blind = finding(9, { rule: 'unreadable' });
    const { gone, current } = compareDrift(ofReport(failing(finding(2), blind)), before);
    expect(gone).toEqual([]);
    expect(current.map(({ label }) => label)).toContain('deployed-not-iam GET /p1 in prod');
    expect(compareDrift(ofReport(PASS), { findings: current, isCut: false }).gone).toHaveLength(3);
  });

  test('nothing is gone where a failing audit is incomplete by what it could not ask', () => {
    const late = { ...failing(finding(2)), incomplete: true };
    const { gone, current } = compareDrift(ofReport(late), before);
    expect(gone).toEqual([]);
    expect(current.map(({ label }) => label)).toContain('deployed-not-iam GET /p1 in prod');
  });

  test('what the baseline knows is no drift', () => {
    expect(remember([finding(1, { known: true })])).toEqual([]);
  });
});

describe('what only the answers of an endpoint told', () => {
  const rules = RULES.filter(({ toldBy }) => toldBy === 'endpoint');
  const UNASKED = makeReport({ methods: [makeMethod({ unsigned: null, signed: null })] });
  const remembered = (rule: string, severity: 'error' | 'warning') => ({
    findings: remember([finding(1, { rule, severity }), finding(2)]),
    isCut: false,
  });

  test('are the rules that find nothing in an audit without a smoke test', () => {
    expect(rules.map(({ id }) => id)).toEqual([
      'unsigned-accepted',
      'tampered-accepted',
      'signed-rejected',
      'probe-inconclusive',
      'default-endpoint-open',
      'unexpected-status',
    ]);
  });

  test.each(rules.map(({ id, severity }) => [id, severity] as const))(
    '%s is not gone, and keeps the issue open as an error, until somebody asks again',
    (rule, severity) => {
      const before = remembered(rule, severity);
      const unasked = ofReport(UNASKED);
      const { gone, unseen, current } = compareDrift(unasked, before);
      expect(gone).toEqual(['deployed-not-iam GET /p2 in prod']);
      expect(unseen).toEqual([`${rule} GET /p1 in prod`]);
      expect(decideDrift(unasked, 'open', before)).toBe(severity === 'error' ? 'update' : 'close');
      const body = renderDriftBody(
        unasked,
        '<!-- m -->',
        writeState(before.findings),
        NO_LINKS,
        '',
      );
      expect(body).toContain('**Not asked any more: 1**');
      expect(readState(body)?.findings).toEqual(current);

      const asked = ofReport(PASS);
      expect(compareDrift(asked, before)).toMatchObject({ unseen: [], current: [] });
      expect(decideDrift(asked, 'open', before)).toBe('close');
    },
  );
});

describe('the remembered findings', () => {
  test('read back as they were written, whatever the labels hold', () => {
    const label = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(...HOSTILE_TEXTS));
    fc.assert(
      fc.property(fc.array(label, { maxLength: 30 }), (paths) => {
        const kept = remember(paths.map((path, index) => finding(index, { path })));
        const line = writeState(kept);
        expect(line).toMatch(/^<!-- [\w:./+=-]+ -->$/);
        expect(readState(`x\n${line}\ny`)).toEqual({ findings: kept, isCut: false });
      }),
    );
  });

  test('keep the worst where there is no room, and say so', () => {
    const many = remember(Array.from({ length: 20_000 }, (_, index) => finding(index * 7919)));
    const line = writeState(many);
    expect(line.length).toBeLessThanOrEqual(20_100);
    const state = readState(line);
    expect(state?.isCut).toBe(true);
    expect(state?.findings.length).toBeGreaterThan(500);
    expect(many.slice(0, 500)).toEqual(state?.findings.slice(0, 500));
    expect(compareDrift(ofReport(PASS), state).isTold).toBe(false);
  });

  test('are none where somebody edited them', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.base64String(), (text, base64) => {
        expect(readState(text)).toBeNull();
        const state = readState(`<!-- apigw-iam-gate:state:v1:${base64} -->`);
        expect(state === null || Array.isArray(state.findings)).toBe(true);
      }),
    );
  });
});

describe('the body of the issue', () => {
  const RUN = 'https://github.com/o/r/actions/runs/1';
  const MARKER = '<!-- apigw-iam-gate:drift:0123456789abcdef -->';

  test('fits, with state and totals, however much there is', () => {
    const report = makeLargeReport({ methods: 10_000, findings: 3_000, stages: 4 });
    const body = renderDriftBody(ofReport(report), MARKER, null, NO_LINKS, RUN);
    expect(utf8Bytes(body)).toBeLessThanOrEqual(65_000);
    expect(body.startsWith(`${MARKER}\n`)).toBe(true);
    expect(body).toContain('## ❌ Fail: 2,700 of 10,000 methods can be called without IAM');
    expect(readState(body)).not.toBeNull();
  });

  test('adds no element, link or image, whatever a path holds', () => {
    const text = fc.oneof(fc.constantFrom(...HOSTILE_TEXTS), fc.string({ unit: 'binary' }));
    const elementsOf = (path: string): string[] => {
      const report = failing(finding(1, { path, message: path, fix: path }));
      const body = renderDriftBody(ofReport(report), MARKER, null, NO_LINKS, RUN);
      const html = marked.parse(body.replace(/<!-- \S+ -->/g, ''), { async: false });
      return [...html.matchAll(/<[^>]*>/g)]
        .map(([element]) => element.replace(/api-[0-9a-f]{6}/, 'api'))
        .filter((element) => !/^<\/?(?:code|wbr)>$/.test(element));
    };
    const plain = elementsOf('/other');
    fc.assert(
      fc.property(text, (path) => expect(elementsOf(`x${path}`)).toEqual(plain)),
      {
        numRuns: 200,
      },
    );
  });
});
