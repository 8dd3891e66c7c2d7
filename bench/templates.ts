import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { z } from 'zod';
import { runAction } from '../runner/run-action.js';
import { clock, median } from './clock.js';
import { measurePeak } from './peak-memory.js';
import { printTable } from './table.js';

/** As many templates and documents as a large company's monorepo has. */
const FILES = 664;
const RUNS = 3;
/** Of these, checkov is given few: it takes minutes for more. */
const COMPARED = 20;
/** How much faster the gate must be than checkov on the same files. */
const LIMIT_FACTOR = 50;

const CORPUS = fileURLToPath(
  new URL('../../__tests__/fixtures/declared/corpus.json.gz', import.meta.url),
);
const corpusSchema = z.object({ files: z.record(z.string(), z.string()) });

/**
 * Prints how long the gate takes for real templates, many in one run, and for a few beside checkov.
 *
 * @returns what is over its limit.
 */
export async function benchTemplates(bundle: string): Promise<string[]> {
  const { files } = corpusSchema.parse(JSON.parse(gunzipSync(await readFile(CORPUS)).toString()));
  const folder = await mkdtemp(join(tmpdir(), 'apigw-iam-gate-bench-'));
  try {
    await write(copiesOf(files, FILES), join(folder, 'all'));
    await write(copiesOf(files, COMPARED), join(folder, 'few'));
    const judge = async (part: string, environment: Readonly<Record<string, string>> = {}) => {
      const { exitCode, stdout, stderr } = await runAction({
        bundle,
        inputs: { templates: '**', 'fail-on': 'never' },
        environment: { GITHUB_WORKSPACE: join(folder, part), ...environment },
      });
      // Some of them cannot be known, which no input lets by.
      if (exitCode !== 2)
        throw new Error(`exit code ${exitCode}:\n${stdout.slice(-2000)}${stderr}`);
    };
    const times: number[] = [];
    for (let run = 0; run < RUNS; run += 1) times.push(await clock(() => judge('all')));
    const { mebibytes } = await measurePeak((environment) => judge('all', environment));
    const few = await clock(() => judge('few'));
    const beside = await clockCheckov(join(folder, 'few'));
    printTable(
      'Files alone, each a run of the bundle',
      ['run', 'ms', 'peak MiB'],
      [
        [`${FILES} files, median of ${RUNS}`, median(times).toFixed(0), mebibytes.toFixed(0)],
        [`${COMPARED} files`, few.toFixed(0), ''],
        [`checkov on the same ${COMPARED}`, beside?.toFixed(0) ?? 'skipped: not installed', ''],
      ],
    );
    if (beside === null || beside >= LIMIT_FACTOR * few) return [];
    return [
      `${COMPARED} files take ${few.toFixed(0)} ms, and checkov only ${beside.toFixed(0)} ms: less than ${LIMIT_FACTOR} times as long`,
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** So many files of the corpus, beginning again where it ends. */
function copiesOf(files: Readonly<Record<string, string>>, count: number): Map<string, string> {
  const all = Object.entries(files);
  return new Map(
    Array.from({ length: count }, (_, index): [string, string] => {
      const [name, text] = all[index % all.length] ?? ['', ''];
      return [`${Math.floor(index / all.length)}/${name}`, text];
    }),
  );
}

async function write(files: ReadonlyMap<string, string>, folder: string): Promise<void> {
  for (const [name, text] of files) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
}

/** How long checkov takes for a folder; `null` where it is not installed. */
async function clockCheckov(folder: string): Promise<number | null> {
  const args = ['--directory', folder, '--quiet', '--compact', '--soft-fail'];
  let isThere = true;
  const ms = await clock(
    () =>
      new Promise<void>((resolve) => {
        const child = spawn('checkov', args, { stdio: 'ignore' });
        child.on('error', () => {
          isThere = false;
          resolve();
        });
        child.on('close', () => resolve());
      }),
  );
  return isThere ? ms : null;
}
