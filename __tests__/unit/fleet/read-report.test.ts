import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { withTarget } from '../../../src/config/baseline.js';
import { Merge } from '../../../src/fleet/merge.js';
import { readReport } from '../../../src/fleet/read-report.js';
import { renderFleetSarif } from '../../../src/fleet/render.js';
import { ofFleet } from '../../../src/publish/of-fleet.js';
import type { Report } from '../../../src/report/report.js';
import { RULES } from '../../../src/rules/index.js';
import { makeSarifSettings } from '../publish/sample-settings.js';
import {
  makeApi,
  makeException,
  makeFinding,
  makeMethod,
  makeReport,
} from '../report/sample-report.js';
import { makeFleetPlan } from './sample-fleet.js';

const TARGET = { account: 'abcdefabcdef', region: 'eu-west-1' };

/** A report as a shard leaves it: with an API, a method, an exception in use, and what is given. */
function report(parts: Partial<Report> = {}): Report {
  const excused = makeFinding({ path: '/excused' });
  return makeReport({
    target: TARGET,
    apis: [makeApi()],
    methods: [makeMethod()],
    exceptions: [makeException()],
    suppressed: [{ finding: excused, exception: 0 }],
    comparison: { with: 'baseline', added: 0, same: 0, fixed: null },
    ...parts,
  });
}

function read(value: unknown) {
  return readReport(JSON.stringify(value));
}

function contradictionOf(parts: Partial<Report>): string | null {
  const result = read(report(parts));
  if (!result.ok) throw new Error(result.why);
  return result.value.contradiction;
}

describe('a report that does not contradict itself', () => {
  test.each<[string, Partial<Report>]>([
    ['is clean', {}],
    ['has no API', { apis: [], methods: [] }],
    [
      'has warnings',
      { findings: [makeFinding({ rule: 'undeployed-change', severity: 'warning' })] },
    ],
    ['has known errors', { findings: [makeFinding({ known: true })] }],
    [
      'fails',
      { verdict: 'fail', findings: [makeFinding()], methods: [makeMethod({ verdict: 'fail' })] },
    ],
    [
      'fails, and not everything was read',
      {
        verdict: 'fail',
        incomplete: true,
        findings: [makeFinding(), makeFinding({ rule: 'unreadable' })],
      },
    ],
    [
      'is incomplete by a finding',
      { verdict: 'incomplete', incomplete: true, findings: [makeFinding({ rule: 'unreadable' })] },
    ],
    ['is incomplete without one', { verdict: 'incomplete', incomplete: true }],
    // What was not proven of one method may be proven of its stage.
    [
      'passes with a method that is not proven',
      {
        findings: [makeFinding({ rule: 'probe-inconclusive', severity: 'warning' })],
        methods: [makeMethod({ verdict: 'incomplete' })],
      },
    ],
  ])('%s', (_, parts) => {
    expect(contradictionOf(parts)).toBe(null);
  });
});

describe('a report that contradicts itself', () => {
  const counts = report().counts;
  test.each<[string, Partial<Report>, string]>([
    ['counts errors that it does not hold', { counts: { ...counts, errors: 3 } }, 'counts.errors'],
    [
      'counts fewer than it holds',
      { findings: [makeFinding()], counts, verdict: 'fail' },
      'errors',
    ],
    ['counts methods that it does not hold', { methods: [], counts }, 'counts.methods'],
    ['counts exceptions that it does not hold', { suppressed: [], counts }, 'counts.suppressed'],
    ['passes with an error', { findings: [makeFinding()] }, 'deployed-not-iam, which fails'],
    [
      'is incomplete with an error',
      { findings: [makeFinding()], verdict: 'incomplete', incomplete: true },
      'which fails',
    ],
    [
      'passes with an error of a rule that is not known here',
      { findings: [makeFinding({ rule: 'x'.repeat(100_000) })] },
      'a rule that is not known here, which fails',
    ],
    ['passes with a method that fails', { methods: [makeMethod({ verdict: 'fail' })] }, 'a method'],
    [
      'passes where something was not read',
      { findings: [makeFinding({ rule: 'unreadable' })] },
      'complete',
    ],
    ['passes and is incomplete', { incomplete: true }, 'called incomplete'],
    ['is incomplete and is not', { verdict: 'incomplete' }, 'called complete'],
    ['was no audit', { mode: 'plan' }, 'of mode plan'],
    ['excepts by nothing', { exceptions: [] }, 'by no exception'],
    [
      'excepts by what expired',
      { exceptions: [makeException({ state: 'expired' })] },
      'by no exception',
    ],
    ['lists an API twice', { apis: [makeApi(), makeApi()] }, 'twice'],
    ['has a method of another API', { methods: [makeMethod({ api: 'other' })] }, 'does not list'],
  ])('%s', (_, parts, words) => {
    const found = contradictionOf(parts);
    expect(found).toContain(words);
    expect(found?.length).toBeLessThan(200);
  });

  test.each(RULES.map((rule) => [rule.id, rule] as const))(
    'softens or excuses what %s finds',
    (id, { severity, neverKnown, excusable }) => {
      const other = severity === 'error' ? 'warning' : 'error';
      const verdict = { verdict: 'fail', incomplete: true } as const;
      const soft = { ...verdict, findings: [makeFinding({ rule: id, severity: other })] };
      expect(contradictionOf(soft)).toContain(`calls a finding of ${id} a ${other}`);
      const known = { ...verdict, findings: [makeFinding({ rule: id, severity, known: true })] };
      expect(contradictionOf(known) === null).toBe(neverKnown !== true);
      const excused = { suppressed: [{ finding: makeFinding({ rule: id }), exception: 0 }] };
      expect(contradictionOf(excused) === null).toBe(excusable === true);
    },
  );
});

test('what is counted and what stands for a finding is made again', () => {
  const findings = [makeFinding({ fingerprint: 'a', targetFingerprint: 'of another account' })];
  const result = read({
    ...report({ findings, verdict: 'fail' }),
    counts: { methods: 999, errors: 1, warnings: 0, known: 0, suppressed: 999, changed: 0 },
  });
  if (!result.ok) throw new Error(result.why);
  const { facts, contradiction } = result.value;
  expect(contradiction).toContain('counts.methods');
  expect(facts.counts).toMatchObject({ methods: 1, suppressed: 1 });
  expect(facts.findings).toEqual(withTarget(findings, TARGET));
});

describe('a report in which something is of another kind', () => {
  const WHOLE: Readonly<Record<string, unknown>> = JSON.parse(
    JSON.stringify(
      report({
        verdict: 'fail',
        findings: [
          makeFinding({
            location: {
              ...{ file: 'o/r/a.yml@v1', line: 3, column: 1 },
              remote: { owner: 'o', repo: 'r', path: 'a.yml', ref: 'v1' },
            },
            snippet: { language: 'yaml', text: 'a: 1' },
          }),
        ],
        comparison: {
          ...{ with: 'baseline', added: 0, same: 1 },
          fixed: [{ rule: 'unreadable', api: null, stage: null, method: null, path: null }],
        },
      }),
    ),
  );

  /** Every place of a value, as the keys that lead there. */
  function placesIn(value: unknown, path: readonly string[] = []): (readonly string[])[] {
    if (typeof value !== 'object' || value === null) return [path];
    return [
      path,
      ...Object.entries(value).flatMap(([key, inner]) => placesIn(inner, [...path, key])),
    ];
  }

  function withAt(value: unknown, [key, ...rest]: readonly string[], put: unknown): unknown {
    if (key === undefined) return put;
    if (Array.isArray(value))
      return value.map((it, i) => (String(i) === key ? withAt(it, rest, put) : it));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([k, it]) => [k, k === key ? withAt(it, rest, put) : it]),
    );
  }

  const READ = [
    'verdict',
    'incomplete',
    'mode',
    'counts',
    'target',
    'apis',
    'methods',
    'findings',
    'suppressed',
    'exceptions',
    'comparison',
  ];
  // What is about one API or method is the artifact's: the merge takes nothing of it.
  const OURS = placesIn(WHOLE).filter(
    ([first = '', , third = '', fourth = '']) =>
      READ.includes(first) &&
      !(first === 'apis' && third !== '' && !['id', 'name'].includes(third)) &&
      !(first === 'methods' && third !== '' && !['api', 'verdict'].includes(third)) &&
      !(first === 'comparison' && fourth !== '') &&
      third !== 'targetFingerprint',
  );

  test('is refused, or can be merged and shown', () => {
    const junk = [-1, 1.5, {}, [], [7], true, 'x\u202e', ['__proto__']];
    expect(read(WHOLE).ok).toBe(true);
    const plan = makeFleetPlan(1, 1);
    fc.assert(
      fc.property(fc.constantFrom(...OURS), fc.constantFrom(...junk), (place, put) => {
        const result = read(withAt(WHOLE, place, put));
        if (!result.ok) return;
        expect([place, kindOf(put)]).toEqual([place, kindOf(valueAt(WHOLE, place))]);
        const merge = new Merge(plan, { showAccounts: 'name', mostFindings: 9, nowMs: 0 });
        for (const target of plan.targets) {
          merge.add(target, { reports: [result.value.facts], attempt: 1 });
        }
        const { report: merged } = merge.finish([]);
        expect(ofFleet(merged).annotate(9).length).toBeGreaterThan(0);
        expect(renderFleetSarif(merged, makeSarifSettings())).not.toContain('[object Object]');
      }),
      { numRuns: 600 },
    );
  });
});

function valueAt(value: unknown, place: readonly string[]): unknown {
  return place.reduce<unknown>(
    (at, key) => (typeof at === 'object' && at !== null ? Reflect.get(at, key) : undefined),
    value,
  );
}

function kindOf(value: unknown): string {
  return Array.isArray(value) ? 'list' : typeof value;
}
