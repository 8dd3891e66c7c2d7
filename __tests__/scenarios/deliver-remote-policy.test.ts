import { expect, test } from '@jest/globals';
import { apiWithOpen, auditOnGitHub, openGitHub, SCHEDULE } from './github-kit.js';

const POLICY = [
  'exceptions:',
  '  - methods: GET /pets',
  '    api: orders',
  '    reason: A partner calls it without AWS credentials.',
  '    owner: team-orders',
  '    permanent: true',
  '',
].join('\n');

const REMOTE = 'octo-org/orders/policies/gate.yml@v1';

test('a policy file that is kept centrally is read with github-token', async () => {
  const github = await openGitHub();
  github.repository.files.set('policies/gate.yml@v1', POLICY);
  const { exitCode, report, stdout } = await auditOnGitHub({
    github,
    seed: apiWithOpen('GET /pets'),
    event: SCHEDULE,
    inputs: { 'policy-file': REMOTE },
  });
  expect(stdout).not.toContain('::error');
  expect(exitCode).toBe(0);
  expect(JSON.parse(report ?? '')).toMatchObject({
    verdict: 'pass',
    counts: { suppressed: 2 },
    exceptions: [{ state: 'in-use', owner: 'team-orders' }],
  });
  expect(github.requests.map((it) => it.operationId)).toEqual(['repos/get-content']);
});

test.each([
  [404, 'there is no such file, or the token may not read the repository'],
  [403, 'Add to the job `permissions: contents: read`'],
  [401, 'GitHub refused the token'],
  [503, 'GitHub failed (503'],
])('one that is answered %i stops the run before anything is judged', async (status, words) => {
  const github = await openGitHub();
  github.injectFault({ operationId: 'repos/get-content', effect: { kind: 'answer', status } });
  const { exitCode, annotations, report } = await auditOnGitHub({
    github,
    seed: apiWithOpen(),
    event: SCHEDULE,
    inputs: { 'policy-file': REMOTE, 'drift-issue': 'true' },
  });
  expect(exitCode).toBe(3);
  expect(report).toBeNull();
  expect(annotations).toHaveLength(1);
  expect(annotations[0]?.message).toContain(`policy-file: ${REMOTE}: `);
  expect(annotations[0]?.message).toContain(words);
  expect(github.repository.issues.size).toBe(1);
});
