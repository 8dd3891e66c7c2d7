import type { Mutant } from './mutants.js';
import { areTestsOf } from './own-tests.js';
import type { Measurement, PlannedTests } from './protocol.js';

/** A measured file of tests. */
export interface MeasuredBundle {
  readonly test: string;
  readonly path: string;
  /** How often its property tests run at most. */
  readonly runs: number;
  readonly measurement: Measurement;
}

/** Which tests are run against a mutant, in which order, and what they take without it. */
export interface Plan {
  readonly mutant: Mutant;
  readonly tests: readonly PlannedTests[];
  readonly milliseconds: number;
  readonly slowestTest: number;
  /** How often these tests reach the mutant's place. */
  readonly hits: number;
}

/**
 * What tests may take for a mutant, in milliseconds of the processor without it: those of its own folder, and
 * of others.
 */
const LIMITS = { own: 6_000, others: 1_000 };

/**
 * Plans the tests that reach a mutant: those of its own folder first, the quick before the slow. Where it
 * is reached while a module is loaded, every test of that file may notice it: then those of other folders
 * are not asked, unless there are no own ones. What is left out can only let a mutant survive.
 */
export function planFor(mutant: Mutant, bundles: readonly MeasuredBundle[]): Plan {
  const reaching = bundles
    .map((bundle) => choose(mutant, bundle))
    .filter(({ names }) => names.length > 0)
    .sort((a, b) => Number(b.isOwn) - Number(a.isOwn) || a.ofProcessor - b.ofProcessor);
  const hasOwn = reaching.some(({ isOwn }) => isOwn);
  const left = { ...LIMITS };
  const chosen = reaching.filter(({ isOwn, tests, ofProcessor }) => {
    if (!isOwn && tests === null && hasOwn) return false;
    const whose = isOwn ? 'own' : 'others';
    const isTime = left[whose] > 0;
    left[whose] -= ofProcessor;
    return isTime;
  });
  return {
    mutant,
    tests: chosen.map(({ bundle, runs, tests }) => ({ bundle, runs, tests })),
    milliseconds: sum(chosen.map(({ milliseconds }) => milliseconds)),
    slowestTest: Math.max(0, ...chosen.map(({ slowest }) => slowest)),
    hits: sum(chosen.map(({ hits }) => hits)),
  };
}

function choose(mutant: Mutant, { test, path, runs, measurement }: MeasuredBundle) {
  const { whileLoading, byTest, milliseconds, processorMilliseconds } = measurement;
  const loadingHits = whileLoading[mutant.id] ?? 0;
  const all = Object.keys(milliseconds);
  const reaching = all.filter((name) => (byTest[name]?.[mutant.id] ?? 0) > 0);
  const names = loadingHits > 0 ? all : reaching;
  const times = names.map((name) => milliseconds[name] ?? 0);
  return {
    names,
    bundle: path,
    runs,
    tests: loadingHits > 0 ? null : names,
    isOwn: areTestsOf(test, mutant.file),
    milliseconds: sum(times),
    ofProcessor: sum(names.map((name) => processorMilliseconds[name] ?? 0)),
    slowest: Math.max(0, ...times),
    hits: loadingHits + sum(reaching.map((name) => byTest[name]?.[mutant.id] ?? 0)),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
