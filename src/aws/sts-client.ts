import { STSClient } from '@aws-sdk/client-sts';
import type { ClientSettings } from './client-settings.js';

/** A client of STS; the module is loaded by runs that assume a role or ask whose the credentials are. */
export function createStsClient(settings: ClientSettings): STSClient {
  return new STSClient(settings);
}
