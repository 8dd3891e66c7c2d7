import type { Circumstances } from './failure-remedy.js';

/** A statement of an identity policy. */
export interface MissingStatement {
  readonly Effect: 'Allow';
  readonly Action: string;
  readonly Resource: string;
}

/** Actions that an IAM policy needs so that a call is allowed, by the call's HTTP verb. */
const VERBS: Readonly<Record<string, string>> = {
  UpdateMethod: 'PATCH',
  UpdateRoute: 'PATCH',
  UpdateStage: 'PATCH',
  CreateDeployment: 'POST',
  DeleteDeployment: 'DELETE',
};

/**
 * What each call of API Gateway is made on: the path of its resource, with the words of the call's
 * subject where they belong (Service Authorization Reference, "Actions, resources, and condition keys
 * for Amazon API Gateway Management", Resource types).
 */
const PATHS: Readonly<Record<string, string>> = {
  GetRestApis: '/restapis',
  GetRestApi: '/restapis/{api}',
  GetResources: '/restapis/{api}/resources',
  GetMethod: '/restapis/{api}/resources/RESOURCE_ID/methods/{method}',
  UpdateMethod: '/restapis/{api}/resources/RESOURCE_ID/methods/{method}',
  GetStages: '/restapis/{api}/stages',
  GetStage: '/restapis/{api}/stages/{stage}',
  UpdateStage: '/restapis/{api}/stages/{stage}',
  GetExport: '/restapis/{api}/stages/{stage}/exports/oas30',
  GetDeployments: '/restapis/{api}/deployments',
  CreateDeployment: '/restapis/{api}/deployments',
  GetDeployment: '/restapis/{api}/deployments/{deployment}',
  DeleteDeployment: '/restapis/{api}/deployments/{deployment}',
  GetGatewayResponses: '/restapis/{api}/gatewayresponses',
  GetModels: '/restapis/{api}/models',
  GetRequestValidators: '/restapis/{api}/requestvalidators',
  GetAuthorizers: '/restapis/{api}/authorizers',
  GetDomainNames: '/domainnames',
  GetBasePathMappings: '/domainnames/{domain}/basepathmappings',
  ListRoutingRules: '/domainnames/{domain}/routingrules',
};

/** The same of the second version (Resource types of "Amazon API Gateway Management V2"). */
const PATHS_V2: Readonly<Record<string, string>> = {
  GetApis: '/apis',
  GetApi: '/apis/{api}',
  GetRoutes: '/apis/{api}/routes',
  GetRoute: '/apis/{api}/routes/{route}',
  UpdateRoute: '/apis/{api}/routes/{route}',
  GetStages: '/apis/{api}/stages',
  GetStage: '/apis/{api}/stages/{stage}',
  UpdateStage: '/apis/{api}/stages/{stage}',
  ExportApi: '/apis/{api}/exports/OAS30',
  GetDeployments: '/apis/{api}/deployments',
  CreateDeployment: '/apis/{api}/deployments',
  GetDeployment: '/apis/{api}/deployments/{deployment}',
  DeleteDeployment: '/apis/{api}/deployments/{deployment}',
  GetIntegrations: '/apis/{api}/integrations',
  GetAuthorizers: '/apis/{api}/authorizers',
  GetModels: '/apis/{api}/models',
  GetRouteResponses: '/apis/{api}/routes/{route}/routeresponses',
  GetIntegrationResponses: '/apis/{api}/integrations/{integration}/integrationresponses',
  GetApiMappings: '/domainnames/{domain}/apimappings',
};

/** What stands in a path for a word of the subject that is not known. */
const UNKNOWN: Readonly<Record<string, string>> = {
  api: 'API_ID',
  method: 'HTTP_METHOD',
  stage: 'STAGE',
  deployment: 'DEPLOYMENT_ID',
  route: 'ROUTE_ID',
  integration: 'INTEGRATION_ID',
  domain: 'DOMAIN_NAME',
};

/**
 * The calls of IAM, each allowed by the action of its own name, and the kind of resource that it is
 * allowed on, `null` where it is none (Service Authorization Reference, "Actions, resources, and
 * condition keys for AWS Identity and Access Management").
 */
const IAM_RESOURCES: ReadonlyMap<string, 'group' | 'policy' | null> = new Map([
  ['GetGroup', 'group'],
  ['ListAttachedGroupPolicies', 'group'],
  ['ListGroupPolicies', 'group'],
  ['GetGroupPolicy', 'group'],
  ['GetPolicy', 'policy'],
  ['GetPolicyVersion', 'policy'],
  ['ListPolicyVersions', 'policy'],
  ['ListPolicies', null],
  ['CreatePolicy', 'policy'],
  ['CreatePolicyVersion', 'policy'],
  ['SetDefaultPolicyVersion', 'policy'],
  ['DeletePolicyVersion', 'policy'],
  ['DeletePolicy', 'policy'],
  ['AttachGroupPolicy', 'group'],
  ['DetachGroupPolicy', 'group'],
]);

/**
 * The calls that list what a fleet is made of, each allowed by the action of its own name (Service
 * Authorization Reference, "AWS Organizations" and "AWS Account Management").
 */
const LISTING_SERVICES: ReadonlyMap<string, 'ORGANIZATIONS' | 'ACCOUNT'> = new Map([
  ['ListAccounts', 'ORGANIZATIONS'],
  ['ListAccountsForParent', 'ORGANIZATIONS'],
  ['ListOrganizationalUnitsForParent', 'ORGANIZATIONS'],
  ['ListRegions', 'ACCOUNT'],
]);

/** The service of a call that lists accounts or regions; `null` of any other call. */
export function listingServiceOf(operation: string): 'ORGANIZATIONS' | 'ACCOUNT' | null {
  return LISTING_SERVICES.get(operation) ?? null;
}

/** Whether a call is one of IAM's. */
export function isIamCall(operation: string): boolean {
  return IAM_RESOURCES.has(operation);
}

/**
 * The IAM statement that lets a call through, for what it was about and nothing else; what is not known
 * stands in capitals, such as `RESOURCE_ID`, and so does the account, which no report shows. API Gateway's management
 * actions are named by HTTP verb.
 */
export function missingStatement(
  operation: string,
  circumstances: Circumstances = {},
): MissingStatement {
  const { partition = 'aws', region = 'REGION', subject = '', service } = circumstances;
  if (operation.startsWith('AssumeRole')) {
    const role = subject === '' ? 'THE_READER_ROLE' : 'THE_INVOKE_ROLE';
    return { Effect: 'Allow', Action: `sts:${operation}`, Resource: `ARN_OF_${role}` };
  }
  const listing = listingServiceOf(operation);
  if (listing !== null) {
    return { Effect: 'Allow', Action: `${listing.toLowerCase()}:${operation}`, Resource: '*' };
  }
  if (operation === 'GetCallerIdentity') {
    // It is asked about no resource (Service Authorization Reference, AWS Security Token Service).
    return { Effect: 'Allow', Action: 'sts:GetCallerIdentity', Resource: '*' };
  }
  const words = subject === '' ? [] : subject.split(' ');
  if (operation === 'ListStackResources') {
    // On the stack, whose ARN ends with a UUID (Service Authorization Reference, AWS CloudFormation).
    return {
      Effect: 'Allow',
      Action: 'cloudformation:ListStackResources',
      Resource: `arn:${partition}:cloudformation:${region}:ACCOUNT_ID:stack/${words[0] ?? 'STACK_NAME'}/*`,
    };
  }
  const kind = IAM_RESOURCES.get(operation);
  if (kind !== undefined) {
    const of = `arn:${partition}:iam::ACCOUNT_ID`;
    return {
      Effect: 'Allow',
      Action: `iam:${operation}`,
      Resource: kind === null ? '*' : `${of}:${kind}/${words[0] ?? `${kind.toUpperCase()}_NAME`}`,
    };
  }
  let at = 0;
  const pattern =
    service === 'apigatewayv2'
      ? (PATHS_V2[operation] ?? '/apis/{api}')
      : (PATHS[operation] ?? '/restapis/{api}');
  const path = pattern.replace(
    /\{(\w+)\}/g,
    (_, name: string) => words[at++] ?? UNKNOWN[name] ?? '',
  );
  return {
    Effect: 'Allow',
    Action: `apigateway:${VERBS[operation] ?? 'GET'}`,
    Resource: `arn:${partition}:apigateway:${region}::${path}`,
  };
}
