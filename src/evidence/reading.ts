import { AwsFailure } from '../aws/failure.js';
import type { Reading, Unreadable } from './model.js';

/** Makes what AWS refused to tell a value; anything else that is thrown is a bug and goes on. */
export async function reading<T>(read: () => Promise<T>): Promise<Reading<T>> {
  try {
    return { readable: true, value: await read() };
  } catch (error) {
    if (error instanceof AwsFailure) return unreadable(error.operation, error.why, error.remedy);
    throw error;
  }
}

/** A part of the evidence that could not be read. */
export function unreadable(call: string, reason: string, remedy: string): Unreadable {
  return { readable: false, call, reason, remedy };
}
