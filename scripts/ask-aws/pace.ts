import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer } from './endpoint.js';

/** The person asked for an end. */
export class Stopped extends Error {
  override readonly name = 'Stopped';
  constructor() {
    super('stopped');
  }
}

/** A change reaches endpoints late, and not all of them at once. */
export interface Pace {
  readonly patienceMs: number;
  readonly pauseMs: number;
  readonly signal: AbortSignal;
  readonly say: (text: string) => void;
}

/** An answer, and whether it came this often in a row. */
export interface Steady {
  readonly answer: Answer;
  readonly isSteady: boolean;
}

/** So often in a row an answer must come before it counts. */
const IN_A_ROW = 3;
/** After this, the person is told what is being waited for. */
const SAY_AFTER_MS = 5_000;

/**
 * Asks until the same status has come several times in a row, and is one that may be waited for; at the
 * latest until the patience is at its end.
 *
 * @param isExpected `undefined`: whatever is stable counts.
 */
export async function steady(
  ask: () => Promise<Answer>,
  { patienceMs, pauseMs, signal, say }: Pace,
  what: string,
  isExpected: (answer: Answer) => boolean = ({ status }) => status !== 0,
): Promise<Steady> {
  const started = performance.now();
  let inARow = 0;
  let before: number | undefined;
  let wasSaid = false;
  for (;;) {
    if (signal.aborted) throw new Stopped();
    const answer = await ask();
    inARow = !isExpected(answer) ? 0 : answer.status === before ? inARow + 1 : 1;
    before = answer.status;
    if (inARow >= IN_A_ROW) return { answer, isSteady: true };
    const waited = performance.now() - started;
    if (waited >= patienceMs) return { answer, isSteady: false };
    if (!wasSaid && waited > SAY_AFTER_MS) {
      say(`    waiting until this is stable: ${what} (now ${answer.status || 'no answer'})`);
      wasSaid = true;
    }
    await sleep(pauseMs, undefined, { signal }).catch(() => {
      throw new Stopped();
    });
  }
}
