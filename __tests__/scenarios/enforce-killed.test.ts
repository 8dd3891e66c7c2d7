import { mkdir, writeFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { runPostStep, runStep, withJob } from '../../runner/run-action.js';
import {
  cleanTransaction,
  comparable,
  emulatorWith,
  enforceStep,
  journalOf,
  pictureOf,
  problemsOf,
  reportOf,
  SMALL,
  whichState,
} from './enforce-kit.js';
import { type KillAt, killAt, MOMENTS } from './kill-kit.js';

interface Kill extends KillAt {
  readonly name: string;
  /** What puts things right: the post step of the same job, or the next run with the same journal. */
  readonly rescue: 'post' | 'next run';
}

test.concurrent('killed before and after every mutating call: the start or the proven end, never between', async () => {
  const { start, end, mutating } = await cleanTransaction();
  expect(mutating.map(({ operation }) => operation)).toEqual([
    'UpdateMethod',
    'UpdateMethod',
    'CreateDeployment',
    'UpdateStage',
    'UpdateStage',
  ]);
  const ways = [
    ['SIGKILL', 'post'],
    ['SIGKILL', 'next run'],
    ['SIGTERM', 'post'],
    ['SIGINT', 'post'],
  ] as const;
  const kills: Kill[] = mutating.flatMap(({ operation }, index) =>
    MOMENTS.flatMap((moment) =>
      ways.map(([signal, rescue]) => ({
        name: `${signal} ${moment} call ${index + 1} (${operation}), then the ${rescue}`,
        index,
        moment,
        signal,
        rescue,
      })),
    ),
  );
  expect(kills).toHaveLength(mutating.length * 2 * 4);

  const problems = await problemsOf(kills, async (kill) => {
    const emulator = await emulatorWith(SMALL);
    return withJob(async (job) => {
      const step = enforceStep(emulator, {}, { onStart: (send) => killAt(emulator, kill, send) });
      const main = await runStep(step, job);
      if (main.exitCode === 0) return `the main step ended well:\n${main.stdout}`;
      if (kill.signal === 'SIGKILL' && whichState(emulator, start, end) === 'end') {
        // Killed right after the last move: that it is unproven must lead back to the start.
        if (kill.index !== mutating.length - 1) return 'the end was reached too early';
      }
      const plain = enforceStep(emulator);
      const rescued =
        kill.rescue === 'post' ? await runPostStep(plain, main, job) : await runStep(plain, job);
      if (rescued.exitCode !== 0) return `the ${kill.rescue} failed:\n${rescued.stdout}`;
      const state = whichState(emulator, start, end);
      // A patch whose answer nobody heard may be somebody else's: it stays, undeployed, and is named.
      const isInDoubt =
        kill.moment === 'after' && mutating[kill.index]?.operation === 'UpdateMethod';
      if (kill.rescue === 'post' && isInDoubt) {
        const now = comparable(pictureOf(emulator), start);
        const left = Object.keys(now.methods).filter(
          (key) => now.methods[key] !== start.methods[key],
        );
        const said = `${main.stdout}${rescued.stdout}`;
        const isSaid = left.every((key) =>
          said.includes(`${key} stays AWS_IAM in the configuration`),
        );
        const isOnlyIt =
          JSON.stringify({ ...now, methods: start.methods }) === JSON.stringify(start);
        return isSaid && isOnlyIt && left.length === 1 ? null : `${state}\n${said}`;
      }
      const wanted = kill.rescue === 'post' ? 'start' : 'end';
      if (state !== wanted) return `${state}\n${main.stdout}\n${rescued.stdout}`;

      if (kill.rescue !== 'post') return null;
      // Rolling back again must find nothing to do.
      emulator.clearRequests();
      await runPostStep(plain, main, job);
      const calls = emulator.requests.length;
      return calls === 0 ? null : `the second post step made ${calls} calls`;
    });
  });
  expect(problems).toEqual([]);
}, 900_000);

test.concurrent('killed while the endpoint is asked: the post step rolls everything back and says so', async () => {
  const { start, end } = await cleanTransaction();
  const emulator = await emulatorWith(SMALL);
  await withJob(async (job) => {
    const onStart = (send: (signal: NodeJS.Signals) => void): void => {
      const where = (): boolean => {
        send('SIGKILL');
        return true;
      };
      emulator.injectFault({ operation: 'Invoke', where, times: 1, effect: { kind: 'reset' } });
    };
    const main = await runStep(enforceStep(emulator, {}, { onStart }), job);
    expect(main.exitCode).toBeNull();
    expect(whichState(emulator, start, end)).toBe('end');
    expect(await journalOf(job)).not.toContain('"record":"end"');

    const post = await runPostStep(enforceStep(emulator), main, job);
    expect(post.exitCode).toBe(0);
    expect(whichState(emulator, start, end)).toBe('start');
    expect(post.annotations.map(({ level, message }) => `${level}: ${message}`)).toEqual([
      `warning: An earlier enforcement of small (t1r2a3n4s5) was interrupted. Everything that it had changed was rolled back.`,
    ]);
    expect(post.summary).toContain('Interrupted enforcement');
    expect(await journalOf(job)).toContain('"record":"end","ending":"undone"');
  });
});

test.concurrent('rolling back is run again after it was itself killed at every one of its calls', async () => {
  const { start, end } = await cleanTransaction();
  const problems = await problemsOf(
    [0, 1, 2, 3, 4].flatMap((index) =>
      MOMENTS.map((moment) => ({
        name: `rolling back killed ${moment} call ${index + 1}`,
        index,
        moment,
      })),
    ),
    async ({ name, index, moment }) => {
      const emulator = await emulatorWith(SMALL);
      return withJob(async (job) => {
        const kill = { name, moment, signal: 'SIGKILL', rescue: 'post' } as const;
        const atLast = { ...kill, index: 4, moment: 'after' } as const;
        const first = enforceStep(
          emulator,
          {},
          {
            onStart: (send) => killAt(emulator, atLast, send),
          },
        );
        const main = await runStep(first, job);
        const killedPost = enforceStep(
          emulator,
          {},
          {
            onStart: (send) => killAt(emulator, { ...kill, index }, send),
          },
        );
        const post = await runPostStep(killedPost, main, job);
        if (post.exitCode !== null) return `the post step was not killed:\n${post.stdout}`;
        await runPostStep(enforceStep(emulator), main, job);
        const state = whichState(emulator, start, end);
        return state === 'start' ? null : state;
      });
    },
  );
  expect(problems).toEqual([]);
}, 900_000);

test.concurrent('a cancelled job rolls everything back at once, and its post step has nothing to do', async () => {
  const { start, end } = await cleanTransaction();
  const emulator = await emulatorWith(SMALL);
  await withJob(async (job) => {
    const onStart = (send: (signal: NodeJS.Signals) => void): void => {
      const where = (): boolean => {
        send('SIGINT');
        return true;
      };
      // The call goes well; what comes behind it is not begun any more.
      emulator.injectFault({
        operation: 'CreateDeployment',
        where,
        times: 1,
        effect: { kind: 'delay', ms: 100 },
      });
    };
    const main = await runStep(enforceStep(emulator, {}, { onStart }), job);
    expect(main.exitCode).toBe(2);
    expect(main.outputs.verdict).toBe('incomplete');
    expect(main.annotations.map(({ message }) => message).join()).toContain(
      'Nothing is left half done: what was not proven yet was rolled back',
    );
    expect(whichState(emulator, start, end)).toBe('start');
    emulator.clearRequests();
    const post = await runPostStep(enforceStep(emulator), main, job);
    expect([post.exitCode, post.annotations, emulator.requests.length]).toEqual([0, [], 0]);
  });
});

test.concurrent('what cannot be rolled back is named, kept in the journal, and tried again by the next run', async () => {
  const { start, end } = await cleanTransaction();
  const emulator = await emulatorWith(SMALL);
  await withJob(async (job) => {
    const kill = {
      name: '',
      index: 4,
      moment: 'after',
      signal: 'SIGKILL',
      rescue: 'post',
    } as const;
    const main = await runStep(
      enforceStep(emulator, {}, { onStart: (send) => killAt(emulator, kill, send) }),
      job,
    );
    const rights = { kind: 'answer', status: 403, errorType: 'AccessDeniedException' } as const;
    emulator.injectFault({ operation: 'DeleteDeployment', effect: rights });
    const post = await runPostStep(enforceStep(emulator), main, job);
    expect(post.exitCode).toBe(1);
    const [annotation] = post.annotations;
    expect(annotation?.level).toBe('error');
    expect(annotation?.message).toContain('apigateway:DELETE');
    expect(annotation?.message).toContain('enforce-journal.jsonl');
    const picture = pictureOf(emulator);
    expect({ ...picture, deployments: start.deployments }).toEqual(start);
    expect(picture.deployments).toHaveLength(3);

    // Enforce changes nothing new while something old is left.
    emulator.clearRequests();
    const refused = await runStep(enforceStep(emulator), job);
    expect(refused.exitCode).toBe(1);
    expect(reportOf(refused).transactions?.map(({ state }) => state)).toEqual(['refused']);
    expect(emulator.requests.filter((it) => it.mutating).map((it) => it.operation)).toEqual([
      'DeleteDeployment',
    ]);

    emulator.clearFaults();
    const next = await runStep(enforceStep(emulator), job);
    expect(next.exitCode).toBe(0);
    expect(whichState(emulator, start, end)).toBe('end');
    expect(reportOf(next).notes.join()).toContain('was interrupted');
  });
});

test.concurrent('the journal holds every step before its call, and no secret', async () => {
  const emulator = await emulatorWith(SMALL);
  await withJob(async (job) => {
    await runStep(enforceStep(emulator), job);
    const text = await journalOf(job);
    const records = text
      .trimEnd()
      .split('\n')
      .map((line): unknown => JSON.parse(line));
    // A beginning, five steps with AWS's answer to each, and an end.
    expect(records).toHaveLength(1 + 5 * 2 + 1);
    expect(records).toContainEqual({
      record: 'step',
      step: {
        kind: 'patch-method',
        target: {
          apiId: 't1r2a3n4s5',
          resourceId: expect.any(String),
          method: 'GET',
          path: '/open',
        },
        does: { authorizationType: 'AWS_IAM' },
        undo: { authorizationType: 'NONE', authorizerId: null, authorizationScopes: [] },
      },
    });
    expect(records.at(-1)).toEqual({ record: 'end', ending: 'completed', left: [] });
    const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = emulator.env;
    for (const secret of ['123456789012', AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY]) {
      expect(text).not.toContain(secret);
    }
  });
});

test.concurrent('a journal that nobody can read stops enforcement, and is not overwritten', async () => {
  const emulator = await emulatorWith(SMALL);
  await withJob(async (job) => {
    await mkdir(`${job.folder}/apigw-iam-gate`);
    await writeFile(`${job.folder}/apigw-iam-gate/enforce-journal.jsonl`, '{"record":"later"}\n');
    const main = await runStep(enforceStep(emulator), job);
    expect(main.exitCode).toBe(1);
    expect(reportOf(main).notes.join()).toContain('cannot be read');
    expect(emulator.requests.filter((it) => it.mutating)).toEqual([]);
    expect(await journalOf(job)).toBe('{"record":"later"}\n');
  });
});
