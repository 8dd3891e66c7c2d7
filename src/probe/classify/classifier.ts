import type { ProbeAnswer } from '../answer.js';

/** An HTTP answer as it came; header names in lower case. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Its beginning. */
  readonly body: string;
  /** It did not end in the time that it was given. */
  readonly isCut?: boolean;
  /** By this machine's clock, in milliseconds since the epoch. */
  readonly receivedAtMs: number;
}

/** Makes an endpoint's words fit to be shown, before they are cut. */
export type Hide = (text: string) => string;

/** What is known of the request that was answered. */
export interface Circumstances {
  readonly hide: Hide;
  /** With a signature that is right. */
  readonly isSigned: boolean;
}

/**
 * Says what an endpoint's answers are: whether API Gateway itself gave one, and which. A kind of API has
 * its own, since each kind names itself and refuses in its own way.
 */
export interface Classifier {
  classify(answer: HttpAnswer, circumstances: Circumstances): ProbeAnswer;
}

/** The classifier of an API, with what could not be read of it, in sentences for the report. */
export interface KnownAnswers {
  readonly classifier: Classifier;
  readonly notes: readonly string[];
}
