import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { serveInvocation } from '../../emulator/data-plane/serve.js';
import type { WireRequest } from '../../emulator/http.js';
import type { IntegrationState, MethodState } from '../../emulator/model.js';
import { account, bodyOf, mock, NOW, request, snapshot } from './small-account.js';

const started: Server[] = [];
afterEach(() => {
  for (const server of started.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** A backend on a free port; its base URL. */
async function backend(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  started.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return `http://127.0.0.1:${address.port}`;
}

async function serve(methods: Record<string, Partial<MethodState>>, wire: WireRequest) {
  const state = account({ d1: snapshot(methods) }, { stage: { variables: { version: 'v2' } } });
  const context = { account: state, nowMs: NOW, random: () => 0.5 };
  return (await serveInvocation(wire, context)).response;
}

const serverError = {
  status: 500,
  headers: { 'x-amzn-errortype': 'InternalServerErrorException' },
};

describe('MOCK', () => {
  const preflight: Partial<MethodState> = {
    integration: mock('', {
      responses: new Map([
        [
          '204',
          {
            statusCode: '204',
            responseParameters: {
              'method.response.header.Access-Control-Allow-Origin': "'*'",
              'method.response.header.Access-Control-Allow-Methods': "'GET,OPTIONS'",
            },
          },
        ],
      ]),
    }),
  };

  test('answers a CORS preflight', async () => {
    const wire = request('OPTIONS /a1b2c3/prod/pets');
    const response = await serve({ 'OPTIONS /pets': preflight }, wire);
    expect(response).toMatchObject({
      status: 204,
      headers: {
        'access-control-allow-origin': '*',
        'access-control-allow-methods': 'GET,OPTIONS',
      },
      body: '',
    });
    expect(response.headers).not.toHaveProperty('x-amzn-errortype');
  });

  const responses: IntegrationState['responses'] = new Map([
    ['200', { statusCode: '200', responseTemplates: { 'application/json': '"fine"' } }],
    [
      '500',
      {
        statusCode: '502',
        selectionPattern: '5\\d{2}',
        responseTemplates: { 'application/json': '"broken"' },
      },
    ],
  ]);

  test.each([
    ['{"statusCode": 200}', 200, '"fine"'],
    ['{ statusCode: 200 }', 200, '"fine"'],
    ['{"statusCode": 404}', 200, '"fine"'],
    ['{"statusCode": 503}', 502, '"broken"'],
  ])('chooses the integration response by %s', async (template, status, body) => {
    const integration = mock('', {
      requestTemplates: { 'application/json': template },
      responses,
    });
    const response = await serve(
      { 'GET /pets': { integration } },
      request('GET /a1b2c3/prod/pets'),
    );
    expect(response.status).toBe(status);
    expect(bodyOf(response)).toBe(body);
  });

  test('without an integration response that fits: an API configuration error', async () => {
    const integration = mock('', { responses: new Map() });
    expect(
      await serve({ 'GET /pets': { integration } }, request('GET /a1b2c3/prod/pets')),
    ).toMatchObject({ ...serverError, body: '{"message": "Internal server error"}' });
  });

  test('does not pretend to run a VTL template', async () => {
    const integration = mock('', {
      requestTemplates: { 'application/json': '#if($a)\n{"statusCode": 200}\n#end' },
    });
    const response = await serve(
      { 'GET /pets': { integration } },
      request('GET /a1b2c3/prod/pets'),
    );
    expect(response).toMatchObject(serverError);
    expect(bodyOf(response)).toContain('does not model');
  });
});

describe('HTTP_PROXY', () => {
  test('passes request and answer through', async () => {
    const base = await backend((incoming, outgoing) => {
      let body = '';
      incoming.on('data', (chunk) => {
        body += String(chunk);
      });
      incoming.on('end', () => {
        outgoing.writeHead(418, { 'content-type': 'text/plain', 'x-backend': 'yes' });
        const { host, 'x-order': order } = incoming.headers;
        outgoing.end([incoming.method, incoming.url, order, body, host === undefined].join(' '));
      });
    });
    const integration = mock('', {
      type: 'HTTP_PROXY',
      httpMethod: 'ANY',
      uri: `${base}/\${stageVariables.version}/{where}?fixed=1`,
      requestParameters: { 'integration.request.path.where': 'method.request.path.proxy' },
    });
    const response = await serve(
      { 'ANY /shop/{proxy+}': { integration } },
      request('POST /a1b2c3/prod/shop/a/b?page=2', { 'x-order': '7' }, 'hello'),
    );
    expect(response).toMatchObject({
      status: 418,
      headers: { 'content-type': 'text/plain', 'x-backend': 'yes' },
    });
    expect(bodyOf(response)).toBe('POST /v2/a/b?fixed=1&page=2 7 hello false');
    expect(response.headers['x-amzn-requestid']).toBeDefined();
  });

  test('a backend that is not there', async () => {
    const base = await backend(() => {});
    for (const server of started.splice(0)) await new Promise((done) => server.close(done));
    const integration = mock('', { type: 'HTTP_PROXY', uri: base });
    expect(
      await serve({ 'GET /pets': { integration } }, request('GET /a1b2c3/prod/pets')),
    ).toMatchObject({
      status: 504,
      headers: { 'x-amzn-errortype': 'InternalServerErrorException' },
      body: '{"message": "Network error communicating with endpoint"}',
    });
  });

  test('a backend that is too slow', async () => {
    const base = await backend(() => {});
    const integration = mock('', { type: 'HTTP_PROXY', uri: base, timeoutInMillis: 50 });
    expect(
      await serve({ 'GET /pets': { integration } }, request('GET /a1b2c3/prod/pets')),
    ).toMatchObject({
      status: 504,
      body: '{"message": "Endpoint request timed out"}',
    });
  });

  test('a URI that is none', async () => {
    const integration = mock('', { type: 'HTTP_PROXY', uri: 'ftp://example.com' });
    expect(
      await serve({ 'GET /pets': { integration } }, request('GET /a1b2c3/prod/pets')),
    ).toMatchObject({ ...serverError, body: '{"message": "Internal server error"}' });
  });
});

test('HTTP goes through the integration responses', async () => {
  const base = await backend((_, outgoing) => {
    outgoing.writeHead(404, { 'x-reason': 'sold out' }).end('{"from":"backend"}');
  });
  const integration = mock('', {
    type: 'HTTP',
    httpMethod: 'GET',
    uri: base,
    responses: new Map([
      ['200', { statusCode: '200' }],
      [
        '410',
        {
          statusCode: '410',
          selectionPattern: '404',
          responseParameters: {
            'method.response.header.X-Reason': 'integration.response.header.X-Reason',
          },
        },
      ],
    ]),
  });
  const response = await serve({ 'GET /pets': { integration } }, request('GET /a1b2c3/prod/pets'));
  expect(response).toMatchObject({ status: 410, headers: { 'x-reason': 'sold out' } });
  expect(bodyOf(response)).toBe('{"from":"backend"}');
});

test('AWS and AWS_PROXY answer with an echo', async () => {
  for (const type of ['AWS', 'AWS_PROXY'] as const) {
    const integration = mock('', { type, responses: new Map([['200', { statusCode: '200' }]]) });
    const response = await serve(
      { 'GET /pets/{id}': { integration } },
      request('GET /a1b2c3/prod/pets/7'),
    );
    expect(response.status).toBe(200);
    expect(JSON.parse(bodyOf(response))).toEqual({
      emulated: true,
      httpMethod: 'GET',
      path: '/pets/7',
    });
  }
});
