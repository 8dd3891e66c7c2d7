import { expect, test } from '@jest/globals';
import type { LoggedRequest } from '../../emulator/faults.js';
import type { Emulator, SeedFile } from '../../emulator/server.js';
import { emulatorWith, enforceStep, reportOf, runJob, SMALL } from './enforce-kit.js';

/*
 * Several APIs: while one is enforced, which takes minutes, anything may happen to the others.
 */

/** Two or three APIs like the small one, by name. */
function several(...ids: readonly string[]): SeedFile {
  return { apis: ids.flatMap((id) => (SMALL.apis ?? []).map((api) => ({ ...api, id, name: id }))) };
}

/** Opens a method of an API for everybody, as it is configured and as it is served. */
function openBehindItsBack(emulator: Emulator, apiId: string): void {
  const api = emulator.account.apis.get(apiId);
  for (const resource of api?.resources.values() ?? []) {
    const method = resource.path === '/' ? resource.methods.get('GET') : undefined;
    if (method !== undefined) method.authorizationType = 'NONE';
  }
  for (const { snapshot } of api?.deployments.values() ?? []) {
    const method = snapshot.paths.get('/')?.get('GET');
    if (method !== undefined) method.authorizationType = 'NONE';
  }
}

test.concurrent.each([
  ['that is right already', 0],
  ['that was proven before', 1],
])('an API %s and is opened while another is enforced is judged as it is now', async (_, kind) => {
  const [first, second] = ['t1r2a3n4s5', 't1r2a3n4s6'];
  const emulator = await emulatorWith(several(first, second));
  if (kind === 0) {
    // By an earlier run.
    await runJob(enforceStep(emulator, { 'api-id': first }));
  }
  let isOpened = false;
  const where = ({ operation, path }: LoggedRequest): boolean => {
    if (!isOpened && operation === 'CreateDeployment' && path.includes(second)) {
      isOpened = true;
      openBehindItsBack(emulator, first);
    }
    return false;
  };
  emulator.injectFault({ operation: '*', where, effect: { kind: 'reset' } });
  const { main } = await runJob(enforceStep(emulator, { 'api-id': `${first},${second}` }));
  expect(isOpened).toBe(true);
  const report = reportOf(main);
  const found = report.findings.map(({ rule, api, path }) => `${rule} ${api} ${path}`);
  expect(found).toEqual(
    expect.arrayContaining([
      `deployed-not-iam ${first} /`,
      `configured-not-iam ${first} /`,
      `unsigned-accepted ${first} /`,
    ]),
  );
  expect(report.verdict).toBe('fail');
  expect(main.exitCode).toBe(1);
});

test.concurrent('a job that is cancelled, and makes no report, says in its log what stays and what was shipped', async () => {
  const [first, second] = ['t1r2a3n4s5', 't1r2a3n4s6'];
  const seed: SeedFile = {
    apis: (several(first, second).apis ?? []).map((api) => ({
      ...api,
      // Served by prod, and no longer configured.
      deployments: [{ id: 'dep001' }, { id: 'dep002', methods: { 'GET /legacy': {} } }],
    })),
  };
  const emulator = await emulatorWith(seed);
  const onStart = (send: (signal: NodeJS.Signals) => void): void => {
    const where = ({ operation, path }: LoggedRequest): boolean => {
      if (operation === 'CreateDeployment' && path.includes(second)) send('SIGTERM');
      return false;
    };
    emulator.injectFault({ operation: '*', where, effect: { kind: 'reset' } });
  };
  const { main } = await runJob(
    enforceStep(
      emulator,
      { 'api-id': `${first},${second}`, 'allow-pending-changes': 'true' },
      { onStart },
    ),
  );
  expect(main.report).toBeNull();
  expect(main.stdout).toContain(`${first} (${first}): AWS_IAM is on and proven, and stays`);
  expect(main.stdout).not.toContain(`${second} (${second}): AWS_IAM is on`);
  expect(main.stdout).toMatch(/allow-pending-changes is true: .*prod .*GET \/legacy is gone/);
});

test.concurrent('an API that is deleted while another is enforced is no pass', async () => {
  const [first, second] = ['t1r2a3n4s5', 't1r2a3n4s6'];
  for (const apiIds of ['*', `${first},${second}`]) {
    const emulator = await emulatorWith(several(first, second));
    const where = ({ operation, path }: LoggedRequest): boolean => {
      if (operation === 'CreateDeployment' && path.includes(second)) {
        emulator.account.apis.delete(first);
      }
      return false;
    };
    emulator.injectFault({ operation: '*', where, effect: { kind: 'reset' } });
    const { main } = await runJob(enforceStep(emulator, { 'api-id': apiIds }));
    expect(reportOf(main).verdict).not.toBe('pass');
    expect(main.exitCode).not.toBe(0);
  }
});

test.concurrent('an API whose proof still stands is asked no second time', async () => {
  const ids = ['t1r2a3n4s5', 't1r2a3n4s6', 't1r2a3n4s7'];
  const emulator = await emulatorWith(several(...ids));
  const { main } = await runJob(enforceStep(emulator, { 'api-id': ids.join(',') }));
  expect(main.exitCode).toBe(0);
  // After the last of the readings nobody asks the endpoint any more.
  const last = emulator.requests.findLastIndex(({ operation }) => operation === 'GetResources');
  const later = emulator.requests.slice(last).filter(({ plane }) => plane === 'data');
  expect(later).toEqual([]);
  expect(reportOf(main).methods.every(({ verdict }) => verdict === 'pass')).toBe(true);
});
