import { createServer, type RequestListener, type ServerResponse } from 'node:http';
import { describe, expect, test } from '@jest/globals';
import { ACTIONS_TOKEN } from '../../emulator/github/server.js';
import type { StepResult } from '../../runner/run-action.js';
import { apiWithOpen, auditOnGitHub, notDelivered, openGitHub, SCHEDULE } from './github-kit.js';
import { listen } from './loopback-kit.js';

const ALL = {
  'check-run': 'IAM gate',
  'upload-sarif': 'true',
  'drift-issue': 'true',
};

/** What a run delivers where something else answers in GitHub's place. */
async function deliverTo(
  listener: RequestListener,
): Promise<{ lines: string[]; result: StepResult; requests: number }> {
  let requests = 0;
  const server = createServer((request, response) => {
    requests += 1;
    listener(request, response);
  });
  const result = await auditOnGitHub({
    seed: apiWithOpen('GET /pets'),
    event: SCHEDULE,
    github: await openGitHub(),
    inputs: ALL,
    environment: {
      GITHUB_API_URL: `http://127.0.0.1:${await listen(server)}`,
      NODE_OPTIONS: '--max-old-space-size=256',
    },
  });
  return { lines: notDelivered(result), result, requests };
}

function json(response: ServerResponse, text: string, headers: Record<string, string> = {}): void {
  response.writeHead(200, { 'content-type': 'application/json; charset=utf-8', ...headers });
  response.end(text);
}

describe('a success that GitHub cannot have answered is no delivery', () => {
  test.concurrent.each<[string, RequestListener]>([
    ['an object that names nothing', (_, response) => json(response, '{}')],
    ['a list of nothing', (_, response) => json(response, '[null]')],
    ['JSON that was cut', (_, response) => json(response, '{"id": 1')],
    ['a number', (_, response) => json(response, '1')],
    [
      'a page to sign in',
      (_, response) => {
        response.writeHead(200, { 'content-type': 'text/html' });
        response.end('<html>Sign in</html>');
      },
    ],
    [
      'a body without an end',
      (_, response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        const piece = Buffer.alloc(1 << 20, ' ');
        const pour = (): void => {
          while (!response.destroyed && response.write(piece));
          response.once('drain', pour);
        };
        pour();
      },
    ],
    [
      'a list that always has another page',
      ({ url = '', headers: { host } }, response) => {
        const page = Number(new URL(url, 'http://x').searchParams.get('page') ?? 1);
        const next = `http://${host}${url.split('?')[0]}?page=${page + 1}`;
        json(response, '[]', { link: `<${next}>; rel="next"` });
      },
    ],
  ])('%s', async (_what, listener) => {
    const { lines, result, requests } = await deliverTo(listener);
    expect(lines).toHaveLength(3);
    for (const line of lines) {
      expect(line).toMatch(
        /not delivered\. Something that is not GitHub's API answered \(.{4,60}\)\. Check GITHUB_API_URL/,
      );
    }
    expect(requests).toBeLessThan(300);
    expect(result.exitCode).toBe(1);
  });
});

test('an answer that breaks off is no delivery either', async () => {
  const { lines } = await deliverTo((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
    response.write('{"id":1}');
    setTimeout(() => response.destroy(), 20);
  });
  expect(lines).toHaveLength(3);
  for (const line of lines) expect(line).toContain('GitHub could not be reached');
});

test('GitHub’s words are shown without the token and without account ids', async () => {
  const { lines, result } = await deliverTo(({ headers }, response) => {
    response.writeHead(403, { 'content-type': 'application/json' });
    const echo = `${headers.authorization} of arn%3Aaws%3Aiam%3A%3A123456789012%3Auser`;
    response.end(JSON.stringify({ message: `No entry for ${echo}\n::error::two` }));
  });
  expect(lines).toHaveLength(3);
  const shown = result.stdout.replace(/^::add-mask::.*$/gm, '');
  expect(shown).toContain('No entry for token ***');
  expect(shown).not.toContain(ACTIONS_TOKEN);
  expect(shown).not.toMatch(/123456789012|^::error::two/m);
});

test.each([
  ['99999999999999999', 'Run the job again later.'],
  ['soon', 'Run the job again later.'],
  ['1767225600', 'It is renewed at 2026-01-01T00:00:00.000Z'],
])('a rate limit that is renewed at %s is a line for each delivery', async (reset, words) => {
  const { lines } = await deliverTo((_, response) => {
    response.writeHead(403, {
      'content-type': 'application/json',
      'retry-after': '0',
      'x-ratelimit-remaining': '0',
      'x-ratelimit-reset': reset,
    });
    response.end('{"message":"API rate limit exceeded"}');
  });
  expect(lines).toHaveLength(3);
  for (const line of lines) expect(line).toContain(words);
});
