/** The parts of an `Authorization` header that could be read, each empty where it is missing. */
export interface AuthorizationParts {
  readonly algorithm: string;
  readonly credential: string;
  readonly signedHeaders: string;
  readonly signature: string;
}

/** What a header turned out to be. */
export type ParsedAuthorization =
  | { readonly ok: true; readonly parts: AuthorizationParts }
  /** A part has no equal sign, or one that may stand once stands twice. */
  | { readonly ok: false };

/**
 * Takes an `Authorization` header apart: a first word, then `key=value` parts between commas **or**
 * white space. Never throws.
 *
 * That white space separates too shows in AWS's answer to `Credential= key/20181128/...`, which names
 * the key as a part without equal sign (iann0036/cloud9-sync issue 10). A token alone has no parts at
 * all, so that AWS lists what is missing (aws/chalice issue 828), and a Basic value that ends in `=`
 * counts as a part.
 */
export function parseAuthorization(header: string): ParsedAuthorization {
  const [algorithm = '', ...rest] = header.trim().split(/[\s,]+/);
  const values = new Map<string, string>();
  for (const part of rest) {
    if (part === '') continue;
    const equals = part.indexOf('=');
    const key = part.slice(0, Math.max(equals, 0));
    if (equals === -1 || values.has(key)) return { ok: false };
    values.set(key, part.slice(equals + 1));
  }
  return {
    ok: true,
    parts: {
      algorithm,
      credential: values.get('Credential') ?? '',
      signedHeaders: values.get('SignedHeaders') ?? '',
      signature: values.get('Signature') ?? '',
    },
  };
}
