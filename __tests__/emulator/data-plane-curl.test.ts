import { execFile, execFileSync } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { serveInvocation } from '../../emulator/data-plane/serve.js';
import { headerOf, type WireRequest } from '../../emulator/http.js';
import { account, allowed, snapshot } from './small-account.js';

const run = promisify(execFile);
const state = {
  ...account({ d1: snapshot({ 'GET /pets': { authorizationType: 'AWS_IAM' } }) }),
  region: 'us-east-1',
};

let server: Server;
let base = '';
/** Applied to each request on its way to the data plane: what an attacker on the wire could do. */
let tamper: (wire: WireRequest) => WireRequest = (wire) => wire;

beforeAll(async () => {
  server = createServer(async (incoming, outgoing) => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const [rawPath = '', rawQuery = ''] = (incoming.url ?? '').split('?');
    const headers: [string, string][] = [];
    for (let index = 0; index < incoming.rawHeaders.length; index += 2) {
      const [name = '', value = ''] = incoming.rawHeaders.slice(index, index + 2);
      headers.push([name.toLowerCase(), value]);
    }
    const method = incoming.method ?? '';
    const wire = tamper({ method, rawPath, rawQuery, headers, body: Buffer.concat(chunks) });
    const { response } = await serveInvocation(wire, {
      account: state,
      nowMs: clockOf(wire),
      random: () => 0.5,
    });
    outgoing.writeHead(response.status, response.headers).end(response.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  base = `http://127.0.0.1:${address.port}`;
});

afterAll(() => {
  server.close();
});

/** The emulator's clock stands where curl's does, so that this machine's plays no part. */
function clockOf(wire: WireRequest): number {
  const date = headerOf(wire, 'x-amz-date') ?? '';
  return Date.parse(date.replace(/^(.{4})(..)(..T..)(..)(..Z)$/, '$1-$2-$3:$4:$5'));
}

async function curl(url: string, ...more: string[]): Promise<{ status: string; body: string }> {
  const { stdout } = await run('curl', [
    ...['--silent', '--write-out', '\n%{http_code}'],
    ...['--aws-sigv4', 'aws:amz:us-east-1:execute-api'],
    ...['--user', `${allowed.accessKeyId}:${allowed.secretAccessKey}`],
    ...more,
    url,
  ]);
  const end = stdout.lastIndexOf('\n');
  return { status: stdout.slice(end + 1), body: stdout.slice(0, end) };
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

testWithCurl('a request signed by curl is accepted', async () => {
  for (const url of [`${base}/a1b2c3/prod/pets`, `${base}/a1b2c3/prod/pets?page=1&size=20`]) {
    expect(await curl(url)).toEqual({ status: '200', body: '{"message":"GET /pets"}' });
  }
});

testWithCurl('one byte changed is refused', async () => {
  const changes: ((wire: WireRequest) => WireRequest)[] = [
    (wire) => ({ ...wire, rawQuery: 'page=2' }),
    (wire) => ({ ...wire, body: Buffer.from(' ') }),
    (wire) => ({
      ...wire,
      headers: wire.headers.map(([name, value]) => [
        name,
        name === 'authorization'
          ? value.replace(/.$/, (last) => (last === '0' ? '1' : '0'))
          : value,
      ]),
    }),
    (wire) => ({
      ...wire,
      headers: wire.headers.map(([name, value]) => [
        name,
        name === 'host' ? value.replace('127', '128') : value,
      ]),
    }),
  ];
  for (const change of changes) {
    tamper = change;
    const { status, body } = await curl(`${base}/a1b2c3/prod/pets?page=1`);
    expect(status).toBe('403');
    expect(body).toContain('The request signature we calculated does not match');
  }
  tamper = (wire) => wire;
});

testWithCurl('curl with the wrong secret is refused', async () => {
  const { status, body } = await curl(`${base}/a1b2c3/prod/pets`, '--user', 'AKIAALLOWED:guess');
  expect(status).toBe('403');
  expect(body).toContain('The request signature we calculated does not match');
});
