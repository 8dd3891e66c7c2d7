import type { Finding, Verdict } from '../report/report.js';
import { ruleOf } from '../rules/index.js';
import { type DriftState, type Remembered, remember, ruleIn } from './drift-state.js';

/** What decides what becomes of the issue. */
export interface Drifting {
  readonly verdict: Verdict;
  /** Something was not read or proven, also where a failure decides the verdict. */
  readonly incomplete: boolean;
  /** An endpoint was asked, so that its answers could have told what only they tell. */
  readonly isAsked: boolean;
  readonly counts: { readonly methods: number };
  /** Worst first. */
  readonly findings: readonly Finding[];
  /** How many there are besides; without it, none. */
  readonly findingsLeft?: number;
  /** What stands for a finding from audit to audit; without it, its fingerprint. */
  readonly identify?: (finding: Finding) => string;
}

/** What becomes of the issue. */
export type DriftStep = 'open' | 'update' | 'close' | 'reopen' | 'nothing';

/** What an audit changes in what is remembered. */
export interface Difference {
  /** What the next audit is to remember. */
  readonly current: readonly Remembered[];
  readonly added: readonly string[];
  readonly gone: readonly string[];
  /** What only the endpoint's answers told, while nobody asks it any more. */
  readonly unseen: readonly string[];
  /** How many findings were there before and are there still. */
  readonly same: number;
  /** Whether `added` and `gone` can be told at all. */
  readonly isTold: boolean;
}

/**
 * What becomes of the issue after an audit. Only a complete pass closes it: an audit that was shown
 * no method has proven nothing, and one that asks no endpoint nothing of what only its answers told.
 *
 * @param state - `open` or `closed`; `null` where there is no issue yet.
 * @param previous - What is remembered of the audit before; `null` where nothing is.
 */
export function decideDrift(
  report: Drifting,
  state: string | null,
  previous: DriftState | null = null,
): DriftStep {
  const isOpen = state === 'open';
  switch (report.verdict) {
    case 'fail':
      if (state === null) return 'open';
      return isOpen ? 'update' : 'reopen';
    case 'incomplete':
      return isOpen ? 'update' : 'nothing';
    case 'pass':
      if (!isOpen) return 'nothing';
      return isComplete(report) && !unseenIn(report, previous, foundIn(report)).some(fails)
        ? 'close'
        : 'update';
  }
}

/**
 * Whether what is missing from the findings is really gone. A failing audit may be blind in part; a
 * pass has proven each stage, though single probes may have told nothing.
 */
export function isComplete(report: Drifting): boolean {
  const { verdict, incomplete, counts, findings, findingsLeft = 0 } = report;
  const isBlind = (finding: Finding): boolean => {
    const when = ruleOf(finding)?.makesIncomplete;
    return when === 'unless-proven' ? verdict === 'fail' : when === 'always';
  };
  // Among those that are left out may be one that says what is not known.
  const isWhole = findingsLeft === 0;
  const isUnread = verdict === 'incomplete' || incomplete;
  return !isUnread && counts.methods > 0 && isWhole && !findings.some(isBlind);
}

/** Compares the findings with those that are remembered of the audit before. */
export function compareDrift(report: Drifting, previous: DriftState | null): Difference {
  const found = foundIn(report);
  const before = previous?.findings ?? [];
  const known = new Set(before.map(({ id }) => id));
  const there = new Set(found.map(({ id }) => id));
  const unseen = unseenIn(report, previous, found);
  const missing = before.filter((it) => !there.has(it.id) && !unseen.includes(it));
  const complete = isComplete(report);
  return {
    current: [...found, ...unseen, ...(complete ? [] : missing)],
    added: found.filter(({ id }) => !known.has(id)).map(({ label }) => label),
    same: found.filter(({ id }) => known.has(id)).length,
    gone: complete ? missing.map(({ label }) => label) : [],
    unseen: unseen.map(({ label }) => label),
    isTold: previous?.isCut !== true,
  };
}

function foundIn({ findings, identify }: Drifting): Remembered[] {
  return remember(findings, identify);
}

/** What is remembered, is not found, and could not have been, since no endpoint was asked. */
function unseenIn(
  { isAsked }: Drifting,
  previous: DriftState | null,
  found: readonly Remembered[],
): Remembered[] {
  if (isAsked) return [];
  const there = new Set(found.map(({ id }) => id));
  return (previous?.findings ?? []).filter(
    (it) => !there.has(it.id) && ruleOf({ rule: ruleIn(it) })?.toldBy === 'endpoint',
  );
}

function fails(remembered: Remembered): boolean {
  return ruleOf({ rule: ruleIn(remembered) })?.severity === 'error';
}
