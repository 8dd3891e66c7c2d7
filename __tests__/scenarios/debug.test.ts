import { expect, test } from '@jest/globals';
import { scenario } from './kit.js';

test('with debug logging every call is a line: what, which attempt, and how long', async () => {
  const { run, emulator } = await scenario('clean');
  emulator.injectFault({
    operation: 'GetStages',
    times: 1,
    effect: { kind: 'answer', status: 429, errorType: 'TooManyRequestsException' },
  });
  const { stdout, exitCode } = await run({}, { RUNNER_DEBUG: '1' });
  expect(exitCode).toBe(0);
  const lines = stdout.split('\n').filter((line) => line.startsWith('::debug::'));
  const line = (words: string) =>
    expect.stringMatching(new RegExp(`^::debug::${words} after \\d+ ms$`));
  expect(lines).toContainEqual(line('GetResources \\w+: attempt 1 was answered'));
  expect(lines).toContainEqual(
    line('GetStages \\w+: attempt 1 failed \\(TooManyRequestsException\\)'),
  );
  expect(lines).toContainEqual(line('GetStages \\w+: attempt 2 was answered'));
  expect(lines).toContainEqual(line('unsigned GET http\\S+: \\S+ 403'));
  expect(lines).toContainEqual(line('signed GET http\\S+: \\S+ 200'));
});

test('without it no such line is written', async () => {
  const { run } = await scenario('clean');
  expect((await run()).stdout).not.toContain('::debug::');
});
