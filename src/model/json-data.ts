/** Whether data is a JSON object; its members are unknown still. */
export function isRecord(data: unknown): data is Readonly<Record<string, unknown>> {
  return typeof data === 'object' && data !== null && !Array.isArray(data);
}

/** Whether data is an object in which each of these members is text. */
export function hasTexts<const K extends string>(
  data: unknown,
  names: readonly K[],
): data is Readonly<Record<string, unknown>> & Readonly<Record<K, string>> {
  return isRecord(data) && names.every((name) => typeof data[name] === 'string');
}

export function isTextOrNull(data: unknown): data is string | null {
  return data === null || typeof data === 'string';
}

/** The value of a JSON text; `undefined` where it is none. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The same text for the same value, however its members are ordered. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value ?? null, (_, inner: unknown) =>
    isRecord(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
