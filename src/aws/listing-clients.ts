import { AccountClient } from '@aws-sdk/client-account';
import { OrganizationsClient } from '@aws-sdk/client-organizations';
import type { ClientSettings } from './client-settings.js';

/** The clients that list accounts and regions; the module is loaded by what makes a plan alone. */
export interface ListingClients {
  readonly organizations: OrganizationsClient;
  readonly account: AccountClient;
}

/** Both services have one endpoint a partition, which the SDK finds by the region. */
export function createListingClients(settings: ClientSettings): ListingClients {
  return {
    organizations: new OrganizationsClient(settings),
    account: new AccountClient(settings),
  };
}
