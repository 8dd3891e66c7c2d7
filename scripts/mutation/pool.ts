import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Answer, Task } from './protocol.js';

const WORKER = fileURLToPath(new URL('worker.js', import.meta.url));

const NODE = [
  '--experimental-vm-modules',
  '--disable-warning=ExperimentalWarning',
  '--max-old-space-size=1024',
];

/** Every evaluation of a bundle leaves some memory behind: a process is replaced after so many tasks. */
const TASKS_OF_A_PROCESS = 150;

/** What became of a task that got no answer. */
export type NoAnswer = 'timeout' | 'crash';

/** A task, how long it may take, and who waits for what comes of it. */
export interface Job {
  readonly task: Task;
  readonly milliseconds: number;
  readonly done: (answer: Answer | NoAnswer) => void;
}

/** Carries out tasks in several processes, each of which does one at a time. */
export async function carryOutAll(
  jobs: readonly Job[],
  settings: { readonly processes: number; readonly seed: number },
): Promise<void> {
  const waiting = [...jobs].reverse();
  const lane = async (): Promise<void> => {
    let child: ChildProcess | undefined;
    let tasks = 0;
    for (let job = waiting.pop(); job !== undefined; job = waiting.pop()) {
      if (child === undefined || tasks >= TASKS_OF_A_PROCESS) {
        child?.kill('SIGKILL');
        child = fork(WORKER, [String(settings.seed)], {
          execArgv: NODE,
          stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
        });
        tasks = 0;
      }
      tasks++;
      const answer = await ask(child, job);
      if (typeof answer === 'string') {
        child.kill('SIGKILL');
        child = undefined;
      }
      job.done(answer);
    }
    child?.kill('SIGKILL');
  };
  await Promise.all(Array.from({ length: settings.processes }, lane));
}

function ask(child: ChildProcess, { task, milliseconds }: Job): Promise<Answer | NoAnswer> {
  return new Promise((resolve) => {
    const settle = (answer: Answer | NoAnswer): void => {
      clearTimeout(timer);
      child.off('message', settle);
      child.off('exit', onExit);
      resolve(answer);
    };
    const onExit = (): void => settle('crash');
    const timer = setTimeout(() => settle('timeout'), milliseconds);
    child.on('message', settle);
    child.on('exit', onExit);
    child.send(task);
  });
}
