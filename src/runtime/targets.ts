import { partition } from '@aws-sdk/core/client';
import type { AwsCredentialIdentity, Provider } from '@smithy/types';
import { getProxyForUrl } from 'proxy-from-env';
import { createApiGateway } from '../aws/api-gateway.js';
import { createApiGatewayV2OnUse } from '../aws/api-gateway-v2-on-use.js';
import { type AwsClients, createAwsClients } from '../aws/clients.js';
import { endpointVariablesIn } from '../aws/endpoint-variable.js';
import { createIamOnUse } from '../aws/iam-on-use.js';
import { Patience } from '../aws/patience.js';
import { createQuotas, type Quotas } from '../aws/quotas.js';
import type { RetrySettings } from '../aws/retry.js';
import { readIdentity } from '../evidence/identity.js';
import type { Target } from '../gate/target.js';
import type { Cancellation } from '../model/cancellation.js';
import type { Reading } from '../model/evidence.js';
import type { Logger } from '../model/logger.js';
import { monotonicMs } from '../model/monotonic.js';
import { NAME, VERSION } from '../version.js';
import { NEVER, sleep } from './cancel.js';

/** What all that is opened of a region shares: the SDK's clients, and our count of the quotas. */
interface Region {
  readonly clients: AwsClients;
  readonly quotas: Quotas;
}

/** Whose account is opened, where it is not that of the step's own credentials. */
export interface Holder {
  readonly credentials: Provider<AwsCredentialIdentity>;
  /** What stands for the account wherever its id must not be shown. */
  readonly account: string;
}

/** The targets of a run. */
export interface Targets {
  /**
   * Opens a region of the account. Opened twice, as for reading
   * and for rolling back, it has one set of connections and one count of its quotas.
   *
   * @param cancellation what stops its calls; without one, nothing does.
   */
  open(region: string, retries: RetrySettings, cancellation?: Cancellation): Target;
  /** Closes kept connections, so that the process can end. Calls that are under way end without a word. */
  destroy(): void;
}

/**
 * Makes what opens targets; a region's clients are made when it is first asked for.
 *
 * @param share the share of each quota that is taken.
 * @param silenceMs how long AWS may go without an answer.
 * @param logger where it is said that the quotas slow a run down.
 * @param holder whose account it is; without one, that of the credentials that the environment has.
 */
export function openTargets(
  share: number,
  silenceMs: number,
  logger: Logger,
  holder: Holder | null = null,
): Targets {
  const regions = new Map<string, Region>();
  let isOver = false;
  const regionOf = (name: string): Region => {
    const known = regions.get(name);
    if (known !== undefined) return known;
    const clients = createAwsClients(
      name,
      [NAME, VERSION],
      getProxyForUrl,
      silenceMs,
      holder?.credentials ?? null,
    );
    const quotas = createQuotas({
      share,
      now: monotonicMs,
      sleep,
      random: Math.random,
      onSlowDown: logger.info,
    });
    const opened = { clients, quotas };
    regions.set(name, opened);
    return opened;
  };
  return {
    open(region, settings, cancellation = NEVER) {
      const retries = { ...settings, isOver: () => isOver };
      const { clients, quotas } = regionOf(region);
      const iam = createIamOnUse(clients, retries);
      let account: Promise<Reading<string>> | undefined;
      return {
        region,
        ...(holder === null ? {} : { isOneOfMany: true as const }),
        account: () => {
          account ??=
            holder === null
              ? readIdentity(iam)
              : Promise.resolve({ readable: true, value: holder.account });
          return account;
        },
        apiGateway: createApiGateway(clients.apiGateway, quotas, retries, cancellation),
        apiGatewayV2: createApiGatewayV2OnUse(clients, quotas, retries, cancellation),
        iam,
        cloudFormation: async () => {
          const { createCloudFormation } = await import('../aws/cloudformation.js');
          return createCloudFormation(clients.cloudFormation, retries);
        },
        sts: clients.sts,
        credentials: clients.apiGateway.config.credentials,
      };
    },
    destroy() {
      isOver = true;
      for (const { clients } of regions.values()) clients.destroy();
    },
  };
}

/** How calls are made again, with a sleep that may or may not end with the job. */
export function retriesWith(
  pause: RetrySettings['sleep'],
  silenceMs: number,
  logger: Logger,
): RetrySettings {
  const patience = new Patience({ silenceMs, now: Date.now });
  return { logger, maxAttempts: maxAttempts(), sleep: pause, random: Math.random, patience };
}

/** The same, with what explains a failure of a region's calls to a reader. */
export function retriesIn(
  region: string,
  retries: RetrySettings,
  onMissingCredentials: string | null,
): RetrySettings {
  return {
    ...retries,
    partition: partition(region).name,
    endpointVariables: endpointVariablesIn(process.env),
    region,
    onMissingCredentials,
  };
}

/** The SDK's own variable for how often a call is made; without it, enough to outlast a busy minute. */
function maxAttempts(): number {
  const asked = Number(process.env.AWS_MAX_ATTEMPTS);
  return Number.isInteger(asked) && asked >= 1 ? asked : 8;
}
