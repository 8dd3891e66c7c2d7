import { Octokit } from '@octokit/core';
import { paginateRest } from '@octokit/plugin-paginate-rest';
import { restEndpointMethods } from '@octokit/plugin-rest-endpoint-methods';
import { retry } from '@octokit/plugin-retry';
import { throttling } from '@octokit/plugin-throttling';
import { SENT } from '../../aws/secrets.js';
import type { Logger } from '../../model/logger.js';
import { monotonicMs } from '../../model/monotonic.js';
import type { Deadline } from '../deadline.js';
import { type Answer, wholeAnswer } from './whole-answer.js';

/*
 * What `getOctokit` of `@actions/github` is made of, without that package: importing it parses the
 * event's file, and throws where that is not JSON.
 */
const Client = Octokit.plugin(restEndpointMethods, paginateRest, retry, throttling);

/** A client of GitHub's REST API, with retries and rate limits. */
export type GitHub = InstanceType<typeof Client>;

/** How a client reaches GitHub. */
export interface GitHubSettings {
  /** `GITHUB_API_URL`: GitHub Enterprise Server has its own. */
  readonly baseUrl: string;
  readonly userAgent: string;
  /** The proxy that a URL is asked for through, `''` for none. */
  readonly proxyFor: (url: string) => string;
  readonly logger: Logger;
  /** When every request is broken off, whatever it waits for; `null` for never. */
  readonly deadline: Deadline | null;
}

/** How often a request that failed on GitHub's side is sent again, after 1 and 4 seconds. */
const RETRIES = 2;

/** A rate limit that ends sooner is waited out; for a longer one no job should stand still. */
const MAX_WAIT_SECONDS = 60;

/** A request without an answer for so long has failed. */
const REQUEST_TIMEOUT_MS = 30_000;

/** A client for a GitHub, with a token of it. */
export function createGitHub(
  token: string,
  { baseUrl, userAgent, proxyFor, logger, deadline }: GitHubSettings,
): GitHub {
  // What answers may not be GitHub, and may say what it was sent.
  SENT.addToken(token);
  const send = sendThrough(proxyFor(baseUrl));
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
  const say = (line: unknown): void => logger.info(`GitHub: ${SENT.hide(String(line))}`);
  return new Client({
    auth: token,
    baseUrl,
    userAgent,
    request: {
      fetch: async (url: string, request: Sent) => {
        const sentAt = monotonicMs();
        const debug = (ending: string): void =>
          logger.debug(
            `GitHub: ${request.method} ${SENT.hide(url)}: ${ending} after ${Math.round(monotonicMs() - sentAt)} ms`,
          );
        const signal = AbortSignal.any([
          AbortSignal.timeout(REQUEST_TIMEOUT_MS),
          ...(deadline === null ? [] : [deadline.signal]),
        ]);
        try {
          const answer = await send(url, { ...request, signal });
          debug(`answered ${answer.status}`);
          return await wholeAnswer(answer, request);
        } catch (error) {
          debug('no answer');
          throw error;
        }
      },
    },
    log: { debug: () => {}, info: () => {}, warn: say, error: say },
    // 429 is the throttling plugin's affair: it knows how long GitHub wants to be left alone.
    retry: { retries: RETRIES, doNotRetry: [400, 401, 403, 404, 410, 413, 422, 429, 451] },
    throttle: {
      onRateLimit: waitOut('the rate limit is used up'),
      onSecondaryRateLimit: waitOut('the secondary rate limit is reached'),
    },
  });
}

/** A request as Octokit makes it. */
export interface Sent {
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body?: string;
  readonly redirect?: 'error' | 'follow' | 'manual';
  readonly signal?: AbortSignal;
}

/** As much of `fetch` as Octokit uses. */
export type Send = (url: string, request: Sent) => Promise<Answer>;

/** Node's own `fetch`, which asks no proxy, or one that goes through a proxy. */
function sendThrough(proxy: string): Send {
  if (proxy === '') return fetch;
  let loaded: Promise<Send> | undefined;
  return async (url, request) => {
    loaded ??= import('./proxied-fetch.js').then(({ sendThroughProxy }) => sendThroughProxy(proxy));
    return (await loaded)(url, request);
  };
}
