import type { JobScope } from '../enforce/transaction/job-scope.js';
import type { Assignment } from '../gate/assignment.js';
import type { Inputs } from '../inputs/table.js';
import type { Logger } from '../model/logger.js';
import type { Deadline } from '../publish/deadline.js';
import type { GitHub } from '../publish/github/client.js';
import type { ParsedContext } from '../publish/github/context.js';
import type { Report } from '../report/report.js';

/** Delivers a report, and says the exit code. */
export type Publisher = (report: Report, inputs: Inputs, parsed: ParsedContext) => Promise<number>;

/** Audits a shard of a fleet's plan, and says the exit code. */
export type ShardRunner = (assignment: Assignment, parsed: ParsedContext) => Promise<number>;

/** What runs the gate: a runner of GitHub Actions, or somebody at a terminal. */
export interface Host {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly logger: Logger;
  /** The value of an input, trimmed, `''` where it is not given. */
  readonly getInput: (name: string) => string;
  /** Has a value hidden wherever it would show. */
  readonly maskSecret: (value: string) => void;
  readonly connect: (token: string, deadline: Deadline | null) => Promise<GitHub>;
  /** Whether the files of a repository are there only once a step has fetched them. */
  readonly needsCheckout: boolean;
  /** Whether files that declare no API are what was meant, as of a hook that gets whatever was changed. */
  readonly allowsNoApi: boolean;
  /**
   * The absolute path of the folder that reports and the journal are written to.
   *
   * @param asked `report-dir`, `''` where nobody gave one.
   * @param kept a file in it that stays, `''` for none.
   */
  readonly openFolder: (asked: string, kept: string) => Promise<string>;
  /** Keeps for whoever rolls back after a killed run where the journal is, and what it may be about. */
  readonly saveScope: (journalPath: string, scope: JobScope) => void;
  /** What to do about missing credentials, where more is known than that. */
  readonly onMissingCredentials: (parsed: ParsedContext) => string | null;
  /** What the log says when a signal ends a run that may have changed something. */
  readonly wordsOnSignal: (signal: string) => string;
  /** Says what became of a cancelled run, which gets no report. */
  readonly sayCancelled: (words: string) => Promise<void>;
  /** Loads what audits a shard of a fleet's plan; `null` where nothing does. */
  readonly loadShard: (() => Promise<ShardRunner>) | null;
  /** Loads what delivers a report. */
  readonly loadPublisher: () => Promise<Publisher>;
  /**
   * Says why there is no report.
   *
   * @returns the exit code.
   */
  readonly giveUp: (error: unknown) => Promise<number>;
}
