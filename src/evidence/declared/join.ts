import type { DeclaredApi } from '../../model/declared.js';
import { declaredId } from '../../model/declared-id.js';
import { type ApiEvidence, methodKey, nameOf } from '../../model/evidence.js';

/** Which API of the account each declared API is. */
export interface Joined {
  /** By the live API's id. */
  readonly byApi: ReadonlyMap<string, readonly DeclaredApi[]>;
  /** Those that are none of the APIs that were read. */
  readonly alone: readonly DeclaredApi[];
  /** Why some were joined to none, in sentences. */
  readonly notes: readonly string[];
}

/** The tags that CloudFormation puts on what it makes (CloudFormation User Guide, "Resource tags"). */
const STACK_TAG = 'aws:cloudformation:stack-name';
const LOGICAL_ID_TAG = 'aws:cloudformation:logical-id';

/**
 * Joins declared APIs to live ones: by what the configuration file says, by the id that a plan knows, or
 * by CloudFormation's tags. Where more than one could be meant, none is: a wrong join would speak of the
 * wrong API.
 *
 * @param named ids or names of live APIs by `template.yaml#LogicalId`.
 */
export function joinDeclared(
  live: readonly ApiEvidence[],
  declared: readonly DeclaredApi[],
  named: ReadonlyMap<string, string> = new Map(),
): Joined {
  const byApi = new Map<string, DeclaredApi[]>();
  const alone: DeclaredApi[] = [];
  const notes: string[] = [];
  const others = (api: DeclaredApi) =>
    declared.filter(
      (it) =>
        declaredId(it) !== declaredId(api) &&
        logicalIdOf(it) === logicalIdOf(api) &&
        it.identity.stack === api.identity.stack,
    );
  for (const api of declared) {
    const id = declaredId(api);
    const found = matchesOf(api, live, named);
    const isAmbiguous =
      found.by === 'tags' &&
      (found.apis.length > 1 || others(api).length > 0) &&
      found.apis.length > 0;
    const [only] = found.apis;
    if (only === undefined || isAmbiguous) {
      alone.push(api);
      notes.push(noteOn(id, found, isAmbiguous));
      continue;
    }
    for (const { id: liveId } of found.apis) {
      byApi.set(liveId, [...(byApi.get(liveId) ?? []), api]);
    }
  }
  return { byApi, alone, notes: [...new Set(notes)] };
}

interface Matches {
  readonly by: 'name' | 'id' | 'tags';
  readonly apis: readonly ApiEvidence[];
}

function matchesOf(
  api: DeclaredApi,
  live: readonly ApiEvidence[],
  named: ReadonlyMap<string, string>,
): Matches {
  const given = named.get(declaredId(api));
  if (given !== undefined) {
    return { by: 'name', apis: live.filter((it) => it.id === given || nameOf(it) === given) };
  }
  const { id, stack } = api.identity;
  if (id !== null) return { by: 'id', apis: live.filter((it) => it.id === id) };
  const logicalId = logicalIdOf(api);
  if (logicalId === null) return { by: 'tags', apis: [] };
  const tagged = live.filter(({ kind, description }) => {
    if (!description.readable || kind !== api.kind) return false;
    const { tags } = description.value;
    return tags[LOGICAL_ID_TAG] === logicalId && (stack === null || tags[STACK_TAG] === stack);
  });
  const [only] = tagged;
  const isOther = stack === null && tagged.length === 1 && only !== undefined && !isLike(only, api);
  return { by: 'tags', apis: isOther ? [] : tagged };
}

/**
 * Whether a live API may be what a template makes, by their methods. A template does not say of which stack it
 * is, and many have the same logical ids: SAM calls every API that nobody writes `ServerlessRestApi`. An
 * exception for the one would cover the other.
 */
function isLike({ configured }: ApiEvidence, { methods }: DeclaredApi): boolean {
  const declared = new Set(
    methods.flatMap(({ method, path }) => (path === null ? [] : [methodKey(method, path)])),
  );
  if (!configured.readable || configured.value.size === 0 || declared.size === 0) return true;
  const shared = [...declared].filter((key) => configured.value.has(key)).length;
  return 2 * shared >= Math.min(declared.size, configured.value.size);
}

/** Within a nested stack, the tags tell that stack's own. */
function logicalIdOf({ identity }: DeclaredApi): string | null {
  return identity.logicalId?.split('/').at(-1) ?? null;
}

function noteOn(id: string, { by, apis }: Matches, isAmbiguous: boolean): string {
  const remedy = `Name the API in the configuration file, under templates: "${id}": its id or name.`;
  if (isAmbiguous) {
    const names = apis.map((api) => `${nameOf(api)} (${api.id})`).join(', ');
    return `${id} was judged by itself: CloudFormation's tags do not tell which API it is (${names}). ${remedy}`;
  }
  return by === 'name'
    ? `${id} was judged by itself: the API that the configuration file names for it was not read.`
    : `${id} was judged by itself: none of the APIs that were read is known to be deployed from it. ${remedy}`;
}
