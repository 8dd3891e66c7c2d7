import { createServer, type ServerResponse } from 'node:http';
import { expect, test } from '@jest/globals';
import { findingsOf, type Outcome, type Scenario, scenario } from './kit.js';
import { listen } from './loopback-kit.js';

/** A backend on loopback. */
async function backend(answer: (response: ServerResponse) => void): Promise<string> {
  const port = await listen(createServer((_request, response) => answer(response)));
  return `http://127.0.0.1:${port}/`;
}

/** Events for ever, one at once. */
function serverSentEvents(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write('data: 1\n\n');
}

/** Headers, and never a byte of a body. */
function silence(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.flushHeaders();
}

/** As much as anybody takes. */
function flood(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/octet-stream' });
  const chunk = Buffer.alloc(64 * 1024, 'x');
  const pour = (): void => {
    while (response.write(chunk));
  };
  response.on('drain', pour);
  pour();
}

/** An API that streams at `/events`, first of all that is asked, beside a method that is sound. */
async function streaming(
  uri: string,
  auth: 'AWS_IAM' | 'NONE',
  others: Record<string, { auth: 'AWS_IAM' }> = { 'GET /sound': { auth: 'AWS_IAM' } },
): Promise<Scenario> {
  return scenario({
    apis: [
      {
        id: 's1t2r3e4a5',
        name: 'stream',
        methods: {
          'GET /events': {
            auth,
            integration: { type: 'HTTP_PROXY', uri, httpMethod: 'GET', stream: true },
          },
          ...others,
        },
        deployments: [{ id: 'dep001' }],
        stages: { prod: { deployment: 'dep001' } },
      },
    ],
  });
}

function proofs({ parsed }: Outcome): unknown[] {
  return parsed.methods.map(({ path, proof }) => [path, proof]);
}

test.each([
  ['server-sent events', serverSentEvents],
  ['silence', silence],
  ['a flood', flood],
])('a method that answers %s to signed callers is proven', async (_what, answer) => {
  const { run } = await streaming(await backend(answer), 'AWS_IAM');
  const outcome = await run();
  expect(outcome.parsed.findings).toEqual([]);
  expect(outcome.exitCode).toBe(0);
  expect(proofs(outcome)).toEqual([
    ['/events', 'proven'],
    ['/sound', 'proven'],
  ]);
});

test('a stage of nothing but streams is proven', async () => {
  const { run } = await streaming(await backend(silence), 'AWS_IAM', {});
  const outcome = await run();
  expect(outcome.exitCode).toBe(0);
  expect(proofs(outcome)).toEqual([['/events', 'proven']]);
});

test.each([
  ['server-sent events', serverSentEvents],
  ['silence', silence],
])('an open method that answers %s is seen to be open', async (_what, answer) => {
  const { emulator, run } = await streaming(await backend(answer), 'AWS_IAM');
  emulator.injectFault({
    operation: 'Invoke',
    where: () => {
      for (const api of emulator.account.apis.values())
        for (const { snapshot } of api.deployments.values())
          for (const method of snapshot.paths.get('/events')?.values() ?? [])
            method.authorizationType = 'NONE';
      return false;
    },
    effect: { kind: 'reset' },
  });
  const { exitCode, parsed } = await run();
  expect(exitCode).toBe(1);
  expect(findingsOf(parsed)).toContain('unsigned-accepted GET /events prod');
  // Nobody calls the origin unreachable that has answered.
  expect(parsed.methods.find(({ path }) => path === '/sound')?.proof).toBe('proven');
});
