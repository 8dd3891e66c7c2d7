import { expand } from '../cloudformation/expand.js';
import { foldKey } from '../cloudformation/fold.js';
import type { Scope } from '../cloudformation/scope.js';
import { get, isMap, map, type Node, scalarText } from '../node.js';

/** The integration's type, where it is the same in every branch. */
export function integrationOf(operation: Node, scope: Scope): string | null {
  const types = foldKey(operation, 'x-amazon-apigateway-integration', scope).flatMap((value) => {
    if (value.kind !== 'known' || !isMap(value.node)) return [null];
    const { entries, unresolved } = expand(value.node, scope);
    if (unresolved.length > 0 || entries.some(({ key }) => key === '$ref')) return [null];
    return foldKey(map(entries, value.node.at), 'type', scope).map((it) =>
      it.kind === 'known' ? (scalarText(it.node)?.toUpperCase() ?? null) : null,
    );
  });
  const [first = null, ...rest] = types;
  return rest.every((it) => it === first) ? first : null;
}

/** Whether a 200 or 204 answer carries CORS headers, in every branch. */
export function answersCors(operation: Node, scope: Scope): boolean {
  const responses = foldKey(operation, 'responses', scope);
  return responses.every((value) => {
    if (value.kind !== 'known' || !isMap(value.node)) return false;
    return value.node.entries
      .filter(({ key }) => key === '200' || key === '204')
      .some(({ value: response }) => {
        const headers = get(response, 'headers');
        return (
          isMap(headers) &&
          headers.entries.some(({ key }) => key.toLowerCase() === 'access-control-allow-origin')
        );
      });
  });
}
