import type { STSClient } from '@aws-sdk/client-sts';
import type { AwsCredentialIdentity, Provider } from '@smithy/types';
import type { ApiGateway } from '../aws/api-gateway.js';
import type { Iam } from '../aws/iam.js';
import type { RetrySettings } from '../aws/retry.js';
import type { Baseline } from '../config/baseline.js';
import type { Config } from '../config/config.js';
import type { SourceFile } from '../config/load.js';
import type { RecoveryWorld } from '../enforce/transaction/recover.js';
import type { EnforcementWorld } from '../enforce/transaction/transaction.js';
import type { Prober } from '../probe/send.js';

/** The world that the gate acts on; `runtime` makes the real one. */
export interface World extends RetrySettings {
  readonly apiGateway: ApiGateway;
  readonly iam: Iam;
  /** Loaded and made by its first use. */
  readonly sts: () => Promise<STSClient>;
  readonly credentials: Provider<AwsCredentialIdentity>;
  readonly prober: Prober;
  /** Told of each secret that the run was given, so that the runner masks it. */
  readonly onSecret: (value: string) => void;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** What only enforcement needs. */
  readonly enforcement: Omit<EnforcementWorld, 'apiGateway' | 'iam' | 'retries'> &
    Pick<RecoveryWorld, 'apiGatewayIn' | 'iamIn'>;
}

/** What is judged by. */
export interface Basis {
  readonly policy: Config;
  /** What an earlier report found. */
  readonly baseline: Baseline;
  /** The workflow and the policy file, where findings may point. */
  readonly sources: readonly SourceFile[];
  /** What the policy file decides besides, for the reader to know. */
  readonly notes: readonly string[];
  /** `YYYY-MM-DD`, UTC. */
  readonly today: string;
}

/** As long as the credentials of a job last by default (aws-actions/configure-aws-credentials). */
const READING_LIMIT_MS = 3_600_000;

/** Reads, and gives up on throttling that does not end: what could not be read is unreadable then. */
export function withinLimit<T>({ patience, logger }: World, read: () => Promise<T>): Promise<T> {
  return patience === undefined ? read() : patience.phase(READING_LIMIT_MS, logger, read);
}
