import type { Severity, Verdict } from '../report.js';

/** Always beside a word: a colour alone says nothing to some readers. */
export const VERDICT_ICONS: Readonly<Record<Verdict, string>> = {
  pass: '✅',
  fail: '❌',
  incomplete: '⚠️',
};

export const SEVERITY_ICONS: Readonly<Record<Severity, string>> = { error: '❌', warning: '⚠️' };

/** Open, and allowed to be so until a day: no tick. */
export const EXCEPTED_ICON = '🕓';

/** A finding that the baseline holds already. */
export const KNOWN_ICON = 'ℹ️';
