import { expect, test } from '@jest/globals';
import { openAuditBench } from '../../bench/audit.js';
import { callsMade, minimumCalls, minimumCallsV2 } from '../../bench/minimum-calls.js';
import { syntheticRegionV2 } from '../../bench/region.js';
import { API_ID, RESOURCE_COUNTS } from '../../bench/synthetic-api.js';
import type { ApiState } from '../../emulator/model.js';
import { findBundle } from '../../runner/bundle.js';
import { scenario } from './kit.js';

function apiOf(apis: ReadonlyMap<string, ApiState>): ApiState {
  const api = apis.get(API_ID);
  if (api === undefined) throw new Error(`there is no API ${API_ID}`);
  return api;
}

test.each(RESOURCE_COUNTS)(
  'an audit of %i resources makes no call more than it needs',
  async (resources) => {
    const { emulator, audit } = await openAuditBench(resources, findBundle());
    try {
      const api = apiOf(emulator.account.apis);
      expect(api.resources.size).toBe(resources);

      await audit({ 'smoke-test': 'false' });

      expect(callsMade(emulator.requests)).toEqual(minimumCalls(api));
    } finally {
      await emulator.close();
    }
  },
);

test('the minimum counts pages, and a deployment once however many stages and canaries serve it', async () => {
  const { emulator } = await openAuditBench(1001, findBundle());
  await emulator.close();

  expect(minimumCalls(apiOf(emulator.account.apis))).toEqual({
    GetCallerIdentity: 1,
    GetRestApi: 1,
    GetResources: 3,
    GetStages: 1,
    GetDeployment: 2,
  });
});

test('preflights take one export a deployment, however many there are and however many stages', async () => {
  const { emulator, run } = await scenario({
    apis: [
      {
        id: API_ID,
        name: 'browsers',
        methods: { 'GET /': { auth: 'AWS_IAM' }, 'OPTIONS /': { cors: true } },
        repeat: [{ count: 40, key: 'OPTIONS /item-#', method: { cors: true } }],
        deployments: [{ id: 'dep001' }, { id: 'dep002' }],
        stages: {
          dev: { deployment: 'dep001' },
          test: { deployment: 'dep002' },
          prod: { deployment: 'dep002' },
        },
      },
    ],
  });
  const { parsed } = await run({ 'smoke-test': 'false' });

  expect(parsed.verdict).toBe('pass');
  expect(callsMade(emulator.requests)).toEqual(minimumCalls(apiOf(emulator.account.apis)));
  expect(callsMade(emulator.requests)).toMatchObject({ GetDeployment: 2, GetExport: 2 });
});

test('the smoke test adds one call an API: what its gateway responses make of errors', async () => {
  const { emulator, audit } = await openAuditBench(2, findBundle());
  try {
    await audit({});

    expect(emulator.requests.some(({ plane }) => plane === 'data')).toBe(true);
    expect(callsMade(emulator.requests)).toEqual({
      ...minimumCalls(apiOf(emulator.account.apis)),
      GetGatewayResponses: 1,
    });
  } finally {
    await emulator.close();
  }
});

test('an audit of HTTP and WebSocket APIs makes no call more than it needs', async () => {
  const { emulator, run } = await scenario(syntheticRegionV2(4, 3));
  await run({ 'api-id': '*', 'api-types': 'HTTP,WEBSOCKET', 'smoke-test': 'false' });
  expect(callsMade(emulator.requests)).toEqual(minimumCallsV2(emulator.account.v2.apis.values()));
});
