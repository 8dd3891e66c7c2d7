import { APIGatewayClient } from '@aws-sdk/client-api-gateway';
import type { ApiGatewayV2Client } from '@aws-sdk/client-apigatewayv2';
import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import type { IAMClient } from '@aws-sdk/client-iam';
import type { STSClient } from '@aws-sdk/client-sts';
import type { AwsCredentialIdentity, Provider } from '@smithy/types';
import { makeClientSettings } from './client-settings.js';
import type { ProxyFor } from './http-handler.js';
import { RestJsonProtocol } from './rest-json.js';
import { createStsClient } from './sts-client.js';

/** The SDK's clients for one region; endpoints and credentials by the SDK's own variables. */
export interface AwsClients {
  readonly apiGateway: APIGatewayClient;
  /** Loaded and made when first asked for, and so are `iam` and `sts`: most audits need none of them. */
  readonly apiGatewayV2: () => Promise<ApiGatewayV2Client>;
  readonly iam: () => Promise<IAMClient>;
  readonly sts: () => Promise<STSClient>;
  /** Likewise. */
  readonly cloudFormation: () => Promise<CloudFormationClient>;
  /** Closes kept connections, so that the process can end. */
  destroy(): void;
}

/**
 * Creates the clients.
 *
 * @param silenceMs how long AWS may go without an answer; no request waits longer.
 * @param credentials without them, the SDK looks for them in the environment.
 */
export function createAwsClients(
  region: string,
  userAgent: [name: string, version: string],
  proxyFor: ProxyFor,
  silenceMs: number,
  credentials: Provider<AwsCredentialIdentity> | null = null,
): AwsClients {
  const settings = makeClientSettings(region, userAgent, proxyFor, silenceMs, credentials);
  const apiGateway = new APIGatewayClient({ ...settings, protocol: RestJsonProtocol });
  // It copies every answer for a log that the gate does not keep.
  apiGateway.middlewareStack.remove('loggerMiddleware');
  return {
    apiGateway,
    apiGatewayV2: once(async () =>
      (await import('./api-gateway-v2-client.js')).createApiGatewayV2Client(settings),
    ),
    iam: once(async () => (await import('./iam-client.js')).createIamClient(settings)),
    sts: once(async () => createStsClient(settings)),
    cloudFormation: once(async () =>
      (await import('./cloudformation-client.js')).createCloudFormationClient(settings),
    ),
    destroy: () => settings.requestHandler.destroy(),
  };
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
