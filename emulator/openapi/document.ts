import { parse } from 'yaml';
import { isJsonObject, type JsonObject, type JsonValue } from '../json.js';

/** An API definition that cannot be read; the message says why. */
export class DefinitionError extends Error {
  override readonly name = 'DefinitionError';
}

/** How the base path of a definition is brought into its paths. */
export type BasePathHandling = 'ignore' | 'prepend' | 'split';

/** One operation of a definition. */
export interface Operation {
  /** As API Gateway spells it; `ANY` for `x-amazon-apigateway-any-method`. */
  readonly method: string;
  /** With the base path as it was asked for. */
  readonly path: string;
  readonly body: JsonObject;
  /** Parameters that the operation declares, those of its path included. */
  readonly parameters: readonly JsonObject[];
}

/** An OpenAPI definition, read. */
export interface Definition {
  readonly openapi: 2 | 3;
  readonly root: JsonObject;
  /** `securityDefinitions`, or `components.securitySchemes`. */
  readonly schemes: JsonObject;
  readonly operations: readonly Operation[];
}

const METHODS = new Set(['get', 'put', 'post', 'delete', 'options', 'head', 'patch']);
const ANY = 'x-amazon-apigateway-any-method';

/**
 * Reads a definition in JSON or YAML.
 *
 * @param variables what `${AWS::…}` stands for (API Gateway Developer Guide, "AWS variables for OpenAPI
 *   import").
 * @throws DefinitionError
 */
export function readDefinition(
  text: string,
  basePath: BasePathHandling,
  variables: Readonly<Record<string, string>>,
): Definition {
  const root = rootOf(
    text.replaceAll(/\$\{(AWS::\w+)\}/g, (whole, name: string) => variables[name] ?? whole),
  );
  const openapi = versionOf(root);
  const components = objectAt(root, 'components');
  return {
    openapi,
    root,
    schemes:
      openapi === 2
        ? objectAt(root, 'securityDefinitions')
        : objectAt(components, 'securitySchemes'),
    operations: operationsOf(root, prefixOf(openapi, root, basePath)),
  };
}

/** A member that is an object; an empty one where it is anything else. */
export function objectAt(object: JsonObject, name: string): JsonObject {
  const value = object[name];
  return isJsonObject(value) ? value : {};
}

/** A member that is a string. */
export function textAt(object: JsonObject, name: string): string | undefined {
  const value = object[name];
  return typeof value === 'string' ? value : undefined;
}

/** The objects of a member that is a list. */
export function listAt(object: JsonObject, name: string): readonly JsonObject[] {
  const value = object[name];
  return isList(value) ? value.filter(isJsonObject) : [];
}

/** Whether a value is a list. */
export function isList(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}

const READERS: readonly ((text: string) => unknown)[] = [
  (text) => JSON.parse(text),
  (text) => parse(text),
];

function rootOf(text: string): JsonObject {
  for (const read of READERS) {
    try {
      const parsed: unknown = read(text);
      if (isJsonObject(parsed)) return parsed;
    } catch {
      // Then it is the other one, or neither.
    }
  }
  throw new DefinitionError('it is neither JSON nor YAML of an object');
}

function versionOf(root: JsonObject): 2 | 3 {
  if (String(root.swagger) === '2' || root.swagger === '2.0') return 2;
  if (typeof root.openapi === 'string' && /^3\./.test(root.openapi)) return 3;
  throw new DefinitionError('it names neither swagger: "2.0" nor openapi: "3.…"');
}

/**
 * What is put before every path: nothing, the base path, or the base path without its first part
 * (API Gateway Developer Guide, "Set the OpenAPI basePath property"). In OpenAPI 3 a server variable
 * `basePath` goes before the path of the first server's URL.
 */
function prefixOf(openapi: 2 | 3, root: JsonObject, handling: BasePathHandling): string {
  if (handling === 'ignore') return '';
  const parts = (openapi === 2 ? textAt(root, 'basePath') : serverPath(root)) ?? '';
  const segments = parts.split('/').filter((part) => part !== '');
  const kept = handling === 'split' ? segments.slice(1) : segments;
  return kept.map((part) => `/${part}`).join('');
}

function serverPath(root: JsonObject): string | undefined {
  const [server] = listAt(root, 'servers');
  if (server === undefined) return undefined;
  const variable = textAt(objectAt(objectAt(server, 'variables'), 'basePath'), 'default');
  if (variable !== undefined) return variable;
  const url = textAt(server, 'url') ?? '';
  return URL.canParse(url) ? new URL(url).pathname : url;
}

function operationsOf(root: JsonObject, prefix: string): Operation[] {
  return Object.entries(objectAt(root, 'paths')).flatMap(([path, item]) => {
    if (path.startsWith('x-') || !isJsonObject(item)) return [];
    if (item.$ref !== undefined) {
      throw new DefinitionError(`this emulator follows no $ref in the path ${path}`);
    }
    const shared = listAt(item, 'parameters');
    return Object.entries(item).flatMap(([key, body]) => {
      const name = key.toLowerCase();
      if ((!METHODS.has(name) && name !== ANY) || !isJsonObject(body)) return [];
      return [
        {
          method: name === ANY ? 'ANY' : name.toUpperCase(),
          path: `${prefix}${path}`.replace(/\/+$/, '') || '/',
          body,
          parameters: [...shared, ...listAt(body, 'parameters')],
        },
      ];
    });
  });
}
