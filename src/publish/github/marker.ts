import { createHash } from 'node:crypto';

/** What a run audits: its inputs, not what it found, so that the same job keeps its identity. */
export interface AuditedSet {
  readonly region: string;
  readonly apiIds: readonly string[] | '*';
  readonly stages: readonly string[] | '*';
}

/** A short name for a set, and whatever else tells two deliveries apart; the order of ids says nothing. */
export function keyOf({ region, apiIds, stages }: AuditedSet, ...more: readonly string[]): string {
  const sorted = (list: readonly string[] | '*'): unknown =>
    list === '*' ? list : [...list].sort();
  const identity = JSON.stringify([region, sorted(apiIds), sorted(stages), ...more]);
  return createHash('sha256').update(identity).digest('hex').slice(0, 16);
}

/** A line that Markdown does not show and by which a comment or an issue is found again. */
export function markerOf(kind: 'comment' | 'drift', key: string): string {
  return `<!-- apigw-iam-gate:${kind}:${key} -->`;
}

/** Whether a body is what was written under the marker: the marker is its first line. */
export function hasMarker(body: string | null | undefined, marker: string): boolean {
  return body?.startsWith(marker) === true;
}
