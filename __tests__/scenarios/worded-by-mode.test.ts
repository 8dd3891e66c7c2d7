import { expect, test } from '@jest/globals';
import { scenario } from './kit.js';

test('what enforce leaves is not said to be for enforce', async () => {
  const { run } = await scenario('orders');
  const { parsed, exitCode } = await run({ mode: 'enforce', 'smoke-test': 'false' });
  expect(exitCode).toBe(1);
  const fixes = parsed.findings.map(({ fix }) => fix);
  expect(fixes.join('\n')).toContain('or set replace-authorizers: true');
  for (const fix of fixes) expect(fix).not.toContain('mode: enforce');
});

test('what enforce refuses is said with where the reason stands', async () => {
  const { emulator, run } = await scenario('orders');
  emulator.injectFault({
    operation: 'UpdateMethod',
    effect: { kind: 'answer', status: 403, errorType: 'AccessDeniedException' },
  });
  const { parsed, summary } = await run({ mode: 'enforce', 'smoke-test': 'false' });
  const open = parsed.findings.filter(({ rule }) => rule === 'deployed-not-iam');
  expect(open.length).toBeGreaterThan(0);
  for (const { fix } of open) expect(fix).not.toContain('mode: enforce');
  expect(open[0]?.fix).toContain('the report says it under "What enforce changed"');
  expect(summary).toContain('### What enforce changed');
  // The statement that is missing can be copied.
  expect(summary).toMatch(
    /```json\n(?: {2})?\{\n\s+"Effect": "Allow",\n\s+"Action": "apigateway:PATCH"/,
  );
});

test('what a plan finds is for enforce', async () => {
  const { run } = await scenario('orders');
  const { parsed } = await run({ mode: 'plan', 'smoke-test': 'false' });
  expect(parsed.findings[0]?.fix).toContain('run the gate with mode: enforce');
});
