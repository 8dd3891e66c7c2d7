import { fileURLToPath } from 'node:url';
import { afterAll, expect } from '@jest/globals';
import { readSeed } from '../../emulator/seed.js';
import {
  type Emulator,
  type EmulatorOptions,
  type SeedFile,
  startEmulator,
} from '../../emulator/server.js';
import { runAction, type StepResult } from '../../runner/run-action.js';
import type { Report } from '../../src/report/report.js';
import { reportSchema } from '../../src/report/schema.js';
import { checkReportFiles } from './report-files.js';
import { expectRightsSuffice } from './rights-kit.js';

/** The bundle that ships: scenario tests run nothing else. */
export const BUNDLE = fileURLToPath(new URL('../../dist/index.js', import.meta.url));

export type SeedName =
  | 'access'
  | 'all-kinds'
  | 'canary'
  | 'clean'
  | 'fixed-not-deployed'
  | 'hostile'
  | 'large'
  | 'no-stage'
  | 'orders';

/** An emulator with one seed, and the bundle run against it as a step of a workflow. */
export interface Scenario {
  readonly emulator: Emulator;
  /** The seeded API's id. */
  readonly apiId: string;
  /**
   * Runs the bundle on the seeded API with inputs as a workflow would give them; `endpoint-url`
   * leads to the emulator, and a test waits no longer than it must unless it says so.
   */
  run(inputs?: Inputs, environment?: Readonly<Record<string, string>>): Promise<Outcome>;
}

type Inputs = Readonly<Record<string, string>>;

/** A step's result with its report parsed and held against the published schema. */
export interface Outcome extends StepResult {
  readonly parsed: Report;
}

const opened: { readonly emulator: Emulator; readonly runs: Inputs[] }[] = [];
afterAll(async () => {
  const ended = opened.splice(0);
  for (const { emulator } of ended) await emulator.close();
  for (const { emulator, runs } of ended) expectRightsSuffice(emulator, runs);
});

/** Starts a scenario; it ends with the file's tests, which may run side by side. */
export async function scenario(
  seed: SeedName | readonly SeedName[] | SeedFile,
  options: EmulatorOptions = {},
): Promise<Scenario> {
  const seeds = await readSeeds(seed);
  const emulator = await startEmulator({ seed: seeds, ...options });
  const runs: Inputs[] = [];
  opened.push({ emulator, runs });
  const [apiId = ''] = emulator.account.apis.keys();
  return {
    emulator,
    apiId,
    async run(inputs = {}, environment = {}) {
      runs.push(inputs);
      const result = await runAction({
        bundle: BUNDLE,
        inputs: {
          'api-id': apiId,
          'endpoint-url': `${emulator.url}/{api-id}/{stage}`,
          'smoke-timeout': '0',
          ...inputs,
        },
        environment: { ...emulator.env, ...environment },
      });
      checkReportFiles(result);
      expectNoSecret(result, emulator, { ...emulator.env, ...environment });
      return {
        ...result,
        get parsed(): Report {
          if (result.report === null) {
            throw new Error(`there is no report:\n${result.stdout}${result.stderr}`);
          }
          return reportSchema.parse(JSON.parse(result.report));
        },
      };
    },
  };
}

async function readSeeds(seed: SeedName | readonly SeedName[] | SeedFile): Promise<SeedFile[]> {
  if (typeof seed === 'string') return [await readSeed(seedPath(seed))];
  return isList(seed) ? Promise.all(seed.map((name) => readSeed(seedPath(name)))) : [seed];
}

function isList(seed: readonly SeedName[] | SeedFile): seed is readonly SeedName[] {
  return Array.isArray(seed);
}

/**
 * Every scenario is a test of this, too: nothing that a step was given or that it sent to prove who it
 * is may show in what it says.
 */
function expectNoSecret(
  result: StepResult,
  { account, requests }: Emulator,
  environment: Readonly<Record<string, string>>,
): void {
  const { stdout, stderr, summary, report, outputs } = result;
  // The runner takes this command for itself and shows it to nobody.
  const shown = stdout.replace(/^::add-mask::.*$/gm, '');
  const said = [shown, stderr, summary, report ?? '', ...Object.values(outputs)].join('\n');
  const signatures = requests.flatMap(({ headers }) =>
    [...(headers.authorization ?? '').matchAll(/(?:Signature|Credential)=([^,/]+)/g)].map(
      ([, value = '']) => value,
    ),
  );
  const tokens = requests.flatMap(({ headers }) => headers['x-amz-security-token'] ?? []);
  const secrets = [
    ...[...account.callers.values()].flatMap((it) => [it.secretAccessKey, it.sessionToken ?? '']),
    ...[...account.callers.values()].map(({ arn }) => arn),
    ...[...account.roles.values()].map(({ arn }) => arn),
    account.accountId,
    environment.AWS_SECRET_ACCESS_KEY ?? '',
    environment.AWS_SESSION_TOKEN ?? '',
    ...signatures,
    ...tokens,
  ].filter((secret) => secret !== '');
  expect([...new Set(secrets)].filter((secret) => said.includes(secret))).toEqual([]);
}

/** The file of a seed. */
export function seedPath(name: SeedName): string {
  return fileURLToPath(new URL(`../../emulator/seeds/${name}.json`, import.meta.url));
}

/** How often each control-plane or STS operation was called. */
export function callsByOperation(emulator: Emulator): Record<string, number> {
  const calls: Record<string, number> = {};
  for (const { plane, operation } of emulator.requests) {
    if (plane !== 'data') calls[operation] = (calls[operation] ?? 0) + 1;
  }
  return calls;
}

/** The requests that asked for a change, in order. */
export function mutations(emulator: Emulator): string[] {
  return emulator.requests.filter((it) => it.mutating).map((it) => it.operation);
}

/** `rule METHOD path stage` of every finding, which is what a test reads best. */
export function findingsOf(report: Report): string[] {
  return report.findings.map((it) =>
    [it.rule, it.method, it.path, it.stage].filter((part) => part !== null).join(' '),
  );
}
