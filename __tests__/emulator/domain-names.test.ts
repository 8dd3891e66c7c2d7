import {
  GetBasePathMappingsCommand,
  GetDomainNameCommand,
  GetDomainNamesCommand,
} from '@aws-sdk/client-api-gateway';
import { expect, test } from '@jest/globals';
import { addressOf } from '../../emulator/data-plane/address.js';
import { apiGateway, closeAfterEach, emulatorFor, plain, refusal } from './kit.js';
import { account, request, snapshot } from './small-account.js';

closeAfterEach();

test('custom domain names and their mappings are listed', async () => {
  const mappings = [{ basePath: 'shop', api: 'a1b2c3d4e5', stage: 'prod' }, { api: 'a1b2c3d4e5' }];
  const emulator = await emulatorFor({ seed: { domainNames: [{ name: 'api.test', mappings }] } });
  const client = apiGateway(emulator);
  const { items } = await client.send(new GetDomainNamesCommand({}));
  expect(items).toMatchObject([
    {
      domainName: 'api.test',
      domainNameStatus: 'AVAILABLE',
      endpointConfiguration: { types: ['REGIONAL'] },
    },
  ]);
  expect(await client.send(new GetDomainNameCommand({ domainName: 'api.test' }))).toMatchObject({
    domainName: 'api.test',
  });
  const listed = await client.send(new GetBasePathMappingsCommand({ domainName: 'api.test' }));
  expect(plain(listed)).toEqual({
    items: [
      { basePath: 'shop', restApiId: 'a1b2c3d4e5', stage: 'prod' },
      { basePath: '(none)', restApiId: 'a1b2c3d4e5' },
    ],
  });
  expect(
    await refusal(client.send(new GetBasePathMappingsCommand({ domainName: 'no.test' }))),
  ).toMatchObject({ status: 404, name: 'NotFoundException' });
});

test.each<[path: string, stageName: string | undefined, below: string]>([
  ['/shop', 'prod', '/'],
  ['/shop/pets/1', 'prod', '/pets/1'],
  ['/shop/v2/pets', 'next', '/pets'],
  ['/shopping/pets', 'shopping', '/pets'],
  ['/dev/pets', 'dev', '/pets'],
])('%s leads to %s', (path, stageName, below) => {
  const state = account({ d1: snapshot({ 'GET /': {} }) });
  state.domainNames.set('api.test', {
    name: 'api.test',
    endpointType: 'REGIONAL',
    mappings: [
      { basePath: '(none)', apiId: 'a1b2c3' },
      { basePath: 'shop', apiId: 'a1b2c3', stage: 'prod' },
      { basePath: 'shop/v2', apiId: 'a1b2c3', stage: 'next' },
    ],
  });
  expect(addressOf(request(`GET ${path}`, { host: 'api.test' }), state)).toMatchObject({
    stageName,
    path: below,
    isCustomDomain: true,
  });
});
