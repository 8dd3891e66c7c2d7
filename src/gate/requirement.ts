import { allowedTypesOf, holdsOn, namesApi, namesStage } from '../config/config.js';
import type { Scope } from '../evidence/collect.js';
import type { Assignment } from './assignment.js';

/** What says what is required of methods. */
export type Requiring = Pick<Assignment, 'basis'>;

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
