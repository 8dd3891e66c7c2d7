import { allowedTypesOf, holdsOn, namesApi, namesStage } from '../config/config.js';
import type { Scope } from '../evidence/collect.js';
import { type JoinedMethod, joinLayers } from '../evidence/join.js';
import type { ApiEvidence } from '../model/evidence.js';
import { isExcepted } from '../rules/exceptions.js';
import type { Assignment } from './assignment.js';

type Requiring = Pick<Assignment, 'basis'>;

/** The layers joined, a row for each method of each stage, with what the policy file lets it have. */
export function joinedRows(apis: readonly ApiEvidence[], requiring: Requiring): JoinedMethod[] {
  return joinLayers(apis, requirementOf(requiring).allowedTypesOf);
}

/** What the policy file requires of methods, for reading and for joining. */
export function requirementOf({
  basis: { policy, today },
}: Requiring): Required<Pick<Scope, 'allowedTypesOf' | 'mayBeOpen'>> {
  return {
    allowedTypesOf: (method, path) => allowedTypesOf(policy, method, path),
    mayBeOpen: (api, stage, method, path) =>
      policy.exceptions.some(
        (clause) =>
          holdsOn(clause, today) &&
          namesApi(clause, api) &&
          namesStage(clause, stage) &&
          clause.matches(method, path),
      ),
  };
}

/** The rows whose callers need a right: all but those that an exception lets do without IAM. */
export function invokedOf(
  rows: readonly JoinedMethod[],
  { basis: { policy, today } }: Requiring,
): readonly JoinedMethod[] {
  return rows.filter((row) => !isExcepted(row, policy.exceptions, today));
}
