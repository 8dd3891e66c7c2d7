/** `its methods`, `its methods and its stages`, `its name, its methods and its stages`. */
export function inList(items: readonly string[]): string {
  if (items.length < 2) return items.join('');
  return `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}
