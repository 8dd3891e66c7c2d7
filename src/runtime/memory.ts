/*
 * How much memory the process takes. Left to itself, Node grows its heap to several times of what is in
 * use, and a small runner has other jobs. Flags of the engine may be set while it runs (Node.js,
 * "v8.setFlagsFromString"); those here are read whenever the heap is about to grow.
 */

/** What a run of a few APIs takes, the code that it loads included; it needs no collection at all. */
const USUAL_BYTES = 80 * 1024 * 1024;

/** Below that it is not the heap that takes more. */
const USUAL_HEAP_BYTES = 32 * 1024 * 1024;

/** Below that there is nothing to be gained, and collecting takes its time. */
const MUCH_BYTES = 130 * 1024 * 1024;

const LOOK_EVERY_MS = 50;

/**
 * Keeps the heap of a run that takes more than usual near what is in use, at the price of a tenth more time
 * for the processor.
 */
export function keepHeapSmall(): void {
  const timer = setInterval(() => {
    if (process.memoryUsage.rss() < USUAL_BYTES) return;
    if (process.memoryUsage().heapTotal < USUAL_HEAP_BYTES) return;
    clearInterval(timer);
    const { setFlagsFromString } = process.getBuiltinModule('node:v8');
    // New objects get no more room than they have, and old ones half of what is in use besides.
    setFlagsFromString('--semi-space-growth-factor=1');
    setFlagsFromString('--heap-growing-percent=50');
    // That holds from the first collection of all on, which Node puts off for long.
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

/** Most runs need none, so that what makes it is loaded here. */
function makeCollector(): () => void {
  // A context made after the flag has `gc`.
  process.getBuiltinModule('node:v8').setFlagsFromString('--expose-gc');
  const collect: unknown = process.getBuiltinModule('node:vm').runInNewContext('gc');
  return () => {
    if (typeof collect !== 'function') return;
    collect({ type: 'major', execution: 'sync', flavor: 'last-resort' });
  };
}
