import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { describe, expect, test } from '@jest/globals';
import { AwsFailure } from '../../../src/aws/failure.js';
import type { RetrySettings } from '../../../src/aws/retry.js';
import {
  credentialsForProbes,
  notFetched,
  notFetchedAgain,
} from '../../../src/probe/credentials.js';
import { deadlinesFrom, limitOfCredentialsMs, startLimit } from '../../../src/probe/limit.js';
import { DENIED, THROTTLED } from '../aws/sdk-error.js';

const ROLE = 'arn:aws:iam::111122223333:role/caller';
const OWN = { accessKeyId: 'AKIDOWN', secretAccessKey: 'own' };

/** STS as far as it is asked: what each call is answered, the last one for good. */
function sts(...answers: readonly (object | Error | Promise<never>)[]) {
  const asked: unknown[] = [];
  const client = new STSClient({ region: 'eu-west-1' });
  const send = async (command: unknown): Promise<unknown> => {
    asked.push(command instanceof AssumeRoleCommand ? command.input : command);
    const answer = answers[Math.min(asked.length, answers.length) - 1];
    if (answer instanceof Error) throw answer;
    return await answer;
  };
  return { asked, client: Object.assign(client, { send }) };
}

function retries(): RetrySettings & { readonly waits: number[] } {
  const waits: number[] = [];
  return {
    waits,
    logger: { info: () => {}, debug: () => {}, group: (_title, phase) => phase() },
    maxAttempts: 3,
    random: () => 0.5,
    sleep: async (ms) => {
      waits.push(ms);
    },
  };
}

async function credentials(
  parts: {
    role?: string | null;
    own?: () => Promise<typeof OWN>;
    client?: STSClient;
    withinMs?: number;
    retrying?: RetrySettings;
  } = {},
) {
  const secrets: string[] = [];
  const found = await credentialsForProbes(
    parts.role ?? null,
    parts.own ?? (async () => OWN),
    async () => parts.client ?? sts().client,
    parts.retrying ?? retries(),
    parts.withinMs ?? 60_000,
    (value) => secrets.push(value),
  );
  const told = typeof found === 'function' ? await found() : found;
  return { told, secrets };
}

const NEVER = new Promise<never>(() => {});

const NOTHING_GIVEN = {
  unavailable: 'AssumeRole answered without credentials',
  remedy: expect.stringContaining('AWS_ENDPOINT_URL_STS'),
};

describe('the credentials that sign', () => {
  test("are the step's own where no role is given", async () => {
    expect(await credentials()).toEqual({ told: OWN, secrets: [] });
  });

  test('that cannot be had are said before the first request', async () => {
    const { told } = await credentials({
      own: async () => {
        throw new Error('no metadata service');
      },
    });
    expect(told).toEqual({
      unavailable: expect.stringMatching(/^Fetching credentials/),
      remedy: expect.stringMatching(/\.$/),
    });
  });

  test.each<[string, object, object]>([
    [
      'with a token',
      { AccessKeyId: 'ASIA', SecretAccessKey: 's', SessionToken: 't' },
      { accessKeyId: 'ASIA', secretAccessKey: 's', sessionToken: 't' },
    ],
    [
      'without a token',
      { AccessKeyId: 'ASIA', SecretAccessKey: 's' },
      { accessKeyId: 'ASIA', secretAccessKey: 's' },
    ],
  ])('are those of the role, %s, and are made known as secrets', async (_, Credentials, told) => {
    const { client, asked } = sts({ Credentials });
    expect(await credentials({ role: ROLE, client })).toEqual({
      told,
      secrets: Object.values(told),
    });
    expect(asked).toEqual([
      { RoleArn: ROLE, RoleSessionName: 'apigw-iam-gate', DurationSeconds: 900 },
    ]);
  });

  test.each([{}, { AccessKeyId: 'ASIA' }, { SecretAccessKey: 's' }, { AccessKeyId: '' }])(
    'are none where STS answers with %j',
    async (Credentials) => {
      expect(await credentials({ role: ROLE, client: sts({ Credentials }).client })).toEqual({
        told: NOTHING_GIVEN,
        secrets: [],
      });
    },
  );

  test('are none where STS answers with nothing', async () => {
    const { told } = await credentials({ role: ROLE, client: sts({}).client });
    expect(told).toEqual(NOTHING_GIVEN);
  });

  test('of a role that may not be assumed are said to be none, with why', async () => {
    const { client, asked } = sts(DENIED);
    const { told } = await credentials({ role: ROLE, client });
    expect(told).toEqual({
      unavailable: expect.stringMatching(/^AssumeRole .*not authorized.*\)$/),
      remedy: expect.stringMatching(/^Check invoke-role-arn and its trust policy\. ./),
    });
    expect(asked).toHaveLength(1);
  });

  test.each<[string, object, RegExp]>([
    ['a connection', { code: 'ECONNREFUSED' }, /reach AWS/],
    ['a name', { code: 'ENOTFOUND' }, /reach AWS/],
    ['a certificate', { code: 'SELF_SIGNED_CERT_IN_CHAIN' }, /NODE_EXTRA_CA_CERTS/],
    ['a clock', { name: 'RequestTimeTooSkewed' }, /clock/],
    ['a token', { name: 'ExpiredTokenException' }, /role-duration-seconds/],
  ])(
    'of a role that is not asked for because of %s: the role is not to be blamed',
    async (_, parts, remedy) => {
      const error = Object.assign(new Error('no'), parts);
      const { told } = await credentials({ role: ROLE, client: sts(error, error, error).client });
      expect(told).toEqual({
        unavailable: expect.stringMatching(/^AssumeRole failed/),
        remedy: expect.stringMatching(remedy),
      });
      expect(JSON.stringify(told)).not.toContain('trust policy');
    },
  );

  test('that fail late, and are labelled already, keep their own label', () => {
    const failure = new AwsFailure('AssumeRole', DENIED, 2);
    const { message: unavailable, remedy } = failure;
    expect(notFetched(failure)).toEqual({ unavailable, remedy });
    expect(notFetchedAgain(failure)).toEqual({ unavailable, remedy });
  });

  test('that fail late were there: their lack is another matter than at the beginning', () => {
    const none = Object.assign(new Error('Could not load credentials from any providers'), {
      name: 'CredentialsProviderError',
    });
    expect(notFetched(none).remedy).toContain('aws-actions/configure-aws-credentials');
    expect(notFetchedAgain(none)).toEqual({
      unavailable: notFetched(none).unavailable,
      remedy: expect.stringMatching(/^They were there when the smoke test began/),
    });
  });

  test('are asked for again where STS is busy, in waits that end with the limit', async () => {
    const retrying = retries();
    const { client, asked } = sts(THROTTLED, {
      Credentials: { AccessKeyId: 'ASIA', SecretAccessKey: 's' },
    });
    const withinMs = 30;
    const { told } = await credentials({ role: ROLE, client, retrying, withinMs });
    expect(told).toMatchObject({ accessKeyId: 'ASIA' });
    expect([asked.length, retrying.waits.length]).toEqual([2, 1]);
    expect(retrying.waits[0]).toBeLessThanOrEqual(withinMs);
  });

  test.each<[string, Parameters<typeof credentials>[0]]>([
    ['AssumeRole', { role: ROLE, client: sts(NEVER).client }],
    ['Fetching credentials', { own: () => NEVER }],
  ])('that do not come in time are said to be none: %s', async (operation, parts) => {
    expect((await credentials({ ...parts, withinMs: 15 })).told).toEqual({
      unavailable: `${operation} gave no answer within 0 s, which smoke-timeout leaves for it`,
      remedy: 'Check that the runner reaches AWS STS, or raise smoke-timeout.',
    });
  });

  test('are an error where the client cannot be made: that is a mistake of the program', async () => {
    const failing = credentialsForProbes(
      ROLE,
      async () => OWN,
      async () => {
        throw new TypeError('no client');
      },
      retries(),
      60_000,
      () => {},
    );
    await expect(failing).rejects.toThrow(TypeError);
  });
});

describe('the times of a smoke test', () => {
  test.each([
    [0, 1_000, 61_000],
    [8_000, 7_000, 11_000],
    [20_000, 16_000, 23_000],
    [100_000, 96_000, 103_000],
  ])('of %s ms, begun at 1,000', (timeoutMs, waitUntilMs, endMs) => {
    expect(deadlinesFrom(1_000, timeoutMs)).toEqual({ waitUntilMs, endMs });
  });

  test.each([
    [0, 30_000],
    [10_000, 5_000],
    [60_000, 30_000],
    [90_000, 30_000],
  ])('of %s ms leave %s ms for credentials', (timeoutMs, ms) => {
    expect(limitOfCredentialsMs(timeoutMs)).toBe(ms);
  });

  test('of several waits are one limit, which can be taken back', async () => {
    const long = startLimit(60_000);
    expect(long.remainingMs()).toBeGreaterThan(1_000);
    expect(long.remainingMs()).toBeLessThanOrEqual(60_000);
    long.end();
    const limit = startLimit(20);
    expect(await limit.race(Promise.resolve('done'))).toBe('done');
    expect(limit.remainingMs()).toBeLessThanOrEqual(20);
    await expect(limit.race(NEVER)).rejects.toMatchObject({ name: 'AbortError' });
    expect(limit.signal.aborted).toBe(true);
    // A timer may be early by a part of a millisecond.
    expect(limit.remainingMs()).toBeLessThan(2);
    const ended = startLimit(1);
    ended.end();
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(ended.signal.aborted).toBe(false);
  });
});
