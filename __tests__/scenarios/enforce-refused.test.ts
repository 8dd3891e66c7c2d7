import { mkdir, rename, stat, symlink, writeFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import type { Emulator, SeedFile } from '../../emulator/server.js';
import { runPostStep, runStep, type StepResult, withJob } from '../../runner/run-action.js';
import { identityOf } from '../../src/enforce/transaction/journal-file.js';
import {
  API,
  emulatorWith,
  enforceStep,
  pictureOf,
  reportOf,
  runJob,
  SMALL,
} from './enforce-kit.js';

/** The small API with something else about it. */
function smallWith(parts: Partial<NonNullable<SeedFile['apis']>[number]>): SeedFile {
  const [api] = SMALL.apis ?? [];
  if (api === undefined) throw new Error('the seed has no API');
  return { apis: [{ ...api, ...parts }] };
}

function methodAt(emulator: Emulator, path: string) {
  for (const resource of emulator.account.apis.get(API)?.resources.values() ?? []) {
    const method = resource.path === path ? resource.methods.get('GET') : undefined;
    if (method !== undefined) return method;
  }
  throw new Error(`there is no GET ${path}`);
}

/** An API with a backend, so that an integration can be changed behind the stage's back. */
const WITH_BACKEND = smallWith({
  methods: {
    'GET /': { auth: 'AWS_IAM' },
    'GET /open': {
      auth: 'NONE',
      integration: { type: 'HTTP_PROXY', uri: 'http://127.0.0.1:9/old', httpMethod: 'GET' },
    },
  },
  authorizers: [],
});

/** Enforce must refuse: nothing is changed, and the report says why. */
async function expectRefused(emulator: Emulator, why: string, inputs = {}): Promise<void> {
  const start = pictureOf(emulator);
  const { main, journal } = await runJob(enforceStep(emulator, inputs));
  const report = reportOf(main);
  expect(main.exitCode).toBe(1);
  expect(report.transactions?.map(({ state }) => state)).toEqual(['refused']);
  expect(report.notes.join()).toContain(why);
  expect(emulator.requests.filter((it) => it.mutating)).toEqual([]);
  expect(pictureOf(emulator)).toEqual(start);
  expect(journal).toBe('');
}

test.concurrent.each([
  ['URI', { uri: 'http://127.0.0.1:9/new' }, 'http://127.0.0.1:9/old to http://127.0.0.1:9/new'],
  ['HTTP method', { httpMethod: 'POST' }, 'calls its backend with POST instead of GET'],
  ['type', { type: 'HTTP' as const }, 'from integration HTTP_PROXY to HTTP'],
])('a pending change of an integration (%s) is refused', async (_, change, words) => {
  const emulator = await emulatorWith(WITH_BACKEND);
  Object.assign(methodAt(emulator, '/open').integration ?? {}, change);
  await expectRefused(emulator, words);
});

test.concurrent.each<[string, object]>([
  ['credentials', { credentials: 'arn:aws:iam::123456789012:role/hidden-role' }],
  ['VPC link', { connectionType: 'VPC_LINK', connectionId: 'hidden' }],
  [
    'request parameter integration.request.header.X',
    {
      requestParameters: { 'integration.request.header.X': "'hidden'" },
    },
  ],
  ['request template for application/json', { requestTemplates: { 'application/json': 'hidden' } }],
  ['TLS configuration', { tlsConfig: { insecureSkipVerification: true } }],
  ['timeout', { timeoutInMillis: 50 }],
  ['content handling', { contentHandling: 'CONVERT_TO_TEXT' }],
  ['cache keys', { cacheKeyParameters: ['method.request.path.id'] }],
  [
    'response for 4..',
    {
      responses: new Map([['400', { statusCode: '400', selectionPattern: '4..' }]]),
    },
  ],
])('a pending change of %s is refused, and its value is not shown', async (name, change) => {
  const emulator = await emulatorWith(WITH_BACKEND);
  Object.assign(methodAt(emulator, '/open').integration ?? {}, change);
  await expectRefused(emulator, name);
  const { main } = await runJob(enforceStep(emulator, { mode: 'plan' }));
  const shown = `${main.stdout}${main.summary}${main.report}`;
  expect(shown).toContain(name);
  expect(shown).not.toMatch(/hidden|123456789012/);
});

test.concurrent('what is deployed with all settings and unchanged since is enforced', async () => {
  const emulator = await emulatorWith(WITH_BACKEND);
  const settings = {
    credentials: 'arn:aws:iam::123456789012:role/r',
    requestTemplates: { 'application/json': '{}' },
    tlsConfig: { insecureSkipVerification: true },
    timeoutInMillis: 50,
    cacheNamespace: 'shared',
    responses: new Map([['200', { statusCode: '200', selectionPattern: '' }]]),
  };
  Object.assign(methodAt(emulator, '/open').integration ?? {}, settings);
  for (const { snapshot } of emulator.account.apis.get(API)?.deployments.values() ?? []) {
    Object.assign(snapshot.paths.get('/open')?.get('GET')?.integration ?? {}, settings);
  }
  const { main } = await runJob(enforceStep(emulator, { 'smoke-test': 'false' }));
  expect(main.exitCode).toBe(0);
});

test.concurrent('a backend is shown without user, password and query', async () => {
  const emulator = await emulatorWith(WITH_BACKEND);
  const uri = 'http://user:hidden@127.0.0.1:9/new?key=hidden';
  Object.assign(methodAt(emulator, '/open').integration ?? {}, { uri });
  const { main } = await runJob(enforceStep(emulator, { mode: 'plan' }));
  const shown = `${main.stdout}${main.summary}${main.report}`;
  expect(shown).toContain('from backend http://127.0.0.1:9/old to http://127.0.0.1:9/new');
  expect(shown).not.toContain('hidden');
});

test.concurrent('a pending integration change is shipped, and listed, with allow-pending-changes', async () => {
  const emulator = await emulatorWith(WITH_BACKEND);
  Object.assign(methodAt(emulator, '/open').integration ?? {}, { type: 'MOCK' });
  const inputs = { 'allow-pending-changes': 'true' };
  const { main } = await runJob(enforceStep(emulator, inputs));
  expect(main.exitCode).toBe(0);
  expect(reportOf(main).notes.join()).toContain('from integration HTTP_PROXY to MOCK');
  expect(emulator.requests.some(({ operation }) => operation === 'CreateDeployment')).toBe(true);
});

test.concurrent.each([
  ['cannot be read', { kind: 'answer', status: 403 } as const],
  ['is cut short', { kind: 'truncate' } as const],
])('an export that %s is refused, unless allowed', async (_, effect) => {
  const emulator = await emulatorWith(SMALL);
  emulator.injectFault({ operation: 'GetExport', effect });
  await expectRefused(emulator, 'could not be read');
  const inputs = { 'allow-pending-changes': 'true' };
  const { main } = await runJob(enforceStep(emulator, inputs));
  expect(main.exitCode).toBe(0);
});

test.concurrent('a pending method is refused, and plan says the same', async () => {
  const emulator = await emulatorWith(
    smallWith({
      deployments: [{ id: 'dep001' }, { id: 'dep002', without: ['GET /me'] }],
    }),
  );
  await expectRefused(emulator, 'GET /me is new');
  const { main } = await runJob(enforceStep(emulator, { mode: 'plan' }));
  expect(reportOf(main).notes.join()).toContain('GET /me is new');
  expect(main.summary).toContain('allow-pending-changes');
});

test.concurrent('an open canary is refused', async () => {
  const emulator = await emulatorWith(
    smallWith({
      stages: {
        prod: { deployment: 'dep002', canary: { deployment: 'dep001', percentTraffic: 5 } },
      },
    }),
    { random: () => 0.99 },
  );
  await expectRefused(emulator, 'has a canary', { 'allow-pending-changes': 'true' });
});

test.concurrent('a deployment that would open what a stage has closed is refused, allowed or not', async () => {
  const emulator = await emulatorWith(
    smallWith({
      deployments: [{ id: 'dep001', auth: { 'GET /me': 'AWS_IAM' } }, { id: 'dep002' }],
      stages: { prod: { deployment: 'dep001' } },
    }),
  );
  await expectRefused(emulator, 'would open GET /me', {
    'replace-authorizers': 'false',
    'allow-pending-changes': 'true',
  });
});

test.concurrent.each(['UPDATING', 'PENDING', 'FAILED'] as const)(
  'an API that is %s is refused',
  async (status) => {
    const emulator = await emulatorWith(SMALL);
    const api = emulator.account.apis.get(API);
    if (api !== undefined) Object.assign(api, { apiStatus: status, apiStatusMessage: 'at work' });
    await expectRefused(emulator, `its status is ${status} (at work), not AVAILABLE`);
  },
);

test.concurrent('an API that is AVAILABLE is enforced', async () => {
  const emulator = await emulatorWith(SMALL);
  const api = emulator.account.apis.get(API);
  if (api !== undefined) api.apiStatus = 'AVAILABLE';
  const { main } = await runJob(enforceStep(emulator));
  expect(main.exitCode).toBe(0);
});

test.concurrent('a stage that no request could prove is refused before anything is changed', async () => {
  const emulator = await emulatorWith(SMALL);
  await expectRefused(emulator, 'may be asked', { 'smoke-methods': 'HEAD' });
  for (const role of emulator.account.roles.values()) role.assumable = false;
  const arn = 'arn:aws:iam::123456789012:role/gate-invoker';
  await expectRefused(emulator, 'AssumeRole failed', { 'invoke-role-arn': arn });
});

test.concurrent('without the right to patch, the first call is refused and nothing was changed', async () => {
  const emulator = await emulatorWith(SMALL);
  const start = pictureOf(emulator);
  for (const caller of emulator.account.callers.values())
    caller.notAllowed.push('apigateway:PATCH');
  const { main } = await runJob(enforceStep(emulator));
  expect(main.exitCode).toBe(1);
  expect(emulator.requests.filter((it) => it.mutating).map((it) => it.status)).toEqual([403]);
  expect(pictureOf(emulator)).toEqual(start);
  expect(reportOf(main).notes.join()).toContain('"Action":"apigateway:PATCH"');
});

test.concurrent('without the right to deploy, the patches are rolled back', async () => {
  const emulator = await emulatorWith(SMALL);
  const start = pictureOf(emulator);
  for (const caller of emulator.account.callers.values()) caller.notAllowed.push('apigateway:POST');
  const { main } = await runJob(enforceStep(emulator));
  expect(main.exitCode).toBe(1);
  expect(pictureOf(emulator)).toEqual(start);
  expect(reportOf(main).changes.map(({ state }) => state)).toEqual(['restored', 'restored']);
});

test.concurrent.each([
  [
    { 'aws:cloudformation:stack-name': 'shop-api' },
    ['CloudFormation', 'SAM', 'CDK', 'OpenAPI'],
    'the CloudFormation stack shop-api',
  ],
  [{ ManagedBy: 'Terraform' }, ['Terraform', 'OpenAPI'], 'Terraform (tag ManagedBy: Terraform)'],
  [{ 'aws-cdk': 'true' }, ['CDK', 'OpenAPI'], 'the CDK (tag aws-cdk: true)'],
])('an API owned by a template (%j) is enforced with a warning', async (tags, formats, who) => {
  const emulator = await emulatorWith(smallWith({ tags }));
  const { main } = await runJob(enforceStep(emulator));
  expect(main.exitCode).toBe(0);
  const report = reportOf(main);
  expect(report.owners?.[0]?.snippets.map(({ format }) => format)).toEqual(formats);
  expect(report.notes.join()).toContain(`is managed by ${who}`);
  expect(main.summary).toContain('make it permanent there');
});

/** The first annotation of a step, which is what a reader sees first. */
function firstOf({ annotations }: StepResult): string {
  const [first] = annotations;
  return `${first?.level}: ${first?.title}: ${first?.message}`;
}

test.concurrent.each<[string, string, string]>([
  ['patch', 'apigateway:PATCH', 'UpdateMethod failed: the credentials may not make this call'],
  ['deploy', 'apigateway:POST', 'CreateDeployment failed: the credentials may not make this call'],
])('without the right to %s, the first annotation says so', async (_, right, words) => {
  const emulator = await emulatorWith(SMALL);
  for (const caller of emulator.account.callers.values()) caller.notAllowed.push(right);
  const { main } = await runJob(enforceStep(emulator));
  expect(firstOf(main)).toContain(
    'error: Enforcement failed, and everything was rolled back: small',
  );
  expect(firstOf(main)).toContain(words);
  expect(firstOf(main)).toContain(`"Action":"${right}"`);
  expect(firstOf(main)).not.toContain('123456789012');
});

test.concurrent('a call that AWS refuses is the first annotation, with AWS’s words', async () => {
  const emulator = await emulatorWith(SMALL);
  emulator.injectFault({
    operation: 'UpdateStage',
    effect: { kind: 'answer', status: 400, errorType: 'BadRequestException' },
  });
  const { main } = await runJob(enforceStep(emulator));
  expect(firstOf(main)).toContain(
    'error: Enforcement failed, and everything was rolled back: small',
  );
  expect(firstOf(main)).toContain('UpdateStage failed: AWS refused the request');
});

test.concurrent('a refused plan is the first annotation, several of one reason are one', async () => {
  const ids = ['t1r2a3n4s5', 't1r2a3n4s6', 't1r2a3n4s7', 't1r2a3n4s8'];
  const apis = ids.flatMap((id) => (SMALL.apis ?? []).map((api) => ({ ...api, id, name: id })));
  const emulator = await emulatorWith({ apis });
  const { main } = await runJob(
    enforceStep(emulator, { 'api-id': ids.join(','), 'smoke-methods': 'HEAD' }),
  );
  expect(firstOf(main)).toMatch(
    /^error: Not enforced, and nothing changed: t1r2a3n4s5, t1r2a3n4s6, t1r2a3n4s7 and 1 more: /,
  );
  expect(main.annotations.filter(({ title }) => title.startsWith('Not enforced'))).toHaveLength(1);
  expect(main.annotations.filter(({ level }) => level === 'error').length).toBeLessThanOrEqual(10);
});

test.concurrent('a journal that cannot be written is the first annotation, and nothing is changed', async () => {
  const emulator = await emulatorWith(SMALL);
  const start = pictureOf(emulator);
  const { main } = await runJob(enforceStep(emulator, { 'report-dir': '/proc/nope' }));
  expect(main.exitCode).toBe(1);
  const found = main.annotations.map(({ level, message }) => `${level}: ${message}`);
  expect(found.find((it) => it.startsWith('error:'))).toContain('enforce-journal.jsonl could not');
  expect(pictureOf(emulator)).toEqual(start);
  expect(emulator.requests.filter((it) => it.mutating)).toEqual([]);
});

test.concurrent('mode enforce tells nobody to run mode enforce', async () => {
  for (const inputs of [{}, { 'replace-authorizers': 'false' }]) {
    const emulator = await emulatorWith(SMALL);
    for (const caller of emulator.account.callers.values()) {
      caller.notAllowed.push('apigateway:PATCH');
    }
    const { main } = await runJob(enforceStep(emulator, inputs));
    expect(main.exitCode).toBe(1);
    for (const text of [main.summary, main.report, main.stdout]) {
      expect(text).not.toContain('mode: enforce');
    }
  }
});

/** A journal as an attacker may write it in the gate's own file: what is in it is not true. */
function forgedJournal(parts: object, steps: readonly object[]): (folder: string) => Promise<void> {
  return async (folder) => {
    const path = `${folder}/enforce-journal.jsonl`;
    await writeFile(path, '');
    const file = identityOf(await stat(path, { bigint: true }));
    await writeFile(path, textOfJournal({ file, ...parts }, steps));
  };
}

function textOfJournal(parts: object, steps: readonly object[]): string {
  const begin = {
    record: 'begin',
    format: 'apigw-iam-gate/journal/v1',
    token: '0a1b2c3d-0000-4000-8000-0123456789ab',
    region: 'us-east-1',
    apiId: API,
    apiName: 'small',
    stages: { prod: 'dep001', dev: 'dep002' },
    canaries: {},
    ...parts,
  };
  const records = [
    begin,
    ...steps.flatMap((step) => [{ record: 'step', step }, { record: 'confirmed' }]),
  ];
  return records.map((record) => `${JSON.stringify(record)}\n`).join('');
}

const MOVE = {
  kind: 'move-stage',
  target: { apiId: API, stage: 'prod' },
  does: { deploymentId: 'dep002' },
  undo: { deploymentId: 'dep001' },
};
const DELETE = {
  kind: 'create-deployment',
  target: { apiId: API },
  does: { description: 'x' },
  undo: { deleteWhereDescriptionHolds: '0a1b2c3d-0000-4000-8000-0123456789ab' },
};

/** Of a method that others closed: opening it is what a forger wants, or an old journal says. */
const OPEN = {
  kind: 'patch-method',
  target: { apiId: API, resourceId: '', method: 'GET', path: '/' },
  does: { authorizationType: 'AWS_IAM' },
  undo: { authorizationType: 'NONE', authorizerId: null, authorizationScopes: [] },
};

test.concurrent.each<[string, (folder: string, rootId: string) => Promise<void>]>([
  [
    'came with a checkout and opens a method',
    (folder, resourceId) => {
      const open = { ...OPEN, target: { ...OPEN.target, resourceId } };
      return writeFile(`${folder}/enforce-journal.jsonl`, textOfJournal({ file: '1-1' }, [open]));
    },
  ],
  [
    'does not say where it was begun, and opens a method',
    (folder, resourceId) => {
      const open = { ...OPEN, target: { ...OPEN.target, resourceId } };
      return writeFile(`${folder}/enforce-journal.jsonl`, textOfJournal({}, [open]));
    },
  ],
  ['moves a stage from a deployment that is not its own', forgedJournal({}, [MOVE])],
  ['deletes a deployment that is not its own', forgedJournal({}, [DELETE])],
  ['names another API', forgedJournal({ apiId: 'a1b2c3d4e5' }, [])],
  ['names another region', forgedJournal({ region: 'eu-west-1' }, [MOVE])],
  [
    'has no UUID for a token',
    forgedJournal({ token: 'turned on' }, [
      { ...DELETE, undo: { deleteWhereDescriptionHolds: 'turned on' } },
    ]),
  ],
  [
    'is a link',
    async (folder) => {
      await forgedJournal({}, [MOVE])(folder);
      await rename(`${folder}/enforce-journal.jsonl`, `${folder}/elsewhere`);
      await symlink(`${folder}/elsewhere`, `${folder}/enforce-journal.jsonl`);
    },
  ],
])('a journal that %s changes nothing that is not the gate’s', async (_, journal) => {
  const emulator = await emulatorWith(SMALL);
  const api = emulator.account.apis.get(API);
  for (const deployment of api?.deployments.values() ?? []) {
    deployment.description =
      'IAM turned on. Transaction: 0a1b2c3d-0000-4000-8000-0123456789ab, and more';
  }
  const start = pictureOf(emulator);
  await withJob(async (job) => {
    const folder = `${job.folder}/apigw-iam-gate`;
    await mkdir(folder);
    await journal(folder, api?.rootResourceId ?? '');
    const step = enforceStep(emulator, { 'smoke-methods': 'HEAD' });
    const main = await runStep(step, job);
    expect(main.exitCode).toBe(1);
    await runPostStep(step, main, job);
    expect(pictureOf(emulator)).toEqual(start);
    expect(emulator.requests.filter((it) => it.mutating)).toEqual([]);
  });
});

test.concurrent('a private API that cannot be reached is rolled back, or enforced unproven where that is asked for', async () => {
  const vpce = 'vpce-0a1b2c3d4e5f60001';
  const policy = {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: '*',
        Action: 'execute-api:Invoke',
        Resource: 'execute-api:/*',
        Condition: { StringEquals: { 'aws:SourceVpce': vpce } },
      },
    ],
  };
  const emulator = await emulatorWith(
    smallWith({ endpoint: 'PRIVATE', vpcEndpointIds: [vpce], policy }),
  );
  const start = pictureOf(emulator);
  // From outside its VPC no name leads to it.
  const outside = await runJob(
    enforceStep(emulator, { 'endpoint-url': 'https://{api-id}.invalid/{stage}' }),
  );
  const [transaction] = reportOf(outside.main).transactions ?? [];
  expect([outside.main.exitCode, transaction?.state, transaction?.left]).toEqual([
    1,
    'restored',
    [],
  ]);
  expect(transaction?.reasons.join()).toContain('does not resolve');
  expect(pictureOf(emulator)).toEqual(start);
  const inputs = { 'endpoint-url': '', 'smoke-test': 'false' };
  const { main } = await runJob(enforceStep(emulator, inputs));
  expect(reportOf(main).transactions?.map(({ state }) => state)).toEqual(['applied']);
  expect(emulator.requests.filter(({ plane }) => plane === 'data')).toEqual([]);
});
