import type { Step } from '../steps/registry.js';
import type { RollBackResult } from '../steps/step-kind.js';
import type { Ending } from './journal.js';

/*
 * The words of a journal's file. They are those of the first version of the format: a journal that an
 * earlier version of the gate has left can still be rolled back.
 */

export const FORMAT = 'apigw-iam-gate/journal/v1';

/** What came of rolling back a step, by its word in the file. */
export const STATES = {
  'nothing-to-roll-back': 'nothing-to-undo',
  'rolled-back': 'put-back',
  'not-rolled-back': 'left',
} as const satisfies Readonly<Record<RollBackResult['state'], string>>;

export const ENDINGS: Readonly<Record<Ending, string>> = {
  completed: 'completed',
  'rolled-back': 'undone',
};

/** A step as the file holds it. */
export function stepInFile({ rollBack: undo, ...step }: Step): object {
  return { ...step, undo };
}
