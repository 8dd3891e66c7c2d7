import { type AccountClient, ListRegionsCommand } from '@aws-sdk/client-account';
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
export function listRegions(
  account: string | null,
  subject: string,
  client: Pick<AccountClient, 'send'>,
  retries: RetrySettings,
): Promise<Listed<AccountRegion>> {
  return listAll(
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
    ({ Regions = [] }) =>
      Regions.flatMap(({ RegionName, RegionOptStatus }) =>
        RegionName === undefined ? [] : [{ name: RegionName, status: RegionOptStatus ?? null }],
      ),
  );
}
