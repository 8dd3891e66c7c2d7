import { trustOf } from '../access/evaluate.js';
import { outcomeFor, serviceKeys } from '../access/refusal.js';
import { signerOf } from '../data-plane/context-keys.js';
import type { AccountState, CallerState, RoleState } from '../model.js';
import { QueryError } from '../query/error.js';
import { type WebIdentity, webIdentityKeys } from './web-identity.js';

/** What is asked together with the session. */
export interface Wanted {
  readonly sessionName: string;
  readonly externalId: string | undefined;
  readonly sourceIdentity: string | undefined;
}

/**
 * Whether a caller may assume a role: its trust policy must say so, and the caller's own policies as
 * well, unless the trust policy of a role of the same account names the caller itself.
 *
 * Source: IAM user guide, "Cross-account policy evaluation logic" and "Grant a user permissions to
 * switch roles"; of the source identity, "Monitor and control actions taken with assumed roles".
 *
 * @throws QueryError AccessDenied
 */
export function checkAssume(
  caller: CallerState,
  role: RoleState,
  wanted: Wanted,
  { account, nowMs }: { readonly account: AccountState; readonly nowMs: number },
): void {
  const kept = caller.sourceIdentity;
  const actions = [
    'sts:AssumeRole',
    ...(wanted.sourceIdentity === undefined ? [] : ['sts:SetSourceIdentity']),
  ];
  for (const action of actions) {
    const own = outcomeFor(caller, { action, resource: role.arn }, { account, nowMs });
    const isOfAccount = caller.accountId === role.arn.split(':')[4];
    const trust =
      role.trust === undefined
        ? 'account'
        : trustOf(
            role.trust,
            { caller: signerOf(caller) },
            action,
            serviceKeys(caller, { ...keysOf(wanted), 'aws:sourceidentity': kept }, nowMs),
          );
    const isSilent = own.decision === 'implicit-deny' && own.missing === 'identity';
    const mayAsk = own.decision === 'allow' || (isSilent && isOfAccount && trust === 'named');
    if (!mayAsk || trust === 'silent' || trust === 'deny')
      throw denied(
        `User: ${caller.arn} is not authorized to perform: ${action} on resource: ${role.arn}`,
      );
  }
  // "After the source identity is set, the value cannot be changed."
  if (kept !== undefined && wanted.sourceIdentity !== undefined && kept !== wanted.sourceIdentity)
    throw denied(
      `User: ${caller.arn} is not authorized to perform: sts:SetSourceIdentity on resource: ${role.arn}`,
    );
}

/**
 * Whether a role trusts a web identity.
 *
 * Source of the sentence: aws/aws-sdk-js-v3 issue 6225.
 *
 * @throws QueryError AccessDenied
 */
export function checkWebIdentity(
  identity: WebIdentity,
  role: RoleState,
  sessionName: string,
  nowMs: number,
): void {
  const [, partition = '', , , accountId = ''] = role.arn.split(':');
  const trust = trustOf(
    role.trust ?? '{"Statement":[]}',
    { federated: `arn:${partition}:iam::${accountId}:oidc-provider/${identity.issuer}` },
    'sts:AssumeRoleWithWebIdentity',
    serviceKeys(
      undefined,
      { ...webIdentityKeys(identity), 'sts:rolesessionname': sessionName },
      nowMs,
    ),
  );
  if (trust !== 'named') throw denied('Not authorized to perform sts:AssumeRoleWithWebIdentity');
}

function keysOf({ sessionName, externalId, sourceIdentity }: Wanted) {
  return {
    'sts:rolesessionname': sessionName,
    'sts:externalid': externalId,
    'sts:sourceidentity': sourceIdentity,
  };
}

function denied(message: string): QueryError {
  return new QueryError(403, 'AccessDenied', message);
}
