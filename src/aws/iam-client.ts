import { IAMClient } from '@aws-sdk/client-iam';
import type { ClientSettings } from './client-settings.js';

/** A client of IAM; the module is loaded by runs that judge or grant a group's rights. */
export function createIamClient(settings: ClientSettings): IAMClient {
  return new IAMClient(settings);
}
