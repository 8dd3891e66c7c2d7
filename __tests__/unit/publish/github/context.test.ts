import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type GitHubContext, parseGitHubContext } from '../../../../src/publish/github/context.js';
import { explainMissingCredentials } from '../../../../src/publish/github/missing-credentials.js';
import { type Event, MERGE_GROUP, pullRequest, SCHEDULE } from '../../../scenarios/github-kit.js';

const ENVIRONMENT = {
  GITHUB_REPOSITORY: 'octo-org/orders',
  GITHUB_SHA: 'c'.repeat(40),
  GITHUB_ACTOR: 'octocat',
  GITHUB_WORKFLOW: 'gate',
  GITHUB_JOB: 'audit',
  GITHUB_WORKFLOW_REF: 'octo-org/orders/.github/workflows/gate.yml@refs/heads/main',
  GITHUB_RUN_ID: '4711',
};

function parse(event: Event, environment: Record<string, string> = {}): GitHubContext {
  const parsed = parseGitHubContext(
    {
      ...ENVIRONMENT,
      GITHUB_EVENT_NAME: event.name,
      GITHUB_REF: event.ref,
      GITHUB_ACTOR: event.actor ?? 'octocat',
      ...environment,
    },
    JSON.stringify(event.payload),
  );
  if (!parsed.ok) throw new Error(parsed.problems.join('; '));
  return parsed.context;
}

describe('the context of a run', () => {
  test('of a pull request names its number and its own last commit', () => {
    expect(parse(pullRequest({ number: 12 }))).toEqual({
      repository: { owner: 'octo-org', repo: 'orders' },
      event: 'pull_request',
      ref: 'refs/pull/12/merge',
      sha: 'c'.repeat(40),
      pullRequest: { number: 12, headSha: 'a'.repeat(40), isFork: false, updatedAtMs: null },
      onDefaultBranch: false,
      isDependabot: false,
      workflow: 'gate',
      job: 'audit',
      workflowFile: '.github/workflows/gate.yml',
      runUrl: 'https://github.com/octo-org/orders/actions/runs/4711',
    });
  });

  test('of a schedule and of the merge queue has no pull request', () => {
    expect(parse(SCHEDULE)).toMatchObject({ pullRequest: null, onDefaultBranch: true });
    expect(parse(MERGE_GROUP)).toMatchObject({ pullRequest: null, onDefaultBranch: false });
  });

  test('knows a fork, also one that was deleted since', () => {
    expect(parse(pullRequest({ isFork: true })).pullRequest?.isFork).toBe(true);
    const deleted = {
      head: { sha: 'a'.repeat(40), repo: null },
      base: { repo: { full_name: 'o/r' } },
    };
    const payload = { pull_request: { number: 1, ...deleted } };
    expect(parse({ ...pullRequest(), payload }).pullRequest?.isFork).toBe(true);
  });

  test("takes the workflow's file of this repository alone", () => {
    const elsewhere = { GITHUB_WORKFLOW_REF: 'octo-org/policies/.github/workflows/a.yml@v1' };
    expect(parse(SCHEDULE, elsewhere).workflowFile).toBeNull();
    expect(parse(SCHEDULE, { GITHUB_WORKFLOW_REF: '' }).workflowFile).toBeNull();
  });

  test('refuses with every problem at once', () => {
    expect(parseGitHubContext({}, null)).toEqual({
      ok: false,
      problems: [
        'GITHUB_REPOSITORY is not set',
        'GITHUB_SHA is not set',
        'GITHUB_REF is not set',
        'GITHUB_EVENT_NAME is not set',
      ],
    });
    const wrong = {
      ...ENVIRONMENT,
      GITHUB_SHA: 'main',
      GITHUB_REF: 'main',
      GITHUB_EVENT_NAME: 'push',
    };
    expect(parseGitHubContext(wrong, '{')).toEqual({
      ok: false,
      problems: [
        'GITHUB_SHA is not the id of a commit',
        'GITHUB_REF is not a full ref',
        'the file of GITHUB_EVENT_PATH is not JSON',
      ],
    });
  });

  test('is a context or a refusal for any event at all', () => {
    const environment = {
      ...ENVIRONMENT,
      GITHUB_EVENT_NAME: 'push',
      GITHUB_REF: 'refs/heads/main',
    };
    fc.assert(
      fc.property(fc.json(), (text) => {
        const parsed = parseGitHubContext(environment, text);
        expect(parsed.ok || parsed.problems.length > 0).toBe(true);
      }),
    );
    for (const pull_request of [null, 1, 'x', {}, { number: '7' }, { number: 7, head: null }]) {
      const parsed = parseGitHubContext(environment, JSON.stringify({ pull_request }));
      expect(parsed.ok).toBe(pull_request === null);
    }
  });
});

describe('credentials that are missing', () => {
  test.each([
    [
      'a fork',
      pullRequest({ isFork: true }),
      "not evaluated: no credentials on a fork's pull request",
    ],
    [
      'Dependabot',
      pullRequest({ actor: 'dependabot[bot]' }),
      'not evaluated: no credentials on Dependabot',
    ],
  ])('are explained on the pull request of %s', (_, event, words) => {
    expect(explainMissingCredentials(parse(event))).toContain(words);
  });

  test.each([
    ['a branch of the repository', pullRequest()],
    ['pull_request_target', pullRequest({ name: 'pull_request_target', isFork: true })],
    ['a schedule', SCHEDULE],
  ])('are nothing of the event on %s', (_, event) => {
    expect(explainMissingCredentials(parse(event))).toBeNull();
  });

  test('are nothing of the event outside of GitHub Actions', () => {
    expect(explainMissingCredentials(null)).toBeNull();
  });
});
