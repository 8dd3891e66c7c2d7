import { describe, expect, test } from '@jest/globals';
import { sign } from 'aws4';
import type { SeedFile } from '../../../emulator/seed.js';
import { closeAfterEach, emulatorFor } from '../kit.js';
import {
  ACCEPT,
  presigned,
  presignedWithoutToken,
  shakeHands,
  signedHeaders,
} from './handshake.js';

closeAfterEach();

const keys = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
};

const session = { accessKeyId: 'ASIASESSION', secretAccessKey: 's', sessionToken: 'to/ke+n==' };

function seedWith(
  routes: NonNullable<NonNullable<SeedFile['webSocketApis']>[number]['routes']>,
  more: SeedFile = {},
): SeedFile {
  return {
    ...more,
    callers: [
      { name: 'session', ...session, arn: 'arn:aws:sts::123456789012:assumed-role/r/s' },
      {
        name: 'narrow',
        accessKeyId: 'AKIANARROW',
        secretAccessKey: 's',
        policies: [
          {
            Version: '2012-10-17',
            Statement: [
              {
                Effect: 'Allow',
                Action: 'execute-api:Invoke',
                Resource: 'arn:aws:execute-api:us-east-1:123456789012:w1s2o3c4k5/prod/$connect',
              },
            ],
          },
        ],
      },
    ],
    webSocketApis: [
      {
        id: 'w1s2o3c4k5',
        name: 'chat',
        routes,
        stages: { prod: { autoDeploy: true }, dev: { autoDeploy: true } },
      },
    ],
  };
}

const withIam = seedWith({ $connect: { auth: 'AWS_IAM' }, $disconnect: {}, $default: {} });

async function connected(seed: SeedFile) {
  const emulator = await emulatorFor({ seed });
  return { emulator, url: `${emulator.url}/w1s2o3c4k5/prod` };
}

describe('a handshake', () => {
  test('with a signature in headers: 101, and the integration of $connect has run', async () => {
    const { emulator, url } = await connected(withIam);
    const answer = await shakeHands(url, await signedHeaders(url, keys));
    expect(answer.status).toBe(101);
    expect(answer.headers['sec-websocket-accept']).toBe(ACCEPT);
    expect(emulator.integrationCalls[0]).toMatchObject({
      apiId: 'w1s2o3c4k5',
      stageName: 'prod',
      routeKey: '$connect',
    });
    expect(emulator.requests).toMatchObject([{ plane: 'data', operation: 'Connect', status: 101 }]);
  });

  test.each([
    ['unsigned', async () => ({})],
    [
      'of unknown keys',
      (url: string) => signedHeaders(url, { ...keys, accessKeyId: 'AKIANOBODY' }),
    ],
    ['of a wrong secret', (url: string) => signedHeaders(url, { ...keys, secretAccessKey: 'x' })],
    ['for another path', (url: string) => signedHeaders(`${url}/x`, keys)],
  ])('%s is refused, and no integration runs', async (_name, headersFor) => {
    const { emulator, url } = await connected(withIam);
    expect((await shakeHands(url, await headersFor(url))).status).toBe(403);
    expect(emulator.integrationCalls).toEqual([]);
  });

  test('with the signature in the query, of keys and of a session', async () => {
    const { url } = await connected(withIam);
    expect((await shakeHands(await presigned(url, keys))).status).toBe(101);
    expect((await shakeHands(await presigned(url, session))).status).toBe(101);
    const tampered = (await presigned(url, keys)).replace(/.$/, (last) =>
      last === '0' ? '1' : '0',
    );
    expect((await shakeHands(tampered)).status).toBe(403);
  });

  test('with the signature in the query, of a signer that is nobody’s here', async () => {
    const { url } = await connected(withIam);
    const { host, pathname, origin } = new URL(url);
    const { path = '' } = sign(
      { host, path: pathname, service: 'execute-api', region: 'us-east-1', signQuery: true },
      session,
    );
    expect((await shakeHands(`${origin}${path}`)).status).toBe(101);
  });

  test('whose session token was added after signing: only with the switch', async () => {
    const { url } = await connected(withIam);
    expect((await shakeHands(await presignedWithoutToken(url, session))).status).toBe(403);
    const other = await connected({ ...withIam, untold: { webSocketToken: 'either' } });
    expect((await shakeHands(await presignedWithoutToken(other.url, session))).status).toBe(101);
    expect((await shakeHands(await presigned(other.url, session))).status).toBe(101);
  });

  test('of a caller who may connect to one stage', async () => {
    const { url } = await connected(withIam);
    const narrow = { accessKeyId: 'AKIANARROW', secretAccessKey: 's' };
    expect((await shakeHands(url, await signedHeaders(url, narrow))).status).toBe(101);
    const dev = url.replace(/prod$/, 'dev');
    expect((await shakeHands(dev, await signedHeaders(dev, narrow))).status).toBe(403);
  });

  test('without $connect: open to everyone, and no integration runs', async () => {
    const { emulator, url } = await connected(seedWith({ $default: { auth: 'AWS_IAM' } }));
    expect((await shakeHands(url)).status).toBe(101);
    expect(emulator.integrationCalls).toEqual([]);
  });

  test('that the backend refuses has its status', async () => {
    const refusing = { type: 'AWS_PROXY', status: 418, body: 'no' } as const;
    const { emulator, url } = await connected(seedWith({ $connect: { integration: refusing } }));
    expect(await shakeHands(url)).toMatchObject({ status: 418, body: 'no' });
    expect(emulator.integrationCalls).toHaveLength(1);
  });

  test('that changed after the deployment is judged by the deployment', async () => {
    const seed = seedWith({});
    const { url } = await connected({
      ...seed,
      webSocketApis: [
        {
          id: 'w1s2o3c4k5',
          name: 'chat',
          routes: { $connect: { auth: 'AWS_IAM' } },
          deployments: [{ id: 'old001', auth: { $connect: 'NONE' } }],
          stages: { prod: { deployment: 'old001' } },
        },
      ],
    });
    expect((await shakeHands(url)).status).toBe(101);
  });

  test('of a stage that is not there, and with the default endpoint off', async () => {
    const { url } = await connected({ ...withIam, untold: { webSocketNoStage: 404 } });
    expect((await shakeHands(url.replace(/prod$/, 'test'))).status).toBe(404);
    const off = seedWith({});
    const [api] = off.webSocketApis ?? [];
    const other = await connected({
      ...off,
      webSocketApis: api && [{ ...api, routes: { $default: {} }, disableExecuteApiEndpoint: true }],
    });
    expect((await shakeHands(other.url)).status).toBe(403);
    other.emulator.account.v2.switches.webSocketEndpointOff = 404;
    expect((await shakeHands(other.url)).status).toBe(404);
  });

  test('through a custom domain name', async () => {
    const { url } = await connected({
      ...withIam,
      domainNames: [
        {
          name: 'chat.example.com',
          mappings: [{ basePath: 'v1', api: 'w1s2o3c4k5', stage: 'prod' }],
        },
      ],
    });
    const { origin } = new URL(url);
    const headers = await signedHeaders('http://chat.example.com/v1', keys);
    expect((await shakeHands(`${origin}/v1`, headers)).status).toBe(101);
  });
});

test('a handshake without a key is none', async () => {
  const { emulator, url } = await connected(seedWith({ $connect: {} }));
  expect((await shakeHands(url, { 'sec-websocket-version': '12' })).status).toBe(400);
  expect(emulator.integrationCalls).toEqual([]);
});

describe('the words of a refusal are not known: each of these', () => {
  test.each([
    ['rest', '{"message":"Missing Authentication Token"}', 'x-amzn-errortype'],
    ['http', '{"message":"Forbidden"}', 'apigw-requestid'],
    [
      'ids',
      expect.stringMatching(
        /^\{"message": "Forbidden", "connectionId":"[^"]+", "requestId":"[^"]+"\}$/,
      ),
      'content-type',
    ],
    ['bare', '', 'date'],
  ] as const)('%s', async (webSocketRefusals, body, header) => {
    const { url } = await connected({
      ...withIam,
      untold: { webSocketRefusals, webSocketRefusalStatus: 401 },
    });
    const answer = await shakeHands(url);
    expect(answer).toMatchObject({ status: 401, body });
    expect(answer.headers).toHaveProperty(header);
  });
});

describe('a connection', () => {
  test('messages go to their route, and closing runs $disconnect', async () => {
    const { emulator, url } = await connected(
      seedWith({ $connect: {}, $disconnect: {}, shout: {}, $default: {} }),
    );
    const socket = new WebSocket(url.replace('http', 'ws'));
    await new Promise((resolve) => socket.addEventListener('open', resolve));
    socket.send('{"action":"shout"}');
    socket.send('{"action":"other"}');
    const closed = new Promise<CloseEvent>((resolve) => socket.addEventListener('close', resolve));
    socket.close(1000);
    expect((await closed).code).toBe(1000);
    // The server sees the end of the connection a moment after the client.
    while (emulator.account.v2.connections.size > 0) await new Promise(setImmediate);
    expect(emulator.integrationCalls.map(({ routeKey }) => routeKey)).toEqual([
      '$connect',
      'shout',
      '$default',
      '$disconnect',
    ]);
  });

  test('a message that no route takes is answered so, a binary one closes', async () => {
    const { url } = await connected(seedWith({ shout: {} }));
    const socket = new WebSocket(url.replace('http', 'ws'));
    await new Promise((resolve) => socket.addEventListener('open', resolve));
    const message = new Promise<MessageEvent>((resolve) =>
      socket.addEventListener('message', resolve),
    );
    socket.send('hello');
    expect(JSON.parse(String((await message).data))).toMatchObject({ message: 'Forbidden' });
    const closed = new Promise<CloseEvent>((resolve) => socket.addEventListener('close', resolve));
    socket.send(new Uint8Array([1]));
    expect((await closed).code).toBe(1003);
  });

  test('@connections wants a signature and finds nobody', async () => {
    const { emulator, url } = await connected(withIam);
    const target = `${url}/@connections/nobody`;
    expect((await fetch(target, { method: 'POST' })).status).toBe(403);
    const headers = await signedHeaders(target, keys, 'POST');
    expect((await fetch(target, { method: 'POST', headers })).status).toBe(410);
    expect(emulator.requests.map(({ operation }) => operation)).toEqual([
      'PostToConnection',
      'PostToConnection',
    ]);
  });
});

describe('faults of a handshake', () => {
  test.each([
    [{ kind: 'reset' }, 0],
    [{ kind: 'reset-after' }, 1],
  ] as const)('%j', async (effect, calls) => {
    const { emulator, url } = await connected(seedWith({ $connect: {} }));
    emulator.injectFault({ operation: 'Connect', effect });
    await expect(shakeHands(url)).rejects.toThrow();
    expect(emulator.integrationCalls).toHaveLength(calls);
  });

  test('an answer in place of its own', async () => {
    const { emulator, url } = await connected(withIam);
    emulator.injectFault({ operation: 'Connect', effect: { kind: 'answer', status: 503 } });
    expect((await shakeHands(url)).status).toBe(503);
  });
});

test('Upgrade on a REST or HTTP API is answered as if it were not there', async () => {
  const emulator = await emulatorFor({
    seed: {
      httpApis: [
        {
          id: 'h1t2t3p4a5',
          name: 'x',
          routes: { 'GET /a': {} },
          stages: { $default: { autoDeploy: true } },
        },
      ],
    },
  });
  expect((await shakeHands(`${emulator.url}/h1t2t3p4a5/a`)).status).toBe(200);
  expect((await shakeHands(`${emulator.url}/nowhere/a`)).status).toBe(404);
});
