/**
 * Every operation of the service model (botocore, apigateway 2015-07-09): name, HTTP method and path.
 * Operations without a handler are here too, so that a request for one is refused by its name.
 */
export const OPERATIONS: readonly (readonly [name: string, method: string, template: string])[] = [
  ['CreateApiKey', 'POST', '/apikeys'],
  ['CreateAuthorizer', 'POST', '/restapis/{restapi_id}/authorizers'],
  ['CreateBasePathMapping', 'POST', '/domainnames/{domain_name}/basepathmappings'],
  ['CreateDeployment', 'POST', '/restapis/{restapi_id}/deployments'],
  ['CreateDocumentationPart', 'POST', '/restapis/{restapi_id}/documentation/parts'],
  ['CreateDocumentationVersion', 'POST', '/restapis/{restapi_id}/documentation/versions'],
  ['CreateDomainName', 'POST', '/domainnames'],
  ['CreateDomainNameAccessAssociation', 'POST', '/domainnameaccessassociations'],
  ['CreateModel', 'POST', '/restapis/{restapi_id}/models'],
  ['CreateRequestValidator', 'POST', '/restapis/{restapi_id}/requestvalidators'],
  ['CreateResource', 'POST', '/restapis/{restapi_id}/resources/{parent_id}'],
  ['CreateRestApi', 'POST', '/restapis'],
  ['CreateStage', 'POST', '/restapis/{restapi_id}/stages'],
  ['CreateUsagePlan', 'POST', '/usageplans'],
  ['CreateUsagePlanKey', 'POST', '/usageplans/{usageplanId}/keys'],
  ['CreateVpcLink', 'POST', '/vpclinks'],
  ['DeleteApiKey', 'DELETE', '/apikeys/{api_Key}'],
  ['DeleteAuthorizer', 'DELETE', '/restapis/{restapi_id}/authorizers/{authorizer_id}'],
  ['DeleteBasePathMapping', 'DELETE', '/domainnames/{domain_name}/basepathmappings/{base_path}'],
  ['DeleteClientCertificate', 'DELETE', '/clientcertificates/{clientcertificate_id}'],
  ['DeleteDeployment', 'DELETE', '/restapis/{restapi_id}/deployments/{deployment_id}'],
  ['DeleteDocumentationPart', 'DELETE', '/restapis/{restapi_id}/documentation/parts/{part_id}'],
  [
    'DeleteDocumentationVersion',
    'DELETE',
    '/restapis/{restapi_id}/documentation/versions/{doc_version}',
  ],
  ['DeleteDomainName', 'DELETE', '/domainnames/{domain_name}'],
  [
    'DeleteDomainNameAccessAssociation',
    'DELETE',
    '/domainnameaccessassociations/{domain_name_access_association_arn}',
  ],
  ['DeleteGatewayResponse', 'DELETE', '/restapis/{restapi_id}/gatewayresponses/{response_type}'],
  [
    'DeleteIntegration',
    'DELETE',
    '/restapis/{restapi_id}/resources/{resource_id}/methods/{http_method}/integration',
  ],
  [
    'DeleteIntegrationResponse',
    'DELETE',
    '/restapis/{restapi_id}/resources/{resource_id}/methods/{http_method}/integration/responses/{status_code}',
  ],
  [
    'DeleteMethod',
    'DELETE',
    '/restapis/{restapi_id}/resources/{resource_id}/methods/{http_method}',
  ],
  [
    'DeleteMethodResponse',
    'DELETE',
    '/restapis/{restapi_id}/resources/{resource_id}/methods/{http_method}/responses/{status_code}',
  ],
  ['DeleteModel', 'DELETE', '/restapis/{restapi_id}/models/{model_name}'],
  [
    'DeleteRequestValidator',
    'DELETE',
    '/restapis/{restapi_id}/requestvalidators/{requestvalidator_id}',
  ],
  ['DeleteResource', 'DELETE', '/restapis/{restapi_id}/resources/{resource_id}'],
  ['DeleteRestApi', 'DELETE', '/restapis/{restapi_id}'],
  ['DeleteStage', 'DELETE', '/restapis/{restapi_id}/stages/{stage_name}'],
  ['DeleteUsagePlan', 'DELETE', '/usageplans/{usageplanId}'],
  ['DeleteUsagePlanKey', 'DELETE', '/usageplans/{usageplanId}/keys/{keyId}'],
  ['DeleteVpcLink', 'DELETE', '/vpclinks/{vpclink_id}'],
  [
    'FlushStageAuthorizersCache',
    'DELETE',
    '/restapis/{restapi_id}/stages/{stage_name}/cache/authorizers',
  ],
  ['FlushStageCache', 'DELETE', '/restapis/{restapi_id}/stages/{stage_name}/cache/data'],
  ['GenerateClientCertificate', 'POST', '/clientcertificates'],
  ['GetAccount', 'GET', '/account'],
  ['GetApiKey', 'GET', '/apikeys/{api_Key}'],
  ['GetApiKeys', 'GET', '/apikeys'],
  ['GetAuthorizer', 'GET', '/restapis/{restapi_id}/authorizers/{authorizer_id}'],
  ['GetAuthorizers', 'GET', '/restapis/{restapi_id}/authorizers'],
  ['GetBasePathMapping', 'GET', '/domainnames/{domain_name}/basepathmappings/{base_path}'],
  ['GetBasePathMappings', 'GET', '/domainnames/{domain_name}/basepathmappings'],
  ['GetClientCertificate', 'GET', '/clientcertificates/{clientcertificate_id}'],
  ['GetClientCertificates', 'GET', '/clientcertificates'],
  ['GetDeployment', 'GET', '/restapis/{restapi_id}/deployments/{deployment_id}'],
  ['GetDeployments', 'GET', '/restapis/{restapi_id}/deployments'],
  ['GetDocumentationPart', 'GET', '/restapis/{restapi_id}/documentation/parts/{part_id}'],
  ['GetDocumentationParts', 'GET', '/restapis/{restapi_id}/documentation/parts'],
  ['GetDocumentationVersion', 'GET', '/restapis/{restapi_id}/documentation/versions/{doc_version}'],
  ['GetDocumentationVersions', 'GET', '/restapis/{restapi_id}/documentation/versions'],
  ['GetDomainName', 'GET', '/domainnames/{domain_name}'],
  ['GetDomainNameAccessAssociations', 'GET', '/domainnameaccessassociations'],
  ['GetDomainNames', 'GET', '/domainnames'],
  ['GetExport', 'GET', '/restapis/{restapi_id}/stages/{stage_name}/exports/{export_type}'],
  ['GetGatewayResponse', 'GET', '/restapis/{restapi_id}/gatewayresponses/{response_type}'],
  ['GetGatewayResponses', 'GET', '/restapis/{restapi_id}/gatewayresponses'],
  [
    'GetIntegration',
    'GET',
    '/restapis/{restapi_id}/resources/{resource_id}/methods/{http_method}/integration',
  ],
  [
    'GetIntegrationResponse',
    'GET',
    '/restapis/{restapi_id}/resources/{resource_id}/methods/{http_method}/integration/responses/{status_code}',
  ],
  ['GetMethod', 'GET', '/restapis/{restapi_id}/resources/{resource_id}/methods/{http_method}'],
  [
    'GetMethodResponse',
    'GET',
    '/restapis/{restapi_id}/resources/{resource_id}/methods/{http_method}/responses/{status_code}',
  ],
  ['GetModel', 'GET', '/restapis/{restapi_id}/models/{model_name}'],
  ['GetModelTemplate', 'GET', '/restapis/{restapi_id}/models/{model_name}/default_template'],
  ['GetModels', 'GET', '/restapis/{restapi_id}/models'],
  ['GetRequestValidator', 'GET', '/restapis/{restapi_id}/requestvalidators/{requestvalidator_id}'],
  ['GetRequestValidators', 'GET', '/restapis/{restapi_id}/requestvalidators'],
  ['GetResource', 'GET', '/restapis/{restapi_id}/resources/{resource_id}'],
  ['GetResources', 'GET', '/restapis/{restapi_id}/resources'],
  ['GetRestApi', 'GET', '/restapis/{restapi_id}'],
  ['GetRestApis', 'GET', '/restapis'],
  ['GetSdk', 'GET', '/restapis/{restapi_id}/stages/{stage_name}/sdks/{sdk_type}'],
  ['GetSdkType', 'GET', '/sdktypes/{sdktype_id}'],
  ['GetSdkTypes', 'GET', '/sdktypes'],
  ['GetStage', 'GET', '/restapis/{restapi_id}/stages/{stage_name}'],
  ['GetStages', 'GET', '/restapis/{restapi_id}/stages'],
  ['GetTags', 'GET', '/tags/{resource_arn}'],
  ['GetUsage', 'GET', '/usageplans/{usageplanId}/usage'],
  ['GetUsagePlan', 'GET', '/usageplans/{usageplanId}'],
  ['GetUsagePlanKey', 'GET', '/usageplans/{usageplanId}/keys/{keyId}'],
  ['GetUsagePlanKeys', 'GET', '/usageplans/{usageplanId}/keys'],
  ['GetUsagePlans', 'GET', '/usageplans'],
  ['GetVpcLink', 'GET', '/vpclinks/{vpclink_id}'],
  ['GetVpcLinks', 'GET', '/vpclinks'],
  ['ImportApiKeys', 'POST', '/apikeys?mode=import'],
  ['ImportDocumentationParts', 'PUT', '/restapis/{restapi_id}/documentation/parts'],
  ['ImportRestApi', 'POST', '/restapis?mode=import'],
  ['PutGatewayResponse', 'PUT', '/restapis/{restapi_id}/gatewayresponses/{response_type}'],
  [
    'PutIntegration',
    'PUT',
    '/restapis/{restapi_id}/resources/{resource_id}/methods/{http_method}/integration',
  ],
  [
    'PutIntegrationResponse',
    'PUT',
    '/restapis/{restapi_id}/resources/{resource_id}/methods/{http_method}/integration/responses/{status_code}',
  ],
  ['PutMethod', 'PUT', '/restapis/{restapi_id}/resources/{resource_id}/methods/{http_method}'],
  [
    'PutMethodResponse',
    'PUT',
    '/restapis/{restapi_id}/resources/{resource_id}/methods/{http_method}/responses/{status_code}',
  ],
  ['PutRestApi', 'PUT', '/restapis/{restapi_id}'],
  ['RejectDomainNameAccessAssociation', 'POST', '/rejectdomainnameaccessassociations'],
  ['TagResource', 'PUT', '/tags/{resource_arn}'],
  ['TestInvokeAuthorizer', 'POST', '/restapis/{restapi_id}/authorizers/{authorizer_id}'],
  [
    'TestInvokeMethod',
    'POST',
    '/restapis/{restapi_id}/resources/{resource_id}/methods/{http_method}',
  ],
  ['UntagResource', 'DELETE', '/tags/{resource_arn}'],
  ['UpdateAccount', 'PATCH', '/account'],
  ['UpdateApiKey', 'PATCH', '/apikeys/{api_Key}'],
  ['UpdateAuthorizer', 'PATCH', '/restapis/{restapi_id}/authorizers/{authorizer_id}'],
  ['UpdateBasePathMapping', 'PATCH', '/domainnames/{domain_name}/basepathmappings/{base_path}'],
  ['UpdateClientCertificate', 'PATCH', '/clientcertificates/{clientcertificate_id}'],
  ['UpdateDeployment', 'PATCH', '/restapis/{restapi_id}/deployments/{deployment_id}'],
  ['UpdateDocumentationPart', 'PATCH', '/restapis/{restapi_id}/documentation/parts/{part_id}'],
  [
    'UpdateDocumentationVersion',
    'PATCH',
    '/restapis/{restapi_id}/documentation/versions/{doc_version}',
  ],
  ['UpdateDomainName', 'PATCH', '/domainnames/{domain_name}'],
  ['UpdateGatewayResponse', 'PATCH', '/restapis/{restapi_id}/gatewayresponses/{response_type}'],
  [
    'UpdateIntegration',
    'PATCH',
    '/restapis/{restapi_id}/resources/{resource_id}/methods/{http_method}/integration',
  ],
  [
    'UpdateIntegrationResponse',
    'PATCH',
    '/restapis/{restapi_id}/resources/{resource_id}/methods/{http_method}/integration/responses/{status_code}',
  ],
  ['UpdateMethod', 'PATCH', '/restapis/{restapi_id}/resources/{resource_id}/methods/{http_method}'],
  [
    'UpdateMethodResponse',
    'PATCH',
    '/restapis/{restapi_id}/resources/{resource_id}/methods/{http_method}/responses/{status_code}',
  ],
  ['UpdateModel', 'PATCH', '/restapis/{restapi_id}/models/{model_name}'],
  [
    'UpdateRequestValidator',
    'PATCH',
    '/restapis/{restapi_id}/requestvalidators/{requestvalidator_id}',
  ],
  ['UpdateResource', 'PATCH', '/restapis/{restapi_id}/resources/{resource_id}'],
  ['UpdateRestApi', 'PATCH', '/restapis/{restapi_id}'],
  ['UpdateStage', 'PATCH', '/restapis/{restapi_id}/stages/{stage_name}'],
  ['UpdateUsage', 'PATCH', '/usageplans/{usageplanId}/keys/{keyId}/usage'],
  ['UpdateUsagePlan', 'PATCH', '/usageplans/{usageplanId}'],
  ['UpdateVpcLink', 'PATCH', '/vpclinks/{vpclink_id}'],
];

/** An operation that a request stands for, with the decoded values of its path. */
export interface MatchedOperation {
  readonly service: 'apigateway' | 'apigatewayv2';
  readonly name: string;
  readonly path: ReadonlyMap<string, string>;
}

/** First path parts that belong to the control plane. */
const ROOTS: ReadonlySet<string> = new Set(
  OPERATIONS.map(([, , template]) => /^\/[a-z0-9]+/.exec(template)?.[0].slice(1) ?? ''),
);

/** Whether a path is one of the control plane's. */
export function isControlPath(rawPath: string): boolean {
  return ROOTS.has(rawPath.split('/')[1] ?? '');
}

/**
 * Finds the operation of a request. Parts are decoded after the split, so that an encoded ARN stays
 * one part.
 */
export function matchOperation(
  method: string,
  rawPath: string,
  query: URLSearchParams,
): MatchedOperation | undefined {
  const parts = partsOf(rawPath);
  for (const [name, verb, template] of OPERATIONS) {
    if (verb !== method) continue;
    const [pathTemplate = '', condition] = template.split('?');
    if ((condition === 'mode=import') !== (query.get('mode') === 'import' && method === 'POST'))
      continue;
    const path = matchTemplate(pathTemplate, parts);
    if (path !== undefined) return { service: 'apigateway', name, path };
  }
  return undefined;
}

/** The parts of a path; the ARN of a tagged resource is one. */
export function partsOf(rawPath: string): string[] {
  const parts = rawPath.replace(/\/$/, '').split('/').slice(1);
  // Some clients send the slashes of an ARN as they are.
  const [first, ...rest] = parts;
  return first === 'tags' && rest.length > 1 ? ['tags', rest.join('/')] : parts;
}

/** The values of a template's `{names}`, decoded. */
export function matchTemplate(
  template: string,
  parts: readonly string[],
): ReadonlyMap<string, string> | undefined {
  const expected = template.split('/').slice(1);
  if (expected.length !== parts.length) return undefined;
  const values = new Map<string, string>();
  for (const [index, part] of expected.entries()) {
    const actual = parts[index] ?? '';
    const name = /^\{(.+)\}$/.exec(part)?.[1];
    if (name === undefined) {
      if (part !== actual) return undefined;
    } else {
      values.set(name, decode(actual));
    }
  }
  return values;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
