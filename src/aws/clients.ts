import { APIGatewayClient } from '@aws-sdk/client-api-gateway';
import type { ApiGatewayV2Client } from '@aws-sdk/client-apigatewayv2';
import type { IAMClient } from '@aws-sdk/client-iam';
import { STSClient } from '@aws-sdk/client-sts';
import type { StreamCollector } from '@smithy/types';
import { ProxiedHttpHandler, type ProxyFor } from './http-handler.js';

/** What all clients are made with. */
export interface ClientSettings {
  readonly region: string;
  readonly maxAttempts: number;
  readonly customUserAgent: [name: string, version: string][];
  readonly requestHandler: ProxiedHttpHandler;
  readonly streamCollector: StreamCollector;
}

/** The SDK's clients for one region; endpoints and credentials by the SDK's own variables. */
export interface AwsClients {
  readonly apiGateway: APIGatewayClient;
  /** Loaded and made when first asked for, and so are `iam` and `sts`: most audits need none of them. */
  readonly apiGatewayV2: () => Promise<ApiGatewayV2Client>;
  readonly iam: () => Promise<IAMClient>;
  readonly sts: () => Promise<STSClient>;
  /** Closes kept connections, so that the process can end. */
  destroy(): void;
}

/** A call that got no answer for so long, or none to the end, counts as lost and is made again. */
const LONGEST_REQUEST_MS = 30_000;
const ANSWER_TIMEOUT_MS = 60_000;
const CONNECTION_TIMEOUT_MS = 5_000;

/**
 * Creates the clients. The SDK's own retries are off: ours are labelled and know 409.
 *
 * @param silenceMs how long AWS may go without an answer; no request waits longer.
 */
export function createAwsClients(
  region: string,
  userAgent: [name: string, version: string],
  proxyFor: ProxyFor,
  silenceMs: number,
): AwsClients {
  // One handler, and so one set of connections, for all: it is what has to be closed.
  const requestHandler = new ProxiedHttpHandler(proxyFor, {
    connectionTimeoutMs: CONNECTION_TIMEOUT_MS,
    requestTimeoutMs: Math.min(LONGEST_REQUEST_MS, silenceMs),
    answerTimeoutMs: ANSWER_TIMEOUT_MS,
  });
  const settings: ClientSettings = {
    region,
    maxAttempts: 1,
    customUserAgent: [userAgent],
    requestHandler,
    streamCollector: collect,
  };
  const apiGateway = new APIGatewayClient(settings);
  // It copies every answer for a log that the gate does not keep.
  apiGateway.middlewareStack.remove('loggerMiddleware');
  return {
    apiGateway,
    apiGatewayV2: once(async () =>
      (await import('./api-gateway-v2-client.js')).createApiGatewayV2Client(settings),
    ),
    iam: once(async () => (await import('./iam-client.js')).createIamClient(settings)),
    sts: once(async () => new STSClient(settings)),
    destroy: () => requestHandler.destroy(),
  };
}

/** The body of an answer. The SDK's own collector loads web streams to recognise them. */
const collect: StreamCollector = async (body: AsyncIterable<Uint8Array>) => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
};

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
