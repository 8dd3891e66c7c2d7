import { createServer } from 'node:http';
import { expect, test } from '@jest/globals';
import { scenario } from './kit.js';
import { listen } from './loopback-kit.js';

/** A server that is not API Gateway; answers everything with one status. */
async function plainServer(status: number): Promise<string> {
  const server = createServer((_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end('{"message":"Missing Authentication Token"}');
  });
  return `http://127.0.0.1:${await listen(server)}`;
}

test('a server that refuses everything is not API Gateway, and proves nothing', async () => {
  const { run } = await scenario('clean');
  const { exitCode, parsed } = await run({ 'endpoint-url': `${await plainServer(403)}/{stage}` });
  expect(exitCode).toBe(2);
  expect(parsed.verdict).toBe('incomplete');
  expect(new Set(parsed.findings.map((it) => it.rule))).toEqual(new Set(['probe-inconclusive']));
  expect(parsed.findings[0]?.message).toContain('something that is not API Gateway answered');
});

test('a server that accepts everything is not API Gateway either', async () => {
  const { run } = await scenario('clean');
  const { exitCode } = await run({ 'endpoint-url': `${await plainServer(200)}/{stage}` });
  expect(exitCode).toBe(2);
});

test('an endpoint that is down is incomplete', async () => {
  const { run } = await scenario('clean');
  const { exitCode, parsed } = await run({ 'endpoint-url': 'http://127.0.0.1:9/{stage}' });
  expect(exitCode).toBe(2);
  expect(parsed.findings[0]?.message).toContain('ECONNREFUSED');
});

test('a caller that may not invoke is a finding that says which right is missing', async () => {
  const { emulator, run } = await scenario('clean');
  for (const caller of emulator.account.callers.values())
    caller.notAllowed.push('execute-api:Invoke');
  const { exitCode, parsed, stdout } = await run();
  expect(exitCode).toBe(1);
  expect(new Set(parsed.findings.map((it) => it.rule))).toEqual(new Set(['signed-rejected']));
  expect(parsed.findings[0]?.message).toContain('not authorized to perform: execute-api:Invoke');
  expect(parsed.findings[0]?.fix).toContain('execute-api:Invoke');
  expect(stdout).not.toContain('123456789012');
});

test('invoke-role-arn signs with the role', async () => {
  const { emulator, run } = await scenario('clean');
  for (const caller of emulator.account.callers.values())
    caller.notAllowed.push('execute-api:Invoke');
  const { exitCode } = await run({
    'invoke-role-arn': 'arn:aws:iam::123456789012:role/gate-invoker',
  });
  expect(exitCode).toBe(0);
  const signed = emulator.requests.filter(
    (it) => it.plane === 'data' && it.headers.authorization !== undefined,
  );
  for (const it of signed) expect(it.headers['x-amz-security-token']).toBeDefined();
});

test('a role that cannot be assumed leaves the signed half unproven', async () => {
  const { emulator, run } = await scenario('clean');
  for (const role of emulator.account.roles.values()) role.assumable = false;
  const { exitCode, parsed } = await run({
    'invoke-role-arn': 'arn:aws:iam::123456789012:role/gate-invoker',
  });
  expect(exitCode).toBe(2);
  expect(parsed.findings[0]?.rule).toBe('probe-inconclusive');
  expect(parsed.findings[0]?.message).toContain('AssumeRole failed');
  expect(parsed.methods.find((it) => it.unsigned !== null)?.signed?.answer).toBe('no-credentials');
});

test('a deployment that takes its time is waited for', async () => {
  const { run } = await scenario('fixed-not-deployed', { propagationDelayMs: 1_500 });
  const { exitCode, parsed } = await run({ mode: 'enforce', 'smoke-timeout': '60' });
  expect(exitCode).toBe(0);
  expect(parsed.verdict).toBe('pass');
});

test('a deployment that never arrives is said to be open still', async () => {
  const { run } = await scenario('fixed-not-deployed', { propagationDelayMs: 3_600_000 });
  const { exitCode, parsed } = await run({ mode: 'enforce', 'smoke-timeout': '5' });
  expect(exitCode).toBe(1);
  expect(parsed.findings[0]?.rule).toBe('unsigned-accepted');
});

test('a deployment that half of the servers never get is not believed', async () => {
  const { run, emulator } = await scenario('fixed-not-deployed', {
    propagationDelayMs: 3_600_000,
    oldServers: 0.5,
  });
  const { exitCode, parsed } = await run({ mode: 'enforce', 'smoke-timeout': '5' });
  expect(exitCode).toBe(1);
  expect(parsed.transactions?.[0]?.state).toBe('restored');
  expect(parsed.transactions?.[0]?.reasons.join()).toContain('was served');
  // As long as a stage settles, no two requests share a connection.
  const asked = emulator.requests.filter(
    ({ plane, headers }) => plane === 'data' && headers.authorization !== undefined,
  );
  expect(asked.length).toBeGreaterThan(3);
  expect(asked.every(({ headers }) => headers.connection === 'close')).toBe(true);
});

test('an endpoint that is throttled for good is inconclusive', async () => {
  const { emulator, run } = await scenario('clean');
  emulator.injectFault({
    operation: 'Invoke',
    effect: { kind: 'answer', status: 429, errorType: 'TooManyRequestsException' },
  });
  const { exitCode, parsed } = await run();
  expect(exitCode).toBe(2);
  expect(parsed.findings[0]?.message).toContain('throttled');
});

test('a disabled default endpoint is not mistaken for a refusal', async () => {
  const { emulator, run } = await scenario('clean');
  for (const api of emulator.account.apis.values()) api.disableExecuteApiEndpoint = true;
  const { exitCode, parsed } = await run({ 'endpoint-url': '' });
  expect(exitCode).toBe(2);
  expect(parsed.findings.map((it) => it.rule)).toEqual(['probe-inconclusive']);
  expect(parsed.findings[0]?.fix).toContain('endpoint-url');
});

test('smoke-test: false sends nothing to the endpoint', async () => {
  const { emulator, run } = await scenario('clean');
  const { exitCode, parsed } = await run({ 'smoke-test': 'false' });
  expect(exitCode).toBe(0);
  expect(emulator.requests.filter((it) => it.plane === 'data')).toEqual([]);
  expect(parsed.methods.every((it) => it.notProbed === 'smoke-test is off')).toBe(true);
});
