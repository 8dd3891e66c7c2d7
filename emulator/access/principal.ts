import type { Element } from './document.js';

/** Who sends a request, after the signature has been verified. */
export interface Caller {
  /** Of a user `arn:…:iam::…:user/…`, of a role's session `arn:…:sts::…:assumed-role/…/…`. */
  readonly arn: string;
  readonly accountId: string;
  /** The unique id: `AIDA…`, or `AROA…:session`. */
  readonly userId: string;
  /** The role of a session. */
  readonly roleArn?: string;
}

/**
 * How a `Principal` covers a caller: by name or as one of everybody (`named`), only by its account
 * (`account`), or not at all.
 */
export type Coverage = 'named' | 'account' | 'none';

type Principals = Element<ReadonlyMap<string, readonly string[]>>;

/**
 * How a statement's `Principal` or `NotPrincipal` covers a caller; `undefined` is anonymous, whom only
 * `*` covers. Services, federated users and canonical users never sign requests to an API.
 *
 * NotPrincipal spares a caller only when each name that AWS may look at is listed: the account, the
 * role of a session, and the caller itself. "AWS might validate the account first, then the role, and
 * then the assumed-role user": what is missing is denied here.
 *
 * Source: IAM user guide, "AWS JSON policy elements: Principal" and "NotPrincipal".
 */
export function coverageOf(principals: Principals, caller: Caller | undefined): Coverage {
  const everyone = principals.values.get('*')?.includes('*') === true;
  const names = principals.values.get('AWS') ?? [];
  if (everyone || names.includes('*')) return principals.negated ? 'none' : 'named';
  if (caller === undefined) return principals.negated ? 'named' : 'none';
  const byAccount = names.some((name) => isAccount(name, caller));
  const identities = [isSelf, ...(caller.roleArn === undefined ? [] : [isRole])];
  if (principals.negated) {
    const listed = identities.every((is) => names.some((name) => is(name, caller)));
    return byAccount && listed ? 'none' : 'named';
  }
  if (identities.some((is) => names.some((name) => is(name, caller)))) return 'named';
  return byAccount ? 'account' : 'none';
}

function isAccount(name: string, { accountId }: Caller): boolean {
  return name === accountId || /^arn:[\w-]+:iam::(\d+):root$/.exec(name)?.[1] === accountId;
}

/** A name that AWS has turned into a unique id still stands for whoever has that id. */
function isSelf(name: string, { arn, userId }: Caller): boolean {
  return name === arn || name === userId;
}

function isRole(name: string, { roleArn, userId }: Caller): boolean {
  return name === roleArn || (name.startsWith('AROA') && userId.startsWith(`${name}:`));
}
