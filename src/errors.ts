/**
 * The user's mistake: the inputs, or the world that they name, cannot be right. Exit code 3.
 * Carries every problem that was found, so that one run is enough to mend them all.
 */
export class ConfigurationError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    const list = problems.map((problem) => `  - ${problem}`).join('\n');
    const count = problems.length === 1 ? 'One thing' : `${problems.length} things`;
    super(`${count} in the configuration must be changed:\n${list}`);
    this.name = 'ConfigurationError';
    this.problems = problems;
  }
}
