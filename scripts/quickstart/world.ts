import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Emulator, startEmulator } from '../../emulator/server.js';
import { openProxy } from '../../runner/loopback-proxy.js';

const run = promisify(execFile);

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** A machine with Node and npm, a repository, and an AWS account in which nothing was set up. */
export interface World {
  /** The repository's checkout, where the reader types. */
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly emulator: Emulator;
  close(): Promise<void>;
}

const API = 'a1b2c3d4e5';
const REGION = 'eu-west-1';

/** The account of the page: one API, open. */
const SEED = {
  account: { id: '111122223333', region: REGION },
  apis: [
    {
      id: API,
      name: 'orders',
      methods: { 'GET /health': {}, 'GET /orders': {}, 'POST /orders': {} },
      deployments: [{ id: 'dep001' }],
      stages: { prod: { deployment: 'dep001' } },
    },
  ],
};

/**
 * Opens the world that a reader of the quickstart is in. The package is the one that `npm pack` makes, as
 * `npx` would fetch it; API Gateway and its endpoints are the emulator, under AWS's own names by a proxy.
 * `aws` and `curl` are stand-ins (see stand-in.mjs): nothing outside is reached.
 */
export async function openWorld(): Promise<World> {
  const base = await mkdtemp(join(tmpdir(), 'apigw-iam-gate-quickstart-'));
  const [folder, remote, bin, home] = ['orders', 'remote.git', 'bin', 'home'].map((name) =>
    join(base, name),
  ) as [string, string, string, string];
  await Promise.all([folder, bin, home].map((it) => mkdir(it)));
  const emulator = await startEmulator({ seed: SEED });
  const proxy = await openProxy(emulator.url, [`${API}.execute-api.${REGION}.amazonaws.com`]);
  const environment = {
    ...emulator.env,
    ...proxy.environment,
    HTTPS_PROXY: proxy.url,
    NO_PROXY: '127.0.0.1',
    PATH: `${bin}${delimiter}${process.env.PATH ?? ''}`,
    HOME: home,
    npm_config_update_notifier: 'false',
    npm_config_offline: 'true',
    GIT_AUTHOR_NAME: 'reader',
    GIT_AUTHOR_EMAIL: 'reader@example.com',
    GIT_COMMITTER_NAME: 'reader',
    GIT_COMMITTER_EMAIL: 'reader@example.com',
  };
  const standIn = fileURLToPath(new URL('scripts/quickstart/stand-in.mjs', `file://${ROOT}/`));
  for (const name of ['aws', 'curl']) {
    const file = join(bin, name);
    await writeFile(
      file,
      `#!/bin/sh\nexec ${quote(process.execPath)} ${quote(standIn)} ${name} ${quote(ROOT)} "$@"\n`,
    );
    await chmod(file, 0o755);
  }

  const inFolder = { cwd: folder, env: environment };
  await run('git', ['init', '--quiet', '--bare', remote], inFolder);
  await run('git', ['init', '--quiet', '--initial-branch', 'main', folder], inFolder);
  await run('git', ['remote', 'add', 'origin', remote], inFolder);
  await run('git', ['config', 'push.autoSetupRemote', 'true'], inFolder);
  await install(folder, environment, base);
  return {
    folder,
    environment,
    emulator,
    async close() {
      await proxy.close();
      await emulator.close();
      await rm(base, { recursive: true, force: true });
    },
  };
}

/** Puts the package where `npx` finds it without asking the registry for one that is not released yet. */
async function install(folder: string, env: NodeJS.ProcessEnv, base: string): Promise<void> {
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', base], {
    cwd: ROOT,
    env: { ...process.env, npm_config_update_notifier: 'false' },
  });
  const [packed] = JSON.parse(stdout.slice(stdout.indexOf('['))) as { filename: string }[];
  if (packed === undefined) throw new Error('npm pack made no package');
  await writeFile(join(folder, 'package.json'), '{ "private": true }\n');
  await writeFile(join(folder, '.gitignore'), 'node_modules/\n.apigw-iam-gate/\n');
  const options = ['--no-audit', '--no-fund', '--no-save', '--silent'];
  await run('npm', ['install', ...options, join(base, packed.filename)], { cwd: folder, env });
}

function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
