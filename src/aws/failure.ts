import { withoutAdvice } from './certificate-words.js';
import { codeOf, type FailureKind, isInDoubt, kindOf, textOf } from './failure-kind.js';
import { type Circumstances, remedyOf } from './failure-remedy.js';
import { describeForeignAnswer } from './foreign-answer.js';
import { SENT } from './secrets.js';

/** A call to AWS that failed for good, labelled with what was called and why it most likely failed. */
export class AwsFailure extends Error {
  readonly kind: FailureKind;
  /** The call, such as `GetResources`. */
  readonly operation: string;
  /** AWS's error code, such as `TooManyRequestsException`, or the network's; redacted. */
  readonly code: string;
  /** How often it was tried. */
  readonly attempts: number;
  /** AWS's own words, redacted. */
  readonly detail: string;

  /** The message without the operation: `failed after 3 attempts: …`. */
  readonly why: string;

  readonly #circumstances: Circumstances;
  readonly #isForeign: boolean;

  constructor(
    operation: string,
    cause: unknown,
    attempts: number,
    circumstances: Circumstances = {},
  ) {
    const kind = kindOf(cause);
    const code = SENT.hide(codeOf(cause)).slice(0, LONGEST_CODE);
    const foreign = describeForeignAnswer(cause);
    const detail = foreign ?? detailOf(cause);
    const often =
      attempts > 1 ? ` after ${attempts} attempts` : attempts === 0 ? ' without being made' : '';
    const why = `failed${often}: ${SENTENCES[kind]} (${foreign ?? `${code}: ${detail}`})`;
    super(`${operation} ${why}`, { cause });
    this.name = 'AwsFailure';
    this.kind = kind;
    this.operation = operation;
    this.code = code;
    this.attempts = attempts;
    this.detail = detail;
    this.why = why;
    this.#circumstances = circumstances;
    this.#isForeign = foreign !== null;
  }

  /** Whether it is not known if AWS carried the call out: the answer was lost, cut short or a 5xx. */
  get isInDoubt(): boolean {
    return isInDoubt(this.kind);
  }

  /** What happened and what to change. */
  get inFull(): string {
    return `${this.message}. ${this.remedy}`;
  }

  /** What to change so that the call succeeds, in one sentence. */
  get remedy(): string {
    return remedyOf(this, this.#isForeign, this.#circumstances);
  }
}

/** Codes are words of AWS's documentation; what is longer is none. */
const LONGEST_CODE = 80;
const LONGEST_DETAIL = 500;

const SENTENCES: Readonly<Record<FailureKind, string>> = {
  'no-credentials': 'no AWS credentials were found',
  'invalid-credentials': 'AWS does not know these credentials',
  'not-subscribed': 'the account is not signed up for the service, or has not enabled the region',
  'malformed-credentials': 'the AWS credentials hold a character that they cannot have',
  'invalid-proxy': 'the proxy that the environment names cannot be used',
  'proxy-login': 'the proxy asks for a user and password',
  'wrong-secret': 'the secret access key does not belong to the access key id',
  'wrong-scope':
    'the endpoint belongs to another region or service than the one that was asked for',
  'expired-credentials': 'the AWS credentials have expired',
  'access-denied': 'the credentials may not make this call',
  'clock-skew': "this machine's clock is wrong",
  'not-found': 'it does not exist',
  conflict: 'something else kept changing the API at the same time',
  throttled: 'AWS kept throttling the call',
  unavailable: 'AWS kept answering with a server error',
  network: 'the connection to AWS failed',
  'untrusted-certificate': "the endpoint's TLS certificate is not trusted",
  'not-aws': 'something that is not AWS answered',
  refused: 'AWS refused the request',
  unintelligible: "AWS's answer could not be understood",
};

/** OpenSSL's line of an error: the reason stands between the name of a function and that of a file. */
const OPENSSL_WORDS = /:error:[0-9A-F]+:SSL routines:[^:]*:([^:]+):/i;

/**
 * AWS's own words as far as they say what happened: the first line, since a signature error goes on with
 * the whole canonical request, and the SDK's of an answer that it cannot read with a hint for developers.
 */
function detailOf(error: unknown): string {
  const [line = ''] = textOf(error).split(/\r?\n/);
  const tls = OPENSSL_WORDS.exec(line)?.[1];
  return SENT.hide(tls === undefined ? withoutAdvice(line.trim()) : `TLS: ${tls}`).slice(
    0,
    LONGEST_DETAIL,
  );
}
