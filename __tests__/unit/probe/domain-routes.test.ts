import { describe, expect, test } from '@jest/globals';
import type { Mapping, RoutingRule } from '../../../src/probe/custom-domains.js';
import { destinationsOf } from '../../../src/probe/domain-routes.js';
import { invokeArnOf, isLocal } from '../../../src/probe/endpoint.js';

function rule(parts: Partial<RoutingRule> = {}): RoutingRule {
  return {
    priority: 1,
    basePaths: [],
    headers: [],
    apiId: 'ruled',
    stage: 'prod',
    stripsBasePath: false,
    ...parts,
  };
}

/** Where a request gets, in short; each mapping leads to an API that is named after its base path. */
function ways(
  path: string,
  rules: readonly RoutingRule[],
  headers: Readonly<Record<string, string>> = {},
  mappings: readonly (readonly [basePath: string, stage: string | null])[] = [['', 'prod']],
): string[] {
  const mapped = mappings.map(
    ([basePath, stage]): Mapping => ({ basePath, stage, apiId: `mapped:${basePath}` }),
  );
  return destinationsOf({ mappings: mapped }, rules, { path, headers }).map((it) =>
    it === 'nowhere' ? it : `${it.apiId}/${it.stage} ${it.path}`,
  );
}

const MAPPED = 'mapped:/prod /a/b';

describe('a routing rule', () => {
  test.each<[Partial<RoutingRule>, string[]]>([
    [{}, ['ruled/prod /a/b']],
    [{ basePaths: [['a']] }, ['ruled/prod /a/b']],
    [{ basePaths: [['a']], stripsBasePath: true }, ['ruled/prod /b']],
    [{ basePaths: [['a', 'a/b']], stripsBasePath: true }, ['ruled/prod /']],
    [{ basePaths: [['a/b', 'a']], stripsBasePath: true }, ['ruled/prod /']],
    [{ basePaths: [['a'], ['a/b']], stripsBasePath: true }, ['ruled/prod /']],
    [{ basePaths: [['a/b'], ['a']], stripsBasePath: true }, ['ruled/prod /']],
    [{ basePaths: [['x']] }, [MAPPED]],
    [{ basePaths: [['a'], ['x']] }, [MAPPED]],
    [{ basePaths: [['a/b/c']] }, [MAPPED]],
    [{ basePaths: [['']], stripsBasePath: true }, ['ruled/prod /a/b']],
  ])('on base paths: %j', (parts, expected) => {
    expect(ways('/a/b', [rule(parts)])).toEqual(expected);
  });

  test.each<[name: string, value: string, leads: 'yes' | 'no' | 'maybe']>([
    ['accept', '*/*', 'yes'],
    ['accept', 'text/plain', 'no'],
    ['x-apigw-iam-gate', 'probe', 'yes'],
    ['x-team', 'shop', 'yes'],
    ['x-team', 'Shop', 'no'],
    ['x-team', 'sh*', 'yes'],
    ['x-team', '*op', 'yes'],
    ['x-team', 's*p', 'yes'],
    ['x-team', '*h*', 'yes'],
    ['x-team', 's*h*o*p', 'yes'],
    ['x-team', 's*o*h*p', 'no'],
    ['x-team', 'sho*hop', 'no'],
    ['x-team', 'x*', 'no'],
    ['x-team', '*x', 'no'],
    ['x-team', '*x*', 'no'],
    ['x-team', '*', 'yes'],
    ['x-team', '', 'no'],
    ['x-other', '*', 'no'],
    ['host', 'x', 'maybe'],
    ['user-agent', 'x', 'maybe'],
    ['x-amzn-anything', 'x', 'maybe'],
    ['x-forwarded-for', 'x', 'maybe'],
    ['cloudfront-viewer', 'x', 'maybe'],
    ['my-host', 'x', 'no'],
    ['hosts', 'x', 'no'],
  ])('on the header %s: %s', (name, value, leads) => {
    const found = ways('/a/b', [rule({ headers: [[{ name, value }]] })], { 'X-Team': 'shop' });
    const expected = { yes: ['ruled/prod /a/b'], no: [MAPPED], maybe: ['ruled/prod /a/b', MAPPED] };
    expect(found).toEqual(expected[leads]);
  });

  test.each([
    ...['accept-encoding', 'content-type', 'date', 'expect', 'forwarded', 'from', 'keep-alive'],
    ...['te', 'true-client-ip', 'via', 'x-apigw-api-id', 'x-real-ip', 'proxy-connection'],
    ...['cloudfront-is-mobile-viewer', 'x-amz-date', 'x-amzn-trace-id', 'x-forwarded-proto'],
    ...['upgrade', 'sec-websocket-key', 'authorization', 'connection', 'content-length'],
  ])('on %s may hold, for something on the way may set it', (name) => {
    const leads = (header: string) =>
      ways('/a/b', [rule({ headers: [[{ name: header, value: 'x' }]] })]);
    expect(leads(name)).toEqual(['ruled/prod /a/b', MAPPED]);
    // Names that hold it, or begin as it does, are other headers.
    for (const other of [`my-${name}`, `q${name}`]) expect(leads(other)).toEqual([MAPPED]);
  });

  test.each(['viable', 'dates', 'frommer', 'tea', 'expected', 'x-real-ips', 'x-apigw-api-ids'])(
    'on %s is about a header that nobody sends',
    (name) => {
      const rules = [rule({ headers: [[{ name, value: 'x' }]] })];
      expect(ways('/a/b', rules)).toEqual([MAPPED]);
    },
  );

  test('on a header of the sample takes what the sample says', () => {
    const plain = [rule({ headers: [[{ name: 'accept', value: 'text/plain' }]] })];
    expect(ways('/a/b', plain, { Accept: 'text/plain' })).toEqual(['ruled/prod /a/b']);
  });

  test('on several headers needs all of them, of one any', () => {
    const [yes, no, maybe] = [
      { name: 'accept', value: '*' },
      { name: 'x-none', value: '*' },
      { name: 'host', value: '*' },
    ];
    if (yes === undefined || no === undefined || maybe === undefined) throw new Error('three');
    const leads = (...headers: (typeof yes)[][]) => ways('/a/b', [rule({ headers })]).length;
    // One way is sure: the rule's, or the mapping's; two where nobody knows.
    expect([leads([yes, no]), leads([no, yes, maybe])]).toEqual([1, 1]);
    expect(ways('/a/b', [rule({ headers: [[yes, no]] })])).toEqual(['ruled/prod /a/b']);
    expect(ways('/a/b', [rule({ headers: [[yes], [no]] })])).toEqual([MAPPED]);
    expect(ways('/a/b', [rule({ headers: [[maybe], [no]] })])).toEqual([MAPPED]);
    expect(leads([maybe, no])).toBe(2);
    expect(leads([yes], [maybe])).toBe(2);
  });

  test('that holds hides what comes after it', () => {
    const rules = [rule({ basePaths: [['x']], apiId: 'first' }), rule(), rule({ apiId: 'third' })];
    expect(ways('/a/b', rules)).toEqual(['ruled/prod /a/b']);
  });
});

describe('a base path mapping', () => {
  test.each<[string, (readonly [string, string | null])[], string[]]>([
    ['/a/b', [['a', 'prod']], ['mapped:a/prod /b']],
    [
      '/a/b',
      [
        ['', 'x'],
        ['a', 'y'],
        ['a/b', 'z'],
      ],
      ['mapped:a/b/z /'],
    ],
    [
      '/a/b',
      [
        ['a/b', 'z'],
        ['a', 'y'],
        ['', 'x'],
      ],
      ['mapped:a/b/z /'],
    ],
    ['/a/b', [['', null]], ['mapped:/a /b']],
    ['/a/b/c', [['a', null]], ['mapped:a/b /c']],
    ['/a', [['a', null]], ['mapped:a/ /']],
    ['/a/b', [['b', 'prod']], ['nowhere']],
    ['/a/b', [], ['nowhere']],
    ['/%61/b', [['a', 'prod']], ['mapped:a/prod /b']],
    ['/%zz/b', [['%zz', 'prod']], ['mapped:%zz/prod /b']],
    ['/a/b%20c', [['a', 'prod']], ['mapped:a/prod /b%20c']],
  ])('leads %s by %j', (path, mappings, expected) => {
    expect(ways(path, [], {}, mappings)).toEqual(expected);
  });
});

describe('an address', () => {
  test.each([
    ['http://127.0.0.1:1/', true],
    ['http://127.10.200.3/', true],
    ['http://localhost./', true],
    ['http://[::1]:1/', true],
    ['http://127.0.0.1.test/', false],
    ['http://x127.0.0.1.test/', false],
    ['http://128.0.0.1/', false],
  ])('%s is of this machine: %s', (url, expected) => {
    expect(isLocal(url)).toBe(expected);
  });

  test('as an ARN has a star for each parameter, and for the account', () => {
    const address = { apiId: 'a1', stage: 'prod', region: 'cn-north-1' };
    expect(invokeArnOf(address, 'GET', '/a/{id}/{proxy+}')).toBe(
      'arn:aws-cn:execute-api:cn-north-1:*:a1/prod/GET/a/*/*',
    );
  });
});
