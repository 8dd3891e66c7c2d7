import { Sha256 } from '@aws-crypto/sha256-js';
import { HttpRequest } from '@smithy/protocol-http';
import { SignatureV4 } from '@smithy/signature-v4';
import type { AwsCredentialIdentity, Provider } from '@smithy/types';

/** Who signs, and for which region. */
export interface Signing {
  readonly region: string;
  readonly credentials: Provider<AwsCredentialIdentity>;
}

/**
 * Signs a request for `execute-api` with Signature Version 4; the path is encoded once more for the
 * canonical request, as every service but S3 has it (IAM User Guide, "Create a signed AWS API request").
 *
 * @param request with its `host` header: the signer signs it and makes none.
 */
export async function sign(
  request: HttpRequest,
  { region, credentials }: Signing,
): Promise<HttpRequest> {
  const signer = new SignatureV4({ service: 'execute-api', region, credentials, sha256: Sha256 });
  return new HttpRequest(await signer.sign(request));
}

const SIGNATURE = /^(.*Signature=)([0-9a-f]{64})$/;

/** Where a signed request has its signature. */
interface Signed {
  readonly header: string;
  readonly before: string;
  readonly signature: string;
}

function readSignature({ headers }: HttpRequest): Signed {
  const header = Object.keys(headers).find((it) => it.toLowerCase() === 'authorization');
  const [, before, signature] =
    SIGNATURE.exec(header === undefined ? '' : (headers[header] ?? '')) ?? [];
  if (header === undefined || before === undefined || signature === undefined) {
    throw new Error('the request is not signed, and cannot be tampered with');
  }
  return { header, before, signature };
}

/**
 * The signature of a signed request, in hexadecimal digits.
 *
 * @throws Error for a request that is not signed.
 */
export function signatureOf(signed: HttpRequest): string {
  return readSignature(signed).signature;
}

/**
 * A signed request with one bit of its signature changed: everything about it is right but that only
 * the holder of the secret key could have made it.
 *
 * @throws Error for a request that is not signed.
 */
export function tamperWith(signed: HttpRequest): HttpRequest {
  const { header, before, signature } = readSignature(signed);
  const changed = (Number.parseInt(signature.slice(-1), 16) ^ 1).toString(16);
  const authorization = `${before}${signature.slice(0, -1)}${changed}`;
  return new HttpRequest({ ...signed, headers: { ...signed.headers, [header]: authorization } });
}
