import type { AnswerKind, ProbeAnswer } from '../answer.js';
import type { Hide, HttpAnswer } from './classifier.js';

/** "Signature expired: … is now earlier than … (… - 5 min.)": AWS takes signatures so far off. */
const SKEW_ALLOWED_MS = 5 * 60_000;
const MOST_DETAIL = 300;
/** So much of it is the end: "with an explicit deny in a service control policy", say, decides what helps. */
const END_OF_DETAIL = 120;

/**
 * What is worth repeating of an endpoint's words: their first line, and of a long one both ends. To a wrong signature API Gateway
 * adds the whole canonical request and the string that was to be signed, which need not be looked through.
 */
export function detailOf(text: string, hide: Hide): string {
  const [own = ''] = text.split(/The Canonical String|The String-to-Sign/);
  const shown = (hide(own).split(/\r|\n|\\n/)[0] ?? '').trimEnd();
  if (shown.length <= MOST_DETAIL) return shown;
  const left = ' … ';
  const beginning = shown.slice(0, MOST_DETAIL - END_OF_DETAIL - left.length);
  return `${beginning}${left}${shown.slice(-END_OF_DETAIL)}`;
}

/** The message of an error body: `message`, or `Message` where a policy denied. */
export function messageOf(body: string): string {
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed !== 'object' || parsed === null) return '';
    const message: unknown = Reflect.get(parsed, 'message') ?? Reflect.get(parsed, 'Message');
    return typeof message === 'string' ? message : '';
  } catch {
    return '';
  }
}

/**
 * How far this machine's clock is off, in words; `null` where that is not why the signature was
 * refused. The Date header shows it even where a gateway response hides AWS's own words.
 */
export function skewOf(
  { headers, receivedAtMs }: HttpAnswer,
  message: string,
  hide: Hide,
): string | null {
  const theirMs = Date.parse(headers.date ?? '');
  const skewMs = Number.isNaN(theirMs) ? 0 : receivedAtMs - theirMs;
  const isNamed = /^signature (expired|not yet current)/i.test(message);
  if (Math.abs(skewMs) <= SKEW_ALLOWED_MS && !isNamed) return null;
  // The header has whole seconds: what is below one is not this machine's clock.
  if (Math.abs(skewMs) < 1_000) return detailOf(message, hide);
  const seconds = Math.round(Math.abs(skewMs) / 1000);
  const amount = `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `this machine is ${amount} ${skewMs > 0 ? 'ahead of' : 'behind'} API Gateway's clock`;
}

/** What services of AWS add to the message of an error; the connection's id on a WebSocket alone. */
const BESIDE_A_MESSAGE: ReadonlySet<string> = new Set([
  'message',
  '__type',
  'requestid',
  'connectionid',
]);

/**
 * Whether a body is what the built-in template writes, whatever the message: `{"message":…}`; or what
 * other services of AWS write in its place.
 */
export function isMessageAlone(body: string): boolean {
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed !== 'object' || parsed === null) return false;
    const keys = Object.keys(parsed).map((key) => key.toLowerCase());
    return keys.includes('message') && keys.every((key) => BESIDE_A_MESSAGE.has(key));
  } catch {
    return false;
  }
}

/** What each of these words is about, for kinds of API that name their errors in no header. */
const KIND_BY_WORDS: readonly (readonly [words: RegExp, kind: AnswerKind])[] = [
  [/^missing authentication token$/i, 'missing-token'],
  [
    /^(the request signature we calculated|signature (expired|not yet current))/i,
    'wrong-signature',
  ],
  [/security token included in the request is invalid/i, 'unknown-key'],
  [/security token included in the request is expired/i, 'expired-token'],
  [/credential should be scoped/i, 'wrong-scope'],
  [/key=value pair|incomplete signature/i, 'incomplete-signature'],
  [/^user: .* is not authorized/is, 'denied'],
];

/**
 * Why a request was refused, by API Gateway's own words (AWS re:Post, "How do I troubleshoot HTTP 403
 * errors from API Gateway?"); `null` where they give no reason.
 */
export function kindOfWords(message: string): AnswerKind | null {
  return KIND_BY_WORDS.find(([words]) => words.test(message))?.[1] ?? null;
}

/** A server's name, after a comma, where it gives one. */
function serverOf({ headers }: HttpAnswer, hide: Hide): string {
  return headers.server === undefined ? '' : `, server: ${hide(headers.server).slice(0, 60)}`;
}

/** The answer of something that is not API Gateway: it lacks a header that each of its answers has. */
export function notApiGateway(answer: HttpAnswer, missing: string, hide: Hide): ProbeAnswer {
  const detail = `no ${missing}${serverOf(answer, hide)}`;
  return { kind: 'not-api-gateway', status: answer.status, detail };
}
