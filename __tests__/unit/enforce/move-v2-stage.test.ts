import { expect, test } from '@jest/globals';
import { readV2StageNow } from '../../../src/enforce/steps/move-v2-stage.js';
import { apiGatewayV2That } from '../evidence/fake-api-gateway.js';
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
