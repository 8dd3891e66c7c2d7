import pLimit from 'p-limit';
import { isSameAnswer, type ProbeAnswer, saysSomething } from './answer.js';
import type { Settlement } from './settle.js';

/** A miss of the smaller share of the traffic is to be less likely than this. */
const MISS_PROBABILITY = 1 / 1_000;
/** A share below one percent would take more requests a method than anybody should be sent. */
const MOST_ASKS_OF_A_METHOD = 700;
/** So many are asked for over all methods of one stage; what is left over is not looked for. */
const MOST_ASKS_OF_A_STAGE = 5_000;
const ASKED_TOGETHER = 3;

/** How often each of a stage's methods is asked so that both of its deployments have answered. */
export interface CanaryPlan {
  /** 0 where one deployment gets all of the traffic. */
  readonly asks: number;
  /** Of the stage's methods, in order, so many are asked so often. */
  readonly methods: number;
}

/**
 * Plans the asking of a stage with a canary. Requests go to either deployment at random by the
 * canary's share (API Gateway Developer Guide, "Set up an API Gateway canary release deployment"), so
 * that n requests miss the smaller share s with probability (1 - s)^n.
 *
 * @param percentTraffic the canary's share, 0 to 100.
 */
export function planCanary(percentTraffic: number): CanaryPlan {
  const smaller = Math.min(percentTraffic, 100 - percentTraffic) / 100;
  if (!(smaller > 0)) return { asks: 0, methods: Number.POSITIVE_INFINITY };
  const asks = Math.ceil(Math.log(MISS_PROBABILITY) / Math.log(1 - smaller));
  if (asks > MOST_ASKS_OF_A_METHOD) return { asks, methods: 0 };
  return { asks, methods: Math.floor(MOST_ASKS_OF_A_STAGE / asks) };
}

/** An answer that was asked for often enough to meet both deployments, or was not. */
export interface CanaryAnswer {
  readonly settlement: Settlement;
  readonly met: boolean;
}

/**
 * Asks on after an answer has settled, until it was answered `asks` times. An answer that contradicts
 * the others is the other deployment's, and unsettles what was settled.
 */
export async function meetBothDeployments(
  ask: () => Promise<ProbeAnswer>,
  settled: Settlement,
  asks: number,
): Promise<CanaryAnswer> {
  if (!settled.settled) return { settlement: settled, met: false };
  // What was seen while the stage settled says nothing of a canary.
  const before = settled.seen.get(settled.kind) ?? 0;
  const seen = new Map([[settled.kind, before]]);
  const limit = pLimit(ASKED_TOGETHER);
  const more = Array.from({ length: Math.max(0, asks - before) }, () => limit(ask));
  const answers = await Promise.all(more);
  for (const { kind } of answers) seen.set(kind, (seen.get(kind) ?? 0) + 1);
  const answered = [...seen].reduce(
    (sum, [kind, times]) => sum + (saysSomething(kind) ? times : 0),
    0,
  );
  const other = answers.find(
    ({ kind }) => saysSomething(kind) && !isSameAnswer(kind, settled.kind),
  );
  return {
    settlement: other === undefined ? { ...settled, seen } : { ...other, settled: false, seen },
    met: answered >= asks,
  };
}
