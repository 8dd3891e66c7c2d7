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

/**
 * A signed request with one bit of its signature changed: everything about it is right but that only
 * the holder of the secret key could have made it.
 *
 * @throws Error for a request that is not signed.
 */
export function tamperWith(signed: HttpRequest): HttpRequest {
  const name = Object.keys(signed.headers).find((it) => it.toLowerCase() === 'authorization');
  const authorization = name === undefined ? undefined : signed.headers[name];
  const [, before, digit] =
    /^(.*Signature=[0-9a-f]{63})([0-9a-f])$/.exec(authorization ?? '') ?? [];
  if (name === undefined || before === undefined || digit === undefined) {
    throw new Error('a request that is not signed cannot be tampered with');
  }
  const changed = (Number.parseInt(digit, 16) ^ 1).toString(16);
  return new HttpRequest({ ...signed, headers: { ...signed.headers, [name]: before + changed } });
}
