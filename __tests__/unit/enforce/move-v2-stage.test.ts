import { expect, test } from '@jest/globals';
import { type MoveV2StageStep, readV2StageNow } from '../../../src/enforce/steps/move-v2-stage.js';
import { actionsOf } from '../../../src/enforce/steps/registry.js';
import { apiGatewayV2That } from '../evidence/fake-api-gateway.js';
import { rollBackContext, TOKEN } from './enforcement-kit.js';
import { servicesOf } from './enforcement-kit-v2.js';
import { failure } from './fake-control-plane.js';
import { API_V2_ID, fakeV2Api, fakeV2Plane } from './fake-control-plane-v2.js';

test('a stage is read as it is, is none where there is none, and any other failure is one', async () => {
  const { apiGatewayV2 } = fakeV2Plane(fakeV2Api('HTTP', {}, { prod: { deploymentId: 'd1' } }));
  const read = (stage: string, plane = apiGatewayV2) =>
    readV2StageNow({ apiId: API_V2_ID, stage }, plane);
  expect(await read('prod')).toMatchObject({ StageName: 'prod', DeploymentId: 'd1' });
  expect(await read('dev')).toBeNull();
  const getStage = () => Promise.reject(failure('GetStage', 'denied'));
  await expect(read('prod', apiGatewayV2That({ getStage }))).rejects.toThrow('GetStage');
});

const STEP: MoveV2StageStep = {
  kind: 'move-v2-stage',
  target: { apiId: API_V2_ID, stage: 'prod' },
  does: { deploymentId: 'd2' },
  rollBack: { deploymentId: 'd1' },
};

test('the step belongs to transactions of HTTP and WebSocket APIs, and of no REST API', () => {
  const header = {
    token: TOKEN,
    region: 'r',
    apiName: 'pets',
    stages: { prod: 'd1' },
    canaries: {},
  };
  const problemFor = (kind: 'REST' | 'HTTP' | 'WEBSOCKET', apiId = API_V2_ID) =>
    actionsOf(STEP).problemIn({ ...header, kind, apiId });
  expect(problemFor('HTTP')).toBeNull();
  expect(problemFor('WEBSOCKET')).toBeNull();
  expect(problemFor('REST')).toBe('is no step of a transaction of a REST API');
  expect(problemFor('HTTP', 'other')).not.toBeNull();
});

test('a stage that is gone is named, and not rolled back', async () => {
  const plane = fakeV2Plane(fakeV2Api('HTTP', {}, { dev: { deploymentId: 'd1' } }));
  const context = rollBackContext(servicesOf(plane));
  expect(await actionsOf(STEP).rollBack(context)).toEqual({
    state: 'not-rolled-back',
    words: 'stage prod is gone',
    isFinal: true,
  });
});
