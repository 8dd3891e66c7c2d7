import type { WireRequest, WireResponse } from '../http.js';
import type { IntegrationResponseState, IntegrationState } from '../model.js';
import { type Fault, MISCONFIGURED } from './fault.js';
import { templateFor } from './response-template.js';

/**
 * Turns a backend's answer into the method's, for integrations that are not proxies: the integration
 * response whose `selectionPattern` matches the whole status, else the default one, which has no
 * pattern; its status, headers and body.
 *
 * Body templates are sent as they stand: VTL in them is not run.
 *
 * Source: AWS docs, "Set up an integration response"; "Gateway response types",
 * API_CONFIGURATION_ERROR: "when integration response mapping can't match any template and no default
 * template is configured".
 */
export function mapResponse(
  integration: IntegrationState,
  request: WireRequest,
  answer: WireResponse,
): WireResponse | Fault {
  const response = pickResponse([...integration.responses.values()], String(answer.status));
  if (response === undefined) return MISCONFIGURED;
  const [contentType, template] = templateFor(response.responseTemplates, request);
  return {
    status: Number(response.statusCode),
    headers: { 'content-type': contentType, ...headersFrom(response, answer) },
    body: template ?? answer.body,
  };
}

function pickResponse(
  responses: readonly IntegrationResponseState[],
  status: string,
): IntegrationResponseState | undefined {
  const defaults = responses.filter(({ selectionPattern }) => !selectionPattern);
  return (
    responses.find(
      ({ selectionPattern }) => selectionPattern && matches(selectionPattern, status),
    ) ??
    defaults.find(({ statusCode }) => statusCode === status) ??
    defaults[0]
  );
}

function matches(pattern: string, status: string): boolean {
  try {
    return new RegExp(`^(?:${pattern})$`).test(status);
  } catch {
    return false;
  }
}

/** `method.response.header.X` to a quoted value or to a header of the backend's answer. */
function headersFrom(
  response: IntegrationResponseState,
  answer: WireResponse,
): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [target, source] of Object.entries(response.responseParameters ?? {})) {
    const name = /^method\.response\.header\.(.+)$/.exec(target)?.[1];
    const from = /^integration\.response\.header\.(.+)$/.exec(source)?.[1];
    const value =
      from === undefined ? /^'(.*)'$/s.exec(source)?.[1] : answer.headers[from.toLowerCase()];
    if (name !== undefined && value !== undefined) headers[name.toLowerCase()] = value;
  }
  return headers;
}
