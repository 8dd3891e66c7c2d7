import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Finding } from '../../../src/report/report.js';
import { renderSarif } from '../../../src/report/sarif.js';
import { parseSarif } from '../../scenarios/report-files.js';
import { makeSarifSettings } from '../publish/sample-settings.js';
import {
  HOSTILE_TEXTS,
  makeApi,
  makeException,
  makeFinding,
  makeLargeReport,
  makeMixedReport,
  makeReport,
} from './sample-report.js';

function render(...[report, parts]: [Parameters<typeof renderSarif>[0], object?]) {
  const [run] = parseSarif(renderSarif(report, makeSarifSettings(parts))).runs;
  if (run === undefined) throw new Error('there is no run');
  return { ...run, results: run.results ?? [] };
}

describe('SARIF', () => {
  test('has every rule with its help and a result a finding, worst first', () => {
    const run = render(makeMixedReport());
    expect(run.results.map(({ ruleId }) => ruleId)).toEqual([
      'unsigned-accepted',
      'deployed-not-iam',
      'deployed-not-iam',
      'canary-not-iam',
      'configured-not-iam',
      'configured-not-iam',
      'unreadable',
      'undeployed-change',
    ]);
    for (const { ruleId, ruleIndex } of run.results) {
      expect(run.tool.driver.rules?.[ruleIndex ?? -1]?.id).toBe(ruleId);
    }
    expect(run.tool.driver.rules?.map(({ name }) => name)).toContain('DeployedNotIam');
    for (const rule of run.tool.driver.rules ?? []) {
      expect(rule.name).toMatch(/^(?:[A-Z][a-z]+)+$/);
      expect(rule.help?.text).toContain(rule.helpUri ?? '');
      expect(rule.helpUri).toMatch(new RegExp(`#${rule.id}$`));
    }
  });

  test('points at the line of the finding, else where the caller says', () => {
    const { results } = render(
      makeReport({
        findings: [
          makeFinding({ path: '/a', location: { file: 'policy/my gate.yml', line: 12 } }),
          makeFinding({ path: '/b' }),
          makeFinding({
            path: '/c',
            location: {
              ...{ file: 'org/policies/gate.yml@v2', line: 3 },
              remote: { owner: 'org', repo: 'policies', path: 'gate.yml', ref: 'v2' },
            },
          }),
        ],
      }),
    );
    expect(results.map(({ locations }) => locations?.[0]?.physicalLocation)).toMatchObject([
      { artifactLocation: { uri: 'policy/my%20gate.yml' }, region: { startLine: 12 } },
      { artifactLocation: { uri: '.github/workflows/gate.yml' }, region: { startLine: 1 } },
      // A file of another repository is none of this one.
      { artifactLocation: { uri: '.github/workflows/gate.yml' }, region: { startLine: 1 } },
    ]);
  });

  test('each finding is an alert of its own, and the same one in the next run', () => {
    const of = (...findings: Finding[]) =>
      render(makeReport({ findings })).results.map(
        ({ partialFingerprints }) => partialFingerprints?.primaryLocationLineHash,
      );
    const a = makeFinding({ path: '/a', fingerprint: 'a', targetFingerprint: 'ta' });
    const b = makeFinding({ path: '/b', fingerprint: 'b', targetFingerprint: null });
    // Two statements of one policy may share what stands for them.
    const c = makeFinding({ path: '/c', fingerprint: 'b', targetFingerprint: null });
    expect(of(a, b, c)).toEqual(['ta:1', 'b:1', 'b:2']);
    expect(of(b)).toEqual(['b:1']);
    const elsewhere = { ...a, targetFingerprint: 'of another account' };
    expect(of(elsewhere)).not.toEqual(of(a));
  });

  test('known findings are notes, and the others are new where there is a baseline', () => {
    const report = makeReport({
      findings: [makeFinding({ path: '/old', known: true }), makeFinding({ path: '/new' })],
    });
    expect(render(report).results.map((it) => [it.level, it.baselineState])).toEqual([
      ['error', 'new'],
      ['note', 'unchanged'],
    ]);
    const [alone] = render(makeReport({ findings: [makeFinding()] })).results;
    expect(alone?.baselineState).toBeUndefined();
  });

  test('what an exception covers is suppressed with its reason, and is not uploaded', () => {
    const report = makeReport({
      suppressed: [{ finding: makeFinding(), exception: 0 }],
      exceptions: [makeException({ reason: 'A partner calls it.', owner: 'team-a', daysLeft: 9 })],
    });
    expect(render(report).results[0]?.suppressions).toEqual([
      {
        kind: 'external',
        status: 'accepted',
        justification: 'A partner calls it. (owner team-a; 9 days left, until 2026-12-31)',
      },
    ]);
    expect(render(report, { withSuppressed: false }).results).toEqual([]);
  });

  test('is cut to the worst, with the totals in the run', () => {
    const report = makeLargeReport({ methods: 30_000, findings: 26_000, stages: 4 });
    const { results, properties } = render(report, { maxResults: 25_000 });
    expect(results).toHaveLength(25_000);
    expect(properties).toMatchObject({
      methods: 30_000,
      errors: 23_400,
      warnings: 2_600,
      resultsInAll: 26_000,
      resultsLeftOut: 1_000,
    });
    expect(results.filter(({ level }) => level === 'error')).toHaveLength(23_400);
  });

  test('keeps to the schema, to one location and to inert messages, whatever a name holds', () => {
    const text = fc.oneof(fc.constantFrom(...HOSTILE_TEXTS), fc.string({ unit: 'binary' }));
    fc.assert(
      fc.property(text, text, text, (name, path, message) => {
        const finding: Partial<Finding> = { rule: name, path, message, fix: message };
        const report = makeReport({
          region: name,
          apis: [makeApi({ name })],
          findings: [makeFinding({ ...finding, location: { file: `${path}/x`, line: 0 } })],
          suppressed: [{ finding: makeFinding(finding), exception: 0 }],
          exceptions: [makeException({ reason: message, owner: name })],
        });
        for (const { message: said } of render(report).results) {
          expect(said.text).not.toMatch(/[\p{C}]|(?<!\\)\]\(/u);
        }
      }),
      { numRuns: 200 },
    );
  });
});
