import { type Methods, methodKey } from '../../model/evidence.js';
import { readOperations } from '../rest/exported.js';
import { exportedType } from '../rest/exported-methods.js';

/** A route as an export of an HTTP API tells it. */
export interface ExportedRoute {
  readonly method: string;
  readonly path: string;
  /** As GetRoutes would spell it, or `unreadable` where the export's words are not known. */
  readonly authorizationType: string;
}

/**
 * The routes in an export of an HTTP API. `$default` stands there as the path `/$default` (API Gateway
 * Developer Guide, "x-amazon-apigateway-any-method object").
 *
 * @throws AwsFailure where the text is no OpenAPI document in JSON.
 */
export function parseExportedRoutes(text: string): Methods<ExportedRoute> {
  const { document, operations } = readOperations(text, 'ExportApi');
  const routes = new Map<string, ExportedRoute>();
  for (const { operation, ...route } of operations) {
    const isDefault = route.method === 'ANY' && route.path === '/$default';
    const { method, path } = isDefault ? DEFAULT : route;
    const authorizationType = exportedType(document, operation);
    routes.set(methodKey(method, path), { method, path, authorizationType });
  }
  return routes;
}

const DEFAULT = { method: '$default', path: '$default' };
