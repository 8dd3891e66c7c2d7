import { foldKey } from '../cloudformation/fold.js';
import type { Scope } from '../cloudformation/scope.js';
import { booleanOf, get, isList, type Node } from '../node.js';

/** API Gateway Developer Guide, "x-amazon-apigateway-endpoint-configuration": of servers in OpenAPI 3. */
function endpointConfigurations(document: Node): readonly Node[] {
  const servers = get(document, 'servers');
  return [document, ...(isList(servers) ? servers.items : [])].flatMap(
    (holder) => get(holder, 'x-amazon-apigateway-endpoint-configuration') ?? [],
  );
}

/** `vpcEndpointIds` "is only supported for REST APIs the PRIVATE endpoint type" (the same page). */
export function namesEndpoints(document: Node, scope: Scope): boolean {
  return endpointConfigurations(document).some((it) =>
    foldKey(it, 'vpcEndpointIds', scope).some(
      (value) =>
        value.kind === 'unknown' ||
        (value.kind === 'known' && isList(value.node) && value.node.items.length > 0),
    ),
  );
}

/** Whether the default endpoint is off; `null` where it may be, `undefined` where nothing says so. */
export function endpointDisabled(document: Node, scope: Scope): boolean | null | undefined {
  const values = endpointConfigurations(document).flatMap((configuration) =>
    foldKey(configuration, 'disableExecuteApiEndpoint', scope).map((value) =>
      value.kind === 'absent'
        ? undefined
        : value.kind === 'known'
          ? (booleanOf(value.node) ?? null)
          : null,
    ),
  );
  const said = values.filter((it) => it !== undefined);
  const [first] = said;
  return said.length === 0 || first === undefined
    ? undefined
    : said.every((it) => it === first)
      ? first
      : null;
}
