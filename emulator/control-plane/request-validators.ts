import type { JsonObject } from '../json.js';
import type { RequestValidatorState } from '../model.js';
import { flag, text } from './body.js';
import { type Answer, apiOf, type Call, type Handlers, pathValue } from './call.js';
import { notFound } from './errors.js';
import { page } from './page.js';
import { invalidPath, patchedFlag, patchOperations, requireReplace } from './patch.js';

/* Texts and answers: localstack snapshot test_request_validator_lifecycle, 2025-07-02. */

function validatorsOf(call: Call): Map<string, RequestValidatorState> {
  const api = apiOf(call);
  api.requestValidators ??= new Map();
  return api.requestValidators;
}

function validatorBody(validator: RequestValidatorState): JsonObject {
  return { ...validator };
}

function createRequestValidator(call: Call): Answer {
  const validator: RequestValidatorState = {
    id: call.ids.next(6),
    name: text(call.body, 'name') ?? '',
    validateRequestBody: flag(call.body, 'validateRequestBody') ?? false,
    validateRequestParameters: flag(call.body, 'validateRequestParameters') ?? false,
  };
  validatorsOf(call).set(validator.id, validator);
  return { status: 201, body: validatorBody(validator) };
}

function getRequestValidators(call: Call): Answer {
  const validators = [...validatorsOf(call).values()];
  return { status: 200, body: page(call, validators, ({ id }) => id, validatorBody) };
}

function updateRequestValidator(call: Call): Answer {
  const validators = validatorsOf(call);
  const validator = validators.get(pathValue(call, 'requestvalidator_id'));
  if (validator === undefined) throw notFound('Invalid Request Validator identifier specified');
  const changed = { ...validator };
  for (const operation of patchOperations(call.body, 'updateRequestValidatorInput')) {
    const value = patchedFlag(requireReplace(operation));
    if (operation.path === '/validateRequestBody') changed.validateRequestBody = value;
    else if (operation.path === '/validateRequestParameters')
      changed.validateRequestParameters = value;
    else throw invalidPath(operation);
  }
  validators.set(changed.id, changed);
  return { status: 200, body: validatorBody(changed) };
}

export const requestValidatorHandlers: Handlers = {
  CreateRequestValidator: createRequestValidator,
  GetRequestValidators: getRequestValidators,
  UpdateRequestValidator: updateRequestValidator,
};
