import type { V2ApiState, V2Protocol, V2StageState } from './model.js';

/**
 * A new API. Source of the defaults: Amazon API Gateway Version 2 API Reference, "Apis"
 * (`routeSelectionExpression` of an HTTP API "must be ${request.method} ${request.path}",
 * `apiKeySelectionExpression` is `$request.header.x-api-key`).
 */
export function newV2Api(fields: {
  readonly apiId: string;
  readonly name: string;
  readonly protocolType: V2Protocol;
  readonly createdMs: number;
}): V2ApiState {
  return {
    ...fields,
    routeSelectionExpression:
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the text of the service.
      fields.protocolType === 'HTTP' ? '${request.method} ${request.path}' : '$request.body.action',
    apiKeySelectionExpression: '$request.header.x-api-key',
    ipAddressType: 'ipv4',
    disableExecuteApiEndpoint: false,
    tags: {},
    other: {},
    routes: new Map(),
    integrations: new Map(),
    authorizers: new Map(),
    models: new Map(),
    responses: new Map(),
    deployments: new Map(),
    stages: new Map(),
  };
}

/** A new stage that serves nothing yet. */
export function newV2Stage(stageName: string, createdMs: number): V2StageState {
  return {
    stageName,
    autoDeploy: false,
    stageVariables: {},
    tags: {},
    createdMs,
    updatedMs: createdMs,
    defaultRouteSettings: { detailedMetricsEnabled: false },
    routeSettings: {},
    other: {},
  };
}
