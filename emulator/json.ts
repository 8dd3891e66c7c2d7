/** Anything that JSON can hold; `undefined` members are left out when written. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: JsonValue | undefined;
}

/** Whether a value is a JSON object: not null, not a list. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A map as a JSON object, each value rendered. */
export function objectOf<V>(
  entries: Iterable<readonly [string, V]>,
  render: (value: V) => JsonValue,
): JsonObject {
  return Object.fromEntries([...entries].map(([key, value]) => [key, render(value)]));
}
