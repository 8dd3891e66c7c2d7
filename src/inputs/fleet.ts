import { DEFAULT_TARGETS_FILE } from '../fleet/targets-file.js';
import { DEFAULT_FAIL_ON, FAIL_ON } from '../model/fail-on.js';
import { flag, oneOf, optional, type Parser, text } from './parser.js';
import type { ValuesOf } from './read-table.js';
import { INPUTS, type Input } from './table.js';

/** A whole number without a unit. */
function wholeNumber(from: number, to: number): Parser<number> {
  return (value, { refuse }) => {
    const number = /^\d{1,6}$/.test(value) ? Number(value) : Number.NaN;
    if (number >= from && number <= to) return number;
    refuse(`${JSON.stringify(value.slice(0, 80))} is not a whole number from ${from} to ${to}.`);
    return from;
  };
}

/** Every input of `plan/action.yml`, in its order. */
export const PLAN_INPUTS = {
  targetsFile: { name: 'targets-file', parse: text, default: DEFAULT_TARGETS_FILE },
  /** `null` for one per 50 targets. */
  shards: { name: 'shards', parse: optional(wholeNumber(1, 256)) },
  /** A `fleet.json` of an earlier run; `null` for none. */
  previous: { name: 'previous', parse: optional(text) },
  region: INPUTS.region,
  awsTimeoutMs: INPUTS.awsTimeoutMs,
  planDir: { name: 'plan-dir', parse: text },
} as const satisfies Readonly<Record<string, Input<unknown>>>;

export type PlanInputs = ValuesOf<typeof PLAN_INPUTS>;

/** Every input of `merge/action.yml`, in its order. */
export const MERGE_INPUTS = {
  plan: { name: 'plan', parse: text },
  shards: { name: 'shards', parse: text },
  showAccounts: { name: 'show-accounts', parse: oneOf(['name', 'id']), default: 'name' },
  failOn: { name: 'fail-on', parse: oneOf(FAIL_ON), default: DEFAULT_FAIL_ON },
  reportDir: { name: 'report-dir', parse: text },
  githubToken: INPUTS.githubToken,
  comment: { name: 'comment', parse: oneOf(['never', 'on-failure', 'always']), default: 'never' },
  checkRun: INPUTS.checkRun,
  driftIssue: { name: 'drift-issue', parse: flag, default: 'false' },
  uploadSarif: { name: 'upload-sarif', parse: flag, default: 'false' },
} as const satisfies Readonly<Record<string, Input<unknown>>>;

export type MergeInputs = ValuesOf<typeof MERGE_INPUTS>;
