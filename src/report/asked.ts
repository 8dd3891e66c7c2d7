/** What a method of a report says of the requests that were sent for it. */
export interface AskedMethod {
  readonly unsigned?: unknown;
  readonly tampered?: unknown;
  readonly signed?: unknown;
}

/** Whether an endpoint was asked for a method of a report. */
export function wasAsked({ unsigned, tampered, signed }: AskedMethod): boolean {
  return [unsigned, tampered, signed].some(
    (answer) => typeof answer === 'object' && answer !== null,
  );
}
