/** An answer that ends a request: HTTP status, `x-amzn-ErrorType` and the message of the body. */
export interface Refusal {
  readonly ok: false;
  readonly status: number;
  readonly errorType: string;
  readonly message: string;
}

/** Nothing that identifies a caller. */
export function missingToken(): Refusal {
  return refuse('MissingAuthenticationTokenException', 'Missing Authentication Token');
}

/** An `Authorization` header that cannot be read to its end. */
export function incomplete(message: string): Refusal {
  return refuse('IncompleteSignatureException', message);
}

/** A header that can be read and does not hold. */
export function invalid(message: string): Refusal {
  return refuse('InvalidSignatureException', message);
}

/** Any other refusal. */
export function refuse(errorType: string, message: string): Refusal {
  return { ok: false, status: 403, errorType, message };
}
