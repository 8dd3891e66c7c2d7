import type { Logger } from '../model/logger.js';
import type { Prober } from '../probe/send.js';

/**
 * A prober whose module is loaded by its first request: a run that asks no endpoint needs nothing of it.
 *
 * @param logger gets a line for each request where the job is run with debug logging.
 */
export function proberOnUse(logger: Logger): Prober {
  let opened: Promise<Prober> | undefined;
  const open = async (): Promise<Prober> => {
    const { openProber } = await import('./open-prober.js');
    return openProber(logger);
  };
  return {
    async send(...args) {
      opened ??= open();
      return (await opened).send(...args);
    },
    destroy() {
      // Whoever sent something has been told if it could not be opened.
      opened?.then(
        (prober) => prober.destroy(),
        () => {},
      );
    },
  };
}
