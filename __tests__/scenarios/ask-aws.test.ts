import { APIGatewayClient } from '@aws-sdk/client-api-gateway';
import { ApiGatewayV2Client } from '@aws-sdk/client-apigatewayv2';
import { describe, expect, test } from '@jest/globals';
import type { UnroutedAnswer } from '../../emulator/data-plane/authorize.js';
import type { Emulator, SeedFile } from '../../emulator/server.js';
import { V2_DEFAULTS } from '../../emulator/v2/switches.js';
import { deleteOwned } from '../../scripts/ask-aws/owned.js';
import { QUESTIONS } from '../../scripts/ask-aws/questions/index.js';
import { account, apisOf, ask, CALLER, decided, type Run } from './ask-aws-kit.js';

/** APIs of other people: their names, or their tags, look like ours, and never both. */
const NEIGHBOURS: SeedFile = {
  apis: [
    { id: 'neighbour1', name: 'apigw-iam-gate-ask-00000000-rest' },
    {
      id: 'neighbour2',
      name: 'apigw-iam-gate-ask-mine',
      tags: { 'apigw-iam-gate-ask': '00000000' },
    },
    { id: 'neighbour3', name: 'orders', tags: { 'apigw-iam-gate-ask': '00000000' } },
  ],
  httpApis: [
    { id: 'neighbour4', name: 'apigw-iam-gate-ask-00000000-http', tags: { team: 'shop' } },
    { id: 'neighbour5', name: 'pets', tags: { 'apigw-iam-gate-ask': '00000000' } },
  ],
};

const REST = QUESTIONS.filter(({ kind }) => kind === 'rest')
  .map(({ id }) => id)
  .join();
const SOME = 'rest-signed-404,rest-root-security,rest-export-under-canary,rest-canary-after-deploy';

function expectNeighboursAlone(emulator: Emulator): void {
  expect([...emulator.account.apis.keys(), ...emulator.account.v2.apis.keys()]).toEqual([
    'neighbour1',
    'neighbour2',
    'neighbour3',
    'neighbour4',
    'neighbour5',
  ]);
}

/** Nothing that a run says or writes names the account, a caller, an API or a signature. */
function expectNoSecret({ files, stdout, stderr }: Run, { account, requests }: Emulator): void {
  const apiIds = requests.flatMap(
    ({ path }) => /^\/(?:v2\/apis|restapis)\/(\w+)/.exec(path)?.[1] ?? [],
  );
  const signatures = requests.flatMap(({ headers, query }) => [
    ...[...(headers.authorization ?? '').matchAll(/Signature=(\w+)/g)].map(([, it = '']) => it),
    ...[...query.matchAll(/X-Amz-Signature=(\w+)/g)].map(([, it = '']) => it),
  ]);
  const secrets = [
    account.accountId,
    CALLER.accessKeyId,
    CALLER.secretAccessKey,
    CALLER.sessionToken,
    ...signatures,
  ];
  const said = `${stdout}${stderr}${Object.values(files).join('')}`;
  expect(secrets.filter((it) => said.includes(it))).toEqual([]);
  const written = Object.values(files).join('');
  expect([...new Set(apiIds)].filter((it) => written.includes(it))).toEqual([]);
}

describe('each position of each switch is told', () => {
  test.each<[UnroutedAnswer, 'stage' | 'canary']>([
    ['not-found', 'stage'],
    ['not-found-unlabelled', 'canary'],
    ['missing-token', 'stage'],
  ])('REST: %s, %s', async (unrouted, exportUnderCanary) => {
    const emulator = await account(NEIGHBOURS, { unrouted, exportUnderCanary });
    const run = await ask(emulator, ['--only', REST]);
    expect(decided(run)).toMatchObject({ unrouted, exportUnderCanary });
    expect(run.exitCode).toBe(0);
    expect(run.files['decisions.md']).toContain(
      unrouted === 'not-found' ? 'Nothing.' : `- switch \`unrouted\`: \`${unrouted}\`, not`,
    );
    expectNeighboursAlone(emulator);
    expectNoSecret(run, emulator);
  });

  test('REST: rows without a switch', async () => {
    expect(decided(await ask(await account(), ['--only', REST]))).toMatchObject({
      'A literal + in a signed query': 'plus',
      'Gateway response customised to 200, unsigned': '200 with the error type',
      'Import: root-level security, OpenAPI 3': 'used',
      'Import: root-level security, OpenAPI 2': 'not used',
      'A canary when its stage is deployed': 'stays',
    });
  });
});

/** Position by position: together they have every position of every switch that is decided. */
const POSITIONS: readonly NonNullable<SeedFile['untold']>[] = [
  V2_DEFAULTS,
  {
    exportOfStage: 'newest',
    exportOfIam: 'extension',
    exportOfWebSocket: 'answered',
    managedRoute: 'key-only',
    preflight: 'before-default',
    httpRefusals: 'told',
    httpQuerySignature: 'ignored',
    httpThrottled: 'bare',
    httpEndpointOff: 404,
    webSocketRefusals: 'http',
    webSocketRefusalStatus: 401,
    webSocketToken: 'either',
    webSocketNoStage: 404,
    webSocketEndpointOff: 404,
    pendingDeploymentId: 'new',
    maxPage: 100,
    defaultPage: 50,
    largePage: 'refused',
  },
  {
    exportOfIam: 'none',
    preflight: 'before-routes',
    webSocketRefusals: 'ids',
    maxPage: 100,
    defaultPage: 100,
    largePage: 'cut',
  },
  { webSocketRefusals: 'bare', webSocketNoStage: 404, maxPage: 500, largePage: 'refused' },
];
/** They take a resource policy, a domain name, a role, or longer than anybody would wait. */
const NOT_ASKED = ['anonymousKeys', 'defaultRouteResource', 'unmappedDomain', 'deploymentMs'];

describe('each position of each switch of HTTP and WebSocket APIs is told', () => {
  const ids = QUESTIONS.filter(({ kind }) => kind !== 'rest').map(({ id }) => id);

  test.each(POSITIONS.map((untold, index) => [index + 1, untold] as const))(
    'seed %i',
    async (_, untold) => {
      const emulator = await account({ ...NEIGHBOURS, untold });
      const run = await ask(emulator, ['--only', ids.join()]);
      const expected = Object.entries({ ...V2_DEFAULTS, ...untold })
        .filter(([name]) => !NOT_ASKED.includes(name))
        .map(([name, value]) => [name, String(value)]);
      expect(decided(run)).toEqual({
        ...Object.fromEntries(expected),
        // Where a page is only cut, its size does not show in an API of fewer routes.
        ...(untold.largePage === 'cut' && untold.maxPage === 500 ? { maxPage: 'unclear' } : {}),
        'HTTP API: status of a refused signature': '403',
        'HTTP API: a path without a route': '404 {"message":"Not Found"}',
        'WebSocket API: a signed handshake': 'opened by headers and by query',
        'WebSocket API: a changed $connect': 'counts when it is deployed',
      });
      expect(run.exitCode).toBe(0);
      expectNeighboursAlone(emulator);
      expectNoSecret(run, emulator);
    },
  );

  test('the seeds have every position', () => {
    const names = Object.keys(V2_DEFAULTS).filter((name) => !NOT_ASKED.includes(name));
    const seen = names.map((name) => [
      name,
      new Set(POSITIONS.map((untold) => ({ ...V2_DEFAULTS, ...untold })[name as 'preflight'])).size,
    ]);
    expect(Object.fromEntries(seen)).toMatchObject({
      exportOfIam: 3,
      preflight: 3,
      webSocketRefusals: 4,
    });
    expect(seen.filter(([, positions]) => Number(positions) < 2)).toEqual([]);
  });
});

describe('whatever happens, everything that was made is deleted', () => {
  test.each<[NodeJS.Signals, number]>([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ])('stopped by %s', async (name, exitCode) => {
    const emulator = await account(NEIGHBOURS);
    const run = await ask(emulator, [], { signal: { name, when: '[3/' } });
    expect(run.exitCode).toBe(exitCode);
    expect(run.stdout).toMatch(/Deleted [1-9]\d* APIs? in us-east-1/);
    expect(Object.keys(run.files).sort()).toEqual(['decisions.md', 'rest.json']);
    expectNeighboursAlone(emulator);
    expectNoSecret(run, emulator);
  });

  test('killed: --clean deletes what is left, and what is not ours stays', async () => {
    const emulator = await account(NEIGHBOURS);
    const killed = await ask(emulator, [], { signal: { name: 'SIGKILL', when: '[4/' } });
    const left = apisOf(emulator).length - 5;
    expect(left).toBeGreaterThan(0);
    const [[ledger, text] = ['', '']] = Object.entries(killed.files);
    expect(ledger).toMatch(/^ask-aws-ledger-[0-9a-f]{8}\.txt$/);
    expect(text).toMatch(/^REST apigw-iam-gate-ask-[0-9a-f]{8}-backend in us-east-1\n/);
    const { exitCode, stdout, files } = await ask(emulator, ['--clean'], killed);
    expect({ exitCode, stdout, files }).toEqual({
      exitCode: 0,
      stdout: `Deleted ${left} ${left === 1 ? 'API' : 'APIs'} in us-east-1.\n`,
      files: {},
    });
    expectNeighboursAlone(emulator);
  });

  test('a call fails: the other questions are asked', async () => {
    const emulator = await account(NEIGHBOURS);
    emulator.injectFault({
      operation: 'GetExport',
      effect: {
        kind: 'answer',
        status: 400,
        errorType: 'BadRequestException',
        message: ({ headers }) => `for ${emulator.account.accountId}, ${headers.authorization}`,
      },
    });
    emulator.injectFault({
      operation: 'CreateAuthorizer',
      effect: {
        kind: 'answer',
        status: 403,
        errorType: 'AccessDeniedException',
        message: ({ headers }) => `${emulator.account.accountId} may not: ${headers.authorization}`,
      },
    });
    const run = await ask(emulator, [
      '--only',
      'rest-export-under-canary,rest-authorizer-id,rest-canary-after-deploy',
    ]);
    expect(run.exitCode).toBe(1);
    expect(decided(run)).toEqual({
      exportUnderCanary: 'unclear',
      'A canary when its stage is deployed': 'stays',
      'authorizerId when the type leaves CUSTOM': 'unclear',
    });
    expect(run.files['decisions.md']).toContain('AccessDeniedException: <account> may not');
    expectNeighboursAlone(emulator);
    expectNoSecret(run, emulator);
  });

  test('the answer to a creation is lost, so that there are two', async () => {
    const emulator = await account(NEIGHBOURS);
    emulator.injectFault({
      operation: 'CreateRestApi',
      times: 1,
      effect: { kind: 'reset-after' },
    });
    const run = await ask(emulator, ['--only', 'rest-authorizer-id']);
    expect(run.exitCode).toBe(0);
    expect(run.stdout).toContain('Deleted 2 APIs in us-east-1.');
    expectNeighboursAlone(emulator);
  });

  test('what cannot be deleted is said, with the command', async () => {
    const emulator = await account(NEIGHBOURS);
    emulator.injectFault({
      operation: 'DeleteRestApi',
      effect: { kind: 'answer', status: 403, errorType: 'AccessDeniedException', message: 'no' },
    });
    const run = await ask(emulator, ['--only', 'rest-authorizer-id']);
    const ours = [...emulator.account.apis.values()].find(({ name }) =>
      name.endsWith('-authorizer'),
    );
    expect(run.exitCode).toBe(1);
    expect(run.stderr).toContain(`Not deleted: ${ours?.name} (AccessDeniedException: no)`);
    expect(run.stderr).toContain(
      `aws apigateway delete-rest-api --rest-api-id ${ours?.id} --region us-east-1\n`,
    );
    emulator.clearFaults();
    expect((await ask(emulator, ['--clean'], run)).exitCode).toBe(0);
    expectNeighboursAlone(emulator);
  });

  test('an API of the run that lost its tag is told, and not touched', async () => {
    const emulator = await account({
      apis: [{ id: 'lostitstag', name: 'apigw-iam-gate-ask-0a1b2c3d-backend' }],
      httpApis: [
        {
          id: 'stillhasit',
          name: 'apigw-iam-gate-ask-0a1b2c3d-answers',
          tags: { 'apigw-iam-gate-ask': '0a1b2c3d' },
        },
      ],
    });
    const settings = { endpoint: emulator.url, region: 'us-east-1', credentials: { ...CALLER } };
    const planes = {
      rest: new APIGatewayClient(settings),
      v2: new ApiGatewayV2Client(settings),
      region: 'us-east-1',
    };
    expect(await deleteOwned(planes, '0a1b2c3d', 1)).toEqual({
      deleted: 1,
      left: [
        {
          name: 'apigw-iam-gate-ask-0a1b2c3d-backend',
          why: 'it has lost its tag apigw-iam-gate-ask: look whether it is of this run',
          command: 'aws apigateway delete-rest-api --rest-api-id lostitstag --region us-east-1',
        },
      ],
    });
    expect(apisOf(emulator)).toEqual(['apigw-iam-gate-ask-0a1b2c3d-backend']);
  });

  test('what cannot be listed is said', async () => {
    const emulator = await account(NEIGHBOURS);
    emulator.injectFault({
      operation: 'GetApis',
      effect: { kind: 'answer', status: 403, errorType: 'AccessDeniedException', message: 'no' },
    });
    const run = await ask(emulator, ['--only', 'rest-authorizer-id']);
    expect(run.exitCode).toBe(1);
    expect(run.stderr).toContain('APIs of this tool may be left in us-east-1');
    expect(Object.keys(run.files).some((it) => it.startsWith('ask-aws-ledger-'))).toBe(true);
  });
});

describe('before anything is created', () => {
  test.each(['no\n', 'y\n', ''])('the person is asked, and %j is a no', async (types) => {
    const emulator = await account();
    const run = await ask(emulator, [], { types });
    expect(run.exitCode).toBe(0);
    expect(run.stdout).toContain('Account   ends in 9012\nRegion    us-east-1\n');
    expect(run.stdout).toContain('Nothing was created.');
    expect(emulator.requests.map(({ operation }) => operation)).toEqual(['GetCallerIdentity']);
    expectNoSecret(run, emulator);
  });

  test('yes is a yes', async () => {
    const run = await ask(await account(), ['--only', 'rest-root-security'], { types: 'yes\n' });
    expect(run.stdout).toContain('1 of 1 questions were answered.');
  });

  test('--list asks nobody', async () => {
    const emulator = await account();
    const run = await ask(emulator, ['--list', '--only', SOME]);
    expect(run.stdout.match(/^\S+$/gm)).toEqual(SOME.split(','));
    expect(emulator.requests).toEqual([]);
  });

  test('wrong arguments are told all at once', async () => {
    const run = await ask(await account(), [
      ...['--only', 'nothing', '--patience', 'long', '--endpoint-url', 'ftp://a'],
    ]);
    expect(run.exitCode).toBe(2);
    for (const name of ['--only', '--patience', '--endpoint-url'])
      expect(run.stderr).toMatch(new RegExp(`^${name}: |^${name} must`, 'm'));
  });
});
