import { wholeBody } from '../../model/whole-body.js';
import type { Sent } from './client.js';

/** Larger than a page of a hundred comments, and than any configuration file. */
const MOST_BYTES = 64 * 1024 * 1024;

/** Statuses whose answers have no body (Fetch Standard, "null body status"). */
const WITHOUT_BODY: ReadonlySet<number> = new Set([101, 204, 205, 304]);

/** An answer that GitHub's API gives to nothing; its words say what it was. */
export class NotGitHub extends Error {
  override readonly name = 'NotGitHub';
}

/** As much of an answer of `fetch` as is read here. */
export interface Answer {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  readonly body: AsyncIterable<Uint8Array> | null;
}

/**
 * Reads an answer to its end. Octokit takes one that breaks off for empty, one that is no JSON for a
 * text, and keeps whatever comes in memory: a delivery would be said to have succeeded.
 *
 * @throws NotGitHub where a success cannot be GitHub's; what breaks off fails as it does.
 */
export async function wholeAnswer(answer: Answer, { headers: asked }: Sent): Promise<Response> {
  const { status, headers } = answer;
  const text = await wholeBody(answer.body ?? [], (bytes) => {
    if (bytes > MOST_BYTES) throw new NotGitHub(`more than ${MOST_BYTES / 1024 / 1024} MiB`);
  });
  const type = (headers.get('content-type') ?? '').split(';', 1)[0]?.trim() ?? '';
  const isRaw = /\braw\b/.test(asked.accept ?? '');
  if (status >= 200 && status < 300 && !WITHOUT_BODY.has(status) && !isRaw) {
    if (!isJsonData(text.toString('utf8'))) {
      throw new NotGitHub(`${status}, ${/^[\w.+/-]{1,80}$/.test(type) ? type : 'no content type'}`);
    }
  }
  const known = ['content-type', 'link', 'location', 'retry-after', 'date'];
  const limits = ['limit', 'remaining', 'reset', 'used', 'resource'].map(
    (it) => `x-ratelimit-${it}`,
  );
  const kept = [...known, ...limits].flatMap((name): [string, string][] => {
    const value = headers.get(name);
    return value === null ? [] : [[name, value]];
  });
  return new Response(WITHOUT_BODY.has(status) ? null : text, { status, headers: kept });
}

/** Every success of GitHub's API that has a body is an object or a list; some have none. */
function isJsonData(text: string): boolean {
  if (text === '') return true;
  try {
    const data: unknown = JSON.parse(text);
    return typeof data === 'object' && data !== null;
  } catch {
    return false;
  }
}
