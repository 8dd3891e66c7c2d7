import type { Stage } from '../../../aws/api-gateway.js';
import { readSnapshot } from '../../../evidence/rest/deployed.js';
import type { ServedReader } from '../served-reader.js';

export const restServed: ServedReader = {
  checkThere: (apiId, { apiGateway }) => apiGateway.getRestApi(apiId),

  async readServed(apiId, { apiGateway }) {
    const stages = await apiGateway.getStages(apiId);
    const pointers = (of: (stage: Stage) => string | undefined): Record<string, string> =>
      Object.fromEntries(
        stages.flatMap((stage) => {
          const [name, deploymentId] = [stage.stageName, of(stage)];
          return name === undefined || deploymentId === undefined ? [] : [[name, deploymentId]];
        }),
      );
    return {
      stages: pointers(({ deploymentId }) => deploymentId),
      canaries: pointers(({ canarySettings }) => canarySettings?.deploymentId),
    };
  },

  async readTypes(apiId, { deploymentId }, { apiGateway }) {
    const methods = await readSnapshot(apiGateway, apiId, deploymentId);
    return new Map([...methods].map(([key, method]) => [key, method.authorizationType]));
  },
};
