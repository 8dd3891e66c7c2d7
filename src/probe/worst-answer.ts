import { type AnswerKind, isPastAuthorization, type SettledAnswer } from './answer.js';
import { isLetIn } from './proof.js';

/**
 * The answer that says least for a method that was sent as several verbs: what stands for all of them
 * is as good as the worst.
 *
 * @param isGood whether a kind of answer is the one that is hoped for.
 * @param mustBeRefused being let in is then the worst of all.
 */
export function worstAnswer(
  answers: readonly SettledAnswer[],
  isGood: (kind: AnswerKind) => boolean,
  mustBeRefused: boolean,
): SettledAnswer | null {
  const badness = (answer: SettledAnswer): number => {
    // First, since of an open method it is also what its snapshot promises.
    if (mustBeRefused && isLetIn(answer)) return 3;
    if (isGood(answer.kind) && answer.settled) return 0;
    return answer.settled && isPastAuthorization(answer.kind) ? 1 : 2;
  };
  return answers.reduce<SettledAnswer | null>(
    (worst, answer) => (worst === null || badness(answer) > badness(worst) ? answer : worst),
    null,
  );
}
