import { headerOf, type WireRequest } from '../http.js';
import type { IntegrationState } from '../model.js';
import { type Fault, notModelled } from './fault.js';

/**
 * The status that a mock integration's request template sets, by which the integration response is
 * chosen; 200 where there is no template.
 *
 * Templates that are more than JSON (VTL such as `#if`) are not run: such a method answers with an
 * error that says so. A content type without template takes the JSON one: the 415 that AWS answers
 * for some settings of `passthroughBehavior` is not modelled.
 *
 * Source: AWS docs, "Mock integrations for REST APIs in API Gateway": a template of
 * `{"statusCode": 200}`, or no template at all for the default integration response.
 */
export function mockStatus(integration: IntegrationState, request: WireRequest): number | Fault {
  const templates = integration.requestTemplates ?? {};
  const contentType = headerOf(request, 'content-type')?.split(';')[0]?.trim();
  // A request without content type counts as JSON: AWS docs, "Method request behavior for payloads".
  const template = templates[contentType ?? 'application/json'] ?? templates['application/json'];
  if (template === undefined || template === null) return 200;
  const status = statusIn(template);
  return status ?? notModelled('mock templates beyond {"statusCode": number}');
}

function statusIn(template: string): number | undefined {
  let parsed: unknown;
  try {
    // Templates in the wild leave the key unquoted, which VTL's lenient parser takes.
    parsed = JSON.parse(template.replace(/([{,]\s*)statusCode(\s*:)/g, '$1"statusCode"$2'));
  } catch {
    return undefined;
  }
  const status =
    typeof parsed === 'object' && parsed !== null && 'statusCode' in parsed
      ? parsed.statusCode
      : undefined;
  return typeof status === 'number' ? status : undefined;
}
