import pLimit from 'p-limit';
import type { AccountRegion } from '../aws/account-regions.js';
import type { AwsFailure } from '../aws/failure.js';
import type { Listed, Organization, OrganizationAccount } from '../aws/organization.js';
import {
  type ChosenAccount,
  chooseAccounts,
  chooseRegions,
  isLiteral,
  type ListingGap,
} from '../fleet/choose.js';
import type { AccountRegions, Surveyed } from '../fleet/make-plan.js';
import type { LeftOut } from '../fleet/plan.js';
import type { OrganizationChoice, RegionChoice, TargetsFile } from '../fleet/targets-file.js';
import { withoutAccountIds } from '../model/account-id.js';
import type { Logger } from '../model/logger.js';
import { count } from '../report/wording.js';

/** What a survey needs from outside; `runtime` makes the real ones. */
export interface SurveyDependencies {
  readonly organization: Organization;
  /** The regions of an account; of the caller's own where it is `null`. */
  readonly listRegions: (account: string | null, subject: string) => Promise<Listed<AccountRegion>>;
  /** The caller's own account; `null` where nobody says. */
  readonly ownAccount: () => Promise<string | null>;
  /** What stands for an account wherever its id must not be shown. */
  readonly tokenOf: (account: string) => Promise<string>;
  readonly logger: Logger;
}

/** Accounts whose regions are asked for side by side: the services' quotas are shared by everybody. */
const ACCOUNTS_AT_ONCE = 4;

/**
 * Finds out which accounts and regions a targets file means. What could not be listed is a gap with a
 * name, and what was listed before it is kept: nothing that is missing here is missing in silence.
 */
export async function surveyFleet(
  file: TargetsFile,
  dependencies: SurveyDependencies,
): Promise<Surveyed> {
  const { accounts, leftOut, gaps } =
    file.organization === null
      ? { accounts: namedAccounts(file), leftOut: [], gaps: [] }
      : await surveyOrganization(file.organization, dependencies);
  dependencies.logger.info(
    `${count(accounts.length, 'account')} to read, ${leftOut.length} left out`,
  );
  const own = new Map(file.accounts.map(({ id, regions }) => [id, regions]));
  const found = await surveyRegions(
    accounts,
    (account) => own.get(account) ?? file.regions,
    dependencies,
  );
  return {
    accounts: found.map(({ account }) => account),
    leftOut: [...leftOut, ...found.flatMap((it) => it.leftOut)],
    gaps,
  };
}

function namedAccounts({ accounts }: TargetsFile): ChosenAccount[] {
  return accounts.map(({ id, name }) => ({ id, name, ou: null }));
}

type NamedGap = ListingGap & { readonly name: string };

async function surveyOrganization(
  choice: OrganizationChoice,
  { organization }: SurveyDependencies,
): Promise<{
  readonly accounts: readonly ChosenAccount[];
  readonly leftOut: readonly LeftOut[];
  readonly gaps: readonly NamedGap[];
}> {
  const { items, failure } = await organization.listAccounts();
  const gaps: NamedGap[] =
    failure === null ? [] : [{ name: 'the organization', ...gapOf(failure) }];
  const wanted = [...choice.ous, ...choice.except.filter((it) => !/^\d{12}$/.test(it))];
  const accounts = new Map(items.map((account) => [account.id, account]));
  const isKnown = (unit: string): boolean => items.some(({ ous }) => ous?.includes(unit) === true);
  // A unit that no account says it is in may be empty, or a mistake.
  const unknown = choice.ous.filter((unit) => !isKnown(unit));
  if (unknown.length > 0 && items.every(({ ous }) => ous !== null)) {
    gaps.push(...(await walkUnits(unknown, organization)).gaps);
  }
  // Where AWS does not say which units an account is in, the units say which accounts they have.
  if (wanted.length > 0 && items.some(({ ous }) => ous === null)) {
    const walked = await walkUnits([...new Set(wanted)], organization);
    gaps.push(...walked.gaps);
    for (const account of items) {
      const ous = walked.ousByAccount.get(account.id) ?? (walked.gaps.length === 0 ? [] : null);
      accounts.set(account.id, { ...account, ous: account.ous ?? ous });
    }
    for (const account of walked.accounts.values()) {
      if (accounts.has(account.id)) continue;
      accounts.set(account.id, { ...account, ous: walked.ousByAccount.get(account.id) ?? null });
    }
  }
  const chosen = chooseAccounts([...accounts.values()], choice);
  return { accounts: chosen.accounts, leftOut: chosen.leftOut, gaps };
}

interface Walked {
  readonly accounts: ReadonlyMap<string, OrganizationAccount>;
  /** The units asked for that an account is in or below. */
  readonly ousByAccount: ReadonlyMap<string, readonly string[]>;
  readonly gaps: readonly NamedGap[];
}

/** Accounts in and below units. A unit that is below another one asked for is walked for both. */
async function walkUnits(wanted: readonly string[], organization: Organization): Promise<Walked> {
  const accounts = new Map<string, OrganizationAccount>();
  const ousByAccount = new Map<string, string[]>();
  const gaps: NamedGap[] = [];
  const note = (name: string, failure: AwsFailure | null): void => {
    if (failure !== null) gaps.push({ name, ...gapOf(failure) });
  };
  for (const top of wanted) {
    const open = [top];
    const seen = new Set(open);
    for (let unit = open.pop(); unit !== undefined; unit = open.pop()) {
      const [within, below] = await Promise.all([
        organization.listAccountsIn(unit),
        organization.listUnitsIn(unit),
      ]);
      note(`the accounts of ${unit}`, within.failure);
      note(`the organizational units of ${unit}`, below.failure);
      for (const account of within.items) {
        accounts.set(account.id, account);
        ousByAccount.set(account.id, [...(ousByAccount.get(account.id) ?? []), top]);
      }
      // A tree has no unit twice; an answer that says otherwise must not be walked for ever.
      for (const found of below.items) {
        if (seen.has(found)) continue;
        seen.add(found);
        open.push(found);
      }
    }
  }
  return { accounts, ousByAccount, gaps };
}

interface FoundAccount {
  readonly account: AccountRegions;
  readonly leftOut: readonly LeftOut[];
}

async function surveyRegions(
  accounts: readonly ChosenAccount[],
  choiceOf: (account: string) => RegionChoice,
  { listRegions, ownAccount, tokenOf }: SurveyDependencies,
): Promise<FoundAccount[]> {
  const asks = accounts.some(({ id }) => !isLiteral(choiceOf(id)));
  const own = asks ? await ownAccount() : null;
  const limit = pLimit(ACCOUNTS_AT_ONCE);
  return Promise.all(
    accounts.map((account) =>
      limit(async (): Promise<FoundAccount> => {
        const { id, name } = account;
        const token = await tokenOf(id);
        const choice = choiceOf(id);
        if (isLiteral(choice)) {
          return { account: { ...account, token, regions: choice, gap: null }, leftOut: [] };
        }
        const called = name === null ? `account ${token}` : withoutAccountIds(name);
        const { items, failure } = await listRegions(id === own ? null : id, called);
        const { regions, leftOut } = chooseRegions(items, choice, failure === null);
        const isNone = regions.length === 0 && failure === null;
        const nowhere = {
          ...{ account: id, name, region: null },
          why: 'none of the regions that are asked for is enabled in it',
        };
        return {
          account: {
            ...account,
            ...{ token, regions },
            gap: failure === null ? null : gapOf(failure),
          },
          leftOut: [
            ...leftOut.map((it) => ({ account: id, name, ...it })),
            ...(isNone ? [nowhere] : []),
          ],
        };
      }),
    ),
  );
}

function gapOf(failure: AwsFailure): ListingGap {
  return { why: failure.message, fix: failure.remedy };
}
