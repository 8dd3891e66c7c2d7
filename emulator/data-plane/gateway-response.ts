import { headerOf, type WireRequest, type WireResponse } from '../http.js';
import type { GatewayResponseState, Snapshot } from '../model.js';
import type { Fault } from './fault.js';
import { templateFor } from './response-template.js';

/** What the templates and parameters of a gateway response can refer to. */
export interface FaultContext {
  readonly request: WireRequest;
  readonly requestId: string;
  readonly stageName: string;
  /** Absent where the request never reached a deployment. */
  readonly snapshot?: Snapshot;
  readonly variables?: Readonly<Record<string, string>>;
  readonly resourcePath?: string;
  readonly pathParameters?: ReadonlyMap<string, string>;
}

/**
 * Puts a fault on the wire through the gateway responses of the deployment.
 *
 * A customised type gives status, headers and body; what nobody customised falls back to DEFAULT_4XX
 * or DEFAULT_5XX, by its original status. `x-amzn-ErrorType` stays whatever was customised.
 *
 * Source: AWS docs, "Gateway response types": "Changing the status code of this fallback gateway
 * response changes the status codes of all other 4XX responses to the new value"; localstack,
 * TestApiGatewayGatewayResponse, recorded: an uncustomised type takes over the default's headers and
 * templates.
 */
export function renderFault(fault: Fault, context: FaultContext): WireResponse {
  const customised = context.snapshot?.gatewayResponses;
  const fallbackType = fault.status < 500 ? 'DEFAULT_4XX' : 'DEFAULT_5XX';
  const fallback = customised?.get(fallbackType);
  const own = fault.responseType === undefined ? undefined : customised?.get(fault.responseType);
  const chosen = own ?? fallback;
  const status = Number(own?.statusCode ?? fallback?.statusCode ?? fault.status);
  const [contentType, template] = templateFor(chosen?.responseTemplates, context.request);
  return {
    status,
    headers: {
      'content-type': contentType,
      ...headersFrom(chosen, context),
      ...(fault.isUnlabelled === true ? {} : { 'x-amzn-errortype': fault.errorType }),
    },
    body:
      template === undefined || template === BUILT_IN_TEMPLATE
        ? (fault.body ?? JSON.stringify({ message: fault.message }))
        : fillTemplate(template, fault, fault.responseType ?? fallbackType, context),
  };
}

/** The template of every gateway response that has none of its own (recorded by localstack). */
const BUILT_IN_TEMPLATE = '{"message":$context.error.messageString}';

/** `gatewayresponse.header.X` to a quoted value or to a part of the request. */
function headersFrom(
  response: GatewayResponseState | undefined,
  context: FaultContext,
): Record<string, string> {
  const headers: Record<string, string> = {};
  const query = new URLSearchParams(context.request.rawQuery);
  for (const [target, source] of Object.entries(response?.responseParameters ?? {})) {
    const name = /^gatewayresponse\.header\.(.+)$/.exec(target)?.[1];
    if (name === undefined) continue;
    const [, place, key = ''] =
      /^method\.request\.(header|querystring|path)\.(.+)$/.exec(source) ?? [];
    let value: string | null | undefined = /^'(.*)'$/s.exec(source)?.[1];
    if (place === 'header') value = headerOf(context.request, key.toLowerCase());
    if (place === 'querystring') value = query.get(key);
    if (place === 'path') value = context.pathParameters?.get(key);
    if (value !== undefined && value !== null) headers[name.toLowerCase()] = value;
  }
  return headers;
}

/** Fills in the variables that gateway responses may use; an unknown one becomes empty. */
function fillTemplate(
  template: string,
  fault: Fault,
  responseType: string,
  context: FaultContext,
): string {
  const values: Record<string, string> = {
    'error.message': fault.message,
    'error.messageString': JSON.stringify(fault.message),
    'error.responseType': responseType,
    httpMethod: context.request.method,
    path: context.request.rawPath,
    requestId: context.requestId,
    resourcePath: context.resourcePath ?? '',
    stage: context.stageName,
  };
  return template
    .replace(/\$context\.([A-Za-z]+(?:\.[A-Za-z]+)*)/g, (_, name: string) => values[name] ?? '')
    .replace(/\$stageVariables\.(\w+)/g, (_, name: string) => context.variables?.[name] ?? '');
}
