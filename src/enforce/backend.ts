import { redact } from '../aws/redact.js';

/**
 * A backend's URI as far as it may be shown: scheme, host and path. A user, a password and keys in the
 * query are secrets, and account ids are never shown. Stage variables stand in any part, so the
 * text is cut and not parsed.
 */
export function shownBackend(uri: string | null): string {
  if (uri === null) return 'none';
  // `arn:aws:apigateway:us-east-1:s3:action/GetObject&Bucket=…` has its query behind an ampersand.
  const [shown = ''] = uri.split(/[?#&]/, 1);
  return redact(shown.replace(/^([^/]*\/\/)[^/]*@/, '$1'));
}
