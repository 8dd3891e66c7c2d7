import { isIntrinsic } from '../cloudformation/folded.js';
import { get, isList, isMap, isNull, isScalar, type Node, scalarText, textOf } from '../node.js';
import { truthy } from './python.js';
import { Refusal } from './refusal.js';

type Shape = 'map' | 'list' | 'text' | 'boolean' | 'text or map' | 'boolean or map' | 'anything';

interface TypeRules {
  readonly properties: Readonly<Record<string, Shape>>;
  readonly required: readonly string[];
}

/**
 * What the translator's resource classes take (aws/serverless-application-model, sam_resources.py). A
 * property that they do not know, or of another shape, refuses the template; an intrinsic function is
 * taken for any of them.
 */
const TYPES: Readonly<Record<string, TypeRules>> = {
  'AWS::Serverless::Api': {
    required: ['StageName'],
    properties: {
      ...shapes('text', ['CacheClusterSize', 'OpenApiVersion', 'Description', 'Mode']),
      ...shapes('text', ['ApiKeySourceType', 'SecurityPolicy', 'EndpointAccessMode']),
      ...shapes('text or map', ['Name', 'StageName', 'DefinitionUri', 'EndpointConfiguration']),
      ...shapes('text or map', ['Cors', 'Policy']),
      ...shapes('map', ['Tags', 'DefinitionBody', 'Variables', 'Auth', 'GatewayResponses']),
      ...shapes('map', ['AccessLogSetting', 'CanarySetting', 'Models', 'Domain']),
      ...shapes('list', ['MethodSettings', 'BinaryMediaTypes']),
      ...shapes('boolean', ['PropagateTags', 'CacheClusterEnabled', 'TracingEnabled']),
      ...shapes('boolean', ['FailOnWarnings', 'DisableExecuteApiEndpoint', 'AlwaysDeploy']),
      ...shapes('boolean', ['MergeDefinitions']),
      ...shapes('anything', ['MinimumCompressionSize']),
    },
  },
  'AWS::Serverless::HttpApi': {
    required: [],
    properties: {
      ...shapes('text or map', ['StageName', 'DefinitionUri']),
      ...shapes('map', ['Tags', 'DefinitionBody', 'StageVariables', 'AccessLogSettings', 'Auth']),
      ...shapes('map', ['DefaultRouteSettings', 'RouteSettings', 'Domain']),
      ...shapes('boolean', ['PropagateTags', 'FailOnWarnings', 'DisableExecuteApiEndpoint']),
      ...shapes('boolean or map', ['CorsConfiguration']),
      ...shapes('text', ['Description']),
      ...shapes('anything', ['Name']),
    },
  },
  'AWS::Serverless::WebSocketApi': {
    required: ['Routes', 'RouteSelectionExpression'],
    properties: {
      ...shapes('text', ['ApiKeySelectionExpression', 'Description', 'IpAddressType', 'Name']),
      ...shapes('text', ['RouteSelectionExpression']),
      ...shapes('text or map', ['StageName']),
      ...shapes('map', ['AccessLogSettings', 'Auth', 'DefaultRouteSettings', 'Domain', 'Routes']),
      ...shapes('map', ['RouteSettings', 'StageVariables', 'Tags']),
      ...shapes('boolean', ['DisableExecuteApiEndpoint', 'DisableSchemaValidation']),
      ...shapes('boolean', ['FailOnWarnings', 'PropagateTags']),
    },
  },
};

function shapes(shape: Shape, names: readonly string[]): Readonly<Record<string, Shape>> {
  return Object.fromEntries(names.map((name) => [name, shape]));
}

/** Refuses the properties of a resource that the translator refuses. */
export function checkProperties(
  type: string,
  properties: Node | undefined,
  resource: Node,
  isManaged = false,
): void {
  const rules = TYPES[type];
  if (rules === undefined) return;
  for (const name of rules.required) {
    const value = get(properties, name);
    if (value === undefined || isNull(value)) {
      throw new Refusal(`Missing required property '${name}'.`, resource.at);
    }
  }
  if (!isMap(properties)) return;
  for (const { key, value, at } of properties.entries) {
    const shape = Object.hasOwn(rules.properties, key) ? rules.properties[key] : undefined;
    if (shape === undefined) {
      throw new Refusal(`property ${key} not defined for resource of type ${type}`, at);
    }
    // The translator turns the version of a document that it writes itself into text.
    const isNumber = key === 'OpenApiVersion' && isManaged && isScalar(value);
    if (!isNull(value) && !isIntrinsic(value) && !isNumber && !hasShape(value, shape)) {
      throw new Refusal(`Property '${key}' should be ${WORDS[shape]}.`, at);
    }
  }
  for (const check of CHECKS) check(properties);
}

const WORDS: Readonly<Record<Shape, string>> = {
  map: 'a map',
  list: 'a list',
  text: 'a string',
  boolean: 'a boolean',
  'text or map': 'a string or a map',
  'boolean or map': 'a boolean or a map',
  anything: 'anything',
};

function hasShape(value: Node, shape: Shape): boolean {
  const isText = textOf(value) !== undefined;
  // YAML reads `true` of any kind, and the translator's own readers take "true" for it.
  const isBoolean = isScalar(value) && typeof value.value === 'boolean';
  switch (shape) {
    case 'map':
      return isMap(value);
    case 'list':
      return isList(value);
    case 'text':
      return isText;
    case 'boolean':
      return isBoolean;
    case 'text or map':
      return isText || isMap(value);
    case 'boolean or map':
      return isBoolean || isMap(value);
    default:
      return true;
  }
}

/** What refuses a function, of the little that is read of functions here. */
export function checkFunction(properties: Node | undefined, resolved: Node | undefined): void {
  const alias = get(resolved, 'AutoPublishAlias');
  if (alias !== undefined && textOf(alias) === '') {
    throw new Refusal('Alias name is required to create an alias', alias.at);
  }
  const all = get(properties, 'AutoPublishAliasAllProperties');
  if (all !== undefined && !isNull(all) && !hasShape(all, 'boolean')) {
    throw new Refusal("Type of property 'AutoPublishAliasAllProperties' is invalid.", all.at);
  }
}

/** What the translator looks for in properties that decide nothing here, and yet refuse a template. */
const CHECKS: readonly ((properties: Node) => void)[] = [
  checkOpenApiVersion,
  checkDomain,
  checkGatewayResponses,
  checkModels,
  checkEndpoint,
  checkDefinitionUri,
];

function checkOpenApiVersion(properties: Node): void {
  const version = get(properties, 'OpenApiVersion');
  if (truthy(version) && !/^([23])(\.\d)(\.\d)?$/.test(scalarText(version) ?? '')) {
    throw new Refusal("The OpenApiVersion value must be of the format '3.0.0'.", version.at);
  }
}

const TRUSTSTORE = new Set(['TruststoreUri', 'TruststoreVersion']);

function checkDomain(properties: Node): void {
  const domain = get(properties, 'Domain');
  if (!truthy(domain) || isIntrinsic(domain)) return;
  for (const key of ['Route53', 'MutualTlsAuthentication', 'AccessAssociation']) {
    const value = get(domain, key);
    if (truthy(value) && !isMap(value)) {
      throw new Refusal(`Property 'Domain.${key}' should be a map.`, value.at);
    }
  }
  const tls = get(domain, 'MutualTlsAuthentication');
  if (isMap(tls) && !tls.entries.every(({ key }) => TRUSTSTORE.has(key))) {
    throw new Refusal(
      "Available Domain.MutualTlsAuthentication fields are ['TruststoreUri', 'TruststoreVersion'].",
      tls.at,
    );
  }
  const separate = get(domain, 'Route53', 'SeparateRecordSetGroup');
  if (separate !== undefined && !isNull(separate) && !hasShape(separate, 'boolean')) {
    throw new Refusal(
      "Property 'Domain.Route53.SeparateRecordSetGroup' should be a boolean.",
      separate.at,
    );
  }
}

function checkGatewayResponses(properties: Node): void {
  const responses = get(properties, 'GatewayResponses');
  if (!isMap(responses) || isIntrinsic(responses)) return;
  for (const { key, value, at } of responses.entries) {
    if (isIntrinsic(value)) {
      throw new Refusal(
        'Unable to set GatewayResponses attribute because intrinsic functions are not supported for this field.',
        at,
      );
    }
    const status = get(value, 'StatusCode');
    if (truthy(status) && !isIntrinsic(status) && !/^\d+$/.test(scalarText(status) ?? '')) {
      throw new Refusal("Property 'StatusCode' must be numeric", status.at);
    }
    const parameters = get(value, 'ResponseParameters');
    if (truthy(parameters) && !isMap(parameters)) {
      throw new Refusal(
        `Property 'GatewayResponses.${key}.ResponseParameters' should be a map.`,
        parameters.at,
      );
    }
  }
}

function checkModels(properties: Node): void {
  const models = get(properties, 'Models');
  if (!isMap(models) || isIntrinsic(models)) return;
  const wrong = models.entries.find(({ value }) => !isMap(value));
  if (wrong !== undefined) throw new Refusal("Invalid value for 'Models' property", wrong.at);
}

function checkEndpoint(properties: Node): void {
  const disabled = get(properties, 'DisableExecuteApiEndpoint');
  if (disabled === undefined || isNull(disabled)) return;
  if (truthy(get(properties, 'DefinitionUri'))) {
    throw new Refusal(
      "DisableExecuteApiEndpoint works only within 'DefinitionBody' property.",
      disabled.at,
    );
  }
  const key = 'x-amazon-apigateway-endpoint-configuration';
  const configuration = get(properties, 'DefinitionBody', key);
  if (configuration !== undefined && !isMap(configuration)) {
    throw new Refusal(
      `Invalid OpenAPI definition: The value of '${key}' should be a map.`,
      configuration.at,
    );
  }
}

function checkDefinitionUri(properties: Node): void {
  const uri = get(properties, 'DefinitionUri');
  if (!truthy(uri)) return;
  if (truthy(get(properties, 'DefinitionBody'))) {
    throw new Refusal(
      "Specify either 'DefinitionUri' or 'DefinitionBody' property and not both.",
      uri.at,
    );
  }
  if (truthy(get(properties, 'MergeDefinitions'))) {
    throw new Refusal("Cannot set 'MergeDefinitions' to True when using `DefinitionUri`.", uri.at);
  }
  const text = textOf(uri);
  // A local path is uploaded by `sam package`; another scheme is refused.
  if (text !== undefined && /^[a-z][a-z0-9+.-]*:/i.test(text) && !/^s3:\/\/[^/]+\/.+/.test(text)) {
    throw new Refusal(
      "'DefinitionUri' is not a valid S3 Uri of the form 's3://bucket/key'.",
      uri.at,
    );
  }
  if (isMap(uri) && !isIntrinsic(uri) && !(truthy(get(uri, 'Bucket')) && truthy(get(uri, 'Key')))) {
    throw new Refusal(
      "'DefinitionUri' requires Bucket and Key properties to be specified.",
      uri.at,
    );
  }
}
