import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { apiWithOpen, auditOnGitHub, notDelivered, openGitHub, pullRequest } from './github-kit.js';
import { parseJunit, parseSarif } from './report-files.js';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deliver-exceptions-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const EVERYWHERE = { comment: 'always', 'check-run': 'IAM gate', 'upload-sarif': 'true' };
const DAY_MS = 24 * 60 * 60 * 1000;

test('what an exception covers is shown with its days left, and opens no alert', async () => {
  const policyFile = join(folder, 'gate.yml');
  const expires = new Date(Date.now() + 5 * DAY_MS).toISOString().slice(0, 10);
  await writeFile(
    policyFile,
    [
      'exceptions:',
      '  - methods: GET /pets',
      '    api: orders',
      '    reason: "A partner calls it. <b>::error::x"',
      '    owner: team-orders',
      `    expires: ${expires}`,
      '',
    ].join('\n'),
  );
  const github = await openGitHub();
  const result = await auditOnGitHub({
    github,
    seed: apiWithOpen('GET /pets'),
    event: pullRequest(),
    inputs: { ...EVERYWHERE, 'policy-file': policyFile },
  });
  expect(result.exitCode).toBe(0);
  expect(notDelivered(result)).toEqual([]);

  const [comment] = github.repository.comments;
  expect(comment?.body).toMatch(/⚠️ \*\*[45] days left\*\* · covers 2 findings \|/);
  expect(comment?.body).toContain('🕓 1 excepted');
  expect(comment?.body).not.toContain('<b>');
  expect(result.annotations.filter(({ level }) => level === 'warning')).toMatchObject([
    { title: '1 exception ending soon' },
  ]);
  expect(github.repository.checkRuns).toMatchObject([{ conclusion: 'success', annotations: [] }]);

  const [written] = parseSarif(result.sarif ?? '').runs;
  expect(written?.results?.map(({ suppressions }) => suppressions?.[0]?.status)).toEqual([
    'accepted',
    'accepted',
  ]);
  const [sent] = parseSarif(github.repository.sarifs[0]?.text ?? '').runs;
  expect(sent?.results).toEqual([]);
  const junit = parseJunit(result.junit ?? '');
  expect(junit).toMatchObject({ tests: '2', failures: '0' });
  expect(junit.testsuite).toMatchObject([{ skipped: '1' }]);
});

test('what the baseline knows is a notice everywhere, and what is new is not', async () => {
  const github = await openGitHub();
  const base = { github, event: pullRequest() };
  const before = await auditOnGitHub({ ...base, seed: apiWithOpen('GET /pets') });
  const baseline = join(folder, 'report.json');
  await writeFile(baseline, before.report ?? '');

  const known = await auditOnGitHub({
    ...base,
    seed: apiWithOpen('GET /pets'),
    inputs: { ...EVERYWHERE, baseline },
  });
  expect(known.exitCode).toBe(0);
  expect(known.annotations.map(({ level }) => level)).toEqual(['notice', 'notice']);
  expect(github.repository.checkRuns).toMatchObject([
    { conclusion: 'success', annotations: [{ annotation_level: 'notice' }, {}] },
  ]);
  expect(github.repository.comments[0]?.body).toMatch(
    / · 0 new findings, 0 fixed, 2 the same since the baseline\n.*ℹ️ 1 known/s,
  );
  expect(parseJunit(known.junit ?? '')).toMatchObject({ failures: '0' });

  const worse = await auditOnGitHub({
    ...base,
    seed: apiWithOpen('GET /pets', 'GET /new'),
    inputs: { ...EVERYWHERE, baseline },
  });
  expect(worse.exitCode).toBe(1);
  const [sent] = parseSarif(github.repository.sarifs[1]?.text ?? '').runs;
  expect(sent?.results?.map(({ level, baselineState }) => [level, baselineState])).toEqual([
    ['error', 'new'],
    ['error', 'new'],
    ['note', 'unchanged'],
    ['note', 'unchanged'],
  ]);
});
