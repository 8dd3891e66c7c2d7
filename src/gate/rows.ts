import { type JoinedMethod, joinLayers } from '../evidence/join.js';
import type { ApiEvidence } from '../model/evidence.js';
import { isExcepted } from '../rules/exceptions.js';
import { type Requiring, requirementOf } from './requirement.js';

/** The layers joined, a row for each method of each stage, with what the policy file lets it have. */
export function joinedRows(apis: readonly ApiEvidence[], requiring: Requiring): JoinedMethod[] {
  return joinLayers(apis, requirementOf(requiring).allowedTypesOf);
}

/** The rows whose callers need a right: all but those that an exception lets do without IAM. */
export function invokedOf(
  rows: readonly JoinedMethod[],
  { basis: { policy, today } }: Requiring,
): readonly JoinedMethod[] {
  return rows.filter((row) => !isExcepted(row, policy.exceptions, today));
}
