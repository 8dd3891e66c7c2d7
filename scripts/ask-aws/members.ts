/** A member of a JSON document, by its names from the outside in; only texts and numbers are found. */
export function memberOf(json: string, ...names: readonly string[]): string | undefined {
  let value: unknown = JSON.parse(json);
  for (const name of names) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = new Map<string, unknown>(Object.entries(value)).get(name);
  }
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}
