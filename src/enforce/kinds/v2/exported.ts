import type { ApiGatewayV2 } from '../../../aws/api-gateway-v2.js';
import { parseExportedRoutes } from '../../../evidence/http/exported-routes.js';
import { member, readOperations } from '../../../evidence/rest/exported.js';
import { type Methods, methodKey } from '../../../model/evidence.js';
import { canonicalJson, isRecord } from '../../../model/json-data.js';

/** An HTTP API as an export shows it, as far as two of them can be compared. */
export interface ExportedApi {
  /** The authorization type and the rest of each route. */
  readonly routes: Methods<{ readonly authorizationType: string; readonly rest: string }>;
  /** By the names of their schemes. */
  readonly authorizers: ReadonlyMap<string, string>;
  /** What else a deployment may ship, by name, such as CORS. */
  readonly parts: ReadonlyMap<string, string>;
}

/** Members that differ by stage and time, or that are compared route by route. */
const NOT_COMPARED = new Set(['openapi', 'info', 'servers', 'paths', 'tags', 'components']);

/**
 * Exports an HTTP API.
 *
 * @param stage `null` for the latest configuration.
 * @throws AwsFailure where it could not be exported, or the answer is no OpenAPI document.
 */
export async function readExported(
  apiGateway: Pick<ApiGatewayV2, 'exportApi'>,
  apiId: string,
  stage: string | null,
): Promise<ExportedApi> {
  const text = await apiGateway.exportApi(apiId, stage);
  const types = parseExportedRoutes(text);
  const { document, operations } = readOperations(text, 'ExportApi');
  const contents = new Map(
    operations.map(({ method, path, operation: { security, ...rest } }) => [
      methodKey(method, path),
      canonicalJson(rest),
    ]),
  );
  return {
    routes: new Map(
      [...types].map(([key, { method, path, authorizationType }]) => [
        key,
        { authorizationType, rest: contents.get(exportedKey(method, path)) ?? '' },
      ]),
    ),
    authorizers: new Map(authorizersOf(document)),
    parts: new Map(membersOf(document)),
  };
}

function membersOf(document: unknown): [string, string][] {
  return Object.entries(isRecord(document) ? document : {}).flatMap(([name, value]) =>
    NOT_COMPARED.has(name) ? [] : [[name, canonicalJson(value)]],
  );
}

function authorizersOf(document: unknown): [string, string][] {
  const schemes = member(member(document, 'components'), 'securitySchemes');
  return Object.entries(isRecord(schemes) ? schemes : {}).flatMap(([name, scheme]) => {
    const authorizer = member(scheme, 'x-amazon-apigateway-authorizer');
    return authorizer === undefined ? [] : [[name, canonicalJson(authorizer)]];
  });
}

/** `$default` stands in an export as a path of its own. */
function exportedKey(method: string, path: string): string {
  return method === '$default' ? methodKey('ANY', '/$default') : methodKey(method, path);
}
