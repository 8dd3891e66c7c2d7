import { createServer } from 'node:http';
import { describe, expect, test } from '@jest/globals';
import { GATEWAY_RESPONSE_TYPES } from '../../emulator/control-plane/gateway-response-types.js';
import { serveInvocation } from '../../emulator/data-plane/serve.js';
import type { WireRequest } from '../../emulator/http.js';
import type { AuthorizerState, MethodState } from '../../emulator/model.js';
import { closeAfterEach, emulatorFor } from './kit.js';
import { account, bodyOf, NOW, request, snapshot } from './small-account.js';

closeAfterEach();

async function serve(
  method: Partial<MethodState>,
  wire: WireRequest,
  authorizers: AuthorizerState[] = [],
) {
  const frozen = snapshot(
    { 'GET /x': method },
    { authorizers: new Map(authorizers.map((it) => [it.id, it])) },
  );
  const state = account({ d1: frozen });
  return (await serveInvocation(wire, { account: state, nowMs: NOW, random: () => 0.5 })).response;
}

describe('a request validator', () => {
  const wanting: Partial<MethodState> = {
    validator: { parameters: true, body: false },
    requestParameters: {
      'method.request.querystring.page': true,
      'method.request.header.X-Tenant': true,
      'method.request.querystring.size': false,
    },
  };

  test.each([
    ['GET /a1b2c3/prod/x', {}, 'page, X-Tenant'],
    ['GET /a1b2c3/prod/x?page=1', {}, 'X-Tenant'],
    ['GET /a1b2c3/prod/x?page=%20', { 'x-tenant': 't' }, 'page'],
  ])('refuses %s with %j for %s', async (line, headers, missing) => {
    const response = await serve(wanting, request(line, headers));
    expect(response).toMatchObject({
      status: 400,
      headers: { 'x-amzn-errortype': 'BadRequestException' },
      body: JSON.stringify({ message: `Missing required request parameters: [${missing}]` }),
    });
  });

  test('lets through what has all', async () => {
    const wire = request('GET /a1b2c3/prod/x?page=1', { 'x-tenant': 't' });
    expect((await serve(wanting, wire)).status).toBe(200);
  });

  test('looks at the body where it is told to', async () => {
    const method: Partial<MethodState> = { validator: { parameters: false, body: true } };
    const refused = await serve(method, request('GET /a1b2c3/prod/x'));
    expect([refused.status, bodyOf(refused)]).toEqual([400, '{"message":"Invalid request body"}']);
    expect((await serve(method, request('GET /a1b2c3/prod/x', {}, '{}'))).status).toBe(200);
  });

  test('is asked after authorization', async () => {
    const method = { ...wanting, authorizationType: 'AWS_IAM' } as const;
    expect((await serve(method, request('GET /a1b2c3/prod/x'))).status).toBe(403);
  });
});

describe('a gateway response that a seed gives a method', () => {
  test.each(GATEWAY_RESPONSE_TYPES.filter((type) => !type.startsWith('DEFAULT')))(
    '%s comes with a label',
    async (gatewayResponse) => {
      const open = await serve({ gatewayResponse }, request('GET /a1b2c3/prod/x'));
      expect(open.status).toBeGreaterThanOrEqual(400);
      expect(open.headers['x-amzn-errortype']).toMatch(/Exception$/);
    },
  );

  test('comes at its place: what is behind authorization never to a stranger', async () => {
    const authorizationType = 'AWS_IAM';
    const at = (gatewayResponse: string) =>
      serve({ authorizationType, gatewayResponse }, request('GET /a1b2c3/prod/x'));
    expect((await at('WAF_FILTERED')).headers['x-amzn-errortype']).toBe('ForbiddenException');
    for (const behind of ['BAD_REQUEST_BODY', 'INVALID_API_KEY', 'INTEGRATION_TIMEOUT'])
      expect((await at(behind)).headers['x-amzn-errortype']).toBe(
        'MissingAuthenticationTokenException',
      );
  });
});

test('a JWT method lets in the tokens that a seed lists', async () => {
  const authorizer: AuthorizerState = {
    id: 'j',
    name: 'jwt',
    type: 'COGNITO_USER_POOLS',
    acceptedTokens: ['good'],
  };
  const method: Partial<MethodState> = { authorizationType: 'JWT', authorizerId: 'j' };
  const ask = async (headers: Record<string, string>) =>
    (await serve(method, request('GET /a1b2c3/prod/x', headers), [authorizer])).status;
  expect(await ask({})).toBe(401);
  expect(await ask({ authorization: 'Bearer bad' })).toBe(401);
  expect(await ask({ authorization: 'Bearer good' })).toBe(200);
});

test('a streamed answer goes on as it comes, and its backend sees the client leave', async () => {
  let left = (): void => {};
  const gone = new Promise<void>((resolve) => {
    left = resolve;
  });
  const backend = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write('data: 1\n\n');
    response.on('close', left);
  });
  await new Promise<void>((resolve) => backend.listen(0, '127.0.0.1', resolve));
  const address = backend.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  const uri = `http://127.0.0.1:${address.port}/`;
  const emulator = await emulatorFor({
    seed: {
      apis: [
        {
          id: 's1t2r3e4a5',
          name: 'stream',
          methods: {
            'GET /': { integration: { type: 'HTTP_PROXY', uri, httpMethod: 'GET', stream: true } },
          },
          deployments: [{ id: 'dep001' }],
          stages: { prod: { deployment: 'dep001' } },
        },
      ],
    },
  });
  const controller = new AbortController();
  const response = await fetch(`${emulator.url}/s1t2r3e4a5/prod/`, { signal: controller.signal });
  expect(response.status).toBe(200);
  expect(response.headers.get('x-amz-apigw-id')).not.toBeNull();
  const first = await response.body?.getReader().read();
  expect(Buffer.from(first?.value ?? []).toString()).toBe('data: 1\n\n');
  controller.abort();
  await gone;
  backend.close();
});
