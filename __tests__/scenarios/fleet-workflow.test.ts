import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { type Emulator, startEmulator } from '../../emulator/server.js';
import { REPOSITORY } from '../../runner/bundle.js';
import {
  type Attempt,
  type Disturbance,
  type JobIdentity,
  openRun,
  type WorkflowRun,
} from '../../runner/workflow/run.js';
import type { FleetFile } from '../../src/fleet/report.js';
import { BANK, SHOP, smallApi } from '../emulator/estate-kit.js';
import { organization, reader, TARGETS, TARGETS_FILE } from './fleet-kit.js';

/** The three jobs as a file. */
const WORKFLOW = join(REPOSITORY, 'bench', 'fleet', 'workflow.yml');

const opened: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

/** Two accounts that are in order, so that whatever is no pass is so for what went wrong. */
const IN_ORDER = organization({
  accounts: [
    {
      id: SHOP,
      name: 'shop',
      roles: [reader()],
      apis: { 'eu-west-1': [smallApi('shopeuwest')], 'eu-central-1': [smallApi('shopcentra')] },
    },
    { id: BANK, name: 'bank', roles: [reader()], apis: { 'eu-west-1': [smallApi('bankeuwest')] } },
  ],
});

interface World {
  readonly emulator: Emulator;
  readonly run: WorkflowRun;
}

async function world(
  disturb: (job: JobIdentity) => Disturbance | undefined = () => undefined,
  targets = TARGETS,
): Promise<World> {
  const emulator = await startEmulator({ seed: IN_ORDER });
  opened.push(() => emulator.close());
  const run = await openRun({
    file: WORKFLOW,
    inputs: { shards: '2' },
    environment: emulator.env,
    repository: { [TARGETS_FILE]: targets },
    standIns: { 'aws-actions/configure-aws-credentials': async () => ({}) },
    disturb,
    cancelScale: 0.2,
  });
  opened.push(() => run.close());
  return { emulator, run };
}

/** What one shard meets in the first attempt. */
function inShard(shard: string, disturbance: Disturbance) {
  return ({ id, matrix, attempt }: JobIdentity) =>
    id === 'shard' && matrix.shard === shard && attempt === 1 ? disturbance : undefined;
}

async function fleetOf({ run }: World, { attempt }: Attempt): Promise<FleetFile> {
  const file = join(run.artifacts.folderOf(`fleet-${attempt}`), 'fleet.json');
  return JSON.parse(await readFile(file, 'utf8'));
}

/** `id conclusion` of every job, a matrix's by shard. */
function conclusions({ jobs }: Attempt): string[] {
  return jobs.map(({ id, matrix, conclusion }) =>
    [id, ...Object.values(matrix), conclusion].join(' '),
  );
}

describe('the workflow of a fleet', () => {
  test('passes where everything was read and is in order', async () => {
    const here = await world();
    const attempt = await here.run.start();
    expect(conclusions(attempt)).toEqual([
      'plan success',
      'shard 000 success',
      'shard 001 success',
      'gate success',
    ]);
    expect(await fleetOf(here, attempt)).toMatchObject({
      verdict: 'pass',
      counts: { targets: 4, missing: 0, unreadable: 0 },
    });
  });

  test.each<[string, Disturbance, string]>([
    ['whose runner is lost', { kind: 'lost' }, 'failure'],
    ['whose runner is lost half-way', { kind: 'lost', after: /1\/2 / }, 'failure'],
    ['that is cancelled', { kind: 'cancelled', after: /Shard 001/ }, 'cancelled'],
    ['that no runner takes', { kind: 'never-started', conclusion: 'cancelled' }, 'cancelled'],
    [
      'that waits for a runner for ever',
      { kind: 'never-started', conclusion: 'failure' },
      'failure',
    ],
  ])('does not pass without a shard %s, and does once it has run again', async (_, how, then) => {
    const here = await world(inShard('001', how));
    if (how.kind === 'cancelled')
      here.emulator.injectFault({
        operation: 'GetResources',
        times: 2,
        effect: { kind: 'delay', ms: 1500 },
      });
    const first = await here.run.start();
    expect(conclusions(first)).toEqual([
      'plan success',
      'shard 000 success',
      `shard 001 ${then}`,
      'gate failure',
    ]);
    expect(first.jobs.at(-1)?.steps.find(({ uses }) => uses === '$/merge')?.result?.exitCode).toBe(
      2,
    );
    const incomplete = await fleetOf(here, first);
    expect(incomplete.verdict).toBe('incomplete');
    expect(incomplete.counts.missing + incomplete.counts.unreadable).toBeGreaterThan(0);

    const before = here.emulator.requests.length;
    const second = await here.run.rerunFailed();
    expect(conclusions(second).sort()).toEqual([
      'gate success',
      'plan success',
      'shard 000 success',
      'shard 001 success',
    ]);
    expect(await fleetOf(here, second)).toMatchObject({ verdict: 'pass', incomplete: false });
    const again = here.emulator.requests.slice(before);
    // Only what died: one account, and its role once.
    expect(again.filter(({ operation }) => operation === 'AssumeRole')).toHaveLength(1);
    expect(again.filter(({ plane }) => plane === 'organizations')).toEqual([]);
  });

  test('does not pass where an artifact of a shard cannot be read', async () => {
    const here: World = await world(({ id }) => {
      // Between the shards and the gate.
      if (id === 'gate') here.run.artifacts.truncate('gate-shard-001-1');
      return undefined;
    });
    expect(conclusions(await here.run.start())).toEqual([
      'plan success',
      'shard 000 success',
      'shard 001 success',
      'gate failure',
    ]);
  });

  test('passes again where all of it runs again, with a plan of its own', async () => {
    const here = await world();
    const first = await fleetOf(here, await here.run.start());
    const second = await fleetOf(here, await here.run.start());
    expect([first.verdict, second.verdict]).toEqual(['pass', 'pass']);
    expect(second.plan.id).not.toBe(first.plan.id);
  });

  test('does not pass where the plan finds nothing, and no shard runs', async () => {
    const here = await world(
      () => undefined,
      `${TARGETS}\n`.replace('eu-west-1, eu-central-1', 'mars-*'),
    );
    const attempt = await here.run.start();
    expect(conclusions(attempt)).toEqual(['plan failure', 'shard skipped', 'gate failure']);
    expect(attempt.conclusion).toBe('failure');
    expect(here.emulator.requests.some(({ plane }) => plane === 'control')).toBe(false);
  });

  test('does not pass where nobody may list the organization', async () => {
    const here = await world();
    here.emulator.injectFault({
      operation: 'ListAccounts',
      effect: { kind: 'answer', status: 400, errorType: 'AccessDeniedException' },
    });
    const attempt = await here.run.start();
    expect(attempt.conclusion).toBe('failure');
    expect(
      attempt.jobs.some(({ id, conclusion }) => id === 'gate' && conclusion === 'success'),
    ).toBe(false);
  });
});
