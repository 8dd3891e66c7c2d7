import * as core from '@actions/core';
import { getProxyForUrl } from 'proxy-from-env';
import { jsonOf } from '../model/json-data.js';
import { wholeBody } from '../model/whole-body.js';
import type { Sent } from '../publish/github/client.js';

/** Whom the token is for, as AWS's own action has it (aws-actions/configure-aws-credentials, `audience`). */
const AUDIENCE = 'sts.amazonaws.com';

const ATTEMPTS = 4;
const WAIT_MS = 1000;
const TIMEOUT_MS = 20_000;
/** Several times what a token has. */
const MOST_BYTES = 256 * 1024;

/**
 * Asks GitHub for an OIDC token of the job (GitHub Docs, "OpenID Connect reference", methods for
 * requesting the token). `getIDToken` of `@actions/core` does the same and brings an HTTP client along.
 *
 * @throws Error that says what is missing.
 */
export async function requestIdToken(sleep: (ms: number) => Promise<void>): Promise<string> {
  const { ACTIONS_ID_TOKEN_REQUEST_URL: url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: token } = process.env;
  if (!url || !token) {
    throw noToken(
      'the job may not ask GitHub for an OIDC token: add permissions: id-token: write to it',
    );
  }
  const address = new URL(url);
  address.searchParams.set('audience', AUDIENCE);
  let why = '';
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    if (attempt > 1) await sleep(WAIT_MS * 2 ** (attempt - 2));
    const answer = await ask(address.href, token);
    if ('value' in answer) {
      core.setSecret(answer.value);
      return answer.value;
    }
    why = answer.why;
    if (answer.isFinal) break;
  }
  throw noToken(`GitHub gave no OIDC token: ${why}`);
}

type Answer = { readonly value: string } | { readonly why: string; readonly isFinal: boolean };

async function ask(url: string, token: string): Promise<Answer> {
  try {
    const send = await sender(url);
    const response = await send(url, {
      method: 'GET',
      headers: { authorization: `Bearer ${token}`, accept: 'application/json' },
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (response.status !== 200) {
      const isFinal = response.status < 500 && response.status !== 429;
      return { why: `HTTP ${response.status}`, isFinal };
    }
    const body = await wholeBody(response.body ?? [], (bytes) => {
      if (bytes > MOST_BYTES) throw new Error('the answer is too large');
    });
    const value = tokenIn(jsonOf(body.toString('utf8')));
    return value === null ? { why: 'the answer holds no token', isFinal: true } : { value };
  } catch (error) {
    return { why: error instanceof Error ? error.message : String(error), isFinal: false };
  }
}

type Fetch = (
  url: string,
  request: Sent,
) => Promise<{ readonly status: number; readonly body: AsyncIterable<Uint8Array> | null }>;

async function sender(url: string): Promise<Fetch> {
  const proxy = getProxyForUrl(url);
  if (proxy === '') return fetch;
  const { sendThroughProxy } = await import('../publish/github/proxied-fetch.js');
  return sendThroughProxy(proxy);
}

function tokenIn(body: unknown): string | null {
  const value: unknown =
    typeof body === 'object' && body !== null ? Reflect.get(body, 'value') : undefined;
  return typeof value === 'string' && value !== '' ? value : null;
}

/** Named as the SDK names it where there are no credentials: no attempt more would change it. */
function noToken(message: string): Error {
  return Object.assign(new Error(message), { name: 'CredentialsProviderError' });
}
