import {
  type AnswerKind,
  isContradictory,
  isSameAnswer,
  isWithoutAnswer,
  type ProbeAnswer,
  type SettledAnswer,
  saysSomething,
} from './answer.js';

/** How long and how patiently a probe asks. */
export interface Patience {
  /**
   * The stage was changed moments ago. There is no documented bound for a deployment to reach every
   * server, and an endpoint can answer 200, then 403 again, before it settles: so the wanted answer
   * is waited for until the deadline.
   */
  readonly settling: boolean;
  /** Time on the clock of `now`, in milliseconds, after which no further wait begins. */
  readonly deadlineMs: number;
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  /** 0 <= n < 1. */
  readonly random: () => number;
}

/** What a probe came to, whatever was sent. */
export type Settlement = Omit<SettledAnswer, 'sentAs'>;

/** Consecutive answers that must agree before one is believed. */
const AGREEING = 3;
/**
 * As many where a stage that settles gave the wanted answer and then another one: servers that have not
 * changed yet answer, too, and where half of them have not, three in a row come by chance within a second.
 * So many in a row come once in a million times.
 */
const AGREEING_AFTER_RELAPSE = 20;
/** A stage that nobody changed and that still flips so often will not settle. */
const MOST_ASKS_AT_REST = 12;
const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 5_000;

/**
 * Asks until three answers in a row agree and the answer is the wanted one, or waiting is over; until twenty
 * do where a stage that settles fell back from the wanted answer to another one. An endpoint at rest that gives the same answer every time is asked without a pause.
 *
 * @param isWanted whether a kind of answer is what is hoped for; others are waited out while the
 *   stage settles. Throttling is always waited out.
 */
export async function settle(
  ask: () => Promise<ProbeAnswer>,
  isWanted: (kind: AnswerKind) => boolean,
  patience: Patience,
): Promise<Settlement> {
  const seen = new Map<AnswerKind, number>();
  let agreeing = 0;
  let last: AnswerKind | null = null;
  let wasWanted = false;
  let hasRelapsed = false;
  for (let asks = 1; ; asks += 1) {
    const answer = await ask();
    agreeing = last !== null && isSameAnswer(answer.kind, last) ? agreeing + 1 : 1;
    last = answer.kind;
    seen.set(answer.kind, (seen.get(answer.kind) ?? 0) + 1);
    // Where it is all that there is, it is as good as agreed on.
    if (answer.kind === 'out-of-time') return { ...answer, settled: seen.size === 1, seen };

    hasRelapsed ||=
      patience.settling && wasWanted && saysSomething(answer.kind) && !isWanted(answer.kind);
    wasWanted ||= isWanted(answer.kind);
    const needed = hasRelapsed && isWanted(answer.kind) ? AGREEING_AFTER_RELAPSE : AGREEING;
    const agreed = agreeing >= needed;
    const isFinal = isWanted(answer.kind) || (!patience.settling && answer.kind !== 'throttled');
    // At rest an endpoint has no reason to change its mind: an answer that was seen once counts.
    const flipped = !patience.settling && isContradictory(seen);
    if (agreed && isFinal && !flipped) return { ...answer, settled: true, seen };
    if (flipped && asks >= MOST_ASKS_AT_REST) return { ...answer, settled: false, seen };
    // With no time left, ask on without waiting until three agree or cannot any more.
    const isOver = patience.now() >= patience.deadlineMs;
    if (isOver && asks >= AGREEING && !mayYetAgree(answer.kind, seen, agreeing, asks)) {
      const hidesAnother = answer.kind === 'throttled' && seen.size > 1;
      return { ...answer, settled: agreed && !flipped && !hidesAnother, seen };
    }
    const isSteady = isFinal && agreeing === asks && !patience.settling;
    if (!isOver && !isSteady) {
      const remainingMs = patience.deadlineMs - patience.now();
      const waitMs = waitBefore(asks, agreeing < needed, patience.random);
      await patience.sleep(Math.min(waitMs, remainingMs));
    }
  }
}

/**
 * Whether what was answered agrees, and only lost requests keep it from being three in a row: a kept
 * connection that the other side closed at that moment says nothing of the endpoint.
 */
function mayYetAgree(
  kind: AnswerKind,
  seen: ReadonlyMap<AnswerKind, number>,
  agreeing: number,
  asks: number,
): boolean {
  const isLost = [...seen.keys()].some((it) => isWithoutAnswer(it));
  const isAgreed = agreeing >= AGREEING || isContradictory(seen) || seen.has('throttled');
  return isLost && !isAgreed && saysSomething(kind) && asks < 2 * AGREEING;
}

/** Agreeing answers are asked for quickly; a wait for a change grows. */
function waitBefore(asks: number, isAgreeing: boolean, random: () => number): number {
  const grown = isAgreeing ? FIRST_WAIT_MS : FIRST_WAIT_MS * 2 ** Math.min(asks, 6);
  return Math.min(grown, LONGEST_WAIT_MS) * (0.75 + random() / 2);
}
