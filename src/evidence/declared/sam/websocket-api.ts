import type { Place } from '../../../model/declared.js';
import type { Resource } from '../cloudformation/resources.js';
import { entry, get, isMap, map, type Node, scalar, scalarText, textOf } from '../node.js';
import type { Resolver } from './parameters.js';
import { truthy } from './python.js';
import { expectMap, Refusal } from './refusal.js';

const SPECIAL = new Set(['$connect', '$disconnect', '$default']);

/** The API and routes that `AWS::Serverless::WebSocketApi` becomes; `Auth` reaches `$connect` alone. */
export function translateWebSocketApi(
  resource: Resource,
  properties: Node | undefined,
  resolver: Resolver,
): readonly Resource[] {
  const { at, id } = resource;
  const routes = expectMap(
    resolver.resolve(get(properties, 'Routes')) ?? map([], at),
    "Property 'Routes'",
  );
  if (routes.entries.length === 0) {
    throw new Refusal('WebSocket API must have at least one route.', at);
  }
  const auth = resolver.resolve(get(properties, 'Auth'));
  const hasConnect = routes.entries.some(({ key }) => key === '$connect');
  if (truthy(auth) && !hasConnect) {
    throw new Refusal('Authorization is only available if there is a $connect route.', auth.at);
  }
  if (scalarText(get(properties, 'StageName')) === '$default') {
    throw new Refusal('Stages cannot be named $default for WebSocket APIs.', at);
  }
  const type = truthy(auth) ? authTypeOf(auth, resolver) : null;
  const typePlace = placeOfType(properties) ?? at;
  return [
    api(resource, properties),
    ...routes.entries.map((it): Resource => {
      if (!SPECIAL.has(it.key) && !/^[A-Za-z0-9]+$/.test(it.key)) {
        throw new Refusal(
          `Route key '${it.key}' must be alphanumeric. Only $connect, $disconnect, and $default special routes are supported.`,
          it.at,
        );
      }
      if (get(it.value, 'FunctionArn') === undefined) {
        throw new Refusal('Route must have associated function.', it.at);
      }
      const place = it.key === '$connect' && type !== null ? typePlace : it.at;
      const keyRequired = get(it.value, 'ApiKeyRequired');
      const entries = [
        entry('ApiId', map([entry('Ref', scalar(id, it.at))], it.at)),
        entry('RouteKey', scalar(it.key, it.at)),
        ...(it.key === '$connect' && type !== null
          ? [entry('AuthorizationType', type, place)]
          : []),
        ...(keyRequired === undefined ? [] : [entry('ApiKeyRequired', keyRequired)]),
      ];
      const node = map([entry('Properties', map(entries, it.at))], it.at);
      return {
        ...resource,
        id: `${id}${it.key.replace('$', '')}Route`,
        type: 'AWS::ApiGatewayV2::Route',
        at: place,
        node,
        properties: get(node, 'Properties'),
      };
    }),
  ];
}

function placeOfType(properties: Node | undefined): Place | undefined {
  const auth = get(properties, 'Auth');
  return isMap(auth) ? auth.entries.findLast(({ key }) => key === 'AuthType')?.at : undefined;
}

function api(resource: Resource, properties: Node | undefined): Resource {
  const { at } = resource;
  const disabled = get(properties, 'DisableExecuteApiEndpoint');
  const entries = [
    entry('ProtocolType', scalar('WEBSOCKET', at)),
    ...(disabled === undefined ? [] : [entry('DisableExecuteApiEndpoint', disabled)]),
  ];
  return { ...resource, type: 'AWS::ApiGatewayV2::Api', properties: map(entries, at) };
}

function authTypeOf(auth: Node, resolver: Resolver): Node {
  const whole = expectMap(auth, "Property 'Auth'");
  const type = get(whole, 'AuthType');
  if (!truthy(type)) {
    throw new Refusal('AuthType must be specified for additional auth configurations.', auth.at);
  }
  if (resolver.isUnknown(type)) return type;
  const text = textOf(type);
  if (text === undefined || !['AWS_IAM', 'CUSTOM', 'NONE'].includes(text)) {
    throw new Refusal(`AuthType '${text ?? ''}' is not one of AWS_IAM, CUSTOM or NONE.`, type.at);
  }
  if (text === 'CUSTOM' && !truthy(get(whole, 'AuthArn'))) {
    throw new Refusal('AuthArn must be specified if AuthType is CUSTOM.', type.at);
  }
  if (text !== 'CUSTOM' && whole.entries.length > 1) {
    throw new Refusal(`No additional configurations supported for AuthType ${text}.`, type.at);
  }
  return type;
}
