import { expect, test } from '@jest/globals';
import type { SeedFile } from '../../emulator/seed.js';
import {
  API_ID,
  auditOnGitHub,
  notDelivered,
  openGitHub,
  pullRequest,
  SCHEDULE,
} from './github-kit.js';
import { parseJunit, parseSarif } from './report-files.js';

/** 5,000 methods in two stages are 10,000 rows; 1,000 open ones are a finding each, and one a stage. */
const LARGE: SeedFile = {
  apis: [
    {
      id: API_ID,
      name: 'orders',
      methods: {},
      repeat: [
        { count: 4000, key: 'GET /protected-#', method: { auth: 'AWS_IAM' } },
        { count: 1000, key: 'GET /open-#', method: { auth: 'NONE' } },
      ],
      deployments: [{ id: 'dep001' }],
      stages: { prod: { deployment: 'dep001' }, test: { deployment: 'dep001' } },
    },
  ],
};

const TOTALS = '2,000 of 10,000 methods can be called without IAM; 3,000 errors in 10,000 methods';

test('10,000 methods and 3,000 findings fit every sink, with the totals and the worst first', async () => {
  const github = await openGitHub();
  const { repository } = github;
  const onPullRequest = await auditOnGitHub({
    github,
    seed: LARGE,
    event: pullRequest(),
    inputs: { comment: 'always', 'check-run': 'IAM gate', 'upload-sarif': 'true' },
  });
  const nightly = await auditOnGitHub({
    github,
    seed: LARGE,
    event: SCHEDULE,
    inputs: { 'drift-issue': 'true' },
  });
  expect(onPullRequest.exitCode).toBe(1);
  expect([...notDelivered(onPullRequest), ...notDelivered(nightly)]).toEqual([]);
  expect(onPullRequest.outputs).toMatchObject({ methods: '10000', errors: '3000' });

  const [comment] = repository.comments;
  const issue = [...repository.issues.values()].find((it) => !it.isPullRequest);
  const [run] = repository.checkRuns;
  for (const text of [comment?.body ?? '', issue?.body ?? '', run?.summary ?? '']) {
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(65_000);
    expect(text).toContain('## ❌ Fail: 2,000 of 10,000 methods can be called without IAM\n');
    expect(text).toContain('3,000 errors');
    expect(text.indexOf('`deployed-not-iam`]')).toBeLessThan(text.indexOf('`configured-not-iam`]'));
  }
  expect(Buffer.byteLength(run?.summary ?? '')).toBeGreaterThan(60_000);
  expect(run?.summary).toMatch(/lines of detail left out: [\d,]+\./);
  // What is read in a mail is short, and says how much more there is.
  for (const text of [comment?.body ?? '', issue?.body ?? '']) {
    expect(text.match(/^\| ❌&nbsp;open \|/gm)).toHaveLength(10);
    expect(text).toMatch(/… and 1,990 more lines like these in \[the run's summary\]\(https:/);
  }
  expect(run?.title).toContain(TOTALS);
  expect(run?.annotations).toHaveLength(500);
  expect(run?.conclusion).toBe('failure');
  expect(issue?.body).toContain('**New: 3,000**');

  const [results, whole] = [repository.sarifs[0]?.text, onPullRequest.sarif].map(
    (text) => parseSarif(text ?? '').runs[0],
  );
  for (const it of [results, whole]) {
    expect(it?.results).toHaveLength(3000);
    expect(it?.results?.slice(0, 2000).every(({ ruleId }) => ruleId === 'deployed-not-iam')).toBe(
      true,
    );
    expect(it?.properties).toMatchObject({ methods: 10_000, errors: 3000, resultsLeftOut: 0 });
  }
  const junit = parseJunit(onPullRequest.junit ?? '');
  expect(junit).toMatchObject({ tests: '10000', failures: '2000', errors: '0' });
  expect(junit.testsuite.map(({ name, tests }) => [name, tests])).toEqual([
    ['orders/prod', '5000'],
    ['orders/test', '5000'],
  ]);
  expect(onPullRequest.annotations).toHaveLength(10);
  expect(onPullRequest.annotations[9]?.message).toContain(TOTALS);
  expect(Buffer.byteLength(onPullRequest.summary)).toBeLessThanOrEqual(1024 * 1024);
});
