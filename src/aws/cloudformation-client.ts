import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import type { ClientSettings } from './client-settings.js';

/** A client of CloudFormation; the module is loaded by runs that name APIs by their stack. */
export function createCloudFormationClient(settings: ClientSettings): CloudFormationClient {
  return new CloudFormationClient(settings);
}
