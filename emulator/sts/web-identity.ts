import { createPublicKey, verify } from 'node:crypto';
import type { MemberState } from '../estate/model.js';
import { isJsonObject, type JsonObject } from '../json.js';
import { QueryError } from '../query/error.js';

/** An issuer of tokens, and the key that its tokens are verified with. */
export interface TokenIssuer {
  /** Without `https://`, such as `token.actions.githubusercontent.com`. */
  readonly issuer: string;
  /** PEM. */
  readonly publicKey: string;
}

/** What a valid token says. */
export interface WebIdentity {
  readonly issuer: string;
  readonly subject: string;
  readonly audience: string;
  readonly claims: JsonObject;
}

/**
 * Verifies a web identity token for one account.
 *
 * Sources: codes, STS API Reference, AssumeRoleWithWebIdentity; sentences of a missing provider,
 * aws-actions/configure-aws-credentials issue 721 and mozilla-iam/mozilla-aws-cli issue 127 (400), of
 * the audience, issue 1309 there, of a key that is not known, aws/aws-sdk-js-v3 issue 3052, of an
 * expired one, aws/aws-sdk-java-v2 issue 5709. The other sentences are the emulator's own.
 *
 * @throws QueryError
 */
export function webIdentityOf(
  token: string,
  member: MemberState | undefined,
  issuers: readonly TokenIssuer[],
  nowMs: number,
): WebIdentity {
  const [head = '', body = '', signature = '', ...rest] = token.split('.');
  const header = decoded(head);
  const claims = decoded(body);
  if (header === undefined || claims === undefined || rest.length > 0)
    throw invalidToken('The ID Token provided is not a valid JWT.');
  const issuer = textOf(claims.iss).replace(/^https:\/\//, '');
  const audiences = member?.identityProviders.get(issuer);
  if (audiences === undefined)
    throw invalidToken(`No OpenIDConnect provider found in your account for https://${issuer}`);
  const key = issuers.find((known) => known.issuer === issuer)?.publicKey;
  if (key === undefined || header.alg !== 'RS256')
    throw invalidToken(
      "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for requirements",
    );
  const isSigned = verify(
    'RSA-SHA256',
    Buffer.from(`${head}.${body}`),
    createPublicKey(key),
    Buffer.from(signature, 'base64url'),
  );
  if (!isSigned) throw invalidToken('The signature of the ID Token is not valid');
  const audience = textOf(claims.aud);
  if (!audiences.has(audience)) throw invalidToken('Incorrect token audience');
  const now = Math.floor(nowMs / 1000);
  if (typeof claims.exp !== 'number' || claims.exp <= now)
    throw new QueryError(
      400,
      'ExpiredTokenException',
      `Token expired: current date/time ${now} must be before the expiration date/time ${String(claims.exp)}`,
    );
  return { issuer, subject: textOf(claims.sub), audience, claims };
}

/**
 * The condition keys of a token: its claims, behind the issuer (IAM user guide, "Available keys for
 * AWS web identity federation").
 */
export function webIdentityKeys({ issuer, claims }: WebIdentity): Record<string, string> {
  return Object.fromEntries(
    Object.entries(claims).flatMap(([name, value]) =>
      typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
        ? [[`${issuer}:${name}`.toLowerCase(), String(value)] as const]
        : [],
    ),
  );
}

function decoded(part: string): JsonObject | undefined {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return isJsonObject(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function invalidToken(message: string): QueryError {
  return new QueryError(400, 'InvalidIdentityToken', message);
}
