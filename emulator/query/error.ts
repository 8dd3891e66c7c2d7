/** An error answer of the query protocol. Names and statuses: the API reference of each service. */
export class QueryError extends Error {
  override readonly name = 'QueryError';
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** The query protocol has error codes of its own for what the JSON protocols call …Exception. */
const CODES: ReadonlyMap<string, string> = new Map([
  ['UnrecognizedClientException', 'InvalidClientTokenId'],
  ['ExpiredTokenException', 'ExpiredToken'],
  ['MissingAuthenticationTokenException', 'MissingAuthenticationToken'],
  ['InvalidSignatureException', 'SignatureDoesNotMatch'],
  ['IncompleteSignatureException', 'IncompleteSignature'],
]);

/** A refusal of the signature in the words of the query protocol. */
export function signatureError(refusal: {
  readonly status: number;
  readonly errorType: string;
  readonly message: string;
}): QueryError {
  return new QueryError(
    refusal.status,
    CODES.get(refusal.errorType) ?? refusal.errorType,
    refusal.message,
  );
}
