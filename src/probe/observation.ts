import type { SampleRequest } from '../config/config.js';
import type { JoinedMethod } from '../evidence/join.js';
import type { SettledAnswer } from './answer.js';
import { NO_SAMPLE } from './sample.js';

/** What was observed of one method of one stage. */
export interface Observation {
  readonly row: JoinedMethod;
  readonly region: string;
  /** Why no request was sent; `null` where one was. */
  readonly notProbed: string | null;
  /** What to do where the stage has no address that can be asked; `null` elsewhere. */
  readonly unlocated: string | null;
  /** Of `ANY`, the worst answer of all verbs that were sent. The same holds for the other answers. */
  readonly unsigned: SettledAnswer | null;
  /** Signed well, then one bit of the signature changed. */
  readonly tampered: SettledAnswer | null;
  /** `null` also where it would prove nothing, or reach a backend with made-up values. */
  readonly signed: SettledAnswer | null;
  /** The unsigned request at the default endpoint, where that is open besides a custom domain name. */
  readonly atDefaultEndpoint: SettledAnswer | null;
  /** What keeps the method from being proven, and what to add, each to be read after "Not proven:". */
  readonly unproven: readonly string[];
  readonly sample: SampleRequest;
  /** Of `ANY` that was sent as several verbs, what each of them was answered; absent elsewhere. */
  readonly verbs?: readonly VerbAnswers[];
}

/** The answers of one verb. */
export type VerbAnswers = Pick<
  Observation,
  'unsigned' | 'tampered' | 'signed' | 'atDefaultEndpoint'
>;

/**
 * An observation for each verb that was sent: what one was answered gives no reason for what another
 * was answered. A method that is no `ANY` is its own only verb.
 */
export function eachVerb(observation: Observation): readonly Observation[] {
  const { verbs, ...whole } = observation;
  return verbs === undefined ? [observation] : verbs.map((answers) => ({ ...whole, ...answers }));
}

/**
 * A method that no request was sent to, and why.
 *
 * @param unproven what to do so that it is asked, where it was to be.
 */
export function unasked(
  row: JoinedMethod,
  region: string,
  notProbed: string,
  unlocated: string | null = null,
  unproven: readonly string[] = [],
): Observation {
  return {
    row,
    region,
    notProbed,
    unlocated,
    unsigned: null,
    tampered: null,
    signed: null,
    atDefaultEndpoint: null,
    unproven,
    sample: NO_SAMPLE,
  };
}
