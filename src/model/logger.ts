/**
 * Where the job's log goes. Every text is made harmless by the implementation, so that a caller may
 * pass what AWS said as it is.
 */
export interface Logger {
  info(line: string): void;
  /** A line that is shown where the job is run with debug logging, and nowhere else. */
  debug(line: string): void;
  /** Runs a phase as one collapsible group of the log. */
  group<T>(title: string, phase: () => Promise<T>): Promise<T>;
}
