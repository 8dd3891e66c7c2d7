import { type MatchedOperation, matchTemplate, partsOf } from '../../control-plane/operations.js';

/**
 * Every operation of the second version of API Gateway (botocore, apigatewayv2 2018-11-29): name, HTTP
 * method and path without `/v2`. Operations without a handler are here too, so that a request for one is
 * refused by its name.
 */
export const V2_OPERATIONS: readonly (readonly [name: string, method: string, template: string])[] =
  [
    ['CreateApi', 'POST', '/apis'],
    ['CreateApiMapping', 'POST', '/domainnames/{domainName}/apimappings'],
    ['CreateAuthorizer', 'POST', '/apis/{apiId}/authorizers'],
    ['CreateDeployment', 'POST', '/apis/{apiId}/deployments'],
    ['CreateDomainName', 'POST', '/domainnames'],
    ['CreateIntegration', 'POST', '/apis/{apiId}/integrations'],
    [
      'CreateIntegrationResponse',
      'POST',
      '/apis/{apiId}/integrations/{integrationId}/integrationresponses',
    ],
    ['CreateModel', 'POST', '/apis/{apiId}/models'],
    ['CreatePortal', 'POST', '/portals'],
    ['CreatePortalProduct', 'POST', '/portalproducts'],
    ['CreateProductPage', 'POST', '/portalproducts/{portalProductId}/productpages'],
    [
      'CreateProductRestEndpointPage',
      'POST',
      '/portalproducts/{portalProductId}/productrestendpointpages',
    ],
    ['CreateRoute', 'POST', '/apis/{apiId}/routes'],
    ['CreateRouteResponse', 'POST', '/apis/{apiId}/routes/{routeId}/routeresponses'],
    ['CreateRoutingRule', 'POST', '/domainnames/{domainName}/routingrules'],
    ['CreateStage', 'POST', '/apis/{apiId}/stages'],
    ['CreateVpcLink', 'POST', '/vpclinks'],
    ['DeleteAccessLogSettings', 'DELETE', '/apis/{apiId}/stages/{stageName}/accesslogsettings'],
    ['DeleteApi', 'DELETE', '/apis/{apiId}'],
    ['DeleteApiMapping', 'DELETE', '/domainnames/{domainName}/apimappings/{apiMappingId}'],
    ['DeleteAuthorizer', 'DELETE', '/apis/{apiId}/authorizers/{authorizerId}'],
    ['DeleteCorsConfiguration', 'DELETE', '/apis/{apiId}/cors'],
    ['DeleteDeployment', 'DELETE', '/apis/{apiId}/deployments/{deploymentId}'],
    ['DeleteDomainName', 'DELETE', '/domainnames/{domainName}'],
    ['DeleteIntegration', 'DELETE', '/apis/{apiId}/integrations/{integrationId}'],
    [
      'DeleteIntegrationResponse',
      'DELETE',
      '/apis/{apiId}/integrations/{integrationId}/integrationresponses/{integrationResponseId}',
    ],
    ['DeleteModel', 'DELETE', '/apis/{apiId}/models/{modelId}'],
    ['DeletePortal', 'DELETE', '/portals/{portalId}'],
    ['DeletePortalProduct', 'DELETE', '/portalproducts/{portalProductId}'],
    [
      'DeletePortalProductSharingPolicy',
      'DELETE',
      '/portalproducts/{portalProductId}/sharingpolicy',
    ],
    [
      'DeleteProductPage',
      'DELETE',
      '/portalproducts/{portalProductId}/productpages/{productPageId}',
    ],
    [
      'DeleteProductRestEndpointPage',
      'DELETE',
      '/portalproducts/{portalProductId}/productrestendpointpages/{productRestEndpointPageId}',
    ],
    ['DeleteRoute', 'DELETE', '/apis/{apiId}/routes/{routeId}'],
    [
      'DeleteRouteRequestParameter',
      'DELETE',
      '/apis/{apiId}/routes/{routeId}/requestparameters/{requestParameterKey}',
    ],
    [
      'DeleteRouteResponse',
      'DELETE',
      '/apis/{apiId}/routes/{routeId}/routeresponses/{routeResponseId}',
    ],
    ['DeleteRouteSettings', 'DELETE', '/apis/{apiId}/stages/{stageName}/routesettings/{routeKey}'],
    ['DeleteRoutingRule', 'DELETE', '/domainnames/{domainName}/routingrules/{routingRuleId}'],
    ['DeleteStage', 'DELETE', '/apis/{apiId}/stages/{stageName}'],
    ['DeleteVpcLink', 'DELETE', '/vpclinks/{vpcLinkId}'],
    ['DisablePortal', 'DELETE', '/portals/{portalId}/publish'],
    ['ExportApi', 'GET', '/apis/{apiId}/exports/{specification}'],
    ['GetApi', 'GET', '/apis/{apiId}'],
    ['GetApiMapping', 'GET', '/domainnames/{domainName}/apimappings/{apiMappingId}'],
    ['GetApiMappings', 'GET', '/domainnames/{domainName}/apimappings'],
    ['GetApis', 'GET', '/apis'],
    ['GetAuthorizer', 'GET', '/apis/{apiId}/authorizers/{authorizerId}'],
    ['GetAuthorizers', 'GET', '/apis/{apiId}/authorizers'],
    ['GetDeployment', 'GET', '/apis/{apiId}/deployments/{deploymentId}'],
    ['GetDeployments', 'GET', '/apis/{apiId}/deployments'],
    ['GetDomainName', 'GET', '/domainnames/{domainName}'],
    ['GetDomainNames', 'GET', '/domainnames'],
    ['GetIntegration', 'GET', '/apis/{apiId}/integrations/{integrationId}'],
    [
      'GetIntegrationResponse',
      'GET',
      '/apis/{apiId}/integrations/{integrationId}/integrationresponses/{integrationResponseId}',
    ],
    [
      'GetIntegrationResponses',
      'GET',
      '/apis/{apiId}/integrations/{integrationId}/integrationresponses',
    ],
    ['GetIntegrations', 'GET', '/apis/{apiId}/integrations'],
    ['GetModel', 'GET', '/apis/{apiId}/models/{modelId}'],
    ['GetModelTemplate', 'GET', '/apis/{apiId}/models/{modelId}/template'],
    ['GetModels', 'GET', '/apis/{apiId}/models'],
    ['GetPortal', 'GET', '/portals/{portalId}'],
    ['GetPortalProduct', 'GET', '/portalproducts/{portalProductId}'],
    ['GetPortalProductSharingPolicy', 'GET', '/portalproducts/{portalProductId}/sharingpolicy'],
    ['GetProductPage', 'GET', '/portalproducts/{portalProductId}/productpages/{productPageId}'],
    [
      'GetProductRestEndpointPage',
      'GET',
      '/portalproducts/{portalProductId}/productrestendpointpages/{productRestEndpointPageId}',
    ],
    ['GetRoute', 'GET', '/apis/{apiId}/routes/{routeId}'],
    ['GetRouteResponse', 'GET', '/apis/{apiId}/routes/{routeId}/routeresponses/{routeResponseId}'],
    ['GetRouteResponses', 'GET', '/apis/{apiId}/routes/{routeId}/routeresponses'],
    ['GetRoutes', 'GET', '/apis/{apiId}/routes'],
    ['GetRoutingRule', 'GET', '/domainnames/{domainName}/routingrules/{routingRuleId}'],
    ['GetStage', 'GET', '/apis/{apiId}/stages/{stageName}'],
    ['GetStages', 'GET', '/apis/{apiId}/stages'],
    ['GetTags', 'GET', '/tags/{resource-arn}'],
    ['GetVpcLink', 'GET', '/vpclinks/{vpcLinkId}'],
    ['GetVpcLinks', 'GET', '/vpclinks'],
    ['ImportApi', 'PUT', '/apis'],
    ['ListPortalProducts', 'GET', '/portalproducts'],
    ['ListPortals', 'GET', '/portals'],
    ['ListProductPages', 'GET', '/portalproducts/{portalProductId}/productpages'],
    [
      'ListProductRestEndpointPages',
      'GET',
      '/portalproducts/{portalProductId}/productrestendpointpages',
    ],
    ['ListRoutingRules', 'GET', '/domainnames/{domainName}/routingrules'],
    ['PreviewPortal', 'POST', '/portals/{portalId}/preview'],
    ['PublishPortal', 'POST', '/portals/{portalId}/publish'],
    ['PutPortalProductSharingPolicy', 'PUT', '/portalproducts/{portalProductId}/sharingpolicy'],
    ['PutRoutingRule', 'PUT', '/domainnames/{domainName}/routingrules/{routingRuleId}'],
    ['ReimportApi', 'PUT', '/apis/{apiId}'],
    ['ResetAuthorizersCache', 'DELETE', '/apis/{apiId}/stages/{stageName}/cache/authorizers'],
    ['TagResource', 'POST', '/tags/{resource-arn}'],
    ['UntagResource', 'DELETE', '/tags/{resource-arn}'],
    ['UpdateApi', 'PATCH', '/apis/{apiId}'],
    ['UpdateApiMapping', 'PATCH', '/domainnames/{domainName}/apimappings/{apiMappingId}'],
    ['UpdateAuthorizer', 'PATCH', '/apis/{apiId}/authorizers/{authorizerId}'],
    ['UpdateDeployment', 'PATCH', '/apis/{apiId}/deployments/{deploymentId}'],
    ['UpdateDomainName', 'PATCH', '/domainnames/{domainName}'],
    ['UpdateIntegration', 'PATCH', '/apis/{apiId}/integrations/{integrationId}'],
    [
      'UpdateIntegrationResponse',
      'PATCH',
      '/apis/{apiId}/integrations/{integrationId}/integrationresponses/{integrationResponseId}',
    ],
    ['UpdateModel', 'PATCH', '/apis/{apiId}/models/{modelId}'],
    ['UpdatePortal', 'PATCH', '/portals/{portalId}'],
    ['UpdatePortalProduct', 'PATCH', '/portalproducts/{portalProductId}'],
    [
      'UpdateProductPage',
      'PATCH',
      '/portalproducts/{portalProductId}/productpages/{productPageId}',
    ],
    [
      'UpdateProductRestEndpointPage',
      'PATCH',
      '/portalproducts/{portalProductId}/productrestendpointpages/{productRestEndpointPageId}',
    ],
    ['UpdateRoute', 'PATCH', '/apis/{apiId}/routes/{routeId}'],
    [
      'UpdateRouteResponse',
      'PATCH',
      '/apis/{apiId}/routes/{routeId}/routeresponses/{routeResponseId}',
    ],
    ['UpdateStage', 'PATCH', '/apis/{apiId}/stages/{stageName}'],
    ['UpdateVpcLink', 'PATCH', '/vpclinks/{vpcLinkId}'],
  ];

const PREFIX = '/v2';

/** Whether a path is one of the control plane's second version. */
export function isV2Path(rawPath: string): boolean {
  return rawPath.startsWith(`${PREFIX}/`);
}

/** Finds the operation of a request to `/v2/…`. */
export function matchV2Operation(method: string, rawPath: string): MatchedOperation | undefined {
  const parts = partsOf(rawPath.slice(PREFIX.length));
  for (const [name, verb, template] of V2_OPERATIONS) {
    const path = verb === method ? matchTemplate(template, parts) : undefined;
    if (path !== undefined) return { service: 'apigatewayv2', name, path };
  }
  return undefined;
}
