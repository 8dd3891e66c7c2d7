import { field } from './field.js';

/**
 * An answer that is not AWS's: a web page of a proxy, a server that `AWS_ENDPOINT_URL` leads to by
 * mistake. Every answer of AWS has a request id (`x-amzn-RequestId`; API Gateway API Reference, "Common
 * headers"), and the SDK keeps it in `$metadata`; a cut answer of AWS's still has it.
 *
 * @returns what was answered, such as `HTTP 404, text/html`; `null` where it is AWS's, or may be.
 */
export function describeForeignAnswer(error: unknown): string | null {
  const metadata = field(error, '$metadata');
  const status = field(metadata, 'httpStatusCode');
  if (typeof status !== 'number' || field(metadata, 'requestId') !== undefined) return null;
  const type = contentTypeOf(error);
  if (!isUnlikeAws(error, status, type)) return null;
  return type === '' ? `HTTP ${status}` : `HTTP ${status}, ${type}`;
}

/**
 * Refuses an answer that the SDK could read and that is not AWS's: `{}` of any server reads as an answer
 * in which everything is missing.
 *
 * @throws Error that {@link describeForeignAnswer} describes.
 */
export function refuseForeignAnswer(answer: unknown): void {
  const metadata = field(answer, '$metadata');
  const status = field(metadata, 'httpStatusCode');
  if (typeof status !== 'number' || field(metadata, 'requestId') !== undefined) return;
  throw Object.assign(new Error('the answer has no request id'), {
    name: 'Unknown',
    $metadata: metadata,
  });
}

function isUnlikeAws(error: unknown, status: number, type: string): boolean {
  if (type === 'text/html' || (status >= 300 && status < 400)) return true;
  // A success that the SDK could not read, such as `null`, or JSON where XML belongs.
  if (status < 300 && !(error instanceof SyntaxError)) return true;
  if (!(error instanceof Error)) return false;
  // The SDK's name for an error that names none.
  if (/^Unknown(?:Error)?$/.test(error.name)) return true;
  if (!(error instanceof SyntaxError)) return false;
  // AWS's own answer that was cut is of a JSON type, and ends too early; this one never was JSON.
  return (type !== '' && !type.endsWith('json')) || error.message.startsWith('Unexpected token');
}

function contentTypeOf(error: unknown): string {
  const header = field(field(field(error, '$response'), 'headers'), 'content-type');
  const [type = ''] = typeof header === 'string' ? header.split(';') : [];
  return /^[\w.+-]{1,40}\/[\w.+-]{1,40}$/.test(type.trim()) ? type.trim().toLowerCase() : '';
}
