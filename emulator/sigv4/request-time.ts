import type { WireRequest } from '../http.js';
import { headersOf } from './headers.js';

/** How far a request's clock may be off, either way, in milliseconds. */
export const CLOCK_WINDOW_MS = 5 * 60 * 1000;

/** The time that a request says it was signed at. */
export type RequestTime =
  | { readonly kind: 'missing' }
  | { readonly kind: 'malformed'; readonly text: string }
  /** `basic` is the form of the string to sign, `20150830T123600Z`. */
  | { readonly kind: 'known'; readonly atMs: number; readonly basic: string };

/**
 * Reads the request's time from `X-Amz-Date`, and from `Date` only where that is absent.
 *
 * Source: AWS General Reference, "Handling dates in Signature Version 4": "AWS looks first for the
 * x-amz-date header or parameter. If AWS cannot find a value for x-amz-date, it uses the date header."
 */
export function requestTime(request: WireRequest): RequestTime {
  const text = headersOf(request, 'x-amz-date') ?? headersOf(request, 'date');
  if (text === undefined) return { kind: 'missing' };
  const atMs = parseBasic(text) ?? parseHttpDate(text);
  if (atMs === undefined) return { kind: 'malformed', text };
  return { kind: 'known', atMs, basic: basicFormat(atMs) };
}

/** Milliseconds since the epoch in the basic ISO 8601 format, `20150830T123600Z`. */
export function basicFormat(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`;
}

/**
 * What is wrong with the time, in AWS's words, or nothing.
 *
 * Source of both sentences: answers of execute-api recorded in mhart/aws4 issue 118 and in
 * NickWaterton/Roomba980-Python issue 118.
 */
export function clockProblem(
  time: { atMs: number; basic: string },
  nowMs: number,
): string | undefined {
  const earliest = nowMs - CLOCK_WINDOW_MS;
  const latest = nowMs + CLOCK_WINDOW_MS;
  const now = basicFormat(nowMs);
  if (time.basic < basicFormat(earliest)) {
    return `Signature expired: ${time.basic} is now earlier than ${basicFormat(earliest)} (${now} - 5 min.)`;
  }
  if (time.basic > basicFormat(latest)) {
    return `Signature not yet current: ${time.basic} is still later than ${basicFormat(latest)} (${now} + 5 min.)`;
  }
  return undefined;
}

function parseBasic(text: string): number | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second] = match;
  const atMs = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  // The 30th of February parses as the 2nd of March: only what reads back the same is a date.
  return Number.isNaN(atMs) || basicFormat(atMs) !== text ? undefined : atMs;
}

function parseHttpDate(text: string): number | undefined {
  if (!/^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/.test(text)) return undefined;
  const atMs = Date.parse(text);
  return Number.isNaN(atMs) ? undefined : atMs;
}
