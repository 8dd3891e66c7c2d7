import { readStageList } from '../../../evidence/v2/stages.js';
import type { ServedReader } from '../served-reader.js';

/**
 * What stages of HTTP and WebSocket APIs serve. Those that deploy by themselves move with every change, and
 * are no sign of anybody else. A deployment tells no routes, and whether the export of a stage shows what it
 * serves is written down nowhere: its types are never told.
 */
export const servedV2: ServedReader = {
  checkThere: (apiId, { apiGatewayV2 }) => apiGatewayV2.getApi(apiId),

  async readServed(apiId, { apiGatewayV2 }) {
    const stages = await readStageList(apiGatewayV2, apiId);
    const pointers = stages.flatMap(({ StageName, DeploymentId, AutoDeploy }) =>
      DeploymentId === undefined || AutoDeploy === true ? [] : [[StageName, DeploymentId]],
    );
    return { stages: Object.fromEntries(pointers), canaries: {} };
  },

  readTypes: async () => null,
};
