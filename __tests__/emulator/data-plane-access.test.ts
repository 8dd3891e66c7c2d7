import { request } from 'node:http';
import { fileURLToPath } from 'node:url';
import { CreateDeploymentCommand, UpdateRestApiCommand } from '@aws-sdk/client-api-gateway';
import {
  AttachGroupPolicyCommand,
  CreatePolicyVersionCommand,
  RemoveUserFromGroupCommand,
} from '@aws-sdk/client-iam';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { describe, expect, test } from '@jest/globals';
import { Sha256 } from '@smithy/core/checksum';
import { HttpRequest } from '@smithy/protocol-http';
import { SignatureV4 } from '@smithy/signature-v4';
import { readSeed } from '../../emulator/seed.js';
import type { Emulator, EmulatorOptions, SeedFile } from '../../emulator/server.js';
import { apiGateway, closeAfterEach, emulatorFor, iam, refusal, sts } from './kit.js';

closeAfterEach();

const INVOKE_PAYMENTS = 'arn:aws:iam::123456789012:policy/invoke-payments';
const PAYMENTS = '/acc3ss0001/prod/payments';
const VPCE = 'vpce-0a1b2c3d4e5f60001';

interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** What an answer says, and how. */
interface Answer {
  readonly status: number;
  readonly type: string | null;
  readonly body: string;
}

async function accessEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const path = fileURLToPath(new URL('../../emulator/seeds/access.json', import.meta.url));
  return emulatorFor({ seed: await readSeed(path), ...options });
}

/** The keys of the seed, whose secrets all have the same form. */
function keysOf(emulator: Emulator, name: string): Keys {
  const caller = [...emulator.account.callers.values()].find(({ arn }) =>
    arn.endsWith(`:user/${name}`),
  );
  if (caller === undefined) throw new Error(`the seed has no ${name}`);
  return caller;
}

async function call(
  emulator: Emulator,
  line: string,
  keys?: Keys,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const [method = 'GET', path = ''] = line.split(' ');
  const { host } = new URL(emulator.url);
  const wire = new HttpRequest({ method, path, headers: { host, ...headers } });
  const signed =
    keys === undefined
      ? wire
      : await new SignatureV4({
          service: 'execute-api',
          region: emulator.account.region,
          sha256: Sha256,
          credentials: keys,
        }).sign(wire);
  return send(emulator, method, path, signed.headers);
}

/** Through node:http, because fetch does not let anybody choose the host. */
function send(
  emulator: Emulator,
  method: string,
  path: string,
  headers: Readonly<Record<string, string>>,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(`${emulator.url}${path}`, { method, headers }, (incoming) => {
      let body = '';
      incoming.setEncoding('utf8');
      incoming.on('data', (chunk: string) => {
        body += chunk;
      });
      incoming.on('end', () => {
        const type = incoming.headers['x-amzn-errortype'];
        resolve({
          status: incoming.statusCode ?? 0,
          type: typeof type === 'string' ? type : null,
          body,
        });
      });
    });
    outgoing.on('error', reject);
    outgoing.end();
  });
}

function denied(who: string, resource: string, tail = ''): Answer {
  const arn = `arn:aws:execute-api:us-east-1:********9012:${resource}`;
  const Message = `User: ${who} is not authorized to perform: execute-api:Invoke on resource: ${arn}${tail}`;
  return { status: 403, type: 'AccessDeniedException', body: JSON.stringify({ Message }) };
}

const NO_RESOURCE = ' because no resource-based policy allows the execute-api:Invoke action';
const RESOURCE_DENY = ' with an explicit deny in a resource-based policy';
const IDENTITY_DENY = ' with an explicit deny in an identity-based policy';

describe('an IAM user', () => {
  test('may what its group may, from the moment that the group may it', async () => {
    const emulator = await accessEmulator();
    const till = keysOf(emulator, 'till');
    const refused = denied('arn:aws:iam::123456789012:user/till', 'acc3ss0001/prod/GET/payments');
    expect(await call(emulator, `GET ${PAYMENTS}`, till)).toEqual(refused);
    const client = iam(emulator);
    await client.send(
      new AttachGroupPolicyCommand({ GroupName: 'tills', PolicyArn: INVOKE_PAYMENTS }),
    );
    expect((await call(emulator, `GET ${PAYMENTS}`, till)).status).toBe(200);
    expect((await call(emulator, `GET ${PAYMENTS}`)).type).toBe(
      'MissingAuthenticationTokenException',
    );
    await client.send(new RemoveUserFromGroupCommand({ GroupName: 'tills', UserName: 'till' }));
    expect(await call(emulator, `GET ${PAYMENTS}`, till)).toEqual(refused);
  });

  test('has the default version of a managed policy', async () => {
    const emulator = await accessEmulator();
    const backoffice = keysOf(emulator, 'backoffice');
    const version = (SetAsDefault: boolean) =>
      iam(emulator).send(
        new CreatePolicyVersionCommand({
          PolicyArn: INVOKE_PAYMENTS,
          SetAsDefault,
          PolicyDocument: JSON.stringify({
            Version: '2012-10-17',
            Statement: {
              Effect: 'Allow',
              Action: 'execute-api:Invoke',
              Resource: 'arn:aws:execute-api:us-east-1:123456789012:acc3ss0001/prod/GET/payments/*',
            },
          }),
        }),
      );
    await version(false);
    expect((await call(emulator, `GET ${PAYMENTS}`, backoffice)).status).toBe(200);
    await version(true);
    expect((await call(emulator, `GET ${PAYMENTS}`, backoffice)).status).toBe(403);
    expect((await call(emulator, `GET ${PAYMENTS}/7`, backoffice)).status).toBe(200);
  });

  test("is stopped by its group's deny", async () => {
    const emulator = await accessEmulator();
    const intern = keysOf(emulator, 'intern');
    expect((await call(emulator, `GET ${PAYMENTS}`, intern)).status).toBe(200);
    expect(await call(emulator, 'POST /acc3ss0001/prod/refunds', intern)).toEqual(
      denied(
        'arn:aws:iam::123456789012:user/intern',
        'acc3ss0001/prod/POST/refunds',
        IDENTITY_DENY,
      ),
    );
  });

  test('needs no identity policy where the resource policy lets everybody of the account in', async () => {
    const emulator = await accessEmulator();
    const till = keysOf(emulator, 'till');
    expect((await call(emulator, 'GET /acc3ss0002/prod/rates', till)).status).toBe(200);
    expect((await call(emulator, 'GET /acc3ss0003/prod/rates', till)).status).toBe(200);
    expect(await call(emulator, 'GET /acc3ss0004/prod/rates', till)).toEqual(
      denied('arn:aws:iam::123456789012:user/till', 'acc3ss0004/prod/GET/rates', RESOURCE_DENY),
    );
  });
});

test('a caller of another account needs both sides', async () => {
  const emulator = await accessEmulator();
  const partner = keysOf(emulator, 'partner');
  const who = 'arn:aws:iam::210987654321:user/partner';
  expect((await call(emulator, 'GET /acc3ss0005/prod/rates', partner)).status).toBe(200);
  expect(await call(emulator, 'GET /acc3ss0005/prod/costs', partner)).toEqual(
    denied(who, 'acc3ss0005/prod/GET/costs', NO_RESOURCE),
  );
  expect(await call(emulator, `GET ${PAYMENTS}`, partner)).toEqual(
    denied(who, 'acc3ss0001/prod/GET/payments', NO_RESOURCE),
  );
});

describe('a resource policy', () => {
  const statement = {
    Effect: 'Allow',
    Principal: '*',
    Action: 'execute-api:Invoke',
    Resource: 'execute-api:/prod/GET/open',
  };
  function seed(policy: object | undefined, changes: object = {}): SeedFile {
    return {
      roles: [
        {
          name: 'runner',
          policies: [
            {
              Version: '2012-10-17',
              Statement: [
                { Effect: 'Deny', Action: '*', Resource: 'arn:aws:execute-api:*:*:*/GET/iam' },
              ],
            },
          ],
        },
      ],
      apis: [
        {
          id: 'p0l1c1e5s1',
          name: 'policies',
          ...(policy === undefined
            ? {}
            : { policy: { Version: '2012-10-17', Statement: [{ ...statement, ...policy }] } }),
          authorizers: [
            { name: 'pool', type: 'COGNITO_USER_POOLS', acceptedTokens: ['good'] },
            { name: 'function', type: 'TOKEN' },
          ],
          methods: {
            'GET /open': {},
            'GET /other': {},
            'GET /iam': { auth: 'AWS_IAM' },
            'GET /pool': { auth: 'COGNITO_USER_POOLS', authorizer: 'pool' },
            'GET /function': { auth: 'CUSTOM', authorizer: 'function' },
          },
          deployments: [{ id: 'dep001' }],
          stages: { prod: { deployment: 'dep001' } },
          ...changes,
        },
      ],
    };
  }
  const at = (path: string) => `GET /p0l1c1e5s1/prod/${path}`;

  test('decides alone where nobody signs', async () => {
    const emulator = await emulatorFor({ seed: seed({}) });
    expect((await call(emulator, at('open'))).status).toBe(200);
    expect(await call(emulator, at('other'))).toEqual(
      denied('anonymous', 'p0l1c1e5s1/prod/GET/other', NO_RESOURCE),
    );
  });

  test.each(['aws:PrincipalAccount', 'aws:userid'])(
    'may know nobody as anonymous by %s: AWS has not told',
    async (key) => {
      const policy = {
        Resource: 'execute-api:/*',
        Condition: { StringEquals: { [key]: 'anonymous' } },
      };
      for (const [anonymousKeys, status] of [
        ['absent', 403],
        ['anonymous', 200],
      ] as const) {
        const emulator = await emulatorFor({
          seed: { ...seed(policy), untold: { anonymousKeys } },
        });
        expect((await call(emulator, at('open'))).status).toBe(status);
        expect((await call(emulator, at('open'), keysOf(emulator, 'admin'))).status).toBe(status);
      }
    },
  );

  test('that names a principal closes methods without IAM to everybody', async () => {
    const Principal = { AWS: 'arn:aws:iam::123456789012:user/admin' };
    const emulator = await emulatorFor({ seed: seed({ Principal, Resource: 'execute-api:/*' }) });
    const admin = keysOf(emulator, 'admin');
    expect((await call(emulator, at('open'))).status).toBe(403);
    expect((await call(emulator, at('open'), admin)).status).toBe(403);
    expect((await call(emulator, at('iam'), admin)).status).toBe(200);
  });

  test('is asked once a user pool has let the caller in', async () => {
    const token = { authorization: 'Bearer good' };
    const open = await emulatorFor({ seed: seed(undefined) });
    expect((await call(open, at('pool'), undefined, token)).status).toBe(200);
    expect((await call(open, at('pool'))).status).toBe(401);
    const closed = await emulatorFor({ seed: seed({}) });
    expect(await call(closed, at('pool'), undefined, token)).toEqual(
      denied('anonymous', 'p0l1c1e5s1/prod/GET/pool', NO_RESOURCE),
    );
    expect((await call(closed, at('pool'))).status).toBe(401);
  });

  test('denies before a function is asked, and otherwise leaves it to the function', async () => {
    const closed = await emulatorFor({ seed: seed({ Effect: 'Deny', Resource: '*' }) });
    const token = { authorization: 'x' };
    expect(await call(closed, at('function'), undefined, token)).toEqual(
      denied('anonymous', 'p0l1c1e5s1/prod/GET/function', RESOURCE_DENY),
    );
    const open = await emulatorFor({ seed: seed({}) });
    expect((await call(open, at('function'))).status).toBe(401);
  });

  test.each([
    [{ StringEquals: { 'aws:Referer': 'https://shop.example' } }, 200],
    [{ StringLike: { 'aws:UserAgent': 'curl/*' } }, 200],
    [{ StringLike: { 'aws:UserAgent': 'wget/*' } }, 403],
    [{ Bool: { 'aws:SecureTransport': 'true' } }, 200],
    [{ IpAddress: { 'aws:SourceIp': '127.0.0.1' } }, 200],
    [{ IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } }, 403],
    [{ DateLessThan: { 'aws:CurrentTime': '2026-02-01T00:00:00Z' } }, 200],
    [{ DateGreaterThan: { 'aws:EpochTime': '1769900000' } }, 403],
    [{ Null: { 'aws:PrincipalArn': 'true' } }, 200],
    [{ StringEquals: { 'aws:SourceVpce': VPCE } }, 403],
  ])('with the condition %j: %i', async (Condition, status) => {
    const nowMs = Date.parse('2026-01-02T03:04:05Z');
    const emulator = await emulatorFor({ seed: seed({ Condition }), now: () => nowMs });
    const headers = { referer: 'https://shop.example', 'user-agent': 'curl/8' };
    expect((await call(emulator, at('open'), undefined, headers)).status).toBe(status);
  });

  test.each([
    [{ StringEquals: { 'aws:PrincipalType': 'AssumedRole' } }],
    [{ ArnEquals: { 'aws:PrincipalArn': 'arn:aws:iam::123456789012:role/gate-invoker' } }],
    [{ StringEquals: { 'aws:PrincipalAccount': '123456789012' } }],
    [{ StringLike: { 'aws:userid': 'AROA*:ci' } }],
    [{ Null: { 'aws:username': 'true' } }],
  ])('knows a session: %j', async (Condition) => {
    const emulator = await emulatorFor({
      seed: [
        seed({ Resource: '*', Condition }),
        { roles: [{ name: 'gate-invoker', policies: [] }] },
      ],
    });
    const { Credentials } = await sts(emulator).send(
      new AssumeRoleCommand({
        RoleArn: 'arn:aws:iam::123456789012:role/gate-invoker',
        RoleSessionName: 'ci',
      }),
    );
    const keys = {
      accessKeyId: Credentials?.AccessKeyId ?? '',
      secretAccessKey: Credentials?.SecretAccessKey ?? '',
      sessionToken: Credentials?.SessionToken ?? '',
    };
    expect((await call(emulator, at('iam'), keys)).status).toBe(200);
  });

  test("a role's identity policies are its sessions'", async () => {
    const emulator = await emulatorFor({ seed: seed(undefined) });
    const { Credentials } = await sts(emulator).send(
      new AssumeRoleCommand({
        RoleArn: 'arn:aws:iam::123456789012:role/runner',
        RoleSessionName: 'ci',
      }),
    );
    const keys = {
      accessKeyId: Credentials?.AccessKeyId ?? '',
      secretAccessKey: Credentials?.SecretAccessKey ?? '',
      sessionToken: Credentials?.SessionToken ?? '',
    };
    expect(await call(emulator, at('iam'), keys)).toEqual(
      denied(
        'arn:aws:sts::123456789012:assumed-role/runner/ci',
        'p0l1c1e5s1/prod/GET/iam',
        IDENTITY_DENY,
      ),
    );
  });

  test('takes effect when it is deployed', async () => {
    const emulator = await emulatorFor({ seed: seed(undefined) });
    const client = apiGateway(emulator);
    const restApiId = 'p0l1c1e5s1';
    const value = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
    await client.send(
      new UpdateRestApiCommand({
        restApiId,
        patchOperations: [{ op: 'replace', path: '/policy', value }],
      }),
    );
    expect((await call(emulator, at('other'))).status).toBe(200);
    await client.send(new CreateDeploymentCommand({ restApiId, stageName: 'prod' }));
    expect((await call(emulator, at('other'))).status).toBe(403);
    expect((await call(emulator, at('open'))).status).toBe(200);
  });

  test('a seed may have deployed another one', async () => {
    const closed = { Version: '2012-10-17', Statement: [{ ...statement, Effect: 'Deny' }] };
    const one = await emulatorFor({ seed: seed({}, { deployedPolicy: closed }) });
    expect((await call(one, at('open'))).status).toBe(403);
    const other = await emulatorFor({ seed: seed({}, { deployedPolicy: null }) });
    expect((await call(other, at('other'))).status).toBe(200);
    expect(other.account.apis.get('p0l1c1e5s1')?.policy).toContain('/prod/GET/open');
  });
});

describe('a private API', () => {
  const ledger = 'GET /acc3ss0006/prod/ledger';
  const forbidden = {
    status: 403,
    type: 'ForbiddenException',
    body: '{"message":"Forbidden"}',
  };

  test('has no public name', async () => {
    const emulator = await accessEmulator();
    expect(await call(emulator, ledger, keysOf(emulator, 'admin'))).toEqual(forbidden);
  });

  test('answers through its VPC endpoint', async () => {
    const emulator = await accessEmulator({ sourceVpce: VPCE });
    expect((await call(emulator, ledger, keysOf(emulator, 'till'))).status).toBe(200);
    expect((await call(emulator, ledger)).type).toBe('MissingAuthenticationTokenException');
    // A public API sees the address of the caller, and no endpoint.
    const rates = await call(emulator, 'GET /acc3ss0003/prod/rates', keysOf(emulator, 'till'));
    expect(rates.status).toBe(200);
  });

  test.each<[string, Readonly<Record<string, string>>]>([
    [
      'its name with the endpoint',
      { host: `acc3ss0006-${VPCE}.execute-api.us-east-1.amazonaws.com` },
    ],
    [
      "the endpoint's name",
      {
        host: `${VPCE}-abc123.execute-api.us-east-1.vpce.amazonaws.com`,
        'x-apigw-api-id': 'acc3ss0006',
      },
    ],
  ])('answers to %s', async (_, headers) => {
    const emulator = await accessEmulator();
    const till = keysOf(emulator, 'till');
    expect((await call(emulator, 'GET /prod/ledger', till, headers)).status).toBe(200);
  });

  test('refuses an endpoint that is not there, and one that its policy does not name', async () => {
    const unknown = await accessEmulator({ sourceVpce: 'vpce-0000' });
    expect(await call(unknown, ledger, keysOf(unknown, 'admin'))).toEqual(forbidden);
    const seed = { vpcEndpoints: [{ id: 'vpce-0002', vpc: 'vpc-2' }] };
    const path = fileURLToPath(new URL('../../emulator/seeds/access.json', import.meta.url));
    const other = await emulatorFor({
      seed: [await readSeed(path), seed],
      sourceVpce: 'vpce-0002',
    });
    expect((await call(other, ledger, keysOf(other, 'till'))).status).toBe(403);
  });

  test('whose deployment has no policy lets nobody in', async () => {
    const emulator = await accessEmulator({ sourceVpce: VPCE });
    const api = emulator.account.apis.get('acc3ss0006');
    const deployment = api?.deployments.get('dep001');
    if (deployment === undefined) throw new Error('the seed has no dep001');
    const { policy: _policy, ...snapshot } = deployment.snapshot;
    deployment.snapshot = snapshot;
    expect(await call(emulator, ledger, keysOf(emulator, 'admin'))).toEqual(
      denied('arn:aws:iam::123456789012:user/admin', 'acc3ss0006/prod/GET/ledger', NO_RESOURCE),
    );
  });

  // Source of the sentence: reports of users of CloudFormation and Terraform.
  test('is not deployed without a policy', async () => {
    const emulator = await accessEmulator();
    const client = apiGateway(emulator);
    const restApiId = 'acc3ss0006';
    await client.send(
      new UpdateRestApiCommand({
        restApiId,
        patchOperations: [{ op: 'replace', path: '/policy', value: '' }],
      }),
    );
    const deployed = client.send(new CreateDeploymentCommand({ restApiId, stageName: 'prod' }));
    expect(await refusal(deployed)).toEqual({
      status: 400,
      name: 'BadRequestException',
      message: "Private REST API doesn't have a resource policy attached to it",
    });
  });
});
