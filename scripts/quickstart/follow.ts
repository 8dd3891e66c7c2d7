import { spawn } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { findBundle } from '../../runner/bundle.js';
import { runAction } from '../../runner/run-action.js';
import type { Instruction } from './page.js';
import type { World } from './world.js';

/** What became of something that the page tells its reader to do. */
export interface Outcome {
  /** As the reader would say what it was. */
  readonly what: string;
  readonly exitCode: number | null;
  readonly output: string;
}

const workflowSchema = z.object({
  jobs: z.record(
    z.string(),
    z.object({
      steps: z.array(
        z.object({
          uses: z.string().optional(),
          with: z.record(z.string(), z.unknown()).optional(),
        }),
      ),
    }),
  ),
});

/**
 * Does what a page says, word for word, and after each push what GitHub would do then: it runs the gate of
 * the workflow that was pushed.
 */
export async function* follow(
  instructions: readonly Instruction[],
  world: World,
): AsyncGenerator<Outcome> {
  for (const instruction of instructions) {
    if (instruction.kind === 'save') {
      const file = join(world.folder, instruction.path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, instruction.text);
      yield { what: `save ${instruction.path}`, exitCode: 0, output: '' };
      continue;
    }
    const { command } = instruction;
    yield await shell(command, world);
    if (/^git push$/m.test(command)) yield* checks(world);
  }
  // What is there at the end is pushed as well.
  yield* checks(world);
}

async function* checks(world: World): AsyncGenerator<Outcome> {
  const text = await readFile(join(world.folder, '.github/workflows/iam-gate.yml'), 'utf8');
  const { jobs } = workflowSchema.parse(parse(text));
  for (const { steps } of Object.values(jobs)) {
    for (const { uses, with: given = {} } of steps) {
      if (uses?.startsWith('OWNER/apigw-iam-gate@') !== true) continue;
      const { exitCode, stdout } = await runAction({
        bundle: findBundle(),
        inputs: Object.fromEntries(Object.entries(given).map(([key, it]) => [key, String(it)])),
        environment: { ...world.environment, GITHUB_WORKSPACE: world.folder },
      });
      yield { what: 'the check on GitHub', exitCode, output: stdout };
    }
  }
}

function shell(command: string, { folder, environment }: World): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn('bash', ['-euo', 'pipefail', '-c', command], {
      cwd: folder,
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    }
    child.on('error', reject);
    child.on('close', (exitCode) => resolve({ what: command.trim(), exitCode, output }));
  });
}
