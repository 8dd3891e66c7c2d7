import { describe, expect, test } from '@jest/globals';
import type { ApiEvidence } from '../../../src/model/evidence.js';
import type { CustomDomain } from '../../../src/probe/custom-domains.js';
import { covers, locate } from '../../../src/probe/locate.js';
import { apiOf, read } from '../evidence-builder.js';

const DOMAIN: CustomDomain = {
  name: 'api.shop.test',
  isPrivate: false,
  wantsClientCertificate: false,
  mappings: [],
  rules: read([]),
};

/** An API whose default endpoint is disabled, so that only a custom domain name leads to it. */
function disabled(paths: readonly string[] = ['/a']): ApiEvidence {
  const of = apiOf(Object.fromEntries(paths.map((path) => [`GET ${path}`, 'AWS_IAM'])));
  if (!of.description.readable) throw new Error('it is readable');
  return {
    ...of,
    description: read({ ...of.description.value, defaultEndpointDisabled: true }),
  };
}

const API = disabled();
const MAPPING = { basePath: '', apiId: API.id, stage: 'prod' };

function where(domains: readonly CustomDomain[], api = API) {
  return locate(api, 'prod', { region: 'eu-west-1', endpointUrl: null }, read(domains));
}

describe('a domain name', () => {
  test.each([
    ['api.shop.test', 'https://api.shop.test', true],
    ['API.shop.test', 'https://api.shop.test/x', true],
    ['api.shop.test', 'https://api.shop.test.evil.test', false],
    ['api.shop.test', 'https://xapi.shop.test', false],
    ['*.shop.test', 'https://api.shop.test', true],
    ['*.Shop.test', 'https://api.shop.test', true],
    ['*.shop.test', 'https://shop.test', false],
    ['*.shop.test', 'https://a.api.shop.test', false],
    ['*.shop.test', 'https://api.other.test', false],
  ])('%s is that of %s: %s', (name, url, expected) => {
    expect(covers({ ...DOMAIN, name }, url)).toBe(expected);
  });
});

describe('the address of a stage whose default endpoint is disabled', () => {
  test.each<[string, Partial<CustomDomain>, string | null]>([
    ['a mapping of the stage', { mappings: [MAPPING] }, 'https://api.shop.test'],
    [
      'a mapping with a base path',
      { mappings: [{ ...MAPPING, basePath: 'v1' }] },
      'https://api.shop.test/v1',
    ],
    [
      'a mapping of every stage',
      { mappings: [{ ...MAPPING, stage: null }] },
      'https://api.shop.test/prod',
    ],
    ['a mapping of another stage', { mappings: [{ ...MAPPING, stage: 'dev' }] }, null],
    ['a mapping of another API', { mappings: [{ ...MAPPING, apiId: 'zz' }] }, null],
    ['a wildcard', { name: '*.shop.test', mappings: [MAPPING] }, null],
    ['nothing', {}, null],
  ])('is that of %s', (_, parts, baseUrl) => {
    const found = where([{ ...DOMAIN, ...parts }]);
    if (baseUrl === null) expect(found).toHaveProperty('unavailable');
    else expect(found).toMatchObject({ baseUrl, defaultUrl: null });
  });

  test('is one that anybody reaches before one that wants a certificate, and that before a private one', () => {
    const open = { ...DOMAIN, name: 'open.test', mappings: [MAPPING] };
    const mutual = { ...open, name: 'mutual.test', wantsClientCertificate: true };
    const inside = { ...open, name: 'private.test', isPrivate: true };
    const base = (domains: readonly CustomDomain[]) => where(domains);
    expect(base([inside, mutual, open])).toMatchObject({ baseUrl: 'https://open.test' });
    expect(base([inside, mutual])).toMatchObject({ baseUrl: 'https://mutual.test' });
    expect(base([inside])).toMatchObject({ baseUrl: 'https://private.test' });
  });

  test('is of equals the one that leads to most of its methods', () => {
    const api = disabled(['/a', '/other/b', '/other/c']);
    const mapped = { ...MAPPING, apiId: api.id };
    const shadowed = {
      ...DOMAIN,
      name: 'shadowed.test',
      mappings: [mapped, { ...mapped, basePath: 'other', apiId: 'zz' }],
    };
    const whole = { ...DOMAIN, name: 'whole.test', mappings: [mapped] };
    const found = where([shadowed, whole], api);
    expect(found).toMatchObject({ baseUrl: 'https://whole.test' });
    const only = where([shadowed], api);
    if (!('leadsElsewhere' in only)) throw new Error('it has an address');
    expect(only.leadsElsewhere({ path: '/a', headers: {} })).toBeNull();
    expect(only.leadsElsewhere({ path: '/other/b', headers: {} })).toBe(
      'shadowed.test may lead /other/b to stage prod of the API zz',
    );
  });

  test('is none where every method leads elsewhere, or the rules could not be read', () => {
    const api = disabled(['/other/b']);
    const mapped = { ...MAPPING, apiId: api.id };
    const mappings = [mapped, { ...mapped, basePath: 'other', apiId: 'zz' }];
    expect(where([{ ...DOMAIN, mappings }], api)).toHaveProperty('unavailable');
    const rules = {
      readable: false as const,
      call: 'ListRoutingRules',
      reason: 'failed',
      remedy: 'Allow it.',
    };
    const found = where([{ ...DOMAIN, mappings: [mapped], rules }], api);
    expect(found).toEqual({
      unavailable: expect.stringMatching(
        /leads to the stage and to no other \(ListRoutingRules failed\)$/,
      ),
      remedy: expect.stringMatching(/^Allow it\. Or set endpoint-url to the custom domain/),
    });
  });

  test('is said of the kind of API', () => {
    const of = (kind: ApiEvidence['kind']) => JSON.stringify(where([], { ...API, kind }));
    expect(of('REST')).toContain('no base path mapping or routing rule');
    expect(of('HTTP')).toContain('no API mapping or routing rule');
  });
});
