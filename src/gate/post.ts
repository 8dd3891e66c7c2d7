import { finishInterrupted, type RecoveryWorld } from '../enforce/transaction/recover.js';
import { EXIT } from '../publish/exit-code.js';
import type { Runner } from '../publish/publish.js';
import { inLog, inMarkdown } from '../report/escape.js';

const TITLE = 'Interrupted enforcement';

/**
 * The post step: undoes what the main step left unfinished, because it was killed or ran out of time.
 * After a main step that ended by itself it does nothing and says nothing.
 *
 * @returns the exit code: 0 unless something is left that another attempt might put back.
 */
export async function runPost(world: RecoveryWorld, runner: Runner): Promise<number> {
  const recovery = await finishInterrupted(world);
  if (recovery === null) return EXIT.pass;
  const level = recovery.isFinal ? 'warning' : 'error';
  runner[level](inLog(recovery.words), { title: TITLE });
  await runner.writeSummary(`## ${TITLE}\n\n${inMarkdown(recovery.words)}\n`);
  return recovery.isFinal ? EXIT.pass : EXIT.fail;
}
