import type { Hide, HttpAnswer } from './classifier.js';

/** "Signature expired: … is now earlier than … (… - 5 min.)": AWS takes signatures so far off. */
const SKEW_ALLOWED_MS = 5 * 60_000;
const MOST_DETAIL = 300;

/**
 * What is worth repeating of an endpoint's words: their first line. To a wrong signature API Gateway
 * adds the whole canonical request and the string that was to be signed.
 */
export function detailOf(text: string, hide: Hide): string {
  const shown = hide(text).split(/\r|\n|\\n|The Canonical String|The String-to-Sign/)[0] ?? '';
  return shown.trimEnd().slice(0, MOST_DETAIL);
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
