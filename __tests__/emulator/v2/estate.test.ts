import { GetApisCommand } from '@aws-sdk/client-apigatewayv2';
import { expect, test } from '@jest/globals';
import { BANK, keysIn, SHOP, smallOrganization } from '../estate-kit.js';
import { apiGatewayV2, closeAfterEach, emulatorFor, type Keys, refusal } from '../kit.js';
import { shakeHands } from './handshake.js';

closeAfterEach();

test('accounts of an organization have HTTP and WebSocket APIs by region', async () => {
  const stages = { prod: { autoDeploy: true } };
  const emulator = await emulatorFor({
    seed: smallOrganization({
      accounts: [
        {
          id: SHOP,
          name: 'shop',
          callers: [{ name: 'ann', ...keysIn(SHOP) }],
          httpApis: {
            'eu-west-1': [{ id: 'shophttpwe', name: 'web', routes: { 'GET /a': {} }, stages }],
          },
        },
        {
          id: BANK,
          name: 'bank',
          callers: [{ name: 'bob', ...keysIn(BANK) }],
          webSocketApis: {
            'us-east-1': [{ id: 'bankchatus', name: 'chat', routes: { $connect: {} }, stages }],
          },
        },
      ],
    }),
  });
  const apisOf = async (keys: Keys, region: string) => {
    const { Items = [] } = await apiGatewayV2(emulator, keys, region).send(new GetApisCommand({}));
    return Items.map(({ ApiId }) => ApiId);
  };
  expect(await apisOf(keysIn(SHOP), 'eu-west-1')).toEqual(['shophttpwe']);
  expect(await apisOf(keysIn(SHOP), 'us-east-1')).toEqual([]);
  expect(await apisOf(keysIn(BANK), 'us-east-1')).toEqual(['bankchatus']);
  expect((await fetch(`${emulator.url}/shophttpwe/prod/a`)).status).toBe(200);
  expect((await shakeHands(`${emulator.url}/bankchatus/prod`)).status).toBe(101);
  expect(emulator.integrationCalls.map(({ apiId, routeKey }) => `${apiId} ${routeKey}`)).toEqual([
    'shophttpwe GET /a',
    'bankchatus $connect',
  ]);
  expect(emulator.requests.at(-1)).toMatchObject({
    operation: 'Connect',
    accountId: BANK,
    region: 'us-east-1',
  });
});

test.each([
  ['arn:aws:apigateway:*::/restapis*', 403],
  ['arn:aws:apigateway:eu-west-1::/apis*', undefined],
  ['arn:aws:apigateway:eu-west-1::/apis/*', 403],
])('a policy on %s, for GetApis: %s', async (Resource, status) => {
  const Statement = [{ Effect: 'Allow', Action: 'apigateway:GET', Resource }];
  const emulator = await emulatorFor({
    seed: smallOrganization({
      accounts: [
        {
          id: SHOP,
          name: 'shop',
          callers: [
            {
              name: 'ann',
              ...keysIn(SHOP),
              policies: [{ Version: '2012-10-17', Statement }],
            },
          ],
        },
      ],
    }),
  });
  const call = apiGatewayV2(emulator, keysIn(SHOP), 'eu-west-1').send(new GetApisCommand({}));
  if (status === undefined) expect((await call).Items).toEqual([]);
  else expect((await refusal(call)).status).toBe(status);
});
