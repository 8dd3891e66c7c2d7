import type { UnroutedAnswer } from './data-plane/authorize.js';
import type { ExportUnderCanary } from './model.js';
import type { SeedFile } from './seed.js';
import type { TokenIssuer } from './sts/web-identity.js';

/** How an emulator behaves. */
export interface EmulatorOptions {
  /** 0, the default, takes a free one. */
  readonly port?: number;
  readonly seed?: SeedFile | readonly SeedFile[];
  /** Whether the control plane's quotas are kept; off by default. */
  readonly quotas?: boolean;
  /** Milliseconds between a change of a stage and its effect on the wire; 0 by default. */
  readonly propagationDelayMs?: number;
  /**
   * The share of the servers that such a change has not reached until then; 1, all of them, by default. The
   * others answer for the change at once. A connection leads to one server.
   */
  readonly oldServers?: number;
  /** What the export of a stage with a canary shows, which is not known of the service; `stage` by default. */
  readonly exportUnderCanary?: ExportUnderCanary;
  /** The clock, in milliseconds since the epoch. */
  readonly now?: () => number;
  /** `0 <= n < 1`, decides which requests a canary gets. */
  readonly random?: () => number;
  /**
   * The VPC endpoint that every request to an endpoint comes through, one of the seed's
   * `vpcEndpoints`. Without it a private API answers only to names that hold an endpoint's.
   */
  readonly sourceVpce?: string;
  /** What a signed request gets that no method matches; `not-found` by default. */
  readonly unrouted?: UnroutedAnswer;
  /** Whose web identity tokens STS verifies; without any, nobody looks at what a token says. */
  readonly issuers?: readonly TokenIssuer[];
  /** The longest that a session of STS lasts, in milliseconds, whatever was asked: for tests of renewal. */
  readonly sessionMs?: number;
  /** `counts` keeps no request, only how often each operation came: for very many of them. */
  readonly log?: 'requests' | 'counts';
}
