import { isIntrinsic } from '../cloudformation/folded.js';
import {
  type Entry,
  entriesOf,
  get,
  isList,
  isMap,
  isScalar,
  type Node,
  scalarText,
} from '../node.js';
import { truthy } from './python.js';
import { Refusal } from './refusal.js';

/** The properties that Globals may set for the types that can have an API (SAM specification, "Globals"). */
const SUPPORTED: Readonly<Record<string, ReadonlySet<string> | null>> = {
  Api: new Set([
    ...[
      'Auth',
      'Name',
      'DefinitionUri',
      'CacheClusterEnabled',
      'CacheClusterSize',
      'MergeDefinitions',
    ],
    ...['Variables', 'EndpointConfiguration', 'MethodSettings', 'BinaryMediaTypes'],
    ...['MinimumCompressionSize', 'Cors', 'GatewayResponses', 'AccessLogSetting', 'CanarySetting'],
    ...['TracingEnabled', 'OpenApiVersion', 'Domain', 'AlwaysDeploy', 'PropagateTags'],
    ...['SecurityPolicy', 'EndpointAccessMode'],
  ]),
  HttpApi: new Set([
    ...['Auth', 'AccessLogSettings', 'StageVariables', 'Tags', 'CorsConfiguration'],
    ...['DefaultRouteSettings', 'Domain', 'RouteSettings', 'FailOnWarnings', 'PropagateTags'],
  ]),
  WebSocketApi: new Set([
    ...['AccessLogSettings', 'ApiKeySelectionExpression', 'DefaultRouteSettings'],
    ...['DisableExecuteApiEndpoint', 'DisableSchemaValidation', 'Domain', 'FailOnWarnings'],
    ...['IpAddressType', 'PropagateTags', 'RouteSelectionExpression', 'RouteSettings'],
    ...['StageVariables', 'Tags'],
  ]),
  Function: null,
  SimpleTable: null,
  StateMachine: null,
  LayerVersion: null,
  CapacityProvider: null,
};

/** The Globals section; refuses what the translator refuses of it. */
export function readGlobals(template: Node): ReadonlyMap<string, Node> {
  const globals = new Map<string, Node>();
  for (const { value, at } of entriesOf(template, 'Globals')) {
    if (!isMap(value))
      throw new Refusal("'Globals' section is invalid. It must be a non-empty dictionary", at);
    for (const section of value.entries) {
      if (!Object.hasOwn(SUPPORTED, section.key)) {
        throw new Refusal(
          `'Globals' section is invalid. '${section.key}' is not supported.`,
          section.at,
        );
      }
      if (!isMap(section.value)) {
        throw new Refusal(
          "'Globals' section is invalid. Value of a section must be a dictionary",
          section.at,
        );
      }
      const supported = SUPPORTED[section.key] ?? null;
      for (const it of section.value.entries) {
        if (supported !== null && !supported.has(it.key)) {
          throw new Refusal(
            `'Globals' section is invalid. '${it.key}' is not a supported property of '${section.key}'.`,
            it.at,
          );
        }
      }
      globals.set(`AWS::Serverless::${section.key}`, section.value);
    }
  }
  return globals;
}

/** The properties of a resource with those of Globals under them. */
export function withGlobals(
  properties: Node | undefined,
  globals: Node | undefined,
  resource: Node,
): Node | undefined {
  if (globals === undefined) return properties;
  const ignored = get(resource, 'IgnoreGlobals');
  if (truthy(ignored)) {
    if (scalarText(ignored) === '*') return properties;
    if (!isList(ignored))
      throw new Refusal("has invalid resource attribute 'IgnoreGlobals'.", ignored.at);
    const names = new Set(ignored.items.map((it) => scalarText(it)));
    if (!isMap(globals)) return properties;
    for (const name of names) {
      if (!globals.entries.some(({ key }) => key === name)) {
        throw new Refusal(
          `has invalid resource attribute 'IgnoreGlobals' on item '${name}'.`,
          ignored.at,
        );
      }
    }
    const kept = { ...globals, entries: globals.entries.filter(({ key }) => !names.has(key)) };
    return merge(kept, properties);
  }
  return merge(globals, properties);
}

/**
 * Maps are merged, lists are joined with the global one first, and otherwise the resource's own value
 * wins. An intrinsic function counts as a plain value.
 */
function merge(global: Node, own: Node | undefined): Node {
  if (own === undefined) return global;
  if (isScalar(global) || isScalar(own) || isIntrinsic(global) || isIntrinsic(own)) return own;
  if (isList(global) && isList(own)) return { ...own, items: [...global.items, ...own.items] };
  if (!isMap(global) || !isMap(own)) return own;
  const entries: Entry[] = global.entries.map((it) => {
    const mine = own.entries.findLast(({ key }) => key === it.key);
    return mine === undefined ? it : { ...mine, value: merge(it.value, mine.value) };
  });
  const names = new Set(global.entries.map(({ key }) => key));
  return { ...own, entries: [...entries, ...own.entries.filter(({ key }) => !names.has(key))] };
}
