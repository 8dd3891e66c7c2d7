import type {
  AuthorizationType,
  DecidedBy,
  Place,
  Undeployable,
  Unresolved,
} from '../../../model/declared.js';

/** What one branch of an operation becomes. */
export interface Decision {
  readonly authorization: AuthorizationType | 'unresolved';
  readonly unresolved: Unresolved | null;
  readonly by: DecidedBy;
  readonly unproven: string | null;
  readonly apiKeyRequired: boolean;
  readonly when: readonly string[];
  readonly assumes: readonly string[];
  /** Where it was decided; `null` where nothing did. */
  readonly place: Place | null;
  readonly undeployable: Undeployable | null;
  readonly notes: readonly string[];
}

/** A type of which nothing else is said. */
export function decisionOf(
  authorization: AuthorizationType,
  by: DecidedBy,
  place: Place | null,
): Decision {
  return {
    authorization,
    unresolved: null,
    by,
    unproven: null,
    apiKeyRequired: false,
    when: [],
    assumes: [],
    place,
    undeployable: null,
    notes: [],
  };
}

/** A type that cannot be known, and why. */
export function unresolvedDecision(
  { reason, give, place }: Unresolved,
  by: DecidedBy,
  at: Place | null,
): Decision {
  const unresolved = { reason, give, place: at ?? place };
  return { ...decisionOf('NONE', by, at ?? place), authorization: 'unresolved', unresolved };
}
