import { describe, expect, test } from '@jest/globals';
import { Sha256 } from '@smithy/core/checksum';
import { HttpRequest } from '@smithy/protocol-http';
import { SignatureV4 } from '@smithy/signature-v4';
import type { UnroutedAnswer } from '../../emulator/data-plane/authorize.js';
import { serveInvocation } from '../../emulator/data-plane/serve.js';
import { headerOf, type WireRequest } from '../../emulator/http.js';
import type {
  AccountState,
  AuthorizerState,
  CallerState,
  MethodState,
} from '../../emulator/model.js';
import { account, allowed, bodyOf, denied, mock, NOW, request, snapshot } from './small-account.js';

const IAM: Partial<MethodState> = { authorizationType: 'AWS_IAM' };

function serve(state: AccountState, wire: WireRequest, random = 0.999) {
  return serveInvocation(wire, { account: state, nowMs: NOW, random: () => random }).then(
    ({ response }) => response,
  );
}

async function signed(
  line: string,
  by: CallerState,
  changes: { readonly region?: string; readonly at?: number } = {},
): Promise<WireRequest> {
  const wire = request(line);
  const signer = new SignatureV4({
    service: 'execute-api',
    region: changes.region ?? 'eu-west-1',
    sha256: Sha256,
    credentials: by,
  });
  const result = await signer.sign(
    new HttpRequest({
      method: wire.method,
      path: wire.rawPath,
      headers: { host: headerOf(wire, 'host') ?? '' },
    }),
    { signingDate: new Date(changes.at ?? NOW) },
  );
  return { ...wire, headers: Object.entries(result.headers) };
}

describe('where a request goes', () => {
  const state = account({ d1: snapshot({ 'GET /pets': {}, 'GET /': {} }) });

  test('by path and by Host header', async () => {
    for (const wire of [
      request('GET /a1b2c3/prod/pets'),
      request('GET /prod/pets', { host: 'a1b2c3.execute-api.eu-west-1.amazonaws.com' }),
      request('GET /prod/pets', { host: 'A1B2C3.execute-api.eu-west-1.amazonaws.com:443' }),
    ]) {
      const response = await serve(state, wire);
      expect(response.status).toBe(200);
      expect(bodyOf(response)).toBe('{"message":"GET /pets"}');
      expect(response.headers['x-amzn-requestid']).toMatch(
        /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
      );
      expect(response.headers['x-amz-apigw-id']).toMatch(/^[A-Za-z0-9+/]{15}=$/);
    }
    expect(bodyOf(await serve(state, request('GET /a1b2c3/prod')))).toBe('{"message":"GET /"}');
  });

  test('the operation is named for the log', async () => {
    const context = { account: state, nowMs: NOW, random: () => 0 };
    const { operation } = await serveInvocation(request('GET /a1b2c3/prod/pets'), context);
    expect(operation).toBe('Invoke');
  });

  test('an API that does not exist is not answered by API Gateway', async () => {
    for (const wire of [
      request('GET /zzzzzz/prod/pets'),
      request('GET /prod/pets', { host: 'zzzzzz.execute-api.eu-west-1.amazonaws.com' }),
      request('GET /prod/pets', { host: 'a1b2c3.execute-api.us-east-1.amazonaws.com' }),
    ]) {
      const response = await serve(state, wire);
      expect(response.status).toBe(404);
      expect(Object.keys(response.headers)).toEqual(['content-type']);
    }
  });

  const forbidden = {
    status: 403,
    headers: { 'x-amzn-errortype': 'ForbiddenException', 'content-type': 'application/json' },
    body: '{"message":"Forbidden"}',
  };

  test('unknown stage', async () => {
    expect(await serve(state, request('GET /a1b2c3/beta/pets'))).toMatchObject(forbidden);
  });

  test.each([{ disableExecuteApiEndpoint: true }, { endpointTypes: ['PRIVATE'] }])(
    'a default endpoint that is closed: %j',
    async (api) => {
      const closed = account({ d1: snapshot({ 'GET /pets': {} }) }, { api });
      expect(await serve(closed, request('GET /a1b2c3/prod/pets'))).toMatchObject(forbidden);
    },
  );

  test('a resource policy that cannot be read opens nothing', async () => {
    const policy = account({ d1: snapshot({ 'GET /pets': {} }, { policy: '{}' }) });
    const response = await serve(policy, request('GET /a1b2c3/prod/pets'));
    expect(response.status).toBe(500);
    expect(bodyOf(response)).toContain('does not model this policy: A statement is not an object');
  });
});

describe('authorization', () => {
  const cognito: AuthorizerState = { id: 'c', name: 'pool', type: 'COGNITO_USER_POOLS' };
  const token: AuthorizerState = {
    id: 't',
    name: 'token',
    type: 'TOKEN',
    identitySource: 'method.request.header.X-Token',
  };
  const several: AuthorizerState = {
    id: 'r',
    name: 'request',
    type: 'REQUEST',
    identitySource: 'method.request.header.X-Token, method.request.querystring.tenant',
  };
  const state = account({
    d1: snapshot(
      {
        'GET /iam': IAM,
        'GET /iam/{id}': IAM,
        'GET /open': {},
        'GET /cognito': { authorizationType: 'COGNITO_USER_POOLS', authorizerId: 'c' },
        'GET /token': { authorizationType: 'CUSTOM', authorizerId: 't' },
        'GET /request': { authorizationType: 'CUSTOM', authorizerId: 'r' },
        'GET /lost': { authorizationType: 'CUSTOM', authorizerId: 'none' },
      },
      { authorizers: new Map([cognito, token, several].map((one) => [one.id, one])) },
    ),
  });
  const missingToken = {
    status: 403,
    headers: {
      'content-type': 'application/json',
      'x-amzn-errortype': 'MissingAuthenticationTokenException',
    },
    body: '{"message":"Missing Authentication Token"}',
  };

  test('unsigned, and nothing that is no path or no method of the API, tell apart', async () => {
    expect(await serve(state, request('GET /a1b2c3/prod/iam'))).toMatchObject(missingToken);
    expect(await serve(state, request('GET /a1b2c3/prod/nowhere'))).toMatchObject(missingToken);
    expect(await serve(state, request('POST /a1b2c3/prod/open'))).toMatchObject(missingToken);
  });

  test.each<[UnroutedAnswer | undefined, number, string | undefined]>([
    [undefined, 404, 'NotFoundException'],
    ['not-found', 404, 'NotFoundException'],
    ['not-found-unlabelled', 404, undefined],
    ['missing-token', 403, 'MissingAuthenticationTokenException'],
  ])('signed, with the switch at %s, they answer %i', async (unrouted, status, errorType) => {
    for (const line of ['GET /a1b2c3/prod/nowhere', 'POST /a1b2c3/prod/open']) {
      const { response } = await serveInvocation(await signed(line, allowed), {
        account: state,
        nowMs: NOW,
        random: () => 0.5,
        unrouted,
      });
      expect(response.status).toBe(status);
      expect(response.headers['x-amzn-errortype']).toBe(errorType);
    }
  });

  test('signed and allowed', async () => {
    for (const line of ['GET /a1b2c3/prod/iam', 'GET /a1b2c3/prod/iam/a%20b']) {
      expect((await serve(state, await signed(line, allowed))).status).toBe(200);
    }
  });

  test('signed and not allowed: the capital Message, the resource’s account masked', async () => {
    expect(await serve(state, await signed('GET /a1b2c3/prod/iam/7', denied))).toMatchObject({
      status: 403,
      headers: { 'x-amzn-errortype': 'AccessDeniedException' },
      body: '{"Message":"User: arn:aws:iam::111122221633:user/denied is not authorized to perform: execute-api:Invoke on resource: arn:aws:execute-api:eu-west-1:********1633:a1b2c3/prod/GET/iam/7"}',
    });
  });

  test('wrong secret, clock, key and scope', async () => {
    const line = 'GET /a1b2c3/prod/iam';
    const wrongSecret = { ...allowed, secretAccessKey: 'x' };
    expect(await serve(state, await signed(line, wrongSecret))).toMatchObject({
      status: 403,
      headers: { 'x-amzn-errortype': 'InvalidSignatureException' },
      body: expect.stringMatching(
        /^\{"message":"The request signature we calculated does not match the signature you provided\..*The Canonical String.*The String-to-Sign/,
      ),
    });
    expect(await serve(state, await signed(line, allowed, { at: NOW - 301_000 }))).toMatchObject({
      headers: { 'x-amzn-errortype': 'InvalidSignatureException' },
      body: '{"message":"Signature expired: 20260102T025904Z is now earlier than 20260102T025905Z (20260102T030405Z - 5 min.)"}',
    });
    expect(
      await serve(state, await signed(line, { ...allowed, accessKeyId: 'AKIANOBODY' })),
    ).toMatchObject({
      status: 403,
      headers: { 'x-amzn-errortype': 'UnrecognizedClientException' },
      body: '{"message":"The security token included in the request is invalid."}',
    });
    expect(await serve(state, await signed(line, allowed, { region: 'us-east-1' }))).toMatchObject({
      status: 403,
      body: '{"message":"Credential should be scoped to a valid region. "}',
    });
  });

  test('a Bearer token on an IAM method, an unknown path, an open method', async () => {
    const bearer = { authorization: 'Bearer xxx' };
    const incomplete = {
      status: 403,
      headers: { 'x-amzn-errortype': 'IncompleteSignatureException' },
      body: expect.stringContaining('Invalid key=value pair (missing equal-sign)'),
    };
    expect(await serve(state, request('GET /a1b2c3/prod/iam', bearer))).toMatchObject(incomplete);
    expect(await serve(state, request('GET /a1b2c3/prod/no', bearer))).toMatchObject(incomplete);
    expect((await serve(state, request('GET /a1b2c3/prod/open', bearer))).status).toBe(200);
  });

  const unauthorized = {
    status: 401,
    headers: { 'x-amzn-errortype': 'UnauthorizedException' },
    body: '{"message":"Unauthorized"}',
  };

  test('a user pool: without token and with one that cannot be verified', async () => {
    const line = 'GET /a1b2c3/prod/cognito';
    expect(await serve(state, request(line))).toMatchObject(unauthorized);
    expect(await serve(state, request(line, { authorization: 'Bearer e30.e30.' }))).toMatchObject(
      unauthorized,
    );
  });

  test('a Lambda authorizer: identity source missing, then denied', async () => {
    expect(await serve(state, request('GET /a1b2c3/prod/token'))).toMatchObject(unauthorized);
    const both = { 'x-token': 't' };
    expect(await serve(state, request('GET /a1b2c3/prod/request', both))).toMatchObject(
      unauthorized,
    );
    for (const line of ['GET /a1b2c3/prod/token', 'GET /a1b2c3/prod/request?tenant=1']) {
      expect(await serve(state, request(line, both))).toMatchObject({
        status: 403,
        headers: { 'x-amzn-errortype': 'AccessDeniedException' },
        body: '{"Message":"User is not authorized to access this resource with an explicit deny"}',
      });
    }
    expect((await serve(state, request('GET /a1b2c3/prod/lost'))).status).toBe(500);
  });
});

describe('API keys', () => {
  const state: AccountState = {
    ...account({
      d1: snapshot({
        'GET /key': { apiKeyRequired: true },
        'GET /both': { ...IAM, apiKeyRequired: true },
      }),
    }),
    apiKeys: new Map([
      ['k1', { id: 'k1', value: 'open-sesame', enabled: true }],
      ['k2', { id: 'k2', value: 'retired', enabled: false }],
    ]),
  };

  test.each([
    [{}, 403],
    [{ 'x-api-key': 'guess' }, 403],
    [{ 'x-api-key': 'retired' }, 403],
    [{ 'x-api-key': 'open-sesame' }, 200],
  ])('%j', async (headers, status) => {
    const response = await serve(state, request('GET /a1b2c3/prod/key', headers));
    expect(response.status).toBe(status);
    if (status === 403) {
      expect(response.headers['x-amzn-errortype']).toBe('ForbiddenException');
      expect(bodyOf(response)).toBe('{"message":"Forbidden"}');
    }
  });

  test('are checked after authorization, and are none', async () => {
    const withKey = request('GET /a1b2c3/prod/both', { 'x-api-key': 'open-sesame' });
    expect((await serve(state, withKey)).headers['x-amzn-errortype']).toBe(
      'MissingAuthenticationTokenException',
    );
    expect(
      (await serve(state, await signed('GET /a1b2c3/prod/both', allowed))).headers[
        'x-amzn-errortype'
      ],
    ).toBe('ForbiddenException');
  });
});

describe('gateway responses', () => {
  const response = (
    responseType: string,
    statusCode: string | undefined,
    responseTemplates: Record<string, string> = {},
    responseParameters: Record<string, string> = {},
  ) => ({
    responseType,
    responseTemplates,
    responseParameters,
    ...(statusCode === undefined ? {} : { statusCode }),
  });
  const customised = (...responses: ReturnType<typeof response>[]) =>
    account(
      {
        d1: snapshot(
          {
            'GET /iam': IAM,
            'GET /key': { apiKeyRequired: true },
            'GET /broken': { integration: mock('', { type: 'HTTP', uri: 'nowhere' }) },
          },
          { gatewayResponses: new Map(responses.map((one) => [one.responseType, one])) },
        ),
      },
      { stage: { variables: { colour: 'blue' } } },
    );

  test('one type: status, headers and body; the error type stays', async () => {
    const state = customised(
      response(
        'MISSING_AUTHENTICATION_TOKEN',
        '404',
        {
          'application/json':
            '{"m":$context.error.messageString,"n":"$context.error.message","t":"$context.error.responseType","s":"$context.stage","r":"$context.resourcePath","c":"$stageVariables.colour","x":"$context.unknown"}',
        },
        {
          'gatewayresponse.header.Access-Control-Allow-Origin': "'*'",
          'gatewayresponse.header.x-asked': 'method.request.header.Accept-Language',
          'gatewayresponse.header.x-page': 'method.request.querystring.page',
          'gatewayresponse.header.x-absent': 'method.request.path.id',
        },
      ),
    );
    const wire = request('GET /a1b2c3/prod/iam?page=2', { 'accept-language': 'de' });
    const answer = await serve(state, wire);
    expect(answer).toMatchObject({
      status: 404,
      headers: {
        'access-control-allow-origin': '*',
        'x-asked': 'de',
        'x-page': '2',
        'x-amzn-errortype': 'MissingAuthenticationTokenException',
      },
    });
    expect(answer.headers).not.toHaveProperty('x-absent');
    expect(JSON.parse(bodyOf(answer))).toEqual({
      m: 'Missing Authentication Token',
      n: 'Missing Authentication Token',
      t: 'MISSING_AUTHENTICATION_TOKEN',
      s: 'prod',
      r: '/iam',
      c: 'blue',
      x: '',
    });
    expect((await serve(state, request('GET /a1b2c3/prod/key'))).status).toBe(403);
  });

  test('DEFAULT_4XX covers what nobody customised, and gives its status to what has none', async () => {
    const state = customised(
      response('DEFAULT_4XX', '418', {}, { 'gatewayresponse.header.x-from': "'default'" }),
      response('INVALID_API_KEY', undefined, {}, { 'gatewayresponse.header.x-from': "'key'" }),
    );
    expect(await serve(state, request('GET /a1b2c3/prod/nowhere'))).toMatchObject({
      status: 418,
      headers: {
        'x-from': 'default',
        'x-amzn-errortype': 'MissingAuthenticationTokenException',
      },
      body: '{"message":"Missing Authentication Token"}',
    });
    expect(await serve(state, request('GET /a1b2c3/prod/key'))).toMatchObject({
      status: 418,
      headers: { 'x-from': 'key' },
    });
    const bearer = request('GET /a1b2c3/prod/iam', { authorization: 'Bearer x' });
    expect((await serve(state, bearer)).status).toBe(418);
  });

  test('DEFAULT_5XX covers a backend’s failure, and no client’s', async () => {
    const state = customised(response('DEFAULT_5XX', '599'));
    expect(await serve(state, request('GET /a1b2c3/prod/broken'))).toMatchObject({
      status: 599,
      headers: { 'x-amzn-errortype': 'InternalServerErrorException' },
      body: '{"message": "Internal server error"}',
    });
    expect((await serve(state, request('GET /a1b2c3/prod/iam'))).status).toBe(403);
  });

  test('the template for what the client accepts', async () => {
    const state = customised(
      response('DEFAULT_4XX', undefined, {
        'application/json': '{"json":true}',
        'application/xml': '<m>$context.error.message</m>',
      }),
    );
    const xml = request('GET /a1b2c3/prod/iam', { accept: 'application/xml' });
    expect(await serve(state, xml)).toMatchObject({
      headers: { 'content-type': 'application/xml' },
      body: '<m>Missing Authentication Token</m>',
    });
    expect(bodyOf(await serve(state, request('GET /a1b2c3/prod/iam')))).toBe('{"json":true}');
  });
});
