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
  /** Methods of the stage that are asked, this one among them: the same servers answer for all of them. */
  readonly methods: number;
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
 * So many where a stage that settles gives the wanted answer: servers that have not changed yet answer, too. If
 * half of them have not, three in a row come first in one of four times, and ten in one of 512; for a method to
 * be taken for protected, ten must come to the unsigned and to the tampered request, which is one of 260,000.
 *
 * They are divided by the methods of the stage. Whichever of those is believed first, the stage is believed
 * with the last of them, and all that was answered until then came from servers that had changed.
 */
const AGREEING_WHILE_SETTLING = 10;
/**
 * So many at least, and at most, where the wanted answer was followed by another one, so that the servers are
 * known to differ. There is time for many attempts then. The rarer the other answers were, the more are needed:
 * where a share s of the servers has not changed, 10 / s wanted answers in a row come once in 20,000 attempts.
 */
const AGREEING_AFTER_RELAPSE = { least: 20, most: 100, overShare: 10 };
/** A stage that nobody changed and that still flips so often will not settle. */
const MOST_ASKS_AT_REST = 12;
const FIRST_WAIT_MS = 100;
/** Between answers that agree already: their number counts, and each comes over a connection of its own. */
const WAIT_WHEN_AGREEING_MS = 50;
const LONGEST_WAIT_MS = 5_000;

/**
 * Asks until three answers in a row agree; while a stage settles, until ten wanted ones do, fewer where it has
 * more methods, or at least twenty where it fell back from the wanted answer to another one, or until waiting
 * is over. An endpoint at rest that
 * gives the same answer every time is asked without a pause.
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
  // From the first wanted answer on.
  let answered = 0;
  let unwanted = 0;
  let relapse: Relapse | null = null;
  for (let asks = 1; ; asks += 1) {
    const answer = await ask();
    agreeing = last !== null && isSameAnswer(answer.kind, last) ? agreeing + 1 : 1;
    last = answer.kind;
    seen.set(answer.kind, (seen.get(answer.kind) ?? 0) + 1);
    // Where it is all that there is, it is as good as agreed on.
    if (answer.kind === 'out-of-time') return { ...answer, settled: seen.size === 1, seen };

    if (saysSomething(answer.kind) && (answered > 0 || isWanted(answer.kind))) {
      answered += 1;
      unwanted += isWanted(answer.kind) ? 0 : 1;
      if (!isWanted(answer.kind)) relapse = { answered, unwanted };
    }
    const needed = neededOf(isWanted(answer.kind), relapse, patience);
    const agreed = agreeing >= needed;
    const isFinal = isWanted(answer.kind) || (!patience.settling && answer.kind !== 'throttled');
    // At rest an endpoint has no reason to change its mind: an answer that was seen once counts.
    const flipped = !patience.settling && isContradictory(seen);
    if (agreed && isFinal && !flipped) return { ...answer, settled: true, seen };
    if (flipped && asks >= MOST_ASKS_AT_REST) return { ...answer, settled: false, seen };
    // With no time left, ask on without waiting until enough agree or cannot any more.
    const isOver = patience.now() >= patience.deadlineMs;
    const isOnItsWay =
      patience.settling &&
      isWanted(answer.kind) &&
      relapse === null &&
      (agreeing >= AGREEING || !isContradictory(seen));
    const mayAgree = isOnItsWay || mayYetAgree(answer.kind, seen, agreeing, asks);
    if (isOver && asks >= AGREEING && !mayAgree) {
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

/** What an endpoint fell back to, from the first wanted answer to the last one that was not. */
interface Relapse {
  readonly answered: number;
  readonly unwanted: number;
}

/** How many answers in a row must agree. */
function neededOf(isWanted: boolean, relapse: Relapse | null, patience: Patience): number {
  if (!patience.settling || !isWanted) return AGREEING;
  if (relapse === null) {
    return Math.max(AGREEING, Math.ceil(AGREEING_WHILE_SETTLING / patience.methods));
  }
  const { least, most, overShare } = AGREEING_AFTER_RELAPSE;
  const needed = Math.ceil((overShare * relapse.answered) / relapse.unwanted);
  return Math.min(most, Math.max(least, needed));
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
  const grown = isAgreeing ? WAIT_WHEN_AGREEING_MS : FIRST_WAIT_MS * 2 ** Math.min(asks, 6);
  return Math.min(grown, LONGEST_WAIT_MS) * (0.75 + random() / 2);
}
