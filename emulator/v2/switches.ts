import type { V2State, V2Switches } from './model.js';

/** What is done unless a seed says otherwise; emulator/README.md has the reasons. */
export const V2_DEFAULTS: Readonly<V2Switches> = {
  exportOfStage: 'deployment',
  exportOfIam: 'scheme',
  exportOfWebSocket: 'refused',
  managedRoute: 'refused',
  preflight: 'after-routes',
  httpRefusals: 'forbidden',
  httpQuerySignature: 'taken',
  anonymousKeys: 'absent',
  defaultRouteResource: 'request',
  webSocketRefusals: 'rest',
  webSocketRefusalStatus: 403,
  webSocketToken: 'signed',
  webSocketNoStage: 403,
  webSocketEndpointOff: 403,
  httpThrottled: 'words',
  httpEndpointOff: 403,
  unmappedDomain: 403,
  pendingDeploymentId: 'old',
  maxPage: 500,
  defaultPage: 25,
  largePage: 'cut',
  deploymentMs: 0,
};

/** An account without HTTP and WebSocket APIs. */
export function newV2State(): V2State {
  return {
    apis: new Map(),
    switches: { ...V2_DEFAULTS },
    integrationCalls: [],
    connections: new Map(),
  };
}
