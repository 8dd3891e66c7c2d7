import pThrottle from 'p-throttle';

/** Lets a call through when the service's quota has room for it. */
export interface Quotas {
  run<T>(operation: string, call: () => Promise<T>): Promise<T>;
}

/**
 * API Gateway's quotas for its control plane, a region and account, which cannot be raised: "Total
 * operations 10 requests per second with a burst limit of 40", "GetResources 5 requests every 2
 * seconds", "CreateDeployment 1 request every 5 seconds". We keep below the steady rates and leave
 * the burst to everybody else, so that a deployment elsewhere in the account is never starved.
 * Source: API Gateway Developer Guide, "Quotas for creating, deploying and managing an API".
 */
const TOTAL = { limit: 10, interval: 1000 };
const BY_OPERATION: Readonly<Record<string, { limit: number; interval: number }>> = {
  GetResources: { limit: 5, interval: 2000 },
  // A quarter of a second more: what counts is when AWS sees the calls, and the first may be slower.
  CreateDeployment: { limit: 1, interval: 5250 },
};

/** Room within the quotas, counted for as long as the value lives. */
export function createQuotas(): Quotas {
  const pass = async (): Promise<void> => {};
  const total = pThrottle({ ...TOTAL, strict: true })(pass);
  const byOperation = new Map(
    Object.entries(BY_OPERATION).map(([operation, quota]) => [
      operation,
      pThrottle({ ...quota, strict: true })(pass),
    ]),
  );
  return {
    async run(operation, call) {
      await byOperation.get(operation)?.();
      await total();
      return call();
    },
  };
}
