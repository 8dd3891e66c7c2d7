import type { Severity, Verdict } from '../report.js';

/** Always beside a word: a colour alone says nothing to some readers. */
export const VERDICT_ICONS: Readonly<Record<Verdict, string>> = {
  pass: '✅',
  fail: '❌',
  incomplete: '⚠️',
};

export const SEVERITY_ICONS: Readonly<Record<Severity, string>> = { error: '❌', warning: '⚠️' };
