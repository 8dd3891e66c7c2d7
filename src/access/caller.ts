import type { Context, Holds } from './condition.js';
import type { Principals } from './policy-document.js';

/** Who calls: one IAM user, or any one of several, of one account. */
export interface Caller {
  /** The partition and account that the caller belongs to. */
  readonly partition: string;
  readonly accountId: string;
  /** ARNs of the users that it may be; empty where nobody knows them. */
  readonly userArns: readonly string[];
}

/** How a policy's principals fit a caller. */
export interface PrincipalFit {
  readonly holds: Holds;
  /**
   * The policy names the caller's account and not the caller. An allow so made lets the account's own
   * policies decide: "when you specify an AWS account, you delegate authority to the account" (IAM
   * User Guide, "AWS JSON policy elements: Principal").
   */
  readonly delegates: boolean;
}

/** What the condition keys of every request of a caller hold. */
export function contextOf(caller: Caller): Context {
  return new Map([
    ['aws:principalaccount', caller.accountId],
    ['aws:principaltype', 'User'],
    // "API Gateway doesn't support unencrypted (HTTP) endpoints" (Amazon API Gateway FAQs).
    ['aws:securetransport', 'true'],
  ]);
}

/** Whether a statement of a resource policy speaks of a caller. */
export function fitPrincipals(
  { negated, aws }: Principals,
  caller: Caller,
  effect: 'Allow' | 'Deny',
): PrincipalFit {
  const named = namedIn(aws, caller);
  const account = aws.some((name) => isAccountOf(name, caller));
  if (negated && aws.includes('*')) return { holds: 'never', delegates: false };
  if (negated) return { holds: fitNegated(named, account), delegates: false };
  if (aws.includes('*')) return { holds: 'always', delegates: false };
  // A deny of the account denies everybody in it.
  if (account && effect === 'Deny') return { holds: 'always', delegates: false };
  if (named !== 'never') {
    return { holds: account && named === 'sometimes' ? 'sometimes' : named, delegates: false };
  }
  return account ? { holds: 'always', delegates: true } : { holds: 'never', delegates: false };
}

/**
 * `NotPrincipal` spares a user only where it names the user's account as well; where it names one of
 * the two, or users that the caller may be or not, nobody here knows (IAM User Guide, "AWS JSON policy
 * elements: NotPrincipal").
 */
function fitNegated(named: Holds, account: boolean): Holds {
  if (named === 'always' && account) return 'never';
  return named === 'never' && !account ? 'always' : 'sometimes';
}

/** Whether users are named: all that the caller may be, some, or none. */
function namedIn(aws: readonly string[], { userArns, partition, accountId }: Caller): Holds {
  if (userArns.length === 0) {
    const ofAccount = `arn:${partition}:iam::${accountId}:user/`;
    return aws.some((name) => name.startsWith(ofAccount)) ? 'sometimes' : 'never';
  }
  const named = userArns.filter((arn) => aws.includes(arn)).length;
  if (named === 0) return 'never';
  return named === userArns.length ? 'always' : 'sometimes';
}

function isAccountOf(name: string, { partition, accountId }: Caller): boolean {
  return name === accountId || name === `arn:${partition}:iam::${accountId}:root`;
}
