import { number, object, requiredText, text, textMap } from '../../control-plane/body.js';
import { badRequest, conflict } from '../../control-plane/errors.js';
import type { JsonObject } from '../../json.js';
import { autoDeploy } from '../deploy.js';
import type { V2ApiState, V2IntegrationState } from '../model.js';
import {
  type Answer,
  apiOf,
  type Call,
  editableApiOf,
  type Handlers,
  integrationOf,
  membersOf,
  oneOf,
  page,
} from './call.js';

const TYPES: readonly V2IntegrationState['integrationType'][] = [
  'AWS',
  'HTTP',
  'MOCK',
  'HTTP_PROXY',
  'AWS_PROXY',
];

function integrationBody(integration: V2IntegrationState): JsonObject {
  const { other, answer: _answer, isForbidden: _isForbidden, ...told } = integration;
  return { ...other, ...told };
}

function getIntegrations(call: Call): Answer {
  const integrations = [...apiOf(call).integrations.values()];
  return {
    status: 200,
    body: page(call, integrations, ({ integrationId }) => integrationId, integrationBody),
  };
}

function getIntegration(call: Call): Answer {
  return { status: 200, body: integrationBody(integrationOf(call)) };
}

function createIntegration(call: Call): Answer {
  const api = editableApiOf(call);
  const { body, ids } = call;
  const type = oneOf('integrationType', requiredText(body, 'integrationType'), TYPES) ?? 'AWS';
  const integration: V2IntegrationState = {
    integrationId: ids.next(7),
    integrationType: type,
    // Service model: 30 seconds for HTTP APIs, 29 for WebSocket APIs.
    timeoutInMillis: api.protocolType === 'HTTP' ? 30_000 : 29_000,
    other: { connectionType: 'INTERNET' },
  };
  apply(call, api, integration);
  api.integrations.set(integration.integrationId, integration);
  autoDeploy(api, call);
  return { status: 201, body: integrationBody(integration) };
}

function updateIntegration(call: Call): Answer {
  const api = editableApiOf(call);
  const known = integrationOf(call);
  const integration = structuredClone(known);
  const type = oneOf('integrationType', text(call.body, 'integrationType'), TYPES);
  integration.integrationType = type ?? integration.integrationType;
  apply(call, api, integration);
  api.integrations.set(integration.integrationId, integration);
  autoDeploy(api, call);
  return { status: 200, body: integrationBody(integration) };
}

function apply({ body }: Call, api: V2ApiState, integration: V2IntegrationState): void {
  const { integrationType: type } = integration;
  if (api.protocolType === 'HTTP' && type !== 'HTTP_PROXY' && type !== 'AWS_PROXY')
    throw badRequest(`HTTP APIs have no integrations of type ${type} (text of the emulator)`);
  const uri = text(body, 'integrationUri');
  if (uri !== undefined) integration.integrationUri = uri;
  const method = text(body, 'integrationMethod');
  if (method !== undefined) integration.integrationMethod = method;
  else if (type === 'AWS_PROXY') integration.integrationMethod = 'POST';
  const format = text(body, 'payloadFormatVersion');
  if (format !== undefined) integration.payloadFormatVersion = format;
  else if (api.protocolType === 'HTTP') integration.payloadFormatVersion ??= '1.0';
  integration.timeoutInMillis = number(body, 'timeoutInMillis') ?? integration.timeoutInMillis;
  integration.other = {
    ...integration.other,
    ...membersOf(body, {
      connectionId: text,
      connectionType: text,
      contentHandlingStrategy: text,
      credentialsArn: text,
      description: text,
      integrationSubtype: text,
      passthroughBehavior: text,
      requestParameters: textMap,
      requestTemplates: textMap,
      responseParameters: object,
      templateSelectionExpression: text,
      tlsConfig: object,
    }),
  };
}

/**
 * A managed one can be updated and not deleted (service model, Integration.ApiGatewayManaged); one that
 * a route leads to stays. The sentences are the emulator's own.
 */
function deleteIntegration(call: Call): Answer {
  const api = editableApiOf(call);
  const { integrationId, apiGatewayManaged } = integrationOf(call);
  if (apiGatewayManaged === true)
    throw badRequest("The integration is managed by API Gateway and can't be deleted");
  const target = `integrations/${integrationId}`;
  if ([...api.routes.values()].some((route) => route.target === target))
    throw conflict('The integration is the target of a route (text of the emulator)');
  api.integrations.delete(integrationId);
  autoDeploy(api, call);
  return { status: 204 };
}

export const integrationHandlers: Handlers = {
  GetIntegrations: getIntegrations,
  GetIntegration: getIntegration,
  CreateIntegration: createIntegration,
  UpdateIntegration: updateIntegration,
  DeleteIntegration: deleteIntegration,
};
