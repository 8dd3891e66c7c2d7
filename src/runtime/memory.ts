import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/*
 * How much memory the process takes. Left to itself, Node grows its heap to several times of what is in
 * use, and a small runner has other jobs. Flags of the engine may be set while it runs (Node.js,
 * "v8.setFlagsFromString"); those here are read whenever the heap is about to grow.
 */

/** What a run of a few APIs takes; it needs no collection at all. */
const USUAL_BYTES = 80 * 1024 * 1024;

/** Below that there is nothing to be gained, and collecting takes its time. */
const MUCH_BYTES = 130 * 1024 * 1024;

const LOOK_EVERY_MS = 250;

/** Keeps the heap near what is in use, at the price of a tenth more time for the processor. */
export function keepHeapSmall(): void {
  // New objects keep the room that they begin with; old ones get half of what is in use besides.
  setFlagsFromString('--semi-space-growth-factor=1');
  setFlagsFromString('--heap-growing-percent=50');
  // The second one holds from the first collection of all on, which Node puts off for long.
  const timer = setInterval(() => {
    if (process.memoryUsage.rss() < USUAL_BYTES) return;
    clearInterval(timer);
    makeCollector()();
  }, LOOK_EVERY_MS);
  timer.unref();
}

/** Makes what gives back, where much is taken, all that is not needed any more. */
export function openCollector(): () => void {
  const collect = makeCollector();
  return () => {
    if (process.memoryUsage.rss() >= MUCH_BYTES) collect();
  };
}

function makeCollector(): () => void {
  // A context made after the flag has `gc`.
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  return () => {
    if (typeof collect !== 'function') return;
    collect({ type: 'major', execution: 'sync', flavor: 'last-resort' });
  };
}
