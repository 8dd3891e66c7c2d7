import { createServer } from 'node:http';
import { describe, expect, test } from '@jest/globals';
import type { SeedFile } from '../../emulator/server.js';
import { scenario } from './kit.js';
import { listen } from './loopback-kit.js';

/** Something that takes requests, and answers none. */
async function blackHole(): Promise<{ url: string; asked: Set<string> }> {
  const asked = new Set<string>();
  const port = await listen(createServer(({ url = '' }) => asked.add(url)));
  return { url: `http://127.0.0.1:${port}`, asked };
}

/**
 * An answer that does not come while a test lasts. So a test that ends shows that nobody waited for it,
 * however long the machine took for the rest.
 */
const NEVER = { kind: 'delay', ms: 3_600_000 } as const;

function withMethods(count: number): SeedFile {
  return {
    apis: [
      {
        id: 's1l2o3w4s5',
        name: 'slow',
        repeat: [{ count, key: 'GET /m#', method: { auth: 'AWS_IAM' } }],
        deployments: [{ id: 'dep001' }],
        stages: { prod: { deployment: 'dep001' } },
      },
    ],
  };
}

describe('smoke-timeout', () => {
  test('bounds the whole test, a request in flight included, and what was not asked is said', async () => {
    const { emulator, run } = await scenario(withMethods(60));
    // The first method is asked in no time: the stage is proven, and the audit incomplete all the same.
    let first = '';
    emulator.injectFault({
      operation: 'Invoke',
      where: ({ path }) => {
        first ||= path;
        return path !== first;
      },
      effect: NEVER,
    });
    const { exitCode, parsed } = await run({ 'smoke-timeout': '4' });
    expect(exitCode).toBe(2);
    const asked = emulator.requests.filter(({ operation }) => operation === 'Invoke');
    // Eight methods at once, and none of those that are still waited for gives its place to another.
    expect(new Set(asked.map(({ path }) => path)).size).toBeLessThanOrEqual(1 + 8);
    const rows = new Map(parsed.methods.map((row) => [first.endsWith(row.path), row]));
    expect(rows.get(true)).toMatchObject({ proof: 'proven', verdict: 'pass' });
    expect(rows.get(false)).toMatchObject({
      verdict: 'incomplete',
      unsigned: { status: null, answer: 'out-of-time' },
    });
    const [finding, ...more] = parsed.findings;
    expect(more).toEqual([]);
    expect(finding).toMatchObject({ rule: 'probe-inconclusive', stage: 'prod', method: null });
    expect(finding?.message).toMatch(/smoke-timeout was over .*GET \/m\d+, .* and \d+ more/);
    expect(finding?.fix).toContain('Raise smoke-timeout');
  });

  test('bounds an endpoint that never answers', async () => {
    const { run } = await scenario(withMethods(20));
    const { url, asked } = await blackHole();
    const { exitCode, parsed } = await run({
      'smoke-timeout': '2',
      'endpoint-url': `${url}/{stage}`,
    });
    expect(exitCode).toBe(2);
    expect(asked.size).toBeGreaterThan(0);
    expect(asked.size).toBeLessThanOrEqual(8);
    expect(parsed.findings.map(({ rule }) => rule)).toEqual(['probe-inconclusive']);
  });

  test('bounds AssumeRole, and what needs no credentials is asked', async () => {
    const { emulator, run } = await scenario(withMethods(3));
    emulator.injectFault({ operation: 'AssumeRole', effect: NEVER });
    const { exitCode, parsed } = await run({
      'smoke-timeout': '3',
      'invoke-role-arn': 'arn:aws:iam::123456789012:role/gate-invoker',
    });
    expect(exitCode).toBe(2);
    expect(parsed.findings[0]?.message).toContain('AssumeRole gave no answer within 2 s');
    for (const { unsigned } of parsed.methods) expect(unsigned?.answer).toBe('missing-token');
  });
});
