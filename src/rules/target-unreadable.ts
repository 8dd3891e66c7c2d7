import type { FleetCase, FleetRuleFinding, TargetOutcome } from '../model/fleet.js';
import { finding } from './finding.js';
import type { Rule } from './rule.js';

const NO_API = { api: null, stage: null, method: null, path: null };

/** A target that was not read is no target without findings. */
export const targetUnreadable: Rule = {
  id: 'target-unreadable',
  severity: 'error',
  effect: 'unknown',
  holdsWhen:
    'an account or region of a fleet could not be read, or nothing was found in any of them; makes the verdict incomplete',
  makesIncomplete: 'always',
  neverKnown: true,
  findInFleet(fleet) {
    const found = fleet.outcomes.flatMap(ofTarget);
    return found.length === 0 && fleet.outcomes.length > 0 && fleet.methods === 0
      ? [nothingFound(fleet)]
      : found;
  },
};

function ofTarget({ id, title, state }: TargetOutcome): FleetRuleFinding[] {
  if (state.kind !== 'unreadable') return [];
  const message = `${title} could not be read: ${state.why}.`;
  return [{ ...finding(targetUnreadable, NO_API, message, state.fix, id), target: id }];
}

/** A pass over nothing would be what a wrong organization or wrong regions get. */
function nothingFound({ outcomes }: FleetCase): FleetRuleFinding {
  const nothing = finding(
    targetUnreadable,
    NO_API,
    `Nothing was judged: no API with a method was found in any of the ${outcomes.length} targets that were read.`,
    'Check the accounts and regions of the targets file.',
    'nothing',
  );
  return { ...nothing, target: null };
}
