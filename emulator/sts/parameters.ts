import { PolicyDocumentError, statementsOf } from '../access/document.js';
import type { CallerState, RoleState } from '../model.js';
import { QueryError } from '../query/error.js';
import type { Wanted } from './permission.js';

const DEFAULT_DURATION_SECONDS = 3600;
const MIN_DURATION_SECONDS = 900;
const MAX_DURATION_SECONDS = 43_200;
/** IAM user guide, "IAM and AWS STS quotas": roles allow an hour unless they say otherwise. */
const ROLE_SECONDS = 3600;
const CHAINED_SECONDS = 3600;
const POLICY_CHARACTERS = 2048;

/** What a session is asked with. Patterns: STS API Reference, AssumeRole. */
export function wantedBy(form: URLSearchParams): Wanted {
  const sessionName = form.get('RoleSessionName') ?? '';
  if (!/^[\w+=,.@-]{2,64}$/.test(sessionName))
    throw invalid('RoleSessionName must match [\\w+=,.@-]{2,64}');
  const externalId = form.get('ExternalId') ?? undefined;
  if (externalId !== undefined && !/^[\w+=,.@:/-]{2,1224}$/.test(externalId))
    throw invalid('ExternalId must match [\\w+=,.@:\\/-]{2,1224}');
  const sourceIdentity = form.get('SourceIdentity') ?? undefined;
  if (sourceIdentity !== undefined && !/^[\w+=,.@-]{2,64}$/.test(sourceIdentity))
    throw invalid('SourceIdentity must match [\\w+=,.@-]{2,64}');
  for (const name of ['Tags', 'PolicyArns', 'TransitiveTagKeys', 'ProvidedContexts'])
    if ([...form.keys()].some((key) => key.startsWith(`${name}.`)))
      throw invalid(`${name} is not modelled by this emulator`);
  return { sessionName, externalId, sourceIdentity };
}

/**
 * How long a session is to last: 900 seconds to 12 hours (STS API Reference, AssumeRole:
 * DurationSeconds), and no longer than a role that has a trust policy allows.
 *
 * Source of the sentences: prowler-cloud/prowler issues 7721 and 923.
 */
export function durationOf(
  form: URLSearchParams,
  role: RoleState,
  caller: CallerState | undefined,
): number {
  const seconds = Number(form.get('DurationSeconds') ?? DEFAULT_DURATION_SECONDS);
  if (
    !Number.isInteger(seconds) ||
    seconds < MIN_DURATION_SECONDS ||
    seconds > MAX_DURATION_SECONDS
  )
    throw invalid(
      `DurationSeconds must be between ${MIN_DURATION_SECONDS} and ${MAX_DURATION_SECONDS}`,
    );
  if (role.trust === undefined) return seconds;
  if (caller?.sessionToken !== undefined && seconds > CHAINED_SECONDS)
    throw invalid(
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.',
    );
  if (seconds > (role.maxSessionSeconds ?? ROLE_SECONDS))
    throw invalid(
      'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
    );
  return seconds;
}

/**
 * The session policy, where one is given. "The plaintext that you use for both inline and managed
 * session policies can't exceed 2,048 characters" (STS API Reference, AssumeRole: Policy).
 */
export function sessionPolicyOf(form: URLSearchParams): string | undefined {
  const policy = form.get('Policy') ?? undefined;
  if (policy === undefined) return undefined;
  if (policy.length > POLICY_CHARACTERS)
    throw invalid(
      `1 validation error detected: Value '${policy}' at 'policy' failed to satisfy constraint: Member must have length less than or equal to ${POLICY_CHARACTERS}`,
    );
  try {
    const statements = statementsOf(policy);
    if (statements.some(({ principal }) => principal !== undefined))
      throw new PolicyDocumentError('Policy document should not specify a principal.');
  } catch (error) {
    if (error instanceof PolicyDocumentError)
      throw new QueryError(400, 'MalformedPolicyDocument', error.message);
    throw error;
  }
  return policy;
}

/** How much of the room for policies one takes, in percent; how AWS packs them is not known. */
export function packedSize(policy: string): number {
  return Math.ceil((policy.length / POLICY_CHARACTERS) * 100);
}

function invalid(message: string): QueryError {
  return new QueryError(400, 'ValidationError', message);
}
