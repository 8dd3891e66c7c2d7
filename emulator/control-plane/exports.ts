import { type JsonObject, objectOf } from '../json.js';
import type {
  ApiState,
  AuthorizerState,
  IntegrationState,
  MethodResponseState,
  MethodState,
  Snapshot,
  StageState,
} from '../model.js';
import { type Answer, apiOf, type Call, type Handlers, pathValue, stageOf } from './call.js';
import { badRequest } from './errors.js';

/** The service model: "Acceptable values are 'oas30' ... and 'swagger'". */
type ExportType = 'oas30' | 'swagger';

/**
 * GetExport: the snapshot that a stage serves as OpenAPI, not what is configured. Shape: localstack
 * snapshots test_export_swagger_openapi and test_export_oas30_openapi, 2024-04-15. Which deployment
 * the service shows under a canary is not recorded: the account's `exportUnderCanary` decides. Models
 * and parameters are left out: the emulator has no models.
 */
function getExport(call: Call): Answer {
  const api = apiOf(call);
  const stage = stageOf(call, api);
  const type = exportType(pathValue(call, 'export_type'));
  const version = api.version ?? new Date(api.createdDate * 1000).toISOString();
  const snapshot = shownSnapshot(call, api, stage);
  const schemes = securitySchemes(api, snapshot);
  return {
    status: 200,
    body: {
      ...(type === 'oas30' ? { openapi: '3.0.1' } : { swagger: '2.0' }),
      info: { description: api.description, version, title: api.name },
      ...address(type, call, api, stage),
      paths: paths(type, api, snapshot, extensionsOf(call)),
      ...(type === 'oas30'
        ? { components: { securitySchemes: schemes } }
        : { securityDefinitions: schemes }),
    },
    headers: {
      // As recorded, also for JSON.
      'content-type': 'application/octet-stream',
      'content-disposition': `attachment; filename="${type}_${version}.json"`,
    },
  };
}

/** The text is the emulator's own. */
function exportType(value: string): ExportType {
  if (value === 'oas30' || value === 'swagger') return value;
  throw badRequest(`Unsupported export type: ${value}`);
}

/** "extensions='integrations' or extensions='apigateway' will export the API with x-amazon-apigateway-integration extensions" (service model). */
function extensionsOf({ query }: Call): { readonly integrations: boolean } {
  const named = query.getAll('extensions').flatMap((value) => value.split(','));
  return { integrations: named.includes('integrations') || named.includes('apigateway') };
}

function address(type: ExportType, call: Call, api: ApiState, stage: StageState): JsonObject {
  const host = `${api.id}.execute-api.${call.account.region}.amazonaws.com`;
  if (type === 'swagger') return { host, basePath: `/${stage.stageName}`, schemes: ['https'] };
  const basePath = { default: stage.stageName };
  return { servers: [{ url: `https://${host}/{basePath}`, variables: { basePath } }] };
}

function shownSnapshot(
  { account }: Call,
  api: ApiState,
  { deploymentId, canarySettings }: StageState,
): Snapshot | undefined {
  const shown =
    account.exportUnderCanary === 'canary' && canarySettings !== undefined
      ? canarySettings.deploymentId
      : deploymentId;
  return api.deployments.get(shown)?.snapshot;
}

const SIGV4 = 'sigv4';
const API_KEY = 'api_key';

/**
 * The schemes that the methods name. API Gateway Developer Guide, "x-amazon-apigateway-authtype
 * property" (which has the one of Signature Version 4) and "x-amazon-apigateway-authorizer object".
 */
function securitySchemes(api: ApiState, snapshot: Snapshot | undefined): JsonObject | undefined {
  const methods = [...(snapshot?.paths.values() ?? [])].flatMap((it) => [...it.values()]);
  const names = new Set(methods.flatMap((method) => securityOf(api, method)));
  if (names.size === 0) return undefined;
  return Object.fromEntries(
    [...names].map((name) => [
      name,
      scheme(name === API_KEY ? 'x-api-key' : 'Authorization', name),
    ]),
  );

  function scheme(header: string, name: string): JsonObject {
    const type = [...api.authorizers.values()].find((it) => it.name === name)?.type;
    return {
      type: 'apiKey',
      name: header,
      in: 'header',
      'x-amazon-apigateway-authtype':
        name === SIGV4 ? 'awsSigv4' : type === undefined ? undefined : AUTHTYPES[type],
    };
  }
}

const AUTHTYPES: Readonly<Record<AuthorizerState['type'], string>> = {
  TOKEN: 'custom',
  REQUEST: 'custom',
  COGNITO_USER_POOLS: 'cognito_user_pools',
  JWT: 'jwt',
};

function securityOf(api: ApiState, method: MethodState): string[] {
  const authorizer = api.authorizers.get(method.authorizerId ?? '')?.name;
  return [
    ...(method.authorizationType === 'AWS_IAM' ? [SIGV4] : []),
    ...(['NONE', 'AWS_IAM'].includes(method.authorizationType) || authorizer === undefined
      ? []
      : [authorizer]),
    ...(method.apiKeyRequired ? [API_KEY] : []),
  ];
}

function paths(
  type: ExportType,
  api: ApiState,
  snapshot: Snapshot | undefined,
  extensions: { readonly integrations: boolean },
): JsonObject {
  const ids = new Map([...api.resources.values()].map(({ path, id }) => [path, id]));
  return Object.fromEntries(
    [...(snapshot?.paths ?? [])].map(([path, methods]) => {
      const operations = [...methods.values()].map((method): [string, JsonObject] => [
        // API Gateway Developer Guide, "x-amazon-apigateway-any-method object".
        method.httpMethod === 'ANY'
          ? 'x-amazon-apigateway-any-method'
          : method.httpMethod.toLowerCase(),
        operation(type, api, method, extensions.integrations ? (ids.get(path) ?? '') : null),
      ]);
      return [path, Object.fromEntries(operations)];
    }),
  );
}

function operation(
  type: ExportType,
  api: ApiState,
  method: MethodState,
  /** Of the method's resource; `null` where integrations are not asked for. */
  resourceId: string | null,
): JsonObject {
  const security = securityOf(api, method);
  return {
    responses: objectOf(method.responses, (response) => ({
      description: `${response.statusCode} response`,
      headers: responseHeaders(type, response),
      ...(type === 'oas30' ? { content: {} } : {}),
    })),
    security: security.length === 0 ? undefined : security.map((name) => ({ [name]: [] })),
    'x-amazon-apigateway-integration':
      resourceId !== null && method.integration !== undefined
        ? integrationExtension(method.integration, resourceId)
        : undefined,
  };
}

/** `method.response.header.NAME` of a method response is a header of the operation's response. */
function responseHeaders(type: ExportType, response: MethodResponseState): JsonObject | undefined {
  const prefix = 'method.response.header.';
  const names = Object.keys(response.responseParameters ?? {}).filter((it) =>
    it.startsWith(prefix),
  );
  if (names.length === 0) return undefined;
  const header: JsonObject = type === 'oas30' ? { schema: { type: 'string' } } : { type: 'string' };
  return Object.fromEntries(names.map((name) => [name.slice(prefix.length), header]));
}

/**
 * Type and passthrough behaviour in lower case; responses by their selection pattern, "default" for none.
 * What has its default is left out: the recordings show no timeout, connection type, cache namespace or
 * empty list of cache keys.
 */
function integrationExtension(integration: IntegrationState, resourceId: string): JsonObject {
  const { connectionType, timeoutInMillis, cacheNamespace, cacheKeyParameters } = integration;
  return {
    httpMethod: integration.httpMethod,
    uri: integration.uri,
    connectionType: connectionType === 'INTERNET' ? undefined : connectionType,
    connectionId: integration.connectionId,
    integrationTarget: integration.integrationTarget,
    credentials: integration.credentials,
    responses: Object.fromEntries(
      [...integration.responses.values()].map((response) => [
        response.selectionPattern || 'default',
        {
          statusCode: response.statusCode,
          responseParameters: response.responseParameters,
          responseTemplates: response.responseTemplates,
          contentHandling: response.contentHandling,
        },
      ]),
    ),
    requestParameters: integration.requestParameters,
    requestTemplates: integration.requestTemplates,
    passthroughBehavior: integration.passthroughBehavior.toLowerCase(),
    contentHandling: integration.contentHandling,
    timeoutInMillis: timeoutInMillis === 29_000 ? undefined : timeoutInMillis,
    cacheNamespace: cacheNamespace === resourceId ? undefined : cacheNamespace,
    cacheKeyParameters: cacheKeyParameters.length === 0 ? undefined : cacheKeyParameters,
    tlsConfig: integration.tlsConfig,
    responseTransferMode: integration.responseTransferMode,
    type: integration.type.toLowerCase(),
  };
}

export const exportHandlers: Handlers = { GetExport: getExport };
