/** A file of tests of a plan: all of them where `tests` is null. */
export interface PlannedTests {
  readonly bundle: string;
  readonly runs: number;
  readonly tests: readonly string[] | null;
}

/** What the parent asks a worker for. */
export type Task =
  | { readonly kind: 'measure'; readonly bundle: string; readonly runs: number }
  | {
      readonly kind: 'try';
      readonly mutant: string;
      readonly plan: readonly PlannedTests[];
      /** How often the mutant may be reached before it counts as an endless loop. */
      readonly hitLimit: number;
      readonly testTimeout: number;
    };

/** How a file of tests ends where no mutant is active, and what each of them reaches. */
export interface Measurement {
  readonly kind: 'measured';
  readonly failures: readonly string[];
  readonly milliseconds: Readonly<Record<string, number>>;
  readonly processorMilliseconds: Readonly<Record<string, number>>;
  /** How often each mutant is reached while modules are loaded. */
  readonly whileLoading: Hits;
  /** How often each mutant is reached by each test. */
  readonly byTest: Readonly<Record<string, Hits>>;
}

export type Hits = Readonly<Record<string, number>>;

/** How a mutant ended. */
export interface Outcome {
  readonly kind: 'tried';
  readonly status: 'killed' | 'timeout' | 'survived';
  /** The test that failed, or what happened. */
  readonly by: string | null;
}

export type Answer = Measurement | Outcome;
