import type { Baseline } from '../config/baseline.js';
import type { Config } from '../config/config.js';
import type { SourceFile } from '../config/load.js';
import type { Selection } from '../evidence/select/select.js';
import type { Inputs } from '../inputs/table.js';
import type { Declared } from '../model/declared.js';

/** What is judged by. */
export interface Basis {
  readonly policy: Config;
  /** What an earlier report found. */
  readonly baseline: Baseline;
  /** The workflow and the policy file, where findings may point. */
  readonly sources: readonly SourceFile[];
  /** What the policy file decides besides, for the reader to know. */
  readonly notes: readonly string[];
  /** What files of the repository declare; `null` where none was given. */
  readonly declared: Declared | null;
  /** `YYYY-MM-DD`, UTC. */
  readonly today: string;
}

/** What the gate is asked to do, and what it judges by. Every step gets it, and the first one alone returns it. */
export interface Assignment {
  readonly inputs: Inputs;
  readonly basis: Basis;
  /** The APIs that selectors stand for; absent where the inputs name none by a selector. */
  readonly selection?: Selection;
  /** Values of the policy file for inputs, as they stand there, whether the workflow gives others or not. */
  readonly preset?: Readonly<Record<string, string>>;
}
