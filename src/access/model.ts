import type { Reading } from '../model/evidence.js';
import type { NamedPolicy } from './evaluate.js';

/** An IAM group as far as it decides who may invoke. */
export interface Group {
  readonly name: string;
  readonly userArns: readonly string[];
  /** Names of the managed policies that are attached. */
  readonly attachedPolicies: readonly string[];
  /** Its attached and inline policies, each in its default version. */
  readonly policies: readonly NamedPolicy[];
}

/** What was read of IAM. */
export interface AccessEvidence {
  readonly region: string;
  readonly partition: string;
  /** The account of the step's credentials, which is the APIs'; `null` where it is not known. */
  readonly accountId: string | null;
  /** `null`: no group was asked about. */
  readonly group: Reading<Group> | null;
}
