import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect } from '@jest/globals';
import {
  type Emulator,
  type EmulatorOptions,
  type SeedFile,
  startEmulator,
} from '../../emulator/server.js';
import { findBundle } from '../../runner/bundle.js';
import { runStep, type Step, type StepResult } from '../../runner/run-action.js';
import type { FleetFile } from '../../src/fleet/report.js';
import { fleetReportSchema } from '../../src/fleet/schema.js';
import {
  allowing,
  BANK,
  CLOSED,
  MANAGEMENT,
  readerRole,
  SHOP,
  smallApi,
  trusting,
} from '../emulator/estate-kit.js';

const DIST = dirname(findBundle());

export const EXTERNAL_ID = 'octo-org-gate';
export const TARGETS_FILE = '.github/apigw-iam-gate.targets.yml';

/** Three accounts of an organization, of which the last is closed; the whole of it is in two regions. */
export const TARGETS = `
organization: {}
regions: [eu-west-1, eu-central-1]
role-name: reader
`;

const opened: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const close of opened.splice(0)) await close();
});

type Organization = NonNullable<SeedFile['organization']>;
type Json = Parameters<typeof trusting>[1];

/** The reader as the estate's setup makes it: it trusts the hub's account, and asks for the external id. */
export function reader(condition: Json = undefined) {
  const trust = trusting({ AWS: `arn:aws:iam::${MANAGEMENT}:root` }, condition);
  return readerRole({ trust, policies: [allowing('apigateway:GET', 'execute-api:Invoke')] });
}

/** Shop has an open method in its second region; bank is in order. */
export function organization(fields: Partial<Organization> = {}): SeedFile {
  return {
    account: { id: MANAGEMENT, region: 'eu-west-1' },
    organization: {
      id: 'o-exampleorg1',
      root: 'r-ab12',
      units: [
        { id: 'ou-ab12-workloads', name: 'Workloads' },
        { id: 'ou-ab12-payments', name: 'Payments', parent: 'ou-ab12-workloads' },
      ],
      accounts: [
        {
          id: SHOP,
          name: 'shop',
          parent: 'ou-ab12-workloads',
          roles: [reader()],
          apis: {
            'eu-west-1': [smallApi('shopeuwest')],
            'eu-central-1': [smallApi('shopcentra', 'NONE')],
          },
        },
        {
          id: BANK,
          name: 'bank',
          parent: 'ou-ab12-payments',
          roles: [reader()],
          apis: { 'eu-west-1': [smallApi('bankeuwest')] },
        },
        { id: CLOSED, name: 'old shop', state: 'SUSPENDED', roles: [reader()] },
      ],
      ...fields,
    },
  };
}

/** The same with all methods in order. */
export function cleanOrganization(): SeedFile {
  const seed = organization();
  const accounts = seed.organization?.accounts?.map((account) =>
    account.id === SHOP ? { ...account, apis: { 'eu-west-1': [smallApi('shopeuwest')] } } : account,
  );
  return { ...seed, organization: { ...seed.organization, accounts } };
}

type Texts = Readonly<Record<string, string>>;
interface Options extends Partial<Omit<Step, 'bundle' | 'inputs' | 'environment'>> {
  /** Account ids were asked for. */
  readonly isShowingIds?: boolean;
}

/** A run of the workflow: jobs on machines of their own, and artifacts that no job can change. */
export interface FleetRun {
  readonly emulator: Emulator;
  /** What the artifacts were downloaded to: a folder each. */
  readonly artifacts: string;
  plan(inputs?: Texts, environment?: Texts, targets?: string): Promise<StepResult>;
  shard(shard: string, run?: ShardRun): Promise<StepResult>;
  merge(inputs?: Texts, environment?: Texts, options?: Options): Promise<Merged>;
}

interface ShardRun extends Options {
  /** Of the workspace, by path. */
  readonly files?: Texts;
  readonly inputs?: Texts;
  readonly environment?: Texts;
  readonly attempt?: number;
  /** Without it, `gate-SHARD-ATTEMPT`; `null`: the upload does not happen. */
  readonly artifact?: string | null;
}

/** A merge's result with its report held against the published schema. */
export interface Merged extends StepResult {
  readonly fleet: FleetFile;
  readonly text: string;
}

/** Starts a run against an organization. */
export async function fleetRun(seed: SeedFile, options: EmulatorOptions = {}): Promise<FleetRun> {
  const emulator = await startEmulator({ seed, ...options });
  const root = await mkdtemp(join(tmpdir(), 'apigw-iam-gate-fleet-'));
  opened.push(async () => {
    await emulator.close();
    await rm(root, { recursive: true, force: true });
  });
  const artifacts = join(root, 'artifacts');
  await mkdir(artifacts);
  let jobs = 0;

  const runJob = async (
    entry: string,
    inputs: Texts,
    environment: Texts,
    files: Texts = {},
    { isShowingIds = false, ...more }: Options = {},
  ): Promise<StepResult> => {
    jobs += 1;
    const folder = join(root, `job-${jobs}`);
    for (const [path, text] of Object.entries(files)) {
      const file = join(folder, '_work', 'example', 'example', path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, text);
    }
    await mkdir(folder, { recursive: true });
    const result = await runStep(
      {
        bundle: join(DIST, entry),
        inputs,
        environment: { ...emulator.env, ...environment },
        ...more,
      },
      { folder },
    );
    if (!isShowingIds) expectNoAccountId(result);
    return result;
  };

  return {
    emulator,
    artifacts,
    async plan(inputs = {}, environment = {}, targets = TARGETS) {
      const result = await runJob('plan.js', inputs, environment, { [TARGETS_FILE]: targets });
      if (result.outputs.plan) {
        const attempt = environment.GITHUB_RUN_ATTEMPT ?? '1';
        await upload(dirname(result.outputs.plan), join(artifacts, `gate-plan-${attempt}`));
      }
      return result;
    },
    async shard(
      shard,
      { inputs = {}, environment = {}, attempt = 1, artifact, files = {}, ...more } = {},
    ) {
      const result = await runJob(
        'index.js',
        {
          plan: join(artifacts, 'gate-plan-1', 'plan.json'),
          shard,
          'smoke-test': 'false',
          ...inputs,
        },
        { GITHUB_RUN_ATTEMPT: String(attempt), ...environment },
        files,
        more,
      );
      const from = result.outputs['shard-dir'];
      const name = artifact === undefined ? `gate-${shard}-${attempt}` : artifact;
      if (from && name !== null) await upload(from, join(artifacts, name));
      return result;
    },
    async merge(inputs = {}, environment = {}, more = {}) {
      const result = await runJob(
        'merge.js',
        { plan: join(artifacts, 'gate-plan-1'), shards: artifacts, ...inputs },
        environment,
        {},
        more,
      );
      const text = (): string => {
        if (result.report !== null) return result.report;
        throw new Error(`there is no fleet.json:\n${result.stdout}${result.stderr}`);
      };
      return {
        ...result,
        get text() {
          return text();
        },
        get fleet(): FleetFile {
          return fleetReportSchema.parse(JSON.parse(text()));
        },
      };
    },
  };
}

/** The artifacts of whole runs, by what they were made from. */
const wholes = new Map<string, Promise<string>>();

/**
 * A run whose plan was made and whose two shards are done, Shop in shard 000 and Bank in 001: what is left
 * is its merge. An organization is read once in a file of tests; each run has its own copy of what it left.
 */
export async function wholeRun(seed: SeedFile): Promise<FleetRun> {
  const key = JSON.stringify(seed);
  const whole = wholes.get(key) ?? readWhole(seed);
  wholes.set(key, whole);
  const run = await fleetRun(seed);
  await cp(await whole, run.artifacts, { recursive: true });
  return run;
}

async function readWhole(seed: SeedFile): Promise<string> {
  const run = await fleetRun(seed);
  const steps = [() => run.plan({ shards: '2' }), () => run.shard('000'), () => run.shard('001')];
  for (const step of steps) {
    const { exitCode, stdout } = await step();
    expect([exitCode, stdout]).toEqual([0, expect.anything()]);
  }
  return run.artifacts;
}

/** Artifacts are immutable, and a name is unique in a run. */
async function upload(from: string, to: string): Promise<void> {
  await cp(from, to, { recursive: true, errorOnExist: true, force: false });
}

/** Whatever a job says, the ids of accounts are not in it. */
function expectNoAccountId({ stdout, stderr, summary, report, html, sarif }: StepResult): void {
  const shown = stdout.replace(/^::add-mask::.*$/gm, '');
  const said = [shown, stderr, summary, report ?? '', html ?? '', sarif ?? ''].join('\n');
  for (const id of [MANAGEMENT, SHOP, BANK, CLOSED]) expect(said).not.toContain(id);
}

/** The text of a file of an artifact. */
export function readArtifact(run: FleetRun, ...path: string[]): Promise<string> {
  return readFile(join(run.artifacts, ...path), 'utf8');
}

/** Changes a file of an artifact, as nobody but a test can. */
export async function changeArtifact(
  run: FleetRun,
  path: readonly string[],
  change: (text: string) => string,
): Promise<void> {
  const file = join(run.artifacts, ...path);
  await writeFile(file, change(await readFile(file, 'utf8')));
}

/** Takes a file or a folder out of an artifact, or the whole of it away. */
export function removeFromArtifact(run: FleetRun, ...path: string[]): Promise<void> {
  return rm(join(run.artifacts, ...path), { recursive: true });
}

/** Puts an artifact of one run among those of another. */
export function copyArtifact(
  from: FleetRun,
  name: string,
  to: FleetRun,
  under: string,
): Promise<void> {
  return cp(join(from.artifacts, name), join(to.artifacts, under), { recursive: true });
}
