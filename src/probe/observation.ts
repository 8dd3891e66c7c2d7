import type { SampleRequest } from '../config/config.js';
import type { JoinedMethod } from '../evidence/join.js';
import type { SettledAnswer } from './answer.js';
import { NO_SAMPLE } from './sample.js';

/** What was observed of one method of one stage. */
export interface Observation {
  readonly row: JoinedMethod;
  readonly region: string;
  /** Why no request was sent, or none of the answers counts; `null` elsewhere. */
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
  /** Absent where the kind of API needs none, or nothing wants a signature. */
  readonly control?: Control;
  /** Of `ANY` that was sent as several verbs, what each of them was answered; absent elsewhere. */
  readonly verbs?: readonly VerbAnswers[];
}

/**
 * What is compared with a refusal that gives no reason: the answer to what nothing serves. Of an HTTP API it is
 * asked of a path that no route takes; of a WebSocket API, of a stage that is not there.
 */
export type Control =
  | {
      readonly isAsked: true;
      readonly unsigned: SettledAnswer;
      /** Of a WebSocket API alone. */
      readonly tampered: SettledAnswer | null;
    }
  | {
      readonly isAsked: false;
      /** Why none is possible, or what it lacks; to be read after "Not proven:". */
      readonly why: string;
      /** Nothing is left that could be asked: every path has a route. */
      readonly isExcused: boolean;
    };

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
  if (observation.verbs === undefined) return [observation];
  const { verbs, ...whole } = observation;
  return verbs.map((answers) => ({ ...whole, ...answers }));
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
