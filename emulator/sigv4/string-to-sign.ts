import { createHash, createHmac } from 'node:crypto';

/** The one algorithm that is accepted, as it stands in the header and in the string to sign. */
export const ALGORITHM = 'AWS4-HMAC-SHA256';

/** The last element of every credential scope. */
export const TERMINATOR = 'aws4_request';

/** Day (`YYYYMMDD`), region and service that a signature is good for. */
export interface Scope {
  readonly date: string;
  readonly region: string;
  readonly service: string;
}

/**
 * The string to sign.
 *
 * @param timestamp The request's time in the basic format, `20150830T123600Z`.
 * @param canonical The canonical request, not yet hashed.
 *
 * Source: AWS docs, "Create a signed AWS API request", step 3.
 */
export function stringToSign(timestamp: string, scope: Scope, canonical: string): string {
  return [
    ALGORITHM,
    timestamp,
    `${scope.date}/${scope.region}/${scope.service}/${TERMINATOR}`,
    createHash('sha256').update(canonical, 'utf8').digest('hex'),
  ].join('\n');
}

/**
 * The signature: the string to sign under the key derived for the scope.
 *
 * @returns 64 lower-case hexadecimal digits.
 *
 * Source: AWS docs, "Create a signed AWS API request", steps 4 and 5.
 */
export function signatureOf(secretAccessKey: string, scope: Scope, toSign: string): string {
  const key = signingKeyOf(secretAccessKey, scope);
  return createHmac('sha256', key).update(toSign, 'utf8').digest('hex');
}

/** Keys that were derived: each is good for a day, and most requests are signed with one of a few. */
const derivedKeys = new Map<string, Uint8Array>();
const MOST_KEYS = 64;

function signingKeyOf(secretAccessKey: string, { date, region, service }: Scope): Uint8Array {
  const name = JSON.stringify([secretAccessKey, date, region, service]);
  const known = derivedKeys.get(name);
  if (known !== undefined) return known;
  const key = [date, region, service, TERMINATOR].reduce<Uint8Array>(
    (derived, part) => createHmac('sha256', derived).update(part, 'utf8').digest(),
    Buffer.from(`AWS4${secretAccessKey}`, 'utf8'),
  );
  if (derivedKeys.size >= MOST_KEYS) derivedKeys.clear();
  derivedKeys.set(name, key);
  return key;
}
