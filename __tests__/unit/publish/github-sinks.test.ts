import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { ofReport } from '../../../src/publish/delivered.js';
import { createGitHub } from '../../../src/publish/github/client.js';
import { parseGitHubContext } from '../../../src/publish/github/context.js';
import { type GitHubWorld, publishToGitHub } from '../../../src/publish/github-sinks.js';
import { placeOf } from '../../../src/publish/publish.js';
import type { Finding } from '../../../src/report/report.js';
import { makeFinding, makeReport } from '../report/sample-report.js';
import { makePublishSettings } from './sample-settings.js';

const parsed = parseGitHubContext(
  {
    GITHUB_REPOSITORY: 'o/r',
    GITHUB_SHA: 'a'.repeat(40),
    GITHUB_REF: 'refs/heads/main',
    GITHUB_EVENT_NAME: 'push',
  },
  null,
);

let server: Server | null = null;
afterEach(async () => {
  server?.closeAllConnections();
  await new Promise((resolve) => (server === null ? resolve(null) : server.close(resolve)));
  server = null;
});

/** Delivers a check run to a server, and gives what was warned of and logged. */
async function deliverTo(
  deliveryMs: number,
  listener: Parameters<typeof createServer>[1],
  findings: readonly Finding[] = [],
) {
  const opened = createServer(listener);
  server = opened;
  await new Promise<void>((resolve) => opened.listen(0, '127.0.0.1', resolve));
  const address: AddressInfo | string | null = opened.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const baseUrl = `http://127.0.0.1:${address.port}`;
  const warnings: string[] = [];
  const lines: string[] = [];
  const logger: GitHubWorld['logger'] = {
    info: (line) => lines.push(line),
    debug: () => {},
    group: (_title, phase) => phase(),
  };
  const settings = makePublishSettings({ githubToken: 'ghs_x', checkRun: 'gate' });
  await publishToGitHub(ofReport(makeReport({ findings })), settings, settings, {
    parsed,
    connect: async (token, deadline) =>
      createGitHub(token, { baseUrl, userAgent: 'test', proxyFor: () => '', logger, deadline }),
    warn: (message) => warnings.push(message),
    logger,
    deliveryMs,
  });
  return { warnings, lines };
}

test('a GitHub that never answers is left when the time is over, and the log has said when', async () => {
  const { warnings, lines } = await deliverTo(200, () => {});
  expect(lines[0]).toBe('Delivering to GitHub, for 1 s at the most');
  expect(warnings).toEqual([
    expect.stringContaining('The check run: not delivered. GitHub took longer than 1 s.'),
  ]);
});

test('a rate limit that ends after the time is not waited for', async () => {
  let requests = 0;
  const { warnings, lines } = await deliverTo(20_000, (_request, response) => {
    requests += 1;
    response.writeHead(429, { 'content-type': 'application/json', 'retry-after': '30' });
    response.end('{"message":"You have exceeded a secondary rate limit."}');
  });
  expect(requests).toBe(1);
  expect(lines.join('\n')).toContain('given up');
  expect(warnings).toEqual([expect.stringContaining('Run the job again in 30 seconds.')]);
});

test('what is delivered in time is said as ever', async () => {
  const { warnings, lines } = await deliverTo(20_000, (_request, response) => {
    response.writeHead(201, { 'content-type': 'application/json' });
    response.end('{"id":1,"conclusion":"success"}');
  });
  expect(warnings).toEqual([]);
  expect(lines.at(-1)).toBe('check-run: success with 0 annotations');
});

test('a finding in a file of another repository is annotated where the workflow asks', async () => {
  const bodies: string[] = [];
  const remote = { owner: 'org', repo: 'policies', path: 'gate.yml', ref: 'v2' };
  const location = { file: 'org/policies/gate.yml@v2', line: 3 };
  const findings = [
    makeFinding({ path: '/a', location }),
    makeFinding({ path: '/b', location: { ...location, remote } }),
  ];
  await deliverTo(
    20_000,
    (request, response) => {
      request.on('data', (chunk) => bodies.push(String(chunk)));
      request.on('end', () => {
        response.writeHead(201, { 'content-type': 'application/json' });
        response.end('{"id":1,"conclusion":"failure"}');
      });
    },
    findings,
  );
  expect(JSON.parse(bodies.join('')).output.annotations).toMatchObject([
    { path: 'org/policies/gate.yml@v2', start_line: 3 },
    { path: makePublishSettings({}).fallback.file },
  ]);
  expect(findings.map((it) => placeOf(it.location))).toEqual([
    { file: 'org/policies/gate.yml@v2', startLine: 3 },
    {},
  ]);
});
