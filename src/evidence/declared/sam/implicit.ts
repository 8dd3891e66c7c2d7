import type { Resource } from '../cloudformation/resources.js';
import { entry, map, scalar } from '../node.js';
import type { ApiDraft } from './draft.js';
import type { ApiEvent } from './events.js';

/** The document that SAM starts from where the template has none. */
export function skeleton(at: Resource['at'], isHttp: boolean) {
  const version = isHttp
    ? entry('openapi', scalar('3.0.1', at))
    : entry('swagger', scalar('2.0', at));
  return map([version, entry('paths', map([], at))], at);
}

/** The API of the events that name none; where it has to change, that is the first of them. */
export function implicitApi(
  id: string,
  type: string,
  events: readonly ApiEvent[],
): Resource | null {
  const [first] = events;
  if (first === undefined) return null;
  const { place } = first;
  const properties = map([entry('StageName', scalar('Prod', place))], place);
  const node = map([entry('Type', scalar(type, place)), entry('Properties', properties)], place);
  const when = conditionOf(events, id);
  return { id, type, at: place, node, properties, when, assumes: [], choice: [] };
}

/** The implicit API exists under its functions' conditions, where all of them have one. */
function conditionOf(events: readonly ApiEvent[], id: string): readonly string[] {
  const conditions = new Set(events.map(({ condition }) => condition));
  if (conditions.has(null)) return [];
  const [only] = conditions;
  if (conditions.size === 1 && only !== null && only !== undefined) return [only];
  return [`${id}Condition`];
}

/** A path exists under its methods' conditions, where all of them have one. */
export function makePathsConditional(api: ApiDraft, events: readonly ApiEvent[]): void {
  const { body, resource } = api;
  if (body === null || !api.isManaged) return;
  const byPath = Map.groupBy(events, ({ path }) => path);
  for (const { key: path } of body.paths) {
    const own = byPath.get(path) ?? [];
    const conditions = new Set(own.map(({ condition }) => condition));
    if (conditions.size === 0 || conditions.has(null)) continue;
    const [only] = conditions;
    const name =
      conditions.size === 1 && typeof only === 'string'
        ? only
        : `${resource.id}${path.replaceAll('/', 'SLASH').replaceAll('{', 'OB').replaceAll('}', 'CB')}PathCondition`;
    body.makePathConditional(path, name);
  }
}
