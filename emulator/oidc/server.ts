import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { createServer } from 'node:http';
import type { TokenIssuer } from '../sts/web-identity.js';

/** What a token is made of. */
export interface OidcOptions {
  /** `sub`: what the trust policies of roles look at. */
  readonly subject?: string;
  /** Without `https://`. */
  readonly issuer?: string;
  /** How long a token is valid; five minutes, as on GitHub. */
  readonly tokenSeconds?: number;
  /** The clock, in milliseconds since the epoch. */
  readonly now?: () => number;
}

/** A stand-in for the endpoint where a job asks for its OIDC tokens. */
export interface OidcEndpoint {
  /** The variables that a job with `permissions: id-token: write` has. */
  readonly env: Readonly<Record<string, string>>;
  /** For an emulator, so that it can verify the tokens. */
  readonly issuer: TokenIssuer;
  /** Audiences of the tokens that were handed out, in order. */
  readonly audiences: readonly string[];
  /** Statuses that the next requests get instead of a token, one each. */
  refuseNext(...statuses: readonly number[]): void;
  close(): Promise<void>;
}

const ISSUER = 'token.actions.githubusercontent.com';
const SUBJECT = 'repo:octo-org/example:ref:refs/heads/main';
const REQUEST_TOKEN = 'request-token-of-the-job';

/**
 * Starts the endpoint that `ACTIONS_ID_TOKEN_REQUEST_URL` names. A request carries the job's token and
 * the audience; the answer holds the JWT.
 *
 * Source: GitHub Docs, "OpenID Connect reference" (claims, `value`), and "Configuring OpenID Connect in
 * cloud providers" (`Authorization: bearer`, `&audience=`).
 */
export async function startOidc(options: OidcOptions = {}): Promise<OidcEndpoint> {
  const { issuer = ISSUER, subject = SUBJECT, tokenSeconds = 300, now = Date.now } = options;
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const audiences: string[] = [];
  const refusals: number[] = [];

  const server = createServer((request, response) => {
    const answer = (status: number, body: object) => {
      response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
      response.end(JSON.stringify(body));
    };
    const refusal = refusals.shift();
    if (refusal !== undefined) return answer(refusal, { message: 'refused by the test' });
    if (request.headers.authorization?.toLowerCase() !== `bearer ${REQUEST_TOKEN}`)
      return answer(401, { message: 'The token of the job is wrong' });
    const query = new URL(request.url ?? '/', 'http://localhost').searchParams;
    const audience = query.get('audience') ?? 'https://github.com/octo-org';
    audiences.push(audience);
    const issuedAt = Math.floor(now() / 1000);
    const value = signed(privateKey, {
      jti: `token-${audiences.length}`,
      iss: `https://${issuer}`,
      sub: subject,
      aud: audience,
      repository: 'octo-org/example',
      ref: 'refs/heads/main',
      iat: issuedAt,
      nbf: issuedAt - 5,
      exp: issuedAt + tokenSeconds,
    });
    answer(200, { count: value.length, value });
  });
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return {
    env: {
      ACTIONS_ID_TOKEN_REQUEST_URL: `http://127.0.0.1:${address.port}/token?api-version=2.0`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: REQUEST_TOKEN,
    },
    issuer: { issuer, publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString() },
    audiences,
    refuseNext: (...statuses) => {
      refusals.push(...statuses);
    },
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error === undefined ? resolve() : reject(error)));
        server.closeAllConnections();
      }),
  };
}

function signed(key: KeyObject, claims: object): string {
  const header = { typ: 'JWT', alg: 'RS256', kid: 'test' };
  const text = [header, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  return `${text}.${sign('RSA-SHA256', Buffer.from(text), key).toString('base64url')}`;
}
