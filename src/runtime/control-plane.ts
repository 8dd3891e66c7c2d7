import { getProxyForUrl } from 'proxy-from-env';
import { type ApiGateway, createApiGateway } from '../aws/api-gateway.js';
import { type AwsClients, createAwsClients } from '../aws/clients.js';
import type { Iam } from '../aws/iam.js';
import { createIamOnUse } from '../aws/iam-on-use.js';
import { Patience } from '../aws/patience.js';
import { createQuotas, type Quotas } from '../aws/quotas.js';
import type { RetrySettings } from '../aws/retry.js';
import { NAME, VERSION } from '../version.js';
import { NEVER, sleep } from './cancel.js';
import { logger } from './runner.js';

/** The SDK's clients and our count of the quotas, one of each a region. */
interface Region {
  readonly clients: AwsClients;
  readonly quotas: Quotas;
}

/** AWS's control planes, by region. */
export interface ControlPlanes {
  in(region: string): Region;
  /** The control plane of a region for rolling back: a cancelled job does not stop it. */
  apiGatewayIn(region: string, retries: RetrySettings): ApiGateway;
  iamIn(region: string, retries: RetrySettings): Iam;
  /** Closes kept connections, so that the process can end. */
  destroy(): void;
}

/**
 * Opens the control planes; a region's clients are made when it is first asked for.
 *
 * @param share the share of each quota that is taken.
 * @param silenceMs how long AWS may go without an answer.
 */
export function openControlPlanes(share: number, silenceMs: number): ControlPlanes {
  const regions = new Map<string, Region>();
  const open = (region: string): Region => {
    const known = regions.get(region);
    if (known !== undefined) return known;
    const clients = createAwsClients(region, [NAME, VERSION], getProxyForUrl, silenceMs);
    const quotas = createQuotas({
      share,
      now: () => performance.now(),
      sleep,
      random: Math.random,
      onSlowDown: logger.info,
    });
    const opened = { clients, quotas };
    regions.set(region, opened);
    return opened;
  };
  return {
    in: open,
    apiGatewayIn(region, retries) {
      const { clients, quotas } = open(region);
      return createApiGateway(clients.apiGateway, quotas, retries, NEVER);
    },
    iamIn: (region, retries) => createIamOnUse(open(region).clients, retries),
    destroy() {
      for (const { clients } of regions.values()) clients.destroy();
    },
  };
}

/** How calls are made again, with a sleep that may or may not end with the job. */
export function retriesWith(pause: RetrySettings['sleep'], silenceMs: number): RetrySettings {
  const patience = new Patience({ silenceMs, now: Date.now });
  return { logger, maxAttempts: maxAttempts(), sleep: pause, random: Math.random, patience };
}

/** The SDK's own variable for how often a call is made; without it, enough to outlast a busy minute. */
function maxAttempts(): number {
  const asked = Number(process.env.AWS_MAX_ATTEMPTS);
  return Number.isInteger(asked) && asked >= 1 ? asked : 8;
}
