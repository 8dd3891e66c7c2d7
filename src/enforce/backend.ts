import { redact } from '../aws/redact.js';

/** `https://` and what follows; an ARN has no such beginning. */
const WITH_HOST = /^((?:[a-z][a-z0-9+.-]*:)?\/\/)([\s\S]*)$/i;

/** A host with its port, either of which may be a stage variable. */
const HOST = /^(?:\[[0-9a-f:.]*\]|[^@:/?#[\]]*)(?::(?:\d*|\$\{[^}@]*\}))?$/i;

/** A part of a path that looks like a key: long, of letters and digits, and no words. */
const KEY = /^(?=.*\d)(?=.*[a-z])[a-z0-9_~.=-]{24,}$/i;

/**
 * A backend's URI as far as it may be shown: scheme, host and path. A user, a password and keys in the
 * query or the path are secrets, and account ids are never shown. Stage variables stand in any part,
 * and a password may hold any character, so the text is cut and not parsed.
 */
export function shownBackend(uri: string | null): string {
  if (uri === null) return 'none';
  const [, scheme, rest] = WITH_HOST.exec(uri) ?? [];
  const shown = scheme === undefined ? cut(uri) : `${scheme}${withoutUser(rest ?? '')}`;
  return redact(shown);
}

function withoutUser(rest: string): string {
  const [authority = ''] = rest.split(/[/?#]/, 1);
  if (HOST.test(authority)) return withoutKeys(cut(rest));
  // What a password holds may look like the beginning of a path or a query.
  const at = rest.lastIndexOf('@');
  return at < 0 ? '***' : withoutKeys(cut(rest.slice(at + 1)));
}

/** `arn:aws:apigateway:us-east-1:s3:action/GetObject&Bucket=…` has its query behind an ampersand. */
function cut(text: string): string {
  return text.split(/[?#&]/, 1)[0] ?? '';
}

/** The path without the parameters of its segments (`;token=…`), and without segments that are keys. */
function withoutKeys(hostAndPath: string): string {
  const [host = '', ...segments] = hostAndPath.split('/');
  const shown = segments.map((segment) => {
    const [name = ''] = segment.split(';', 1);
    return KEY.test(name) ? '***' : name;
  });
  return [host, ...shown].join('/');
}
