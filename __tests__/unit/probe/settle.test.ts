import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type AnswerKind, isContradictory, isSameAnswer } from '../../../src/probe/answer.js';
import { isLetIn } from '../../../src/probe/proof.js';
import { type Settlement, settle } from '../../../src/probe/settle.js';

interface Trial {
  readonly answer: Settlement;
  /** The kinds that came, in order. */
  readonly asked: readonly AnswerKind[];
  /** Milliseconds on the virtual clock. */
  readonly elapsed: number;
  readonly waits: readonly number[];
}

interface Setting {
  readonly settling?: boolean;
  readonly timeoutMs?: number;
  /** How long an answer takes. */
  readonly answerMs?: number;
  readonly random?: number;
  readonly isAlike?: boolean;
}

/** Asks an endpoint that gives each answer in turn and then the last one for ever. */
async function ask(
  answers: readonly [AnswerKind, ...AnswerKind[]],
  {
    settling = false,
    timeoutMs = 90_000,
    answerMs = 10,
    random = 0.5,
    isAlike = false,
  }: Setting = {},
): Promise<Trial> {
  const asked: AnswerKind[] = [];
  const waits: number[] = [];
  let clock = 1_000_000;
  const start = clock;
  const answer = await settle(
    async () => {
      clock += answerMs;
      const kind = answers[asked.length] ?? answers.at(-1) ?? answers[0];
      asked.push(kind);
      if (asked.length > 10_000) throw new Error('asked without end');
      return { kind, status: 403, detail: `answer ${asked.length}` };
    },
    (kind) => kind === 'missing-token',
    {
      settling,
      isAlike,
      deadlineMs: start + timeoutMs,
      now: () => clock,
      sleep: async (ms) => {
        waits.push(ms);
        clock += ms;
      },
      random: () => random,
    },
  );
  return { answer, asked, elapsed: clock - start, waits };
}

test('requests that are lost after one that was let in are told beside it', async () => {
  const { answer } = await ask(['accepted', 'unreachable']);
  expect(answer.kind).toBe('unreachable');
  expect(isLetIn({ ...answer, sentAs: 'GET' })).toBe(true);
});

describe('credentials that fail', () => {
  test('once contradict no answer of the endpoint', async () => {
    const { answer } = await ask(['accepted', 'no-credentials', 'accepted']);
    expect(answer).toMatchObject({ kind: 'accepted', settled: true });
  });

  test('for good are why nothing more was answered', async () => {
    const { answer, asked } = await ask(['accepted', 'no-credentials']);
    expect(answer).toMatchObject({ kind: 'no-credentials', settled: true });
    expect(asked).toHaveLength(4);
  });
});

describe('a stage that settles and falls back from the wanted answer', () => {
  const relapsing = { settling: true } as const;

  test('is believed once the wanted answer came twenty times in a row, asked without growing waits', async () => {
    const { answer, asked, waits } = await ask(
      ['accepted', 'missing-token', 'accepted', 'missing-token'],
      relapsing,
    );
    expect(answer).toMatchObject({ kind: 'missing-token', settled: true });
    expect(asked).toHaveLength(23);
    expect(Math.max(...waits)).toBeLessThan(200);
  });

  test('is not believed where it falls back again and again, three in a row notwithstanding', async () => {
    const round = ['missing-token', 'missing-token', 'missing-token', 'accepted'] as const;
    const { answer } = await ask(
      ['missing-token', 'accepted', ...Array.from({ length: 2000 }, () => round).flat()],
      { ...relapsing, timeoutMs: 20_000 },
    );
    expect(answer.settled).toBe(false);
  });

  test('is believed after seven where what came between says nothing of it', async () => {
    for (const between of ['throttled', 'unreachable'] as const) {
      const { asked } = await ask(['missing-token', between, 'missing-token'], relapsing);
      expect(asked).toHaveLength(9);
    }
  });

  test.each([
    [1, 20],
    [3, 40],
    [5, 60],
    [6, 70],
  ])('once in so many (%s) takes %s in a row', async (before, needed) => {
    const wanted = Array.from({ length: before }, (): AnswerKind => 'missing-token');
    const { answer, asked } = await ask(
      ['missing-token', ...wanted.slice(1), 'accepted', 'missing-token'],
      relapsing,
    );
    expect(asked).toHaveLength(before + 1 + needed);
    expect(answer).toMatchObject({ kind: 'missing-token', settled: true });
  });

  test('takes no more than a hundred', async () => {
    const wanted = (times: number) =>
      Array.from({ length: times }, (): AnswerKind => 'missing-token');
    const before: AnswerKind[] = [...wanted(5), 'accepted', ...wanted(60), 'accepted'];
    const { answer, asked } = await ask(['missing-token', ...before, 'missing-token'], relapsing);
    expect(answer).toMatchObject({ kind: 'missing-token', settled: true });
    expect(asked).toHaveLength(1 + before.length + 100);
  });

  test('has what it fell back to after three, when the time is over', async () => {
    const { answer } = await ask(['missing-token', 'accepted'], {
      ...relapsing,
      timeoutMs: 5000,
    });
    expect(answer).toMatchObject({ kind: 'accepted', settled: true });
  });
});

describe('at rest', () => {
  test.each<AnswerKind>(['missing-token', 'accepted', 'forbidden', 'unreachable'])(
    'three answers that agree are believed: %s',
    async (kind) => {
      const { answer, asked, elapsed } = await ask([kind]);
      expect(answer).toMatchObject({ kind, settled: true, detail: 'answer 3' });
      expect([...answer.seen]).toEqual([[kind, 3]]);
      expect(asked).toHaveLength(3);
      expect(elapsed).toBeLessThan(1000);
    },
  );

  test('an endpoint that changes its mind once is not believed', async () => {
    const { answer, asked } = await ask(['accepted', 'missing-token']);
    expect(answer).toMatchObject({ kind: 'missing-token', settled: false });
    expect([...answer.seen]).toEqual([
      ['accepted', 1],
      ['missing-token', 11],
    ]);
    expect(asked).toHaveLength(12);
  });

  test('an endpoint that flaps without end is asked twelve times', async () => {
    const { answer, asked } = await ask([
      'accepted',
      'missing-token',
      'accepted',
      'missing-token',
      'accepted',
      'missing-token',
      'accepted',
    ]);
    expect(answer.settled).toBe(false);
    expect(asked).toHaveLength(12);
  });

  test('throttling is waited out and is no change of mind', async () => {
    const { answer, asked } = await ask([
      'throttled',
      'throttled',
      'throttled',
      'throttled',
      'missing-token',
    ]);
    expect(answer).toMatchObject({ kind: 'missing-token', settled: true });
    expect(asked).toHaveLength(7);
  });

  test('throttling in between starts the count again', async () => {
    const { answer, asked } = await ask([
      'missing-token',
      'missing-token',
      'throttled',
      'missing-token',
    ]);
    expect(answer).toMatchObject({ kind: 'missing-token', settled: true });
    expect(asked).toHaveLength(6);
  });

  test('throttling does not hide a change of mind', async () => {
    const { answer } = await ask(['accepted', 'throttled', 'missing-token']);
    expect(answer.settled).toBe(false);
    expect(answer.seen.get('accepted')).toBe(1);
  });

  test('throttling to the end is what was seen, when time is up', async () => {
    const { answer, elapsed } = await ask(['throttled'], { timeoutMs: 60_000 });
    expect(answer.kind).toBe('throttled');
    expect(elapsed).toBeGreaterThanOrEqual(60_000);
    expect(elapsed).toBeLessThan(61_000);
  });
});

describe('while a stage settles', () => {
  test('the wanted answer is waited for', async () => {
    const old = Array.from({ length: 9 }, (): AnswerKind => 'accepted');
    const { answer, asked } = await ask(['accepted', ...old, 'missing-token'], { settling: true });
    expect(answer).toMatchObject({ kind: 'missing-token', settled: true });
    expect(answer.seen.get('accepted')).toBe(10);
    expect(asked).toHaveLength(17);
  });

  test('three wanted answers are enough of what the change left as it was, and a relapse takes more', async () => {
    const alike = { settling: true, isAlike: true };
    expect((await ask(['missing-token'], alike)).asked).toHaveLength(3);
    const { answer, asked } = await ask(['missing-token', 'accepted', 'missing-token'], alike);
    expect(answer).toMatchObject({ kind: 'missing-token', settled: true });
    expect(asked).toHaveLength(22);
  });

  test('a wanted answer that is taken back is not believed yet', async () => {
    const { answer, asked } = await ask(
      ['missing-token', 'missing-token', 'accepted', 'missing-token', 'accepted', 'missing-token'],
      { settling: true },
    );
    expect(answer).toMatchObject({ kind: 'missing-token', settled: true });
    expect(asked).toHaveLength(30);
  });

  test('an answer that nobody wanted is believed when time is up, and not before', async () => {
    const { answer, elapsed } = await ask(['accepted'], { settling: true, timeoutMs: 30_000 });
    expect(answer).toMatchObject({ kind: 'accepted', settled: true });
    expect(elapsed).toBeGreaterThanOrEqual(30_000);
    expect(elapsed).toBeLessThan(31_000);
  });

  test('waits grow to seconds, and none goes far beyond the deadline', async () => {
    const { waits, elapsed } = await ask(['accepted'], {
      settling: true,
      timeoutMs: 60_000,
      random: 1,
    });
    expect(Math.max(...waits)).toBeGreaterThan(4000);
    expect(Math.max(...waits)).toBeLessThanOrEqual(6250);
    expect(waits.length).toBeLessThan(40);
    expect(elapsed).toBeLessThan(60_100);
  });
});

describe('with no time', () => {
  test.each([false, true])(
    'three answers are asked for all the same (settling: %s)',
    async (settling) => {
      const { answer, asked, waits } = await ask(['accepted'], { settling, timeoutMs: 0 });
      expect(answer).toMatchObject({ kind: 'accepted', settled: true });
      expect(asked).toHaveLength(3);
      expect(waits).toEqual([]);
    },
  );

  test('answers that do not agree are not believed', async () => {
    const { answer, asked } = await ask(['missing-token', 'accepted', 'missing-token'], {
      settling: true,
      timeoutMs: 0,
    });
    expect(answer.settled).toBe(false);
    expect(asked).toHaveLength(3);
  });

  test.each([false, true])(
    'a lost request is asked again, as long as what was answered agrees (settling: %s)',
    async (settling) => {
      const lost = await ask(['unreachable', 'accepted'], { settling, timeoutMs: 0 });
      expect(lost.answer).toMatchObject({ kind: 'accepted', settled: true });
      expect(lost.asked).toHaveLength(4);
      const contradicted = await ask(['unreachable', 'accepted', 'missing-token'], {
        settling: true,
        timeoutMs: 0,
      });
      expect(contradicted.answer.settled).toBe(false);
      expect(contradicted.asked).toHaveLength(3);
      const nobody = await ask(['unreachable'], { settling, timeoutMs: 0 });
      expect(nobody.asked).toHaveLength(3);
    },
  );

  test.each([1, 3, 4, 6])(
    'a request that is lost behind %s answers is asked again',
    async (before) => {
      const wanted = Array.from({ length: before }, (): AnswerKind => 'missing-token');
      const first = wanted[0] ?? 'missing-token';
      const lost = [first, ...wanted.slice(1), 'unreachable', 'missing-token'] as const;
      const { answer, asked } = await ask([...lost], { settling: true, timeoutMs: 0 });
      expect(answer).toMatchObject({ kind: 'missing-token', settled: true });
      expect(asked).toHaveLength(before + 1 + 7);
      const gone = await ask([first, ...wanted.slice(1), 'unreachable'], {
        settling: true,
        timeoutMs: 0,
      });
      expect(gone.answer.kind).toBe('unreachable');
      expect(gone.asked.length).toBeLessThanOrEqual(before + 3);
    },
  );

  test('slow answers end the wait, too', async () => {
    const { answer, asked } = await ask(['accepted'], {
      settling: true,
      answerMs: 10_000,
      timeoutMs: 20_000,
    });
    expect(answer.settled).toBe(true);
    expect(asked).toHaveLength(3);
  });
});

/** Numbers that look like chance and are the same every time (mulberry32). */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

describe('a stage of which some servers have not changed', () => {
  /** How often the wanted answer is believed, of as many trials, though a share of them answers otherwise. */
  async function believed(share: number, trials: number, timeoutMs: number): Promise<number> {
    const random = chance(2026);
    let times = 0;
    for (let trial = 0; trial < trials; trial += 1) {
      let clock = 0;
      const answer = await settle(
        async () => {
          clock += 60;
          const kind = random() < share ? 'accepted' : 'missing-token';
          return { kind, status: 403, detail: '' };
        },
        (kind) => kind === 'missing-token',
        {
          settling: true,
          deadlineMs: timeoutMs,
          now: () => clock,
          sleep: async (ms) => {
            clock += ms;
          },
          random,
        },
      );
      if (answer.settled && answer.kind === 'missing-token') times += 1;
    }
    return times;
  }

  test.each([0, 5_000, 85_000])(
    'if it is half of them, one probe of 50 is deceived at most (%s ms)',
    async (timeoutMs) => {
      expect(await believed(0.5, 2_000, timeoutMs)).toBeLessThanOrEqual(40);
    },
  );

  test('if it is a quarter, most probes see it, however long they try', async () => {
    expect(await believed(0.25, 200, 85_000)).toBeLessThanOrEqual(48);
  });
});

describe('whatever an endpoint answers', () => {
  const kind = fc.constantFrom<AnswerKind>('missing-token', 'accepted', 'throttled', 'unreachable');
  const answers = fc
    .tuple(kind, fc.array(kind, { maxLength: 40 }))
    .map(([first, rest]): [AnswerKind, ...AnswerKind[]] => [first, ...rest]);
  const setting = fc.record({
    settling: fc.boolean(),
    timeoutMs: fc.constantFrom(0, 1, 500, 5_000, 90_000),
    answerMs: fc.constantFrom(0, 10, 3_000),
    random: fc.constantFrom(0, 0.5, 0.999),
  });

  test('settled is said only where enough of the last agreed, and all that came is counted', async () => {
    await fc.assert(
      fc.asyncProperty(answers, setting, async (given, how) => {
        const { answer, asked } = await ask(given, how);
        expect(answer.kind).toBe(asked.at(-1));
        expect([...answer.seen.values()].reduce((sum, count) => sum + count, 0)).toBe(asked.length);
        expect(new Set(asked)).toEqual(new Set(answer.seen.keys()));
        if (!answer.settled) return;
        const needed = how.settling && answer.kind === 'missing-token' ? 7 : 3;
        const last = asked.slice(-needed).map((kind) => isSameAnswer(kind, answer.kind));
        expect(last).toEqual(Array.from({ length: needed }, () => true));
        if (!how.settling) expect(isContradictory(answer.seen)).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  test('it ends soon after the deadline', async () => {
    await fc.assert(
      fc.asyncProperty(answers, setting, async (given, how) => {
        const { elapsed } = await ask(given, how);
        // Seven that agree, begun anew by each of the two requests that may be lost.
        expect(elapsed).toBeLessThanOrEqual(how.timeoutMs + 3 * 7 * how.answerMs + 1);
      }),
      { numRuns: 500 },
    );
  });
});

describe('when the time of the whole test is over', () => {
  test('nothing more is asked, and what was seen before is no answer that settled', async () => {
    const { answer, asked } = await ask(['missing-token', 'missing-token', 'out-of-time']);
    expect(asked).toHaveLength(3);
    expect(answer).toMatchObject({ kind: 'out-of-time', settled: false });
    expect([...answer.seen]).toEqual([
      ['missing-token', 2],
      ['out-of-time', 1],
    ]);
  });

  test('before it began, that is all that is said', async () => {
    const { answer, asked } = await ask(['out-of-time'], { settling: true });
    expect(asked).toHaveLength(1);
    expect(answer).toMatchObject({ kind: 'out-of-time', settled: true });
  });

  test('it contradicts nothing', () => {
    expect(
      isContradictory(
        new Map([
          ['missing-token', 3],
          ['out-of-time', 1],
        ]),
      ),
    ).toBe(false);
  });
});
