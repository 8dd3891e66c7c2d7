/** A value, or why there is none. */
export type Result<T, Why = string> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly why: Why };

/** A result that has its value. */
export function ok<T>(value: T): Result<T, never> {
  return { ok: true, value };
}

/** A result without a value. */
export function failed<Why>(why: Why): Result<never, Why> {
  return { ok: false, why };
}
