import { GetRestApisCommand } from '@aws-sdk/client-api-gateway';
import {
  AssumeRoleCommand,
  AssumeRoleWithWebIdentityCommand,
  GetCallerIdentityCommand,
  GetSessionTokenCommand,
} from '@aws-sdk/client-sts';
import { describe, expect, test } from '@jest/globals';
import { apiGateway, closeAfterEach, emulatorFor, keysOf, plain, refusal, sts } from './kit.js';

closeAfterEach();

const ROLE = 'arn:aws:iam::123456789012:role/gate-invoker';

// Source of shapes and error codes: AWS Security Token Service API Reference.
describe('STS', () => {
  test('says who calls', async () => {
    const emulator = await emulatorFor();
    expect(plain(await sts(emulator).send(new GetCallerIdentityCommand({})))).toEqual({
      Account: '123456789012',
      Arn: 'arn:aws:iam::123456789012:user/admin',
      UserId: expect.stringMatching(/^AIDA/),
    });
    expect(emulator.requests[0]).toMatchObject({
      plane: 'sts',
      operation: 'GetCallerIdentity',
      mutating: false,
      status: 200,
    });
  });

  test('hands out keys of a role that the control plane then takes', async () => {
    const nowMs = Date.now();
    const emulator = await emulatorFor({ now: () => nowMs });
    const assumed = await sts(emulator).send(
      new AssumeRoleCommand({ RoleArn: ROLE, RoleSessionName: 'gate', DurationSeconds: 900 }),
    );
    expect(assumed.AssumedRoleUser?.Arn).toBe(
      'arn:aws:sts::123456789012:assumed-role/gate-invoker/gate',
    );
    expect(assumed.Credentials?.Expiration).toEqual(new Date(nowMs + 900_000));
    const keys = keysOf(assumed.Credentials);
    const identity = await sts(emulator, keys).send(new GetCallerIdentityCommand({}));
    expect(identity.Arn).toBe(assumed.AssumedRoleUser?.Arn);
    expect((await apiGateway(emulator, keys).send(new GetRestApisCommand({}))).items).toEqual([]);

    // The lifetime is shortened rather than the clock moved on by it: the SDK signs with the real
    // clock, and more than five minutes between the two would be refused for that.
    const caller = emulator.account.callers.get(keys.accessKeyId);
    if (caller !== undefined) caller.expiresAtMs = nowMs;
    const late = apiGateway(emulator, keys).send(new GetRestApisCommand({}));
    expect(await refusal(late)).toEqual({
      status: 403,
      name: 'ExpiredTokenException',
      message: 'The security token included in the request is expired',
    });
  });

  test('hands out keys for a web identity without a signature', async () => {
    const emulator = await emulatorFor();
    const assumed = await sts(emulator).send(
      new AssumeRoleWithWebIdentityCommand({
        RoleArn: ROLE,
        RoleSessionName: 'gate',
        WebIdentityToken: 'token',
      }),
    );
    expect(emulator.requests[0]?.headers.authorization).toBeUndefined();
    const identity = await sts(emulator, keysOf(assumed.Credentials)).send(
      new GetCallerIdentityCommand({}),
    );
    expect(identity.Arn).toBe('arn:aws:sts::123456789012:assumed-role/gate-invoker/gate');
  });

  test('refuses roles that are none or may not be assumed', async () => {
    const emulator = await emulatorFor({ seed: { roles: [{ name: 'locked', assumable: false }] } });
    for (const name of ['locked', 'unknown']) {
      const arn = `arn:aws:iam::123456789012:role/${name}`;
      const assumed = sts(emulator).send(
        new AssumeRoleCommand({ RoleArn: arn, RoleSessionName: 'gate' }),
      );
      expect(await refusal(assumed)).toEqual({
        status: 403,
        name: 'AccessDenied',
        message: `User: arn:aws:iam::123456789012:user/admin is not authorized to perform: sts:AssumeRole on resource: ${arn}`,
      });
    }
  });

  test('refuses keys that are none, and actions that are not modelled', async () => {
    const emulator = await emulatorFor();
    const unknown = sts(emulator, { accessKeyId: 'AKIAUNKNOWN', secretAccessKey: 'x' });
    expect(await refusal(unknown.send(new GetCallerIdentityCommand({})))).toEqual({
      status: 403,
      name: 'InvalidClientTokenId',
      message: 'The security token included in the request is invalid.',
    });
    const session = refusal(sts(emulator).send(new GetSessionTokenCommand({})));
    expect((await session).message).toContain('GetSessionToken');
  });
});
