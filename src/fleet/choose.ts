import { matchesStars } from '../config/match-stars.js';
import type { LeftOut } from './plan.js';
import type { OrganizationChoice, RegionChoice } from './targets-file.js';

/** Why a part of the world could not be listed, and what to change. */
export interface ListingGap {
  readonly why: string;
  readonly fix: string;
}

/** An account as the organization lists it. */
export interface ListedAccount {
  readonly id: string;
  readonly name: string | null;
  /** `ACTIVE` and so on; `null` where AWS did not say. */
  readonly state: string | null;
  /** The ids of what it is in, from the root down; `null` where AWS did not say. */
  readonly ous: readonly string[] | null;
  readonly isManagement: boolean;
}

/** An account that is to be read. */
export interface ChosenAccount {
  readonly id: string;
  readonly name: string | null;
  readonly ou: string | null;
}

/** Which accounts are read, which are not, and which nobody can decide about. */
export interface Chosen {
  readonly accounts: readonly ChosenAccount[];
  readonly leftOut: readonly LeftOut[];
  /** An account of which AWS did not say what decides about it: reading it is the safe side. */
  readonly undecided: readonly string[];
}

/**
 * States in which an account's APIs cannot be read at all (AWS Organizations User Guide, "Monitor the
 * state of your AWS accounts"). An account of any other state, or of one that is not known, is read:
 * where that fails, it is unreadable, and not absent.
 */
const CLOSED_STATES: ReadonlyMap<string, string> = new Map([
  ['PENDING_ACTIVATION', 'is not activated yet'],
  ['SUSPENDED', 'is suspended'],
  ['PENDING_CLOSURE', 'is being closed'],
  ['CLOSED', 'is closed'],
]);

/** Decides which accounts of an organization are read; each of the others is named with the reason. */
export function chooseAccounts(
  listed: readonly ListedAccount[],
  { ous, except, includeManagement }: OrganizationChoice,
): Chosen {
  const accounts: ChosenAccount[] = [];
  const leftOut: LeftOut[] = [];
  const undecided: string[] = [];
  const dependsOnOus = ous.length > 0 || except.some((it) => !/^\d{12}$/.test(it));
  for (const account of listed) {
    const why = whyLeftOut(account, { ous, except, includeManagement });
    if (why !== null) {
      leftOut.push({ account: account.id, name: account.name, region: null, why });
      continue;
    }
    if (account.ous === null && dependsOnOus) undecided.push(account.id);
    accounts.push({ id: account.id, name: account.name, ou: account.ous?.at(-1) ?? null });
  }
  return { accounts, leftOut, undecided };
}

function whyLeftOut(
  { id, state, ous: own, isManagement }: ListedAccount,
  { ous, except, includeManagement }: OrganizationChoice,
): string | null {
  if (except.includes(id)) return 'the targets file excepts it';
  const excepted = own?.find((ou) => except.includes(ou));
  if (excepted !== undefined) return `the targets file excepts ${excepted}, which it is in`;
  if (ous.length > 0 && own !== null && !own.some((ou) => ous.includes(ou))) {
    return 'it is in none of the organizational units of the targets file';
  }
  if (isManagement && !includeManagement) {
    return 'it is the management account, and the targets file does not say include-management: true';
  }
  const closed = state === null ? undefined : CLOSED_STATES.get(state);
  return closed === undefined ? null : `the account ${closed} (${state})`;
}

/** A region as an account has it. */
export interface ListedRegion {
  readonly name: string;
  /** `ENABLED`, `ENABLED_BY_DEFAULT`, `ENABLING`, `DISABLING`, `DISABLED`; `null` where AWS did not say. */
  readonly status: string | null;
}

/** Which regions of an account are read, and which of those that were asked for are not. */
export interface ChosenRegions {
  readonly regions: readonly string[];
  readonly leftOut: readonly { readonly region: string; readonly why: string }[];
}

/** Whether a choice of regions can be made without asking the account. */
export function isLiteral(choice: RegionChoice): choice is readonly string[] {
  return choice !== 'enabled' && choice.every((glob) => !glob.includes('*'));
}

/**
 * Decides which regions of an account are read. Only a region that is disabled is not: one that is
 * being enabled or disabled may serve APIs already, or still. A region that is asked for by its name and
 * that the account does not list is read: it is a mistake or new, and reading it says which. A glob that
 * no region matches is named, since every region is listed, the disabled ones too.
 *
 * @param isWhole whether the list was read to its end.
 */
export function chooseRegions(
  listed: readonly ListedRegion[],
  choice: RegionChoice,
  isWhole: boolean,
): ChosenRegions {
  const isDisabled = ({ status }: ListedRegion): boolean => status === 'DISABLED';
  const namesOf = (regions: readonly ListedRegion[]): string[] => regions.map(({ name }) => name);
  // Where every enabled region is asked for, a disabled one was not asked for.
  if (choice === 'enabled') {
    return { regions: namesOf(listed.filter((it) => !isDisabled(it))), leftOut: [] };
  }
  const asked = listed.filter(({ name }) => choice.some((glob) => matchesRegion(glob, name)));
  const unmatched = [...new Set(choice)].filter(
    (glob) => !listed.some(({ name }) => matchesRegion(glob, name)),
  );
  const isGlob = (text: string): boolean => text.includes('*');
  const disabled = namesOf(asked.filter(isDisabled));
  const idle = isWhole ? unmatched.filter(isGlob) : [];
  return {
    regions: [
      ...namesOf(asked.filter((it) => !isDisabled(it))),
      ...unmatched.filter((it) => !isGlob(it)),
    ],
    leftOut: [
      ...disabled.map((region) => ({ region, why: 'the region is disabled in the account' })),
      ...idle.map((region) => ({
        region,
        why: 'no region that AWS lists is called so: see the regions of the targets file',
      })),
    ],
  };
}

/** Whether a glob, in which `*` is any text, names a region. */
function matchesRegion(glob: string, region: string): boolean {
  return matchesStars(region, glob, {
    isStar: (token) => token === '*',
    takes: (token, character) => token === character,
  });
}
