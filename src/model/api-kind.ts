/** The kinds of API that Amazon API Gateway has. */
export type ApiKind = 'REST' | 'HTTP' | 'WEBSOCKET';

/** All of them, in the order in which an API is looked for by its id. */
export const API_KINDS = ['REST', 'HTTP', 'WEBSOCKET'] as const satisfies readonly ApiKind[];

/** How a kind is called: `REST API`, `HTTP API`, `WebSocket API`. */
export function nameOfKind(kind: ApiKind): string {
  return kind === 'WEBSOCKET' ? 'WebSocket API' : `${kind} API`;
}
