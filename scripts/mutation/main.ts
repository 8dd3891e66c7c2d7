import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Bundle, bundleTests } from './bundles.js';
import { REQUIRED_SCORE } from './folders.js';
import { mutate } from './mutants.js';
import { readOptions } from './options.js';
import { type MeasuredBundle, type Plan, planFor } from './plan.js';
import { carryOutAll, type Job } from './pool.js';
import { sampleOf } from './sample.js';
import { isNoticed, lineOf, type Result, scoreOf, summaryOf } from './summary.js';

/*
 * Changes the sources in one place after the other and runs the unit tests that reach it:
 * `npm run mutation -- [folder...]`. A mutant that no test notices is listed.
 */

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const REPORT = join(ROOT, 'coverage', 'mutation.json');

/** How much longer than without a mutant tests may take. A shared machine is slow at times. */
const PATIENCE = { factor: 8, milliseconds: 8_000 };

const options = readOptions(process.argv.slice(2));
const started = performance.now();
const folder = await mkdtemp(join(tmpdir(), 'mutation-'));
try {
  const { mutants, sources } = await mutate(ROOT, options.folders);
  const bundles = await measure(await bundleTests(ROOT, sources, folder));
  const chosen = options.folders.flatMap((name) => {
    const inFolder = mutants.filter(
      ({ file }) => file.startsWith(`${name}/`) && file.includes(options.only ?? ''),
    );
    return sampleOf(inFolder, options.sample ?? inFolder.length, options.seed);
  });
  say(`${mutants.length} mutants in ${sources.size} files; ${chosen.length} are tried.`);
  const results = await tryAll(chosen.map((mutant) => planFor(mutant, bundles)));
  await mkdir(join(ROOT, 'coverage'), { recursive: true });
  await writeFile(REPORT, `${JSON.stringify(results, null, 2)}\n`);
  process.stdout.write(summaryOf(results, options.folders));
  const isEnough = options.folders.every((name) => scoreOf(results, name) >= REQUIRED_SCORE);
  process.exitCode = isEnough ? 0 : 1;
} finally {
  await rm(folder, { recursive: true });
}

/**
 * Runs all tests without a mutant. A property test may count what its many runs came across: a file that
 * fails with few runs is given more, and at last all that it asks for.
 */
async function measure(bundles: readonly Bundle[]): Promise<readonly MeasuredBundle[]> {
  const measured: MeasuredBundle[] = [];
  let left = bundles;
  for (const runs of [options.runs, 4 * options.runs, Number.MAX_SAFE_INTEGER]) {
    const result = await measureWith(runs, left);
    measured.push(...result.measured);
    left = left.filter(({ path }) => !measured.some((it) => it.path === path));
    if (left.length === 0) break;
    if (runs === Number.MAX_SAFE_INTEGER) {
      throw new Error(`tests fail without any mutant:\n${result.problems.join('\n')}`);
    }
  }
  return measured;
}

async function measureWith(runs: number, bundles: readonly Bundle[]) {
  const measured: MeasuredBundle[] = [];
  const problems: string[] = [];
  const jobs = bundles.map(
    ({ test, path }): Job => ({
      task: { kind: 'measure', bundle: path, runs },
      milliseconds: 300_000,
      done: (answer) => {
        if (typeof answer === 'string') problems.push(`${test}: ${answer}`);
        else if (answer.kind === 'measured' && answer.failures.length > 0) {
          problems.push(...answer.failures.map((failure) => `${test}: ${failure}`));
        } else if (answer.kind === 'measured') {
          measured.push({ test, path, runs, measurement: answer });
        }
      },
    }),
  );
  await carryOutAll(jobs, options);
  return { measured, problems };
}

async function tryAll(plans: readonly Plan[]): Promise<readonly Result[]> {
  const results: Result[] = [];
  const add = (result: Result): void => {
    results.push(result);
    if (!isNoticed(result)) process.stdout.write(`${lineOf(result)}\n`);
    if (results.length % 100 === 0) say(`${results.length} of ${plans.length}`);
  };
  const unreached = plans.filter(({ tests }) => tests.length === 0);
  for (const { mutant } of unreached) add({ ...mutant, status: 'unreached', by: null });
  const jobs = plans
    .filter(({ tests }) => tests.length > 0)
    .map(
      ({ mutant, tests, milliseconds, slowestTest, hits }): Job => ({
        task: {
          kind: 'try',
          mutant: mutant.id,
          plan: tests,
          hitLimit: 100 * hits + 1_000,
          testTimeout: PATIENCE.factor * slowestTest + PATIENCE.milliseconds / 2,
        },
        milliseconds: PATIENCE.factor * milliseconds + PATIENCE.milliseconds,
        done: (answer) => {
          if (typeof answer === 'string') add({ ...mutant, status: 'timeout', by: answer });
          else if (answer.kind === 'tried') {
            add({ ...mutant, status: answer.status, by: answer.by });
          }
        },
      }),
    );
  await carryOutAll(jobs, options);
  return results;
}

function say(text: string): void {
  const seconds = Math.round((performance.now() - started) / 1000);
  process.stdout.write(`${String(seconds).padStart(5)} s  ${text}\n`);
}
