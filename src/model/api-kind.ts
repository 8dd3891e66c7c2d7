/** What Amazon API Gateway has. */
export type ApiKind = 'REST' | 'HTTP' | 'WEBSOCKET';

/**
 * The kinds whose APIs are read and asked. To add one, begin here: the compiler then names every place
 * that has to know it.
 */
export type AuditedKind = Extract<ApiKind, 'REST'>;
