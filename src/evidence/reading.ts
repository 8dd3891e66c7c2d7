import { AwsFailure } from '../aws/failure.js';
import type { Reading, Unreadable } from '../model/evidence.js';

/**
 * Makes what AWS refused to tell a value; so is an answer whose shape is not what the service promises
 * (a `null` where an object belongs), which shows as a TypeError. Anything else that is thrown is a
 * bug and goes on.
 *
 * @param call what is read by, such as `GetResources`.
 */
export async function reading<T>(call: string, read: () => Promise<T>): Promise<Reading<T>> {
  try {
    return { readable: true, value: await read() };
  } catch (error) {
    if (error instanceof AwsFailure) return unreadable(error.operation, error.why, error.remedy);
    if (error instanceof TypeError) {
      const why = `answered something that cannot be understood (${error.message})`;
      return unreadable(
        call,
        why,
        'Run the job again; if it stays, open an issue with this message.',
      );
    }
    throw error;
  }
}

/** A part of the evidence that could not be read. */
export function unreadable(call: string, reason: string, remedy: string): Unreadable {
  return { readable: false, call, reason, remedy };
}
