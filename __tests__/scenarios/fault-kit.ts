import type { FaultEffect, LoggedRequest } from '../../emulator/faults.js';
import type { Emulator } from '../../emulator/server.js';

/** The journal of a run that left nothing to its post step. */
export const IS_ENDED = /"record":"end"[^\n]*\n$/;

/** What happens to a call that changes something. */
export const EFFECTS: Readonly<Record<string, FaultEffect>> = {
  '429': { kind: 'answer', status: 429, retryAfterSeconds: 1 },
  '409': { kind: 'answer', status: 409 },
  '500': { kind: 'answer', status: 500 },
  'reset after it was applied': { kind: 'reset-after' },
  'a truncated answer': { kind: 'truncate' },
};

/** A fault of a matrix that lasts: all attempts that AWS_MAX_ATTEMPTS leaves are used up. */
export interface LastingFault {
  readonly name: string;
  /** Which of the run's control-plane calls it happens to. */
  readonly index: number;
  readonly effect: FaultEffect;
}

/** The fault happens to the call of this index, and to its repetition. */
export function injectLasting(emulator: Emulator, { index, effect }: LastingFault): void {
  let seen = -1;
  let hit: string | null = null;
  const where = ({ plane, method, path, query, body }: LoggedRequest): boolean => {
    if (plane !== 'control') return false;
    const request = JSON.stringify([method, path, query, body]);
    seen += 1;
    if (hit === null && seen === index) hit = request;
    return seen >= index && hit === request;
  };
  emulator.injectFault({ operation: '*', where, times: 2, effect });
}

/** Faults of one run, each of which happens once, so that the next attempt succeeds. */
export interface Round {
  readonly name: string;
  readonly faults: readonly PassingFault[];
}

export interface PassingFault {
  /** As in {@link callsOf}. */
  readonly call: string;
  readonly what: string;
  readonly effect: FaultEffect;
}

/**
 * As many rounds as there are effects: each fails all calls, neighbours in different ways, and all rounds
 * together each call in every way.
 */
export function roundsOf(calls: readonly LoggedRequest[], from: number, to?: number): Round[] {
  const effects = Object.entries(EFFECTS);
  const names = callsOf(calls).slice(from, to);
  return effects.map((_, round) => ({
    name: `round ${round + 1} of faults that pass`,
    faults: names.flatMap((call, index) => {
      const [what, effect] = effects[(index + round) % effects.length] ?? [];
      return what === undefined || effect === undefined ? [] : [{ call, what, effect }];
    }),
  }));
}

/**
 * The faults of a round happen to their calls, each once.
 *
 * @returns those that have not happened yet: none is left when a run that calls as the clean one does
 *   has ended.
 */
export function injectRound(emulator: Emulator, { faults }: Round): () => readonly PassingFault[] {
  const open = new Set(faults);
  const count = counter();
  const toBeRepeated = new Set<string>();
  let now: PassingFault | undefined;
  const take = (request: LoggedRequest): PassingFault | undefined => {
    if (request.plane !== 'control') return undefined;
    const kind = kindOf(request);
    if (toBeRepeated.delete(kind)) return undefined;
    const call = count(kind);
    const fault = [...open].find((it) => it.call === call);
    if (fault !== undefined) {
      open.delete(fault);
      toBeRepeated.add(kind);
    }
    return fault;
  };
  // The first of the faults is asked for every request, and remembers what it found for the others.
  const wheres = Object.values(EFFECTS).map((effect, index) => ({
    effect,
    where: (request: LoggedRequest): boolean => {
      if (index === 0) now = take(request);
      return now?.effect === effect;
    },
  }));
  for (const { effect, where } of wheres) emulator.injectFault({ operation: '*', where, effect });
  return () => [...open];
}

/** Calls by what they ask for and how often that was asked for before, so that runs can be compared. */
function callsOf(calls: readonly LoggedRequest[]): string[] {
  const count = counter();
  return calls.map((call) => count(kindOf(call)));
}

function kindOf({ operation, path, query }: LoggedRequest): string {
  // A new deployment has another id in every run.
  return [operation, path.replace(/\/deployments\/[^/]+/, '/deployments/ID'), query].join(' ');
}

function counter(): (kind: string) => string {
  const counts = new Map<string, number>();
  return (kind) => {
    const count = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, count);
    return `${kind} (${count})`;
  };
}
