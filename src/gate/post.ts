import {
  type InterruptedDependencies,
  rollBackInterrupted,
} from '../enforce/transaction/roll-back-interrupted.js';
import { deliverVia } from '../publish/deliver-via.js';
import { EXIT } from '../publish/exit-code.js';
import type { Runner } from '../publish/publish.js';
import { inLog, inMarkdown } from '../report/escape.js';

const TITLE = 'Interrupted enforcement';

/**
 * The post step: rolls back what the main step left unfinished, because it was killed or ran out of time.
 * After a main step that ended by itself it does nothing and says nothing.
 *
 * @returns the exit code: 0 unless another attempt might roll back what is left.
 */
export async function runPost(
  world: InterruptedDependencies,
  runner: Pick<Runner, 'error' | 'warning' | 'writeSummary'>,
): Promise<number> {
  const recovery = await rollBackInterrupted(world);
  if (recovery === null) return EXIT.pass;
  const level = recovery.isFinal ? 'warning' : 'error';
  runner[level](inLog(recovery.words), { title: TITLE });
  await deliverVia(runner)('The job summary', () =>
    runner.writeSummary(`## ${TITLE}\n\n${inMarkdown(recovery.words)}\n`),
  );
  return recovery.isFinal ? EXIT.pass : EXIT.fail;
}
