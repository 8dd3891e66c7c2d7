import { type AccountClient, ListRegionsCommand, type Region } from '@aws-sdk/client-account';
import { AwsFailure } from './failure.js';
import { type Listed, listAll } from './organization.js';
import type { RetrySettings } from './retry.js';

/** A region as an account has it. */
export interface AccountRegion {
  readonly name: string;
  /** `RegionOptStatus`; `null` where AWS did not say. */
  readonly status: string | null;
}

/** "MaxResults: 1 to 50" (Account Management API Reference, ListRegions). */
const PAGE_SIZE = 50;

/**
 * The regions of an account.
 *
 * @param account `null` for the caller's own: "The management account can't specify its own AccountId"
 *   (Account Management API Reference, ListRegions).
 * @param subject what the log calls it.
 */
export async function listRegions(
  account: string | null,
  subject: string,
  client: Pick<AccountClient, 'send'>,
  retries: RetrySettings,
): Promise<Listed<AccountRegion>> {
  const listed = await listAll(
    'ListRegions',
    subject,
    (NextToken) =>
      client.send(
        new ListRegionsCommand({
          MaxResults: PAGE_SIZE,
          ...(account === null ? {} : { AccountId: account }),
          ...(NextToken === undefined ? {} : { NextToken }),
        }),
      ),
    retries,
    ({ Regions = [] }) => Regions.map(regionOf),
  );
  if (listed.items.length > 0 || listed.failure !== null) return listed;
  // Some regions are enabled by default in every account: an empty list leaves the account unread.
  const failure = new AwsFailure('ListRegions', new Error('the answer lists no region at all'), 1);
  return { items: [], failure };
}

function regionOf({ RegionName, RegionOptStatus }: Region): AccountRegion {
  // A region without a name would be lost without a trace.
  if (!RegionName) {
    throw new AwsFailure('ListRegions', new Error('the answer has a region without a name'), 1);
  }
  return { name: RegionName, status: RegionOptStatus ?? null };
}
