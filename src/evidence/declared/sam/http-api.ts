import { isIntrinsic } from '../cloudformation/folded.js';
import {
  entry,
  entryOf,
  get,
  isList,
  isMap,
  isNull,
  list,
  type MapNode,
  map,
  type Node,
  onlyEntry,
  scalarText,
  textOf,
  withEntry,
} from '../node.js';
import { FIXES } from '../snippets.js';
import { type AuthOfKind, expectAuth } from './auth.js';
import { type Body, conditional, INTEGRATION, normalized } from './body.js';
import { type ApiDraft, integrated, placeIn, setOperation } from './draft.js';
import type { ApiEvent } from './events.js';
import { truthy } from './python.js';
import { expectMap, Refusal } from './refusal.js';
import { httpAuthorizers, iamScheme } from './schemes.js';
import { isVersion3 } from './swagger.js';

const SCHEMES = ['components', 'securitySchemes'];
const NO_METHODS = new Set(['parameters']);

/** Whether the translator takes a value for an OpenAPI 3 document. */
export function isOpenApi(node: Node | undefined): node is MapNode {
  return isMap(node) && isMap(get(node, 'paths')) && isVersion3(get(node, 'openapi'));
}

/** Writes an event into the document of its HTTP API: of a document of the user's as well. */
export function addHttpEvent(event: ApiEvent, api: ApiDraft): void {
  const { body } = api;
  if (body === null) {
    const written = get(api.properties, 'DefinitionBody');
    if (!truthy(written)) return;
    throw new Refusal(
      "Invalid OpenApi document. Invalid values or missing keys for 'openapi' or 'paths' in 'DefinitionBody'.",
      written.at,
    );
  }
  const isThere = body.hasIntegration(event.path, event.method);
  if (isThere && api.isManaged) {
    throw new Refusal(
      `Event with id [${event.id}] is invalid. API method '${event.method.toLowerCase()}' defined multiple times for path '${event.path}'.`,
      event.place,
    );
  }
  if (!isThere) {
    setOperation(body, event, (old) => {
      const operation = integrated(event, old);
      body.blame(operation, { place: event.place, fix: FIXES.samHttpEvent, notes: [] });
      return event.condition === null ? operation : conditional(event.condition, operation);
    });
  }
  if (event.auth !== undefined) addAuth(event, api, body);
}

function addAuth(event: ApiEvent, api: ApiDraft, body: Body): void {
  const { auth, id } = event;
  const apiAuth = get(api.properties, 'Auth');
  if (apiAuth !== undefined && !isNull(apiAuth)) expectMap(apiAuth, "Property 'Auth'");
  const where = `on API method [${event.method.toLowerCase()}] for path [${event.path}]`;
  const refusal = (message: string, at = auth?.at ?? event.place) =>
    new Refusal(`Event with id [${id}] is invalid. ${message}`, at);
  const fallback = get(apiAuth, 'DefaultAuthorizer');
  const own = get(auth, 'Authorizer');
  const authorizer = truthy(own) ? own : fallback;
  if (!truthy(authorizer)) {
    throw refusal(
      "'Auth' section requires either an explicit 'Authorizer' set or a 'DefaultAuthorizer' configured on the HttpApi.",
    );
  }
  const name = textOf(authorizer);
  const defined = get(apiAuth, 'Authorizers');
  const isIamEnabled = isTrue(get(apiAuth, 'EnableIamAuthorizer'));
  if (name === 'NONE') {
    if (!truthy(fallback)) {
      throw refusal(
        `Unable to set Authorizer ${where} because 'NONE' is only a valid value when a DefaultAuthorizer on the API is specified.`,
        authorizer.at,
      );
    }
  } else if (!(name === 'AWS_IAM' && isIamEnabled)) {
    const shown = name ?? '(an intrinsic function)';
    if (!truthy(defined)) {
      throw refusal(
        `Unable to set Authorizer [${shown}] ${where} because the related API does not define any Authorizers.`,
        authorizer.at,
      );
    }
    if (name === undefined || !isMap(defined)) {
      throw refusal(
        `Unable to set Authorizer [${shown}] ${where}. The method authorizer must be a string with a corresponding dict entry in the api authorizer.`,
        authorizer.at,
      );
    }
    if (!truthy(get(defined, name))) {
      throw refusal(
        `Unable to set Authorizer [${shown}] ${where} because it wasn't defined in the API's Authorizers.`,
        authorizer.at,
      );
    }
  }
  const scopes = get(auth, 'AuthorizationScopes');
  if (truthy(scopes) && !isList(scopes)) {
    throw refusal(
      `Unable to set Authorizer ${where} because 'AuthorizationScopes' must be a list of strings.`,
      scopes.at,
    );
  }
  if (name === undefined) return;
  const place = placeIn(auth, 'Authorizer') ?? event.place;
  body.editOperation(event.path, event.method, (operation) => {
    if (!truthy(get(operation, INTEGRATION))) return operation;
    const existing = get(operation, 'security');
    if (existing !== undefined && !isList(existing)) {
      throw new Refusal(`Type of security for path ${event.path} must be a list`, existing.at);
    }
    const added = map([entry(name, list([], place), place)], place);
    const value = list([...(existing?.items ?? []), added], place);
    const whole = withEntry(operation, { key: 'security', at: place, value });
    body.blame(whole, { place, fix: FIXES.samHttpEvent, notes: [] });
    return whole;
  });
}

function isTrue(node: Node | undefined): boolean {
  return node?.kind === 'scalar' && node.value === true;
}

const AUTH: AuthOfKind = {
  keys: new Set(['Authorizers', 'DefaultAuthorizer', 'EnableIamAuthorizer']),
  withoutDocument:
    "Auth works only with inline OpenApi specified in the 'DefinitionBody' property.",
  withOtherDocument:
    "Unable to add Auth configuration because 'DefinitionBody' does not contain a valid OpenApi definition.",
};

const CORS_KEYS = new Set([
  ...[
    'AllowMethods',
    'AllowHeaders',
    'AllowOrigins',
    'MaxAge',
    'ExposeHeaders',
    'AllowCredentials',
  ],
]);

/** Writes what the API itself says: the default authorizer, which never reaches an OPTIONS route. */
export function finishHttpApi(api: ApiDraft): void {
  const { body, properties } = api;
  checkCors(api, body);
  const auth = get(properties, 'Auth');
  if (truthy(auth)) {
    const whole = expectAuth(api, auth, AUTH);
    addApiAuth(api, whole.body, whole.auth);
  }
  const tags = get(properties, 'Tags');
  if (truthy(tags) && body === null) {
    const what = truthy(get(properties, 'DefinitionBody'))
      ? "Unable to add `Tags` because 'DefinitionBody' does not contain a valid OpenApi definition."
      : "Tags works only with inline OpenApi specified in the 'DefinitionBody' property.";
    throw new Refusal(what, tags.at);
  }
  if (body === null) {
    const hasUri = truthy(get(properties, 'DefinitionUri'));
    if (!hasUri && !truthy(get(properties, 'DefinitionBody'))) {
      throw new Refusal(
        "'DefinitionUri' or 'DefinitionBody' are required properties of an 'AWS::Serverless::HttpApi'.",
        api.resource.at,
      );
    }
  }
}

function addApiAuth(api: ApiDraft, body: Body, auth: MapNode): void {
  const authorizers = httpAuthorizers(get(auth, 'Authorizers'));
  const names = new Set(authorizers.map((it) => it.name));
  const place = placeIn(api.properties, 'Auth', 'DefaultAuthorizer') ?? auth.at;
  if (isTrue(get(auth, 'EnableIamAuthorizer'))) {
    body.defineScheme(SCHEMES, 'AWS_IAM', iamScheme(place), true);
    names.add('AWS_IAM');
  }
  for (const it of authorizers) body.defineScheme(SCHEMES, it.name, it.scheme, true);
  const fallback = get(auth, 'DefaultAuthorizer');
  if (!truthy(fallback)) return;
  const only = onlyEntry(fallback);
  if (only?.key === 'Ref' && scalarText(only.value) === 'AWS::NoValue') return;
  const name = textOf(fallback);
  if (name === undefined) {
    throw new Refusal("Property 'Auth.DefaultAuthorizer' should be a string.", place);
  }
  if (!names.has(name)) {
    throw new Refusal(
      `Unable to set DefaultAuthorizer because '${name}' was not defined in 'Authorizers'.`,
      place,
    );
  }
  for (const { key: path } of body.paths) {
    body.editPath(path, place, (item) => expectNormalized(item, path));
    body.editOperations(path, NO_METHODS, (operation, method) => {
      if (method === 'options') {
        const own = body.blameOf(operation);
        const note = 'SAM puts the DefaultAuthorizer of an HTTP API on no OPTIONS route';
        const blame = own ?? { place: operation.at, fix: FIXES.samHttpEvent, notes: [] };
        if (own !== undefined) body.blame(operation, { ...blame, notes: [...blame.notes, note] });
        return operation;
      }
      if (!truthy(get(operation, INTEGRATION)) || truthy(get(operation, 'security'))) {
        return operation;
      }
      const added = map([entry(name, list([], place), place)], place);
      const value = list([added], place);
      const whole = withEntry(operation, { key: 'security', at: place, value });
      body.blame(whole, { place, fix: FIXES.samHttpDefault, notes: [] });
      return whole;
    });
  }
}

/** `any` and `GET` are refused beside a default: the translator looks for their normal forms. */
function expectNormalized(item: MapNode, path: string): MapNode {
  for (const { key, at } of item.entries) {
    const normal = normalized(key);
    if (normal !== 'options' && !NO_METHODS.has(normal) && entryOf(item, normal) === undefined) {
      throw new Refusal(`Could not find ${normal} in ${path} within DefinitionBody.`, at);
    }
  }
  return item;
}

function checkCors(api: ApiDraft, body: Body | null): void {
  const cors = api.resolver.resolve(get(api.properties, 'CorsConfiguration'));
  if (!truthy(cors)) return;
  const at = placeIn(api.properties, 'CorsConfiguration') ?? cors.at;
  if (body === null && !truthy(get(api.properties, 'DefinitionBody'))) {
    throw new Refusal(
      "Cors works only with inline OpenApi specified in 'DefinitionBody' property.",
      at,
    );
  }
  if (isMap(cors) && !isIntrinsic(cors)) {
    for (const it of cors.entries) {
      if (!CORS_KEYS.has(it.key)) {
        throw new Refusal(`Invalid key '${it.key}' for 'Cors' property.`, it.at);
      }
    }
    const origins = get(cors, 'AllowOrigins');
    const isEvery =
      isList(origins) && origins.items.length === 1 && textOf(origins.items[0]) === "'*'";
    if (isTrue(get(cors, 'AllowCredentials')) && isEvery) {
      throw new Refusal(
        "Unable to add Cors configuration because 'AllowCredentials' can not be true when 'AllowOrigin' is \"'*'\" or not set.",
        at,
      );
    }
  } else if (!isTrue(cors) && !isIntrinsic(cors)) {
    throw new Refusal("Invalid value for 'Cors' property.", at);
  }
  if (body === null) {
    throw new Refusal(
      "Unable to add Cors configuration because 'DefinitionBody' does not contain a valid OpenApi definition.",
      at,
    );
  }
  if (entryOf(body.document, 'x-amazon-apigateway-cors') === undefined) {
    body.set('x-amazon-apigateway-cors', map([], at));
  }
}
