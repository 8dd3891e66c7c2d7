import { GetRestApisCommand } from '@aws-sdk/client-api-gateway';
import { AssumeRoleWithWebIdentityCommand } from '@aws-sdk/client-sts';
import { describe, expect, test } from '@jest/globals';
import { type OidcEndpoint, type OidcOptions, startOidc } from '../../emulator/oidc/server.js';
import type { Emulator } from '../../emulator/server.js';
import {
  readerRole,
  type SeedAccount,
  SHOP,
  smallApi,
  smallOrganization,
  trusting,
} from './estate-kit.js';
import {
  apiGateway,
  closeAfterEach,
  closeLater,
  emulatorFor,
  keysOf,
  plain,
  refusal,
  sts,
} from './kit.js';

closeAfterEach();

const ISSUER = 'token.actions.githubusercontent.com';
const PROVIDER = `arn:aws:iam::${SHOP}:oidc-provider/${ISSUER}`;
const READER = `arn:aws:iam::${SHOP}:role/reader`;

const TRUST = trusting(
  { Federated: PROVIDER },
  {
    StringEquals: { [`${ISSUER}:aud`]: 'sts.amazonaws.com' },
    StringLike: { [`${ISSUER}:sub`]: 'repo:octo-org/example:*' },
  },
  'sts:AssumeRoleWithWebIdentity',
);

interface World {
  readonly emulator: Emulator;
  readonly oidc: OidcEndpoint;
}

async function world(
  account: Partial<SeedAccount> = {},
  oidcOptions: OidcOptions = {},
  issuers?: OidcEndpoint['issuer'][],
): Promise<World> {
  const oidc = await startOidc(oidcOptions);
  closeLater(() => oidc.close());
  const emulator = await emulatorFor({
    issuers: issuers ?? [oidc.issuer],
    seed: smallOrganization({
      accounts: [
        {
          id: SHOP,
          name: 'shop',
          identityProviders: { [ISSUER]: ['sts.amazonaws.com'] },
          roles: [readerRole({ trust: TRUST })],
          apis: { 'eu-west-1': [smallApi('shopeuwest')] },
          ...account,
        },
      ],
    }),
  });
  return { emulator, oidc };
}

/** As @actions/core asks for one (its getIDToken). */
async function tokenOf({ oidc }: World, audience = 'sts.amazonaws.com'): Promise<string> {
  const { ACTIONS_ID_TOKEN_REQUEST_URL: url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: token } = oidc.env;
  const answer = await fetch(`${url}&audience=${encodeURIComponent(audience)}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  const body: unknown = await answer.json();
  if (typeof body !== 'object' || body === null || !('value' in body))
    throw new Error('the answer has no token');
  return String(body.value);
}

function assume({ emulator }: World, WebIdentityToken: string, RoleArn = READER) {
  return sts(emulator).send(
    new AssumeRoleWithWebIdentityCommand({ RoleArn, RoleSessionName: 'gate', WebIdentityToken }),
  );
}

// Sources of codes and sentences: emulator/sts/web-identity.ts.
describe('a web identity', () => {
  test('is a token of the job, and gets a session of a role that trusts it', async () => {
    const here = await world();
    const answer = await assume(here, await tokenOf(here));
    expect(plain(answer)).toMatchObject({
      AssumedRoleUser: { Arn: `arn:aws:sts::${SHOP}:assumed-role/reader/gate` },
      Audience: 'sts.amazonaws.com',
      Provider: PROVIDER,
      SubjectFromWebIdentityToken: 'repo:octo-org/example:ref:refs/heads/main',
    });
    const session = apiGateway(here.emulator, keysOf(answer.Credentials));
    expect((await session.send(new GetRestApisCommand({}))).items).toHaveLength(1);
    expect(here.oidc.audiences).toEqual(['sts.amazonaws.com']);
  });

  test.each([
    ['of another repository', { subject: 'repo:octo-org/other:ref:refs/heads/main' }],
    ['of a pull request elsewhere', { subject: 'repo:evil/example:pull_request' }],
  ])('%s is not trusted', async (_, oidcOptions) => {
    const here = await world({}, oidcOptions);
    expect(await refusal(assume(here, await tokenOf(here)))).toEqual({
      status: 403,
      name: 'AccessDenied',
      message: 'Not authorized to perform sts:AssumeRoleWithWebIdentity',
    });
  });

  test('for another audience is refused', async () => {
    const here = await world();
    expect(await refusal(assume(here, await tokenOf(here, 'sigstore')))).toMatchObject({
      status: 400,
      message: 'Incorrect token audience',
    });
  });

  test('is refused where the account has no provider for it', async () => {
    const here = await world({ identityProviders: {} });
    expect(await refusal(assume(here, await tokenOf(here)))).toMatchObject({
      status: 400,
      message: `No OpenIDConnect provider found in your account for https://${ISSUER}`,
    });
  });

  test('is refused after five minutes', async () => {
    const here = await world({}, { now: () => Date.now() - 301_000 });
    expect(await refusal(assume(here, await tokenOf(here)))).toMatchObject({
      status: 400,
      name: 'ExpiredTokenException',
      message: expect.stringMatching(/^Token expired: current date\/time \d+ must be before/),
    });
  });

  test('is refused where somebody else signed it, or wrote into it', async () => {
    const other = await startOidc();
    closeLater(() => other.close());
    const here = await world({}, {}, [other.issuer]);
    expect((await refusal(assume(here, await tokenOf(here)))).status).toBe(400);
    const own = await world();
    const [head, , signature] = (await tokenOf(own)).split('.');
    const claims = {
      iss: `https://${ISSUER}`,
      aud: 'sts.amazonaws.com',
      sub: 'repo:octo-org/example:x',
      exp: 9e9,
    };
    const forged = [head, Buffer.from(JSON.stringify(claims)).toString('base64url'), signature];
    expect((await refusal(assume(own, forged.join('.')))).status).toBe(400);
    expect((await refusal(assume(own, 'no token'))).message).toContain('not a valid JWT');
  });

  test('gets no role that trusts accounts alone, and none that does not exist', async () => {
    const here = await world({ roles: [readerRole()] });
    expect((await refusal(assume(here, await tokenOf(here)))).status).toBe(403);
    const none = assume(here, await tokenOf(here), `arn:aws:iam::${SHOP}:role/none`);
    expect((await refusal(none)).status).toBe(403);
  });

  test('is not given to who does not know the job’s own token', async () => {
    const { oidc } = await world();
    const answer = await fetch(oidc.env.ACTIONS_ID_TOKEN_REQUEST_URL ?? '', {
      headers: { authorization: 'bearer guessed' },
    });
    expect(answer.status).toBe(401);
  });
});
