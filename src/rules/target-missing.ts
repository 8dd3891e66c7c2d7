import type { FleetRuleFinding } from '../model/fleet.js';
import { finding } from './finding.js';
import type { Rule } from './rule.js';

const NO_API = { api: null, stage: null, method: null, path: null };

/** A shard that died leaves nothing behind: only the plan knows what it should have read. */
export const targetMissing: Rule = {
  id: 'target-missing',
  severity: 'error',
  effect: 'unknown',
  holdsWhen:
    "no shard has reported an account or region of a fleet's plan, or the plan is too old to say which there are; makes the verdict incomplete",
  makesIncomplete: 'always',
  neverKnown: true,
  findInFleet({ outcomes, outdated }) {
    const missing = outcomes.flatMap(({ id, title, state }) =>
      state.kind === 'missing'
        ? [ofTarget(id, `${title} is missing: ${state.why}.`, state.fix)]
        : [],
    );
    if (outdated === null) return missing;
    const fix = 'Run the whole workflow again, so that the plan is made anew.';
    const message = `Which targets are missing is not known: ${outdated}.`;
    return [{ ...finding(targetMissing, NO_API, message, fix, 'plan'), target: null }, ...missing];
  },
};

function ofTarget(id: string, message: string, fix: string): FleetRuleFinding {
  return { ...finding(targetMissing, NO_API, message, fix, id), target: id };
}
