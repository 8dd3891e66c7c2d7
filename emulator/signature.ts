import { createHash, timingSafeEqual } from 'node:crypto';
import type { WireRequest } from './http.js';
import type { CallerState } from './model.js';
import { type AuthorizationParts, parseAuthorization } from './sigv4/authorization-header.js';
import { canonicalRequest } from './sigv4/canonical-request.js';
import { headersOf } from './sigv4/headers.js';
import { clockProblem, requestTime } from './sigv4/request-time.js';
import {
  ALGORITHM,
  type Scope,
  signatureOf,
  stringToSign,
  TERMINATOR,
} from './sigv4/string-to-sign.js';

/** Who sent a request, or why nobody can tell. */
export type Authentication = { readonly ok: true; readonly caller: CallerState } | Refusal;

/** An answer that ends a request: HTTP status, `x-amzn-ErrorType` and the message of the body. */
interface Refusal {
  readonly ok: false;
  readonly status: number;
  readonly errorType: string;
  readonly message: string;
}

/** What a request is held against. */
export interface Expectation {
  /** The service that the scope must name: 'execute-api' | 'apigateway' | 'sts' | 'iam'. */
  readonly service: string;
  readonly region: string;
  /** The verifier's clock, in milliseconds since the epoch. */
  readonly nowMs: number;
  /** Known callers by access key id. */
  readonly callers: ReadonlyMap<string, CallerState>;
}

/** Where other services sign differently; the defaults are those of API Gateway, STS and IAM. */
export interface Dialect {
  /** `false` only for S3. */
  readonly normalisePath: boolean;
  /** `false` only for AWS IoT's WebSocket handshake, which adds the token after signing. */
  readonly amzHeadersSigned: boolean;
}

const DIALECT: Dialect = { normalisePath: true, amzHeadersSigned: true };

/**
 * Verifies header-form Signature Version 4.
 *
 * It shares no code with the signer of the action: it is there to check it. The order of the checks
 * is the one that architect/dynalite's `index.js` recorded from DynamoDB, the fullest public record
 * of AWS's front end; sentences that API Gateway words differently are API Gateway's. The session
 * token is judged together with the key, before the signature: without it AWS cannot know the secret.
 *
 * @param expected `service` is what the scope must name: 'execute-api' | 'apigateway' | 'sts' | 'iam'.
 * @param dialect For AWS's own test suite, which also covers what other services sign.
 */
export function authenticate(
  request: WireRequest,
  expected: Expectation,
  dialect: Dialect = DIALECT,
): Authentication {
  const header = headersOf(request, 'authorization');
  if (header === undefined || header === '') return missingToken();

  const parsed = parseAuthorization(header);
  if (!parsed.ok) {
    // Earlier answers quoted the header itself; the present form hides it behind its hash.
    return incomplete(
      `Invalid key=value pair (missing equal-sign) in Authorization header (hashed with SHA-256 and encoded with Base64): '${hashed(header)}'.`,
    );
  }
  const { parts } = parsed;

  const time = requestTime(request);
  const missing = missingParts(parts, time.kind === 'missing');
  if (missing !== '') {
    return incomplete(
      `${missing}(Hashed with SHA-256 and encoded with Base64) Authorization=${hashed(header)}`,
    );
  }
  if (time.kind !== 'known') {
    const text = time.kind === 'malformed' ? time.text : '';
    return incomplete(
      `Date must be in ISO-8601 'basic format'. Got '${text}'. See http://en.wikipedia.org/wiki/ISO_8601`,
    );
  }
  // A complete header of another scheme counts as no authentication at all.
  if (parts.algorithm !== ALGORITHM) return missingToken();

  const late = clockProblem(time, expected.nowMs);
  if (late !== undefined) return invalid(late);

  const signedHeaders = parts.signedHeaders.toLowerCase().split(';');
  const headerProblem = signedHeadersProblem(request, signedHeaders, dialect);
  if (headerProblem !== undefined) return headerProblem;

  const elements = parts.credential.split('/');
  const [accessKeyId, date, region, service, terminator] = elements;
  if (
    elements.length !== 5 ||
    accessKeyId === undefined ||
    date === undefined ||
    region === undefined ||
    service === undefined
  ) {
    return incomplete(
      `Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '${parts.credential}'`,
    );
  }
  const scope: Scope = { date, region, service };
  const wrongScope = scopeProblem(scope, terminator, expected, time.basic);
  if (wrongScope !== '') return invalid(wrongScope);

  const caller = expected.callers.get(accessKeyId);
  const token = headersOf(request, 'x-amz-security-token');
  if (caller === undefined || caller.sessionToken !== token) {
    return refuse(
      'UnrecognizedClientException',
      'The security token included in the request is invalid.',
    );
  }
  if (caller.expiresAtMs !== undefined && caller.expiresAtMs <= expected.nowMs) {
    return refuse('ExpiredTokenException', 'The security token included in the request is expired');
  }

  const canonical = canonicalRequest(request, {
    signedHeaders,
    normalisePath: dialect.normalisePath,
  });
  const toSign = stringToSign(time.basic, scope, canonical);
  if (!sameText(signatureOf(caller.secretAccessKey, scope, toSign), parts.signature)) {
    return invalid(mismatch(canonical, toSign));
  }
  return { ok: true, caller };
}

/** The sentences about what an `Authorization` header lacks, each with a space behind it. */
function missingParts(parts: AuthorizationParts, noDate: boolean): string {
  const sentences: string[] = [];
  // This order: aws/chalice issue 828, an answer of API Gateway.
  if (parts.credential === '')
    sentences.push("Authorization header requires 'Credential' parameter. ");
  if (parts.signature === '')
    sentences.push("Authorization header requires 'Signature' parameter. ");
  if (parts.signedHeaders === '') {
    sentences.push("Authorization header requires 'SignedHeaders' parameter. ");
  }
  if (noDate) {
    sentences.push(
      "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ",
    );
  }
  return sentences.join('');
}

/**
 * Source of what must be signed: AWS docs, "Create a signed AWS API request": the host header "and
 * any x-amz-* headers in the request"; of the sentences: NetSPI/AWSSigner issue 3 and
 * awslabs/aws-mobile-appsync-sdk-js issue 702.
 */
function signedHeadersProblem(
  request: WireRequest,
  signedHeaders: readonly string[],
  dialect: Dialect,
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
  const unsigned = dialect.amzHeadersSigned
    ? [...present].find((name) => name.startsWith('x-amz-') && !signedHeaders.includes(name))
    : undefined;
  return unsigned === undefined
    ? undefined
    : invalid(`'${unsigned}' must be a 'SignedHeader' in the AWS Authorization.`);
}

/** The sentences about a scope, each with a space behind it, as AWS strings them together. */
function scopeProblem(
  scope: Scope,
  terminator: string | undefined,
  expected: Expectation,
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

/** mhart/aws4 issue 33: both strings follow the sentence. */
function mismatch(canonical: string, toSign: string): string {
  return [
    'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
    `\n\nThe Canonical String for this request should have been\n'${canonical}'`,
    `\n\nThe String-to-Sign should have been\n'${toSign}'\n`,
  ].join('');
}

/** Whether two texts are the same, in a time that says nothing about where they differ. */
function sameText(expected: string, given: string): boolean {
  const a = Buffer.from(expected, 'utf8');
  const b = Buffer.from(given, 'utf8');
  return a.length === b.length && timingSafeEqual(a, b);
}

function hashed(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('base64');
}

function missingToken(): Refusal {
  return refuse('MissingAuthenticationTokenException', 'Missing Authentication Token');
}

function incomplete(message: string): Refusal {
  return refuse('IncompleteSignatureException', message);
}

function invalid(message: string): Refusal {
  return refuse('InvalidSignatureException', message);
}

function refuse(errorType: string, message: string): Refusal {
  return { ok: false, status: 403, errorType, message };
}
