import { APIGatewayClient } from '@aws-sdk/client-api-gateway';
import { IAMClient } from '@aws-sdk/client-iam';
import { STSClient } from '@aws-sdk/client-sts';
import { ProxiedHttpHandler, type ProxyFor } from './http-handler.js';

/** The SDK's clients for one region; endpoints and credentials by the SDK's own variables. */
export interface AwsClients {
  readonly apiGateway: APIGatewayClient;
  readonly iam: IAMClient;
  readonly sts: STSClient;
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
  const settings = {
    region,
    maxAttempts: 1,
    customUserAgent: [userAgent],
    requestHandler: new ProxiedHttpHandler(proxyFor, {
      connectionTimeoutMs: CONNECTION_TIMEOUT_MS,
      requestTimeoutMs: Math.min(LONGEST_REQUEST_MS, silenceMs),
      answerTimeoutMs: ANSWER_TIMEOUT_MS,
    }),
  };
  const apiGateway = new APIGatewayClient(settings);
  const iam = new IAMClient(settings);
  const sts = new STSClient(settings);
  return {
    apiGateway,
    iam,
    sts,
    destroy() {
      apiGateway.destroy();
      iam.destroy();
      sts.destroy();
    },
  };
}
