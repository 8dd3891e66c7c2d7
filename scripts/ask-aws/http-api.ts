import {
  CreateDeploymentCommand,
  CreateIntegrationCommand,
  CreateRouteCommand,
  CreateStageCommand,
  GetDeploymentCommand,
  UpdateStageCommand,
} from '@aws-sdk/client-apigatewayv2';
import type { World } from './world.js';

/** The stage of every API here that deploys by hand. */
export const STAGE = 'prod';

/** Where `GET /open` of the run's REST API is. */
export async function backendUrl(world: World): Promise<string> {
  return `${world.endpoint.url(await world.backend(), 'prod')}/open`;
}

/** An integration that leads an HTTP API to the REST API of the run; its id as a route's target. */
export async function toBackend(world: World, apiId: string): Promise<string> {
  const { IntegrationId } = await world.planes.v2.send(
    new CreateIntegrationCommand({
      ApiId: apiId,
      IntegrationType: 'HTTP_PROXY',
      IntegrationMethod: 'GET',
      IntegrationUri: await backendUrl(world),
      PayloadFormatVersion: '1.0',
    }),
  );
  return `integrations/${IntegrationId}`;
}

export async function addRoute(
  world: World,
  apiId: string,
  key: string,
  type: 'NONE' | 'AWS_IAM',
  target: string,
): Promise<string> {
  const { RouteId = '' } = await world.planes.v2.send(
    new CreateRouteCommand({
      ApiId: apiId,
      RouteKey: key,
      AuthorizationType: type,
      Target: target,
    }),
  );
  return RouteId;
}

/** A stage that deploys by itself: `$default` of an HTTP API. */
export async function autoStage(world: World, apiId: string, name = '$default'): Promise<void> {
  await world.planes.v2.send(
    new CreateStageCommand({ ApiId: apiId, StageName: name, AutoDeploy: true }),
  );
}

/** Deploys what is configured to {@link STAGE}, which is made where it is not there. */
export async function deploy(world: World, apiId: string, isFirst: boolean): Promise<void> {
  const { v2 } = world.planes;
  const { DeploymentId } = await v2.send(new CreateDeploymentCommand({ ApiId: apiId }));
  for (let looked = 0; looked < 30; looked++) {
    const deployment = await v2.send(new GetDeploymentCommand({ ApiId: apiId, DeploymentId }));
    if (deployment.DeploymentStatus !== 'PENDING') break;
    await world.pause();
  }
  const settings = { ApiId: apiId, StageName: STAGE, DeploymentId };
  if (isFirst) await v2.send(new CreateStageCommand(settings));
  else await v2.send(new UpdateStageCommand(settings));
}
