import { describe, expect, test } from '@jest/globals';
import type { ApiGateway } from '../../../src/aws/api-gateway.js';
import { addressAmong, readCustomDomains } from '../../../src/smoke/custom-domains.js';
import { apiGatewayThat, META, throttled } from '../evidence/fake-api-gateway.js';

type Domains = Awaited<ReturnType<ApiGateway['getDomainNamesPage']>>['items'];
type Mappings = Awaited<ReturnType<ApiGateway['getBasePathMappingsPage']>>['items'];

/** The address of `a1b2c3/prod` among these domains, each with these mappings. */
async function addressOf(domains: Domains, mappings: Mappings): Promise<string | null> {
  const gateway = apiGatewayThat({
    getDomainNamesPage: async () => ({ ...META, items: domains }),
    getBasePathMappingsPage: async () => ({ ...META, items: mappings }),
  });
  const read = await readCustomDomains(gateway);
  if (!read.readable) throw new Error(read.reason);
  return addressAmong(read.value, 'a1b2c3', 'prod');
}

const HERE = { restApiId: 'a1b2c3', stage: 'prod', basePath: '(none)' };

describe('the address of a stage', () => {
  test.each<[string, Domains, Mappings, string | null]>([
    ['a name', [{ domainName: 'a.test' }], [HERE], 'https://a.test'],
    [
      'a base path',
      [{ domainName: 'a.test' }],
      [{ ...HERE, basePath: 'v1/x' }],
      'https://a.test/v1/x',
    ],
    [
      'a mapping without stage',
      [{ domainName: 'a.test' }],
      [{ restApiId: 'a1b2c3', basePath: 'v1' }],
      'https://a.test/v1/prod',
    ],
    ['another API', [{ domainName: 'a.test' }], [{ ...HERE, restApiId: 'zz' }], null],
    ['another stage', [{ domainName: 'a.test' }], [{ ...HERE, stage: 'dev' }], null],
    ['a wildcard', [{ domainName: '*.a.test' }], [HERE], null],
    ['routing rules', [{ domainName: 'a.test', routingMode: 'ROUTING_RULE_ONLY' }], [HERE], null],
    [
      'the easier of several',
      [
        { domainName: 'p.test', endpointConfiguration: { types: ['PRIVATE'] } },
        { domainName: 'm.test', mutualTlsAuthentication: { truststoreUri: 's3://x/y' } },
        { domainName: 'a.test' },
      ],
      [HERE],
      'https://a.test',
    ],
  ])('by %s', async (_what, domains, mappings, address) => {
    expect(await addressOf(domains, mappings)).toBe(address);
  });

  test('is looked for on every page, and a private name is asked for by its id', async () => {
    const gateway = apiGatewayThat({
      getDomainNamesPage: async (position) =>
        position === undefined
          ? { ...META, items: [{ domainName: 'a.test' }], position: 'p2' }
          : {
              ...META,
              items: [
                {
                  domainName: 'b.test',
                  domainNameId: 'id1',
                  endpointConfiguration: { types: ['PRIVATE'] },
                },
              ],
            },
      getBasePathMappingsPage: async (name) => ({
        ...META,
        items: name === 'b.test' ? [HERE] : [],
      }),
    });
    const read = await readCustomDomains(gateway);
    expect(read.readable && addressAmong(read.value, 'a1b2c3', 'prod')).toBe('https://b.test');
    expect(gateway.calls).toContainEqual(expect.stringContaining('b.test id1'));
  });

  test('is unreadable where a page is, or comes twice', async () => {
    const failing = apiGatewayThat({
      getDomainNamesPage: async () => {
        throw throttled('GetDomainNames');
      },
    });
    expect(await readCustomDomains(failing)).toMatchObject({
      readable: false,
      call: 'GetDomainNames',
    });
    const turning = apiGatewayThat({
      getDomainNamesPage: async () => ({ ...META, items: [], position: 'again' }),
    });
    expect(await readCustomDomains(turning)).toMatchObject({ readable: false });
  });
});
