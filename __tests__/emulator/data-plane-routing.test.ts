import { describe, expect, test } from '@jest/globals';
import { serveInvocation } from '../../emulator/data-plane/serve.js';
import type { AccountState } from '../../emulator/model.js';
import { account, bodyOf, NOW, request, snapshot } from './small-account.js';

/** Which method answered, or the status where none did. */
async function reached(state: AccountState, line: string, at = NOW, random = 0.999) {
  const [httpMethod, path] = line.split(' ');
  const { response } = await serveInvocation(request(`${httpMethod} /a1b2c3/prod${path}`), {
    account: state,
    nowMs: at,
    random: () => random,
  });
  const body: unknown = response.status === 200 ? JSON.parse(bodyOf(response)) : undefined;
  return typeof body === 'object' && body !== null && 'message' in body
    ? body.message
    : response.status;
}

describe('the most specific method answers', () => {
  const state = account({
    d1: snapshot({
      'GET /': {},
      'GET /pets': {},
      'GET /pets/{id}': {},
      'GET /pets/mine': {},
      'ANY /pets/mine/toys': {},
      'GET /pets/{id}/toys': {},
      'GET /files/{proxy+}': {},
      'ANY /any': {},
      'POST /any': {},
    }),
  });

  test.each([
    ['GET /', 'GET /'],
    ['GET /pets', 'GET /pets'],
    ['GET /pets/', 'GET /pets'],
    ['GET /pets/7', 'GET /pets/{id}'],
    ['GET /pets/a%2Fb', 'GET /pets/{id}'],
    ['GET /pets/mine', 'GET /pets/mine'],
    ['GET /pets/%6Dine', 'GET /pets/mine'],
    ['GET /pets/mine/toys', 'ANY /pets/mine/toys'],
    ['GET /pets/7/toys', 'GET /pets/{id}/toys'],
    ['GET /files/a', 'GET /files/{proxy+}'],
    ['GET /files/a/b/c', 'GET /files/{proxy+}'],
    ['PUT /any', 'ANY /any'],
    ['POST /any', 'POST /any'],
    ['GET /files', 403],
    ['GET /files/', 403],
    ['GET /Pets', 403],
    ['GET /pets/7/8', 403],
    ['POST /pets', 403],
    ['HEAD /pets', 403],
    ['GET /nothing', 403],
  ])('%s reaches %s', async (line, expected) => {
    expect(await reached(state, line)).toBe(expected);
  });

  // localstack, test_proxy_routing_with_hardcoded_resource_sibling, validated against AWS.
  test('a resource without the method is passed over', async () => {
    const siblings = account({
      d1: snapshot({ 'POST /test': {}, 'ANY /test/any': {}, 'OPTIONS /{proxy+}': {} }),
    });
    expect(await reached(siblings, 'OPTIONS /test')).toBe('OPTIONS /{proxy+}');
    expect(await reached(siblings, 'POST /test')).toBe('POST /test');
    expect(await reached(siblings, 'OPTIONS /test/any')).toBe('ANY /test/any');
    expect(await reached(siblings, 'GET /test/any')).toBe('ANY /test/any');
    expect(await reached(siblings, 'GET /test')).toBe(403);
  });

  // ministackorg/ministack pull request 1423, measured on AWS.
  test.each([
    ['GET /jobs/reboot', 'GET /jobs/{operation_type}'],
    ['GET /jobs', 'ANY /{proxy+}'],
    ['POST /jobs/reboot', 'ANY /{proxy+}'],
    ['GET /cors_only', 'ANY /{proxy+}'],
  ])('resource and method are found as a pair: %s reaches %s', async (line, expected) => {
    const tree = account({
      d1: snapshot({
        'ANY /{proxy+}': {},
        'GET /jobs/{operation_type}': {},
        'OPTIONS /cors_only': {},
      }),
    });
    expect(await reached(tree, line)).toBe(expected);
  });

  test('a HEAD that is declared has no body', async () => {
    const head = account({ d1: snapshot({ 'HEAD /pets': {} }) });
    const { response } = await serveInvocation(request('HEAD /a1b2c3/prod/pets'), {
      account: head,
      nowMs: NOW,
      random: () => 0,
    });
    expect(response).toMatchObject({ status: 200, body: '' });
  });
});

describe('the deployment that answers', () => {
  const snapshots = {
    d1: snapshot({ 'GET /old': {} }),
    d2: snapshot({ 'GET /new': {} }),
  };

  test('is the canary’s for its share of the requests', async () => {
    const state = account(snapshots, {
      stage: { canarySettings: { deploymentId: 'd2', percentTraffic: 10, useStageCache: false } },
    });
    expect(await reached(state, 'GET /new', NOW, 0)).toBe('GET /new');
    expect(await reached(state, 'GET /new', NOW, 0.0999)).toBe('GET /new');
    expect(await reached(state, 'GET /new', NOW, 0.1)).toBe(403);
    expect(await reached(state, 'GET /old', NOW, 0.1)).toBe('GET /old');
  });

  test('is never the canary’s once its share is zero', async () => {
    const state = account(snapshots, {
      stage: { canarySettings: { deploymentId: 'd2', percentTraffic: 0, useStageCache: false } },
    });
    expect(await reached(state, 'GET /old', NOW, 0)).toBe('GET /old');
  });

  test('is the one before until a change has propagated', async () => {
    const state = account(snapshots, {
      stage: { deploymentId: 'd2', propagating: { untilMs: NOW + 1000, deploymentId: 'd1' } },
    });
    expect(await reached(state, 'GET /old', NOW + 999)).toBe('GET /old');
    expect(await reached(state, 'GET /new', NOW + 999)).toBe(403);
    expect(await reached(state, 'GET /new', NOW + 1000)).toBe('GET /new');
    expect(await reached(state, 'GET /old', NOW + 1000)).toBe(403);
  });

  test('with the canary of before, and not that of after', async () => {
    const canarySettings = { deploymentId: 'd2', percentTraffic: 100, useStageCache: false };
    const removed = account(snapshots, {
      stage: { propagating: { untilMs: NOW + 1000, deploymentId: 'd1', canarySettings } },
    });
    expect(await reached(removed, 'GET /new')).toBe('GET /new');
    expect(await reached(removed, 'GET /new', NOW + 1000)).toBe(403);
    const added = account(snapshots, {
      stage: { canarySettings, propagating: { untilMs: NOW + 1000, deploymentId: 'd1' } },
    });
    expect(await reached(added, 'GET /old')).toBe('GET /old');
    expect(await reached(added, 'GET /new', NOW + 1000)).toBe('GET /new');
  });
});
