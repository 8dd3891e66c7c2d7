/**
 * The conditions of a branch: `IsProd`, `!IsProd`, `Stage=dev`. Adds one, or gives `null` where both
 * can never hold together, so that nobody is told of a branch that cannot be deployed.
 */
export function extendWhen(when: readonly string[], added: string): readonly string[] | null {
  if (when.includes(added)) return when;
  const opposite = added.startsWith('!') ? added.slice(1) : `!${added}`;
  if (when.includes(opposite)) return null;
  const equals = added.indexOf('=');
  if (equals > 0) {
    const parameter = added.slice(0, equals + 1);
    if (when.some((it) => it.startsWith(parameter))) return null;
  }
  return [...when, added];
}

export function joinWhen(
  left: readonly string[],
  right: readonly string[],
): readonly string[] | null {
  let joined: readonly string[] | null = left;
  for (const added of right) joined = joined === null ? null : extendWhen(joined, added);
  return joined;
}
