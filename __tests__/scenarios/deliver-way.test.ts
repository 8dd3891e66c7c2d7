import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { apiWithOpen, auditOnGitHub, notDelivered, openGitHub, pullRequest } from './github-kit.js';
import { startProxy } from './proxy.js';

const HOST = 'github.corp.example.com';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'apigw-iam-gate-way-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test.concurrent('GitHub is reached through the proxy that the environment names, like AWS', async () => {
  const github = await openGitHub();
  const proxy = await startProxy(github.url, [HOST]);
  const result = await auditOnGitHub({
    seed: apiWithOpen('GET /pets'),
    event: pullRequest(),
    github,
    inputs: { comment: 'always' },
    environment: {
      GITHUB_API_URL: `https://${HOST}`,
      HTTPS_PROXY: proxy.url,
      ...proxy.environment,
    },
  });
  expect(notDelivered(result)).toEqual([]);
  expect(new Set(proxy.asked)).toEqual(new Set([`${HOST}:443`]));
  expect(github.requests.map(({ operationId }) => operationId)).toContain('issues/create-comment');
});

test.concurrent('NO_PROXY is honoured for GitHub, too', async () => {
  const github = await openGitHub();
  const proxy = await startProxy(github.url, []);
  const result = await auditOnGitHub({
    seed: apiWithOpen('GET /pets'),
    event: pullRequest(),
    github,
    inputs: { comment: 'always' },
    environment: { HTTP_PROXY: proxy.url, NO_PROXY: '127.0.0.1' },
  });
  expect(notDelivered(result)).toEqual([]);
  expect(proxy.asked).toEqual([]);
});

test.concurrent.each(['', '{"action":', 'null', '[1]', '\u0000'])(
  'an event file that holds %j costs a delivery, and no verdict',
  async (text) => {
    const eventFile = join(folder, `event-${Buffer.from(text).toString('hex')}.json`);
    await writeFile(eventFile, text);
    const base = { seed: apiWithOpen('GET /pets'), event: pullRequest() };
    const sound = await auditOnGitHub({ ...base, github: await openGitHub() });
    const broken = await auditOnGitHub({
      ...base,
      github: await openGitHub(),
      inputs: { comment: 'always', 'check-run': 'gate' },
      environment: { GITHUB_EVENT_PATH: eventFile },
    });
    expect([broken.exitCode, broken.outputs.verdict]).toEqual([1, 'fail']);
    expect(JSON.parse(broken.report ?? '')).toEqual(JSON.parse(sound.report ?? ''));
  },
);

test.concurrent('a policy file that is kept centrally is read although the event file is not JSON', async () => {
  const eventFile = join(folder, 'event-central.json');
  await writeFile(eventFile, 'no JSON');
  const github = await openGitHub();
  const result = await auditOnGitHub({
    seed: apiWithOpen('GET /pets'),
    event: pullRequest(),
    github,
    inputs: { 'policy-file': 'octo-org/policies/gate.yml@v1' },
    environment: { GITHUB_EVENT_PATH: eventFile },
  });
  // There is no such file: it was asked for, and that is what is said.
  expect(result.exitCode).toBe(3);
  expect(result.stdout).toContain('octo-org/policies/gate.yml@v1: there is no such file');
  expect(github.requests.length).toBeGreaterThan(0);
});
