import {
  CreateApiCommand,
  CreateDeploymentCommand,
  CreateIntegrationCommand,
  CreateRouteCommand,
  CreateStageCommand,
  DeleteDeploymentCommand,
  DeleteIntegrationCommand,
  DeleteRouteCommand,
  GetDeploymentCommand,
  GetDeploymentsCommand,
  GetRoutesCommand,
  GetStageCommand,
  UpdateApiCommand,
  UpdateRouteCommand,
  UpdateStageCommand,
} from '@aws-sdk/client-apigatewayv2';
import { describe, expect, test } from '@jest/globals';
import type { SeedFile } from '../../../emulator/seed.js';
import { apiGatewayV2, closeAfterEach, emulatorFor, refusal } from '../kit.js';

closeAfterEach();

const ApiId = 'h1t2t3p4a5';
/** Requests are signed at the real time; how far a test goes from there it says itself. */
const START = Date.now();

function seedWith(autoDeploy: boolean, more: SeedFile = {}): SeedFile {
  return {
    ...more,
    httpApis: [
      {
        id: ApiId,
        name: 'shop',
        routes: { 'GET /a': {}, 'GET /b': { auth: 'AWS_IAM' } },
        deployments: [{ id: 'dep001' }],
        stages: { prod: { deployment: 'dep001', autoDeploy } },
      },
    ],
  };
}

/** An emulator whose clock a test moves, and what a stage does and says. */
async function started(seed: SeedFile) {
  const clock = { nowMs: START };
  const emulator = await emulatorFor({ seed, now: () => clock.nowMs });
  const client = apiGatewayV2(emulator);
  return {
    emulator,
    client,
    clock,
    status: async (path: string) => (await fetch(`${emulator.url}/${ApiId}/prod${path}`)).status,
    routeId: async (key: string) => {
      const { Items = [] } = await client.send(new GetRoutesCommand({ ApiId }));
      return Items.find(({ RouteKey }) => RouteKey === key)?.RouteId ?? '';
    },
    stage: () => client.send(new GetStageCommand({ ApiId, StageName: 'prod' })),
  };
}

const IAM = { ApiId, AuthorizationType: 'AWS_IAM' } as const;

describe('without AutoDeploy', () => {
  test('a change shows on the wire after a deployment and the stage that points at it', async () => {
    const { client, status, routeId } = await started(seedWith(false));
    const RouteId = await routeId('GET /a');
    const changed = await client.send(new UpdateRouteCommand({ ...IAM, RouteId }));
    expect(changed).toMatchObject({ AuthorizationType: 'AWS_IAM', RouteKey: 'GET /a' });
    expect(await status('/a')).toBe(200);
    const { DeploymentId, DeploymentStatus, AutoDeployed } = await client.send(
      new CreateDeploymentCommand({ ApiId, Description: 'with IAM' }),
    );
    expect({ DeploymentStatus, AutoDeployed }).toEqual({
      DeploymentStatus: 'DEPLOYED',
      AutoDeployed: false,
    });
    expect(await status('/a')).toBe(200);
    await client.send(new UpdateStageCommand({ ApiId, StageName: 'prod', DeploymentId }));
    expect(await status('/a')).toBe(403);
    // The pointer moves back, too.
    await client.send(new UpdateStageCommand({ ApiId, StageName: 'prod', DeploymentId: 'dep001' }));
    expect(await status('/a')).toBe(200);
    await client.send(new DeleteDeploymentCommand({ ApiId, DeploymentId }));
    const { Items = [] } = await client.send(new GetDeploymentsCommand({ ApiId }));
    expect(Items.map((it) => it.DeploymentId)).toEqual(['dep001']);
  });

  test('a deployment is PENDING until its time, and no stage takes it before', async () => {
    const { client, clock } = await started(seedWith(false, { untold: { deploymentMs: 5000 } }));
    const { DeploymentId = '', DeploymentStatus } = await client.send(
      new CreateDeploymentCommand({ ApiId }),
    );
    expect(DeploymentStatus).toBe('PENDING');
    const move = new UpdateStageCommand({ ApiId, StageName: 'prod', DeploymentId });
    expect(await refusal(client.send(move))).toMatchObject({ status: 400 });
    clock.nowMs += 4999;
    const read = new GetDeploymentCommand({ ApiId, DeploymentId });
    expect((await client.send(read)).DeploymentStatus).toBe('PENDING');
    clock.nowMs += 1;
    expect((await client.send(read)).DeploymentStatus).toBe('DEPLOYED');
    expect((await client.send(move)).DeploymentId).toBe(DeploymentId);
  });

  test('one that is made with a stage moves it when it is done', async () => {
    const { client, clock, stage, status, routeId } = await started(
      seedWith(false, { untold: { deploymentMs: 1000 } }),
    );
    await client.send(new UpdateRouteCommand({ ...IAM, RouteId: await routeId('GET /a') }));
    await client.send(new CreateDeploymentCommand({ ApiId, StageName: 'prod' }));
    expect((await stage()).DeploymentId).toBe('dep001');
    clock.nowMs += 1000;
    expect(await status('/a')).toBe(403);
    expect((await stage()).DeploymentId).not.toBe('dep001');
  });

  test('a fault lets it fail', async () => {
    const { emulator, client } = await started(seedWith(false));
    emulator.injectFault({
      operation: 'CreateDeployment',
      service: 'apigatewayv2',
      times: 1,
      effect: { kind: 'fail-deployment', message: 'Something broke' },
    });
    const { DeploymentId = '' } = await client.send(new CreateDeploymentCommand({ ApiId }));
    expect(await client.send(new GetDeploymentCommand({ ApiId, DeploymentId }))).toMatchObject({
      DeploymentStatus: 'FAILED',
      DeploymentStatusMessage: 'Something broke',
    });
  });

  test('the deployment of a stage stays, and an API without routes has none', async () => {
    const { client, routeId } = await started(seedWith(false));
    expect(
      await refusal(client.send(new DeleteDeploymentCommand({ ApiId, DeploymentId: 'dep001' }))),
    ).toMatchObject({ status: 400, message: expect.stringContaining('Active stages') });
    for (const key of ['GET /a', 'GET /b'])
      await client.send(new DeleteRouteCommand({ ApiId, RouteId: await routeId(key) }));
    expect(await refusal(client.send(new CreateDeploymentCommand({ ApiId })))).toEqual({
      status: 400,
      name: 'BadRequestException',
      message: 'Unable to deploy API because no routes exist in this API',
    });
  });

  test('a propagation delay keeps the wire where it was', async () => {
    const clock = { nowMs: START };
    const emulator = await emulatorFor({
      seed: seedWith(false),
      now: () => clock.nowMs,
      propagationDelayMs: 2000,
    });
    const client = apiGatewayV2(emulator);
    const { Items = [] } = await client.send(new GetRoutesCommand({ ApiId }));
    await client.send(new UpdateRouteCommand({ ...IAM, RouteId: Items[0]?.RouteId }));
    await client.send(new CreateDeploymentCommand({ ApiId, StageName: 'prod' }));
    const status = async () => (await fetch(`${emulator.url}/${ApiId}/prod/a`)).status;
    expect(await status()).toBe(200);
    clock.nowMs += 2000;
    expect(await status()).toBe(403);
  });
});

describe('with AutoDeploy', () => {
  test('every change is live, by a deployment of its own', async () => {
    const { client, stage, status, routeId } = await started(seedWith(true));
    await client.send(new UpdateRouteCommand({ ...IAM, RouteId: await routeId('GET /a') }));
    expect(await status('/a')).toBe(403);
    const { DeploymentId = '', LastDeploymentStatusMessage } = await stage();
    expect(LastDeploymentStatusMessage).toBe(
      `Successfully deployed stage with deployment ID '${DeploymentId}'`,
    );
    expect(await client.send(new GetDeploymentCommand({ ApiId, DeploymentId }))).toMatchObject({
      AutoDeployed: true,
      Description: 'Automatic deployment triggered by changes to the Api configuration',
    });
  });

  test('its pointer cannot be set', async () => {
    const { client } = await started(seedWith(true));
    const message = 'Deployment ID cannot be set on this stage because AutoDeploy is enabled';
    const move = { ApiId, StageName: 'prod', DeploymentId: 'dep001' };
    expect(await refusal(client.send(new UpdateStageCommand(move)))).toEqual({
      status: 400,
      name: 'BadRequestException',
      message,
    });
    expect(
      await refusal(client.send(new CreateDeploymentCommand({ ApiId, StageName: 'prod' }))),
    ).toMatchObject({ status: 400, message });
  });

  test('the old routes serve until the deployment is done', async () => {
    const { client, clock, stage, status, routeId } = await started(
      seedWith(true, { untold: { deploymentMs: 3000 } }),
    );
    await client.send(new UpdateRouteCommand({ ...IAM, RouteId: await routeId('GET /a') }));
    expect(await status('/a')).toBe(200);
    expect((await stage()).DeploymentId).toBe('dep001');
    clock.nowMs += 3000;
    expect(await status('/a')).toBe(403);
  });

  test.each(['old', 'new'] as const)(
    'one that fails leaves the old routes serving; the stage tells the %s id',
    async (pendingDeploymentId) => {
      const { emulator, client, stage, status, routeId } = await started(
        seedWith(true, { untold: { pendingDeploymentId } }),
      );
      emulator.injectFault({
        operation: 'UpdateRoute',
        effect: { kind: 'fail-deployment', message: 'The integration is gone' },
      });
      await client.send(new UpdateRouteCommand({ ...IAM, RouteId: await routeId('GET /a') }));
      expect(await status('/a')).toBe(200);
      const told = await stage();
      expect(told.LastDeploymentStatusMessage).toBe(
        'Deployment attempt failed: The integration is gone',
      );
      expect(told.DeploymentId === 'dep001').toBe(pendingDeploymentId === 'old');
      const { Items = [] } = await client.send(new GetDeploymentsCommand({ ApiId }));
      expect(Items.map((it) => it.DeploymentStatus)).toEqual(['FAILED', 'DEPLOYED']);
    },
  );

  test('switched on it deploys what is configured, switched off it stays', async () => {
    const { client, stage, status, routeId } = await started(seedWith(false));
    await client.send(new UpdateRouteCommand({ ...IAM, RouteId: await routeId('GET /a') }));
    expect((await stage()).LastDeploymentStatusMessage).toBeUndefined();
    await client.send(new UpdateStageCommand({ ApiId, StageName: 'prod', AutoDeploy: true }));
    expect(await status('/a')).toBe(403);
    await client.send(new UpdateStageCommand({ ApiId, StageName: 'prod', AutoDeploy: false }));
    await client.send(
      new UpdateRouteCommand({
        ApiId,
        RouteId: await routeId('GET /a'),
        AuthorizationType: 'NONE',
      }),
    );
    expect(await status('/a')).toBe(403);
  });

  test('the default endpoint goes off with a deployment', async () => {
    const off = { ApiId, DisableExecuteApiEndpoint: true };
    const manual = await started(seedWith(false));
    await manual.client.send(new UpdateApiCommand(off));
    expect(await manual.status('/a')).toBe(200);
    const live = await started(seedWith(true));
    await live.client.send(new UpdateApiCommand(off));
    expect(await live.status('/a')).toBe(403);
  });
});

describe('what API Gateway manages', () => {
  test('quick create: an API whose stage deploys, and parts that stay as they are', async () => {
    const emulator = await emulatorFor();
    const client = apiGatewayV2(emulator);
    const created = await client.send(
      new CreateApiCommand({
        Name: 'quick',
        ProtocolType: 'HTTP',
        Target: 'arn:aws:lambda:us-east-1:123456789012:function:f',
      }),
    );
    expect(created.ApiGatewayManaged).toBeUndefined();
    const quick = { ApiId: created.ApiId };
    expect((await fetch(`${emulator.url}/${created.ApiId}/anything`)).status).toBe(200);
    const { Items: [route] = [] } = await client.send(new GetRoutesCommand(quick));
    expect(route).toMatchObject({ RouteKey: '$default', ApiGatewayManaged: true });
    const update = { ...quick, RouteId: route?.RouteId, AuthorizationType: 'AWS_IAM' } as const;
    expect(await refusal(client.send(new UpdateRouteCommand(update)))).toMatchObject({
      status: 400,
      message: "The route $default is managed by API Gateway and can't be updated",
    });
    expect(
      await refusal(
        client.send(new UpdateStageCommand({ ...quick, StageName: '$default', Description: 'x' })),
      ),
    ).toMatchObject({ status: 400 });
    emulator.account.v2.switches.managedRoute = 'key-only';
    expect((await client.send(new UpdateRouteCommand(update))).AuthorizationType).toBe('AWS_IAM');
    expect((await fetch(`${emulator.url}/${created.ApiId}/anything`)).status).toBe(403);
  });

  test('a managed API takes no change at all', async () => {
    const { client, routeId } = await started({
      httpApis: [{ id: ApiId, name: 'x', managed: true, routes: { 'GET /a': {} } }],
    });
    const RouteId = await routeId('GET /a');
    for (const command of [
      client.send(new UpdateApiCommand({ ApiId, Name: 'y' })),
      client.send(new UpdateRouteCommand({ ...IAM, RouteId })),
    ])
      expect(await refusal(command)).toMatchObject({ status: 400, name: 'BadRequestException' });
  });
});

describe('what a reader builds', () => {
  test('an API from nothing to an answer', async () => {
    const emulator = await emulatorFor();
    const client = apiGatewayV2(emulator);
    const { ApiId: id } = await client.send(
      new CreateApiCommand({ Name: 'own', ProtocolType: 'HTTP', Tags: { team: 'shop' } }),
    );
    const { IntegrationId } = await client.send(
      new CreateIntegrationCommand({
        ApiId: id,
        IntegrationType: 'AWS_PROXY',
        IntegrationUri: 'arn:aws:lambda:us-east-1:123456789012:function:f',
        PayloadFormatVersion: '2.0',
      }),
    );
    const Target = `integrations/${IntegrationId}`;
    const route = { ApiId: id, RouteKey: 'GET /pets/{id}', Target };
    await client.send(new CreateRouteCommand(route));
    await client.send(
      new CreateStageCommand({ ApiId: id, StageName: '$default', AutoDeploy: true }),
    );
    const answer = await fetch(`${emulator.url}/${id}/pets/7`);
    expect(await answer.json()).toEqual({ emulated: true, httpMethod: 'GET', path: '/pets/7' });
    expect(await refusal(client.send(new CreateRouteCommand(route)))).toMatchObject({
      status: 409,
      name: 'ConflictException',
    });
    expect(
      await refusal(client.send(new DeleteIntegrationCommand({ ApiId: id, IntegrationId }))),
    ).toMatchObject({ status: 409 });
  });

  test.each([
    [{ RouteKey: 'pets' }, 'not formatted properly'],
    [{ RouteKey: 'GET /x', Target: 'integrations/none' }, 'Invalid target'],
    [{ RouteKey: 'GET /x', AuthorizationType: 'JWT' }, 'needs an authorizer'],
    [{ RouteKey: 'GET /x', AuthorizationType: 'AWS_IAM', AuthorizerId: 'a' }, 'no AuthorizerId'],
    [{ RouteKey: 'GET /x', ApiKeyRequired: true }, 'WebSocket APIs only'],
  ] as const)('%j is no route', async (route, message) => {
    const { client } = await started(seedWith(false));
    expect(await refusal(client.send(new CreateRouteCommand({ ApiId, ...route })))).toMatchObject({
      status: 400,
      message: expect.stringContaining(message),
    });
  });
});

test('the quota of the control plane is one for all kinds of APIs', async () => {
  const { emulator, client } = await (async () => {
    const made = await emulatorFor({ seed: seedWith(false), quotas: true, now: () => START });
    return { emulator: made, client: apiGatewayV2(made) };
  })();
  for (let n = 0; n < 40; n += 1) await client.send(new GetRoutesCommand({ ApiId }));
  const error: unknown = await client.send(new GetRoutesCommand({ ApiId })).catch((it) => it);
  expect(error).toMatchObject({ name: 'TooManyRequestsException', LimitType: 'REQUESTS' });
  expect(emulator.quotaViolations).toEqual([`apigatewayv2:GetRoutes at ${START}`]);
});
