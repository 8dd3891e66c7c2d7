/**
 * The job was cancelled: nothing new is begun. Thrown by whatever waits or calls AWS next, and never
 * taken for a failure of AWS.
 */
export class Cancelled extends Error {
  override readonly name = 'Cancelled';

  constructor() {
    super('the job was cancelled');
  }
}

/** Whether the runner asked the step to end; it goes from false to true once. */
export interface Cancellation {
  readonly requested: boolean;
  /**
   * Runs a callback when the request comes, or at once where it came already.
   *
   * @returns removes the callback.
   */
  onRequest(callback: () => void): () => void;
}

/** A request to end that others can make. */
export function createCancellation(): Cancellation & { request(): void } {
  const callbacks = new Set<() => void>();
  let requested = false;
  return {
    get requested() {
      return requested;
    },
    onRequest(callback) {
      if (requested) callback();
      else callbacks.add(callback);
      return () => callbacks.delete(callback);
    },
    request() {
      requested = true;
      for (const callback of callbacks) callback();
      callbacks.clear();
    },
  };
}
