import type { ApiGatewayV2 } from '../../aws/api-gateway-v2.js';
import {
  type ConfiguredMethod,
  type DeployedMethod,
  type Methods,
  methodKey,
  type Reading,
} from '../../model/evidence.js';
import type { KindReader } from '../kind.js';
import type { ApisV2 } from '../v2/apis.js';
import { readerV2 } from '../v2/read.js';
import type { StageState } from '../v2/stages.js';
import { TURN_ON_AUTO_DEPLOY, untold } from '../v2/untold.js';

/**
 * Reads WebSocket APIs. "You can configure authorization on the `$connect` route only" (API Gateway
 * Developer Guide, "Control and manage access to WebSocket APIs"): it is the one route that is judged.
 */
export function websocketReader(apis: ApisV2, apiGateway: ApiGatewayV2): KindReader {
  return readerV2(
    {
      kind: 'WEBSOCKET',
      isJudged: ({ method }) => method === CONNECT,
      alwaysJudged: [{ method: CONNECT, path: CONNECT }],
      readServed: async (_stage, state, { configured }) => served(await state, await configured),
    },
    apis,
    apiGateway,
  );
}

const CONNECT = '$connect';

/**
 * What a stage serves. A deployment tells no routes, and no call exports a WebSocket API: it is what is
 * configured where the stage deploys every change by itself and has finished, and nobody knows otherwise.
 * "Changes to anything other than stage settings require a redeployment" (API Gateway Developer Guide,
 * "Publish WebSocket APIs").
 */
function served(
  { isCurrent }: StageState,
  configured: Reading<Methods<ConfiguredMethod>>,
): Reading<Methods<DeployedMethod>> {
  if (!isCurrent.readable) return isCurrent;
  if (isCurrent.value !== true) {
    return untold(
      'GetDeployments',
      `does not name the routes of a WebSocket API, and ${isCurrent.value}`,
      `Let the smoke test ask $connect by a signed handshake too (CONNECT in smoke-methods), or ${TURN_ON_AUTO_DEPLOY}.`,
    );
  }
  if (!configured.readable) return configured;
  const connect = configured.value.get(methodKey(CONNECT, CONNECT));
  return {
    readable: true,
    value:
      connect === undefined ? new Map() : new Map([[methodKey(CONNECT, CONNECT), of(connect)]]),
  };
}

function of({ method, path, authorizationType, apiKeyRequired }: ConfiguredMethod): DeployedMethod {
  return { method, path, authorizationType, apiKeyRequired, preflight: 'no', unread: null };
}
