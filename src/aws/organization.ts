import {
  type Account,
  ListAccountsCommand,
  ListAccountsForParentCommand,
  ListOrganizationalUnitsForParentCommand,
  type OrganizationalUnit,
  type OrganizationsClient,
} from '@aws-sdk/client-organizations';
import { AwsFailure } from './failure.js';
import { pages } from './pages.js';
import { type RetrySettings, withRetries } from './retry.js';

/** As Organizations says it; what it left out is `null`. */
export interface OrganizationAccount {
  readonly id: string;
  readonly name: string | null;
  /**
   * `State`. `Status` "will be retired on September 9, 2026" (Organizations API Reference, Account), and
   * says nothing that `State` does not.
   */
  readonly state: string | null;
  /** Ids of the root and the organizational units that it is in, from the root down. */
  readonly ous: readonly string[] | null;
  /** Its ARN names the organization's management account. */
  readonly isManagement: boolean;
}

/** A list as far as it could be read, and why it ends there. */
export interface Listed<T> {
  readonly items: readonly T[];
  readonly failure: AwsFailure | null;
}

interface AccountsPage {
  readonly Accounts?: Account[] | undefined;
  readonly NextToken?: string | undefined;
}

/** What a plan asks an organization. Pages may be empty and have a token all the same. */
export interface Organization {
  listAccounts(): Promise<Listed<OrganizationAccount>>;
  /** Accounts directly in a root or an organizational unit. */
  listAccountsIn(parent: string): Promise<Listed<OrganizationAccount>>;
  /** Ids of the organizational units directly in a root or another one. */
  listUnitsIn(parent: string): Promise<Listed<string>>;
}

/** Reads with a client of Organizations. */
export function createOrganization(
  client: Pick<OrganizationsClient, 'send'>,
  retries: RetrySettings,
): Organization {
  const accounts = (
    operation: string,
    subject: string,
    send: (NextToken: string | undefined) => Promise<AccountsPage>,
  ) =>
    listAll(operation, subject, send, retries, ({ Accounts = [] }) =>
      Accounts.map((account) => accountOf(account, operation)),
    );
  return {
    listAccounts: () =>
      accounts('ListAccounts', '', (NextToken) =>
        client.send(new ListAccountsCommand({ NextToken })),
      ),
    listAccountsIn: (parent) =>
      accounts('ListAccountsForParent', parent, (NextToken) =>
        client.send(new ListAccountsForParentCommand({ ParentId: parent, NextToken })),
      ),
    listUnitsIn: (parent) =>
      listAll(
        'ListOrganizationalUnitsForParent',
        parent,
        (NextToken) =>
          client.send(new ListOrganizationalUnitsForParentCommand({ ParentId: parent, NextToken })),
        retries,
        ({ OrganizationalUnits = [] }) => OrganizationalUnits.map(unitOf),
      ),
  };
}

/** An organization may have tens of thousands of accounts, of which a page has twenty. */
const MOST_PAGES = 5000;

function nextOf({ NextToken }: { readonly NextToken?: string | undefined }): string | undefined {
  return NextToken || undefined;
}

/** Reads a list to its end, or as far as it can be read: what came before a failure is not lost. */
export async function listAll<P extends { readonly NextToken?: string | undefined }, T>(
  operation: string,
  subject: string,
  send: (token: string | undefined) => Promise<P>,
  retries: RetrySettings,
  itemsOf: (page: P) => readonly T[],
): Promise<Listed<T>> {
  const items: T[] = [];
  const call = { operation, subject, idempotent: true };
  const read = (token: string | undefined): Promise<P> =>
    withRetries(call, () => send(token), retries);
  try {
    for await (const page of pages(operation, read, nextOf, MOST_PAGES)) {
      items.push(...itemsOf(page));
    }
    return { items, failure: null };
  } catch (error) {
    if (error instanceof AwsFailure) return { items, failure: error };
    throw error;
  }
}

function accountOf(
  { Id, Arn = '', Name, State, Paths }: Account,
  operation: string,
): OrganizationAccount {
  // An account that cannot be told apart would be lost without a trace.
  if (Id === undefined || !/^\d{12}$/.test(Id)) {
    throw new AwsFailure(operation, new Error('the answer has an account without an id'), 1);
  }
  return {
    id: Id,
    name: Name || null,
    state: State ?? null,
    ous: Paths === undefined || Paths.length === 0 ? null : Paths.flatMap(idsIn),
    isManagement: Arn.split(':')[4] === Id,
  };
}

function unitOf({ Id }: OrganizationalUnit): string {
  // Nobody would look for the accounts of a unit without an id.
  if (!Id) {
    throw new AwsFailure(
      'ListOrganizationalUnitsForParent',
      new Error('the answer has an organizational unit without an id'),
      1,
    );
  }
  return Id;
}

/** `o-exampleorgid/r-ab12/ou-ab12-11111111/`, with the account's own id at the end or without. */
function idsIn(path: string): string[] {
  return path.split('/').filter((part) => /^(?:ou|r)-/.test(part));
}
