import { createHash } from 'node:crypto';
import type { WireRequest } from '../http.js';
import type { AuthorizationParts } from './authorization-header.js';
import { incomplete, invalid, type Refusal } from './refusal.js';
import { type Scope, TERMINATOR } from './string-to-sign.js';

/**
 * Of a header with a part that is no `key=value`. Earlier answers quoted the header itself; the
 * present form hides it behind its hash (awslabs/time-addressable-media-store issue 8).
 */
export function notKeyAndValue(header: string): string {
  return `Invalid key=value pair (missing equal-sign) in Authorization header (hashed with SHA-256 and encoded with Base64): '${hashed(header)}'.`;
}

/**
 * Of what an `Authorization` header lacks, or `undefined`. Order of the sentences: aws/chalice issue
 * 828, an answer of API Gateway; the hash at the end where that one still quoted the header.
 */
export function missingParts(
  parts: AuthorizationParts,
  noDate: boolean,
  header: string,
): string | undefined {
  const absent = [
    ...(parts.credential === '' ? ["'Credential' parameter"] : []),
    ...(parts.signature === '' ? ["'Signature' parameter"] : []),
    ...(parts.signedHeaders === '' ? ["'SignedHeaders' parameter"] : []),
    ...(noDate ? ["existence of either a 'X-Amz-Date' or a 'Date' header"] : []),
  ];
  if (absent.length === 0) return undefined;
  const sentences = absent.map((what) => `Authorization header requires ${what}. `);
  return `${sentences.join('')}(Hashed with SHA-256 and encoded with Base64) Authorization=${hashed(header)}`;
}

/** Of a date that cannot be read (architect/dynalite, `index.js`, recorded from DynamoDB). */
export function notABasicDate(text: string): string {
  return `Date must be in ISO-8601 'basic format'. Got '${text}'. See http://en.wikipedia.org/wiki/ISO_8601`;
}

/**
 * Of headers that are named and absent, or must be signed and are not.
 *
 * Source of what must be signed, `host` and every `x-amz-*` header sent: AWS docs, "Create a signed AWS
 * API request"; of the sentences: NetSPI/AWSSigner issue 3, aws/aws-sdk-php issue 2469 and
 * awslabs/aws-mobile-appsync-sdk-js issue 702.
 */
export function signedHeadersProblem(
  request: WireRequest,
  signedHeaders: readonly string[],
  amzHeadersSigned: boolean,
): Refusal | undefined {
  const present = new Set(request.headers.map(([name]) => name));
  const absent = signedHeaders.find((name) => !present.has(name));
  if (absent !== undefined) {
    return incomplete(
      `'${absent}' is named as a SignedHeader, but it does not exist in the HTTP request.`,
    );
  }
  if (!signedHeaders.includes('host')) {
    return invalid("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.");
  }
  const unsigned = amzHeadersSigned
    ? [...present].find((name) => name.startsWith('x-amz-') && !signedHeaders.includes(name))
    : undefined;
  return unsigned === undefined
    ? undefined
    : invalid(`'${unsigned}' must be a 'SignedHeader' in the AWS Authorization.`);
}

/** Of a scope: sentences strung together as AWS does, a space behind each; empty where it is right. */
export function scopeProblem(
  scope: Scope,
  terminator: string | undefined,
  expected: { readonly service: string; readonly region: string },
  basic: string,
): string {
  const day = basic.slice(0, 8);
  const sentences: string[] = [];
  if (scope.region !== expected.region) {
    sentences.push('Credential should be scoped to a valid region. ');
  }
  if (scope.service !== expected.service) {
    sentences.push(`Credential should be scoped to correct service: '${expected.service}'. `);
  }
  if (terminator !== TERMINATOR) {
    sentences.push(`Credential should be scoped with a valid terminator: '${TERMINATOR}'. `);
  }
  if (scope.date !== day) {
    // tedder/requests-aws4auth issue 7, recorded.
    sentences.push(
      `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${scope.date}' != '${day}', from '${basic}'.`,
    );
  }
  return sentences.join('');
}

/** Of a wrong signature: mhart/aws4 issue 33, both strings follow the sentence. */
export function mismatch(canonical: string, toSign: string): string {
  return [
    'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
    `\n\nThe Canonical String for this request should have been\n'${canonical}'`,
    `\n\nThe String-to-Sign should have been\n'${toSign}'\n`,
  ].join('');
}

function hashed(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('base64');
}
