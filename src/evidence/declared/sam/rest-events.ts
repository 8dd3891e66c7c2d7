import {
  entry,
  get,
  isList,
  isMap,
  isNull,
  list,
  type MapNode,
  map,
  type Node,
  scalar,
  textOf,
  withEntry,
} from '../node.js';
import type { Blame } from '../openapi/paths.js';
import { FIXES } from '../snippets.js';
import { Body, conditional, INTEGRATION, normalized } from './body.js';
import { type ApiDraft, integrated, placeIn, setOperation } from './draft.js';
import type { ApiEvent } from './events.js';
import { addResourcePolicy } from './policy.js';
import { truthy } from './python.js';
import { expectMap, Refusal } from './refusal.js';
import { apiKeyScheme, iamScheme } from './schemes.js';
import { SCHEMES } from './swagger.js';

/** Writes what an event adds to the document of its REST API: a method, where SAM may, and its auth. */
export function addRestEvent(event: ApiEvent, api: ApiDraft, blames: WeakMap<Node, Blame>): void {
  const merges = truthy(get(api.properties, 'MergeDefinitions'));
  const { body } = api;
  const overrides = truthy(get(event.auth, 'OverrideApiAuth'));
  if (body !== null && merges && !event.isStateMachine) mergeMethod(event, api, body, blames);
  else if (body !== null && api.isManaged) addMethod(event, api, body);
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
  if (body.itemOf(event.path) === undefined) return;
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
  const item = body.itemOf(event.path);
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
  body.setItem({ key: event.path, at, value: whole });
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
    // Of a stage whose name is no text, the translator takes the name "Stage".
    const stage = textOf(get(api.properties, 'StageName')) ?? 'Stage';
    const at = placeIn(auth, 'ResourcePolicy') ?? policy.at;
    addResourcePolicy(body, policy, [path], stage, at);
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
