import pLimit from 'p-limit';
import type { Prober } from './send.js';

/**
 * A prober that has so many requests under way at the most, whoever sends them: of many targets that are
 * asked side by side, each alone would take as many as it may. What a request waits for its turn counts as
 * time of its smoke test.
 *
 * @param now milliseconds.
 */
export function sendingAtMost(most: number, prober: Prober, now: () => number): Prober {
  const limit = pLimit(most);
  return {
    send(request, signature, classifier, withinMs) {
      const askedAt = now();
      return limit(() => {
        const leftMs = Math.max(0, withinMs - (now() - askedAt));
        return prober.send(request, signature, classifier, leftMs);
      });
    },
    destroy: () => prober.destroy(),
  };
}
