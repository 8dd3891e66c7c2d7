/** A policy file that is wrong in one way can be wrong in a thousand places. */
const MAX_SHOWN = 50;

/** What is given may be of any length, and is repeated. */
const MAX_LENGTH = 2000;
/** A problem ends with what to change. */
const KEPT_END = 500;

/**
 * The user's mistake: the inputs, or the world that they name, cannot be right. Exit code 3.
 * Carries every problem that was found, so that one run is enough to correct them all.
 */
export class ConfigurationError extends Error {
  readonly problems: readonly string[];
  /** The first of them, and how many more there are. */
  readonly shown: readonly string[];

  constructor(problems: readonly string[]) {
    const left = problems.length - MAX_SHOWN;
    const shown = [
      ...problems.slice(0, MAX_SHOWN).map(shortened),
      ...(left > 0 ? [`… and ${left} more`] : []),
    ];
    const list = shown.map((problem) => `  - ${problem}`).join('\n');
    const count = problems.length === 1 ? 'One thing' : `${problems.length} things`;
    super(`${count} in the configuration must be changed:\n${list}`);
    this.name = 'ConfigurationError';
    this.problems = problems;
    this.shown = shown;
  }
}

function shortened(problem: string): string {
  if (problem.length <= MAX_LENGTH) return problem;
  const start = problem.slice(0, MAX_LENGTH - KEPT_END);
  return `${start} … ${problem.slice(-KEPT_END)}`.toWellFormed();
}
