import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { summarizeFleet } from '../../../src/fleet/answer.js';
import { SUMMARY, WHOLE } from '../../../src/fleet/document.js';
import {
  type FoundRecord,
  inputsOfRecords,
  matchRecords,
} from '../../../src/fleet/match-records.js';
import { Merge, type Merged, type MergeSettings } from '../../../src/fleet/merge.js';
import type { Plan } from '../../../src/fleet/plan.js';
import { readReport } from '../../../src/fleet/read-report.js';
import {
  renderFleetHtml,
  renderFleetMarkdown,
  renderFleetSarif,
} from '../../../src/fleet/render.js';
import type { FleetFinding, FleetReport } from '../../../src/fleet/report.js';
import {
  parseShardRecord,
  SHARD_SCHEMA,
  type TargetRecord,
} from '../../../src/fleet/shard-record.js';
import { Worst } from '../../../src/fleet/worst.js';
import { MERGE_INPUTS } from '../../../src/inputs/fleet.js';
import { FAIL_ON } from '../../../src/model/fail-on.js';
import { NO_LINKS } from '../../../src/report/document/links.js';
import { parseSarif } from '../../scenarios/report-files.js';
import { makeSarifSettings } from '../publish/sample-settings.js';
import { HOSTILE_TEXTS, makeFinding } from '../report/sample-report.js';
import { MADE_AT, makeFacts, makeFleetPlan } from './sample-fleet.js';

const GAP = { kind: 'unreadable', why: 'nobody gets in', fix: 'Let the gate in.' } as const;
const MISSING = { kind: 'missing', why: 'nothing was left', fix: 'Run it again.' } as const;
const CLEAN: Merged = { reports: [makeFacts()], attempt: 1 };
const OPEN: Merged = { reports: [makeFacts(2)], attempt: 1 };

function merge(
  plan: Plan,
  of: (index: number) => Merged,
  settings: Partial<MergeSettings> = {},
): FleetReport {
  const merging = new Merge(plan, {
    ...{ showAccounts: 'name', mostFindings: 100, nowMs: Date.parse(MADE_AT) + 3_600_000 },
    ...settings,
  });
  for (const [index, target] of plan.targets.entries()) merging.add(target, of(index));
  return merging.finish([]).report;
}

describe('the verdict of a fleet', () => {
  const PLAN = makeFleetPlan();

  test('is a pass only where every target was read and is in order', () => {
    const states: readonly Merged[] = [
      ...[CLEAN, OPEN, { gap: GAP }, { gap: MISSING }],
      { reports: [makeFacts(0, { verdict: 'incomplete', incomplete: true })], attempt: 1 },
      { reports: [makeFacts()], attempt: 1, gap: GAP },
    ];
    const kinds = fc.array(fc.constantFrom(...states.keys()), { minLength: 12, maxLength: 12 });
    fc.assert(
      fc.property(kinds, (chosen) => {
        const report = merge(PLAN, (index) => states[chosen[index] ?? 0] ?? CLEAN);
        const isAll = (is: (kind: number) => boolean): boolean => chosen.every(is);
        const expected = chosen.includes(1)
          ? 'fail'
          : isAll((it) => it === 0)
            ? 'pass'
            : 'incomplete';
        expect(report.verdict).toBe(expected);
        expect(report.incomplete).toBe(!isAll((it) => it <= 1));
        // Nobody's findings are lost, whatever became of the others.
        const open = report.findings.filter(({ rule }) => rule === 'deployed-not-iam');
        expect(open).toHaveLength(chosen.filter((it) => it === 1).length * 2);
        expect(summarizeFleet(report).startsWith('Pass')).toBe(expected === 'pass');
      }),
    );
  });

  test('says what is new since the baseline without what only single targets say of exceptions', () => {
    const target = fc.record({ open: fc.array(fc.boolean()), unused: fc.array(fc.boolean()) });
    const all = fc.array(target, { minLength: 12, maxLength: 12 });
    fc.assert(
      fc.property(all, (targets) => {
        const report = merge(PLAN, (index) => {
          const { open = [], unused = [] } = targets[index] ?? {};
          const named = (rule: string, list: readonly boolean[]) =>
            list.map((known, at) =>
              makeFinding({ rule, known, message: `${at}`, fingerprint: `${rule} ${index} ${at}` }),
            );
          const findings = [
            ...named('deployed-not-iam', open),
            ...named('exception-unused', unused).map((it) => ({
              ...it,
              severity: 'warning' as const,
            })),
          ];
          const same = findings.filter(({ known }) => known).length;
          const added = findings.length - same;
          const comparison = { with: 'baseline' as const, added, same, fixed: [] };
          return { reports: [makeFacts(0, { findings, comparison })], attempt: 1 };
        });
        const open = targets.flatMap((it) => it.open);
        expect(report.comparison).toMatchObject({
          added: open.filter((known) => !known).length,
          same: open.filter((known) => known).length,
        });
      }),
    );
  });

  test('trusts no report more than its findings', () => {
    const report = merge(PLAN, () => ({
      reports: [makeFacts(1, { verdict: 'pass' })],
      attempt: 1,
    }));
    expect(report.verdict).toBe('fail');
  });

  test('is incomplete where a finding says so, whatever the report is called', () => {
    const unreadable = makeFinding({ rule: 'unreadable' });
    const report = merge(PLAN, (index) => ({
      reports: [makeFacts(0, { findings: index === 0 ? [unreadable] : [] })],
      attempt: 1,
    }));
    expect(report.verdict).toBe('incomplete');
  });

  test('loses no finding to one that is known under the same fingerprint', () => {
    const twin = { fingerprint: 'twin', targetFingerprint: 'twin' };
    const findings = [makeFinding({ ...twin, known: true }), makeFinding(twin)];
    const report = merge(PLAN, (index) => ({
      reports: [makeFacts(0, { findings: index === 0 ? findings : [] })],
      attempt: 1,
    }));
    expect(report).toMatchObject({ verdict: 'fail', counts: { errors: 1, known: 1 } });
  });

  test('is incomplete where the plan is old, of tomorrow, or has what could not be listed', () => {
    const at = (hours: number) => ({ nowMs: Date.parse(MADE_AT) + hours * 3_600_000 });
    expect(merge(PLAN, () => CLEAN, at(23)).verdict).toBe('pass');
    expect(merge(PLAN, () => CLEAN, at(25)).verdict).toBe('incomplete');
    expect(merge(PLAN, () => CLEAN, at(-1)).verdict).toBe('incomplete');
    const unlisted = [
      { id: 'unlisted-1', account: null, name: 'the organization', unreadable: 'no', fix: '' },
    ];
    expect(merge({ ...PLAN, unlisted }, () => CLEAN).verdict).toBe('incomplete');
  });

  test('of targets without an API is a pass, but not where none has one', () => {
    const empty: Merged = {
      reports: [makeFacts(0, { apis: [], counts: { ...makeFacts().counts, methods: 0 } })],
      attempt: 1,
    };
    expect(merge(PLAN, (index) => (index === 0 ? CLEAN : empty)).verdict).toBe('pass');
    expect(merge(PLAN, () => empty).verdict).toBe('incomplete');
  });
});

describe('many findings', () => {
  test('are kept worst first, and the rest is counted', () => {
    const report = merge(makeFleetPlan(), () => ({ reports: [makeFacts(20)], attempt: 1 }), {
      mostFindings: 50,
    });
    expect([report.findings.length, report.findingsLeft]).toEqual([50, 190]);
    expect(report.counts.errors).toBe(240);
    const [run] = parseSarif(renderFleetSarif(report, makeSarifSettings())).runs;
    expect(run?.properties).toMatchObject({ resultsInAll: 240, resultsLeftOut: 190 });
    expect(renderFleetMarkdown(report, 1_000_000, { links: NO_LINKS, most: SUMMARY })).toContain(
      '… and 190 more findings in `fleet.json`.',
    );
  });

  test('the worst are those of a whole sort, whatever order they come in', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1000)), fc.integer({ min: 1, max: 20 }), (numbers, most) => {
        const worst = new Worst<number>(most, (a, b) => a - b);
        for (const it of numbers) worst.add(it);
        expect(worst.items).toEqual(numbers.toSorted((a, b) => a - b).slice(0, most));
        expect(worst.left).toBe(Math.max(0, numbers.length - most));
      }),
    );
  });
});

test('names that come from AWS are data, in Markdown and in HTML', () => {
  for (const hostile of HOSTILE_TEXTS) {
    const plan = makeFleetPlan(2);
    const renamed = { ...plan, targets: plan.targets.map((it) => ({ ...it, name: hostile })) };
    const report = merge(renamed, (index) =>
      index === 0 ? { gap: { ...GAP, why: hostile } } : OPEN,
    );
    const html = [...renderFleetHtml(report, { links: NO_LINKS, most: WHOLE })].join('');
    expect(html.match(/<script/g)).toHaveLength(1);
    const markdown = renderFleetMarkdown(report, 60_000, { links: NO_LINKS, most: SUMMARY });
    expect(markdown).not.toMatch(/<script|<img|^::/m);
    const lines = summarizeFleet(report).split('\n');
    expect(lines).toHaveLength(1);
  }
});

describe('records held against the plan', () => {
  const PLAN = makeFleetPlan();
  const [shard = '', ids = []] = Object.entries(PLAN.shards)[0] ?? [];
  const [id = ''] = ids;
  const sha = (digit: string): string => digit.repeat(64);
  const record = (attempt: number, target: TargetRecord, folder = 'x'): FoundRecord => ({
    folder,
    record: {
      ...{ schema: SHARD_SCHEMA, planId: PLAN.planId, shard, attempt },
      ...{ startedAt: MADE_AT, endedAt: MADE_AT },
      targets: [target],
    },
  });
  const read = (digit: string): TargetRecord => ({ id, sha256: sha(digit), verdict: 'pass' });
  const file = (digit: string) => ({ folder: 'x', sha256: sha(digit), verdict: 'pass' });

  test('the newest attempt comes first, and several of one attempt stay together', () => {
    const matched = matchRecords(PLAN, [
      record(1, read('a')),
      record(3, read('b')),
      record(3, read('c')),
    ]);
    expect(matched.targets.get(id)?.attempts).toEqual([
      { attempt: 3, files: [file('b'), file('c')], isAlsoUnread: false },
      { attempt: 1, files: [file('a')], isAlsoUnread: false },
    ]);
  });

  test('an attempt that says both that a target was read and that it was not contradicts itself', () => {
    const refused = { id, unreadable: 'nobody gets in', fix: 'Let the gate in.' };
    const inOne = record(1, read('a'));
    const both = { ...inOne, record: { ...inOne.record, targets: [refused, read('a')] } };
    for (const found of [[both], [record(1, read('a')), record(1, refused)]]) {
      expect(matchRecords(PLAN, found).targets.get(id)?.attempts).toEqual([
        { attempt: 1, files: [file('a')], isAlsoUnread: true },
      ]);
    }
    // Of an earlier attempt it says nothing.
    const again = matchRecords(PLAN, [record(1, refused), record(2, read('a'))]);
    expect(again.targets.get(id)?.attempts).toMatchObject([{ attempt: 2, isAlsoUnread: false }]);
  });

  test('one report of which two records tell different verdicts is two that differ', () => {
    const matched = matchRecords(PLAN, [
      record(1, read('a')),
      record(1, { id, sha256: sha('a'), verdict: 'fail' }),
    ]);
    expect(matched.targets.get(id)?.attempts[0]?.files).toHaveLength(2);
  });

  test('a record of another plan, of no shard, or about a target of another shard counts for nothing', () => {
    const other = record(1, read('a'));
    const foreign = { ...other, record: { ...other.record, planId: 'other' } };
    const nowhere = { ...other, record: { ...other.record, shard: '999' } };
    const theirs = Object.values(PLAN.shards)[1]?.[0] ?? '';
    const matched = matchRecords(PLAN, [
      foreign,
      nowhere,
      record(1, { id: theirs, sha256: sha('a'), verdict: 'pass' }),
    ]);
    expect(matched.foreign).toEqual([foreign, nowhere]);
    for (const { attempts } of matched.targets.values()) expect(attempts).toEqual([]);
  });

  test('the newest attempt says what the policy file does, and no other plan', () => {
    const saying = (attempt: number, inputs: Record<string, string>): FoundRecord => {
      const found = record(attempt, read('a'));
      return { ...found, record: { ...found.record, inputs } };
    };
    const other = saying(9, { 'fail-on': 'never' });
    expect(
      inputsOfRecords(PLAN, [
        saying(2, { 'fail-on': 'warning' }),
        saying(1, { 'fail-on': 'never', comment: 'always' }),
        { ...other, record: { ...other.record, planId: 'other' } },
        record(3, read('a')),
      ]),
    ).toEqual({ 'fail-on': 'warning', comment: 'always' });
  });

  test('of fail-on the strictest counts, and nobody who is silent means never', () => {
    const values = [undefined, ...FAIL_ON];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...values), { minLength: 1, maxLength: 5 }), (said) => {
        const records = said.map((value, index) => {
          const found = record(1 + (index % 2), read('a'));
          const inputs = value === undefined ? {} : { 'fail-on': value };
          return { ...found, record: { ...found.record, inputs } };
        });
        const meant = said.map((value) => value ?? MERGE_INPUTS.failOn.default);
        const strictest = ['warning', 'error', 'never'].find((it) => meant.some((of) => of === it));
        const { 'fail-on': chosen } = inputsOfRecords(PLAN, records);
        expect(chosen ?? MERGE_INPUTS.failOn.default).toBe(strictest);
      }),
    );
  });

  test.each([[['a']], ['text'], [null], [{ 'fail-on': 1 }]])(
    'inputs that are %j make no record',
    (inputs) => {
      const { record: whole } = record(1, read('a'));
      expect(parseShardRecord(JSON.stringify({ ...whole, inputs })).ok).toBe(false);
    },
  );

  test('never throws, whatever a record or a report holds', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect([parseShardRecord(text).ok, readReport(text).ok]).toEqual([false, false]);
      }),
    );
  });
});

test('the place of a finding is in each of its fingerprints', () => {
  const facts = (fingerprint: string): Merged => ({
    reports: [
      makeFacts(0, {
        verdict: 'fail',
        findings: [makeFinding({ fingerprint: 'same', targetFingerprint: fingerprint })],
      }),
    ],
    attempt: 1,
  });
  const report = merge(makeFleetPlan(2), (index) => facts(`t${index}`));
  const [run] = parseSarif(renderFleetSarif(report, makeSarifSettings())).runs;
  const prints = run?.results?.map(({ partialFingerprints }) => partialFingerprints);
  expect(new Set(prints?.map((it) => JSON.stringify(it))).size).toBe(4);
  const found: readonly FleetFinding[] = report.findings;
  expect(new Set(found.map(({ target }) => target)).size).toBe(4);
});
