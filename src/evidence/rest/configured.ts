import type { ApiGateway, Method, Resource } from '../../aws/api-gateway.js';
import { AwsFailure } from '../../aws/failure.js';
import { nextPosition, pages } from '../../aws/pages.js';
import {
  type ConfiguredMethod,
  type Methods,
  methodKey,
  UNREADABLE,
} from '../../model/evidence.js';
import { isAllowOrigin } from './exported-methods.js';
import { configuredSettings, othersAsText } from './integration.js';

/**
 * Reads every method of an API's editable resources, 500 resources a call.
 *
 * @throws AwsFailure where any page could not be read: a part of an API is not an API.
 */
export async function readConfiguredMethods(
  apiGateway: Pick<ApiGateway, 'getResourcesPage'>,
  apiId: string,
): Promise<Methods<ConfiguredMethod>> {
  const methods = new Map<string, ConfiguredMethod>();
  const read = (position: string | undefined) => apiGateway.getResourcesPage(apiId, position);
  let isFirst = true;
  for await (const { items } of pages('GetResources', read, nextPosition)) {
    // An API has its root resource at least: an answer without any is none of API Gateway's.
    if (items === undefined || (items.length === 0 && isFirst)) {
      throw new AwsFailure('GetResources', new Error('the answer lists no resources'), 1);
    }
    isFirst = false;
    for (const method of items.flatMap(methodsOf)) addMethod(methods, method, 'GetResources');
  }
  return methods;
}

/**
 * Adds a method to those of a list. One that is listed twice, which may be while somebody changes the API between
 * two pages, is none that is known where the two have other types.
 *
 * @throws AwsFailure
 */
export function addMethod(
  methods: Map<string, ConfiguredMethod>,
  method: ConfiguredMethod,
  operation: string,
): void {
  const key = methodKey(method.method, method.path);
  const before = methods.get(key)?.authorizationType ?? method.authorizationType;
  if (before !== method.authorizationType) {
    const why = `${key} is listed twice, with ${before} and with ${method.authorizationType}`;
    throw new AwsFailure(operation, new Error(why), 1);
  }
  methods.set(key, method);
}

function methodsOf(resource: Resource): ConfiguredMethod[] {
  const { id, path } = resource;
  if (id === undefined || path === undefined) {
    throw new AwsFailure('GetResources', new Error('a resource came without id or path'), 1);
  }
  return Object.entries(resource.resourceMethods ?? {}).map(([method, details]) =>
    configuredMethod(id, path, method, details),
  );
}

/** A method as GetResources and GetMethod tell it. */
export function configuredMethod(
  resourceId: string,
  path: string,
  method: string,
  details: Method,
): ConfiguredMethod {
  const { httpMethod: _, authorizationType, authorizerId, ...others } = details;
  const { authorizationScopes, apiKeyRequired, methodIntegration, ...rest } = others;
  const requestsAndResponses = othersAsText(rest);
  return {
    resourceId,
    path,
    method,
    // Without `embed=methods` a method comes as `{}`: that is "not read", never "no authorization".
    authorizationType: authorizationType ?? UNREADABLE,
    authorizerId: authorizerId || null,
    authorizationScopes: authorizationScopes ?? [],
    apiKeyRequired: apiKeyRequired ?? false,
    integrationType: methodIntegration?.type ?? null,
    integrationUri: methodIntegration?.uri ?? null,
    integrationHttpMethod: methodIntegration?.httpMethod ?? null,
    integrationSettings: configuredSettings(methodIntegration, resourceId),
    ...(requestsAndResponses === undefined ? {} : { requestsAndResponses }),
    answersCors: answersCors(details),
  };
}

function answersCors(details: Method): boolean {
  return Object.entries(details.methodResponses ?? {}).some(
    ([status, response]) =>
      (status === '200' || status === '204') &&
      Object.keys(response.responseParameters ?? {}).some(isAllowOrigin),
  );
}
