import type { Logger } from '../model/logger.js';
import { monotonicMs } from '../model/monotonic.js';
import type { Prober } from './send.js';

/** A prober that writes a debug line for each request: what was sent, what came of it, and how long it took. */
export function withDebugLines(prober: Prober, logger: Pick<Logger, 'debug'>): Prober {
  return {
    async send(request, signature, classifier, withinMs) {
      const sentAt = monotonicMs();
      const answer = await prober.send(request, signature, classifier, withinMs);
      const { baseUrl, path } = request;
      const method = request.handshake === undefined ? request.method : 'handshake';
      const status = answer.status === null ? '' : ` ${answer.status}`;
      logger.debug(
        `${signature.kind} ${method} ${baseUrl}${path}: ${answer.kind}${status} after ${Math.round(monotonicMs() - sentAt)} ms`,
      );
      return answer;
    },
    destroy: () => prober.destroy(),
  };
}
