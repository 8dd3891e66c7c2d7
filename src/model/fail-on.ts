/** The values of the input `fail-on`: which findings fail a job. */
export const FAIL_ON = ['error', 'warning', 'never'] as const;
export type FailOn = (typeof FAIL_ON)[number];
export const DEFAULT_FAIL_ON: FailOn = 'error';

const STRICTNESS: Readonly<Record<FailOn, number>> = { warning: 2, error: 1, never: 0 };

/** The value by which the most findings fail a job; `null` where one of the texts is no value, or there is none. */
export function strictestOf(values: readonly string[]): FailOn | null {
  const known = values.flatMap((value) => FAIL_ON.filter((it) => it === value));
  if (known.length < values.length) return null;
  return known.toSorted((a, b) => STRICTNESS[b] - STRICTNESS[a])[0] ?? null;
}
