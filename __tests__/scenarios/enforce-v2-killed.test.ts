import { expect, test } from '@jest/globals';
import type { Emulator } from '../../emulator/server.js';
import { runPostStep, runStep, withJob } from '../../runner/run-action.js';
import { journalOf, problemsOf } from './enforce-kit.js';
import {
  CASES,
  cleanV2,
  comparableV2,
  enforceV2Step,
  LIVE_HTTP,
  type V2Case,
  v2Emulator,
  v2PictureOf,
  whichV2State,
} from './enforce-kit-v2.js';
import { type KillAt, killAt } from './kill-kit.js';

interface Kill extends KillAt {
  readonly name: string;
  /** What puts things right: the post step of the same job, or the next run with the same journal. */
  readonly rescue: 'post' | 'next run';
}

const WAYS = [
  ['SIGKILL', 'before', 'post'],
  ['SIGKILL', 'after', 'post'],
  ['SIGKILL', 'after', 'next run'],
  ['SIGTERM', 'before', 'post'],
] as const;

/** Which of its routes an API has otherwise than at the start, in the configuration. */
function changedRoutes(emulator: Emulator, one: V2Case, start: { configured: object }): string[] {
  const { configured } = v2PictureOf(emulator, one);
  return Object.keys(configured).filter(
    (key) => configured[key] !== Reflect.get(start.configured, key),
  );
}

test.concurrent.each(Object.entries(CASES))(
  'killed at every changing call (%s): the post step leaves the start, the next run the proven end',
  async (_, one) => {
    const clean = await cleanV2(one);
    const kills = clean.mutating.flatMap((call, index) =>
      WAYS.map(
        ([signal, moment, rescue]): Kill => ({
          name: `${signal} ${moment} call ${index + 1} (${call.operation}), then the ${rescue}`,
          ...{ index, moment, signal, rescue },
        }),
      ),
    );
    const problems = await problemsOf(kills, async (kill) => {
      const emulator = await v2Emulator(one);
      return withJob(async (job) => {
        const onStart = (send: (signal: NodeJS.Signals) => void): void =>
          killAt(emulator, kill, send);
        const main = await runStep(enforceV2Step(emulator, one, {}, { onStart }), job);
        if (kill.signal === 'SIGKILL' && main.exitCode !== null) {
          return `the main step was not killed:\n${main.stdout}`;
        }
        const plain = enforceV2Step(emulator, one);
        const rescued =
          kill.rescue === 'post' ? await runPostStep(plain, main, job) : await runStep(plain, job);
        if (rescued.exitCode !== 0) return `the ${kill.rescue} failed:\n${rescued.stdout}`;
        const state = whichV2State(emulator, one, clean);
        if (kill.rescue === 'next run')
          return state === 'end' ? null : `${state}\n${rescued.stdout}`;
        // Routes whose changes are live and were proven before the kill stay so.
        const proven = one.isLive ? clean.mutating.slice(0, kill.index).length : 0;
        const said = `${main.stdout}${rescued.stdout}`;
        const changed = changedRoutes(emulator, one, clean.start);
        // A change whose answer nobody heard may be somebody else's: it stays, and is named.
        const left = changed.filter((key) => said.includes(`${key} stays AWS_IAM`));
        const isInDoubt =
          kill.moment === 'after' && clean.mutating[kill.index]?.operation === 'UpdateRoute';
        if (left.length > (isInDoubt ? 1 : 0) || changed.length - left.length > proven) {
          return `${state}: ${changed.join()} of which ${left.join()}\n${said}`;
        }
        const { stages, deployments } = comparableV2(v2PictureOf(emulator, one), clean.start);
        const pointers = JSON.stringify([stages, deployments]);
        if (pointers !== JSON.stringify([clean.start.stages, clean.start.deployments])) {
          return `${pointers}\n${said}`;
        }
        // Rolling back again must find nothing to do.
        emulator.clearRequests();
        await runPostStep(plain, main, job);
        const calls = emulator.requests.length;
        return calls === 0 ? null : `the second post step made ${calls} calls`;
      });
    });
    expect(problems).toEqual([]);
  },
  900_000,
);

test.concurrent.each(Object.entries(CASES))(
  'killed while the endpoint is asked (%s): the post step leaves the start',
  async (_, one) => {
    const clean = await cleanV2(one);
    const emulator = await v2Emulator(one);
    await withJob(async (job) => {
      const onStart = (send: (signal: NodeJS.Signals) => void): void => {
        const isChanged = (): boolean =>
          emulator.requests.some(({ operation }) => operation === 'UpdateRoute');
        const where = (): boolean => {
          if (!isChanged()) return false;
          send('SIGKILL');
          return true;
        };
        emulator.injectFault({ operation: 'Invoke', where, times: 1, effect: { kind: 'reset' } });
        emulator.injectFault({ operation: 'Connect', where, times: 1, effect: { kind: 'reset' } });
      };
      const main = await runStep(enforceV2Step(emulator, one, {}, { onStart }), job);
      expect(main.exitCode).toBeNull();
      expect(await journalOf(job)).not.toMatch(/"record":"end"[^\n]*\n$/);
      const post = await runPostStep(enforceV2Step(emulator, one), main, job);
      expect(post.exitCode).toBe(0);
      expect(whichV2State(emulator, one, clean)).toBe('start');
    });
  },
);

test.concurrent('a cancelled job rolls the route back that is under way, and keeps those that are proven', async () => {
  const clean = await cleanV2(LIVE_HTTP);
  const emulator = await v2Emulator(LIVE_HTTP);
  await withJob(async (job) => {
    const onStart = (send: (signal: NodeJS.Signals) => void): void => {
      let updates = 0;
      const where = (): boolean => {
        updates += 1;
        if (updates !== 2) return false;
        send('SIGINT');
        return true;
      };
      // The call goes well; what comes behind it is not begun any more.
      const effect = { kind: 'delay', ms: 100 } as const;
      emulator.injectFault({ operation: 'UpdateRoute', where, times: 1, effect });
    };
    const main = await runStep(enforceV2Step(emulator, LIVE_HTTP, {}, { onStart }), job);
    expect(main.exitCode).toBe(2);
    expect(main.annotations.map(({ message }) => message).join()).toContain(
      'Nothing is left half done: what was not proven yet was rolled back',
    );
    expect(whichV2State(emulator, LIVE_HTTP, clean)).toBe('partial');
    emulator.clearRequests();
    const post = await runPostStep(enforceV2Step(emulator, LIVE_HTTP), main, job);
    expect([post.exitCode, post.annotations, emulator.requests.length]).toEqual([0, [], 0]);
  });
});
