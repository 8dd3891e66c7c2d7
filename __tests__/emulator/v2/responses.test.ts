import {
  CreateIntegrationResponseCommand,
  CreateRouteResponseCommand,
  DeleteRouteResponseCommand,
  GetIntegrationResponsesCommand,
  GetIntegrationsCommand,
  GetRouteResponseCommand,
  GetRouteResponsesCommand,
  GetRoutesCommand,
  UpdateIntegrationResponseCommand,
} from '@aws-sdk/client-apigatewayv2';
import { expect, test } from '@jest/globals';
import type { SeedFile } from '../../../emulator/seed.js';
import { apiGatewayV2, closeAfterEach, emulatorFor } from '../kit.js';

closeAfterEach();

const ApiId = 'w1s2o3c4k5';
const seed: SeedFile = {
  webSocketApis: [
    {
      id: ApiId,
      name: 'chat',
      routes: { $connect: {}, ask: { integration: 'MOCK' } },
      stages: {},
    },
  ],
};

test('responses of routes and integrations are made, listed by their owner, changed and deleted', async () => {
  const client = apiGatewayV2(await emulatorFor({ seed }));
  const { Items: routes = [] } = await client.send(new GetRoutesCommand({ ApiId }));
  const [RouteId = '', other = ''] = routes.map((route) => route.RouteId ?? '');
  const made = await client.send(
    new CreateRouteResponseCommand({ ApiId, RouteId, RouteResponseKey: '$default' }),
  );
  expect(made).toMatchObject({ RouteResponseKey: '$default', RouteResponseId: expect.any(String) });
  const { RouteResponseId } = made;
  const listOf = async (of: string) =>
    (await client.send(new GetRouteResponsesCommand({ ApiId, RouteId: of }))).Items;
  expect(await listOf(RouteId)).toEqual([{ RouteResponseKey: '$default', RouteResponseId }]);
  expect(await listOf(other)).toEqual([]);
  const foreign = client.send(
    new GetRouteResponseCommand({ ApiId, RouteId: other, RouteResponseId }),
  );
  await expect(foreign).rejects.toMatchObject({ name: 'NotFoundException' });

  const { Items = [] } = await client.send(new GetIntegrationsCommand({ ApiId }));
  const IntegrationId = Items[0]?.IntegrationId ?? '';
  const { IntegrationResponseId } = await client.send(
    new CreateIntegrationResponseCommand({
      ApiId,
      IntegrationId,
      IntegrationResponseKey: '$default',
      ResponseTemplates: { a: '1' },
    }),
  );
  await client.send(
    new UpdateIntegrationResponseCommand({
      ApiId,
      IntegrationId,
      IntegrationResponseId,
      TemplateSelectionExpression: 'b',
    }),
  );
  const ofIntegration = await client.send(
    new GetIntegrationResponsesCommand({ ApiId, IntegrationId }),
  );
  expect(ofIntegration.Items).toEqual([
    {
      IntegrationResponseId,
      IntegrationResponseKey: '$default',
      ResponseTemplates: { a: '1' },
      TemplateSelectionExpression: 'b',
    },
  ]);

  await client.send(new DeleteRouteResponseCommand({ ApiId, RouteId, RouteResponseId }));
  expect(await listOf(RouteId)).toEqual([]);
});
