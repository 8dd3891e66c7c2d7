import { authorizerHandlers } from './authorizers.js';
import type { Handler } from './call.js';
import { deploymentHandlers } from './deployments.js';
import { domainNameHandlers } from './domain-names.js';
import { exportHandlers } from './exports.js';
import { gatewayResponseHandlers } from './gateway-responses.js';
import { importHandlers } from './imports.js';
import { integrationHandlers } from './integrations.js';
import { methodPatchHandlers } from './method-patch.js';
import { methodHandlers } from './methods.js';
import { modelHandlers } from './models.js';
import { requestValidatorHandlers } from './request-validators.js';
import { resourcePatchHandlers } from './resource-patch.js';
import { resourceHandlers } from './resources.js';
import { responsePatchHandlers } from './response-patch.js';
import { responseHandlers } from './responses.js';
import { restApiPatchHandlers } from './rest-api-patch.js';
import { restApiHandlers } from './rest-apis.js';
import { stagePatchHandlers } from './stage-patch.js';
import { stageHandlers } from './stages.js';
import { tagHandlers } from './tags.js';

const HANDLERS: ReadonlyMap<string, Handler> = new Map(
  [
    restApiHandlers,
    restApiPatchHandlers,
    importHandlers,
    resourceHandlers,
    resourcePatchHandlers,
    methodHandlers,
    methodPatchHandlers,
    integrationHandlers,
    responseHandlers,
    responsePatchHandlers,
    authorizerHandlers,
    deploymentHandlers,
    stageHandlers,
    stagePatchHandlers,
    exportHandlers,
    gatewayResponseHandlers,
    modelHandlers,
    requestValidatorHandlers,
    domainNameHandlers,
    tagHandlers,
  ].flatMap((handlers) => Object.entries(handlers)),
);

/** The handler of an operation, by the name of the service model; undefined where it is not modelled. */
export function handlerOf(operation: string): Handler | undefined {
  return HANDLERS.get(operation);
}

/** The operations that the emulator models, sorted. */
export function modelledOperations(): string[] {
  return [...HANDLERS.keys()].sort();
}
