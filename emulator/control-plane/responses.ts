import type { IntegrationResponseState, MethodResponseState } from '../model.js';
import { flagMap, templateMap, text, textMap } from './body.js';
import { type Answer, type Call, type Handlers, methodOf, pathValue } from './call.js';
import { badRequest, conflict, notFound, ServiceError, validationError } from './errors.js';
import { integrationOf } from './integrations.js';
import { integrationResponseBody, methodResponseBody } from './method-body.js';
import { checkModel } from './methods.js';

/** What is wrong with a status code, in the words of localstack snapshot test_integration_response_invalid_statuscode, 2025-06-18. */
export function statusFindings(call: Call): string[] {
  const code = pathValue(call, 'status_code');
  if (/^[1-5]\d\d$/.test(code)) return [];
  return [
    `Value '${code}' at 'statusCode' failed to satisfy constraint: Member must satisfy regular expression pattern: [1-5]\\d\\d`,
  ];
}

/** The status code of the path. */
export function statusCode(call: Call): string {
  const findings = statusFindings(call);
  if (findings.length > 0) throw validationError(findings);
  return pathValue(call, 'status_code');
}

/** Text: localstack snapshot test_integration_response_wrong_status_code, 2025-06-26. */
export function noSuchStatus(): Error {
  return notFound('Invalid Response status code specified');
}

function putMethodResponse(call: Call): Answer {
  const code = statusCode(call);
  const { method } = methodOf(call);
  // Reported by CloudFormation and Terraform users, with status 409.
  if (method.responses.has(code)) throw conflict('Response already exists for this resource');
  const response: MethodResponseState = { statusCode: code };
  const parameters = flagMap(call.body, 'responseParameters');
  if (parameters !== undefined) response.responseParameters = parameters;
  const models = textMap(call.body, 'responseModels');
  if (models !== undefined) {
    for (const name of Object.values(models)) checkModel(name);
    response.responseModels = models;
  }
  method.responses.set(code, response);
  return { status: 201, body: methodResponseBody(response) };
}

function getMethodResponse(call: Call): Answer {
  const response = methodOf(call).method.responses.get(statusCode(call));
  if (response === undefined) throw noSuchStatus();
  return { status: 200, body: methodResponseBody(response) };
}

function deleteMethodResponse(call: Call): Answer {
  if (!methodOf(call).method.responses.delete(statusCode(call))) throw noSuchStatus();
  return { status: 204 };
}

/** A second PutIntegrationResponse overwrites the first (localstack snapshot test_lifecycle_integration_response, 2025-06-11). */
function putIntegrationResponse(call: Call): Answer {
  const code = statusCode(call);
  const integration = integrationOf(call);
  const response: IntegrationResponseState = { statusCode: code };
  const selectionPattern = text(call.body, 'selectionPattern');
  if (selectionPattern !== undefined) response.selectionPattern = selectionPattern;
  const parameters = textMap(call.body, 'responseParameters');
  if (parameters !== undefined) response.responseParameters = parameters;
  const templates = templateMap(call.body, 'responseTemplates');
  if (templates !== undefined) {
    checkContentTypes(Object.keys(templates));
    response.responseTemplates = templates;
  }
  integration.responses.set(code, response);
  return { status: 201, body: integrationResponseBody(response) };
}

/** Text: localstack snapshot test_integration_response_invalid_responsetemplates, 2025-06-18. */
function checkContentTypes(types: readonly string[]): void {
  const wrong = types.find((type) => !/^[^/\s]+\/[^/\s]+/.test(type));
  if (wrong !== undefined)
    throw badRequest(
      `Validation Result: warnings : [], errors : [Invalid content type specified: ${wrong}]`,
    );
}

function getIntegrationResponse(call: Call): Answer {
  const code = statusCode(call);
  const response = integrationOf(call).responses.get(code);
  if (response === undefined) throw noSuchStatus();
  return { status: 200, body: integrationResponseBody(response) };
}

/** A missing method is told as a missing integration here: localstack snapshot test_delete_integration_response_errors, 2025-08-21. */
function deleteIntegrationResponse(call: Call): Answer {
  const code = statusCode(call);
  try {
    if (!integrationOf(call).responses.delete(code)) throw noSuchStatus();
  } catch (error) {
    const missingMethod =
      error instanceof ServiceError && error.message === 'Invalid Method identifier specified';
    throw missingMethod ? notFound('Invalid Integration identifier specified') : error;
  }
  return { status: 204 };
}

export const responseHandlers: Handlers = {
  PutMethodResponse: putMethodResponse,
  GetMethodResponse: getMethodResponse,
  DeleteMethodResponse: deleteMethodResponse,
  PutIntegrationResponse: putIntegrationResponse,
  GetIntegrationResponse: getIntegrationResponse,
  DeleteIntegrationResponse: deleteIntegrationResponse,
};
