import {
  CreateDeploymentCommand,
  CreateStageCommand,
  GetStageCommand,
  GetStagesCommand,
  type PatchOperation,
  UpdateStageCommand,
} from '@aws-sdk/client-api-gateway';
import { describe, expect, test } from '@jest/globals';
import { apiGateway, closeAfterEach, deployableApi, emulatorFor, plain, refusal } from './kit.js';

closeAfterEach();

async function setUp() {
  const client = apiGateway(await emulatorFor());
  const { restApiId } = await deployableApi(client);
  const deploy = async (more: object = {}) =>
    (await client.send(new CreateDeploymentCommand({ restApiId, ...more }))).id ?? '';
  return {
    client,
    restApiId,
    deploy,
    create: (stageName: string, deploymentId: string, more: object = {}) =>
      client.send(new CreateStageCommand({ restApiId, stageName, deploymentId, ...more })),
    get: (stageName: string) => client.send(new GetStageCommand({ restApiId, stageName })),
    patch: (stageName: string, ...patchOperations: PatchOperation[]) =>
      client.send(new UpdateStageCommand({ restApiId, stageName, patchOperations })),
  };
}

const DEFAULT_SETTING = {
  cacheDataEncrypted: false,
  cacheTtlInSeconds: 300,
  cachingEnabled: true,
  dataTraceEnabled: false,
  metricsEnabled: false,
  requireAuthorizationForCacheControl: true,
  throttlingBurstLimit: 5000,
  throttlingRateLimit: 10000,
  unauthorizedCacheControlHeaderStrategy: 'SUCCEED_WITH_RESPONSE_HEADER',
};
const SCOPE = '/{resourcePath}/{httpMethod}';
/** The service's own list of paths, with the commas that it lacks. */
const VALID_PATHS = `[/deploymentId, /description, /cacheClusterEnabled, /cacheClusterSize, /clientCertificateId, /accessLogSettings, /accessLogSettings/destinationArn, /accessLogSettings/format, ${SCOPE}/metrics/enabled, ${SCOPE}/logging/dataTrace, ${SCOPE}/logging/loglevel, ${SCOPE}/throttling/burstLimit${SCOPE}/throttling/rateLimit${SCOPE}/caching/ttlInSeconds, ${SCOPE}/caching/enabled, ${SCOPE}/caching/dataEncrypted, ${SCOPE}/caching/requireAuthorizationForCacheControl, ${SCOPE}/caching/unauthorizedCacheControlHeaderStrategy, /*/*/metrics/enabled, /*/*/logging/dataTrace, /*/*/logging/loglevel, /*/*/throttling/burstLimit /*/*/throttling/rateLimit /*/*/caching/ttlInSeconds, /*/*/caching/enabled, /*/*/caching/dataEncrypted, /*/*/caching/requireAuthorizationForCacheControl, /*/*/caching/unauthorizedCacheControlHeaderStrategy, /variables/{variable_name}, /tracingEnabled]`;

// Source: localstack snapshot test_create_update_stages, recorded against AWS on 2024-03-05.
describe('a stage', () => {
  test('is created, changed and read', async () => {
    const { deploy, create, patch, get } = await setUp();
    const deploymentId = await deploy();
    const created = await create('s1', deploymentId, {
      description: 'my stage',
      documentationVersion: 'v123',
    });
    const expected = {
      stageName: 's1',
      deploymentId,
      description: 'my stage',
      documentationVersion: 'v123',
      cacheClusterEnabled: false,
      cacheClusterStatus: 'NOT_AVAILABLE',
      methodSettings: {},
      tracingEnabled: false,
      createdDate: expect.any(Date),
      lastUpdatedDate: expect.any(Date),
    };
    expect(plain(created)).toEqual(expected);

    const updated = await patch(
      's1',
      { op: 'replace', path: '/description', value: 'stage new' },
      { op: 'replace', path: '/variables/var1', value: 'test' },
      { op: 'replace', path: '/variables/var2', value: 'test2' },
      { op: 'replace', path: '/*/*/throttling/burstLimit', value: '123' },
      { op: 'replace', path: '/*/*/caching/enabled', value: 'true' },
      { op: 'replace', path: '/tracingEnabled', value: 'true' },
      { op: 'replace', path: '/test/GET/throttling/burstLimit', value: '124' },
    );
    const after = {
      ...expected,
      description: 'stage new',
      tracingEnabled: true,
      variables: { var1: 'test', var2: 'test2' },
      methodSettings: {
        '*/*': { ...DEFAULT_SETTING, throttlingBurstLimit: 123 },
        'test/GET': { ...DEFAULT_SETTING, throttlingBurstLimit: 124 },
      },
    };
    expect(plain(updated)).toEqual(after);
    expect(plain(await get('s1'))).toEqual(after);

    const overridden = await patch('s1', {
      op: 'replace',
      path: '/*/*/throttling/burstLimit',
      value: '100',
    });
    expect(overridden.methodSettings?.['*/*']?.throttlingBurstLimit).toBe(100);
    expect(overridden.methodSettings?.['test/GET']?.throttlingBurstLimit).toBe(124);
  });

  test.each(['/documentation_version', '/tags/tag1', '/canarySettings', '/canarySettings/badPath'])(
    'refuses replace %s with the list of what there is',
    async (path) => {
      const { deploy, patch } = await setUp();
      await deploy({ stageName: 's1' });
      expect(await refusal(patch('s1', { op: 'replace', path, value: 'x' }))).toEqual({
        status: 400,
        name: 'BadRequestException',
        message: `Invalid method setting path: ${path}. Must be one of: ${VALID_PATHS}`,
      });
    },
  );

  // Source: localstack snapshot test_update_stage_remove_wildcard, 2024-03-05.
  test('loses its wildcard setting, once', async () => {
    const { deploy, patch } = await setUp();
    await deploy({ stageName: 's1' });
    const removed = { op: 'remove' as const, path: '/*/*' };
    expect((await refusal(patch('s1', removed))).message).toBe(
      'Cannot remove method setting */* because there is no method setting for this method ',
    );
    await patch('s1', { op: 'replace', path: '/*/*/caching/enabled', value: 'true' });
    expect((await patch('s1', removed)).methodSettings).toEqual({});
  });

  // Sources: localstack snapshots test_stage_access_log_settings(_validation), 2026-02-25.
  test('has log settings', async () => {
    const { deploy, patch } = await setUp();
    await deploy({ stageName: 's1' });
    const path = '/accessLogSettings/destinationArn';
    const added = await patch('s1', { op: 'add', path, value: 'arn:log' });
    expect(added.accessLogSettings).toEqual({ destinationArn: 'arn:log' });
    const message = async (operation: PatchOperation) =>
      (await refusal(patch('s1', operation))).message;
    for (const wrong of ['/accessLogSettings', '/accessLogSettings/*', '/accessLogSettings/x'])
      expect(await message({ op: 'add', path: wrong, value: 'x' })).toBe(
        'Invalid accessLogSettings path. Must be one of : [/accessLogSettings/destinationArn, /accessLogSettings/format]',
      );
    expect(await message({ op: 'replace', path, value: '' })).toBe(
      'Access Log value must not be empty',
    );
    expect(await message({ op: 'remove', path })).toBe(
      'Cannot remove method setting accessLogSettings/destinationArn because there is no method setting for this method ',
    );
    const removed = await patch('s1', { op: 'remove', path: '/accessLogSettings' });
    expect(removed.accessLogSettings).toBeUndefined();
  });

  // Source: localstack snapshot test_get_stages_filters_by_deployment_id, 2026-02-25.
  test('is listed by its deployment', async () => {
    const { client, restApiId, deploy } = await setUp();
    const one = await deploy({ stageName: 'stage1' });
    await deploy({ stageName: 'stage2' });
    const all = await client.send(new GetStagesCommand({ restApiId }));
    expect(all.item?.map((stage) => stage.stageName)).toEqual(['stage1', 'stage2']);
    const some = await client.send(new GetStagesCommand({ restApiId, deploymentId: one }));
    expect(some.item?.map((stage) => stage.stageName)).toEqual(['stage1']);
  });

  test('is pointed at another deployment, which must exist', async () => {
    const { deploy, patch } = await setUp();
    const one = await deploy({ stageName: 's1' });
    const two = await deploy();
    const pointer = (value: string) => patch('s1', { op: 'replace', path: '/deploymentId', value });
    expect((await pointer(two)).deploymentId).toBe(two);
    expect((await pointer(one)).deploymentId).toBe(one);
    expect(await refusal(pointer('nope'))).toEqual({
      status: 400,
      name: 'BadRequestException',
      message: 'Deployment id does not exist',
    });
  });
});

// Sources: localstack tests/aws/services/apigateway/test_apigateway_canary.snapshot.json, recorded
// against AWS on 2025-05-30: test_create_update_stages, test_create_canary_deployment_by_stage_update,
// test_update_stage_canary_deployment_validation, test_update_stage_with_copy_ops.
describe('a canary', () => {
  test('is created with its stage, changed and removed', async () => {
    const { deploy, create, patch } = await setUp();
    const one = await deploy();
    const two = await deploy();
    const created = await create('dev', one, {
      variables: { testVar: 'default' },
      canarySettings: {
        deploymentId: two,
        percentTraffic: 50,
        stageVariableOverrides: { testVar: 'canary' },
      },
    });
    expect(created.canarySettings).toEqual({
      deploymentId: two,
      percentTraffic: 50,
      stageVariableOverrides: { testVar: 'canary' },
      useStageCache: false,
    });
    const path = '/canarySettings/stageVariableOverrides/testVar';
    const updated = await patch('dev', { op: 'replace', path, value: 'updated' });
    expect(updated.canarySettings?.stageVariableOverrides).toEqual({ testVar: 'updated' });
    const removed = await patch('dev', { op: 'remove', path: '/canarySettings' });
    expect('canarySettings' in removed).toBe(false);
    expect(removed.variables).toEqual({ testVar: 'default' });
  });

  test('begins by replace: on the named deployment with 0 %, or on the stage’s own', async () => {
    const { deploy, patch } = await setUp();
    const one = await deploy({ stageName: 'dev' });
    const two = await deploy();
    const byId = await patch('dev', {
      op: 'replace',
      path: '/canarySettings/deploymentId',
      value: two,
    });
    expect(byId.canarySettings).toEqual({
      deploymentId: two,
      percentTraffic: 0,
      useStageCache: false,
    });
    await patch('dev', { op: 'remove', path: '/canarySettings' });
    const byPercent = await patch('dev', {
      op: 'replace',
      path: '/canarySettings/percentTraffic',
      value: '50',
    });
    expect(byPercent.canarySettings).toEqual({
      deploymentId: one,
      percentTraffic: 50,
      useStageCache: false,
    });
  });

  test('refuses add, unknown deployments and removing parts of it', async () => {
    const { deploy, patch } = await setUp();
    const one = await deploy({ stageName: 'dev' });
    const message = async (operation: PatchOperation) =>
      (await refusal(patch('dev', operation))).message;
    const path = '/canarySettings/deploymentId';
    expect(await message({ op: 'add', path, value: one })).toBe(
      'Invalid add operation with path: /canarySettings/deploymentId',
    );
    expect(await message({ op: 'replace', path, value: 'deploy' })).toBe(
      'Deployment id does not exist',
    );
    for (const part of ['stageVariableOverrides', 'badPath'])
      expect(await message({ op: 'remove', path: `/canarySettings/${part}` })).toBe(
        `Cannot remove method setting canarySettings/${part} because there is no method setting for this method `,
      );
  });

  test('is promoted by copy, and stays with 0 %', async () => {
    const { deploy, patch, get } = await setUp();
    const one = await deploy({
      stageName: 'dev',
      variables: { testVar: 'test', testVar2: 'test2' },
    });
    const promotion: PatchOperation[] = [
      { op: 'replace', value: '0.0', path: '/canarySettings/percentTraffic' },
      { op: 'copy', from: '/canarySettings/deploymentId', path: '/deploymentId' },
      { op: 'copy', from: '/canarySettings/stageVariableOverrides', path: '/variables' },
    ];
    expect((await refusal(patch('dev', ...promotion.slice(1)))).message).toBe(
      'Promotion not available. Canary does not exist.',
    );
    const backwards = { op: 'copy' as const, from: '/variables' };
    const path = '/canarySettings/stageVariableOverrides';
    expect((await refusal(patch('dev', { ...backwards, path }))).message).toBe(
      'Invalid copy operation with path: /canarySettings/stageVariableOverrides and from /variables. Valid copy:path are [/deploymentId, /variables] and valid copy:from are [/canarySettings/deploymentId, /canarySettings/stageVariableOverrides]',
    );

    const itself = await patch('dev', ...promotion);
    expect(itself.deploymentId).toBe(one);
    expect(itself.canarySettings).toEqual({
      deploymentId: one,
      percentTraffic: 0,
      useStageCache: false,
    });

    const two = await deploy({
      stageName: 'dev',
      canarySettings: { percentTraffic: 50, stageVariableOverrides: { testVar: 'override' } },
    });
    expect(await get('dev')).toMatchObject({
      deploymentId: one,
      canarySettings: { deploymentId: two, percentTraffic: 50 },
      variables: { testVar: 'test', testVar2: 'test2' },
    });
    expect(await patch('dev', ...promotion)).toMatchObject({
      deploymentId: two,
      canarySettings: {
        deploymentId: two,
        percentTraffic: 0,
        stageVariableOverrides: { testVar: 'override' },
      },
      variables: { testVar: 'override', testVar2: 'test2' },
    });
  });
});
