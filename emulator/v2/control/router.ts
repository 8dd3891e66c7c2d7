import type { Handler } from '../../control-plane/call.js';
import { apiHandlers } from './apis.js';
import { authorizerHandlers } from './authorizers.js';
import { deploymentHandlers } from './deployments.js';
import { domainNameHandlers } from './domain-names.js';
import { exportHandlers } from './exports.js';
import { importHandlers } from './imports.js';
import { integrationHandlers } from './integrations.js';
import { modelHandlers } from './models.js';
import { responseHandlers } from './responses.js';
import { routeHandlers } from './routes.js';
import { routingRuleHandlers } from './routing-rules.js';
import { stageHandlers } from './stages.js';
import { tagHandlers } from './tags.js';

const HANDLERS: ReadonlyMap<string, Handler> = new Map(
  [
    apiHandlers,
    routeHandlers,
    integrationHandlers,
    authorizerHandlers,
    modelHandlers,
    responseHandlers,
    deploymentHandlers,
    stageHandlers,
    exportHandlers,
    importHandlers,
    domainNameHandlers,
    routingRuleHandlers,
    tagHandlers,
  ].flatMap((handlers) => Object.entries(handlers)),
);

/** The handler of an operation, by the name of the service model; undefined where it is not modelled. */
export function v2HandlerOf(operation: string): Handler | undefined {
  return HANDLERS.get(operation);
}

/** The operations that the emulator models, sorted. */
export function modelledV2Operations(): string[] {
  return [...HANDLERS.keys()].sort();
}
