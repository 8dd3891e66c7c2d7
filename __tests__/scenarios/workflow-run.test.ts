import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { startEmulator } from '../../emulator/server.js';
import { evaluate, interpolate, isToRun } from '../../runner/workflow/expression.js';
import {
  type Attempt,
  openRun,
  type RunOptions,
  type WorkflowRun,
} from '../../runner/workflow/run.js';
import { readWorkflow } from '../../runner/workflow/workflow-file.js';

const opened: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

/** A run of a workflow that is written down in the test. */
async function runOf(yaml: string, options: Partial<RunOptions> = {}): Promise<WorkflowRun> {
  const folder = await mkdtemp(join(tmpdir(), 'workflow-'));
  opened.push(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, 'workflow.yml');
  await writeFile(file, yaml);
  const run = await openRun({ file, environment: {}, cancelScale: 0.01, ...options });
  opened.push(() => run.close());
  return run;
}

/** `id matrix conclusion` of every job. */
function conclusions({ jobs }: Attempt): string[] {
  return jobs.map(({ id, matrix, conclusion }) =>
    [id, ...Object.values(matrix), conclusion].join(' '),
  );
}

function logOf({ jobs }: Attempt, id: string): string {
  return jobs
    .filter((job) => job.id === id)
    .flatMap(({ steps, warnings }) => [...steps.map(({ log }) => log), ...warnings])
    .join('');
}

const FAN_OUT = `
on: { workflow_call: { inputs: { shards: { type: string, default: '["000","001","002"]' } } } }
jobs:
  plan:
    runs-on: ubuntu-latest
    outputs: { matrix: '\${{ steps.plan.outputs.matrix }}' }
    steps:
      - id: plan
        env: { SHARDS: '\${{ inputs.shards }}' }
        run: echo "matrix={\\"shard\\":$SHARDS}" >> "$GITHUB_OUTPUT"
  shard:
    needs: plan
    runs-on: ubuntu-latest
    strategy: { fail-fast: false, matrix: '\${{ fromJSON(needs.plan.outputs.matrix) }}' }
    steps:
      - run: |
          mkdir out
          echo "attempt \${{ github.run_attempt }}" > out/\${{ matrix.shard }}.txt
          test "\${{ matrix.shard }}" != 001 || test "\${{ github.run_attempt }}" != 1
      - if: always()
        uses: actions/upload-artifact@v4
        with: { name: 'gate-\${{ matrix.shard }}-\${{ github.run_attempt }}', path: out }
  gate:
    needs: [plan, shard]
    if: always()
    runs-on: ubuntu-latest
    steps:
      - uses: actions/download-artifact@v4
        with: { pattern: 'gate-*', path: in }
      - run: |
          echo "shards \${{ needs.shard.result }}"
          find in -type f | sort
          test "\${{ needs.shard.result }}" = success
`;

describe('a workflow', () => {
  test('runs jobs by what they need, a matrix of another job’s output, and keeps artifacts', async () => {
    const run = await runOf(FAN_OUT);
    const first = await run.start();
    expect(conclusions(first)).toEqual([
      'plan success',
      'shard 000 success',
      'shard 001 failure',
      'shard 002 success',
      'gate failure',
    ]);
    expect(first.conclusion).toBe('failure');
    expect(logOf(first, 'gate')).toContain('shards failure');
    expect(run.artifacts.list.map(({ name }) => name).sort()).toEqual([
      'gate-000-1',
      'gate-001-1',
      'gate-002-1',
    ]);
  });

  test('runs again what failed and what needs it, and finds the artifacts of before', async () => {
    const run = await runOf(FAN_OUT);
    await run.start();
    const second = await run.rerunFailed();
    expect(second.jobs.map(({ id, attempt }) => `${id} ${attempt}`)).toEqual([
      'plan 1',
      'shard 1',
      'shard 1',
      'shard 2',
      'gate 2',
    ]);
    expect(second.conclusion).toBe('success');
    expect(logOf(second, 'gate').split('\n').slice(0, 6)).toEqual([
      'Total of 4 artifact(s) downloaded',
      'shards success',
      'in/gate-000-1/000.txt',
      'in/gate-001-1/001.txt',
      'in/gate-001-2/001.txt',
      'in/gate-002-1/002.txt',
    ]);
  });

  test.each([
    ['never-started', { kind: 'never-started', conclusion: 'cancelled' }, 'cancelled'],
    ['lost', { kind: 'never-started', conclusion: 'failure' }, 'failure'],
  ] as const)(
    'goes on without a job that is %s, and uploads nothing of it',
    async (_, how, then) => {
      const run = await runOf(FAN_OUT, {
        disturb: ({ matrix, attempt }) =>
          matrix.shard === '002' && attempt === 1 ? how : undefined,
      });
      const first = await run.start();
      expect(conclusions(first)).toContain(`shard 002 ${then}`);
      expect(run.artifacts.list.map(({ name }) => name).sort()).toEqual([
        'gate-000-1',
        'gate-001-1',
      ]);
      expect(conclusions(await run.rerunFailed())).toContain('shard 002 success');
    },
  );

  test('fails where a matrix has no values, or there is no JSON', async () => {
    const empty = await (await runOf(FAN_OUT, { inputs: { shards: '[]' } })).start();
    expect(conclusions(empty)).toEqual(['plan success', 'shard failure', 'gate failure']);
    expect(logOf(empty, 'shard')).toContain("Matrix vector 'shard' does not contain any values");
  });

  test('cancels the rest of a matrix with the first failure, unless it is told not to', async () => {
    const run = await runOf(FAN_OUT.replace('fail-fast: false, ', ''), { atOnce: 1 });
    expect(conclusions(await run.start())).toEqual([
      'plan success',
      'shard 000 success',
      'shard 001 failure',
      'shard 002 cancelled',
      'gate failure',
    ]);
  });

  test('skips what needs a job that failed, and a skipped job is no failure', async () => {
    const run = await runOf(`
on: push
jobs:
  one: { runs-on: ubuntu-latest, steps: [{ run: exit 1 }] }
  two: { needs: one, runs-on: ubuntu-latest, steps: [{ run: echo two }] }
  three: { needs: two, if: always(), runs-on: ubuntu-latest, steps: [{ run: 'echo \${{ needs.two.result }}' }] }
  four: { needs: one, if: failure(), runs-on: ubuntu-latest, steps: [{ run: echo four }] }
`);
    const attempt = await run.start();
    expect(conclusions(attempt)).toEqual([
      'one failure',
      'two skipped',
      'three success',
      'four success',
    ]);
    expect(logOf(attempt, 'three')).toBe('skipped\n');
  });

  test('drops a job’s output that holds a masked value, and says so in a warning alone', async () => {
    const run = await runOf(
      `
on: push
jobs:
  plan:
    runs-on: ubuntu-latest
    outputs: { targets: '\${{ steps.list.outputs.targets }}', count: '\${{ steps.list.outputs.count }}' }
    steps:
      - uses: aws-actions/configure-aws-credentials@v4
      - id: list
        run: |
          echo "targets=[\\"123456789012\\"]" >> "$GITHUB_OUTPUT"
          echo "count=1" >> "$GITHUB_OUTPUT"
  next:
    needs: plan
    runs-on: ubuntu-latest
    steps: [{ run: "echo 'targets=\${{ needs.plan.outputs.targets }} count=\${{ needs.plan.outputs.count }}'" }]
`,
      {
        standIns: {
          'aws-actions/configure-aws-credentials': async () => ({ masks: ['123456789012'] }),
        },
      },
    );
    const attempt = await run.start();
    expect(logOf(attempt, 'plan')).toContain("Skip output 'targets' since it may contain secret.");
    expect(logOf(attempt, 'next')).toBe('targets= count=1\n');
  });

  test('refuses a key that it does not play, and an action that nobody plays', async () => {
    expect(() => readWorkflow('on: push\njobs: { a: { services: {}, steps: [] } }')).toThrow(
      /services|steps/,
    );
    expect(() =>
      readWorkflow('on: push\njobs: { a: { needs: b, runs-on: x, steps: [{ run: x }] } }'),
    ).toThrow('The job a needs b, which there is not');
    const run = await runOf(
      'on: push\njobs: { a: { runs-on: x, steps: [{ uses: somebody/action@v1 }] } }',
    );
    await expect(run.start()).rejects.toThrow('somebody/action');
  });

  test('runs the actions of this repository, whatever way they are named, and cancels them', async () => {
    const emulator = await startEmulator({
      seed: {
        apis: [
          {
            id: 'a1b2c3d4e5',
            name: 'orders',
            methods: { 'GET /': { auth: 'NONE' } },
            deployments: [{ id: 'dep001' }],
            stages: { prod: { deployment: 'dep001' } },
          },
        ],
      },
    });
    opened.push(() => emulator.close());
    const yaml = (uses: string) => `
on: push
jobs:
  gate:
    runs-on: ubuntu-latest
    steps:
      - { id: gate, uses: '${uses}', with: { api-id: a1b2c3d4e5, smoke-test: false }, continue-on-error: true }
      - if: always()
        run: echo "\${{ steps.gate.outcome }} \${{ steps.gate.outputs.verdict }}"
`;
    for (const uses of ['./', '$/', 'octo-org/apigw-iam-gate@v1']) {
      const attempt = await (await runOf(yaml(uses), { environment: emulator.env })).start();
      expect([attempt.conclusion, attempt.jobs[0]?.steps[1]?.log]).toEqual([
        'success',
        'failure fail\n',
      ]);
    }
    emulator.injectFault({ operation: 'GetRestApi', effect: { kind: 'delay', ms: 3000 } });
    const cancelled = await (
      await runOf(yaml('./'), {
        environment: emulator.env,
        disturb: () => ({ kind: 'cancelled' }),
      })
    ).start();
    expect(cancelled.conclusion).toBe('cancelled');
    expect(cancelled.jobs[0]?.steps[1]?.log).toContain('cancelled');
    const lost = await (
      await runOf(yaml('./'), { environment: emulator.env, disturb: () => ({ kind: 'lost' }) })
    ).start();
    expect([lost.conclusion, lost.jobs[0]?.steps.length]).toEqual(['failure', 1]);
  });
});

describe('artifacts', () => {
  const upload = (name: string, more = '') =>
    `{ uses: actions/upload-artifact@v4, with: { name: '${name}', path: out${more} } }`;
  const job = (...steps: string[]) => `
on: push
jobs:
  one:
    runs-on: ubuntu-latest
    steps: [{ run: 'mkdir -p out/deep; echo "$RANDOM" > out/a.txt; echo b > out/deep/b.txt; echo c > out/.hidden' }, ${steps.join(', ')}]
`;

  test('are taken once: a second upload of the name is refused, in a later attempt too', async () => {
    const twice = await runOf(job(upload('same'), upload('same')));
    const attempt = await twice.start();
    expect(attempt.conclusion).toBe('failure');
    expect(logOf(attempt, 'one')).toContain('(409) Conflict');
    const once = await runOf(job(upload('same'), '{ run: exit 1 }'));
    await once.start();
    expect(logOf(await once.rerunFailed(), 'one')).toContain('(409) Conflict');
    const overwritten = await runOf(job(upload('same'), upload('same', ', overwrite: true')));
    expect((await overwritten.start()).conclusion).toBe('success');
  });

  test('have the files below the path, without hidden ones', async () => {
    const run = await runOf(job(upload('files')));
    await run.start();
    expect(run.artifacts.list).toEqual([{ name: 'files', files: ['a.txt', 'deep/b.txt'] }]);
  });

  test.each(['a/b', 'a:b', 'a*', 'a"b', 'a?'])('may not be called %s', async (name) => {
    const run = await runOf(job(upload(name)));
    expect(logOf(await run.start(), 'one')).toContain('The artifact name is not valid');
  });

  test('of nothing are none, and that is a warning unless it is to be an error', async () => {
    const nothing = (more: string) =>
      job(`{ uses: actions/upload-artifact@v4, with: { name: x, path: nowhere${more} } }`);
    const warned = await runOf(nothing(''));
    expect((await warned.start()).conclusion).toBe('success');
    expect(warned.artifacts.list).toEqual([]);
    const failed = await runOf(nothing(', if-no-files-found: error'));
    expect((await failed.start()).conclusion).toBe('failure');
  });

  test('are merged into one folder where that is asked for, and none that fits is no error', async () => {
    const down = (more: string) =>
      `{ uses: actions/download-artifact@v4, with: { path: in, ${more} } }, { run: 'mkdir -p in; find in -type f | sort' }`;
    const merged = await runOf(
      job(upload('x-1'), upload('x-2'), down("pattern: 'x-*', merge-multiple: true")),
    );
    expect(logOf(await merged.start(), 'one')).toContain('in/a.txt\nin/deep/b.txt\n');
    const none = await runOf(job(down("pattern: 'y-*'")));
    expect((await none.start()).conclusion).toBe('success');
    const named = await runOf(job(down('name: y')));
    expect(logOf(await named.start(), 'one')).toContain('Artifact not found for name: y');
  });

  test('that are broken cannot be downloaded', async () => {
    const run = await runOf(
      `
on: push
jobs:
  one: { runs-on: x, steps: [{ run: 'mkdir out; echo a > out/a.txt' }, ${upload('half')}] }
  two: { needs: one, runs-on: x, steps: [{ uses: test/break@v1 }, { uses: actions/download-artifact@v4, with: { pattern: 'ha*' } }] }
`,
      {
        standIns: {
          'test/break': async () => {
            run.artifacts.truncate('half');
            return {};
          },
        },
      },
    );
    const attempt = await run.start();
    expect(conclusions(attempt)).toEqual(['one success', 'two failure']);
    expect(logOf(attempt, 'two')).toContain('Unable to download');
  });
});

/** An expression as it stands in a workflow. */
function braced(expression: string): string {
  return `\${{ ${expression} }}`;
}

describe('expressions', () => {
  const scope = {
    contexts: { needs: { plan: { outputs: { matrix: '{"shard":["000"]}', empty: '' } } }, n: 3 },
    status: { success: false, failure: true, cancelled: false },
  };

  test('keep their type where they are all there is, and are text within text', () => {
    expect(interpolate(braced('fromJSON(needs.plan.outputs.matrix)'), scope)).toEqual({
      shard: ['000'],
    });
    expect(interpolate(`gate-${braced('n')}-${braced('needs.none.outputs.x')}`, scope)).toBe(
      'gate-3-',
    );
    expect(interpolate(`${braced("format('{0}', n)")} and ${braced('n == 3')}`, scope)).toBe(
      '3 and true',
    );
    expect(evaluate("needs.plan.outputs.empty || 'else'", scope)).toBe('else');
  });

  test('have an implicit success() where no status function is named', () => {
    expect(isToRun(undefined, scope)).toBe(false);
    expect(isToRun('n == 3', scope)).toBe(false);
    expect(isToRun('always() && n == 3', scope)).toBe(true);
    expect(isToRun(braced('failure()'), scope)).toBe(true);
    expect(isToRun('!cancelled()', scope)).toBe(true);
  });
});
