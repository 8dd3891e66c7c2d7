import { CreateDeploymentCommand, PutGatewayResponseCommand } from '@aws-sdk/client-api-gateway';
import {
  type Case,
  type Cases,
  type Question,
  REST_SWITCHES,
  tableRow,
  unclear,
} from '../question.js';
import { restDefinition } from '../rest-definition.js';

const STAGE = 'prod';

/** Header and words of the 404 that a signed request to nowhere gets. */
const signed404: Question = {
  id: 'rest-signed-404',
  kind: 'rest',
  asks: 'What does a signed request get whose path or method does not exist?',
  creates: 'the REST API of the run',
  rows: [REST_SWITCHES.unrouted],
  async ask(world) {
    const apiId = await world.backend();
    const signed = { apiId, stage: STAGE, signature: 'headers' } as const;
    await world.ready('a signed request', { ...signed, path: '/iam' }, 200);
    return [
      await world.answer('unsigned, no such path', { apiId, stage: STAGE, path: '/nowhere' }),
      await world.answer('signed, no such path', { ...signed, path: '/nowhere' }),
      await world.answer('signed, no such method', { ...signed, path: '/iam', method: 'DELETE' }),
    ];
  },
  decides(cases) {
    const found = [cases.named('signed, no such path'), cases.named('signed, no such method')];
    const [first = 'unclear', second] = found.map(unroutedValue);
    const words = found.map((it) => `${it.case}: ${shown(it)}`).join('; ');
    return [
      first === second ? { value: first, words } : unclear(`path and method differ: ${words}`),
    ];
  },
};

function unroutedValue({ status, headers }: Case): string {
  const type = headers['x-amzn-errortype'];
  if (status === 404) return type === undefined ? 'not-found-unlabelled' : 'not-found';
  return status === 403 && type === 'MissingAuthenticationTokenException'
    ? 'missing-token'
    : 'unclear';
}

function shown({ status, headers, body }: Case): string {
  return `${status} ${headers['x-amzn-errortype'] ?? 'without x-amzn-ErrorType'} ${body}`;
}

/** How a plus sign in a query counts for the signature. */
const plus: Question = {
  id: 'rest-plus-in-query',
  kind: 'rest',
  asks: 'Is a literal + in a signed query a plus sign or a space?',
  creates: 'the REST API of the run',
  rows: [tableRow('A literal `+` in a signed query', 'plus')],
  async ask(world) {
    const asked = {
      apiId: await world.backend(),
      stage: STAGE,
      path: '/iam',
      signature: 'headers',
      rawQuery: 'q=a+b',
    } as const;
    await world.ready('a signed request', { ...asked, query: { q: 'a' }, rawQuery: 'q=a' }, 200);
    return [
      await world.answer('signed as a plus sign', { ...asked, query: { q: 'a+b' } }),
      await world.answer('signed as a space', { ...asked, query: { q: 'a b' } }),
    ];
  },
  decides(cases) {
    const asPlus = cases.status('signed as a plus sign');
    const asSpace = cases.status('signed as a space');
    const words = `signed as a plus sign ${asPlus}, signed as a space ${asSpace}`;
    if (asPlus === 200 && asSpace === 403) return [{ value: 'plus', words }];
    if (asPlus === 403 && asSpace === 200) return [{ value: 'space', words }];
    return [unclear(words)];
  },
};

/** Whether a refusal can be made to look like a success. */
const gatewayResponse: Question = {
  id: 'rest-gateway-response-200',
  kind: 'rest',
  asks: 'What does an unsigned request get where MISSING_AUTHENTICATION_TOKEN is customised to 200?',
  creates: 'one REST API with a customised gateway response',
  rows: [tableRow('Gateway response customised to 200, unsigned', '200 with the error type')],
  async ask(world) {
    const apiId = await world.restApi('response', restDefinition({ '/iam': 'AWS_IAM' }));
    const put = await world.told('PutGatewayResponse', () =>
      world.planes.rest.send(
        new PutGatewayResponseCommand({
          restApiId: apiId,
          responseType: 'MISSING_AUTHENTICATION_TOKEN',
          statusCode: '200',
        }),
      ),
    );
    await world.planes.rest.send(
      new CreateDeploymentCommand({ restApiId: apiId, stageName: STAGE }),
    );
    const asked = { apiId, stage: STAGE, path: '/iam' };
    await world.ready('a signed request', { ...asked, signature: 'headers' }, 200);
    return [put, await world.answer('unsigned', asked)];
  },
  decides: (cases) => [responseVerdict(cases)],
};

function responseVerdict(cases: Cases) {
  const put = cases.named('PutGatewayResponse');
  if (put.status >= 400) return { value: 'refused', words: `PutGatewayResponse: ${put.body}` };
  const { status, headers, body } = cases.named('unsigned');
  const words = `${status} ${headers['x-amzn-errortype'] ?? 'without x-amzn-ErrorType'} ${body}`;
  if (status === 403) return { value: '403', words };
  if (status !== 200) return unclear(words);
  const isLabelled = headers['x-amzn-errortype'] !== undefined;
  return { value: `200 ${isLabelled ? 'with' : 'without'} the error type`, words };
}

export const REST_ENDPOINT: readonly Question[] = [signed404, plus, gatewayResponse];
