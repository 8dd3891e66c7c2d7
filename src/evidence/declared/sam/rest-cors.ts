import { withoutTrailingSlashes } from '../../../model/slashes.js';
import { isIntrinsic } from '../cloudformation/folded.js';
import {
  entry,
  entryOf,
  get,
  isMap,
  type MapNode,
  map,
  type Node,
  scalar,
  textOf,
} from '../node.js';
import { FIXES } from '../snippets.js';
import { type Body, INTEGRATION } from './body.js';
import { type ApiDraft, placeIn } from './draft.js';
import { truthy } from './python.js';
import { Refusal } from './refusal.js';

const CORS_KEYS = new Set([
  ...['AllowMethods', 'AllowHeaders', 'AllowOrigin', 'MaxAge', 'AllowCredentials'],
]);

/** Adds an OPTIONS method that answers CORS by itself to every path without one. */
export function addCors(api: ApiDraft, body: Body | null, cors: Node | undefined): void {
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
    const normalizedPath = path === '/' ? path : withoutTrailingSlashes(path);
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
