import { APIGatewayClient } from '@aws-sdk/client-api-gateway';
import { ApiGatewayV2Client } from '@aws-sdk/client-apigatewayv2';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { AwsCredentialIdentity, Provider } from '@smithy/types';
import { UsageError } from './options.js';
import type { ControlPlanes } from './owned.js';
import { Stopped } from './pace.js';

/** The account that the credentials of the environment belong to. */
export interface Connection {
  readonly accountId: string;
  readonly credentials: Provider<AwsCredentialIdentity>;
  /** Whose calls end as soon as the person stops the run. */
  readonly planes: ControlPlanes;
  /** Whose calls go on, to delete what is there. */
  readonly cleaning: ControlPlanes;
}

/** Some operations may be called once in thirty seconds. */
const ATTEMPTS = 15;

/**
 * Finds out region and account.
 *
 * @throws UsageError where there is no region or no credentials that are taken.
 */
export async function connect(
  givenRegion: string | undefined,
  signal: AbortSignal,
): Promise<Connection> {
  const sts = new STSClient(givenRegion === undefined ? {} : { region: givenRegion });
  const region = await sts.config.region().catch(() => {
    throw new UsageError('There is no region: give --region, or set AWS_REGION.');
  });
  const identity = await sts.send(new GetCallerIdentityCommand({})).catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
    throw new UsageError(`The credentials of the environment were not taken by STS: ${why}`);
  });
  const planes = planesIn(region);
  planes.rest.middlewareStack.add(
    (next) => (args) => {
      refuseWhenStopped(signal);
      return next(args);
    },
    EACH_ATTEMPT,
  );
  planes.v2.middlewareStack.add(
    (next) => (args) => {
      refuseWhenStopped(signal);
      return next(args);
    },
    EACH_ATTEMPT,
  );
  return {
    accountId: identity.Account ?? '',
    credentials: sts.config.credentials,
    planes,
    cleaning: planesIn(region),
  };
}

/** After the SDK's own repeats, so that it is looked at before each of them. */
const EACH_ATTEMPT = { step: 'finalizeRequest', priority: 'low', name: 'stopped' } as const;

function refuseWhenStopped(signal: AbortSignal): void {
  if (signal.aborted) throw new Stopped();
}

/** The control planes of a region, for whoever the environment's credentials are of. */
export function planesIn(region: string): ControlPlanes {
  const settings = { region, maxAttempts: ATTEMPTS };
  return {
    rest: new APIGatewayClient(settings),
    v2: new ApiGatewayV2Client(settings),
    region,
  };
}
