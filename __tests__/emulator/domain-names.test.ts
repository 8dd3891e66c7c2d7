import {
  GetBasePathMappingsCommand,
  GetDomainNameCommand,
  GetDomainNamesCommand,
} from '@aws-sdk/client-api-gateway';
import { ApiGatewayV2Client, ListRoutingRulesCommand } from '@aws-sdk/client-apigatewayv2';
import { describe, expect, test } from '@jest/globals';
import { addressOf } from '../../emulator/data-plane/address.js';
import type { DomainNameState } from '../../emulator/model.js';
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
    endpointTypes: ['REGIONAL'],
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

describe('routing rules', () => {
  const rules = [
    {
      priority: 20,
      api: 'b1b2c3d4e5',
      stage: 'beta',
      headers: [{ header: 'X-Pet', valueGlob: 'Dog-*' }],
    },
    { priority: 10, api: 'c1b2c3d4e5', stage: 'prod', basePaths: ['orders'], stripBasePath: true },
    { priority: 30, api: 'd1b2c3d4e5', stage: 'prod', basePaths: ['pets/v2'] },
  ];

  test('are listed by the second version of the API, page by page', async () => {
    const emulator = await emulatorFor({
      seed: {
        domainNames: [
          { name: 'api.test', routingMode: 'ROUTING_RULE_THEN_BASE_PATH_MAPPING', rules },
        ],
      },
    });
    const client = new ApiGatewayV2Client({
      endpoint: emulator.url,
      region: emulator.account.region,
      maxAttempts: 1,
      credentials: {
        accessKeyId: emulator.env.AWS_ACCESS_KEY_ID ?? '',
        secretAccessKey: emulator.env.AWS_SECRET_ACCESS_KEY ?? '',
      },
    });
    const ask = (NextToken?: string) =>
      client.send(
        new ListRoutingRulesCommand({ DomainName: 'api.test', MaxResults: 2, NextToken }),
      );
    const first = await ask();
    const second = await ask(first.NextToken);
    client.destroy();
    expect(second.NextToken).toBeUndefined();
    expect([...(first.RoutingRules ?? []), ...(second.RoutingRules ?? [])]).toMatchObject([
      {
        Priority: 20,
        Conditions: [{ MatchHeaders: { AnyOf: [{ Header: 'X-Pet', ValueGlob: 'Dog-*' }] } }],
        Actions: [{ InvokeApi: { ApiId: 'b1b2c3d4e5', Stage: 'beta', StripBasePath: false } }],
      },
      {
        Priority: 10,
        Conditions: [{ MatchBasePaths: { AnyOf: ['orders'] } }],
        Actions: [{ InvokeApi: { ApiId: 'c1b2c3d4e5', Stage: 'prod', StripBasePath: true } }],
      },
      { Priority: 30 },
    ]);
    expect(
      (await apiGateway(emulator).send(new GetDomainNamesCommand({}))).items?.[0]?.routingMode,
    ).toBe('ROUTING_RULE_THEN_BASE_PATH_MAPPING');
  });

  test.each<[mode: DomainNameState['routingMode'], path: string, pet: string, to: string]>([
    ['ROUTING_RULE_THEN_BASE_PATH_MAPPING', '/orders/1', '', 'c /1'],
    ['ROUTING_RULE_THEN_BASE_PATH_MAPPING', '/orders', 'Dog-Bella', 'c /'],
    ['ROUTING_RULE_THEN_BASE_PATH_MAPPING', '/x', 'Dog-Bella', 'b /x'],
    ['ROUTING_RULE_THEN_BASE_PATH_MAPPING', '/x', 'dog-Bella', 'a /x'],
    ['ROUTING_RULE_THEN_BASE_PATH_MAPPING', '/pets/v2/1', '', 'd /pets/v2/1'],
    ['ROUTING_RULE_THEN_BASE_PATH_MAPPING', '/ordersx', '', 'a /ordersx'],
    ['ROUTING_RULE_ONLY', '/x', '', 'nowhere'],
    ['BASE_PATH_MAPPING_ONLY', '/orders/1', '', 'a /orders/1'],
    [undefined, '/x', 'Dog-Bella', 'a /x'],
  ])('%s: %s with %j leads to %s', (routingMode, path, pet, to) => {
    const state = account({ d1: snapshot({ 'GET /': {} }) });
    const [api] = state.apis.values();
    if (api === undefined) throw new Error('the account has an API');
    for (const id of ['a', 'b', 'c', 'd']) state.apis.set(id, { ...api, id });
    state.domainNames.set('api.test', {
      name: 'api.test',
      endpointTypes: ['REGIONAL'],
      ...(routingMode === undefined ? {} : { routingMode }),
      mappings: [{ basePath: '(none)', apiId: 'a', stage: 'prod' }],
      rules: rules.map(
        ({ api: seeded, headers = [], basePaths = [], stripBasePath = false, ...rest }) => ({
          ...rest,
          headers,
          basePaths,
          stripBasePath,
          id: seeded,
          apiId: seeded.charAt(0),
        }),
      ),
    });
    const headers = { host: 'api.test', ...(pet === '' ? {} : { 'x-pet': pet }) };
    const address = addressOf(request(`GET ${path}`, headers), state);
    expect(address === undefined ? 'nowhere' : `${address.api.id} ${address.path}`).toBe(to);
  });
});

test.each([
  ['a1b2c3.execute-api.eu-west-1.amazonaws.com', 'a1b2c3'],
  ['a1b2c3.execute-api.eu-west-1.api.aws', 'a1b2c3'],
  ['a1b2c3.execute-api-fips.eu-west-1.amazonaws.com', 'a1b2c3'],
  ['a1b2c3.execute-api.us-east-1.amazonaws.com', undefined],
  ['a1b2c3.execute-api.eu-west-1.example.com', undefined],
])('%s is the name of %s', (host, id) => {
  const state = account({ d1: snapshot({ 'GET /': {} }) });
  expect(addressOf(request('GET /prod/', { host }), state)?.api.id).toBe(id);
});
