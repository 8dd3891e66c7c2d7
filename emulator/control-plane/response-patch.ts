import type { IntegrationResponseState, MethodResponseState } from '../model.js';
import { type Answer, type Call, type Handlers, methodOf } from './call.js';
import { notFound } from './errors.js';
import { integrationOf } from './integrations.js';
import { integrationResponseBody, methodResponseBody } from './method-body.js';
import { checkModel } from './methods.js';
import {
  invalidPath,
  type PatchOperation,
  patchedFlag,
  patchOperations,
  requireReplace,
  requireVerb,
} from './patch.js';
import { noSuchStatus, statusCode, statusFindings } from './responses.js';

/**
 * UpdateMethodResponse, which answers 201. Rules and texts: localstack snapshots
 * test_update_method_response, …_wrong_operations, …_negative_tests,
 * test_update_method_lack_response_parameters_and_models and test_update_method_wrong_param_names,
 * 2025-06-30 and 2025-07-01.
 */
function updateMethodResponse(call: Call): Answer {
  const operations = patchOperations(call.body, 'updateMethodResponseInput', statusFindings(call));
  const { method } = methodOf(call);
  const code = statusCode(call);
  const response = method.responses.get(code);
  if (response === undefined) throw noSuchStatus();
  const changed = structuredClone(response);
  for (const operation of operations) patchMethodResponse(changed, operation);
  method.responses.set(code, changed);
  return { status: 201, body: methodResponseBody(changed) };
}

function patchMethodResponse(response: MethodResponseState, operation: PatchOperation): void {
  const [first, name] = operation.parts;
  if (operation.parts.length !== 2 || name === undefined) throw invalidPath(operation);
  if (first === 'responseParameters') {
    const parameters = changedMap(operation, response.responseParameters, name, patchedFlag);
    if (parameters === undefined) delete response.responseParameters;
    else response.responseParameters = parameters;
  } else if (first === 'responseModels') {
    const models = changedMap(operation, response.responseModels, name, (value) => {
      checkModel(value);
      return value;
    });
    if (models === undefined) delete response.responseModels;
    else response.responseModels = models;
  } else {
    throw invalidPath(operation);
  }
}

/** A map after add, replace or remove of one entry; undefined once it is empty, and so left out of the answer. */
function changedMap<V>(
  operation: PatchOperation,
  map: Record<string, V> | undefined,
  name: string,
  read: (value: string) => V,
): Record<string, V> | undefined {
  const value = requireVerb(operation, ['add', 'replace', 'remove']);
  const { [name]: known, ...others } = map ?? {};
  if (operation.op !== 'add' && known === undefined)
    throw notFound(
      operation.parts[0] === 'responseParameters'
        ? 'Invalid parameter name specified'
        : 'Content-Type specified was not found',
    );
  if (operation.op !== 'remove') return { ...others, [name]: read(value) };
  return Object.keys(others).length === 0 ? undefined : others;
}

/** UpdateIntegrationResponse: localstack snapshot test_lifecycle_integration_response, 2025-06-11. */
function updateIntegrationResponse(call: Call): Answer {
  const operations = patchOperations(
    call.body,
    'updateIntegrationResponseInput',
    statusFindings(call),
  );
  const integration = integrationOf(call);
  const code = statusCode(call);
  const response = integration.responses.get(code);
  if (response === undefined) throw noSuchStatus();
  const changed = structuredClone(response);
  for (const operation of operations) patchIntegrationResponse(changed, operation);
  integration.responses.set(code, changed);
  return { status: 200, body: integrationResponseBody(changed) };
}

function patchIntegrationResponse(
  response: IntegrationResponseState,
  operation: PatchOperation,
): void {
  const [first, name] = operation.parts;
  if (operation.path === '/selectionPattern') {
    response.selectionPattern = requireReplace(operation);
    return;
  }
  if (operation.parts.length !== 2 || name === undefined) throw invalidPath(operation);
  if (first !== 'responseParameters' && first !== 'responseTemplates') throw invalidPath(operation);
  if (first === 'responseParameters') {
    const parameters = changedMap(operation, response.responseParameters, name, String);
    if (parameters === undefined) delete response.responseParameters;
    else response.responseParameters = parameters;
    return;
  }
  const templates = changedMap<string | null>(operation, response.responseTemplates, name, String);
  if (templates === undefined) delete response.responseTemplates;
  else response.responseTemplates = templates;
}

export const responsePatchHandlers: Handlers = {
  UpdateMethodResponse: updateMethodResponse,
  UpdateIntegrationResponse: updateIntegrationResponse,
};
