import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { mutations, scenario } from './kit.js';

const ACCOUNT = '123456789012';

test.each([
  { mode: 'audit' },
  { mode: 'plan' },
  { mode: 'enforce' },
  { 'api-id': `name:orders-${ACCOUNT}` },
  { 'api-id': `tag:owner=arn:aws:iam::${ACCOUNT}:user/alice` },
  { 'api-id': `tag:owner=arn:aws:iam::${ACCOUNT}:user/bob` },
])('an account id in the name or a tag of an API shows nowhere: %j', async (inputs) => {
  const { run } = await scenario({
    apis: [
      {
        id: 'e1c2h3o4e5',
        name: `orders-${ACCOUNT}`,
        tags: { owner: `arn:aws:iam::${ACCOUNT}:user/alice` },
        methods: {
          'GET /': { auth: 'AWS_IAM' },
          'POST /': {
            auth: 'NONE',
            integration: {
              type: 'HTTP_PROXY',
              httpMethod: 'POST',
              uri: `https://alice:s3cr3t@backend.example.com/v1?key=SECRETKEY&account=${ACCOUNT}`,
            },
          },
        },
        deployments: [{ id: 'dep001' }],
        stages: { prod: { deployment: 'dep001' } },
      },
    ],
  });
  const { stdout, stderr, summary, report, html, sarif, junit, outputs } = await run(inputs, {
    RUNNER_DEBUG: '1',
  });
  const said = [stdout, stderr, summary, report, html, sarif, junit, JSON.stringify(outputs)];
  expect(said.join('\n')).not.toMatch(/123456789012|alice|s3cr3t|SECRETKEY/);
  expect(said.join('\n')).toContain('9012');
});

test.each(['audit', 'enforce'])('an exception by such a name holds: %s', async (mode) => {
  const name = `orders-${ACCOUNT}`;
  const { run, emulator } = await scenario({
    apis: [
      {
        id: 'e1c2h3o4e5',
        name,
        methods: { 'GET /': { auth: 'AWS_IAM' }, 'GET /health': { auth: 'NONE' } },
        deployments: [{ id: 'dep001' }],
        stages: { prod: { deployment: 'dep001' } },
      },
    ],
  });
  const GITHUB_WORKSPACE = await mkdtemp(join(tmpdir(), 'apigw-iam-gate-workspace-'));
  const policy = { methods: ['GET /health'], api: name, permanent: true };
  const why = { reason: 'the load balancer asks it', owner: 'orders' };
  await mkdir(join(GITHUB_WORKSPACE, '.github'));
  await writeFile(
    join(GITHUB_WORKSPACE, '.github', 'apigw-iam-gate.yml'),
    JSON.stringify({ exceptions: [{ ...policy, ...why }] }),
  );
  const { exitCode, parsed } = await run({ mode, 'smoke-test': 'false' }, { GITHUB_WORKSPACE });
  expect([exitCode, parsed.verdict, parsed.counts.suppressed > 0]).toEqual([0, 'pass', true]);
  expect(mutations(emulator)).toEqual([]);
  await rm(GITHUB_WORKSPACE, { recursive: true });
});
