import { execFile, execFileSync } from 'node:child_process';
import { request as httpRequest } from 'node:http';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { type Emulator, startEmulator } from '../../emulator/server.js';

const run = promisify(execFile);
let emulator: Emulator;

beforeAll(async () => {
  emulator = await startEmulator({
    seed: {
      account: { region: 'us-east-1' },
      callers: [{ name: 'curl', accessKeyId: 'AKIACURL', secretAccessKey: 'curls-secret' }],
      apis: [
        {
          id: 'a1b2c3d4e5',
          name: 'orders',
          methods: { 'GET /pets': { auth: 'AWS_IAM' }, 'POST /pets': { auth: 'AWS_IAM' } },
          deployments: [{ id: 'd1' }],
          stages: { prod: { deployment: 'd1' } },
        },
      ],
    },
  });
});
afterAll(() => emulator.close());
beforeEach(() => emulator.clearRequests());

async function curl(target: string, ...more: string[]): Promise<{ status: string; body: string }> {
  const { stdout } = await run('curl', [
    ...['--silent', '--write-out', '\n%{http_code}'],
    ...['--aws-sigv4', 'aws:amz:us-east-1:execute-api', '--user', 'AKIACURL:curls-secret'],
    ...more,
    `${emulator.url}/a1b2c3d4e5/prod${target}`,
  ]);
  const end = stdout.lastIndexOf('\n');
  return { status: stdout.slice(end + 1), body: stdout.slice(0, end) };
}

interface Replay {
  readonly path: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Sends the last request once more, changed on its way. */
function replay(
  change: (sent: Replay) => Partial<Replay>,
): Promise<{ status: number; body: string }> {
  const logged = emulator.requests.at(-1);
  if (logged === undefined) throw new Error('nothing to send again');
  const sent: Replay = { ...logged, ...change(logged) };
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(
      emulator.url,
      { method: logged.method, path: `${sent.path}?${sent.query}`, headers: sent.headers },
      async (incoming) => {
        let body = '';
        for await (const chunk of incoming) body += String(chunk);
        resolve({ status: incoming.statusCode ?? 0, body });
      },
    );
    outgoing.on('error', reject);
    outgoing.end(sent.body);
  });
}

function curlSigns(): boolean {
  try {
    return execFileSync('curl', ['--help', 'all'], { encoding: 'utf8' }).includes('--aws-sigv4');
  } catch {
    return false;
  }
}

const signing = curlSigns();
if (!signing) console.warn('SKIPPED: curl with --aws-sigv4 is not on this machine');
const testWithCurl = signing ? test : test.skip;

testWithCurl.each([
  ['/pets', []],
  ['/pets?page=1&size=20', []],
  ['/pets', ['--data', '{"name":"rex"}', '--header', 'content-type: application/json']],
])('a request signed by curl is accepted: %s %j', async (target, options) => {
  expect((await curl(target, ...options)).status).toBe('200');
});

testWithCurl('one byte changed is refused', async () => {
  const json = ['--data', '{"name":"rex"}', '--header', 'content-type: application/json'];
  expect((await curl('/pets?page=1', ...json)).status).toBe('200');
  const header = (sent: Replay, name: string, value: (old: string) => string) => ({
    headers: { ...sent.headers, [name]: value(sent.headers[name] ?? '') },
  });
  expect((await replay(() => ({}))).status).toBe(200);
  const changes: ((sent: Replay) => Partial<Replay>)[] = [
    () => ({ query: 'page=2' }),
    () => ({ body: '{"name":"rax"}' }),
    (sent) => header(sent, 'host', (old) => old.replace('127', '128')),
    (sent) =>
      header(sent, 'authorization', (old) =>
        old.replace(/.$/, (last) => (last === '0' ? '1' : '0')),
      ),
  ];
  for (const change of changes) {
    // Each refusal is logged too: send the accepted request again before the next change.
    expect(await replay(change)).toMatchObject({
      status: 403,
      body: expect.stringContaining('The request signature we calculated does not match'),
    });
    expect((await curl('/pets?page=1', ...json)).status).toBe('200');
  }
});

testWithCurl('curl with the wrong secret is refused', async () => {
  const { status, body } = await curl('/pets', '--user', 'AKIACURL:guess');
  expect(status).toBe('403');
  expect(body).toContain('The request signature we calculated does not match');
});
