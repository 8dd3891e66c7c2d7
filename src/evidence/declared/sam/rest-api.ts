import { isIntrinsic } from '../cloudformation/fold.js';
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
  scalar,
  scalarText,
  textOf,
  withEntry,
} from '../node.js';
import type { Blame } from '../openapi/document.js';
import { FIXES } from '../snippets.js';
import { Body, conditional, INTEGRATION, normalized } from './body.js';
import { type ApiDraft, integrated, placeIn, setOperation } from './draft.js';
import type { ApiEvent } from './events.js';
import { statementsOf } from './policy.js';
import { truthy } from './python.js';
import { expectMap, Refusal } from './refusal.js';
import { apiKeyScheme, iamScheme, restAuthorizers, unknownScheme } from './schemes.js';

const SCHEMES = ['securityDefinitions'];
/** Keys of a path item that `SwaggerEditor` knows to be no methods. */
const NO_METHODS = new Set(['summary', 'description', 'parameters']);

/** Whether the translator takes a value for an OpenAPI document. */
export function isSwagger(node: Node | undefined): node is MapNode {
  if (!isMap(node) || !isMap(get(node, 'paths'))) return false;
  return truthy(get(node, 'swagger')) || isVersion3(get(node, 'openapi'));
}

export function isVersion3(node: Node | undefined): boolean {
  return /^3(\.\d)(\.\d)?$/.test(scalarText(node) ?? '');
}

/** Writes what an event adds to the document of its REST API: a method, where SAM may, and its auth. */
export function addRestEvent(event: ApiEvent, api: ApiDraft, blames: WeakMap<Node, Blame>): void {
  const merges = truthy(get(api.properties, 'MergeDefinitions'));
  const { body } = api;
  const overrides = truthy(get(event.auth, 'OverrideApiAuth'));
  if (body !== null && (api.isManaged || (merges && !event.isStateMachine))) {
    if (merges && !api.isManaged) mergeMethod(event, api, body, blames);
    else addMethod(event, api, body);
  }
  if (event.isStateMachine || event.auth === undefined) return;
  if (overrides) {
    const names = ['Authorizer', 'ApiKeyRequired', 'ResourcePolicy'];
    if (!names.some((key) => truthy(get(event.auth, key)))) {
      throw new Refusal(
        `Event with id [${event.id}] is invalid. Must define one of: Authorizer, ApiKeyRequired or ResourcePolicy when using the OverrideApiAuth property.`,
        event.auth.at,
      );
    }
    if (body !== null) addAuth(event, api, body);
    else if (truthy(get(api.properties, 'DefinitionBody'))) {
      throw new Refusal(
        "'DefinitionBody' does not contain a valid Swagger definition.",
        event.auth.at,
      );
    }
  } else if (body !== null && !api.isManaged && !merges) blameIgnoredAuth(event, body);
}

/** An event's `Auth` beside a document of the user's has no effect, and nobody says so. */
function blameIgnoredAuth(event: ApiEvent, body: Body): void {
  const place =
    placeIn(event.auth, 'Authorizer') ?? placeIn(event.properties, 'Auth') ?? event.place;
  const note = `SAM ignores the Auth of event ${event.id} beside a DefinitionBody: OverrideApiAuth: true makes it count`;
  if (!body.paths.some(({ key }) => key === event.path)) return;
  body.editOperation(event.path, event.method, (operation) => {
    body.blame(operation, { place, fix: FIXES.samOverride, notes: [note] });
    return operation;
  });
}

function addMethod(event: ApiEvent, api: ApiDraft, body: Body): void {
  if (body.hasIntegration(event.path, event.method)) {
    throw new Refusal(
      `Event with id [${event.id}] is invalid. API method "${event.method.toLowerCase()}" defined multiple times for path "${event.path}".`,
      event.place,
    );
  }
  setOperation(body, event, (old) => {
    const operation = integrated(event, old);
    body.blame(operation, { place: event.place, fix: FIXES.samEvent, notes: [] });
    return event.condition === null ? operation : conditional(event.condition, operation);
  });
  if (event.auth !== undefined) addAuth(event, api, body);
}

/** `MergeDefinitions: true`: what SAM writes wins key by key over what the document has. */
function mergeMethod(
  event: ApiEvent,
  api: ApiDraft,
  body: Body,
  blames: WeakMap<Node, Blame>,
): void {
  const at = event.place;
  const skeleton = new Body(
    map(
      [
        entry('swagger', scalar('2.0', at)),
        ...body.document.entries.filter(({ key }) => SCHEMES.includes(key)),
        entry('paths', map([], at)),
      ],
      at,
    ),
    blames,
  );
  addMethod(event, api, skeleton);
  const key = normalized(event.method);
  const generated = get(skeleton.document, 'paths', event.path, key);
  if (!isMap(generated)) return;
  // The method is kept as the event writes it: `any` beside the document's own extension.
  const written = event.method.toLowerCase();
  const item = get(body.document, 'paths', event.path);
  const old = get(item, written);
  if (item !== undefined && !isMap(item)) {
    throw new Refusal(`Property 'DefinitionBody.paths.${event.path}' should be a map.`, item.at);
  }
  if (old !== undefined && !isMap(old) && truthy(old)) {
    throw new Refusal(`DefinitionBody.paths.${event.path}.${written} should be a map.`, old.at);
  }
  let merged: MapNode = isMap(old) ? old : map([], at);
  for (const it of generated.entries) merged = withEntry(merged, it);
  const blame = blames.get(generated);
  if (blame !== undefined) blames.set(merged, blame);
  const whole = withEntry(isMap(item) ? item : map([], at), { key: written, at, value: merged });
  const paths = get(body.document, 'paths');
  const all = withEntry(isMap(paths) ? paths : map([], at), { key: event.path, at, value: whole });
  body.set('paths', all);
}

/** What an event's `Auth` says of its method, refused as `Api.add_auth_to_swagger` refuses it. */
function addAuth(event: ApiEvent, api: ApiDraft, body: Body): void {
  const { auth, method, path, id } = event;
  const apiAuth = api.resolver.resolve(get(api.properties, 'Auth'));
  const authorizer = get(auth, 'Authorizer');
  const refuse = (message: string, at = auth?.at ?? event.place): never => {
    throw new Refusal(`Event with id [${id}] is invalid. ${message}`, at);
  };
  const where = `on API method [${method.toLowerCase()}] for path [${path}]`;
  if (truthy(authorizer)) {
    const name = textOf(authorizer);
    const defined = get(apiAuth, 'Authorizers');
    if (truthy(defined)) expectMap(defined, "Property 'Auth.Authorizers'");
    if (name === 'NONE') {
      if (!truthy(get(apiAuth, 'DefaultAuthorizer'))) {
        refuse(
          `Unable to set Authorizer ${where} because 'NONE' is only a valid value when a DefaultAuthorizer on the API is specified.`,
          authorizer.at,
        );
      }
    } else if (name !== 'AWS_IAM') {
      const shown = name ?? '(an intrinsic function)';
      if (!truthy(defined)) {
        refuse(
          `Unable to set Authorizer [${shown}] ${where} because the related API does not define any Authorizers.`,
          authorizer.at,
        );
      }
      if (name === undefined) {
        refuse(
          `Unable to set Authorizer ${where}. The method authorizer must be a string with a corresponding dict entry in the api authorizer.`,
          authorizer.at,
        );
      } else if (!truthy(get(defined, name))) {
        refuse(
          `Unable to set Authorizer [${shown}] ${where} because it wasn't defined in the API's Authorizers.`,
          authorizer.at,
        );
      }
    }
  }
  const scopes = get(auth, 'AuthorizationScopes');
  if (truthy(scopes)) {
    if (!isList(scopes)) refuse("Property 'Auth.AuthorizationScopes' should be a list.", scopes.at);
    if (!truthy(authorizer)) {
      refuse('AuthorizationScopes works only when Authorizer is set', scopes.at);
    }
  }
  const key = get(auth, 'ApiKeyRequired');
  const isKeySaid = key !== undefined && !isNull(key);
  const isKeyRequired = truthy(key);
  if (isKeySaid && !isKeyRequired && !truthy(get(apiAuth, 'ApiKeyRequired'))) {
    refuse(
      `Unable to set ApiKeyRequired [False] ${where} because the related API does not specify any ApiKeyRequired.`,
    );
  }
  const name = textOf(authorizer);
  if (truthy(authorizer) && name !== undefined) {
    const place = placeIn(auth, 'Authorizer') ?? authorizer.at;
    addSecurity(event, body, name, { place, fix: FIXES.samEvent, notes: [] });
    if (name === 'AWS_IAM') body.defineScheme(SCHEMES, 'AWS_IAM', iamScheme(place), false);
  }
  if (isKeySaid) {
    addSecurity(event, body, isKeyRequired ? 'api_key' : 'api_key_false', null);
    if (isKeyRequired) body.defineScheme(SCHEMES, 'api_key', apiKeyScheme(key.at), false);
  }
  const policy = get(auth, 'ResourcePolicy');
  if (truthy(policy)) {
    const verb = normalized(method).startsWith('x-') ? '*' : method.toUpperCase();
    const resource = `execute-api:/*/${verb}${path.replaceAll(/\{[^}]*\}/g, '*')}`;
    addStatements(
      body,
      statementsOf(policy, resource),
      placeIn(auth, 'ResourcePolicy') ?? policy.at,
    );
  }
}

function addSecurity(event: ApiEvent, body: Body, name: string, blame: Blame | null): void {
  body.editOperation(event.path, event.method, (operation) => {
    if (!truthy(get(operation, INTEGRATION))) return operation;
    const existing = get(operation, 'security');
    if (existing !== undefined && !isList(existing)) {
      throw new Refusal(
        `Type of security for path ${event.path} method ${event.method} must be a list`,
        existing.at,
      );
    }
    const at = blame?.place ?? event.place;
    const added = map([entry(name, list([], at), at)], at);
    const security = list([...(existing?.items ?? []), added], existing?.at ?? at);
    const whole = withEntry(operation, { key: 'security', at, value: security });
    if (blame !== null) body.blame(whole, blame);
    return whole;
  });
}

function addStatements(body: Body, statements: readonly Node[], at: Node['at']): void {
  if (statements.length === 0) return;
  const key = 'x-amazon-apigateway-policy';
  const policy = get(body.document, key);
  const old = get(policy, 'Statement');
  const before = isList(old) ? old.items : old === undefined ? [] : [old];
  const whole = withEntry(isMap(policy) ? policy : map([], at), {
    key: 'Statement',
    at,
    value: list([...before, ...statements], at),
  });
  body.set(key, { ...whole, at });
}

const AUTH_KEYS = new Set([
  ...['Authorizers', 'DefaultAuthorizer', 'InvokeRole', 'AddDefaultAuthorizerToCorsPreflight'],
  ...['AddApiKeyRequiredToCorsPreflight', 'ApiKeyRequired', 'ResourcePolicy', 'UsagePlan'],
]);
const CORS_KEYS = new Set([
  ...['AllowMethods', 'AllowHeaders', 'AllowOrigin', 'MaxAge', 'AllowCredentials'],
]);

/** Writes what the API itself says: `Cors`, then `Auth`, in the translator's order. */
export function finishRestApi(api: ApiDraft): void {
  const { body, properties } = api;
  const auth = api.resolver.resolve(get(properties, 'Auth'));
  addCors(api, body, get(properties, 'Cors'));
  if (truthy(auth)) {
    const hasBody = body !== null || truthy(get(properties, 'DefinitionBody'));
    const at = placeIn(properties, 'Auth') ?? auth.at;
    if (!hasBody) {
      throw new Refusal(
        "Auth works only with inline Swagger specified in 'DefinitionBody' property.",
        at,
      );
    }
    const whole = expectMap(auth, "Property 'Auth'");
    for (const it of whole.entries) {
      if (!AUTH_KEYS.has(it.key)) throw new Refusal("Invalid value for 'Auth' property", it.at);
    }
    if (body === null) {
      throw new Refusal(
        "Unable to add Auth configuration because 'DefinitionBody' does not contain a valid Swagger definition.",
        at,
      );
    }
    addApiAuth(api, body, whole);
  }
  body?.moveDefinitions();
}

function addApiAuth(api: ApiDraft, body: Body, auth: MapNode): void {
  const fallback = get(auth, 'DefaultAuthorizer');
  const authorizers = restAuthorizers(get(auth, 'Authorizers'));
  const name = textOf(fallback);
  const place = placeIn(api.properties, 'Auth', 'DefaultAuthorizer') ?? auth.at;
  const names = new Set(['AWS_IAM', ...authorizers.map((it) => it.name)]);
  if (fallback !== undefined && truthy(fallback) && api.resolver.isUnknown(fallback)) {
    const unknown = '(DefaultAuthorizer)';
    body.defineScheme(SCHEMES, unknown, unknownScheme(fallback), true);
    setDefault(body, unknown, new Set([...names, unknown]), auth, place);
  } else if (name === 'AWS_IAM' || authorizers.length > 0) {
    for (const it of authorizers) body.defineScheme(SCHEMES, it.name, it.scheme, true);
    if (name === 'AWS_IAM' && !authorizers.some((it) => it.name === name)) {
      body.defineScheme(SCHEMES, name, iamScheme(place), true);
    }
    if (truthy(fallback)) {
      if (name === undefined) throw new Refusal('DefaultAuthorizer is not a string.', place);
      if (!names.has(name)) {
        throw new Refusal(
          `Unable to set DefaultAuthorizer because '${name}' was not defined in 'Authorizers'.`,
          place,
        );
      }
      setDefault(body, name, names, auth, place);
    }
  } else if (truthy(fallback)) {
    // No error, and no authorizer: the API is open.
    const note =
      name === undefined
        ? 'SAM drops a DefaultAuthorizer that is neither text nor a reference to a parameter, without a word'
        : `SAM drops the DefaultAuthorizer ${name}, for which there are no Authorizers, without a word`;
    blameAll(body, { place, fix: FIXES.samDefault, notes: [note] });
  }
  if (truthy(get(auth, 'ApiKeyRequired'))) {
    body.defineScheme(SCHEMES, 'api_key', apiKeyScheme(auth.at), false);
    const forPreflights = get(auth, 'AddApiKeyRequiredToCorsPreflight');
    setDefaultKey(body, forPreflights === undefined || truthy(forPreflights));
  }
  const policy = get(auth, 'ResourcePolicy');
  if (truthy(policy)) {
    const at = placeIn(api.properties, 'Auth', 'ResourcePolicy') ?? policy.at;
    addStatements(body, statementsOf(policy, 'execute-api:/*'), at);
  }
  const plan = get(auth, 'UsagePlan');
  if (truthy(plan)) checkUsagePlan(plan);
}

const PLAN_KEYS = new Set([
  ...['CreateUsagePlan', 'Description', 'Quota', 'Tags', 'Throttle', 'UsagePlanName'],
]);

function checkUsagePlan(plan: Node): void {
  const whole = expectMap(plan, "'UsagePlan'");
  for (const it of whole.entries) {
    if (!PLAN_KEYS.has(it.key)) throw new Refusal("Invalid property for 'UsagePlan'", it.at);
  }
  const create = textOf(get(whole, 'CreateUsagePlan'));
  if (create === undefined) {
    throw new Refusal("'CreateUsagePlan' is a required field for UsagePlan.", plan.at);
  }
  if (!['SHARED', 'PER_API', 'NONE'].includes(create)) {
    throw new Refusal("'CreateUsagePlan' accepts one of SHARED, PER_API, NONE.", plan.at);
  }
}

/** Points every operation that no event has already pointed elsewhere at one line. */
function blameAll(body: Body, blame: Blame): void {
  for (const { key } of body.paths) {
    body.editOperations(key, NO_METHODS, (operation) => {
      const own = body.blameOf(operation);
      const isAuthorized = truthy(get(operation, 'security'));
      if (!isAuthorized)
        body.blame(operation, { ...blame, notes: [...blame.notes, ...(own?.notes ?? [])] });
      return operation;
    });
  }
}

/** Puts the default on every method that has an integration and says nothing else. */
function setDefault(
  body: Body,
  name: string,
  authorizerNames: ReadonlySet<string>,
  auth: MapNode,
  place: Node['at'],
): void {
  const preflights = get(auth, 'AddDefaultAuthorizerToCorsPreflight');
  const isForPreflights = preflights === undefined || truthy(preflights);
  const preflightPlace = entryOf(auth, 'AddDefaultAuthorizerToCorsPreflight')?.at ?? place;
  for (const { key: path } of body.paths) {
    body.editOperations(path, NO_METHODS, (operation, method) => {
      if (!truthy(get(operation, INTEGRATION))) return operation;
      if (method === 'options' && !isForPreflights) {
        const notes = [
          'AddDefaultAuthorizerToCorsPreflight: false leaves every OPTIONS method without the DefaultAuthorizer',
        ];
        body.blame(operation, { place: preflightPlace, fix: FIXES.samEvent, notes });
        return operation;
      }
      const existing = securityOf(operation, path, method);
      const isAuthorizer = (it: MapNode) => it.entries.some(({ key }) => authorizerNames.has(key));
      const others = existing.filter((it) => !isAuthorizer(it));
      const none = others.findIndex((it) => it.entries.some(({ key }) => key === 'NONE'));
      const own = existing.filter(isAuthorizer);
      const added = map([entry(name, list([], place), place)], place);
      const security =
        none >= 0 ? others.toSpliced(none, 1) : [...others, ...(own.length > 0 ? own : [added])];
      if (security.length === 0) return operation;
      const at = entryOf(operation, 'security')?.at ?? place;
      const value = list(security, at);
      const whole = withEntry(operation, { key: 'security', at, value });
      if (none < 0 && own.length === 0) {
        const notes =
          method === 'options' && isMock(operation)
            ? [
                'a browser sends no signature with a preflight: AddDefaultAuthorizerToCorsPreflight: false leaves preflights open',
              ]
            : [];
        body.blame(whole, { place, fix: FIXES.samDefault, notes });
      }
      if (security[0]?.entries.some(({ key }) => key === 'AWS_IAM') === true) {
        body.defineScheme(SCHEMES, 'AWS_IAM', iamScheme(place), false);
      }
      return whole;
    });
  }
}

function isMock(operation: Node): boolean {
  return textOf(get(operation, INTEGRATION, 'type'))?.toLowerCase() === 'mock';
}

function securityOf(operation: MapNode, path: string, method: string): readonly MapNode[] {
  const existing = get(operation, 'security');
  if (existing === undefined) return [];
  if (!isList(existing)) {
    throw new Refusal(
      `Type of security for path ${path} method ${method} must be a list`,
      existing.at,
    );
  }
  return existing.items.map((it) => {
    if (isMap(it)) return it;
    throw new Refusal(
      `Security for path ${path} method ${method} is not a valid dictionary.`,
      it.at,
    );
  });
}

function setDefaultKey(body: Body, isForPreflights: boolean): void {
  const isKey = (it: MapNode) =>
    it.entries.some(({ key }) => key === 'api_key' || key === 'api_key_false');
  for (const { key: path } of body.paths) {
    body.editOperations(path, NO_METHODS, (operation, method) => {
      if (!truthy(get(operation, INTEGRATION))) return operation;
      const existing = securityOf(operation, path, method);
      const others = existing.filter((it) => !isKey(it));
      const isOff = existing.some((it) => it.entries.some(({ key }) => key === 'api_key_false'));
      const at = entryOf(operation, 'security')?.at ?? operation.at;
      const added = map([entry('api_key', list([], at), at)], at);
      const isPreflightOff = method === 'options' && !isForPreflights;
      const security = isOff || isPreflightOff ? others : [...others, added];
      if (security.length === 0 && existing.length === 0) return operation;
      return withEntry(operation, { key: 'security', at, value: list(security, at) });
    });
  }
}

/** Adds an OPTIONS method that answers CORS by itself to every path without one. */
function addCors(api: ApiDraft, body: Body | null, cors: Node | undefined): void {
  if (!truthy(cors)) return;
  const at = placeIn(api.properties, 'Cors') ?? cors.at;
  const hasBody = body !== null || truthy(get(api.properties, 'DefinitionBody'));
  if (!hasBody) {
    throw new Refusal(
      "Cors works only with inline Swagger specified in 'DefinitionBody' property.",
      at,
    );
  }
  let origin: Node | undefined = scalar("'*'", at);
  if (isMap(cors) && !isIntrinsic(cors)) {
    for (const it of cors.entries) {
      if (!CORS_KEYS.has(it.key)) {
        throw new Refusal(`Invalid key '${it.key}' for 'Cors' property.`, it.at);
      }
    }
    origin = get(cors, 'AllowOrigin') ?? origin;
    const credentials = get(cors, 'AllowCredentials');
    const isTrue = credentials?.kind === 'scalar' && credentials.value === true;
    if (isTrue && textOf(origin) === "'*'") {
      throw new Refusal(
        "Unable to add Cors configuration because 'AllowCredentials' can not be true when 'AllowOrigin' is \"'*'\" or not set",
        at,
      );
    }
  } else if (textOf(cors) === undefined && !isIntrinsic(cors)) {
    throw new Refusal("Invalid value for 'Cors' property", at);
  }
  if (body === null) {
    throw new Refusal(
      "Unable to add Cors configuration because 'DefinitionBody' does not contain a valid Swagger definition.",
      at,
    );
  }
  const done = new Set<string>();
  for (const { key: path } of body.paths) {
    const normalizedPath = path === '/' ? path : path.replace(/\/+$/, '');
    if (done.has(normalizedPath)) continue;
    done.add(normalizedPath);
    body.editPath(path, at, (item) => {
      if (entryOf(item, 'options') !== undefined) return item;
      if (!truthy(origin)) {
        throw new Refusal('Invalid input. Value for AllowedOrigins is required', at);
      }
      const operation = preflight(at);
      body.blame(operation, { place: at, fix: FIXES.samDefault, notes: [] });
      return { ...item, entries: [...item.entries, { key: 'options', at, value: operation }] };
    });
  }
}

function preflight(at: Node['at']): MapNode {
  const one = (key: string, value: Node) => map([entry(key, value)], at);
  const headers = one('Access-Control-Allow-Origin', one('type', scalar('string', at)));
  return map(
    [
      entry(INTEGRATION, one('type', scalar('mock', at))),
      entry('responses', one('200', one('headers', headers))),
    ],
    at,
  );
}
