import { createHash } from 'node:crypto';
import type { WireRequest } from '../http.js';

/** What goes into a canonical request besides the request itself. */
export interface Canonicalisation {
  /** The names of the signed headers, in lower case; sorted here. */
  readonly signedHeaders: readonly string[];
  /**
   * Whether dot segments and repeated slashes are taken out of the path first. Every service but S3
   * does (AWS SDKs call it `should_normalize_uri_path`).
   */
  readonly normalisePath: boolean;
}

/**
 * The canonical request of Signature Version 4, line by line.
 *
 * The payload's hash is always that of the body received. An `x-amz-content-sha256` header is signed
 * like any other header but never believed: only S3 takes the hash, or `UNSIGNED-PAYLOAD`, from it
 * (API Gateway refuses a signature over `UNSIGNED-PAYLOAD`: aws/aws-sdk-java-v2 issue 5581).
 *
 * Source: AWS docs, "Create a signed AWS API request", step 1; awslabs/aws-c-auth signing test suite.
 *
 * @returns The text that is hashed into the string to sign.
 */
export function canonicalRequest(request: WireRequest, how: Canonicalisation): string {
  const signedHeaders = [...how.signedHeaders].sort(byCodeUnit);
  return [
    request.method,
    canonicalPath(request.rawPath, how.normalisePath),
    canonicalQuery(request.rawQuery),
    ...signedHeaders.map((name) => `${name}:${canonicalHeaderValue(request, name)}`),
    '',
    signedHeaders.join(';'),
    createHash('sha256').update(request.body).digest('hex'),
  ].join('\n');
}

/**
 * The path as signed: the path **as sent**, so with its percent-encoding, encoded once more segment
 * by segment.
 *
 * Source: AWS docs, "Create a signed AWS API request": "each path segment must be URI-encoded twice
 * (except for Amazon S3 which only gets URI-encoded once)"; the `normalize` switch of the suite.
 */
export function canonicalPath(rawPath: string, normalise: boolean): string {
  const path = rawPath === '' ? '/' : rawPath;
  return (normalise ? withoutDotSegments(path) : path).split('/').map(uriEncode).join('/');
}

/**
 * The query as signed: names and values decoded, encoded again in the one form that is allowed, and
 * sorted by name, then by value. A name without `=` has an empty value; a `+` is a plus sign.
 *
 * Source: AWS docs, "Create a signed AWS API request"; suite cases `get-vanilla-query-*`.
 */
export function canonicalQuery(rawQuery: string): string {
  return rawQuery
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair): readonly [string, string] => {
      const equals = pair.indexOf('=');
      const [name, value] =
        equals === -1 ? [pair, ''] : [pair.slice(0, equals), pair.slice(equals + 1)];
      return [uriEncode(percentDecode(name)), uriEncode(percentDecode(value))];
    })
    .sort((a, b) => byCodeUnit(a[0], b[0]) || byCodeUnit(a[1], b[1]))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

/**
 * The value of a header as signed: each line trimmed, runs of white space (folded lines too) made
 * one space, several lines of one name joined by a comma in the order sent.
 *
 * Source: suite cases `get-header-value-multiline`, `-order`, `-trim`, `get-header-key-duplicate`.
 */
function canonicalHeaderValue(request: WireRequest, name: string): string {
  return request.headers
    .filter(([candidate]) => candidate === name)
    .map(([, value]) => value.replace(/[ \t\r\n]+/g, ' ').replace(/^ | $/g, ''))
    .join(',');
}

function withoutDotSegments(path: string): string {
  const kept: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '..') kept.pop();
    else if (segment !== '' && segment !== '.') kept.push(segment);
  }
  const trailing = kept.length > 0 && path.endsWith('/') ? '/' : '';
  return `/${kept.join('/')}${trailing}`;
}

/** Octets of the text, percent escapes decoded; a `%` that starts no escape stands for itself. */
function percentDecode(text: string): Uint8Array {
  const hexEscape = /^%[0-9A-Fa-f]{2}$/;
  const parts = text.split(/(%[0-9A-Fa-f]{2})/);
  return Buffer.concat(
    parts.map((part) =>
      hexEscape.test(part) ? Buffer.from(part.slice(1), 'hex') : Buffer.from(part, 'utf8'),
    ),
  );
}

/** Every octet but the unreserved characters of RFC 3986 as an upper-case escape. */
function uriEncode(text: string | Uint8Array): string {
  const octets = typeof text === 'string' ? Buffer.from(text, 'utf8') : text;
  let encoded = '';
  for (const octet of octets) {
    const character = String.fromCharCode(octet);
    encoded += /[A-Za-z0-9\-._~]/.test(character)
      ? character
      : `%${octet.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return encoded;
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
