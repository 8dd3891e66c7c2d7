import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Fleet } from '../../emulator/fleet/schema.js';
import { REPOSITORY } from '../../runner/bundle.js';
import { type Attempt, openRun } from '../../runner/workflow/run.js';
import type { FleetFile } from '../../src/fleet/report.js';
import {
  type EmulatorProcess,
  type EmulatorTale,
  startEmulatorProcess,
} from './emulator-process.js';
import type { Usage } from './usage.js';

/** Compiled, as processes can load it; a test, which is not compiled, measures nothing. */
const HOOK = fileURLToPath(new URL('./usage-hook.js', import.meta.url));
const WORKFLOW = join(REPOSITORY, 'bench', 'fleet', 'workflow.yml');

/** A fleet that was planned, read and merged, and what that took. */
export interface Played {
  readonly attempt: Attempt;
  /** `fleet.json` as it was written, and parsed. */
  readonly text: string;
  readonly report: FleetFile;
  /** Bytes of all that shards leave, and of what the merge leaves. */
  readonly shardBytes: number;
  readonly mergeBytes: number;
  readonly wallSeconds: number;
  readonly usages: readonly Usage[];
  readonly emulator: EmulatorTale;
}

/** Which accounts and regions: a glob, so that each account is asked for its regions. */
export function targetsFile({ regions, externalId }: Fleet): string {
  return [
    'organization: {}',
    `regions: [${regions.map((region) => `"${region}*"`).join(', ')}]`,
    ...(externalId === undefined ? [] : ['external-id-from: GATE_EXTERNAL_ID']),
  ].join('\n');
}

/** Where the report of an earlier run lies. */
const PREVIOUS = 'previous.json';

/** As much of an earlier `fleet.json` as a plan reads. */
function previousOf(sizes: ReadonlyMap<string, number>): string {
  const targets = Array.from(sizes, ([id, apis]) => ({ id, totals: { apis } }));
  return JSON.stringify({ schema: 'apigw-iam-gate/fleet/v1', targets });
}

/** How a fleet is played. */
export interface PlayOptions {
  /** What the plan is asked for; it decides itself where there is nothing. */
  readonly shards?: number;
  /** Jobs at once. */
  readonly atOnce: number;
  /** How many APIs an earlier run found in each target, by the target's id; nobody knows without it. */
  readonly sizes?: ReadonlyMap<string, number>;
  /** Starts the emulator; in a process of its own unless given. */
  readonly start?: (fleet: Fleet) => Promise<EmulatorProcess>;
}

/** Plays the whole workflow against an emulator, each step a process of its own. */
export async function playFleet(
  fleet: Fleet,
  { shards, atOnce, sizes, start = startEmulatorProcess }: PlayOptions,
): Promise<Played> {
  const folder = await mkdtemp(join(tmpdir(), 'apigw-iam-gate-usage-'));
  const emulator = await start(fleet);
  const run = await openRun({
    file: WORKFLOW,
    inputs: { shards: String(shards ?? ''), previous: sizes === undefined ? '' : PREVIOUS },
    secrets: { GATE_EXTERNAL_ID: fleet.externalId ?? '' },
    environment: {
      ...emulator.env,
      ...(existsSync(HOOK) ? { NODE_OPTIONS: `--import=${HOOK}`, BENCH_USAGE_FOLDER: folder } : {}),
    },
    repository: {
      '.github/apigw-iam-gate.targets.yml': targetsFile(fleet),
      ...(sizes === undefined ? {} : { [PREVIOUS]: previousOf(sizes) }),
    },
    // The environment has the hub's keys already.
    standIns: { 'aws-actions/configure-aws-credentials': async () => ({}) },
    atOnce,
  });
  try {
    const startedMs = performance.now();
    const attempt = await run.start();
    const wallSeconds = (performance.now() - startedMs) / 1000;
    const text = await readFile(
      join(run.artifacts.folderOf('fleet-1'), 'fleet.json'),
      'utf8',
    ).catch(() => {
      throw new Error(`There is no fleet.json:\n${logOf(attempt)}`);
    });
    const bytesOf = async (pattern: RegExp): Promise<number> => {
      const fitting = run.artifacts.list.filter(({ name }) => pattern.test(name));
      const sizes = fitting.flatMap(({ name, files }) =>
        files.map(async (file) => (await stat(join(run.artifacts.folderOf(name), file))).size),
      );
      return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
    };
    return {
      attempt,
      text,
      report: JSON.parse(text),
      shardBytes: await bytesOf(/^gate-shard-/),
      mergeBytes: await bytesOf(/^fleet-/),
      wallSeconds,
      usages: await readUsages(folder),
      emulator: await emulator.close(),
    };
  } finally {
    await run.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function readUsages(folder: string): Promise<Usage[]> {
  const files = await readdir(folder);
  return Promise.all(
    files.map(
      async (file): Promise<Usage> => JSON.parse(await readFile(join(folder, file), 'utf8')),
    ),
  );
}

function logOf({ jobs }: Attempt): string {
  return jobs
    .flatMap(({ id, steps }) => steps.map(({ name, log }) => `${id} ${name}\n${log.slice(-2000)}`))
    .join('\n');
}
