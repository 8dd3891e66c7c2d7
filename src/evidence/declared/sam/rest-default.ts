import {
  entry,
  entryOf,
  get,
  isList,
  isMap,
  list,
  type MapNode,
  map,
  type Node,
  textOf,
  withEntry,
} from '../node.js';
import type { Blame } from '../openapi/paths.js';
import { FIXES } from '../snippets.js';
import { type Body, INTEGRATION } from './body.js';
import { truthy } from './python.js';
import { Refusal } from './refusal.js';
import { iamScheme } from './schemes.js';
import { NO_METHODS, SCHEMES } from './swagger.js';

/** Puts the default on every method that has an integration and says nothing else. */
export function setDefault(
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

export function setDefaultKey(body: Body, isForPreflights: boolean): void {
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

/** Points every operation that no event has already pointed elsewhere at one line. */
export function blameAll(body: Body, blame: Blame): void {
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
