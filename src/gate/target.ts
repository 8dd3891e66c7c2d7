import type { STSClient } from '@aws-sdk/client-sts';
import type { AwsCredentialIdentity, Provider } from '@smithy/types';
import type { ApiGateway } from '../aws/api-gateway.js';
import type { ApiGatewayV2 } from '../aws/api-gateway-v2.js';
import type { CloudFormation } from '../aws/cloudformation.js';
import type { Iam } from '../aws/iam.js';
import type { Reading } from '../model/evidence.js';

/** An account and a region, with the clients and credentials to read them; `runtime` opens it. */
export interface Target {
  readonly region: string;
  /** One of a fleet's targets, which others chose: one without an API is no mistake. */
  readonly isOneOfMany?: true;
  /** What stands for the account wherever its id must not be shown. Asked for once, by the first use. */
  readonly account: () => Promise<Reading<string>>;
  /** Its calls count towards the quotas of this account and region. */
  readonly apiGateway: ApiGateway;
  /** HTTP and WebSocket APIs; its calls count towards the same quotas. Loaded by its first use. */
  readonly apiGatewayV2: ApiGatewayV2;
  readonly iam: Iam;
  /** Loaded by its first use: only selectors of stacks ask for it. */
  readonly cloudFormation: () => Promise<CloudFormation>;
  /** Loaded and made by its first use. */
  readonly sts: () => Promise<STSClient>;
  readonly credentials: Provider<AwsCredentialIdentity>;
}
