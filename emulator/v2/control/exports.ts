import { stringify } from 'yaml';
import { badRequest } from '../../control-plane/errors.js';
import type { JsonObject } from '../../json.js';
import { freezeV2, undeployable } from '../deploy.js';
import { endpointSuffix } from '../endpoint.js';
import type {
  V2ApiState,
  V2AuthorizerState,
  V2IntegrationState,
  V2RouteState,
  V2Snapshot,
} from '../model.js';
import { type Answer, apiOf, type Call, type Handlers, isoDate, pathValue } from './call.js';

/**
 * ExportApi: an HTTP API as OpenAPI 3.0, of a stage or, without one, the latest configuration (API
 * Gateway developer guide, "Export HTTP APIs": "choose a stage to export, or the latest
 * configuration"). Whether the former is the stage's deployment is a switch, and so is what a
 * WebSocket API gets, which the guide does not know how to export. The shape is that of exports in
 * public repositories.
 */
function exportApi(call: Call): Answer {
  const api = apiOf(call);
  const { switches } = call.account.v2;
  if (pathValue(call, 'specification') !== 'OAS30')
    throw badRequest('Specification must be OAS30 (text of the emulator)');
  const outputType = call.query.get('outputType');
  if (outputType !== 'JSON' && outputType !== 'YAML')
    throw badRequest('OutputType must be JSON or YAML (text of the emulator)');
  if (api.protocolType === 'WEBSOCKET' && switches.exportOfWebSocket === 'refused')
    throw badRequest('Export is for HTTP APIs only (text of the emulator)');
  const stageName = call.query.get('stageName');
  const shown = shownBy(call, api, stageName);
  const isBare = call.query.get('includeExtensions') === 'false';
  const document = documentOf(call, api, shown, stageName);
  const body: JsonObject = JSON.parse(
    JSON.stringify(document, (key, value: unknown) =>
      isBare && key.startsWith('x-amazon-apigateway') && !key.endsWith('any-method')
        ? undefined
        : value,
    ),
  );
  return outputType === 'JSON'
    ? { status: 200, body }
    : { status: 200, text: stringify(body), headers: { 'content-type': 'application/yaml' } };
}

function shownBy(call: Call, api: V2ApiState, stageName: string | null): V2Snapshot {
  if (stageName !== null && stageName !== '') {
    const stage = api.stages.get(stageName);
    if (stage === undefined) throw badRequest('Invalid stage identifier specified');
    if (call.account.v2.switches.exportOfStage === 'deployment') {
      const deployment = api.deployments.get(stage.servedId ?? '');
      if (deployment === undefined)
        throw badRequest(`The stage ${stageName} has no deployment (text of the emulator)`);
      return deployment.snapshot;
    }
  }
  // Reported of the latest configuration of an API without routes, in the words of a deployment.
  const obstacle = undeployable(api);
  if (obstacle !== undefined) throw badRequest(obstacle);
  return freezeV2(api);
}

function documentOf(
  { account }: Call,
  api: V2ApiState,
  snapshot: V2Snapshot,
  stageName: string | null,
): JsonObject {
  const basePath = stageName === null || stageName === '$default' ? '' : stageName;
  const schemes = schemesOf(snapshot, account.v2.switches.exportOfIam);
  return {
    openapi: '3.0.1',
    info: {
      title: api.name,
      description: api.description,
      version: api.version ?? isoDate(api.createdMs).replace('T', ' ').replace('Z', 'UTC'),
    },
    servers: [
      {
        url: `https://${api.apiId}.${endpointSuffix(account)}/{basePath}`,
        variables: { basePath: { default: basePath } },
      },
    ],
    tags: Object.entries(api.tags).map(([name, value]) => ({
      name,
      'x-amazon-apigateway-tag-value': value,
    })),
    paths: pathsOf(snapshot, account.v2.switches.exportOfIam),
    components: Object.keys(schemes).length === 0 ? undefined : { securitySchemes: schemes },
    'x-amazon-apigateway-cors': snapshot.cors && { ...snapshot.cors },
    'x-amazon-apigateway-importexport-version': '1.0',
  };
}

type ExportOfIam = 'scheme' | 'extension' | 'none';

/** The scheme of Signature Version 4 as it is imported (developer guide, "x-amazon-apigateway-authtype"). */
const SIGV4 = 'sigv4Reference';

function schemesOf(snapshot: V2Snapshot, exportOfIam: ExportOfIam): JsonObject {
  const used = new Set(snapshot.routes.map(({ authorizerId }) => authorizerId));
  const hasIam = snapshot.routes.some(({ authorizationType }) => authorizationType === 'AWS_IAM');
  return {
    ...(hasIam && exportOfIam === 'scheme'
      ? {
          [SIGV4]: {
            type: 'apiKey',
            name: 'Authorization',
            in: 'header',
            'x-amazon-apigateway-authtype': 'awsSigv4',
          },
        }
      : {}),
    ...Object.fromEntries(
      [...snapshot.authorizers.values()]
        .filter(({ authorizerId }) => used.has(authorizerId))
        .map((authorizer) => [authorizer.name, schemeOf(authorizer)]),
    ),
  };
}

function schemeOf(authorizer: V2AuthorizerState): JsonObject {
  const { authorizerType, identitySource, authorizerUri, jwtConfiguration, other } = authorizer;
  return {
    ...(authorizerType === 'JWT'
      ? { type: 'oauth2', flows: {} }
      : { type: 'apiKey', name: 'Authorization', in: 'header' }),
    'x-amazon-apigateway-authorizer': {
      ...other,
      identitySource: identitySource?.join(','),
      authorizerUri,
      jwtConfiguration,
      type: authorizerType.toLowerCase(),
    },
  };
}

function pathsOf(snapshot: V2Snapshot, exportOfIam: ExportOfIam): JsonObject {
  const paths: Record<string, Record<string, JsonObject>> = {};
  for (const route of snapshot.routes) {
    const [method = '', ...rest] = route.routeKey.split(' ');
    const isNamed = rest.length === 0;
    const path = isNamed ? `/${method}` : rest.join(' ');
    const verb =
      isNamed || method === 'ANY' ? 'x-amazon-apigateway-any-method' : method.toLowerCase();
    paths[path] = { ...paths[path], [verb]: operationOf(route, snapshot, exportOfIam) };
  }
  return paths;
}

function operationOf(
  route: V2RouteState,
  { integrations, authorizers }: V2Snapshot,
  exportOfIam: ExportOfIam,
): JsonObject {
  const authorizer = authorizers.get(route.authorizerId ?? '');
  const isIam = route.authorizationType === 'AWS_IAM';
  const integration = integrations.get(route.target?.replace('integrations/', '') ?? '');
  return {
    ...route.other,
    responses: { default: { description: `Default response for ${route.routeKey}` } },
    isDefaultRoute: route.routeKey === '$default' ? true : undefined,
    security:
      isIam && exportOfIam === 'scheme'
        ? [{ [SIGV4]: [] }]
        : authorizer && [{ [authorizer.name]: route.authorizationScopes ?? [] }],
    'x-amazon-apigateway-auth':
      isIam && exportOfIam === 'extension' ? { type: 'AWS_IAM' } : undefined,
    'x-amazon-apigateway-integration': integration && integrationExtension(integration),
  };
}

function integrationExtension(integration: V2IntegrationState): JsonObject {
  const { integrationType, integrationUri, integrationMethod, payloadFormatVersion, other } =
    integration;
  return {
    payloadFormatVersion,
    type: integrationType.toLowerCase(),
    httpMethod: integrationMethod,
    uri: integrationUri,
    ...other,
  };
}

export const exportHandlers: Handlers = { ExportApi: exportApi };
