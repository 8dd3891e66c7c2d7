import { UpdateApiCommand, UpdateStageCommand } from '@aws-sdk/client-apigatewayv2';
import { addRoute, autoStage, toBackend } from '../http-api.js';
import { byStatus, type Cases, type Question, tableRow, unclear, v2Switch } from '../question.js';
import { BACKEND_BODY } from '../rest-definition.js';
import type { World } from '../world.js';

const STAGE = '$default';

/** An HTTP API with `GET /iam`, which a signed request reaches, and `GET /open`. */
async function served(world: World, purpose: string): Promise<string> {
  const apiId = await world.httpApi(purpose);
  const target = await toBackend(world, apiId);
  await addRoute(world, apiId, 'GET /iam', 'AWS_IAM', target);
  await addRoute(world, apiId, 'GET /open', 'NONE', target);
  await autoStage(world, apiId);
  const asked = { apiId, stage: STAGE };
  await world.ready('the open route', { ...asked, path: '/open' }, 200);
  await world.ready('a signed request', { ...asked, path: '/iam', signature: 'headers' }, 200);
  return apiId;
}

/** Status, headers and words of every kind of refusal. */
const refusals: Question = {
  id: 'http-refusals',
  kind: 'http',
  asks: 'What do unsigned, tampered and unknown callers get, and what does a signed query get?',
  creates: 'one HTTP API, and the REST API of the run as its backend',
  rows: [
    v2Switch('httpRefusals'),
    v2Switch('httpQuerySignature'),
    tableRow('HTTP API: status of a refused signature', '403'),
    tableRow('HTTP API: a path without a route', '404 {"message":"Not Found"}'),
  ],
  async ask(world) {
    const apiId = await served(world, 'answers');
    const iam = { apiId, stage: STAGE, path: '/iam' };
    return [
      await world.answer('signed', { ...iam, signature: 'headers' }),
      await world.answer('unsigned', iam),
      await world.answer('tampered', { ...iam, signature: 'tampered' }),
      await world.answer('unknown key', { ...iam, signature: 'unknown-key' }),
      await world.answer('signed in the query', { ...iam, signature: 'query' }),
      await world.answer('tampered in the query', { ...iam, signature: 'tampered-query' }),
      await world.answer('no route, unsigned', { ...iam, path: '/nowhere' }),
      await world.answer('no route, signed', { ...iam, path: '/nowhere', signature: 'headers' }),
    ];
  },
  decides(cases) {
    const refused = ['unsigned', 'tampered', 'unknown key'].map((it) => cases.named(it));
    const words = refused.map(({ case: name, status, body }) => `${name}: ${status} ${body}`);
    const statuses = [...new Set(refused.map(({ status }) => status))].join(', ');
    const isForbidden = refused.every(({ body }) => body === '{"message":"Forbidden"}');
    const isToken = refused.every(({ status }) => status === 403 || status === 401);
    return [
      isToken
        ? { value: isForbidden ? 'forbidden' : 'told', words: words.join('; ') }
        : unclear(words.join('; ')),
      queryVerdict(cases),
      { value: statuses, words: words.join('; ') },
      noRouteVerdict(cases),
    ];
  },
};

function queryVerdict(cases: Cases) {
  const right = cases.status('signed in the query');
  const wrong = cases.status('tampered in the query');
  const words = `a right signature ${right}, a wrong one ${wrong}`;
  if (right === 200 && wrong !== 200) return { value: 'taken', words };
  return right === wrong && right !== 200 ? { value: 'ignored', words } : unclear(words);
}

function noRouteVerdict(cases: Cases) {
  const [first = '', second = ''] = ['no route, unsigned', 'no route, signed'].map((name) => {
    const { status, body } = cases.named(name);
    return `${status} ${body}`;
  });
  return first === second
    ? { value: first, words: 'unsigned and signed alike' }
    : unclear(`unsigned ${first}, signed ${second}`);
}

/** Who answers a preflight. */
const preflight: Question = {
  id: 'http-preflight',
  kind: 'http',
  asks: 'Does CorsConfiguration answer a preflight before `$default` with AWS_IAM, and before an OPTIONS route?',
  creates: 'one HTTP API with CorsConfiguration, and the REST API of the run as its backend',
  rows: [v2Switch('preflight')],
  async ask(world) {
    const apiId = await world.httpApi('preflight', {
      CorsConfiguration: {
        AllowOrigins: ['https://app.example.com'],
        AllowMethods: ['GET'],
        AllowHeaders: ['authorization'],
      },
    });
    const target = await toBackend(world, apiId);
    await addRoute(world, apiId, '$default', 'AWS_IAM', target);
    await addRoute(world, apiId, 'OPTIONS /routed', 'NONE', target);
    await addRoute(world, apiId, 'GET /routed', 'NONE', target);
    await autoStage(world, apiId);
    const asked = { apiId, stage: STAGE };
    await world.ready('the open route', { ...asked, path: '/routed' }, 200);
    await world.ready('`$default`, signed', { ...asked, path: '/a', signature: 'headers' }, 200);
    const options = {
      ...asked,
      method: 'OPTIONS',
      headers: {
        origin: 'https://app.example.com',
        'access-control-request-method': 'GET',
        'access-control-request-headers': 'authorization',
      },
    };
    return [
      await world.answer('preflight on $default', { ...options, path: '/anything' }),
      await world.answer('preflight on an OPTIONS route', { ...options, path: '/routed' }),
      await world.answer('preflight of a foreign origin on $default', {
        ...options,
        path: '/anything',
        headers: { ...options.headers, origin: 'https://evil.example.com' },
      }),
    ];
  },
  decides(cases) {
    const onDefault = cases.named('preflight on $default');
    const onRoute = cases.named('preflight on an OPTIONS route');
    const words = [onDefault, onRoute]
      .map((it) => `${it.case}: ${it.status} ${it.body}`)
      .join('; ');
    const byBackend = onRoute.body.includes(BACKEND_BODY);
    const value = verdictOf(onDefault.status, byBackend ? 'backend' : onRoute.status);
    return [value === undefined ? unclear(words) : { value, words }];
  },
};

function verdictOf(onDefault: number, onRoute: number | 'backend'): string | undefined {
  if (onDefault === 403 && onRoute === 'backend') return 'after-routes';
  const isAnswered = onDefault === 204 || onDefault === 200;
  if (!isAnswered) return undefined;
  if (onRoute === 'backend') return 'before-default';
  return onRoute === 204 || onRoute === 200 ? 'before-routes' : undefined;
}

/** What a disabled default endpoint answers. */
const endpointOff: Question = {
  id: 'http-endpoint-off',
  kind: 'http',
  asks: 'What does the default endpoint of an HTTP API answer when it is disabled?',
  creates: 'one HTTP API, and the REST API of the run as its backend',
  rows: [v2Switch('httpEndpointOff')],
  async ask(world) {
    const apiId = await served(world, 'endpoint-off');
    await world.planes.v2.send(
      new UpdateApiCommand({ ApiId: apiId, DisableExecuteApiEndpoint: true }),
    );
    return [
      await world.answer(
        'disabled',
        { apiId, stage: STAGE, path: '/open' },
        ({ status }) => status !== 200 && status !== 0,
      ),
    ];
  },
  decides(cases) {
    const found = cases.named('disabled');
    const words = `${found.status} ${found.body}`;
    return [byStatus(found, { 403: { value: '403', words }, 404: { value: '404', words } })];
  },
};

/** The words of a 429. */
const throttled: Question = {
  id: 'http-throttled',
  kind: 'http',
  asks: 'What does an HTTP API answer whose stage lets no request through?',
  creates: 'one HTTP API, and the REST API of the run as its backend',
  rows: [v2Switch('httpThrottled')],
  async ask(world) {
    const apiId = await served(world, 'throttled');
    await world.planes.v2.send(
      new UpdateStageCommand({
        ApiId: apiId,
        StageName: STAGE,
        DefaultRouteSettings: { ThrottlingRateLimit: 0, ThrottlingBurstLimit: 0 },
      }),
    );
    return [
      await world.answer(
        'throttled',
        { apiId, stage: STAGE, path: '/open' },
        ({ status }) => status === 429,
      ),
    ];
  },
  decides(cases) {
    const { status, body } = cases.named('throttled');
    if (status !== 429) return [unclear(`${status} ${body}`)];
    if (body === '') return [{ value: 'bare', words: '429 without a body' }];
    const isSame = body === '{"message":"Too Many Requests"}';
    return [isSame ? { value: 'words', words: body } : unclear(`429 ${body}`)];
  },
};

export const HTTP_ANSWERS: readonly Question[] = [refusals, preflight, endpointOff, throttled];
