import { compareTexts } from '../model/compare-texts.js';

/** Targets of a shard where nobody says how many shards there are to be. */
const TARGETS_A_SHARD = 50;

/** A matrix has at most so many jobs (GitHub Docs, "Actions limits"). */
export const MAX_SHARDS = 256;

/** What it takes to read a target without an API, and of which nobody knows how many it has, in APIs. */
const BESIDES = 1;
const UNKNOWN = 3;

/** What is spread over shards. */
export interface Load {
  readonly id: string;
  readonly account: string;
  /** APIs that the last audit found there; `null` where nobody knows. */
  readonly apisLastTime: number | null;
}

/** How many shards a number of targets takes where nobody says. */
export function shardsFor(targets: number): number {
  return Math.min(MAX_SHARDS, Math.max(1, Math.ceil(targets / TARGETS_A_SHARD)));
}

/**
 * Spreads targets over shards: the largest account goes first, each to the shard that has least to do
 * (Graham, "Bounds on Multiprocessing Timing Anomalies", 1969: at most 4/3 of the best). An account's
 * regions stay together, since its role is assumed once a shard; within a shard the largest target comes
 * first, so that none is begun last that takes longest. No shard is empty.
 *
 * @returns ids by shard, `000` and on.
 */
export function spread(
  targets: readonly Load[],
  shards: number,
): Readonly<Record<string, readonly string[]>> {
  const accounts = [...Map.groupBy(targets, ({ account }) => account)]
    .map(([account, own]) => ({ account, own, weight: weightOf(own) }))
    .toSorted((a, b) => b.weight - a.weight || compareTexts(a.account, b.account));
  const number = Math.min(Math.max(1, shards), MAX_SHARDS, accounts.length);
  const bins = Array.from({ length: number }, (): { weight: number; own: Load[] } => ({
    weight: 0,
    own: [],
  }));
  for (const { own, weight } of accounts) {
    const least = bins.reduce((a, b) => (b.weight < a.weight ? b : a));
    least.weight += weight;
    least.own.push(...own);
  }
  return Object.fromEntries(
    bins.map(({ own }, index) => [
      String(index).padStart(3, '0'),
      own
        .toSorted((a, b) => weightOf([b]) - weightOf([a]) || compareTexts(a.id, b.id))
        .map(({ id }) => id),
    ]),
  );
}

function weightOf(targets: readonly Load[]): number {
  return targets.reduce((sum, { apisLastTime }) => sum + BESIDES + (apisLastTime ?? UNKNOWN), 0);
}
