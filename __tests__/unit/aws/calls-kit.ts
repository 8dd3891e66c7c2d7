import { APIGatewayClient } from '@aws-sdk/client-api-gateway';
import { ApiGatewayV2Client } from '@aws-sdk/client-apigatewayv2';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { IAMClient } from '@aws-sdk/client-iam';
import { STSClient } from '@aws-sdk/client-sts';
import { type ApiGateway, createApiGateway } from '../../../src/aws/api-gateway.js';
import { type ApiGatewayV2, createApiGatewayV2 } from '../../../src/aws/api-gateway-v2.js';
import { type CloudFormation, createCloudFormation } from '../../../src/aws/cloudformation.js';
import { AwsFailure } from '../../../src/aws/failure.js';
import { createIam, type Iam } from '../../../src/aws/iam.js';
import type { Quotas } from '../../../src/aws/quotas.js';
import type { RetrySettings } from '../../../src/aws/retry.js';

/** What the calls need, and none of it is AWS: each ends at the connection. */
const OFFLINE = {
  region: 'eu-west-1',
  credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
  maxAttempts: 1,
  requestHandler: {
    handle: () => Promise.reject(new Error('there is no network')),
    updateHttpClientConfig: () => {},
    httpHandlerConfigs: () => ({}),
  },
};
const RETRIES: RetrySettings = {
  logger: { info: () => {}, debug: () => {}, group: (_, phase) => phase() },
  maxAttempts: 1,
  sleep: async () => {},
  random: () => 0,
};
const QUOTAS: Quotas = {
  run: (_operation, call, check) => {
    check?.();
    return call();
  },
};

export function offlineApiGateway(): ApiGateway {
  return createApiGateway(new APIGatewayClient(OFFLINE), QUOTAS, RETRIES, { requested: false });
}

export function offlineApiGatewayV2(): ApiGatewayV2 {
  return createApiGatewayV2(new ApiGatewayV2Client(OFFLINE), QUOTAS, RETRIES, { requested: false });
}

export function offlineIam(): Iam {
  return createIam(new IAMClient(OFFLINE), new STSClient(OFFLINE), RETRIES);
}

export function offlineCloudFormation(): CloudFormation {
  return createCloudFormation(async () => new CloudFormationClient(OFFLINE), RETRIES);
}

/** The calls that the functions of a client make, by AWS's names for them. */
export async function callsOf(client: object): Promise<string[]> {
  const calls = Object.values(client).map(async (call: unknown) => {
    if (typeof call !== 'function') throw new TypeError('a client holds functions alone');
    try {
      await Reflect.apply(call, client, ['a', 'b', 'c', []]);
    } catch (error) {
      if (error instanceof AwsFailure) return error.operation;
      throw error;
    }
    throw new Error(`${call.name} needed no network`);
  });
  return Promise.all(calls);
}
