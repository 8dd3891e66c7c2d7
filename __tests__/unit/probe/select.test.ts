import { describe, expect, test } from '@jest/globals';
import type { SampleRequest } from '../../../src/config/config.js';
import type { JoinedMethod } from '../../../src/evidence/join.js';
import type { ApiKind } from '../../../src/model/api-kind.js';
import {
  asksForApiKey,
  asksForSignature,
  type Selection,
  select,
  wantOf,
} from '../../../src/probe/select.js';
import {
  api,
  apiOf,
  deployed,
  onlyRow,
  read,
  rowsOf,
  stage,
  stageWithCanary,
  UNREAD,
} from '../evidence-builder.js';

test.each<[deployed: string | null, configured: string | null, asks: boolean]>([
  ['AWS_IAM', 'AWS_IAM', true],
  ['AWS_IAM', 'NONE', true],
  ['AWS_IAM', null, true],
  ['NONE', 'AWS_IAM', false],
  ['CUSTOM', 'AWS_IAM', false],
  [null, 'AWS_IAM', false],
  ['unreadable', 'AWS_IAM', false],
  // Where no call tells what is served, what is configured says how to ask, and where that is not known the answers must.
  ['untold', 'AWS_IAM', true],
  ['untold', 'NONE', false],
  ['untold', 'JWT', false],
  ['untold', null, true],
  ['untold', 'unreadable', true],
  ['NONE', null, false],
  ['NONE', 'unreadable', false],
])('served as %s, configured as %s: asks for a signature: %s', (deployed, configured, asks) => {
  expect(asksForSignature({ deployed, configured })).toBe(asks);
});

const ALL: Selection = { smokeTest: true, smokeMethods: ['GET', 'HEAD', 'OPTIONS'], samples: [] };

/** A sample request of the policy file for one method. */
function withSample(method: string, path: string, parts: Partial<SampleRequest>): Selection {
  const sample = { pathParameters: {}, query: [], headers: {}, body: null, expectedStatuses: [] };
  return {
    ...ALL,
    samples: [{ matches: (it, of) => it === method && of === path, ...sample, ...parts }],
  };
}

/** The row of one method among those of an API of any kind. */
function rowOf(kind: ApiKind, name: string, ...others: readonly string[]): JoinedMethod {
  const types = Object.fromEntries([name, ...others].map((it) => [it, 'AWS_IAM']));
  const [method = '', path = ''] = name.split(' ');
  const row = rowsOf({ ...apiOf(types), kind }).find(
    (it) => it.method === method && it.path === path,
  );
  if (row === undefined) throw new Error(`there is no ${name}`);
  return row;
}

describe('what a method wants so that it is asked', () => {
  const greedy = rowOf('REST', 'GET /x/{proxy+}');

  test('is a value for the rest of its path', () => {
    const want = 'add a value for {proxy+} to the smoke section of the policy file';
    expect(wantOf(greedy, ALL)).toBe(want);
    expect(
      wantOf(greedy, withSample('GET', '/x/{proxy+}', { pathParameters: { proxy: 'a' } })),
    ).toBe(null);
    const two = rowOf('REST', 'GET /{id}/{proxy+}');
    expect(wantOf(two, ALL)).toBe(
      'add values for {id} and {proxy+} to the smoke section of the policy file',
    );
  });

  test.each<[string, JoinedMethod, Selection]>([
    ['nothing is asked', greedy, { ...ALL, smokeTest: false }],
    ['it asks for no signature', onlyRow(apiOf({ 'GET /x/{proxy+}': 'NONE' })), ALL],
    ['its verb is not allowed', rowOf('REST', 'POST /x/{proxy+}'), ALL],
    ['its path has one segment for each parameter', rowOf('REST', 'GET /{id}'), ALL],
    ['its path has no parameter', rowOf('REST', 'GET /a'), ALL],
  ])('is nothing where %s', (_, row, selection) => {
    expect(wantOf(row, selection)).toBeNull();
  });

  test.each<[ApiKind, string]>([
    ['REST', 'method'],
    ['HTTP', 'route'],
  ])('is another value where a %s API has a %s for the one that is given', (kind, noun) => {
    const row = rowOf(kind, 'GET /pets/{id}', 'GET /pets/mine');
    const mine = withSample('GET', '/pets/{id}', { pathParameters: { id: 'mine' } });
    expect(wantOf(row, mine)).toBe(
      `set a value for {id} that no other ${noun} takes in the smoke section of the policy file`,
    );
    expect(select(row, mine)).toBe('GET /pets/mine may take what it is asked for');
    const yours = withSample('GET', '/pets/{id}', { pathParameters: { id: 'yours' } });
    expect(wantOf(row, yours)).toBeNull();
    expect(select(row, yours)).toMatchObject({ verbs: ['GET'], path: { path: '/pets/yours' } });
  });

  test('is a path of its own for $default, where another route takes the one that it has', () => {
    const row = rowOf('HTTP', '$default $default', 'ANY /');
    const want = /^add a value for \{proxy\}, a path that no other route takes, for \$default/;
    expect(wantOf(row, ALL)).toMatch(want);
    expect(select(row, ALL)).toMatch(/^ANY \/ may take what it is asked for: add a value/);
    const elsewhere = withSample('$default', '$default', { pathParameters: { proxy: 'b/c' } });
    expect(wantOf(row, elsewhere)).toBeNull();
    expect(select(row, elsewhere)).toMatchObject({ path: { path: '/b/c' } });
    expect(select(row, elsewhere)).toMatchObject({ verbs: ALL.smokeMethods });
  });
});

describe('an API key', () => {
  const keyed = onlyRow(apiOf({ 'GET /a': { apiKeyRequired: true } }));

  test('keeps a method from being signed for, unless a sample has it', () => {
    expect(select(keyed, ALL)).toMatchObject({
      unproven: ['add the header x-api-key to the smoke section of the policy file'],
    });
    const sample = withSample('GET', '/a', { headers: { 'X-API-Key': 'k' } });
    expect(select(keyed, sample)).toMatchObject({ unproven: [] });
  });

  test('is asked for by what is served alone', () => {
    expect(asksForApiKey(keyed)).toBe(true);
    expect(asksForApiKey({ ...keyed, stage: null })).toBe(false);
    expect(asksForApiKey({ ...keyed, method: 'PUT' })).toBe(false);
    expect(asksForApiKey(onlyRow(apiOf({ 'GET /a': 'AWS_IAM' })))).toBe(false);
  });
});

test('what the snapshot does not name is asked where its address is exact', () => {
  const row = onlyRow(apiOf({ 'GET /a': 'AWS_IAM' }, {}));
  expect(select(row, ALL)).toMatchObject({ verbs: ['GET'], asksForSignature: false });
  expect(select(onlyRow(apiOf({ 'GET /{id}': 'AWS_IAM' }, {})), ALL)).toBe('not deployed');
});

describe('what the snapshot does not name, beside what it serves', () => {
  const selectedBeside = (served: Readonly<Record<string, string>>, named = 'GET /a') => {
    const row = rowsOf(apiOf({ [named]: 'AWS_IAM', ...served }, served)).find(
      ({ method, path }) => `${method} ${path}` === named,
    );
    if (row === undefined) throw new Error(`there is no ${named}`);
    return select(row, ALL);
  };

  test.each<[served: Readonly<Record<string, string>>, other: string]>([
    [{ 'ANY /{proxy+}': 'NONE' }, 'ANY /{proxy+}'],
    [{ 'GET /{id}': 'CUSTOM', 'ANY /{proxy+}': 'AWS_IAM' }, 'GET /{id}'],
  ])('is not asked where what is open takes it: %j', (served, other) => {
    expect(selectedBeside(served)).toBe(`${other} may take what it is asked for`);
  });

  test.each<Readonly<Record<string, string>>>([
    { 'ANY /{proxy+}': 'AWS_IAM' },
    { 'POST /{proxy+}': 'NONE' },
    { 'ANY /b/{proxy+}': 'NONE' },
  ])('is asked where none does: %j', (served) => {
    expect(selectedBeside(served)).toMatchObject({ verbs: ['GET'] });
  });

  test.each([
    [
      'a canary serves it',
      stageWithCanary({}, read(deployed({ 'ANY /{proxy+}': { authorizationType: 'NONE' } }))),
    ],
    [
      'nobody knows how it is served itself',
      stage({
        deployed: read(
          deployed({
            'GET /a': { authorizationType: 'unreadable', unread: UNREAD },
            'ANY /{proxy+}': { authorizationType: 'NONE' },
          }),
        ),
      }),
    ],
  ])('is not asked where what is open may take it, and %s', (_, served) => {
    const of = { ...apiOf({ 'GET /a': 'AWS_IAM' }), stages: read([served]) };
    const row = rowsOf(of).find(({ path }) => path === '/a');
    if (row === undefined) throw new Error('there is no GET /a');
    expect(select(row, ALL)).toBe('ANY /{proxy+} may take what it is asked for');
  });

  test('is asked as the verbs that none takes', () => {
    expect(selectedBeside({ 'GET /{proxy+}': 'NONE' }, 'ANY /a')).toMatchObject({
      verbs: ['HEAD', 'OPTIONS'],
    });
  });
});

test('a method of no stage is asked nowhere', () => {
  const row = onlyRow(api({ ...apiOf({ 'GET /a': 'AWS_IAM' }), stages: UNREAD }));
  expect(select(row, ALL)).toBe('not deployed');
});
