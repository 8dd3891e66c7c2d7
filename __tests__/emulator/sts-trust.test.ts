import { CreateRestApiCommand, GetRestApisCommand } from '@aws-sdk/client-api-gateway';
import { ListAccountsCommand } from '@aws-sdk/client-organizations';
import {
  AssumeRoleCommand,
  type AssumeRoleCommandInput,
  GetCallerIdentityCommand,
} from '@aws-sdk/client-sts';
import { describe, expect, test } from '@jest/globals';
import type { Emulator, SeedFile } from '../../emulator/server.js';
import {
  allowing,
  BANK,
  keysIn,
  MANAGEMENT,
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
  emulatorFor,
  type Keys,
  keysOf,
  organizations,
  refusal,
  sts,
} from './kit.js';

closeAfterEach();

const READER = `arn:aws:iam::${SHOP}:role/reader`;
const HUB = `arn:aws:iam::${MANAGEMENT}:role/hub`;

/** An organization whose shop has one role, and whose bank has callers. */
function withRole(
  role: Parameters<typeof readerRole>[0],
  callers: SeedAccount['callers'] = [{ name: 'bob', ...keysIn(BANK) }],
): SeedFile {
  return smallOrganization({
    accounts: [
      {
        id: SHOP,
        name: 'shop',
        roles: [readerRole(role)],
        callers: [{ name: 'ann', ...keysIn(SHOP) }],
        apis: { 'eu-west-1': [smallApi('shopeuwest')] },
      },
      { id: BANK, name: 'bank', callers },
    ],
  });
}

function assume(emulator: Emulator, input: Partial<AssumeRoleCommandInput> = {}, keys?: Keys) {
  return sts(emulator, keys).send(
    new AssumeRoleCommand({ RoleArn: READER, RoleSessionName: 'gate', ...input }),
  );
}

async function isRefused(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => 'let in',
    async (error: unknown) => (await refusal(Promise.reject(error))).name,
  );
}

// Source: STS API Reference, AssumeRole; IAM user guide, "Cross-account policy evaluation logic".
describe('AssumeRole', () => {
  test('gives the management account a session of a member’s role, and nobody else', async () => {
    const emulator = await emulatorFor({ seed: withRole({}) });
    const { Credentials, AssumedRoleUser } = await assume(emulator);
    expect(AssumedRoleUser?.Arn).toBe(`arn:aws:sts::${SHOP}:assumed-role/reader/gate`);
    const session = keysOf(Credentials);
    const { Account } = await sts(emulator, session).send(new GetCallerIdentityCommand({}));
    expect(Account).toBe(SHOP);
    const { items } = await apiGateway(emulator, session).send(new GetRestApisCommand({}));
    expect(items?.map(({ id }) => id)).toEqual(['shopeuwest']);
    expect(await refusal(assume(emulator, {}, keysIn(BANK)))).toEqual({
      status: 403,
      name: 'AccessDenied',
      message: `User: arn:aws:iam::${BANK}:user/bob is not authorized to perform: sts:AssumeRole on resource: ${READER}`,
    });
  });

  test.each([
    ['the account', { AWS: `arn:aws:iam::${BANK}:root` }, 'let in'],
    ['the account by its number', { AWS: BANK }, 'let in'],
    ['the caller itself', { AWS: `arn:aws:iam::${BANK}:user/bob` }, 'let in'],
    ['somebody else of the account', { AWS: `arn:aws:iam::${BANK}:user/eve` }, 'AccessDenied'],
    ['a service', { Service: 'lambda.amazonaws.com' }, 'AccessDenied'],
    ['an identity provider', { Federated: 'cognito-identity.amazonaws.com' }, 'AccessDenied'],
  ])('follows a trust policy that names %s', async (_, principal, expected) => {
    const emulator = await emulatorFor({ seed: withRole({ trust: trusting(principal) }) });
    expect(await isRefused(assume(emulator, {}, keysIn(BANK)))).toBe(expected);
  });

  test('needs the caller’s own policies to allow it, too', async () => {
    const trust = trusting({ AWS: BANK });
    const policed = (...actions: string[]) => [
      { name: 'bob', ...keysIn(BANK), policies: [allowing(...actions)] },
    ];
    const without = await emulatorFor({ seed: withRole({ trust }, policed('apigateway:GET')) });
    expect(await isRefused(assume(without, {}, keysIn(BANK)))).toBe('AccessDenied');
    const withIt = await emulatorFor({ seed: withRole({ trust }, policed('sts:AssumeRole')) });
    expect(await isRefused(assume(withIt, {}, keysIn(BANK)))).toBe('let in');
  });

  test('wants the external id that the trust policy names', async () => {
    const trust = trusting({ AWS: MANAGEMENT }, { StringEquals: { 'sts:ExternalId': 'shop-42' } });
    const emulator = await emulatorFor({ seed: withRole({ trust }) });
    expect(await isRefused(assume(emulator, { ExternalId: 'shop-42' }))).toBe('let in');
    expect(await isRefused(assume(emulator, { ExternalId: 'shop-43' }))).toBe('AccessDenied');
    expect(await isRefused(assume(emulator))).toBe('AccessDenied');
    expect(await isRefused(assume(emulator, { ExternalId: 'x' }))).toBe('ValidationError');
  });

  test('knows the organization and the name of the session', async () => {
    const trust = trusting(
      { AWS: '*' },
      {
        StringEquals: { 'aws:PrincipalOrgID': 'o-exampleorg1' },
        StringLike: { 'sts:RoleSessionName': 'apigw-iam-gate-*' },
      },
    );
    const emulator = await emulatorFor({
      seed: {
        ...withRole({ trust }),
        callers: [
          { name: 'eve', accessKeyId: 'AKIAEVE', secretAccessKey: 's', accountId: '999999999999' },
        ],
      },
    });
    const RoleSessionName = 'apigw-iam-gate-1-000';
    expect(await isRefused(assume(emulator, { RoleSessionName }, keysIn(BANK)))).toBe('let in');
    expect(await isRefused(assume(emulator, {}, keysIn(BANK)))).toBe('AccessDenied');
  });

  test('lets a source identity be set only where the trust policy allows that', async () => {
    const emulator = await emulatorFor({ seed: withRole({}) });
    expect(await isRefused(assume(emulator, { SourceIdentity: 'run-1' }))).toBe('AccessDenied');
    const trust = trusting({ AWS: MANAGEMENT }, undefined, 'sts:*');
    const allowed = await emulatorFor({ seed: withRole({ trust }) });
    expect((await assume(allowed, { SourceIdentity: 'run-1' })).SourceIdentity).toBe('run-1');
  });

  test('gives an hour at the most, to whoever comes from a role, and as the role allows', async () => {
    const seed = {
      ...withRole({ maxSessionSeconds: 7200, trust: trusting({ AWS: MANAGEMENT }) }),
      roles: [{ name: 'hub', trust: trusting({ AWS: MANAGEMENT }) }],
    };
    const emulator = await emulatorFor({ seed });
    expect(await isRefused(assume(emulator, { DurationSeconds: 7200 }))).toBe('let in');
    expect((await refusal(assume(emulator, { DurationSeconds: 7201 }))).message).toBe(
      'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
    );
    const hub = keysOf((await assume(emulator, { RoleArn: HUB })).Credentials);
    expect(await isRefused(assume(emulator, { DurationSeconds: 3600 }, hub))).toBe('let in');
    expect((await refusal(assume(emulator, { DurationSeconds: 3601 }, hub))).message).toBe(
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.',
    );
  });

  test('limits a session to what its policy and its role both allow', async () => {
    const emulator = await emulatorFor({
      seed: withRole({ policies: [allowing('apigateway:*')] }),
    });
    const withPolicy = async (policy: object) => {
      const { Credentials } = await assume(emulator, { Policy: JSON.stringify(policy) });
      return apiGateway(emulator, keysOf(Credentials));
    };
    const read = new GetRestApisCommand({});
    const reading = await withPolicy(allowing('apigateway:GET', 's3:*'));
    expect((await reading.send(read)).items).toHaveLength(1);
    expect(await refusal(reading.send(new CreateRestApiCommand({ name: 'x' })))).toEqual({
      status: 403,
      name: 'AccessDeniedException',
      message: `User: arn:aws:sts::${SHOP}:assumed-role/reader/gate is not authorized to perform: apigateway:POST on resource: arn:aws:apigateway:eu-west-1::/restapis because no session policy allows the apigateway:POST action`,
    });
    const other = await withPolicy(allowing('s3:*'));
    expect((await refusal(other.send(read))).message).toContain('because no session policy allows');
    const denying = await withPolicy({
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Action: '*', Resource: '*' },
        { Effect: 'Deny', Action: 'apigateway:GET', Resource: '*' },
      ],
    });
    expect((await refusal(denying.send(read))).message).toContain(
      'with an explicit deny in a session policy',
    );
  });

  test('holds sessions to their role’s policies, and a session policy adds nothing to them', async () => {
    const emulator = await emulatorFor({
      seed: withRole({ policies: [allowing('s3:GetObject')] }),
    });
    const { Credentials } = await assume(emulator, {
      Policy: JSON.stringify(allowing('apigateway:GET')),
    });
    const read = apiGateway(emulator, keysOf(Credentials)).send(new GetRestApisCommand({}));
    expect((await refusal(read)).message).toContain(
      'because no identity-based policy allows the apigateway:GET action',
    );
    const lists = organizations(emulator, keysOf(Credentials)).send(new ListAccountsCommand({}));
    expect((await refusal(lists)).message).toContain('organizations:ListAccounts');
  });

  test('takes a session policy of 2,048 characters, and says how much room it takes', async () => {
    const emulator = await emulatorFor({ seed: withRole({}) });
    const padded = (length: number) => {
      const policy = JSON.stringify(allowing('apigateway:GET'));
      return policy.replace('{', `{${' '.repeat(length - policy.length)}`);
    };
    const { PackedPolicySize } = await assume(emulator, { Policy: padded(1024) });
    expect(PackedPolicySize).toBe(50);
    expect(await isRefused(assume(emulator, { Policy: padded(2048) }))).toBe('let in');
    expect(await refusal(assume(emulator, { Policy: padded(2049) }))).toMatchObject({
      status: 400,
      name: 'ValidationError',
    });
    expect((await refusal(assume(emulator, { Policy: '{}' }))).name).toBe(
      'MalformedPolicyDocumentException',
    );
  });

  test('ends sessions by the clock, earlier where a test asks for that', async () => {
    let nowMs = Date.now();
    const emulator = await emulatorFor({
      seed: withRole({}),
      now: () => nowMs,
      sessionMs: 60_000,
    });
    const { Credentials } = await assume(emulator, { DurationSeconds: 900 });
    expect(Credentials?.Expiration).toEqual(new Date(nowMs + 60_000));
    const read = () => apiGateway(emulator, keysOf(Credentials)).send(new GetRestApisCommand({}));
    nowMs += 59_000;
    expect(await isRefused(read())).toBe('let in');
    nowMs += 1_000;
    expect(await isRefused(read())).toBe('ExpiredTokenException');
  });

  test('knows no role that is not there, and refuses what it does not model', async () => {
    const emulator = await emulatorFor({ seed: withRole({}) });
    expect(await isRefused(assume(emulator, { RoleArn: `arn:aws:iam::${SHOP}:role/none` }))).toBe(
      'AccessDenied',
    );
    expect(
      await isRefused(assume(emulator, { RoleArn: 'arn:aws:iam::999999999999:role/reader' })),
    ).toBe('AccessDenied');
    const tagged = assume(emulator, { Tags: [{ Key: 'a', Value: 'b' }] });
    expect((await refusal(tagged)).message).toBe('Tags is not modelled by this emulator');
  });
});
