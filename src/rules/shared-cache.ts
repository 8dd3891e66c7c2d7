import { isRequiredType } from '../config/requirement.js';
import type { JoinedMethod } from '../evidence/join.js';
import { type ConfiguredMethod, isKnownType, methodKey } from '../model/evidence.js';
import type { Finding } from '../model/finding.js';
import { finding } from './finding.js';
import { nameMethods } from './name-methods.js';
import type { Rule } from './rule.js';

/**
 * A method that is served without IAM may be answered with what API Gateway keeps of answers to signed callers of
 * another one. "You can specify the same cacheNamespace across resources to return the same cached data for
 * requests to different resources" (API Gateway API Reference, Integration). What else than the namespace and the
 * cache key parameters a key is made of is not documented, so that methods of one resource, whose namespace is the
 * same by default, are none. One finding a method and stage.
 */
export const sharedCache: Rule = {
  id: 'shared-cache',
  severity: 'warning',
  holdsWhen:
    'a method without IAM shares its cache with one that asks for it, whose answers it may return',
  find({ rows }) {
    const cached = rows.flatMap((row): Cached[] => {
      const method = configuredOf(row);
      return method !== undefined && isCached(row) ? [{ row, method }] : [];
    });
    const groups = Map.groupBy(cached, ({ row, method }) =>
      JSON.stringify([row.api.id, row.stage?.name, ...keyOf(method)]),
    );
    return [...groups.values()].flatMap(ofGroup);
  },
};

/** A method whose answers a stage keeps. */
interface Cached {
  readonly row: JoinedMethod;
  readonly method: ConfiguredMethod;
}

function configuredOf({ api, method, path }: JoinedMethod): ConfiguredMethod | undefined {
  return api.configured.readable ? api.configured.value.get(methodKey(method, path)) : undefined;
}

/** What its answers are kept under: the id of its resource where the integration names nothing else. */
function keyOf({ resourceId, integrationSettings }: ConfiguredMethod): string[] {
  const { cacheNamespace = resourceId, cacheKeyParameters = '' } = integrationSettings;
  return [cacheNamespace, cacheKeyParameters];
}

/** What holds for every method of a stage that has no setting of its own. */
const EVERY_METHOD = '*/*';

/**
 * Whether a stage keeps the answers of a method: "only GET methods have caching enabled by default", others by a
 * setting of their own (API Gateway Developer Guide, "Cache settings for REST APIs in API Gateway").
 */
function isCached({ stage, method, path }: JoinedMethod): boolean {
  const { caching } = stage ?? {};
  if (caching === undefined) return false;
  const own = caching[`${path}/${method}`.replace(/^\/+/, '')];
  if (own !== undefined) return own;
  return (method === 'GET' || method === 'ANY') && caching[EVERY_METHOD] === true;
}

function ofGroup(group: readonly Cached[]): Finding[] {
  const closed = group.filter(
    ({ row }) => isKnownType(row.deployed) && isRequiredType(row.deployed),
  );
  return group.flatMap(({ row, method }) => {
    if (!isKnownType(row.deployed) || isRequiredType(row.deployed)) return [];
    const others = closed.filter((other) => other.method.resourceId !== method.resourceId);
    if (others.length === 0) return [];
    return [
      finding(
        sharedCache,
        { api: row.api.id, stage: row.stage?.name ?? null, method: row.method, path: row.path },
        `The method is served with ${row.deployed}, and its integration has the cache namespace and the cache key parameters of ${nameMethods(others.map((other) => other.row))}: it may return what the stage's cache holds of answers to signed callers.`,
        'Give its integration a cacheNamespace of its own (the id of its resource is the default), deploy, and flush the cache of the stage; or turn caching off for one of them in the settings of the stage.',
      ),
    ];
  });
}
