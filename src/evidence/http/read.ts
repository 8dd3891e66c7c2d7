import type { ApiGatewayV2 } from '../../aws/api-gateway-v2.js';
import type { KindReader } from '../kind.js';
import { reading } from '../reading.js';
import type { ApisV2 } from '../v2/apis.js';
import { readerV2 } from '../v2/read.js';
import { parseExportedRoutes } from './exported-routes.js';
import { servedRoutes } from './served.js';

/** Reads HTTP APIs: every route is judged, and what a stage serves is read from its export. */
export function httpReader(apis: ApisV2, apiGateway: ApiGatewayV2): KindReader {
  return readerV2(
    {
      kind: 'HTTP',
      isJudged: () => true,
      alwaysJudged: undefined,
      async readServed(stage, state, { id, configured: reads, questions }) {
        const [exported, { isCurrent }, configured] = await Promise.all([
          reading('ExportApi', async () =>
            parseExportedRoutes(await apiGateway.exportApi(id, stage)),
          ),
          state,
          reads,
        ]);
        if (!exported.readable) return exported;
        const { allowedTypesOf } = questions;
        const value = servedRoutes({
          isCurrent,
          exported: exported.value,
          configured,
          allowedTypesOf,
        });
        return { readable: true, value };
      },
    },
    apis,
    apiGateway,
  );
}
