import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type AnswerKind, isPastAuthorization } from '../../../src/probe/answer.js';
import { isLetIn } from '../../../src/probe/proof.js';
import { worstAnswer } from '../../../src/probe/worst-answer.js';
import { settled, unsettled } from '../evidence-builder.js';

const isMissingToken = (kind: AnswerKind): boolean => kind === 'missing-token';
const isAccepted = (kind: AnswerKind): boolean => kind === 'accepted';

describe('of the verbs of ANY', () => {
  test.each<AnswerKind>([
    'accepted',
    'redirected',
    'backend-error',
    'invalid-request',
    'integration-failure',
  ])(
    'one that let a stranger in (%s) is not hidden by one that was refused, in whatever order',
    (kind) => {
      const letIn = settled(kind, { sentAs: 'POST' });
      for (const refused of [
        settled('missing-token'),
        settled('forbidden'),
        settled('throttled'),
      ]) {
        for (const answers of [
          [letIn, refused],
          [refused, letIn],
        ]) {
          expect(worstAnswer(answers, isMissingToken, true)).toBe(letIn);
          // Of an open method to be let in is what the snapshot promises: it is to be seen all the same.
          expect(worstAnswer(answers, isPastAuthorization, true)).toBe(letIn);
        }
      }
    },
  );

  test('one that let some strangers in is as bad as one that let in all', () => {
    const some = unsettled('missing-token', 'accepted');
    expect(
      worstAnswer([settled('missing-token'), some, settled('forbidden')], isMissingToken, true),
    ).toBe(some);
  });

  test('what was waited out while a stage settled lets nobody in', () => {
    const waited = settled('missing-token', {
      seen: new Map<AnswerKind, number>([
        ['accepted', 4],
        ['missing-token', 3],
      ]),
    });
    const riddle = settled('forbidden');
    expect(worstAnswer([waited, riddle], isMissingToken, true)).toBe(riddle);
  });

  test('a signed request is as good as the verb that fares worst', () => {
    const [good, failed, refused] = [
      settled('accepted'),
      settled('integration-failure'),
      settled('denied'),
    ];
    expect(worstAnswer([good, failed], isAccepted, false)).toBe(failed);
    expect(worstAnswer([failed, refused, good], isAccepted, false)).toBe(refused);
    expect(worstAnswer([good, unsettled('accepted', 'denied')], isAccepted, false)?.settled).toBe(
      false,
    );
  });

  test('there is none of no answers', () => {
    expect(worstAnswer([], isAccepted, false)).toBeNull();
  });

  test('whoever was let in is seen, whatever else was answered', () => {
    const kind = fc.constantFrom<AnswerKind>(
      'missing-token',
      'accepted',
      'forbidden',
      'denied',
      'throttled',
      'backend-error',
      'unreachable',
      'out-of-time',
    );
    const answer = fc.oneof(
      kind.map((it) => settled(it)),
      fc.tuple(kind, kind).map(([a, b]) => unsettled(a, b)),
    );
    fc.assert(
      fc.property(fc.array(answer, { minLength: 1 }), fc.boolean(), (answers, isOpen) => {
        const isGood = isOpen ? isPastAuthorization : isMissingToken;
        const worst = worstAnswer(answers, isGood, true);
        expect(worst !== null && isLetIn(worst)).toBe(answers.some(isLetIn));
      }),
    );
  });
});
