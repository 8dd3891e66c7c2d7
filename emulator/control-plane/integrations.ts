import { newIntegration } from '../api-state.js';
import type { IntegrationState } from '../model.js';
import { flag, number, object, templateMap, text, textList, textMap } from './body.js';
import { type Answer, type Call, type Handlers, methodOf } from './call.js';
import { badRequest, notFound, notInEnum, validationError } from './errors.js';
import { integrationBody } from './method-body.js';

/** The order is that of the service's message. */
const TYPES: readonly IntegrationState['type'][] = [
  'HTTP',
  'MOCK',
  'AWS_PROXY',
  'HTTP_PROXY',
  'AWS',
];

/** Text: localstack snapshot test_put_integration_wrong_type, 2024-04-15. */
function integrationType(value: string): IntegrationState['type'] {
  const type = TYPES.find((known) => known === value);
  if (type === undefined)
    throw validationError([notInEnum(value, 'putIntegrationInput.type', TYPES)]);
  return type;
}

function putIntegration(call: Call): Answer {
  const { body } = call;
  const type = integrationType(text(body, 'type') ?? '');
  const { resource, method } = methodOf(call);
  const integration = newIntegration(type, text(body, 'cacheNamespace') ?? resource.id);
  const requestParameters = textMap(body, 'requestParameters');
  if (requestParameters !== undefined) {
    checkMappings(Object.values(requestParameters));
    integration.requestParameters = requestParameters;
  }
  const requestTemplates = templateMap(body, 'requestTemplates');
  if (requestTemplates !== undefined) integration.requestTemplates = requestTemplates;
  applyBackend(call, integration);
  // A method has one integration; putting it again replaces it, responses included.
  method.integration = integration;
  return { status: 201, body: integrationBody(integration) };
}

function applyBackend({ body }: Call, integration: IntegrationState): void {
  // The member `integrationHttpMethod` travels as `httpMethod` (service model).
  const httpMethod = text(body, 'httpMethod');
  if (httpMethod !== undefined) integration.httpMethod = httpMethod;
  const uri = text(body, 'uri');
  if (uri !== undefined) integration.uri = uri;
  const connectionType = text(body, 'connectionType');
  if (connectionType === 'INTERNET' || connectionType === 'VPC_LINK')
    integration.connectionType = connectionType;
  const connectionId = text(body, 'connectionId');
  if (connectionId !== undefined) integration.connectionId = connectionId;
  const integrationTarget = text(body, 'integrationTarget');
  if (integrationTarget !== undefined) integration.integrationTarget = integrationTarget;
  const contentHandling = text(body, 'contentHandling');
  if (contentHandling !== undefined) integration.contentHandling = contentHandling;
  const responseTransferMode = text(body, 'responseTransferMode');
  if (responseTransferMode !== undefined) integration.responseTransferMode = responseTransferMode;
  const tlsConfig = object(body, 'tlsConfig');
  if (tlsConfig !== undefined) {
    const insecureSkipVerification = flag(tlsConfig, 'insecureSkipVerification') ?? false;
    integration.tlsConfig = { insecureSkipVerification };
  }
  const credentials = text(body, 'credentials');
  if (credentials !== undefined) integration.credentials = credentials;
  integration.passthroughBehavior =
    text(body, 'passthroughBehavior') ?? integration.passthroughBehavior;
  integration.timeoutInMillis = number(body, 'timeoutInMillis') ?? integration.timeoutInMillis;
  integration.cacheKeyParameters =
    textList(body, 'cacheKeyParameters') ?? integration.cacheKeyParameters;
}

/** Text: localstack snapshot test_put_integration_request_parameter_bool_type, 2024-12-12. */
function checkMappings(expressions: readonly string[]): void {
  for (const expression of expressions) {
    if (/^(?:'.*'|method\.request\..+|stageVariables\..+|context\..+)$/s.test(expression)) continue;
    throw badRequest(
      `Invalid mapping expression specified: Validation Result: warnings : [], errors : [Invalid mapping expression specified: ${expression}]`,
    );
  }
}

/** Texts: localstack snapshot test_get_integration_non_existent, 2025-11-18. */
export function integrationOf(call: Call): IntegrationState {
  const { integration } = methodOf(call).method;
  if (integration === undefined) throw notFound('Invalid Integration identifier specified');
  return integration;
}

function getIntegration(call: Call): Answer {
  return { status: 200, body: integrationBody(integrationOf(call)) };
}

function deleteIntegration(call: Call): Answer {
  integrationOf(call);
  delete methodOf(call).method.integration;
  return { status: 204 };
}

export const integrationHandlers: Handlers = {
  PutIntegration: putIntegration,
  GetIntegration: getIntegration,
  DeleteIntegration: deleteIntegration,
};
