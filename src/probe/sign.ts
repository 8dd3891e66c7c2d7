import { Sha256 } from '@smithy/core/checksum';
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

/** How long a signature in a query is good for: as long as one in headers. */
const SECONDS_IN_QUERY = 300;

/**
 * Signs a request for `execute-api` in its query, as clients do that can set no header: a browser's
 * WebSocket. Of the headers the host alone is signed. The token of temporary credentials is signed with
 * the rest ("Authenticating Requests: Using Query Parameters"); for execute-api no document asks for it to
 * be added behind the signature, as that of AWS IoT does.
 */
export async function signInQuery(
  request: HttpRequest,
  { region, credentials }: Signing,
): Promise<HttpRequest> {
  const signer = new SignatureV4({ service: 'execute-api', region, credentials, sha256: Sha256 });
  const signed = await signer.presign(request, {
    expiresIn: SECONDS_IN_QUERY,
    unsignableHeaders: new Set(Object.keys(request.headers).filter((name) => name !== 'host')),
  });
  return new HttpRequest(signed);
}

const SIGNATURE = /^(.*Signature=)([0-9a-f]{64})$/;
const IN_QUERY = 'X-Amz-Signature';

/** A signed request's signature, and how to put another one in its place. */
interface Signed {
  readonly signature: string;
  readonly withSignature: (signature: string) => HttpRequest;
}

function readSignature(request: HttpRequest): Signed {
  const { headers, query } = request;
  const inQuery = query[IN_QUERY];
  if (typeof inQuery === 'string') {
    return {
      signature: inQuery,
      withSignature: (it) => new HttpRequest({ ...request, query: { ...query, [IN_QUERY]: it } }),
    };
  }
  const header = Object.keys(headers).find((it) => it.toLowerCase() === 'authorization');
  const [, before, signature] =
    SIGNATURE.exec(header === undefined ? '' : (headers[header] ?? '')) ?? [];
  if (header === undefined || before === undefined || signature === undefined) {
    throw new Error('the request is not signed, and cannot be tampered with');
  }
  return {
    signature,
    withSignature: (it) =>
      new HttpRequest({ ...request, headers: { ...headers, [header]: `${before}${it}` } }),
  };
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
  const { signature, withSignature } = readSignature(signed);
  const changed = (Number.parseInt(signature.slice(-1), 16) ^ 1).toString(16);
  return withSignature(`${signature.slice(0, -1)}${changed}`);
}
