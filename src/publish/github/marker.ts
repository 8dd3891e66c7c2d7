import { createHash } from 'node:crypto';
import type { ApiKind } from '../../model/api-kind.js';
import { isDeclaredId } from '../../model/declared-id.js';
import type { Report } from '../../report/report.js';

/** What a run audits: its inputs, not what it found, so that the same job keeps its identity. */
export interface AuditedSet {
  readonly region: string;
  readonly apiIds: readonly string[] | '*';
  readonly stages: readonly string[] | '*';
  /** What stands for the account (see {@link ownerOf}): the same APIs of another account are another set. */
  readonly owner: string;
  /** The kinds of API that are audited; absent where all are. */
  readonly apiTypes?: readonly ApiKind[];
  /** The template of the base URL that is asked; absent where each stage's own is. */
  readonly endpointUrl?: string;
}

/**
 * What tells one account's deliveries from another's: what stands for the account; where nobody said
 * which it is, the APIs that were found, whose ids no other account of the region has. So an account
 * that is not known shares its issue with no other, and closes none but its own.
 */
export function ownerOf({ target, apis }: Pick<Report, 'target' | 'apis'>): string {
  if (target?.account) return target.account;
  return `unknown:${apis
    .map(({ id }) => id)
    // APIs that are in files alone come and go with the files.
    .filter((id) => !isDeclaredId(id))
    .sort()
    .join(',')}`;
}

/**
 * A short name for a set, and whatever else tells two deliveries apart; the order of ids says nothing.
 * What narrows a set stands in it only where it is given, so that the names of all others stay.
 */
export function keyOf(
  { region, apiIds, stages, owner, apiTypes, endpointUrl }: AuditedSet,
  ...more: readonly string[]
): string {
  const sorted = (list: readonly string[] | '*'): unknown =>
    list === '*' ? list : [...list].sort();
  const narrowed = [
    ...(apiTypes === undefined ? [] : [{ apiTypes: sorted(apiTypes) }]),
    ...(endpointUrl === undefined ? [] : [{ endpointUrl }]),
  ];
  const identity = [owner, region, sorted(apiIds), sorted(stages), ...more, ...narrowed];
  return createHash('sha256').update(JSON.stringify(identity)).digest('hex').slice(0, 16);
}

/** A line that Markdown does not show and by which a comment or an issue is found again. */
export function markerOf(kind: 'comment' | 'drift', key: string): string {
  return `<!-- apigw-iam-gate:${kind}:${key} -->`;
}

/** Whether a body is what was written under the marker: the marker is its first line. */
export function hasMarker(body: string | null | undefined, marker: string): boolean {
  return body?.startsWith(marker) === true;
}
