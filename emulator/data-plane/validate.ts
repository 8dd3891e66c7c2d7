import { headerOf, type WireRequest } from '../http.js';
import type { MethodState } from '../model.js';
import { type Fault, invalidRequest } from './fault.js';

/**
 * What a method's request validator finds, after authorization and API key: parameters that are
 * required and missing or blank; a body that is no JSON (models are not modelled).
 *
 * Source: API Gateway Developer Guide, "Request validation for REST APIs"; the words from localstack,
 * tests/aws/services/apigateway (test_apigateway_basic, validated against AWS).
 */
export function validate(request: WireRequest, method: MethodState): Fault | undefined {
  const { validator, requestParameters = {} } = method;
  if (validator === undefined) return undefined;
  if (validator.parameters) {
    const missing = Object.entries(requestParameters).flatMap(([source, isRequired]) =>
      isRequired ? missingOf(request, source) : [],
    );
    if (missing.length > 0)
      return invalidRequest(
        'BAD_REQUEST_PARAMETERS',
        `Missing required request parameters: [${missing.join(', ')}]`,
      );
  }
  if (validator.body && !isJson(Buffer.from(request.body).toString('utf8')))
    return invalidRequest('BAD_REQUEST_BODY', 'Invalid request body');
  return undefined;
}

function missingOf(request: WireRequest, source: string): string[] {
  const [, place, name = ''] =
    /^method\.request\.(header|querystring|path)\.(.+)$/.exec(source) ?? [];
  // A route without the path's parameter would not have been found.
  if (place === undefined || place === 'path') return [];
  const value =
    place === 'header'
      ? headerOf(request, name.toLowerCase())
      : new URLSearchParams(request.rawQuery).get(name);
  return value === undefined || value === null || value.trim() === '' ? [name] : [];
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
