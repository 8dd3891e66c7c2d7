import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { findV2Route } from '../../../emulator/v2/data/route.js';
import type { V2Snapshot } from '../../../emulator/v2/model.js';

function snapshotOf(keys: readonly string[]): V2Snapshot {
  return {
    routes: keys.map((routeKey, index) => ({
      routeId: `r${index}`,
      routeKey,
      authorizationType: 'NONE',
      apiKeyRequired: false,
      other: {},
    })),
    integrations: new Map(),
    authorizers: new Map(),
    disableExecuteApiEndpoint: false,
  };
}

const found = (keys: readonly string[], method: string, path: string) =>
  findV2Route(snapshotOf(keys), method, path)?.route.routeKey;

const segment = fc.constantFrom('a', 'b', '{x}', '{y}');
const pattern = fc
  .tuple(fc.array(segment, { maxLength: 3 }), fc.constantFrom('', '/{proxy+}'))
  .map(([parts, greedy]) =>
    parts.length === 0 && greedy === '' ? '/' : `${parts.map((it) => `/${it}`).join('')}${greedy}`,
  );
const key = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(fc.constantFrom('GET', 'POST', 'ANY'), pattern)
      .map(([verb, path]) => `${verb} ${path}`),
  },
  { weight: 1, arbitrary: fc.constant('$default') },
);
const keys = fc.uniqueArray(key, { maxLength: 8 });
const path = fc
  .array(fc.constantFrom('a', 'b', 'c'), { maxLength: 4 })
  .map((parts) => `/${parts.join('/')}`);
const method = fc.constantFrom('GET', 'POST', 'PUT');

/** Whether a route takes a request, by a regular expression of its own. */
function takes(routeKey: string, verb: string, target: string): boolean {
  const [own = '', template = ''] = routeKey.split(' ');
  const expression = template.replaceAll(/\{[^}+]+\+\}/g, '.+').replaceAll(/\{[^}]+\}/g, '[^/]+');
  return (own === 'ANY' || own === verb) && new RegExp(`^${expression}$`).test(target);
}

describe('the route of any request', () => {
  test('takes it, and is there where any route takes it', () => {
    fc.assert(
      fc.property(keys, method, path, (all, verb, target) => {
        const route = found(all, verb, target);
        const taking = all.filter((it) => takes(it, verb, target));
        if (taking.length > 0) expect(taking).toContain(route);
        else expect(route).toBe(all.includes('$default') ? '$default' : undefined);
      }),
    );
  });

  test('is never a greedy one where another takes it, nor ANY beside its method', () => {
    fc.assert(
      fc.property(keys, method, path, (all, verb, target) => {
        const route = found(all, verb, target) ?? '';
        const taking = all.filter((it) => takes(it, verb, target));
        if (taking.some((it) => !it.endsWith('+}'))) expect(route).not.toMatch(/\+\}$/);
        if (route.startsWith('ANY ')) expect(all).not.toContain(route.replace('ANY', verb));
      }),
    );
  });

  test('does not depend on the order of routes', () => {
    fc.assert(
      fc.property(keys, method, path, (all, verb, target) => {
        // Names of variables make no difference: two such routes are one path to API Gateway.
        const named = (routeKey: string | undefined) => routeKey?.replaceAll(/\{[^}+]+/g, '{');
        expect(named(found(all.toReversed(), verb, target))).toBe(named(found(all, verb, target)));
      }),
    );
  });
});
