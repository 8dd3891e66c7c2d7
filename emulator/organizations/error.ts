/** An error answer of Organizations. */
export class OrganizationsError extends Error {
  override readonly name = 'OrganizationsError';
  readonly status: number;
  readonly errorType: string;
  readonly reason: string | undefined;

  constructor(errorType: string, message: string, reason?: string, status = 400) {
    super(message);
    this.errorType = errorType;
    this.reason = reason;
    this.status = status;
  }
}

/** Reasons: service model, InvalidInputExceptionReason. Sentences are the emulator's own. */
export function invalidInput(reason: string, message: string): OrganizationsError {
  return new OrganizationsError('InvalidInputException', message, reason);
}
