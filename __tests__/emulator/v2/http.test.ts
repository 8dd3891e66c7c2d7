import { describe, expect, test } from '@jest/globals';
import type { SeedFile } from '../../../emulator/seed.js';
import { closeAfterEach, emulatorFor } from '../kit.js';
import { presigned, signedHeaders } from './handshake.js';

closeAfterEach();

const keys = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
};

type HttpApi = NonNullable<SeedFile['httpApis']>[number];

/** An HTTP API on its `$default` stage. */
async function api(fields: Omit<HttpApi, 'id' | 'name'>, more: SeedFile = {}) {
  const stages = { $default: { autoDeploy: true } };
  const emulator = await emulatorFor({
    seed: { ...more, httpApis: [{ stages, ...fields, id: 'h1t2t3p4a5', name: 'shop' }] },
  });
  return { emulator, url: `${emulator.url}/h1t2t3p4a5` };
}

/** A backend that says which route led to it. */
function named(key: string, auth: 'NONE' | 'AWS_IAM' = 'NONE') {
  return { auth, integration: { type: 'AWS_PROXY', body: JSON.stringify(key) } } as const;
}

function routes(...keys: readonly string[]): NonNullable<HttpApi['routes']> {
  return Object.fromEntries(keys.map((key) => [key, named(key)]));
}

describe('the route of a request', () => {
  const all = routes(
    'GET /pets/dog/1',
    'GET /pets/dog/{id}',
    'GET /pets/{proxy+}',
    'ANY /pets/dog/1',
    'ANY /{proxy+}',
    'POST /pets/{kind}/{id}',
    '$default',
  );
  // The first five are the example of the developer guide, "Create routes for HTTP APIs".
  test.each([
    ['GET', '/pets/dog/1', 'GET /pets/dog/1'],
    ['GET', '/pets/dog/2', 'GET /pets/dog/{id}'],
    ['GET', '/pets/cat/1', 'GET /pets/{proxy+}'],
    ['POST', '/test/5', 'ANY /{proxy+}'],
    ['PUT', '/', '$default'],
    ['DELETE', '/pets/dog/1', 'ANY /pets/dog/1'],
    ['POST', '/pets/dog/2', 'POST /pets/{kind}/{id}'],
    ['OPTIONS', '/pets/cat/1', 'ANY /{proxy+}'],
    ['HEAD', '/pets/dog/2', 'ANY /{proxy+}'],
  ])('%s %s goes to %s', async (method, path, expected) => {
    const { emulator, url } = await api({ routes: all });
    await fetch(`${url}${path}`, { method });
    expect(emulator.integrationCalls.map(({ routeKey }) => routeKey)).toEqual([expected]);
  });

  test.each([
    ['POST', '/a'],
    ['GET', '/b'],
    ['GET', '/a/'],
    ['GET', '/a/b'],
    ['GET', '/files'],
  ])('%s %s has none: 404, signed or not', async (method, path) => {
    const { url } = await api({ routes: routes('GET /a', 'GET /files/{proxy+}') });
    for (const headers of [{}, await signedHeaders(`${url}${path}`, keys, method)]) {
      const answer = await fetch(`${url}${path}`, { method, headers });
      expect(answer.status).toBe(404);
      expect(await answer.text()).toBe('{"message":"Not Found"}');
    }
  });

  test('a path that begins with a stage is of that stage, every other of $default', async () => {
    const { url } = await api({
      routes: routes('GET /dev', 'GET /a'),
      deployments: [{ id: 'dev001', routes: { 'GET /a': named('as in dev') } }],
      stages: { $default: { autoDeploy: true }, dev: { deployment: 'dev001' } },
    });
    expect(await (await fetch(`${url}/a`)).json()).toBe('GET /a');
    expect(await (await fetch(`${url}/dev/a`)).json()).toBe('as in dev');
    expect((await fetch(`${url}/dev`)).status).toBe(404);
    expect((await fetch(`${url}/$default/a`)).status).toBe(404);
  });
});

describe('AWS_IAM', () => {
  const secured = { routes: { 'GET /a': named('a', 'AWS_IAM'), $default: named('d', 'AWS_IAM') } };

  test('signed reaches the backend; v2 has one header of its own and none of REST’s', async () => {
    const { url } = await api(secured);
    const answer = await fetch(`${url}/a`, { headers: await signedHeaders(`${url}/a`, keys) });
    expect(answer.status).toBe(200);
    expect([...answer.headers.keys()].sort()).toEqual([
      'apigw-requestid',
      'connection',
      'content-length',
      'content-type',
      'date',
    ]);
    expect((await fetch(await presigned(`${url}/a`, keys))).status).toBe(200);
  });

  test.each([
    ['unsigned', async () => ({})],
    ['tampered', (url: string) => signedHeaders(`${url}?x=1`, keys)],
    ['an unknown key', (url: string) => signedHeaders(url, { ...keys, accessKeyId: 'AKIAX' })],
  ])('%s: 403 Forbidden, and no backend runs', async (_name, headersFor) => {
    const { emulator, url } = await api(secured);
    const answer = await fetch(`${url}/a`, { headers: await headersFor(`${url}/a`) });
    expect(answer.status).toBe(403);
    expect(await answer.text()).toBe('{"message":"Forbidden"}');
    expect(answer.headers.get('apigw-requestid')).toMatch(/^[\w+/]{15}=$/);
    expect(emulator.integrationCalls).toEqual([]);
  });

  test('a signature that was tampered with can be told, by a switch', async () => {
    const { url } = await api(secured, { untold: { httpRefusals: 'told' } });
    const headers = await signedHeaders(`${url}/b`, keys);
    expect(await (await fetch(`${url}/a`, { headers })).text()).toContain('does not match');
  });

  test('a signature in the query can be ignored, by a switch', async () => {
    const { url } = await api(secured, { untold: { httpQuerySignature: 'ignored' } });
    expect((await fetch(await presigned(`${url}/a`, keys))).status).toBe(403);
  });

  const callers = (resource: string) => [
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
              Resource: `arn:aws:execute-api:us-east-1:123456789012:h1t2t3p4a5/${resource}`,
            },
          ],
        },
      ],
    },
  ];
  const narrow = { accessKeyId: 'AKIANARROW', secretAccessKey: 's' };

  test.each([
    ['$default/GET/a', '/a', 200],
    ['$default/GET/b', '/a', 403],
    ['prod/GET/a', '/a', 403],
    ['$default/GET/nowhere', '/nowhere', 200],
    ['$default/$default', '/nowhere', 403],
  ])('an identity policy on %s, for %s: %d', async (resource, path, status) => {
    const { url } = await api(secured, { callers: callers(resource) });
    const headers = await signedHeaders(`${url}${path}`, narrow);
    expect((await fetch(`${url}${path}`, { headers })).status).toBe(status);
  });

  test('the resource of $default can be its key, by a switch', async () => {
    const more: SeedFile = {
      callers: callers('$default/$default'),
      untold: { defaultRouteResource: 'route-key' },
    };
    const { url } = await api(secured, more);
    const headers = await signedHeaders(`${url}/nowhere`, narrow);
    expect((await fetch(`${url}/nowhere`, { headers })).status).toBe(200);
  });
});

describe('other authorizers', () => {
  test('JWT: 401 and how to sign in, a listed token lets in', async () => {
    const { url } = await api({
      authorizers: [{ name: 'jwt', type: 'JWT', acceptedTokens: ['good'] }],
      routes: { 'GET /a': { ...named('a'), auth: 'JWT', authorizer: 'jwt' } },
    });
    const refused = await fetch(`${url}/a`);
    expect(refused.status).toBe(401);
    expect(await refused.text()).toBe('{"message":"Unauthorized"}');
    expect(refused.headers.get('www-authenticate')).toMatch(/^Bearer/);
    const headers = { authorization: 'Bearer good' };
    expect((await fetch(`${url}/a`, { headers })).status).toBe(200);
  });

  test('CUSTOM: 401 without the identity source, else a function that denies', async () => {
    const { url } = await api({
      authorizers: [{ name: 'fn', type: 'REQUEST', identitySource: ['$request.header.X-Key'] }],
      routes: { 'GET /a': { ...named('a'), auth: 'CUSTOM', authorizer: 'fn' } },
    });
    expect((await fetch(`${url}/a`)).status).toBe(401);
    expect((await fetch(`${url}/a`, { headers: { 'x-key': 'k' } })).status).toBe(403);
  });
});

describe('CORS', () => {
  const cors = {
    allowOrigins: ['https://*.example.com'],
    allowMethods: ['GET'],
    allowHeaders: ['authorization'],
    maxAge: 300,
  };
  const preflight = {
    method: 'OPTIONS',
    headers: { origin: 'https://shop.example.com', 'access-control-request-method': 'GET' },
  };

  test('a preflight that no route takes is answered without a backend', async () => {
    const { emulator, url } = await api({ cors, routes: routes('GET /a') });
    const answer = await fetch(`${url}/a`, preflight);
    expect(answer.status).toBe(204);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'access-control-allow-origin': 'https://shop.example.com',
      'access-control-allow-methods': 'GET',
      'access-control-allow-headers': 'authorization',
      'access-control-max-age': '300',
    });
    expect(emulator.integrationCalls).toEqual([]);
    const plain = await fetch(`${url}/a`, { method: 'OPTIONS' });
    expect(plain.status).toBe(404);
  });

  test('without CorsConfiguration it is a request like others', async () => {
    const { url } = await api({ routes: routes('GET /a') });
    expect((await fetch(`${url}/a`, preflight)).status).toBe(404);
  });

  test('an answer has the headers, for its origins alone', async () => {
    const { url } = await api({ cors, routes: routes('GET /a') });
    const from = async (origin: string) =>
      (await fetch(`${url}/a`, { headers: { origin } })).headers.get('access-control-allow-origin');
    expect(await from('https://shop.example.com')).toBe('https://shop.example.com');
    expect(await from('https://evil.example')).toBeNull();
  });

  test.each([
    ['after-routes', '/a', 200],
    ['after-routes', '/b', 403],
    ['before-default', '/a', 200],
    ['before-default', '/b', 204],
    ['before-routes', '/a', 204],
    ['before-routes', '/b', 204],
  ] as const)('%s: a preflight of %s gets %d', async (order, path, status) => {
    const { url } = await api(
      { cors, routes: { 'OPTIONS /a': named('o'), $default: named('d', 'AWS_IAM') } },
      { untold: { preflight: order } },
    );
    expect((await fetch(`${url}${path}`, preflight)).status).toBe(status);
  });
});

describe('other answers', () => {
  test.each([
    [
      'throttled',
      { stages: { $default: { autoDeploy: true, throttled: true } } },
      429,
      'Too Many Requests',
    ],
    [
      'a backend that may not be called',
      { routes: { 'GET /a': { integration: { type: 'AWS_PROXY', forbidden: true } } } },
      500,
      'Internal Server Error',
    ],
    [
      'a backend that is not there',
      { routes: { 'GET /a': { integration: { type: 'HTTP_PROXY', uri: 'http://127.0.0.1:1/' } } } },
      503,
      'Service Unavailable',
    ],
    ['no such stage', { stages: {} }, 404, 'Not Found'],
    ['the default endpoint off', { disableExecuteApiEndpoint: true }, 403, 'Forbidden'],
  ] as const)('%s', async (_name, fields, status, message) => {
    const { url } = await api({ routes: routes('GET /a'), ...fields });
    const answer = await fetch(`${url}/a`);
    expect(answer.status).toBe(status);
    expect(await answer.json()).toEqual({ message });
  });

  test('a 429 can be without a body, by a switch', async () => {
    const { url } = await api(
      { routes: routes('GET /a'), stages: { $default: { autoDeploy: true, throttled: true } } },
      { untold: { httpThrottled: 'bare' } },
    );
    const answer = await fetch(`${url}/a`);
    expect([answer.status, await answer.text()]).toEqual([429, '']);
  });

  test('HTTP_PROXY goes on to another server, with its path variables', async () => {
    const backend = await api({ routes: routes('GET /pets/{id}') });
    const { url } = await api({
      routes: {
        'GET /my/{id}': {
          integration: { type: 'HTTP_PROXY', uri: `${backend.url}/pets/{id}`, httpMethod: 'GET' },
        },
      },
    });
    expect(await (await fetch(`${url}/my/7`)).json()).toBe('GET /pets/{id}');
  });

  test.each([403, 404] as const)(
    'a custom domain name, and a path of it that has no mapping: %d',
    async (unmappedDomain) => {
      const { emulator } = await api(
        { routes: { 'GET /a': named('a') }, disableExecuteApiEndpoint: true },
        {
          untold: { unmappedDomain },
          domainNames: [
            {
              name: 'api.example.com',
              mappings: [{ basePath: 'shop', api: 'h1t2t3p4a5', stage: '$default' }],
            },
          ],
        },
      );
      const status = async (path: string) => {
        const { promise, resolve, reject } = Promise.withResolvers<number | undefined>();
        const { request } = await import('node:http');
        const headers = { host: 'api.example.com' };
        request(`${emulator.url}${path}`, { headers }, (incoming) => {
          incoming.resume();
          resolve(incoming.statusCode);
        })
          .on('error', reject)
          .end();
        return promise;
      };
      expect(await status('/shop/a')).toBe(200);
      expect(await status('/other/a')).toBe(unmappedDomain);
    },
  );

  test.each([
    ['delay', { kind: 'delay', ms: 1 }, 200],
    ['answer', { kind: 'answer', status: 503 }, 503],
  ] as const)('a fault: %s', async (_name, effect, status) => {
    const { emulator, url } = await api({ routes: routes('GET /a') });
    emulator.injectFault({ operation: 'Invoke', effect });
    expect((await fetch(`${url}/a`)).status).toBe(status);
  });
});
