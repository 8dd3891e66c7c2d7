import { expect, test } from '@jest/globals';
import type { Emulator } from '../../emulator/server.js';
import {
  runPostStep,
  runStep,
  type Step,
  type StepResult,
  withJob,
} from '../../runner/run-action.js';
import {
  type ApiPicture,
  cleanTransaction,
  emulatorWith,
  enforceStep,
  pictureOf,
  problemsOf,
  SMALL,
  whichState,
} from './enforce-kit.js';

/** From before the process has read a line to the middle of its work. */
const DELAYS_MS = [0, 50, 100, 150, 200, 300, 500, 800];

/** What ends a main step early; each gets the means to do so. */
const ENDINGS = {
  'a cancelled job': (_kill: Kill, cancel: () => void) => cancel(),
  'a kill': (kill: Kill) => kill('SIGKILL'),
} as const;

type Kill = (signal: NodeJS.Signals) => void;

interface Ending {
  readonly name: string;
  readonly ending: keyof typeof ENDINGS;
  readonly delayMs: number;
  readonly isStateUnwritable: boolean;
}

/** The main step is ended as the case says. */
function endingStep(emulator: Emulator, { ending, delayMs, isStateUnwritable }: Ending): Step {
  const timers = {
    onStart: (kill: Kill, cancel: () => void) => {
      setTimeout(() => ENDINGS[ending](kill, cancel), delayMs);
    },
  };
  return { ...enforceStep(emulator, {}, timers), isStateUnwritable, cancelScale: 0.2 };
}

/** What nobody but the main step says. */
const MAIN_ONLY = /Reading what is configured|Enforc(?:e|ing) |::group::/;

/** What a post step did that it must not do; `null` where nothing. */
function problemOf(post: StepResult, main: StepResult, emulator: Emulator): string | null {
  if (post.exitCode !== 0) return `the post step ended with ${post.exitCode}:\n${post.stdout}`;
  if (MAIN_ONLY.test(post.stdout))
    return `the post step did what the main step does:\n${post.stdout}`;
  const calls = emulator.requests.map(({ operation }) => operation);
  if (Object.keys(main.state).length === 0 && calls.length > 0) {
    return `nothing was begun, and the post step called ${calls.join()}`;
  }
  const undoes = ['UpdateMethod', 'UpdateStage', 'DeleteDeployment'];
  const mutating = emulator.requests.filter((it) => it.mutating).map(({ operation }) => operation);
  const others = mutating.filter((operation) => !undoes.includes(operation));
  return others.length === 0 ? null : `the post step called ${others.join()}`;
}

/**
 * A patch that was under way when the process was killed has no answer in the journal: it may be somebody
 * else's. The method stays closed where no stage serves it, and is named.
 */
function isLeftClosed(post: StepResult, now: ApiPicture, start: ApiPicture): boolean {
  return (
    post.stdout.includes(
      "stays AWS_IAM in the configuration: AWS's answer to the patch was lost",
    ) &&
    JSON.stringify([now.stages, now.deployments]) ===
      JSON.stringify([start.stages, start.deployments])
  );
}

test.concurrent('a step that ends early leaves the start or the proven end, and its post step never enforces', async () => {
  const { start, end } = await cleanTransaction();
  const cases = Object.keys(ENDINGS).flatMap((ending) =>
    DELAYS_MS.flatMap((delayMs) =>
      [false, true].map(
        (isStateUnwritable): Ending => ({
          name: `${ending} after ${delayMs} ms${isStateUnwritable ? ', state unwritable' : ''}`,
          ending: ending === 'a kill' ? 'a kill' : 'a cancelled job',
          delayMs,
          isStateUnwritable,
        }),
      ),
    ),
  );
  const problems = await problemsOf(cases, async (one) => {
    const emulator = await emulatorWith(SMALL);
    return withJob(async (job) => {
      const main = await runStep(endingStep(emulator, one), job);
      const afterMain = whichState(emulator, start, end);
      if (one.isStateUnwritable && afterMain !== 'start') return `main changed: ${afterMain}`;
      emulator.clearRequests();
      const post = await runPostStep(enforceStep(emulator), main, job);
      const problem = problemOf(post, main, emulator);
      if (problem !== null) return problem;
      const state = whichState(emulator, start, end);
      const isRight =
        state === 'start' ||
        (state === 'end' && main.exitCode === 0) ||
        isLeftClosed(post, pictureOf(emulator), start);
      return isRight ? null : `${state}, main ended with ${main.exitCode}`;
    });
  });
  expect(problems).toEqual([]);
}, 900_000);

test.concurrent('a process that runs out of memory at its start leaves its post step nothing to do', async () => {
  const emulator = await emulatorWith(SMALL);
  await withJob(async (job) => {
    const memory = { NODE_OPTIONS: '--max-old-space-size=1' };
    const main = await runStep(enforceStep(emulator, {}, {}, memory), job);
    // Ended by a signal: V8 gives up.
    expect(main.exitCode).toBeNull();
    expect(main.state).toEqual({});
    emulator.clearRequests();
    const post = await runPostStep(enforceStep(emulator), main, job);
    expect([post.exitCode, post.stdout, emulator.requests.length]).toEqual([0, '', 0]);
  });
});

test.concurrent('where the post step cannot be told what to undo, nothing is begun', async () => {
  const emulator = await emulatorWith(SMALL);
  await withJob(async (job) => {
    const main = await runStep({ ...enforceStep(emulator), isStateUnwritable: true }, job);
    expect([main.exitCode, main.outputs.verdict]).toEqual([2, 'incomplete']);
    expect(main.annotations.map(({ title }) => title)).toEqual(['Enforcement not begun']);
    expect(main.annotations[0]?.message).toContain('GITHUB_STATE');
    expect(emulator.requests.filter((it) => it.mutating)).toEqual([]);
  });
});

test.concurrent('an audit has nothing to undo, and needs no state', async () => {
  const emulator = await emulatorWith(SMALL);
  await withJob(async (job) => {
    const inputs = { mode: 'audit', 'smoke-test': 'false' };
    const step = { ...enforceStep(emulator, inputs), isStateUnwritable: true };
    const main = await runStep(step, job);
    expect([main.exitCode, main.outputs.verdict]).toEqual([1, 'fail']);
  });
});

test.concurrent.each([
  { STATE_isPost: 'true' },
  { STATE_isPost: 'true', STATE_journal: '/nowhere/enforce-journal.jsonl' },
])('no variable makes a post step of the main step: %j', async (environment) => {
  const { start, end } = await cleanTransaction();
  const emulator = await emulatorWith(SMALL);
  await withJob(async (job) => {
    const main = await runStep(enforceStep(emulator, {}, {}, environment), job);
    expect(main.exitCode).toBe(0);
    expect(whichState(emulator, start, end)).toBe('end');
  });
});

test.concurrent('a log that nobody reads any more stops nothing half-way', async () => {
  const { start, end } = await cleanTransaction();
  const emulator = await emulatorWith(SMALL);
  await withJob(async (job) => {
    const main = await runStep({ ...enforceStep(emulator), isLogClosed: true }, job);
    expect([main.exitCode, main.stderr]).toEqual([0, '']);
    expect(whichState(emulator, start, end)).toBe('end');
  });
});
