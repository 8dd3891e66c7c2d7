import { expect, test } from '@jest/globals';
import { callsByOperation, scenario } from './kit.js';

test('gates that read one region at once all pass, although the quota is not enough for them', async () => {
  const apis = Array.from({ length: 4 }, (_, index) => ({
    id: `c${String(index).padStart(9, '0')}`,
    name: `company ${index}`,
    methods: { 'GET /': { auth: 'AWS_IAM' as const } },
    deployments: [{ id: `dep${index}` }],
    stages: { prod: { deployment: `dep${index}` } },
  }));
  const { emulator, run } = await scenario({ apis }, { quotas: true });
  const inputs = { 'api-id': '*', 'smoke-test': 'false' };
  // One attempt: what is throttled is none of it.
  const gates = await Promise.all([1, 2, 3].map(() => run(inputs, { AWS_MAX_ATTEMPTS: '1' })));
  expect(gates.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0]);
  expect(emulator.quotaViolations.length).toBeGreaterThan(0);
  // Each reads each API once, and nothing is asked in vain more often than it is answered.
  const { GetResources = 0 } = callsByOperation(emulator);
  expect(GetResources - emulator.quotaViolations.length).toBe(12);
  expect(emulator.quotaViolations.length).toBeLessThan(24);
  expect(gates.map(({ stdout }) => /AWS throttled GetResources/.test(stdout))).toContain(true);
});
