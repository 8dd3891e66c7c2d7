import {
  CreateDeploymentCommand,
  DeleteDeploymentCommand,
  DeleteStageCommand,
  GetDeploymentCommand,
  GetDeploymentsCommand,
  GetStageCommand,
  GetStagesCommand,
  PutMethodCommand,
  UpdateDeploymentCommand,
  UpdateMethodCommand,
} from '@aws-sdk/client-api-gateway';
import { describe, expect, test } from '@jest/globals';
import {
  apiGateway,
  bareApi,
  closeAfterEach,
  deployableApi,
  emulatorFor,
  plain,
  refusal,
} from './kit.js';

closeAfterEach();

const IN_USE = {
  status: 400,
  name: 'BadRequestException',
  message: 'Active stages pointing to this deployment must be moved or deleted',
};

// Sources: localstack snapshots test_create_delete_deployments and test_create_update_deployments,
// recorded against AWS on 2023-09-07 and 2023-09-11.
describe('a deployment', () => {
  test('creates its stage, then repoints it, and cannot be deleted while a stage has it', async () => {
    const client = apiGateway(await emulatorFor());
    const { restApiId } = await deployableApi(client);
    const deploy = async () =>
      (await client.send(new CreateDeploymentCommand({ restApiId, stageName: 's1' }))).id ?? '';
    const remove = (deploymentId: string) =>
      client.send(new DeleteDeploymentCommand({ restApiId, deploymentId }));
    const one = await deploy();
    expect(one).toMatch(/^[a-z0-9]{6}$/);
    const got = await client.send(new GetDeploymentCommand({ restApiId, deploymentId: one }));
    expect(plain(got)).toEqual({ id: one, createdDate: expect.any(Date) });
    const { item: stages = [] } = await client.send(new GetStagesCommand({ restApiId }));
    expect(stages.map(({ stageName, deploymentId }) => [stageName, deploymentId])).toEqual([
      ['s1', one],
    ]);
    expect(await refusal(remove(one))).toEqual(IN_USE);

    const two = await deploy();
    const stage = await client.send(new GetStageCommand({ restApiId, stageName: 's1' }));
    expect(stage.deploymentId).toBe(two);
    expect((await remove(one)).$metadata.httpStatusCode).toBe(202);
    expect(await refusal(remove(two))).toEqual(IN_USE);
    await client.send(new DeleteStageCommand({ restApiId, stageName: 's1' }));
    await remove(two);
    expect((await client.send(new GetDeploymentsCommand({ restApiId }))).items).toEqual([]);
  });

  test('refuses an API without methods, and a method without an integration', async () => {
    const client = apiGateway(await emulatorFor());
    const { restApiId, rootId } = await bareApi(client);
    const deploy = () => refusal(client.send(new CreateDeploymentCommand({ restApiId })));
    expect(await deploy()).toEqual({
      status: 400,
      name: 'BadRequestException',
      message: "The REST API doesn't contain any methods",
    });
    await client.send(
      new PutMethodCommand({
        restApiId,
        resourceId: rootId,
        httpMethod: 'GET',
        authorizationType: 'NONE',
      }),
    );
    expect((await deploy()).message).toBe('No integration defined for method');
  });

  // Source: localstack snapshot test_create_canary_deployment_validation, 2025-05-30.
  test('as a canary needs a stage, and one that exists', async () => {
    const client = apiGateway(await emulatorFor());
    const { restApiId } = await deployableApi(client);
    const message = async (stageName?: string) =>
      (
        await refusal(
          client.send(
            new CreateDeploymentCommand({
              restApiId,
              stageName,
              canarySettings: { percentTraffic: 50 },
            }),
          ),
        )
      ).message;
    const wrong = 'Invalid deployment content specified.';
    expect(await message()).toBe(
      `${wrong}Non null and non empty stageName must be provided for canary deployment. Provided value is null`,
    );
    expect(await message('non-existing')).toBe(
      `${wrong}Stage non-existing must already be created before making a canary release deployment`,
    );
  });

  // Source: API Gateway API Reference, GetDeployment `embed=apisummary` and MethodSnapshot.
  test('is frozen: its summary does not follow the methods', async () => {
    const client = apiGateway(await emulatorFor());
    const { restApiId, rootId } = await deployableApi(client);
    const deploy = async () =>
      (await client.send(new CreateDeploymentCommand({ restApiId }))).id ?? '';
    const summary = async (deploymentId: string, embed = ['apisummary']) =>
      (await client.send(new GetDeploymentCommand({ restApiId, deploymentId, embed }))).apiSummary;
    const before = await deploy();
    await client.send(
      new UpdateMethodCommand({
        restApiId,
        resourceId: rootId,
        httpMethod: 'GET',
        patchOperations: [{ op: 'replace', path: '/authorizationType', value: 'AWS_IAM' }],
      }),
    );
    const after = await deploy();
    expect(await summary(before)).toEqual({
      '/': { GET: { authorizationType: 'NONE', apiKeyRequired: false } },
    });
    expect(await summary(after)).toEqual({
      '/': { GET: { authorizationType: 'AWS_IAM', apiKeyRequired: false } },
    });
    expect(await summary(after, [])).toBeUndefined();
  });

  test('has a description that can be changed, and nothing else', async () => {
    const client = apiGateway(await emulatorFor());
    const { restApiId } = await deployableApi(client);
    const { id: deploymentId } = await client.send(new CreateDeploymentCommand({ restApiId }));
    const patch = (path: string) =>
      client.send(
        new UpdateDeploymentCommand({
          restApiId,
          deploymentId,
          patchOperations: [{ op: 'replace', path, value: 'new' }],
        }),
      );
    expect((await patch('/description')).description).toBe('new');
    expect((await refusal(patch('/id'))).message).toBe('Invalid patch path /id');
  });
});
