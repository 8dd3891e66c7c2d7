import { workflowFileOf } from '../../config/locate.js';

/** The run that the action is part of, as far as its deliveries depend on it. */
export interface GitHubContext {
  readonly repository: Repository;
  /** The name of the event, such as `pull_request`. */
  readonly event: string;
  /** The full ref of the run, such as `refs/pull/7/merge`. */
  readonly ref: string;
  /** The commit that `ref` was at: on `pull_request` the merge commit that GitHub made. */
  readonly sha: string;
  /** `null` on every event that belongs to no single pull request, `merge_group` included. */
  readonly pullRequest: PullRequest | null;
  readonly onDefaultBranch: boolean;
  readonly isDependabot: boolean;
  readonly workflow: string;
  readonly job: string;
  /** The workflow's file in this repository, `null` where it lies in another or is not told. */
  readonly workflowFile: string | null;
  /** The page of the run. */
  readonly runUrl: string;
}

export interface Repository {
  readonly owner: string;
  readonly repo: string;
}

export interface PullRequest {
  readonly number: number;
  /** The last commit of the pull request's own branch: the one that reviewers see checks on. */
  readonly headSha: string;
  /** Its branch lies in another repository, so the run gets no secrets and a read-only token. */
  readonly isFork: boolean;
  /** When the event happened, in milliseconds since the epoch; `null` where it does not say. */
  readonly updatedAtMs: number | null;
}

/** A context, or why there is none. */
export type ParsedContext =
  | { readonly ok: true; readonly context: GitHubContext }
  | { readonly ok: false; readonly problems: readonly string[] };

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the context from the runner's variables and the event (GitHub Docs, "Variables reference"
 * and "Webhook events and payloads").
 *
 * @param eventText - The text of the file that `GITHUB_EVENT_PATH` names, `null` where there is none.
 */
export function parseGitHubContext(
  environment: Environment,
  eventText: string | null,
): ParsedContext {
  const problems: string[] = [];
  const read = (name: string, pattern: RegExp, what: string): string => {
    const value = environment[name]?.trim() ?? '';
    if (!pattern.test(value))
      problems.push(`${name} is ${value === '' ? 'not set' : `not ${what}`}`);
    return value;
  };
  const fullName = read('GITHUB_REPOSITORY', /^[\w.-]+\/[\w.-]+$/, 'OWNER/REPOSITORY');
  const sha = read('GITHUB_SHA', /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/, 'the id of a commit');
  const ref = read('GITHUB_REF', /^refs\/(?:heads|tags|pull)\/./, 'a full ref');
  const event = read('GITHUB_EVENT_NAME', /^[a-z_]+$/, 'the name of an event');
  const payload = parseEvent(eventText, problems);
  const pullRequest = readPullRequest(payload, problems);
  if (problems.length > 0) return { ok: false, problems };

  const [owner = '', repo = ''] = fullName.split('/');
  const serverUrl = environment.GITHUB_SERVER_URL || 'https://github.com';
  const defaultBranch = at(payload, 'repository', 'default_branch');
  return {
    ok: true,
    context: {
      repository: { owner, repo },
      event,
      ref,
      sha,
      pullRequest,
      onDefaultBranch: typeof defaultBranch === 'string' && ref === `refs/heads/${defaultBranch}`,
      isDependabot:
        environment.GITHUB_ACTOR === 'dependabot[bot]' ||
        at(payload, 'pull_request', 'user', 'login') === 'dependabot[bot]',
      workflow: environment.GITHUB_WORKFLOW ?? '',
      job: environment.GITHUB_JOB ?? '',
      workflowFile: workflowFileOf(environment.GITHUB_WORKFLOW_REF, fullName),
      runUrl: `${serverUrl}/${fullName}/actions/runs/${environment.GITHUB_RUN_ID ?? ''}`,
    },
  };
}

function parseEvent(text: string | null, problems: string[]): unknown {
  if (text === null) return null;
  try {
    return JSON.parse(text);
  } catch {
    problems.push('the file of GITHUB_EVENT_PATH is not JSON');
    return null;
  }
}

/** The `pull_request` of the payload; `pull_request_target` has the same as `pull_request`. */
function readPullRequest(payload: unknown, problems: string[]): PullRequest | null {
  const pullRequest = at(payload, 'pull_request');
  if (pullRequest === undefined || pullRequest === null) return null;
  const number = at(pullRequest, 'number');
  const headSha = at(pullRequest, 'head', 'sha');
  if (typeof number !== 'number' || typeof headSha !== 'string') {
    problems.push("the event's pull_request has no number or no head commit");
    return null;
  }
  // `head.repo` is null where the fork was deleted: whatever it was, it was not this repository.
  const head = at(pullRequest, 'head', 'repo', 'full_name');
  const updatedAtMs = Date.parse(String(at(pullRequest, 'updated_at')));
  return {
    ...{ number, headSha, isFork: head !== at(pullRequest, 'base', 'repo', 'full_name') },
    updatedAtMs: Number.isNaN(updatedAtMs) ? null : updatedAtMs,
  };
}

function at(value: unknown, ...keys: readonly string[]): unknown {
  return keys.reduce<unknown>(
    (inner, key) =>
      typeof inner === 'object' && inner !== null ? Reflect.get(inner, key) : undefined,
    value,
  );
}
