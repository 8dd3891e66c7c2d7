import { expect, test } from '@jest/globals';
import type { ProbeAnswer } from '../../../src/probe/answer.js';
import { sendingAtMost } from '../../../src/probe/at-most.js';
import { HTTP_CLASSIFIER } from '../../../src/probe/classify/http.js';
import type { ProbeRequest, Prober } from '../../../src/probe/send.js';

const ANSWER: ProbeAnswer = { kind: 'missing-token', status: 403, detail: '' };

function requestOf(path: string): ProbeRequest {
  const baseUrl = 'https://a1b2c3.execute-api.eu-west-1.amazonaws.com/prod';
  return { baseUrl, method: 'GET', path, query: [], headers: {}, body: null };
}

/** A prober whose requests are answered when the test says so, in a time that stands still. */
function heldProber(most: number) {
  const sent: { readonly path: string; readonly withinMs: number; answer(): void }[] = [];
  let nowMs = 1_000;
  let destroyed = 0;
  const inner: Prober = {
    send: ({ path }, _signature, _classifier, withinMs) =>
      new Promise((resolve) => sent.push({ path, withinMs, answer: () => resolve(ANSWER) })),
    destroy() {
      destroyed += 1;
    },
  };
  const prober = sendingAtMost(most, inner, () => nowMs);
  return {
    sent,
    ask: (path: string, withinMs: number) =>
      prober.send(requestOf(path), { kind: 'unsigned' }, HTTP_CLASSIFIER, withinMs),
    async pass(ms: number) {
      nowMs += ms;
      await new Promise(setImmediate);
    },
    destroy() {
      prober.destroy();
      return destroyed;
    },
  };
}

test('so many requests are under way at the most, in the order in which they came', async () => {
  const { sent, ask, pass, destroy } = heldProber(2);
  const answers = ['/a', '/b', '/c', '/d'].map((path) => ask(path, 5_000));
  await pass(0);
  expect(sent.map(({ path }) => path)).toEqual(['/a', '/b']);
  sent[1]?.answer();
  await pass(0);
  expect(sent.map(({ path }) => path)).toEqual(['/a', '/b', '/c']);
  sent[0]?.answer();
  sent[2]?.answer();
  await pass(0);
  sent[3]?.answer();
  expect(await Promise.all(answers)).toEqual([ANSWER, ANSWER, ANSWER, ANSWER]);
  expect(destroy()).toBe(1);
});

test('what a request waits for its turn is taken from its time, and never more than there is', async () => {
  const { sent, ask, pass } = heldProber(1);
  const answers = [ask('/a', 5_000), ask('/b', 5_000), ask('/c', 2_000)];
  await pass(0);
  await pass(3_000);
  for (const index of [0, 1, 2]) {
    sent[index]?.answer();
    await pass(0);
  }
  expect(sent.map(({ withinMs }) => withinMs)).toEqual([5_000, 2_000, 0]);
  await Promise.all(answers);
});
