import { type AnswerKind, isPastAuthorization, type SettledAnswer } from './answer.js';

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
    const isIn = [...answer.seen.keys()].some(isPastAuthorization);
    if (isGood(answer.kind) && answer.settled) return 0;
    if (mustBeRefused && isIn) return 3;
    return answer.settled && isPastAuthorization(answer.kind) ? 1 : 2;
  };
  return answers.reduce<SettledAnswer | null>(
    (worst, answer) => (worst === null || badness(answer) > badness(worst) ? answer : worst),
    null,
  );
}
