import type { RetrySettings } from '../aws/retry.js';
import type { ChangeDependencies } from '../gate/dependencies.js';
import type { Targets } from './targets.js';

/** The services of the regions that a journal may name, for rolling back. */
export function rollBackWith(
  targets: Targets,
  retries: RetrySettings,
): Pick<ChangeDependencies, 'servicesIn' | 'retries'> {
  return {
    servicesIn: (region) => targets.open(region, retries),
    retries,
  };
}
