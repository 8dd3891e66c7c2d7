import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { AnswerKind, ProbeAnswer } from '../../../src/probe/answer.js';
import { meetBothDeployments, planCanary } from '../../../src/probe/canary.js';

describe('how often a stage with a canary is asked', () => {
  test.each([
    [10, 66],
    [90, 66],
    [50, 10],
    [30, 20],
    [70, 20],
    [99, 688],
    [1, 688],
  ])('of %f %% is so often that either deployment has answered: %i', (percent, asks) => {
    expect(planCanary(percent).asks).toBe(asks);
  });

  test.each([0, 100])('of %i %% is no matter: one of the two gets nothing', (percent) => {
    expect(planCanary(percent)).toEqual({ asks: 0, methods: Number.POSITIVE_INFINITY });
  });

  test.each([0.1, 0.5, 99.5, 99.99])('of %f %% would be more than anybody is sent', (percent) => {
    expect(planCanary(percent).methods).toBe(0);
  });

  test('makes a miss of the smaller share less likely than one in a thousand, and no less so than it must', () => {
    fc.assert(
      fc.property(fc.double({ min: 1, max: 99, noNaN: true }), (percent) => {
        const { asks, methods } = planCanary(percent);
        const smaller = Math.min(percent, 100 - percent) / 100;
        expect((1 - smaller) ** asks).toBeLessThanOrEqual(0.001 * (1 + 1e-9));
        expect((1 - smaller) ** (asks - 1)).toBeGreaterThan(0.001 * (1 - 1e-9));
        expect(methods * asks).toBeLessThanOrEqual(5_000);
        expect(methods).toBeGreaterThan(0);
      }),
    );
  });
});

describe('asking on', () => {
  const answer = (kind: AnswerKind): ProbeAnswer => ({ kind, status: 403, detail: '' });
  const settlement = {
    ...answer('missing-token'),
    settled: true,
    seen: new Map<AnswerKind, number>([
      ['accepted', 5],
      ['missing-token', 3],
    ]),
  };

  test('counts what was seen since the stage settled, and no more', async () => {
    let asked = 0;
    const ask = async (): Promise<ProbeAnswer> => {
      asked += 1;
      return answer('missing-token');
    };
    const { met, settlement: after } = await meetBothDeployments(ask, settlement, 10);
    expect([asked, met, after.settled]).toEqual([7, true, true]);
    expect([...after.seen]).toEqual([['missing-token', 10]]);
  });

  test.each<AnswerKind>(['throttled', 'unreachable', 'out-of-time'])(
    'does not take %s for an answer of either deployment',
    async (kind) => {
      const { met, settlement: after } = await meetBothDeployments(
        async () => answer(kind),
        settlement,
        10,
      );
      expect([met, after.settled]).toEqual([false, true]);
    },
  );

  test('takes one answer that contradicts the others for the other deployment', async () => {
    let asked = 0;
    const { settlement: after } = await meetBothDeployments(
      async () => {
        asked += 1;
        return answer(asked === 4 ? 'accepted' : 'missing-token');
      },
      settlement,
      10,
    );
    expect(after).toMatchObject({ kind: 'accepted', settled: false });
  });

  test('is not begun where nothing had settled', async () => {
    const unsettledYet = { ...settlement, settled: false };
    const ask = async (): Promise<ProbeAnswer> => {
      throw new Error('nobody asks');
    };
    expect(await meetBothDeployments(ask, unsettledYet, 10)).toEqual({
      settlement: unsettledYet,
      met: false,
    });
  });
});
