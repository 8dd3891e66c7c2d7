import { UpdateApiCommand, UpdateRouteCommand } from '@aws-sdk/client-apigatewayv2';
import { deploy, STAGE } from '../http-api.js';
import {
  byStatus,
  type Case,
  type Cases,
  type Question,
  tableRow,
  unclear,
  v2Switch,
} from '../question.js';
import { deployedWebSocket } from '../websocket-api.js';
import type { World } from '../world.js';

const OPENED = 101;

/** A handshake with an API, which a signed one opens. */
async function signedIn(world: World, purpose: string) {
  const { apiId } = await deployedWebSocket(world, purpose, 'AWS_IAM');
  const asked = { apiId, stage: STAGE, isHandshake: true } as const;
  await world.ready('a signed handshake', { ...asked, signature: 'headers' }, OPENED);
  return asked;
}

/** How a handshake is refused, and which signatures open one. */
const refusals: Question = {
  id: 'websocket-refusals',
  kind: 'websocket',
  asks: 'What does a handshake get that is unsigned, tampered with, or signed in headers or query?',
  creates: 'one WebSocket API',
  rows: [
    v2Switch('webSocketRefusals'),
    v2Switch('webSocketRefusalStatus'),
    v2Switch('webSocketToken'),
    tableRow('WebSocket API: a signed handshake', 'opened by headers and by query'),
    v2Switch('webSocketNoStage'),
  ],
  async ask(world) {
    const asked = await signedIn(world, 'handshake');
    const cases = [
      await world.answer('unsigned', asked),
      await world.answer('tampered', { ...asked, signature: 'tampered' }),
      await world.answer('unknown key', { ...asked, signature: 'unknown-key' }),
      await world.answer('signed in headers', { ...asked, signature: 'headers' }),
      await world.answer('signed in the query', { ...asked, signature: 'query' }),
      await world.answer('tampered in the query', { ...asked, signature: 'tampered-query' }),
      await world.answer('no such stage', { ...asked, stage: 'nostage', signature: 'headers' }),
    ];
    if (world.hasSessionToken)
      cases.push(await world.answer('token after signing', { ...asked, signature: 'token-after' }));
    return cases;
  },
  decides: (cases) => [
    formVerdict([cases.named('unsigned'), cases.named('tampered')]),
    statusVerdict(cases),
    tokenVerdict(cases),
    signedVerdict(cases),
    closedVerdict(cases.named('no such stage')),
  ],
};

function formVerdict(refused: readonly Case[]) {
  const forms = new Set(refused.map(formOf));
  const words = refused
    .map(({ case: name, status, headers, body }) => {
      const type = headers['x-amzn-errortype'] ?? 'without x-amzn-ErrorType';
      return `${name}: ${status} ${type} ${body}`;
    })
    .join('; ');
  const [form] = forms;
  return forms.size === 1 && form !== undefined ? { value: form, words } : unclear(words);
}

function formOf({ headers, body }: Case): string | undefined {
  if (headers['x-amzn-errortype'] !== undefined) return 'rest';
  if (body === '') return 'bare';
  if (body.includes('"connectionId"')) return 'ids';
  return headers['apigw-requestid'] === undefined ? undefined : 'http';
}

function statusVerdict(cases: Cases) {
  const found = ['unsigned', 'tampered', 'unknown key'].map((name) => cases.status(name));
  const words = `unsigned, tampered, unknown key: ${found.join(', ')}`;
  const [first] = found;
  return first !== undefined && new Set(found).size === 1 && (first === 403 || first === 401)
    ? { value: String(first), words }
    : unclear(words);
}

function tokenVerdict(cases: Cases) {
  const after = cases.all.find((it) => it.case === 'token after signing');
  if (after === undefined) return unclear('the credentials of the run have no session token');
  const signed = cases.status('signed in the query');
  const words = `token signed ${signed}, token added after signing ${after.status}`;
  if (signed !== OPENED) return unclear(words);
  return after.status === OPENED ? { value: 'either', words } : { value: 'signed', words };
}

function signedVerdict(cases: Cases) {
  const byHeaders = cases.status('signed in headers') === OPENED;
  const byQuery = cases.status('signed in the query') === OPENED;
  const words = `headers ${cases.status('signed in headers')}, query ${cases.status('signed in the query')}`;
  if (byHeaders && byQuery) return { value: 'opened by headers and by query', words };
  if (byHeaders) return { value: 'opened by headers alone', words };
  return byQuery ? { value: 'opened by query alone', words } : unclear(words);
}

function closedVerdict(found: Case) {
  const words = `${found.status} ${found.body}`;
  return byStatus(found, { 403: { value: '403', words }, 404: { value: '404', words } });
}

/** What a disabled default endpoint answers. */
const endpointOff: Question = {
  id: 'websocket-endpoint-off',
  kind: 'websocket',
  asks: 'What does the default endpoint of a WebSocket API answer when it is disabled?',
  creates: 'one WebSocket API',
  rows: [v2Switch('webSocketEndpointOff')],
  async ask(world) {
    const asked = await signedIn(world, 'ws-off');
    await world.planes.v2.send(
      new UpdateApiCommand({ ApiId: asked.apiId, DisableExecuteApiEndpoint: true }),
    );
    await deploy(world, asked.apiId, false);
    return [
      await world.answer(
        'disabled',
        { ...asked, signature: 'headers' },
        ({ status }) => status !== OPENED && status !== 0,
      ),
    ];
  },
  decides: (cases) => [closedVerdict(cases.named('disabled'))],
};

/** Whether a changed `$connect` counts before a deployment. */
const beforeDeployment: Question = {
  id: 'websocket-connect-before-deployment',
  kind: 'websocket',
  asks: 'Does AWS_IAM on `$connect` count before it is deployed?',
  creates: 'one WebSocket API that is open until it is deployed a second time',
  rows: [tableRow('WebSocket API: a changed `$connect`', 'counts when it is deployed')],
  async ask(world) {
    const { apiId, routeId } = await deployedWebSocket(world, 'connect', 'NONE');
    const asked = { apiId, stage: STAGE, isHandshake: true } as const;
    await world.ready('an unsigned handshake', asked, OPENED);
    await world.planes.v2.send(
      new UpdateRouteCommand({ ApiId: apiId, RouteId: routeId, AuthorizationType: 'AWS_IAM' }),
    );
    const isRefused = ({ status }: { status: number }) => status === 401 || status === 403;
    // Waits for a refusal as long as a change may take: that none comes is the answer.
    const before = await world.answer('unsigned, not yet deployed', asked, isRefused);
    await deploy(world, apiId, false);
    return [before, await world.answer('unsigned, deployed', asked, isRefused)];
  },
  decides(cases) {
    const before = cases.status('unsigned, not yet deployed');
    const after = cases.status('unsigned, deployed');
    const words = `not yet deployed ${before}, deployed ${after}`;
    if (after === OPENED || after === 0) return [unclear(words)];
    return before === OPENED
      ? [{ value: 'counts when it is deployed', words }]
      : [{ value: 'counts at once', words }];
  },
};

export const WEBSOCKET_HANDSHAKE: readonly Question[] = [refusals, endpointOff, beforeDeployment];
