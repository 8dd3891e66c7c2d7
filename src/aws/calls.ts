import { type Cancellation, Cancelled } from '../model/cancellation.js';
import type { Quotas } from './quotas.js';
import { type RetrySettings, withRetries } from './retry.js';

/** Makes a call of the control plane, labelled for log and failure. */
export type MakeCall = <T>(
  operation: string,
  subject: string,
  make: () => Promise<T>,
) => Promise<T>;

/** The two ways in which the control plane is called. */
export interface Calls {
  /** A read: repeated until it succeeds. */
  readonly call: MakeCall;
  /** A change: repeated only where AWS said that it had not carried it out. */
  readonly change: MakeCall;
}

/**
 * Calls within the quotas and with labelled retries. Once the job is cancelled no call is begun any more.
 */
export function createCalls(
  quotas: Quotas,
  retries: RetrySettings,
  cancellation: Pick<Cancellation, 'requested'>,
): Calls {
  const send = <T>(
    operation: string,
    subject: string,
    idempotent: boolean,
    make: () => Promise<T>,
  ): Promise<T> =>
    withRetries(
      { operation, subject, idempotent },
      (begin) =>
        quotas.run(operation, make, () => {
          if (cancellation.requested) throw new Cancelled();
          begin();
        }),
      retries,
    );
  return {
    call: (operation, subject, make) => send(operation, subject, true, make),
    change: (operation, subject, make) => send(operation, subject, false, make),
  };
}
