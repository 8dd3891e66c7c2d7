import type { RoleState } from '../model.js';
import type { RegionStatus } from './regions.js';

/** What Organizations says of an account's life (service model 2016-11-28, AccountState). */
export const ACCOUNT_STATES = [
  'PENDING_ACTIVATION',
  'ACTIVE',
  'SUSPENDED',
  'PENDING_CLOSURE',
  'CLOSED',
] as const;
export type LifeState = (typeof ACCOUNT_STATES)[number];

/** An account of the organization: what is the same in all of its regions. */
export interface MemberState {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  state: LifeState;
  /** The root or a unit. */
  parentId: string;
  readonly regions: Map<string, RegionStatus>;
  /** By ARN. */
  readonly roles: Map<string, RoleState>;
  /** OIDC providers by issuer, without `https://`, and the audiences that each is for. */
  readonly identityProviders: ReadonlyMap<string, ReadonlySet<string>>;
}

/** An organizational unit. */
export interface UnitState {
  readonly id: string;
  readonly name: string;
  readonly parentId: string;
}

/** Where AWS's answers can have more than one form, the one that is given. */
export interface AnswerForms {
  /**
   * How a list's pages come: `empty-between` has an empty one with a token after the first, which "can
   * occasionally" be so (Organizations API Reference, ListAccounts).
   */
  readonly pages: 'full' | 'empty-between';
  /** `Account.Paths`: whether a path ends with the account, or is not told at all; not documented. */
  readonly paths: 'with-account' | 'without-account' | 'absent';
  /** How many regions a page of ListRegions has where nobody asks for fewer; 50 at the most. */
  readonly regionsAPage: number;
}

/** The organization. */
export interface OrganizationState {
  readonly id: string;
  readonly managementId: string;
  readonly rootId: string;
  readonly units: Map<string, UnitState>;
  readonly members: Map<string, MemberState>;
  /** Services that an account administers, by account. */
  readonly delegated: Map<string, ReadonlySet<string>>;
  /** Services with trusted access, such as `account.amazonaws.com`. */
  readonly trustedAccess: Set<string>;
  readonly forms: AnswerForms;
}
