import { CreateIntegrationCommand } from '@aws-sdk/client-apigatewayv2';
import { addRoute, deploy } from './http-api.js';
import type { World } from './world.js';

/**
 * An integration that lets everybody in by itself; its id as a route's target (API Gateway developer
 * guide, "Mock integrations for WebSocket APIs").
 */
export async function toMock(world: World, apiId: string): Promise<string> {
  const { IntegrationId } = await world.planes.v2.send(
    new CreateIntegrationCommand({
      ApiId: apiId,
      IntegrationType: 'MOCK',
      TemplateSelectionExpression: '200',
      RequestTemplates: { '200': '{"statusCode":200}' },
    }),
  );
  return `integrations/${IntegrationId}`;
}

/** A WebSocket API whose `$connect` is deployed to `prod`. */
export async function deployedWebSocket(
  world: World,
  purpose: string,
  type: 'NONE' | 'AWS_IAM',
): Promise<{ readonly apiId: string; readonly routeId: string }> {
  const apiId = await world.webSocketApi(purpose);
  const target = await toMock(world, apiId);
  const routeId = await addRoute(world, apiId, '$connect', type, target);
  await deploy(world, apiId, true);
  return { apiId, routeId };
}
