import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { readSeed } from '../../emulator/seed.js';
import {
  apiWithOpen,
  auditOnGitHub,
  HEAD_COMMIT,
  MERGE_COMMIT,
  MERGE_GROUP,
  openGitHub,
  pullRequest,
  SCHEDULE,
  STAGES_DENIED,
} from './github-kit.js';
import { parseJunit, parseSarif } from './report-files.js';

describe('check-run', () => {
  const inputs = { 'check-run': 'IAM gate' };

  test('fails on the head of the pull request, each finding at the workflow that asked', async () => {
    const github = await openGitHub();
    const seed = apiWithOpen('GET /pets');
    await auditOnGitHub({ github, seed, event: pullRequest(), inputs });
    expect(github.repository.checkRuns).toMatchObject([
      {
        name: 'IAM gate',
        headSha: HEAD_COMMIT,
        status: 'completed',
        conclusion: 'failure',
        annotations: [
          {
            path: '.github/workflows/gate.yml',
            start_line: 1,
            annotation_level: 'failure',
            title: 'deployed-not-iam: GET /pets (orders/prod)',
          },
          { annotation_level: 'failure' },
        ],
      },
    ]);
    const [run] = github.repository.checkRuns;
    expect(run?.summary).toMatch(/^## ❌ Fail: 1 of 2 methods can be called without IAM\n/);
    expect(run?.title).toMatch(
      /^Fail: 1 of 2 methods can be called without IAM; 2 errors in 2 methods/,
    );
  });

  test('a pass is a success, and what could not be read a failure, never neutral', async () => {
    const github = await openGitHub();
    const base = { github, seed: apiWithOpen(), inputs };
    await auditOnGitHub({ ...base, event: MERGE_GROUP });
    await auditOnGitHub({ ...base, event: SCHEDULE, fault: STAGES_DENIED });
    expect(
      github.repository.checkRuns.map(({ headSha, conclusion }) => [headSha, conclusion]),
    ).toEqual([
      [MERGE_COMMIT, 'success'],
      [MERGE_COMMIT, 'failure'],
    ]);
  });

  test('more than fifty annotations are appended', async () => {
    const github = await openGitHub();
    const open = Array.from({ length: 40 }, (_, index) => `GET /item-${index}`);
    await auditOnGitHub({ github, seed: apiWithOpen(...open), event: pullRequest(), inputs });
    expect(github.requests.map((it) => it.operationId)).toEqual(['checks/create', 'checks/update']);
    expect(github.repository.checkRuns).toHaveLength(1);
    const [run] = github.repository.checkRuns;
    expect(run?.annotations).toHaveLength(80);
    expect(run?.conclusion).toBe('failure');
  });
});

describe('upload-sarif', () => {
  test('sends what was found for the commit and the ref of the run', async () => {
    const github = await openGitHub();
    const { sarif } = await auditOnGitHub({
      github,
      seed: apiWithOpen('GET /pets'),
      event: pullRequest(),
      inputs: { 'upload-sarif': 'true' },
    });
    const [upload] = github.repository.sarifs;
    expect(upload).toMatchObject({ commitSha: MERGE_COMMIT, ref: 'refs/pull/7/merge' });
    const sent = parseSarif(upload?.text ?? '');
    expect(sent).toEqual(parseSarif(sarif ?? ''));
    const [run] = sent.runs;
    expect(run?.automationDetails?.id).toMatch(/^apigw-iam-gate\/[0-9a-f]{16}\/$/);
    expect(run?.results?.map(({ ruleId, level }) => [ruleId, level])).toEqual([
      ['deployed-not-iam', 'error'],
      ['configured-not-iam', 'error'],
    ]);
    const rules = run?.tool.driver.rules ?? [];
    expect(rules.find(({ id }) => id === 'deployed-not-iam')).toMatchObject({
      helpUri:
        'https://github.com/octo-org/apigw-iam-gate/blob/v1/docs/how-it-judges.md#deployed-not-iam',
    });
  });

  test('a fingerprint is the same in the next run', async () => {
    const github = await openGitHub();
    const base = { github, event: pullRequest(), inputs: { 'upload-sarif': 'true' } };
    await auditOnGitHub({ ...base, seed: apiWithOpen('GET /pets') });
    await auditOnGitHub({ ...base, seed: apiWithOpen('GET /pets', 'GET /other') });
    const [first, second] = github.repository.sarifs.map(({ text }) =>
      (parseSarif(text).runs[0]?.results ?? []).map((it) => it.partialFingerprints),
    );
    expect(first).toHaveLength(2);
    for (const fingerprint of first ?? []) expect(second).toContainEqual(fingerprint);
  });
});

test('hostile names are inert wherever they are delivered', async () => {
  const github = await openGitHub();
  const seed = await readSeed(
    fileURLToPath(new URL('../../emulator/seeds/hostile.json', import.meta.url)),
  );
  const inputs = {
    'api-id': '*',
    comment: 'always',
    'check-run': 'IAM gate',
    'upload-sarif': 'true',
  };
  const onPullRequest = await auditOnGitHub({ github, seed, event: pullRequest(), inputs });
  const nightly = await auditOnGitHub({
    github,
    seed,
    event: SCHEDULE,
    inputs: { 'api-id': '*', 'drift-issue': 'true' },
  });
  const { comments, checkRuns, issues, sarifs } = github.repository;
  const issue = [...issues.values()].find((it) => !it.isPullRequest);
  const shown = [comments[0]?.body, checkRuns[0]?.summary, issue?.body];
  for (const text of shown) {
    expect(text).toContain('deployed-not-iam');
    // The marker and what is remembered are comments of ours; nothing else is markup of a name.
    expect(text).not.toMatch(/<script|<img|<b>|]\(javascript|\u202e|<!-- (?!apigw-iam-gate:)/i);
  }
  const said = [issue?.title, checkRuns[0]?.title, JSON.stringify(checkRuns[0]?.annotations)];
  for (const text of [...said, sarifs[0]?.text, onPullRequest.junit]) {
    expect(text).not.toMatch(/[^\n\P{C}]/u);
  }
  for (const { stdout } of [onPullRequest, nightly]) {
    for (const line of stdout.split('\n').filter((it) => it.trimStart().startsWith('::'))) {
      expect(line).toMatch(/^::(group|endgroup|add-mask|error (file|title)=|warning title=)/);
    }
    expect(stdout).not.toMatch(/##\[/);
  }
});

test('the JUnit file has a suite a stage and a case a method', async () => {
  const github = await openGitHub();
  const { junit, outputs } = await auditOnGitHub({
    github,
    seed: apiWithOpen('GET /pets'),
    event: SCHEDULE,
  });
  expect(outputs.junit).toMatch(/report\.junit\.xml$/);
  expect(parseJunit(junit ?? '')).toMatchObject({
    tests: '2',
    failures: '1',
    testsuite: [
      {
        name: 'orders/prod',
        testcase: [
          { name: 'GET /pets', failure: { type: 'deployed-not-iam' } },
          { name: 'GET /health', classname: 'orders/prod' },
        ],
      },
    ],
  });
});
