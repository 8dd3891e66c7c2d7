import { AccountClient } from '@aws-sdk/client-account';
import {
  APIGatewayClient,
  CreateRestApiCommand,
  PutIntegrationCommand,
  PutMethodCommand,
} from '@aws-sdk/client-api-gateway';
import { ApiGatewayV2Client } from '@aws-sdk/client-apigatewayv2';
import { IAMClient } from '@aws-sdk/client-iam';
import { OrganizationsClient } from '@aws-sdk/client-organizations';
import { type Credentials, STSClient } from '@aws-sdk/client-sts';
import { afterEach } from '@jest/globals';
import { type Emulator, type EmulatorOptions, startEmulator } from '../../emulator/server.js';
import { CheckedHandler } from './v2/service-model.js';

const opened: (() => unknown)[] = [];

/** Closes what the helpers below opened, after each test of the file. */
export function closeAfterEach(): void {
  afterEach(async () => {
    for (const close of opened.splice(0).reverse()) await close();
  });
}

/** An emulator that is closed after the test; its clock stands still unless given. */
export async function emulatorFor(options: EmulatorOptions = {}): Promise<Emulator> {
  const emulator = await startEmulator(options);
  opened.push(() => emulator.close());
  return emulator;
}

export interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** How the SDK would be led here by the environment, without touching the environment. */
function configuration(
  emulator: Emulator,
  keys: Keys | undefined,
  region: string = emulator.account.region,
) {
  return {
    endpoint: emulator.url,
    region,
    maxAttempts: 1,
    credentials: keys ?? {
      accessKeyId: emulator.env.AWS_ACCESS_KEY_ID ?? '',
      secretAccessKey: emulator.env.AWS_SECRET_ACCESS_KEY ?? '',
    },
  };
}

/** The real client, without retries, so that each answer is seen. */
export function apiGateway(emulator: Emulator, keys?: Keys, region?: string): APIGatewayClient {
  const client = new APIGatewayClient(configuration(emulator, keys, region));
  opened.push(() => client.destroy());
  return client;
}

/** The real client of HTTP and WebSocket APIs, without retries; its answers are held against the model. */
export function apiGatewayV2(emulator: Emulator, keys?: Keys, region?: string): ApiGatewayV2Client {
  const client = new ApiGatewayV2Client({
    ...configuration(emulator, keys, region),
    requestHandler: new CheckedHandler(),
  });
  opened.push(() => client.destroy());
  return client;
}

/** The real client, without retries. */
export function sts(emulator: Emulator, keys?: Keys, region?: string): STSClient {
  const client = new STSClient(configuration(emulator, keys, region));
  opened.push(() => client.destroy());
  return client;
}

/** The real client, without retries. */
export function iam(emulator: Emulator, keys?: Keys): IAMClient {
  const client = new IAMClient(configuration(emulator, keys));
  opened.push(() => client.destroy());
  return client;
}

/** The real client, without retries. */
export function organizations(
  emulator: Emulator,
  keys?: Keys,
  region?: string,
): OrganizationsClient {
  const client = new OrganizationsClient(configuration(emulator, keys, region));
  opened.push(() => client.destroy());
  return client;
}

/** The real client of Account Management, without retries. */
export function accountManagement(emulator: Emulator, keys?: Keys, region?: string): AccountClient {
  const client = new AccountClient(configuration(emulator, keys, region));
  opened.push(() => client.destroy());
  return client;
}

/** Something else to be closed after the test. */
export function closeLater(close: () => unknown): void {
  opened.push(close);
}

/** Credentials of an answer of STS, as a client takes them. */
export function keysOf(credentials: Credentials | undefined): Keys {
  return {
    accessKeyId: credentials?.AccessKeyId ?? '',
    secretAccessKey: credentials?.SecretAccessKey ?? '',
    sessionToken: credentials?.SessionToken ?? '',
  };
}

/** What an error of the SDK says: HTTP status, name, text. */
export interface Refusal {
  readonly status: number | undefined;
  readonly name: string;
  readonly message: string;
}

/** Awaits a refusal; an answer is a failure of the test. */
export async function refusal(call: Promise<unknown>): Promise<Refusal> {
  try {
    await call;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const metadata = '$metadata' in error ? error.$metadata : undefined;
    const status =
      typeof metadata === 'object' && metadata !== null && 'httpStatusCode' in metadata
        ? metadata.httpStatusCode
        : undefined;
    return {
      status: typeof status === 'number' ? status : undefined,
      name: error.name,
      message: error.message,
    };
  }
  throw new Error('answered, where a refusal was expected');
}

/** An answer without the SDK's own part. */
export function plain<T extends { readonly $metadata?: unknown }>(answer: T): Omit<T, '$metadata'> {
  const { $metadata: _metadata, ...rest } = answer;
  return rest;
}

/** An API with nothing but its root, made by the client itself. */
export async function bareApi(
  client: APIGatewayClient,
): Promise<{ restApiId: string; rootId: string }> {
  const api = await client.send(new CreateRestApiCommand({ name: 'test' }));
  return { restApiId: api.id ?? '', rootId: api.rootResourceId ?? '' };
}

/** An API whose root has a GET with a MOCK integration: the least that can be deployed. */
export async function deployableApi(
  client: APIGatewayClient,
): Promise<{ restApiId: string; rootId: string }> {
  const { restApiId, rootId } = await bareApi(client);
  const method = { restApiId, resourceId: rootId, httpMethod: 'GET' };
  await client.send(new PutMethodCommand({ ...method, authorizationType: 'NONE' }));
  await client.send(
    new PutIntegrationCommand({
      ...method,
      type: 'MOCK',
      requestTemplates: { 'application/json': '{"statusCode": 200}' },
    }),
  );
  return { restApiId, rootId };
}
