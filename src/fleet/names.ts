import { withoutAccountIds } from '../model/account-id.js';
import type { Plan, UnlistedTarget } from './plan.js';

/** How accounts are called where people read: by name, or by id as well. */
export type ShowAccounts = 'name' | 'id';

/** What a reader calls an account. */
export type AccountNames = (account: string) => string;

/**
 * Names for the accounts of a plan. An account without a name, and one of several of the same name, is
 * told by what stands for it; its id is shown only where that was asked for, also where it is part of
 * the name.
 */
export function nameAccounts(
  { targets, unlisted, leftOut }: Plan,
  show: ShowAccounts,
): AccountNames {
  const tokens = new Map<string, string>();
  const names = new Map<string, string | null>();
  const shown = (name: string | null): string | null =>
    name === null || show === 'id' ? name : withoutAccountIds(name);
  for (const { id, account, name } of targets) {
    tokens.set(account, tokenOf(id));
    names.set(account, shown(name));
  }
  for (const { id, account, name } of unlisted) {
    if (account === null) continue;
    tokens.set(account, tokenOf(id));
    names.set(account, shown(name));
  }
  for (const { account, name } of leftOut) if (!names.has(account)) names.set(account, shown(name));
  const uses = new Map<string, number>();
  for (const name of names.values()) {
    if (name !== null) uses.set(name, (uses.get(name) ?? 0) + 1);
  }
  return (account) => {
    const name = names.get(account) ?? null;
    if (show === 'id') return name === null ? account : `${name} (${account})`;
    const token = tokens.get(account) ?? null;
    if (name === null) return token === null ? 'an account without a name' : `account ${token}`;
    return uses.get(name) === 1 || token === null ? name : `${name} (${token})`;
  };
}

/** What could not be listed, in words. */
export function titleUnlisted({ account, name }: UnlistedTarget, nameOf: AccountNames): string {
  return account === null
    ? (name ?? 'a part of it')
    : `The list of the regions of ${nameOf(account)}`;
}

/** What stands for the account in the id of a target. */
export function tokenOf(id: string): string {
  const [token = ''] = id.split('.', 1);
  return token;
}
