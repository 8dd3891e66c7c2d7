import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The repository that the stand-in's workflow runs in, as events describe it. */
const REPOSITORY = {
  id: 1296269,
  full_name: 'octo-org/example',
  default_branch: 'main',
  owner: { login: 'octo-org' },
};

const COMMIT = '5'.repeat(40);

/**
 * The variables that a runner gives every step (GitHub Docs, "Variables reference", default environment
 * variables), for a push to the default branch. The folders and the event's file are made.
 *
 * @param folder the job's own folder.
 */
export async function defaultVariables(folder: string): Promise<Record<string, string>> {
  const temp = folder;
  const workspace = join(folder, '_work', 'example', 'example');
  const eventPath = join(folder, '_github_workflow', 'event.json');
  await Promise.all([
    mkdir(workspace, { recursive: true }),
    mkdir(join(folder, '_github_workflow'), { recursive: true }),
  ]);
  const event = { ref: 'refs/heads/main', after: COMMIT, repository: REPOSITORY };
  await Promise.all([
    writeFile(eventPath, JSON.stringify(event)),
    // As after actions/checkout, of a repository without a policy file.
    writeFile(join(workspace, 'README.md'), '# example\n'),
  ]);
  return {
    CI: 'true',
    GITHUB_ACTIONS: 'true',
    GITHUB_ACTION: '__octo-org_apigw-iam-gate',
    GITHUB_ACTION_REF: '',
    GITHUB_ACTION_REPOSITORY: '',
    GITHUB_ACTOR: 'octocat',
    GITHUB_ACTOR_ID: '583231',
    GITHUB_API_URL: 'https://api.github.com',
    GITHUB_BASE_REF: '',
    GITHUB_EVENT_NAME: 'push',
    GITHUB_EVENT_PATH: eventPath,
    GITHUB_GRAPHQL_URL: 'https://api.github.com/graphql',
    GITHUB_HEAD_REF: '',
    GITHUB_JOB: 'gate',
    GITHUB_REF: 'refs/heads/main',
    GITHUB_REF_NAME: 'main',
    GITHUB_REF_PROTECTED: 'false',
    GITHUB_REF_TYPE: 'branch',
    GITHUB_REPOSITORY: REPOSITORY.full_name,
    GITHUB_REPOSITORY_ID: String(REPOSITORY.id),
    GITHUB_REPOSITORY_OWNER: REPOSITORY.owner.login,
    GITHUB_REPOSITORY_OWNER_ID: '9919',
    GITHUB_RETENTION_DAYS: '90',
    GITHUB_RUN_ATTEMPT: '1',
    GITHUB_RUN_ID: '1658821493',
    GITHUB_RUN_NUMBER: '3',
    GITHUB_SERVER_URL: 'https://github.com',
    GITHUB_SHA: COMMIT,
    GITHUB_TRIGGERING_ACTOR: 'octocat',
    GITHUB_WORKFLOW: 'gate',
    GITHUB_WORKFLOW_REF: `${REPOSITORY.full_name}/.github/workflows/gate.yml@refs/heads/main`,
    GITHUB_WORKFLOW_SHA: COMMIT,
    GITHUB_WORKSPACE: workspace,
    RUNNER_ARCH: 'X64',
    RUNNER_ENVIRONMENT: 'github-hosted',
    RUNNER_NAME: 'GitHub Actions 1',
    RUNNER_OS: 'Linux',
    RUNNER_TEMP: temp,
    RUNNER_TOOL_CACHE: join(folder, '_tool'),
    RUNNER_WORKSPACE: join(folder, '_work', 'example'),
  };
}
