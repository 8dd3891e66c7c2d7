import type { Content } from './content.js';
import { icon } from './content.js';

/** What a reader is told of a method, worst first. */
export const ROW_STATES = [
  'open',
  'fail',
  'incomplete',
  'warning',
  'known',
  'excepted',
  'preflight',
  'pass',
  'empty',
] as const;

export type RowState = (typeof ROW_STATES)[number];

/** A picture and a word: neither a color nor a picture alone says anything to some readers. */
const MARKS: Readonly<Record<RowState, string>> = {
  open: '❌',
  fail: '❌',
  incomplete: '⚠️',
  warning: '🟡',
  known: 'ℹ️',
  excepted: '🕓',
  preflight: '✅',
  pass: '✅',
  empty: '➖',
};

/** `❌ open`. */
export function markOf(state: RowState): Content {
  return [{ kind: 'mark', icon: MARKS[state], word: state }];
}

/** The picture alone, for a line whose words say the rest. */
export function iconOf(state: RowState): Content {
  return [icon(MARKS[state])];
}

/** 0 for the worst. */
export function stateRank(state: RowState): number {
  return ROW_STATES.indexOf(state);
}

export function worstOf(states: readonly RowState[]): RowState {
  return ROW_STATES.find((state) => states.includes(state)) ?? 'pass';
}

/** Whether it is a finding of this run that makes a line what it is. */
export function isOnTop(state: RowState): boolean {
  return stateRank(state) <= stateRank('warning');
}
