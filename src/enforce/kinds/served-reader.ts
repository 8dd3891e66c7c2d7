import type { Control } from '../steps/step-kind.js';

/** The deployments that stages and their canaries serve, by the name of the stage. */
export interface Served {
  readonly stages: Readonly<Record<string, string>>;
  readonly canaries: Readonly<Record<string, string>>;
}

/** How it is read what the stages of one kind of API serve: it decides what may be rolled back. */
export interface ServedReader {
  /**
   * Does nothing where there is the API.
   *
   * @throws AwsFailure of the kind `not-found` where there is none.
   */
  readonly checkThere: (apiId: string, control: Control) => Promise<unknown>;
  /** What every stage serves now. */
  readonly readServed: (apiId: string, control: Control) => Promise<Served>;
  /** The authorization types of what a stage serves, by method key; `null` where AWS does not tell them. */
  readonly readTypes: (
    apiId: string,
    served: { readonly stage: string; readonly deploymentId: string },
    control: Control,
  ) => Promise<ReadonlyMap<string, string> | null>;
}
