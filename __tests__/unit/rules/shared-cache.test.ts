import { describe, expect, test } from '@jest/globals';
import type { ApiEvidence, ConfiguredMethod, StageEvidence } from '../../../src/model/evidence.js';
import { sharedCache } from '../../../src/rules/shared-cache.js';
import {
  api,
  audit,
  configured,
  configuredMethod,
  deployed,
  evidenceOf,
  read,
  stage,
} from '../evidence-builder.js';

const OPEN = 'GET /public';
const CLOSED = 'GET /orders';
const IN_ONE = { cacheNamespace: 'all' };

/** Two methods, one of them open, in a stage that keeps the answers of GET methods unless other parts are given. */
function withCache(parts: {
  readonly open?: Partial<ConfiguredMethod>;
  readonly closed?: Partial<ConfiguredMethod>;
  readonly served?: Readonly<Record<string, string>>;
  readonly caching?: StageEvidence['caching'];
  readonly names?: readonly [open: string, closed: string];
}): ApiEvidence {
  const { names: [open, closed] = [OPEN, CLOSED], caching = { '*/*': true } } = parts;
  const served = parts.served ?? { [open]: 'NONE', [closed]: 'AWS_IAM' };
  return api({
    configured: read(
      configured({
        [open]: configuredMethod(open, { authorizationType: 'NONE', ...parts.open }),
        [closed]: configuredMethod(closed, parts.closed),
      }),
    ),
    stages: read([stage({ deployed: read(deployed(served)), caching })]),
  });
}

const IN_ONE_CACHE = {
  open: { integrationSettings: IN_ONE },
  closed: { integrationSettings: IN_ONE },
};

const found = (of: ApiEvidence) =>
  audit(evidenceOf(of)).findings.filter(({ rule }) => rule === sharedCache.id);

test('a method without IAM in the cache namespace of one with it is a warning', () => {
  expect(found(withCache(IN_ONE_CACHE))).toMatchObject([
    {
      severity: 'warning',
      stage: 'prod',
      method: 'GET',
      path: '/public',
      message: expect.stringMatching(/served with NONE.*of GET \/orders:/),
      fix: expect.stringContaining('a cacheNamespace of its own'),
    },
  ]);
});

test('the namespace of another resource is its id, where that has none of its own', () => {
  const of = withCache({
    open: { integrationSettings: { cacheNamespace: 'abc123' } },
    closed: { resourceId: 'abc123' },
  });
  expect(found(of)).toHaveLength(1);
});

test('another authorizer lets in callers that IAM does not', () => {
  const served = { [OPEN]: 'CUSTOM', [CLOSED]: 'AWS_IAM' };
  expect(found(withCache({ ...IN_ONE_CACHE, served }))[0]?.message).toContain('served with CUSTOM');
});

describe('is kept in the cache', () => {
  test.each<[names: readonly [string, string], caching: Record<string, boolean>, times: number]>([
    [[OPEN, CLOSED], { '*/*': false }, 0],
    [[OPEN, CLOSED], {}, 0],
    [[OPEN, CLOSED], { 'public/GET': true, 'orders/GET': true }, 1],
    [[OPEN, CLOSED], { 'public/GET': true }, 0],
    [[OPEN, CLOSED], { '*/*': true, 'orders/GET': false }, 0],
    [['ANY /public', CLOSED], { '*/*': true }, 1],
    [['POST /public', CLOSED], { '*/*': true }, 0],
    [['POST /public', CLOSED], { '*/*': true, 'public/POST': true }, 1],
    [['GET /', CLOSED], { 'orders/GET': true, GET: true }, 1],
    [['GET /a/b', CLOSED], { 'orders/GET': true, 'a/b/GET': true }, 1],
  ])('%j by %j: %d', (names, caching, times) => {
    expect(found(withCache({ ...IN_ONE_CACHE, names, caching }))).toHaveLength(times);
  });
});

describe('is no finding', () => {
  test.each<[why: string, of: ApiEvidence]>([
    ['by default', withCache({})],
    [
      'with other keys',
      withCache({
        open: { integrationSettings: IN_ONE },
        closed: { integrationSettings: { ...IN_ONE, cacheKeyParameters: '["x"]' } },
      }),
    ],
    ['of one resource', withCache({ ...IN_ONE_CACHE, names: ['GET /a', 'ANY /a'] })],
    [
      'where both ask for IAM',
      withCache({ ...IN_ONE_CACHE, served: { [OPEN]: 'AWS_IAM', [CLOSED]: 'AWS_IAM' } }),
    ],
    [
      'where neither does',
      withCache({ ...IN_ONE_CACHE, served: { [OPEN]: 'NONE', [CLOSED]: 'NONE' } }),
    ],
    ['where one is not served', withCache({ ...IN_ONE_CACHE, served: { [OPEN]: 'NONE' } })],
    [
      'without a cache',
      {
        ...withCache(IN_ONE_CACHE),
        stages: read([
          stage({ deployed: read(deployed({ [OPEN]: 'NONE', [CLOSED]: 'AWS_IAM' })) }),
        ]),
      },
    ],
  ])('%s', (_why, of) => {
    expect(found(of)).toEqual([]);
  });
});
