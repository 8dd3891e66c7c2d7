import { timingSafeEqual } from 'node:crypto';
import type { WireRequest } from './http.js';
import type { CallerState } from './model.js';
import { parseAuthorization } from './sigv4/authorization-header.js';
import { canonicalRequest } from './sigv4/canonical-request.js';
import { headersOf } from './sigv4/headers.js';
import {
  mismatch,
  missingParts,
  notABasicDate,
  notKeyAndValue,
  scopeProblem,
  signedHeadersProblem,
} from './sigv4/problems.js';
import { incomplete, invalid, missingToken, type Refusal, refuse } from './sigv4/refusal.js';
import { CLOCK_WINDOW_MS, clockProblem, requestTime } from './sigv4/request-time.js';
import { ALGORITHM, type Scope, signatureOf, stringToSign } from './sigv4/string-to-sign.js';

/** Who sent a request, or why nobody can tell. */
export type Authentication = { readonly ok: true; readonly caller: CallerState } | Refusal;

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
  if (!parsed.ok) return incomplete(notKeyAndValue(header));
  const { parts } = parsed;

  const time = requestTime(request);
  const missing = missingParts(parts, time.kind === 'missing', header);
  if (missing !== undefined) return incomplete(missing);
  if (time.kind !== 'known') {
    return incomplete(notABasicDate(time.kind === 'malformed' ? time.text : ''));
  }
  // A complete header of another scheme counts as no authentication at all.
  if (parts.algorithm !== ALGORITHM) return missingToken();

  const late = clockProblem(time, expected.nowMs);
  if (late !== undefined) return invalid(late);

  const signedHeaders = parts.signedHeaders.toLowerCase().split(';');
  const headerProblem = signedHeadersProblem(request, signedHeaders, dialect.amzHeadersSigned);
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

/**
 * Verifies a signature in the query, as a WebSocket handshake of a browser has it. It covers the query
 * without the signature itself, and the empty body of a GET.
 *
 * Source: AWS IAM user guide, "Create a signed AWS API request", query string parameters; that the
 * date goes stale after `X-Amz-Expires` and not after five minutes is from there, too.
 *
 * @param tokenSigned `either`: a session token that was added after signing counts as well, as some
 *   services want it.
 */
export function authenticateQuery(
  request: WireRequest,
  expected: Expectation,
  tokenSigned: 'signed' | 'either',
): Authentication {
  const query = new URLSearchParams(request.rawQuery.replaceAll('+', '%2B'));
  const value = (name: string) => query.get(name) ?? '';
  if (value('X-Amz-Algorithm') !== ALGORITHM) return missingToken();
  const basic = value('X-Amz-Date');
  const time = requestTime({ ...request, headers: [['x-amz-date', basic]] });
  const [accessKeyId = '', date = '', region = '', service = '', terminator] =
    value('X-Amz-Credential').split('/');
  if (time.kind !== 'known' || value('X-Amz-Signature') === '' || accessKeyId === '')
    return incomplete(
      'AWS query-string parameters must include X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-SignedHeaders and X-Amz-Date.',
    );
  const expires = Number(value('X-Amz-Expires') || 300);
  // A signature from the future is off by the clock alone.
  const isLate = expected.nowMs > time.atMs + expires * 1000;
  if (isLate || time.atMs > expected.nowMs + CLOCK_WINDOW_MS)
    return invalid(`Signature expired: ${basic} is now out of its ${expires} seconds`);
  const signedHeaders = value('X-Amz-SignedHeaders').toLowerCase().split(';');
  const headerProblem = signedHeadersProblem(request, signedHeaders, false);
  if (headerProblem !== undefined) return headerProblem;
  const scope: Scope = { date, region, service };
  const wrongScope = scopeProblem(scope, terminator, expected, basic);
  if (wrongScope !== '') return invalid(wrongScope);
  const caller = expected.callers.get(accessKeyId);
  const token = query.get('X-Amz-Security-Token') ?? undefined;
  if (caller === undefined || caller.sessionToken !== token)
    return refuse(
      'UnrecognizedClientException',
      'The security token included in the request is invalid.',
    );
  if (caller.expiresAtMs !== undefined && caller.expiresAtMs <= expected.nowMs)
    return refuse('ExpiredTokenException', 'The security token included in the request is expired');
  const attempts = [
    ['X-Amz-Signature'],
    ...(tokenSigned === 'either' ? [['X-Amz-Signature', 'X-Amz-Security-Token']] : []),
  ].map((unsigned) => {
    const rawQuery = queryWithout(request.rawQuery, unsigned);
    const canonical = canonicalRequest(
      { ...request, rawQuery },
      { signedHeaders, normalisePath: true },
    );
    return { canonical, toSign: stringToSign(basic, scope, canonical) };
  });
  const isRight = attempts.some(({ toSign }) =>
    sameText(signatureOf(caller.secretAccessKey, scope, toSign), value('X-Amz-Signature')),
  );
  const [first] = attempts;
  if (isRight || first === undefined) return { ok: true, caller };
  return invalid(mismatch(first.canonical, first.toSign));
}

function queryWithout(rawQuery: string, names: readonly string[]): string {
  return rawQuery
    .split('&')
    .filter((pair) => !names.includes(pair.split('=')[0] ?? ''))
    .join('&');
}

/** Whether two texts are the same, in a time that says nothing about where they differ. */
function sameText(expected: string, given: string): boolean {
  const a = Buffer.from(expected, 'utf8');
  const b = Buffer.from(given, 'utf8');
  return a.length === b.length && timingSafeEqual(a, b);
}
