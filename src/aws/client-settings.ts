import { defaultProvider } from '@aws-sdk/credential-provider-node';
import type { AwsCredentialIdentity, Provider, StreamCollector } from '@smithy/types';
import { wholeBody } from '../model/whole-body.js';
import { searchWithin } from './credential-search.js';
import { ProxiedHttpHandler, type ProxyFor } from './http-handler.js';
import { SENT } from './secrets.js';

/** What all clients are made with. */
export interface ClientSettings {
  readonly region: string;
  readonly maxAttempts: number;
  readonly customUserAgent: [name: string, version: string][];
  readonly requestHandler: ProxiedHttpHandler;
  readonly streamCollector: StreamCollector;
  /** Absent where the SDK looks for them in the environment. */
  readonly credentials?: Provider<AwsCredentialIdentity>;
  /** How the SDK looks for them; it is given what its client was made with. */
  readonly credentialDefaultProvider: (
    init: Parameters<typeof defaultProvider>[0],
  ) => Provider<AwsCredentialIdentity>;
}

/** A call that got no answer for so long, or none to the end, counts as lost and is made again. */
const LONGEST_REQUEST_MS = 30_000;
const ANSWER_TIMEOUT_MS = 60_000;
const CONNECTION_TIMEOUT_MS = 5_000;

/** Several times what an API may be defined with (6 MB, API Gateway Developer Guide, "Quotas"). */
const MOST_BYTES = 32 * 1024 * 1024;

/**
 * Makes what all clients of a region are made with. The SDK's own retries are off: ours are labelled and
 * know 409.
 *
 * @param silenceMs how long AWS may go without an answer; no request waits longer, to the last byte.
 * @param credentials without them, the SDK looks for them in the environment.
 */
export function makeClientSettings(
  region: string,
  userAgent: [name: string, version: string],
  proxyFor: ProxyFor,
  silenceMs: number,
  credentials: Provider<AwsCredentialIdentity> | null = null,
): ClientSettings {
  // One handler, and so one set of connections, for all: it is what has to be closed.
  const requestHandler = new ProxiedHttpHandler(
    proxyFor,
    {
      connectionTimeoutMs: CONNECTION_TIMEOUT_MS,
      requestTimeoutMs: Math.min(LONGEST_REQUEST_MS, silenceMs),
      answerTimeoutMs: Math.min(ANSWER_TIMEOUT_MS, silenceMs),
    },
    // What answers may repeat what it was sent, in its words or in the name of an error.
    SENT.addRequest,
  );
  return {
    region,
    maxAttempts: 1,
    customUserAgent: [userAgent],
    requestHandler,
    streamCollector: collect,
    credentialDefaultProvider: (init) => searchWithin(silenceMs, defaultProvider(init)),
    ...(credentials === null ? {} : { credentials }),
  };
}

/**
 * Services that answer in XML have pages of a hundred items and documents of some kilobytes. The SDK's
 * parser takes quadratic time on ampersands without an end, so that more is not given to it.
 */
const MOST_BYTES_OF_XML = 1024 * 1024;
const LESS_THAN = '<'.charCodeAt(0);

/** A body that is larger than any of AWS's, or has no end at all. */
class AnswerTooLarge extends Error {
  override readonly name = 'AnswerTooLarge';
}

/**
 * The body of an answer, of which no more is kept in memory than AWS could send. The SDK's own collector
 * loads web streams to recognise them.
 */
const collect: StreamCollector = (body: AsyncIterable<Uint8Array>) =>
  wholeBody(body, (bytes, first) => {
    const most = first === LESS_THAN ? MOST_BYTES_OF_XML : MOST_BYTES;
    if (bytes > most) {
      throw new AnswerTooLarge(`its answer has more than ${most / 1024 / 1024} MiB`);
    }
  });
