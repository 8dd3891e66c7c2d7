import { matches, tokensOf, type Variables } from './pattern.js';

/**
 * What a `*` at the end of one of an ARN's first five segments does, which AWS leaves open: it "can
 * expand to match beyond the colon boundaries" (IAM user guide, "IAM JSON policy elements: Resource"),
 * or it stays, so that an ARN of fewer than six segments speaks of nothing.
 */
export type ArnWildcards = 'expand' | 'stay';

/** An ARN's segments; the last one holds whatever colons are left. */
const SEGMENTS = 6;

/**
 * Whether an ARN is one that a `Resource` speaks of. Segment by segment: "You can use wildcard characters
 * (* and ?) within the individual segments of an ARN" (same page).
 */
export function isResourceLike(
  arn: string,
  pattern: string,
  variables: Variables | undefined,
  wildcards: ArnWildcards,
): boolean {
  if (/^\*+$/.test(pattern)) return true;
  const segments = segmentsOf(pattern).map((segment) => tokensOf(segment, variables));
  const parts = arn.split(':');
  // How many parts of the ARN the segments so far may have taken.
  let taken = new Set([0]);
  for (const [index, segment] of segments.entries()) {
    if (segment === undefined) return false;
    const next = new Set<number>();
    for (const before of taken) {
      if (index === SEGMENTS - 1) {
        if (matches(segment, parts.slice(before).join(':'))) return true;
        continue;
      }
      const part = parts[before];
      if (part === undefined || !matches(segment, part)) continue;
      const mayExpand = wildcards === 'expand' && segment.at(-1)?.kind === 'many';
      const last = mayExpand ? parts.length : before + 1;
      for (let after = before + 1; after <= last; after += 1) next.add(after);
    }
    taken = next;
  }
  return segments.length < SEGMENTS && taken.has(parts.length);
}

/** Colons within a variable's name divide nothing. */
function segmentsOf(pattern: string): string[] {
  const parts = pattern.split(/:(?![^${]*\})/);
  const last = parts.slice(SEGMENTS - 1);
  return [...parts.slice(0, SEGMENTS - 1), ...(last.length === 0 ? [] : [last.join(':')])];
}
