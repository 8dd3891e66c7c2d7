import { AwsFailure } from './failure.js';

/** What a call answers; `null` where AWS says that there is no such thing. */
export async function nullIfNotFound<T>(call: () => Promise<T>): Promise<T | null> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof AwsFailure && error.kind === 'not-found') return null;
    throw error;
  }
}
