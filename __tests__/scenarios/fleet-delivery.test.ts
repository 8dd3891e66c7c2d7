import { afterAll, describe, expect, test } from '@jest/globals';
import { ACTIONS_TOKEN, type GitHubEmulator } from '../../emulator/github/server.js';
import { startOidc } from '../../emulator/oidc/server.js';
import type { SeedFile } from '../../emulator/server.js';
import { BANK, readerRole, SHOP, smallApi, trusting } from '../emulator/estate-kit.js';
import {
  changeArtifact,
  cleanOrganization,
  type FleetRun,
  fleetRun,
  organization,
  removeFromArtifact,
  TARGETS_FILE,
  wholeRun,
} from './fleet-kit.js';
import { openGitHub } from './github-kit.js';
import { parseSarif } from './report-files.js';

const closers: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const close of closers) await close();
});

function nightly(run: FleetRun, github: GitHubEmulator, inputs: Readonly<Record<string, string>>) {
  return run.merge(inputs, {
    GITHUB_API_URL: github.url,
    GITHUB_EVENT_NAME: 'schedule',
    GITHUB_REPOSITORY: 'octo-org/orders',
    'INPUT_GITHUB-TOKEN': ACTIONS_TOKEN,
  });
}

/** The issues that are no pull requests. */
function issuesOf(github: GitHubEmulator) {
  return [...github.repository.issues.values()].filter(({ isPullRequest }) => !isPullRequest);
}

async function night(
  github: GitHubEmulator,
  seed: SeedFile,
  shards: readonly string[] = ['000', '001'],
) {
  const run = await wholeRun(seed);
  for (const shard of ['000', '001'].filter((it) => !shards.includes(it))) {
    await removeFromArtifact(run, `gate-${shard}-1`);
  }
  return nightly(run, github, { 'drift-issue': 'true' });
}

describe('one issue for the whole fleet', () => {
  test('fail, incomplete, clean: opened once, and closed by the complete clean merge alone', async () => {
    const github = await openGitHub();
    await night(github, organization());
    const [issue, ...others] = issuesOf(github);
    if (issue === undefined) throw new Error('there is no issue');
    expect(others).toEqual([]);
    expect(issue).toMatchObject({
      title: `API Gateway without IAM: the fleet of ${TARGETS_FILE}`,
      state: 'open',
    });
    expect(issue.body).toContain('shop');
    expect(issue.body).not.toContain(SHOP);

    // Shop, whose method was open, was not read: nobody knows that it is mended.
    const incomplete = await night(github, cleanOrganization(), ['001']);
    expect(incomplete.exitCode).toBe(2);
    expect(issue.state).toBe('open');
    expect(issue.body).toContain('**Gone: 0**');

    // Bank was not read, and shop is mended.
    await night(github, cleanOrganization(), ['000']);
    expect(issue.state).toBe('open');

    const clean = await night(github, cleanOrganization());
    expect(clean.exitCode).toBe(0);
    expect(issue.state).toBe('closed');
    expect(issuesOf(github)).toHaveLength(1);

    // The first night is merged once more: what it read is older than what closed the issue.
    const old = await night(github, organization());
    expect(old.exitCode).toBe(1);
    expect(old.stdout).toContain('an audit that began later has written');
    expect(issue.state).toBe('closed');
  });

  test('the same API id in two accounts is two findings, each new and gone for itself', async () => {
    const both = (open: readonly string[]): SeedFile => {
      const seed = cleanOrganization();
      const accounts = seed.organization?.accounts?.map((account) => ({
        ...account,
        apis: {
          'eu-west-1': [smallApi('sharedapi1', open.includes(account.id) ? 'NONE' : 'AWS_IAM')],
        },
      }));
      return { ...seed, organization: { ...seed.organization, accounts } };
    };
    const github = await openGitHub();
    await night(github, both([SHOP, BANK]));
    const [issue] = issuesOf(github);
    expect(issue?.body).toContain('**New: 4**');
    await night(github, both([BANK]));
    expect(issue?.body).toContain('**Gone: 2**');
    expect(issue?.body).toContain('**New: 0**');
  });
});

test('one analysis and one check run hold the findings of all accounts', async () => {
  const github = await openGitHub();
  const run = await wholeRun(organization());
  await nightly(run, github, { 'upload-sarif': 'true', 'check-run': 'fleet' });
  const [upload, ...others] = github.repository.sarifs;
  expect(others).toEqual([]);
  const sarif = parseSarif(upload?.text ?? '');
  expect(sarif.runs).toHaveLength(1);
  const [first] = sarif.runs;
  expect(first?.automationDetails?.id).toMatch(/^apigw-iam-gate\/fleet\/[0-9a-f]{16}\/$/);
  expect(first?.results?.map(({ ruleId }) => ruleId)).toEqual([
    'deployed-not-iam',
    'configured-not-iam',
  ]);
  for (const result of first?.results ?? []) {
    expect(result.message.text).toContain('of shop in eu-central-1');
    expect(Object.keys(result.partialFingerprints ?? {})).toEqual([
      'primaryLocationLineHash',
      'apigwIamGate/v2',
    ]);
  }
  const [check] = github.repository.checkRuns;
  expect(check).toMatchObject({ name: 'fleet', conclusion: 'failure' });
});

test('what a baseline of the fleet holds is known, in its own account alone', async () => {
  const run = await wholeRun(organization());
  const first = await run.merge();
  const again = await fleetRun(organization());
  await again.plan({ shards: '2' });
  const baseline = first.outputs.report ?? '';
  for (const shard of ['000', '001']) await again.shard(shard, { inputs: { baseline } });
  const merged = await again.merge();
  expect(merged.exitCode).toBe(0);
  expect(merged.fleet).toMatchObject({
    verdict: 'pass',
    counts: { known: 2, errors: 0 },
    comparison: { added: 0, same: 2, fixed: 0 },
  });

  const mended = await fleetRun(cleanOrganization());
  await mended.plan({ shards: '2' });
  for (const shard of ['000', '001']) await mended.shard(shard, { inputs: { baseline } });
  expect((await mended.merge()).fleet.comparison).toEqual({ added: 0, same: 0, fixed: 2 });
});

describe('exceptions of the policy file that all targets share', () => {
  const policy = (path: string, expires: string) =>
    [
      'exceptions:',
      `  - { methods: "GET ${path}", api: "*", reason: public, owner: web, expires: ${expires} }`,
    ].join('\n');

  test.each([
    ['in use in one account is in use', '/', '2099-01-31', 0, []],
    ['that covers nothing anywhere is said once', '/none', '2099-01-31', 1, ['exception-unused']],
    ['that is over is said once', '/', '2020-01-31', 1, ['exception-expired']],
  ])('one %s', async (_, path, expires, exitCode, rules) => {
    const run = await fleetRun(organization());
    await run.plan({ shards: '2' });
    const files = { '.github/apigw-iam-gate.yml': policy(path, expires) };
    for (const shard of ['000', '001']) await run.shard(shard, { files });
    const merged = await run.merge();
    expect(merged.exitCode).toBe(exitCode);
    const about = merged.fleet.findings.filter(({ rule }) => rule.startsWith('exception-'));
    expect(about.map(({ rule, target }) => [rule, target])).toEqual(rules.map((it) => [it, null]));
  });

  test('one that covers nothing that was read may be needed by what was not', async () => {
    const run = await fleetRun(organization());
    await run.plan({ shards: '2' });
    const files = { '.github/apigw-iam-gate.yml': policy('/none', '2099-01-31') };
    await run.shard('001', { files });
    const merged = await run.merge();
    expect(merged.fleet.findings.map(({ rule }) => rule)).not.toContain('exception-unused');
  });
});

describe('inputs that the policy file gives', () => {
  const policy = [
    'inputs: { fail-on: warning, check-run: from the file, smoke-test: false }',
    'exceptions:',
    '  - { methods: "GET /none", api: "*", reason: public, owner: web, expires: 2099-01-31 }',
  ].join('\n');

  async function mergedWith(inputs: Readonly<Record<string, string>>) {
    const github = await openGitHub();
    const run = await fleetRun(cleanOrganization());
    await run.plan({ shards: '2' });
    const files = { '.github/apigw-iam-gate.yml': policy };
    for (const shard of ['000', '001']) await run.shard(shard, { files });
    const merged = await nightly(run, github, inputs);
    return { merged, checks: github.repository.checkRuns.map(({ name }) => name) };
  }

  test('count in the merge, which has no checkout, and the report says so', async () => {
    const { merged, checks } = await mergedWith({});
    expect([merged.exitCode, merged.stdout]).toEqual([1, expect.anything()]);
    expect(merged.fleet).toMatchObject({
      verdict: 'pass',
      notes: ['The policy file sets check-run: from the file, fail-on: warning.'],
    });
    expect(checks).toEqual(['from the file']);
  });

  test("but the merge's own come first", async () => {
    const { merged } = await mergedWith({ 'fail-on': 'error' });
    expect(merged.exitCode).toBe(0);
    expect(merged.fleet.notes).toEqual(['The policy file sets check-run: from the file.']);
  });

  test('and nothing else that a record says does', async () => {
    const run = await wholeRun(cleanOrganization());
    for (const shard of ['000', '001']) {
      await changeArtifact(run, [`gate-${shard}-1`, 'shard.json'], (text) =>
        JSON.stringify({ ...JSON.parse(text), inputs: { 'report-dir': '/nowhere', plan: 'x' } }),
      );
    }
    const merged = await run.merge();
    expect([merged.exitCode, merged.fleet.notes]).toEqual([0, []]);
  });
});

describe('without a hub', () => {
  const ISSUER = 'token.actions.githubusercontent.com';
  const targets = [
    'organization: {}',
    'regions: [eu-west-1]',
    'role-name: reader',
    'auth: web-identity',
  ].join('\n');

  async function withProviders(subject?: string) {
    const oidc = await startOidc(subject === undefined ? {} : { subject });
    closers.push(() => oidc.close());
    const seed = cleanOrganization();
    const accounts = seed.organization?.accounts?.map((account) => ({
      ...account,
      identityProviders: { [ISSUER]: ['sts.amazonaws.com'] },
      roles: [
        readerRole({
          trust: trusting(
            { Federated: `arn:aws:iam::${account.id}:oidc-provider/${ISSUER}` },
            {
              StringEquals: {
                [`${ISSUER}:aud`]: 'sts.amazonaws.com',
                [`${ISSUER}:sub`]: 'repo:octo-org/example:ref:refs/heads/main',
              },
            },
            'sts:AssumeRoleWithWebIdentity',
          ),
        }),
      ],
    }));
    const run = await fleetRun(
      { ...seed, organization: { ...seed.organization, accounts } },
      { issuers: [oidc.issuer] },
    );
    await run.plan({}, {}, targets);
    return { run, oidc };
  }

  /** The shards have no credentials of their own. */
  const NO_KEYS = { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '', AWS_SESSION_TOKEN: '' };

  test("each account's role is assumed with a token of the job", async () => {
    const { run, oidc } = await withProviders();
    oidc.refuseNext(500);
    const result = await run.shard('000', { environment: { ...oidc.env, ...NO_KEYS } });
    expect([result.exitCode, result.stdout]).toEqual([0, expect.anything()]);
    expect(oidc.audiences).toEqual(['sts.amazonaws.com', 'sts.amazonaws.com']);
    const tokens = run.emulator.requests.flatMap(({ operation, body }) =>
      operation === 'AssumeRoleWithWebIdentity'
        ? [new URLSearchParams(body).get('WebIdentityToken') ?? '']
        : [],
    );
    expect(tokens).toHaveLength(2);
    const shown = result.stdout.replace(/^::add-mask::.*$/gm, '');
    for (const token of tokens) expect(shown).not.toContain(token);
    expect((await run.merge()).exitCode).toBe(0);
  });

  test('a job without the permission says what it lacks, and is no pass', async () => {
    const { run } = await withProviders();
    const result = await run.shard('000', { environment: NO_KEYS });
    expect([result.exitCode, result.stdout]).toEqual([
      2,
      expect.stringContaining('permissions: id-token: write'),
    ]);
    expect((await run.merge()).exitCode).toBe(2);
  });

  test("a token of another branch is refused by the role's trust policy", async () => {
    const { run, oidc } = await withProviders('repo:octo-org/example:ref:refs/heads/topic');
    const result = await run.shard('000', { environment: { ...oidc.env, ...NO_KEYS } });
    expect([result.exitCode, result.stdout]).toEqual([
      2,
      expect.stringContaining('AssumeRoleWithWebIdentity failed'),
    ]);
  });
});
