import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import type { SeedFile } from '../../emulator/server.js';
import { findingsOf, mutations, scenario } from './kit.js';

const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

/** A checked-out repository with some files. */
async function workspace(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'apigw-iam-gate-workspace-'));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  return folder;
}

/** A date so many days from now, `YYYY-MM-DD`, UTC. */
function inDays(days: number): string {
  return new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
}

function policyWith(expires: string): string {
  return `exceptions:
  - methods: ["* /**"]
    api: orders
    reason: migration
    owner: team-shop
    expires: ${expires}
`;
}

const POLICY = '.github/apigw-iam-gate.yml';

test('an exception lets its methods by, and the report says whose it is and how long', async () => {
  const GITHUB_WORKSPACE = await workspace({ [POLICY]: policyWith(inDays(40)) });
  const { run } = await scenario('orders');
  const { exitCode, parsed, outputs } = await run({}, { GITHUB_WORKSPACE });
  expect(exitCode).toBe(0);
  expect(parsed.findings).toEqual([]);
  expect(parsed.counts.suppressed).toBe(23);
  expect(parsed.exceptions).toMatchObject([
    {
      state: 'in-use',
      owner: 'team-shop',
      reason: 'migration',
      location: { file: POLICY, line: 2 },
    },
  ]);
  expect(parsed.methods.find(({ path }) => path === '/health')).toMatchObject({
    excepted: true,
    verdict: 'pass',
  });
  expect(outputs.errors).toBe('0');
});

test('in its last fourteen days an exception is warned of, and after them it is over', async () => {
  const { run } = await scenario('orders');
  const soon = await run(
    {},
    { GITHUB_WORKSPACE: await workspace({ [POLICY]: policyWith(inDays(5)) }) },
  );
  expect(soon.exitCode).toBe(0);
  expect(soon.annotations.map(({ level, title }) => [level, title])).toEqual([
    ['warning', '1 exception ending soon'],
  ]);
  expect(soon.summary).toContain('5 days left');

  const over = await run(
    {},
    { GITHUB_WORKSPACE: await workspace({ [POLICY]: policyWith(inDays(-2)) }) },
  );
  expect(over.exitCode).toBe(1);
  expect(over.parsed.findings.map(({ rule }) => rule)).toContain('exception-expired');
  expect(over.parsed.counts.errors).toBe(24);
});

test('an exception never hides what could not be read', async () => {
  const GITHUB_WORKSPACE = await workspace({ [POLICY]: policyWith(inDays(40)) });
  const { emulator, run } = await scenario('orders');
  emulator.injectFault({ operation: 'GetResources', effect: { kind: 'answer', status: 403 } });
  const { exitCode, parsed } = await run({}, { GITHUB_WORKSPACE });
  expect(exitCode).toBe(2);
  expect(parsed.verdict).toBe('incomplete');
});

test('enforce leaves an excepted method as it is, and says why', async () => {
  const GITHUB_WORKSPACE = await workspace({ [POLICY]: policyWith(inDays(40)) });
  const { emulator, run } = await scenario('orders');
  const { parsed } = await run({ mode: 'enforce' }, { GITHUB_WORKSPACE });
  expect(mutations(emulator)).toEqual([]);
  expect(parsed.kept.find(({ path }) => path === '/health')?.reason).toContain('migration');
});

test('what is required can be loosened for some methods', async () => {
  const GITHUB_WORKSPACE = await workspace({
    [POLICY]: 'require: { overrides: [{ methods: GET /me, types: [COGNITO_USER_POOLS] }] }',
  });
  const { run } = await scenario('orders');
  const { parsed } = await run({ stage: 'prod' }, { GITHUB_WORKSPACE });
  expect(findingsOf(parsed).filter((it) => it.includes('/me'))).toEqual([]);
  expect(parsed.notes.join()).toContain('allows COGNITO_USER_POOLS, with which 1 of');
  expect(findingsOf(parsed)).toContain('deployed-not-iam GET /health prod');
});

test('known findings are notices, new ones fail', async () => {
  const { emulator, run } = await scenario('orders');
  const first = await run({ stage: 'prod' });
  const GITHUB_WORKSPACE = await workspace({ 'old.json': first.report ?? '' });
  const known = await run({ stage: 'prod', baseline: 'old.json' }, { GITHUB_WORKSPACE });
  expect(known.exitCode).toBe(0);
  expect(known.parsed.counts).toMatchObject({ errors: 0, known: 15 });

  for (const resource of emulator.account.apis.get('a1b2c3d4e5')?.resources.values() ?? []) {
    const method = resource.path === '/orders' ? resource.methods.get('GET') : undefined;
    if (method !== undefined) method.authorizationType = 'NONE';
  }
  const fresh = await run({ stage: 'prod', baseline: 'old.json' }, { GITHUB_WORKSPACE });
  expect(fresh.exitCode).toBe(1);
  expect(fresh.parsed.counts.errors).toBe(1);
  expect(fresh.parsed.findings.find(({ known: it }) => !it)?.path).toBe('/orders');
});

test('a method whose authorizer is known is new once it is open to everybody', async () => {
  const { emulator, run } = await scenario('orders');
  const first = await run({ stage: 'prod' });
  const GITHUB_WORKSPACE = await workspace({ 'old.json': first.report ?? '' });
  const api = emulator.account.apis.get('a1b2c3d4e5');
  for (const deployment of api?.deployments.values() ?? []) {
    const method = deployment.snapshot.paths.get('/me')?.get('GET');
    if (method !== undefined) method.authorizationType = 'NONE';
  }
  const { exitCode, parsed } = await run(
    { stage: 'prod', baseline: 'old.json' },
    { GITHUB_WORKSPACE },
  );
  expect(exitCode).toBe(1);
  expect(
    findingsOf({ ...parsed, findings: parsed.findings.filter(({ known }) => !known) }),
  ).toEqual(['unsigned-accepted GET /me prod', 'deployed-not-iam GET /me prod']);
});

test('a value comes from the input, else the policy file, else the default', async () => {
  const GITHUB_WORKSPACE = await workspace({ [POLICY]: 'inputs: { smoke-test: false }' });
  const { run } = await scenario('clean');
  const ofPolicy = await run({}, { GITHUB_WORKSPACE });
  expect(ofPolicy.parsed.methods[0]?.notProbed).toBe('smoke-test is off');
  expect(ofPolicy.parsed.notes).toEqual(['The policy file sets smoke-test: false.']);
  const ofInput = await run({ 'smoke-test': 'true' }, { GITHUB_WORKSPACE });
  expect(ofInput.parsed.methods.some(({ unsigned }) => unsigned !== null)).toBe(true);
});

test('findings point at the line of the workflow that named the API', async () => {
  const workflow = 'jobs:\n  audit:\n    steps:\n      - with:\n          api-id: a1b2c3d4e5\n';
  const GITHUB_WORKSPACE = await workspace({ '.github/workflows/gate.yml': workflow });
  const { run } = await scenario('orders');
  const { parsed } = await run(
    {},
    {
      GITHUB_WORKSPACE,
      GITHUB_REPOSITORY: 'octo/shop',
      GITHUB_WORKFLOW_REF: 'octo/shop/.github/workflows/gate.yml@refs/heads/main',
    },
  );
  for (const { location } of parsed.findings) {
    expect(location).toEqual({ file: '.github/workflows/gate.yml', line: 5 });
  }
});

test('a wrong policy file and wrong inputs are refused at once, before any call', async () => {
  const GITHUB_WORKSPACE = await workspace({
    [POLICY]: 'exceptons: []\nrequire: { types: [IAM] }\n',
  });
  const { emulator, run } = await scenario('clean');
  const { exitCode, annotations } = await run({ mode: 'auditt' }, { GITHUB_WORKSPACE });
  expect(exitCode).toBe(3);
  const message = annotations[0]?.message ?? '';
  expect(message).toContain(`${POLICY}:1:1: unknown key "exceptons"; did you mean exceptions?`);
  expect(message).toContain(`${POLICY}:2:20: require.types[0]: must be one of AWS_IAM`);
  expect(message).toContain('mode: "auditt" is not one of');
  expect(emulator.requests).toEqual([]);
});

test('a policy file that is not seen is said: nothing was checked out, or its name is another', async () => {
  const { run } = await scenario('orders');
  const empty = await run({ 'smoke-test': 'false' }, { GITHUB_WORKSPACE: await workspace({}) });
  expect(empty.parsed.notes).toContain(
    'No policy file was read: the workspace is empty. If the repository has .github/apigw-iam-gate.yml, run actions/checkout before this step.',
  );
  expect(empty.summary).toContain('actions/checkout');

  const GITHUB_WORKSPACE = await workspace({
    '.github/apigw-iam-gate.yaml': policyWith(inDays(40)),
  });
  const misnamed = await run({ 'smoke-test': 'false' }, { GITHUB_WORKSPACE });
  expect(misnamed.parsed.notes).toContain(
    '.github/apigw-iam-gate.yaml was not read: the policy file is .github/apigw-iam-gate.yml. Rename it, or set policy-file: .github/apigw-iam-gate.yaml.',
  );
  expect(misnamed.parsed.exceptions).toEqual([]);
});

test('a policy file that is made to be slow is refused in time', async () => {
  const { run, emulator } = await scenario('orders');
  const keys = Array.from({ length: 90_000 }, (_, index) => `k${index}: 1`).join('\n');
  const GITHUB_WORKSPACE = await workspace({ [POLICY]: keys });
  const { exitCode, stdout } = await run({}, { GITHUB_WORKSPACE });
  expect(exitCode).toBe(3);
  expect(stdout).toContain('is larger than 256 KiB');
  expect(emulator.requests).toEqual([]);
});

test('globs that are made to be slow match, or do not, in time', async () => {
  const { run } = await scenario('orders');
  const globs = ['* /orders/*\\\\', `* /**a${'*a'.repeat(300)}`, `* /**?${'**?'.repeat(300)}`];
  const GITHUB_WORKSPACE = await workspace({
    [POLICY]: `exceptions:\n${globs
      .map(
        (glob) => `  - { methods: '${glob}', api: orders, reason: x, owner: y, permanent: true }\n`,
      )
      .join('')}`,
  });
  const { exitCode, parsed } = await run({ 'smoke-test': 'false' }, { GITHUB_WORKSPACE });
  expect(exitCode).toBe(1);
  expect(parsed.exceptions).toHaveLength(globs.length);
});

test('a baseline that holds an exception which is over does not bring it back', async () => {
  const files = { [POLICY]: policyWith(inDays(-2)) };
  const { run } = await scenario('orders');
  const over = await run({}, { GITHUB_WORKSPACE: await workspace(files) });
  const GITHUB_WORKSPACE = await workspace({ ...files, 'old.json': over.report ?? '' });
  const { exitCode, parsed } = await run({ baseline: 'old.json' }, { GITHUB_WORKSPACE });
  expect(
    findingsOf({ ...parsed, findings: parsed.findings.filter(({ known }) => !known) }),
  ).toEqual(['exception-expired']);
  expect(exitCode).toBe(1);
});

test.each([
  ['"*"', ['prod', 'dev']],
  ['["*", prod]', ['prod', 'dev']],
  ['prod', ['prod']],
])('stage: %s in the file is for %j', async (stage, expected) => {
  const seed: SeedFile = {
    apis: [
      {
        id: 's1t2a3g4e5',
        name: 'orders',
        methods: { 'GET /health': { auth: 'NONE' } },
        deployments: [{ id: 'dep001' }],
        stages: { prod: { deployment: 'dep001' }, dev: { deployment: 'dep001' } },
      },
    ],
  };
  const GITHUB_WORKSPACE = await workspace({
    [POLICY]: `${policyWith(inDays(40))}    stage: ${stage}\n`,
  });
  const { run } = await scenario(seed);
  const { parsed } = await run({ 'smoke-test': 'false' }, { GITHUB_WORKSPACE });
  const covered = parsed.suppressed.flatMap(({ finding }) => finding.stage ?? []);
  expect(covered.toSorted()).toEqual(expected.toSorted());
});

test("a stage's exception lets no other stage do without callers who may invoke", async () => {
  const seed = async (open: string): Promise<readonly string[]> => {
    const GITHUB_WORKSPACE = await workspace({
      [POLICY]: `exceptions: [{ methods: GET /a, api: orders, stage: ${open}, reason: r, owner: o, permanent: true }]`,
    });
    const { run } = await scenario({
      users: [{ name: 'ann' }],
      groups: [{ name: 'readers', users: ['ann'] }],
      apis: [
        {
          id: 's1t2a3g4e5',
          name: 'orders',
          methods: { 'GET /a': { auth: 'NONE' } },
          deployments: [{ id: 'dep001' }],
          stages: { prod: { deployment: 'dep001' }, dev: { deployment: 'dep001' } },
        },
      ],
    });
    const { parsed } = await run(
      { 'invoke-group': 'readers', 'smoke-test': 'false' },
      { GITHUB_WORKSPACE },
    );
    return findingsOf(parsed).filter((it) => it.startsWith('group-cannot-invoke'));
  };
  expect(await seed('dev')).toEqual(['group-cannot-invoke GET /a prod']);
  expect(await seed('prod')).toEqual(['group-cannot-invoke GET /a dev']);
  expect(await seed('[dev, prod]')).toEqual([]);
});

test('JWT may be allowed, and is told from what is open', async () => {
  const seed: SeedFile = {
    apis: [
      {
        id: 'j1w2t3a4p5',
        name: 'tokens',
        authorizers: [{ name: 'issuer', type: 'JWT' }],
        methods: {
          'GET /a': { auth: 'AWS_IAM' },
          'GET /b': { auth: 'JWT', authorizer: 'issuer' },
        },
        deployments: [{ id: 'dep001' }],
        stages: { prod: { deployment: 'dep001' } },
      },
    ],
  };
  const { run, emulator } = await scenario(seed);
  const without = await run();
  expect(findingsOf(without.parsed)).toEqual([
    'deployed-not-iam GET /b prod',
    'configured-not-iam GET /b',
  ]);
  expect(without.summary).toContain('**JWT**');
  const GITHUB_WORKSPACE = await workspace({
    [POLICY]: 'require: { overrides: [{ methods: GET /b, types: [JWT] }] }',
  });
  expect((await run({}, { GITHUB_WORKSPACE })).exitCode).toBe(0);

  const kept = await run({ mode: 'enforce' });
  expect(kept.parsed.kept).toMatchObject([{ path: '/b', authorizationType: 'JWT' }]);
  expect(mutations(emulator)).toEqual([]);
  const replaced = await run({ mode: 'enforce', 'replace-authorizers': 'true' });
  expect(replaced.parsed.changes).toMatchObject([{ from: 'JWT', to: 'AWS_IAM', state: 'applied' }]);
  expect(replaced.exitCode).toBe(0);
});

/** Of two kinds: the method and the route are open. */
const TWO_KINDS: SeedFile = {
  apis: [
    {
      id: 'o1r2d3e4r5',
      name: 'orders',
      methods: { 'GET /a': {}, 'GET /b': { auth: 'AWS_IAM' } },
      deployments: [{ id: 'dep001' }],
      stages: { prod: { deployment: 'dep001' } },
    },
  ],
  httpApis: [
    {
      id: 'w1e2b3s4h5',
      name: 'web',
      routes: { 'GET /c': {}, 'GET /d': { auth: 'AWS_IAM' } },
      stages: { prod: { autoDeploy: true } },
    },
  ],
};

test('what a run does not look at is not fixed, whatever kinds of API it is asked for', async () => {
  const { run } = await scenario(TWO_KINDS);
  const before = await run(
    { 'api-id': '*', templates: 'template.yaml' },
    {
      GITHUB_WORKSPACE: await workspace({
        'template.yaml': `Resources:
  Api: { Type: AWS::ApiGatewayV2::Api, Properties: { Name: new, ProtocolType: HTTP } }
  Route: { Type: AWS::ApiGatewayV2::Route, Properties: { ApiId: !Ref Api, RouteKey: GET /new } }
`,
      }),
    },
  );
  expect(new Set(before.parsed.findings.map(({ rule }) => rule))).toEqual(
    new Set(['unsigned-accepted', 'deployed-not-iam', 'configured-not-iam', 'declared-not-iam']),
  );
  const GITHUB_WORKSPACE = await workspace({ 'before.json': before.report ?? '' });
  const since = async (inputs: Readonly<Record<string, string>>) => {
    const { parsed } = await run(
      { 'api-id': '*', baseline: 'before.json', ...inputs },
      { GITHUB_WORKSPACE },
    );
    return parsed.comparison;
  };
  expect(await since({})).toMatchObject({ added: 0, same: 6, fixed: [] });
  expect(await since({ 'smoke-test': 'false' })).toMatchObject({ added: 0, same: 4, fixed: [] });
  expect(await since({ 'api-types': 'HTTP' })).toMatchObject({ added: 0, same: 3, fixed: [] });
});

test('an exception for an API of a kind that is not audited is neither used nor unused', async () => {
  const { run } = await scenario(TWO_KINDS);
  const GITHUB_WORKSPACE = await workspace({
    [POLICY]: `exceptions:
  - { methods: GET /a, api: orders, reason: asked unsigned, owner: team-shop, permanent: true }
  - { methods: GET /c, api: web, reason: asked unsigned, owner: team-web, permanent: true }
`,
  });
  const inputs = { 'api-id': '*', 'fail-on': 'warning' };
  for (const apiTypes of ['REST,HTTP,WEBSOCKET', 'REST', 'HTTP']) {
    const { parsed, exitCode } = await run(
      { ...inputs, 'api-types': apiTypes },
      { GITHUB_WORKSPACE },
    );
    expect([findingsOf(parsed), exitCode]).toEqual([[], 0]);
  }
});
