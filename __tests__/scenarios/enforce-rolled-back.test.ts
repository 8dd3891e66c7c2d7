import { expect, test } from '@jest/globals';
import type { LoggedRequest } from '../../emulator/faults.js';
import type { Emulator } from '../../emulator/server.js';
import { runPostStep, runStep, withJob } from '../../runner/run-action.js';
import {
  API,
  type ApiPicture,
  cleanTransaction,
  comparable,
  emulatorWith,
  enforceStep,
  pictureOf,
  reportOf,
  runJob,
  SMALL,
  whichState,
} from './enforce-kit.js';

function methodAt(emulator: Emulator, path: string) {
  for (const resource of emulator.account.apis.get(API)?.resources.values() ?? []) {
    const method = resource.path === path ? resource.methods.get('GET') : undefined;
    if (method !== undefined) return method;
  }
  throw new Error(`there is no GET ${path}`);
}

/** Does something to the account right before a call is served; the call itself goes on as ever. */
function beforeCall(emulator: Emulator, operation: string, skip: number, act: () => void): void {
  let seen = 0;
  const where = (request: LoggedRequest): boolean => {
    if (request.operation === operation && seen++ === skip) act();
    return false;
  };
  emulator.injectFault({ operation, where, effect: { kind: 'reset' } });
}

test.concurrent('a signed caller who is locked out: everything is rolled back, and the report says why and how it is', async () => {
  const { start, end } = await cleanTransaction();
  const emulator = await emulatorWith(SMALL);
  for (const caller of emulator.account.callers.values()) {
    caller.notAllowed.push('execute-api:Invoke');
  }
  const { main, journal } = await runJob(enforceStep(emulator, { 'smoke-timeout': '5' }));

  expect(main.exitCode).toBe(1);
  expect(whichState(emulator, start, end)).toBe('start');
  const report = reportOf(main);
  expect(report.verdict).toBe('fail');
  expect(report.changes.map(({ state }) => state)).toEqual(['restored', 'restored']);
  expect(report.deployments).toEqual([
    {
      api: API,
      deploymentId: null,
      stages: [
        { name: 'prod', from: 'dep002', state: 'restored' },
        { name: 'dev', from: 'dep001', state: 'restored' },
      ],
    },
  ]);
  const [transaction] = report.transactions ?? [];
  expect(transaction).toMatchObject({ state: 'restored', left: [] });
  expect(transaction?.reasons.join()).toContain('execute-api:Invoke');
  // The reason is a finding; so is the present state, which is open as it was before.
  const rules = report.findings.map(({ rule, path }) => `${rule} ${path}`);
  expect(rules).toEqual(
    expect.arrayContaining(['deployed-not-iam /open', 'configured-not-iam /open']),
  );
  const rejected = report.findings.filter(({ rule }) => rule === 'signed-rejected');
  expect(rejected.map(({ message }) => message)).toContainEqual(
    expect.stringContaining('made and rolled back'),
  );
  expect(report.counts.changed).toBe(0);
  expect(main.outputs['deployment-id']).toBe('');
  expect(main.summary).toContain('everything was rolled back and read again, and is as before');
  expect(main.summary).toContain('↩️ rolled back');
  expect(main.stdout).not.toContain('123456789012');
  expect(journal).toContain('"ending":"undone"');
});

test.concurrent('an endpoint that proves nothing is rolled back, and enforced with smoke-test: false', async () => {
  const { start, end } = await cleanTransaction();
  const emulator = await emulatorWith(SMALL);
  const inputs = { 'endpoint-url': 'http://127.0.0.1:9/{stage}' };
  const { main } = await runJob(enforceStep(emulator, inputs));
  expect(main.exitCode).toBe(1);
  expect(whichState(emulator, start, end)).toBe('start');
  expect(reportOf(main).transactions?.[0]?.reasons.join()).toContain('ECONNREFUSED');

  const unasked = await runJob(enforceStep(emulator, { ...inputs, 'smoke-test': 'false' }));
  expect(unasked.main.exitCode).toBe(0);
  expect(whichState(emulator, start, end)).toBe('end');
  expect(reportOf(unasked.main).transactions?.[0]?.state).toBe('applied');
});

test.concurrent('a deployment that never reaches the endpoint is rolled back', async () => {
  const { start, end } = await cleanTransaction();
  const emulator = await emulatorWith(SMALL, { propagationDelayMs: 3_600_000 });
  const { main } = await runJob(enforceStep(emulator, { 'smoke-timeout': '5' }));
  expect(main.exitCode).toBe(1);
  expect(whichState(emulator, start, end)).toBe('start');
  expect(reportOf(main).transactions?.[0]?.reasons.join()).toContain('An unsigned request');
});

test.concurrent('a method without an integration: the deployment is refused, and the patches are rolled back', async () => {
  const [api] = SMALL.apis ?? [];
  if (api === undefined) throw new Error('the seed has no API');
  const methods = {
    ...api.methods,
    'GET /half': { auth: 'AWS_IAM', integration: 'none' },
  } as const;
  const deployments = [
    { id: 'dep001', without: ['GET /half'] },
    { id: 'dep002', without: ['GET /half'] },
  ];
  const emulator = await emulatorWith({ apis: [{ ...api, methods, deployments }] });
  const start = pictureOf(emulator);
  const { main } = await runJob(enforceStep(emulator, { 'allow-pending-changes': 'true' }));
  expect(main.exitCode).toBe(1);
  expect(pictureOf(emulator)).toEqual(start);
  expect(reportOf(main).notes.join()).toContain('No integration defined for method');
});

const EDITS: readonly [
  name: string,
  operation: string,
  skip: number,
  edit: (emulator: Emulator) => void,
  words: string,
][] = [
  [
    'type between plan and patch',
    'GetMethod',
    0,
    (emulator) => {
      methodAt(emulator, '/me').authorizationType = 'AWS_IAM';
      delete methodAt(emulator, '/me').authorizerId;
    },
    'GET /me went from COGNITO_USER_POOLS to AWS_IAM',
  ],
  [
    'type of the second between plan and patch',
    'GetMethod',
    1,
    (emulator) => {
      methodAt(emulator, '/open').authorizationType = 'AWS_IAM';
    },
    'GET /open went from NONE to AWS_IAM',
  ],
  [
    'integration between patches and deployment',
    'GetResources',
    1,
    (emulator) => {
      Object.assign(methodAt(emulator, '/').integration ?? {}, {
        type: 'HTTP',
        uri: 'http://x.test',
      });
    },
    'GET / got another integration',
  ],
  [
    'stage between deployment and move',
    'GetStage',
    0,
    (emulator) => {
      const stage = emulator.account.apis.get(API)?.stages.get('prod');
      if (stage !== undefined) stage.deploymentId = 'dep001';
    },
    'stage prod now serves deployment dep001',
  ],
  [
    'canary between deployment and move',
    'GetStage',
    1,
    (emulator) => {
      const stage = emulator.account.apis.get(API)?.stages.get('dev');
      if (stage === undefined) return;
      stage.canarySettings = { deploymentId: 'dep001', percentTraffic: 1, useStageCache: false };
    },
    'stage dev got a canary',
  ],
];

test.concurrent.each(EDITS)(
  'a concurrent edit of the %s stops it without damage',
  async (_, operation, skip, edit, words) => {
    const emulator = await emulatorWith(SMALL, { random: () => 0.99 });
    let edited: ApiPicture | null = null;
    const start = pictureOf(emulator);
    beforeCall(emulator, operation, skip, () => {
      // What the other one did must stay; all else must be as it was.
      const before = pictureOf(emulator);
      edit(emulator);
      const after = pictureOf(emulator);
      edited = {
        methods: { ...start.methods, ...changedEntries(before.methods, after.methods) },
        stages: { ...start.stages, ...changedEntries(before.stages, after.stages) },
        deployments: start.deployments,
      };
    });
    const { main } = await runJob(enforceStep(emulator));
    expect(main.exitCode).toBe(1);
    expect(reportOf(main).transactions?.[0]?.reasons.join()).toContain(words);
    expect(pictureOf(emulator)).toEqual(edited);
  },
);

function changedEntries(
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): Record<string, string> {
  return Object.fromEntries(Object.entries(after).filter(([key, value]) => before[key] !== value));
}

test.concurrent('what somebody else changed meanwhile is left to them, and named', async () => {
  const emulator = await emulatorWith(SMALL);
  for (const caller of emulator.account.callers.values()) {
    caller.notAllowed.push('execute-api:Invoke');
  }
  // While the endpoint is asked, somebody opens a method that we had closed, on purpose.
  beforeCall(emulator, 'Invoke', 0, () => {
    methodAt(emulator, '/me').authorizationType = 'CUSTOM';
    methodAt(emulator, '/me').authorizerId = 'theirs';
  });
  const { main } = await runJob(enforceStep(emulator));
  expect(main.exitCode).toBe(1);
  const [transaction] = reportOf(main).transactions ?? [];
  expect(transaction?.state).toBe('left');
  expect(transaction?.left).toEqual(['GET /me reads CUSTOM, which somebody else set since']);
  expect(main.summary).toContain('NOT everything could be rolled back');
  expect(methodAt(emulator, '/me').authorizerId).toBe('theirs');
  expect(methodAt(emulator, '/open').authorizationType).toBe('NONE');
});

test.concurrent('a 409 of somebody else at work is waited out', async () => {
  const { start, end } = await cleanTransaction();
  const emulator = await emulatorWith(SMALL);
  for (const operation of ['UpdateMethod', 'CreateDeployment', 'UpdateStage']) {
    emulator.injectFault({ operation, times: 1, effect: { kind: 'answer', status: 409 } });
  }
  const { main } = await runJob(enforceStep(emulator));
  expect(main.exitCode).toBe(0);
  expect(whichState(emulator, start, end)).toBe('end');
});

test.concurrent('two runs side by side: one proves it or both step back, and the other does no harm', async () => {
  const { start, end } = await cleanTransaction();
  for (let round = 0; round < 2; round += 1) {
    const emulator = await emulatorWith(SMALL);
    const runs = await Promise.all([
      runJob(enforceStep(emulator)),
      runJob(enforceStep(emulator, {}, {}, { GITHUB_RUN_ID: 'other' })),
    ]);
    const exitCodes = runs.map(({ main }) => main.exitCode).toSorted();
    const now = comparable(pictureOf(emulator), start);
    if (exitCodes.includes(0)) {
      // Two that move the same stages may each serve one: all is closed, and nothing lies about.
      expect(now.methods).toEqual(end.methods);
      expect(now.stages).toEqual(end.stages);
      const picture = pictureOf(emulator);
      const added = picture.deployments.filter((id) => !start.deployments.includes(id));
      expect(Object.values(picture.stages)).toEqual(expect.arrayContaining(added));
    } else {
      expect([now, exitCodes]).toEqual([start, [1, 1]]);
    }
  }
});

test.concurrent('the deployment names the gate, the run and the commit', async () => {
  const emulator = await emulatorWith(SMALL);
  await runJob(
    enforceStep(
      emulator,
      {},
      {},
      {
        GITHUB_SERVER_URL: 'https://github.com',
        GITHUB_REPOSITORY: 'octo/shop',
        GITHUB_RUN_ID: '1234',
        GITHUB_SHA: 'abc123',
      },
    ),
  );
  const made = [...(emulator.account.apis.get(API)?.deployments.values() ?? [])].at(-1);
  expect(made?.description).toMatch(
    /^apigw-iam-gate: IAM authorization turned on\. Run: https:\/\/github\.com\/octo\/shop\/actions\/runs\/1234 Commit: abc123 Transaction: [0-9a-f-]{36}$/,
  );
});

test.concurrent('several APIs: as few calls as possible, and 5 s between two deployments, within the quotas', async () => {
  const apis = ['t1r2a3n4s5', 't1r2a3n4s6', 't1r2a3n4s7'].flatMap((id) =>
    (SMALL.apis ?? []).map((api) => ({ ...api, id, name: id })),
  );
  const emulator = await emulatorWith({ apis }, { quotas: true });
  const { main } = await runJob(enforceStep(emulator, { 'api-id': '*' }));
  expect(main.exitCode).toBe(0);
  const counts: Record<string, number> = {};
  for (const { operation } of emulator.requests.filter((it) => it.mutating)) {
    counts[operation] = (counts[operation] ?? 0) + 1;
  }
  expect(counts).toEqual({ UpdateMethod: 6, CreateDeployment: 3, UpdateStage: 6 });
  const times = emulator.requests
    .filter(({ operation }) => operation === 'CreateDeployment')
    .map(({ atMs }) => atMs);
  for (const [index, atMs] of times.entries()) {
    if (index > 0) expect(atMs - (times[index - 1] ?? 0)).toBeGreaterThanOrEqual(5_000);
  }
  expect(emulator.quotaViolations).toEqual([]);
});

test.concurrent('one API that fails its proof is rolled back, and the others stay proven', async () => {
  const [api] = SMALL.apis ?? [];
  if (api === undefined) throw new Error('the seed has no API');
  const second = 't1r2a3n4s6';
  const emulator = await emulatorWith({ apis: [api, { ...api, id: second, name: 'second' }] });
  const start = { first: pictureOf(emulator), second: pictureOf(emulator, second) };
  emulator.injectFault({
    operation: 'Invoke',
    where: ({ path, headers }) =>
      path.includes(second) && path.includes('open') && headers.authorization !== undefined,
    effect: { kind: 'answer', status: 403, errorType: 'AccessDeniedException' },
  });
  const { main } = await runJob(enforceStep(emulator, { 'api-id': '*' }));
  expect(main.exitCode).toBe(1);
  expect(reportOf(main).transactions?.map(({ state }) => state)).toEqual(['proven', 'restored']);
  expect(comparable(pictureOf(emulator), start.first).stages).toEqual({ prod: 'new', dev: 'new' });
  expect(pictureOf(emulator, second)).toEqual(start.second);
});

test.concurrent('where one API cannot be rolled back, no other is touched, and the next run finishes it', async () => {
  const [api] = SMALL.apis ?? [];
  if (api === undefined) throw new Error('the seed has no API');
  const second = 't1r2a3n4s6';
  const emulator = await emulatorWith({ apis: [api, { ...api, id: second, name: 'second' }] });
  const start = { first: pictureOf(emulator), second: pictureOf(emulator, second) };
  for (const caller of emulator.account.callers.values()) {
    caller.notAllowed.push('execute-api:Invoke', 'apigateway:DELETE');
  }
  await withJob(async (job) => {
    const step = enforceStep(emulator, { 'api-id': '*' });
    const main = await runStep(step, job);
    expect(main.exitCode).toBe(1);
    expect(reportOf(main).transactions?.map(({ state }) => state)).toEqual(['left', 'refused']);
    expect(pictureOf(emulator, second)).toEqual(start.second);
    const picture = pictureOf(emulator);
    expect({ ...picture, deployments: start.first.deployments }).toEqual(start.first);

    for (const caller of emulator.account.callers.values()) caller.notAllowed.length = 0;
    const post = await runPostStep(step, main, job);
    expect(post.exitCode).toBe(0);
    expect(pictureOf(emulator)).toEqual(start.first);
  });
});

test.concurrent('an API that is already right is left alone, and fixed but not deployed is only deployed', async () => {
  const emulator = await emulatorWith(SMALL);
  await runJob(enforceStep(emulator));
  emulator.clearRequests();
  const again = await runJob(enforceStep(emulator));
  expect(again.main.exitCode).toBe(0);
  expect(again.journal).toBe('');
  expect(emulator.requests.filter((it) => it.mutating)).toEqual([]);
  expect(emulator.requests.filter(({ operation }) => operation === 'GetExport')).toEqual([]);

  const stage = emulator.account.apis.get(API)?.stages.get('prod');
  if (stage !== undefined) stage.deploymentId = 'dep002';
  emulator.clearRequests();
  const deployed = await runJob(enforceStep(emulator));
  expect(deployed.main.exitCode).toBe(0);
  expect(emulator.requests.filter((it) => it.mutating).map((it) => it.operation)).toEqual([
    'CreateDeployment',
    'UpdateStage',
  ]);
});
