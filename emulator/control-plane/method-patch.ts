import type { ApiState, MethodState } from '../model.js';
import { type Answer, type Call, type Handlers, methodOf } from './call.js';
import { notFound } from './errors.js';
import { methodBody } from './method-body.js';
import {
  authorizationType,
  checkAuthorizer,
  checkModel,
  checkRequestValidator,
  usesAuthorizer,
} from './methods.js';
import {
  invalidPath,
  type PatchOperation,
  patchedFlag,
  patchOperations,
  requireReplace,
  requireVerb,
} from './patch.js';

/**
 * UpdateMethod: all operations or none. Rules and texts: localstack snapshots test_update_method and
 * test_update_method_validation, 2024-04-15.
 */
function updateMethod(call: Call): Answer {
  const { api, resource, method } = methodOf(call);
  const operations = patchOperations(call.body, 'updateMethodInput');
  const changed = structuredClone(method);
  for (const operation of operations) apply(api, changed, operation);
  // The authorizer is looked at once, at the end: the type may come before or after its authorizer.
  const authorizerId = operations.findLast(({ path }) => path === '/authorizerId')?.value;
  if (authorizerId !== undefined) setAuthorizerId(changed, authorizerId);
  checkAuthorizer(api, changed);
  resource.methods.set(method.httpMethod, changed);
  return { status: 200, body: methodBody(changed) };
}

/**
 * "" takes the authorizer away (Terraform's provider sends it together with the new type). Another
 * value on a method that no authorizer decides is ignored without an error. Whether the service
 * drops the id by itself when only the type leaves CUSTOM is not recorded; here it stays.
 */
function setAuthorizerId(method: MethodState, value: string): void {
  if (value === '') delete method.authorizerId;
  else if (usesAuthorizer(method.authorizationType)) method.authorizerId = value;
}

function apply(api: ApiState, method: MethodState, operation: PatchOperation): void {
  const [first, second] = operation.parts;
  const { length } = operation.parts;
  if (length === 2 && second !== undefined) {
    if (first === 'requestParameters') {
      requestParameter(method, operation, second);
      return;
    }
    if (first === 'requestModels') {
      requestModel(method, operation, second);
      return;
    }
  }
  if (length !== 1) throw invalidPath(operation);
  switch (first) {
    case 'authorizationType':
      method.authorizationType = authorizationType(requireReplace(operation));
      return;
    case 'authorizerId':
      requireReplace(operation);
      return;
    case 'apiKeyRequired':
      method.apiKeyRequired = patchedFlag(requireReplace(operation));
      return;
    case 'operationName':
      method.operationName = requireReplace(operation);
      return;
    case 'requestValidatorId':
      requestValidator(api, method, requireReplace(operation));
      return;
    case 'authorizationScopes':
      scope(method, operation);
      return;
    default:
      throw invalidPath(operation);
  }
}

function requestValidator(api: ApiState, method: MethodState, id: string): void {
  checkRequestValidator(api, id);
  if (id === '') delete method.requestValidatorId;
  else method.requestValidatorId = id;
}

/** add and remove of one scope (API Gateway API Reference, "Patch Operations": UpdateMethod). */
function scope(method: MethodState, operation: PatchOperation): void {
  const value = requireVerb(operation, ['add', 'remove']);
  const others = (method.authorizationScopes ?? []).filter((known) => known !== value);
  const scopes = operation.op === 'add' ? [...others, value] : others;
  if (scopes.length === 0) delete method.authorizationScopes;
  else method.authorizationScopes = scopes;
}

function requestParameter(method: MethodState, operation: PatchOperation, name: string): void {
  const value = requireVerb(operation, ['add', 'replace', 'remove']);
  const { [name]: known, ...others } = method.requestParameters ?? {};
  if (operation.op === 'remove') {
    if (known === undefined) throw notFound('Invalid parameter name specified');
    setOrDrop(method, 'requestParameters', others);
    return;
  }
  method.requestParameters = { ...others, [name]: patchedFlag(value) };
}

function requestModel(method: MethodState, operation: PatchOperation, contentType: string): void {
  const value = requireVerb(operation, ['add', 'replace', 'remove']);
  const { [contentType]: known, ...others } = method.requestModels ?? {};
  if (operation.op === 'remove') {
    if (known === undefined) throw notFound('Content-Type specified was not found');
    setOrDrop(method, 'requestModels', others);
    return;
  }
  checkModel(value);
  method.requestModels = { ...others, [contentType]: value };
}

/** A map that has become empty is left out of the answer (localstack snapshot test_update_method, update-method-remove). */
function setOrDrop<K extends 'requestParameters' | 'requestModels'>(
  method: MethodState,
  key: K,
  value: NonNullable<MethodState[K]>,
): void {
  if (Object.keys(value).length === 0) delete method[key];
  else method[key] = value;
}

export const methodPatchHandlers: Handlers = { UpdateMethod: updateMethod };
