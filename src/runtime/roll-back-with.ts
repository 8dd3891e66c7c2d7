import type { RetrySettings } from '../aws/retry.js';
import type { ChangeDependencies } from '../gate/dependencies.js';
import type { Targets } from './targets.js';

/** The control planes that a journal may name, for rolling back. */
export function rollBackWith(
  targets: Targets,
  retries: RetrySettings,
): Pick<ChangeDependencies, 'apiGatewayIn' | 'iamIn' | 'retries'> {
  return {
    apiGatewayIn: (region) => targets.open(region, retries).apiGateway,
    iamIn: (region) => targets.open(region, retries).iam,
    retries,
  };
}
