import { getOctokit } from '@actions/github';
import { defaults } from '@actions/github/lib/utils';
import { retry } from '@octokit/plugin-retry';
import { throttling } from '@octokit/plugin-throttling';
import type { Logger } from '../../logger.js';
import type { Deadline } from '../deadline.js';

/** A client of GitHub's REST API, with retries and rate limits. */
export type GitHub = ReturnType<typeof getOctokit>;

/** How often a request that failed on GitHub's side is sent again, after 1 and 4 seconds. */
const RETRIES = 2;

/** A rate limit that ends sooner is waited out; for a longer one no job should stand still. */
const MAX_WAIT_SECONDS = 60;

/** A request without an answer for so long has failed. */
const REQUEST_TIMEOUT_MS = 30_000;

/**
 * A client for `GITHUB_API_URL` (GitHub Enterprise Server has its own), through the proxy of
 * `HTTPS_PROXY` where there is one, as `@actions/github` does it.
 */
export function createGitHub(
  token: string,
  {
    userAgent,
    logger,
    deadline = null,
  }: {
    readonly userAgent: string;
    readonly logger: Logger;
    /** When every request is broken off, whatever it waits for. */
    readonly deadline?: Deadline | null;
  },
): GitHub {
  const throughProxy: typeof fetch = defaults.request?.fetch ?? fetch;
  const waitOut =
    (what: string) =>
    (seconds: number, options: { method: string; url: string }, _: unknown, count: number) => {
      const waits =
        seconds <= MAX_WAIT_SECONDS &&
        count < RETRIES &&
        deadline?.leavesTimeFor(seconds * 1000) !== false;
      const then = waits ? `sent again in ${seconds} s` : 'given up';
      logger.info(`GitHub: ${options.method} ${options.url}: ${what}, ${then}`);
      return waits;
    };
  const say = (line: unknown): void => logger.info(`GitHub: ${String(line)}`);
  return getOctokit(
    token,
    {
      userAgent,
      request: {
        ...defaults.request,
        fetch: ((url, init) =>
          throughProxy(url, {
            ...init,
            signal: AbortSignal.any([
              AbortSignal.timeout(REQUEST_TIMEOUT_MS),
              ...(deadline === null ? [] : [deadline.signal]),
            ]),
          })) satisfies typeof fetch,
      },
      log: { debug: () => {}, info: () => {}, warn: say, error: say },
      // 429 is the throttling plugin's affair: it knows how long GitHub wants to be left alone.
      retry: { retries: RETRIES, doNotRetry: [400, 401, 403, 404, 410, 413, 422, 429, 451] },
      throttle: {
        onRateLimit: waitOut('the rate limit is used up'),
        onSecondaryRateLimit: waitOut('the secondary rate limit is reached'),
      },
    },
    retry,
    throttling,
  );
}
