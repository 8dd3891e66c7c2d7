/*
 * The action runs on Node 24; the command line also on Node 20, which has no Map.groupBy yet (Node.js 21,
 * "V8 11.8").
 */

Map.groupBy ??= function groupBy<K, V>(
  items: Iterable<V>,
  keyOf: (item: V, index: number) => K,
): Map<K, V[]> {
  const groups = new Map<K, V[]>();
  let index = 0;
  for (const item of items) {
    const key = keyOf(item, index);
    index += 1;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
};
