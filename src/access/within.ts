import {
  type Automaton,
  automataTogether,
  type Family,
  hasEnd,
  matchesAnyRest,
  type PatternSet,
  walk,
} from './pattern.js';

/** `Action`, `Resource` or their negations, made ready. */
export interface Selection {
  readonly patterns: PatternSet;
  readonly negated: boolean;
}

/**
 * Whether every text of a family that one selection may speak of is one that the other speaks of for
 * certain: a deny of `/prod/*` takes all that an allow of `/prod/GET/*` gives, also where neither speaks of
 * every stage. `false` where that cannot be shown.
 */
export function isWithin(family: Family, inner: Selection, outer: Selection): boolean {
  // What a variable leaves out nobody knows.
  if (outer.negated && outer.patterns.hasUnknown) return false;
  const [together, border] = automataTogether(
    inner.negated ? inner.patterns.certain : possible(inner.patterns),
    outer.negated ? possible(outer.patterns) : outer.patterns.certain,
  );
  const innerIsAll = !inner.negated && inner.patterns.hasUnknown;
  const found = walk(family, together, outer.patterns.effort, (states, isEnd) => {
    const innerStates = states.filter((state) => state < border);
    const outerStates = states.filter((state) => state >= border);
    // From here on the outer one speaks of every text, or the inner one of none.
    const isTaken = outer.negated
      ? outerStates.length === 0
      : outerStates.some((state) => matchesAnyRest(together, state));
    const isLeftOut = inner.negated
      ? innerStates.some((state) => matchesAnyRest(together, state))
      : !innerIsAll && innerStates.length === 0;
    if (isTaken || isLeftOut) return 'skip';
    if (!isEnd) return 'on';
    const isGiven = innerIsAll || hasEnd(together, innerStates) !== inner.negated;
    return isGiven && hasEnd(together, outerStates) === outer.negated ? 'stop' : 'on';
  });
  return found === 'all';
}

function possible({ certain, possible: other }: PatternSet): Automaton {
  return other ?? certain;
}
