import { execFile, spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll } from '@jest/globals';
import {
  type Emulator,
  type EmulatorOptions,
  type SeedFile,
  startEmulator,
} from '../../emulator/server.js';
import { findNode24 } from '../../scripts/node24.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** Beside the packages, so that its imports are found. */
const SCRIPT = join(ROOT, 'node_modules', '.cache', `ask-aws-${process.pid}.mjs`);

const folders: string[] = [];
const emulators: Emulator[] = [];
beforeAll(async () => {
  await promisify(execFile)(join(ROOT, 'node_modules', '.bin', 'esbuild'), [
    join(ROOT, 'scripts', 'ask-aws', 'main.ts'),
    '--bundle',
    '--platform=node',
    '--format=esm',
    '--packages=external',
    `--outfile=${SCRIPT}`,
  ]);
});
afterAll(async () => {
  for (const emulator of emulators.splice(0)) await emulator.close();
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
  await rm(SCRIPT, { force: true });
});

/** A caller with temporary credentials, as most people have them. */
export const CALLER = {
  name: 'asker',
  accessKeyId: 'ASIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'secretOfTheAskerWhichNobodyMaySee0000000',
  sessionToken: 'tokenOfTheAskerWhichNobodyMaySee==',
} as const;

/** An emulator that stands for the account. */
export async function account(
  seed: SeedFile = {},
  options: EmulatorOptions = {},
): Promise<Emulator> {
  const emulator = await startEmulator({ seed: { callers: [CALLER], ...seed }, ...options });
  emulators.push(emulator);
  return emulator;
}

/** What a run left behind. */
export interface Run {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly folder: string;
  /** What it wrote, by name. */
  readonly files: Readonly<Record<string, string>>;
}

export interface RunOptions {
  /** Where an earlier run wrote. */
  readonly folder?: string;
  /** What the person types; without it `--yes` is given. */
  readonly types?: string;
  /** Sent as soon as the run has said something. */
  readonly signal?: { readonly name: NodeJS.Signals; readonly when: string };
}

/** Runs the tool against an emulator, as a person would. */
export async function ask(
  emulator: Emulator,
  args: readonly string[],
  { folder: given, types, signal }: RunOptions = {},
): Promise<Run> {
  const folder = given ?? (await mkdtemp(join(tmpdir(), 'ask-aws-')));
  if (given === undefined) folders.push(folder);
  const child = spawn(
    findNode24(),
    [
      SCRIPT,
      ...['--out', folder, '--patience', '1', '--pause', '5'],
      ...['--endpoint-url', `${emulator.url}/{api-id}/{stage}`],
      ...(types === undefined ? ['--yes'] : []),
      ...args,
    ],
    {
      cwd: folder,
      env: {
        PATH: process.env.PATH ?? '',
        HOME: folder,
        ...emulator.env,
        AWS_ACCESS_KEY_ID: CALLER.accessKeyId,
        AWS_SECRET_ACCESS_KEY: CALLER.secretAccessKey,
        AWS_SESSION_TOKEN: CALLER.sessionToken,
      },
    },
  );
  child.stdin.end(types ?? '');
  let stdout = '';
  let stderr = '';
  let isSent = false;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    if (signal === undefined || isSent || !stdout.includes(signal.when)) return;
    isSent = true;
    child.kill(signal.name);
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  const names = await readdir(folder);
  const files = await Promise.all(
    names.map(async (name) => [name, await readFile(join(folder, name), 'utf8')]),
  );
  return { exitCode, stdout, stderr, folder, files: Object.fromEntries(files) };
}

/** Names of all APIs that an account has. */
export function apisOf({ account: { apis, v2 } }: Emulator): string[] {
  return [...apis.values(), ...v2.apis.values()].map(({ name }) => name);
}

/** What decisions.md says of each switch and row: its value. */
export function decided({ files }: Run): Record<string, string> {
  const rows = (files['decisions.md'] ?? '')
    .split('\n')
    .filter((it) => /^\| [a-z0-9-]+: /.test(it));
  return Object.fromEntries(
    rows.map((row) => {
      const [, , , name = '', value = ''] = row.split(/(?<!\\)\|/).map((it) => it.trim());
      return [name.replaceAll('`', ''), value.replaceAll('`', '')];
    }),
  );
}
