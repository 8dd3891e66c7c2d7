/** The kinds of API that Amazon API Gateway has. */
export type ApiKind = 'REST' | 'HTTP' | 'WEBSOCKET';
