import { type JsonObject, objectOf } from '../json.js';
import type { ApiState, IntegrationState, MethodState, StageState } from '../model.js';
import { type Answer, apiOf, type Call, type Handlers, pathValue, stageOf } from './call.js';
import { badRequest } from './errors.js';

/** The service model: "Acceptable values are 'oas30' ... and 'swagger'". */
type ExportType = 'oas30' | 'swagger';

/**
 * GetExport: the snapshot that a stage serves as OpenAPI, not what is configured. Shape: localstack
 * snapshots test_export_swagger_openapi and test_export_oas30_openapi, 2024-04-15. Which deployment
 * the service shows under a canary is not recorded; here it is the stage's own. Models and parameters
 * are left out: the emulator has no models.
 */
function getExport(call: Call): Answer {
  const api = apiOf(call);
  const stage = stageOf(call, api);
  const type = exportType(pathValue(call, 'export_type'));
  const version = api.version ?? new Date(api.createdDate * 1000).toISOString();
  return {
    status: 200,
    body: {
      ...(type === 'oas30' ? { openapi: '3.0.1' } : { swagger: '2.0' }),
      info: { description: api.description, version, title: api.name },
      ...address(type, call, api, stage),
      paths: paths(type, api, stage, extensionsOf(call)),
      ...(type === 'oas30' ? { components: {} } : {}),
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

function paths(
  type: ExportType,
  api: ApiState,
  stage: StageState,
  extensions: { readonly integrations: boolean },
): JsonObject {
  const snapshot = api.deployments.get(stage.deploymentId)?.snapshot;
  return objectOf(snapshot?.paths ?? [], (methods) =>
    Object.fromEntries(
      [...methods.values()].map((method) => [
        // API Gateway Developer Guide, "x-amazon-apigateway-any-method object".
        method.httpMethod === 'ANY'
          ? 'x-amazon-apigateway-any-method'
          : method.httpMethod.toLowerCase(),
        operation(type, method, extensions.integrations),
      ]),
    ),
  );
}

function operation(type: ExportType, method: MethodState, integrations: boolean): JsonObject {
  const signed = method.authorizationType === 'AWS_IAM';
  return {
    responses: objectOf(method.responses, ({ statusCode }) => ({
      description: `${statusCode} response`,
      ...(type === 'oas30' ? { content: {} } : {}),
    })),
    security: signed ? [{ sigv4: [] }] : undefined,
    'x-amazon-apigateway-integration':
      integrations && method.integration !== undefined
        ? integrationExtension(method.integration)
        : undefined,
  };
}

/** Type and passthrough behaviour in lower case; responses by their selection pattern, "default" for none. */
function integrationExtension(integration: IntegrationState): JsonObject {
  return {
    httpMethod: integration.httpMethod,
    uri: integration.uri,
    connectionType: integration.connectionType,
    connectionId: integration.connectionId,
    credentials: integration.credentials,
    responses: Object.fromEntries(
      [...integration.responses.values()].map((response) => [
        response.selectionPattern || 'default',
        { statusCode: response.statusCode, responseParameters: response.responseParameters },
      ]),
    ),
    requestParameters: integration.requestParameters,
    requestTemplates: integration.requestTemplates,
    passthroughBehavior: integration.passthroughBehavior.toLowerCase(),
    type: integration.type.toLowerCase(),
  };
}

export const exportHandlers: Handlers = { GetExport: getExport };
