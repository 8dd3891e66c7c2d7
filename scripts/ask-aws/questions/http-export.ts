import { ExportApiCommand } from '@aws-sdk/client-apigatewayv2';
import { addRoute, deploy, STAGE, toBackend } from '../http-api.js';
import { type Question, unclear, v2Switch } from '../question.js';
import { toMock } from '../websocket-api.js';

const exported = (apiId: string, stageName?: string) =>
  new ExportApiCommand({
    ApiId: apiId,
    Specification: 'OAS30',
    OutputType: 'JSON',
    IncludeExtensions: true,
    StageName: stageName,
  });

/** What an export of a stage is of: decisive for a stage without AutoDeploy. */
const ofStage: Question = {
  id: 'http-export-of-stage',
  kind: 'http',
  asks: 'Does ExportApi with a stage show the deployment of the stage, or the newest configuration?',
  creates: 'one HTTP API with a stage that does not deploy by itself',
  rows: [v2Switch('exportOfStage')],
  async ask(world) {
    const apiId = await world.httpApi('export');
    const target = await toBackend(world, apiId);
    await addRoute(world, apiId, 'GET /deployed', 'NONE', target);
    await deploy(world, apiId, true);
    await addRoute(world, apiId, 'GET /newer', 'NONE', target);
    const { v2 } = world.planes;
    return [
      await world.told('with the stage', () => v2.send(exported(apiId, STAGE))),
      await world.told('without a stage', () => v2.send(exported(apiId))),
    ];
  },
  decides(cases) {
    const { body } = cases.named('with the stage');
    if (!body.includes('/deployed')) return [unclear(body)];
    return body.includes('/newer')
      ? [{ value: 'newest', words: 'a route that is not deployed is there' }]
      : [{ value: 'deployment', words: 'a route that is not deployed is not there' }];
  },
};

/** How AWS_IAM stands in an export. */
const ofIam: Question = {
  id: 'http-export-of-iam',
  kind: 'http',
  asks: 'How does AWS_IAM stand in an export?',
  creates: 'one HTTP API without a stage',
  rows: [v2Switch('exportOfIam')],
  async ask(world) {
    const apiId = await world.httpApi('export-iam');
    await addRoute(world, apiId, 'GET /iam', 'AWS_IAM', await toBackend(world, apiId));
    return [await world.told('ExportApi', () => world.planes.v2.send(exported(apiId)))];
  },
  decides(cases) {
    const { body, status } = cases.named('ExportApi');
    if (status !== 200 || !body.includes('/iam')) return [unclear(body)];
    if (/awsSigv4/i.test(body) && body.includes('security'))
      return [{ value: 'scheme', words: 'as a security scheme with awsSigv4' }];
    return body.includes('AWS_IAM')
      ? [{ value: 'extension', words: 'as x-amazon-apigateway-auth' }]
      : [{ value: 'none', words: 'nothing in the export says so' }];
  },
};

/** Whether a WebSocket API can be exported. */
const ofWebSocket: Question = {
  id: 'websocket-export',
  kind: 'websocket',
  asks: 'What does ExportApi say of a WebSocket API?',
  creates: 'one WebSocket API without a stage',
  rows: [v2Switch('exportOfWebSocket')],
  async ask(world) {
    const apiId = await world.webSocketApi('export-ws');
    await addRoute(world, apiId, '$connect', 'AWS_IAM', await toMock(world, apiId));
    return [await world.told('ExportApi', () => world.planes.v2.send(exported(apiId)))];
  },
  decides(cases) {
    const { body, status } = cases.named('ExportApi');
    if (status === 200) return [{ value: 'answered', words: body.slice(0, 200) }];
    return status === 400 ? [{ value: 'refused', words: body }] : [unclear(`${status} ${body}`)];
  },
};

export const HTTP_EXPORT: readonly Question[] = [ofStage, ofIam];
export const WEBSOCKET_EXPORT: readonly Question[] = [ofWebSocket];
