import { Stopped } from './pace.js';
import type { Question } from './question.js';
import type { Asked } from './recordings.js';
import { decisionsOf } from './recordings.js';
import type { World } from './world.js';

/**
 * Asks one question after the other. One that fails is told, and the others are asked all the same.
 *
 * @returns what was asked until the end, or until the person stopped it.
 */
export async function askAll(
  questions: readonly Question[],
  world: World,
  clean: (text: string) => string,
): Promise<{ readonly asked: readonly Asked[]; readonly isStopped: boolean }> {
  const asked: Asked[] = [];
  for (const [index, question] of questions.entries()) {
    console.log(`[${index + 1}/${questions.length}] ${question.id}: ${question.asks}`);
    try {
      const entry = { question, cases: await question.ask(world) };
      asked.push(entry);
      for (const { row, verdict } of decisionsOf([entry]))
        console.log(`    ${row.name}: ${verdict.value} (${verdict.words})`);
    } catch (error) {
      if (error instanceof Stopped) return { asked, isStopped: true };
      const failure = clean(
        error instanceof Error ? `${error.name}: ${error.message}` : String(error),
      );
      console.error(`    not answered: ${failure}`);
      asked.push({ question, cases: [], failure });
    }
  }
  return { asked, isStopped: false };
}
