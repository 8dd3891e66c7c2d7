import { type JsonObject, objectOf } from '../json.js';
import type {
  IntegrationResponseState,
  IntegrationState,
  MethodResponseState,
  MethodState,
} from '../model.js';

/** A method on the wire: localstack snapshots test_method_lifecycle, 2024-04-15, and test_lifecycle_method_response, 2025-07-01. */
export function methodBody(method: MethodState): JsonObject {
  return {
    httpMethod: method.httpMethod,
    authorizationType: method.authorizationType,
    authorizerId: method.authorizerId,
    apiKeyRequired: method.apiKeyRequired,
    requestValidatorId: method.requestValidatorId,
    operationName: method.operationName,
    requestParameters: method.requestParameters,
    requestModels: method.requestModels,
    methodResponses:
      method.responses.size === 0 ? undefined : objectOf(method.responses, methodResponseBody),
    methodIntegration:
      method.integration === undefined ? undefined : integrationBody(method.integration),
    authorizationScopes: method.authorizationScopes,
  };
}

/** A method response on the wire: an empty map that was sent comes back (test_lifecycle_method_response). */
export function methodResponseBody(response: MethodResponseState): JsonObject {
  return {
    statusCode: response.statusCode,
    responseParameters: response.responseParameters,
    responseModels: response.responseModels,
  };
}

/** An integration on the wire: localstack snapshot test_lifecycle_integration_response, 2025-06-11. */
export function integrationBody(integration: IntegrationState): JsonObject {
  return {
    type: integration.type,
    httpMethod: integration.httpMethod,
    uri: integration.uri,
    connectionType: integration.connectionType,
    connectionId: integration.connectionId,
    integrationTarget: integration.integrationTarget,
    credentials: integration.credentials,
    requestParameters: integration.requestParameters,
    requestTemplates: integration.requestTemplates,
    passthroughBehavior: integration.passthroughBehavior,
    contentHandling: integration.contentHandling,
    tlsConfig: integration.tlsConfig,
    responseTransferMode: integration.responseTransferMode,
    timeoutInMillis: integration.timeoutInMillis,
    cacheNamespace: integration.cacheNamespace,
    cacheKeyParameters: integration.cacheKeyParameters,
    integrationResponses:
      integration.responses.size === 0
        ? undefined
        : objectOf(integration.responses, integrationResponseBody),
  };
}

/** An integration response on the wire; `selectionPattern` as it was sent, "" included. */
export function integrationResponseBody(response: IntegrationResponseState): JsonObject {
  return {
    statusCode: response.statusCode,
    selectionPattern: response.selectionPattern,
    responseParameters: response.responseParameters,
    responseTemplates: response.responseTemplates,
    contentHandling: response.contentHandling,
  };
}
