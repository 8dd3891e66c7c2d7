import { headerOf, type WireRequest } from '../http.js';

/**
 * The template for the content type that the client accepts, else the JSON one, else the first.
 *
 * Source: AWS docs, "Data transformations for REST APIs": the type by the request's `Accept` header,
 * `application/json` by default.
 *
 * @returns The content type of the answer with its template; no template where there is none at all.
 */
export function templateFor<Template>(
  templates: Readonly<Record<string, Template>> | undefined,
  request: WireRequest,
): readonly [contentType: string, template: Template | undefined] {
  const entries = Object.entries(templates ?? {});
  const accepted = headerOf(request, 'accept');
  return (
    entries.find(([type]) => type === accepted) ??
    entries.find(([type]) => type === 'application/json') ??
    entries[0] ?? ['application/json', undefined]
  );
}
