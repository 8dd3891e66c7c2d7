import { gunzipSync } from 'node:zlib';
import { type GitHubAnswer, NOT_FOUND, refusal } from './answers.js';
import type { MatchedOperation } from './contract.js';
import type { CheckRun, Comment, Identity, Issue, RepositoryState } from './model.js';
import { page } from './page.js';
import {
  refuseBody,
  refuseCommit,
  refuseLabel,
  refuseLocked,
  refuseNoApp,
  refuseOutput,
  refuseTitle,
} from './refusals.js';

/** A request that the contract found valid. */
export interface Call {
  readonly repository: RepositoryState;
  readonly identity: Identity;
  readonly path: MatchedOperation['pathParameters'];
  readonly query: URLSearchParams;
  readonly url: URL;
  readonly accept: string;
  /** The JSON body; its shape has been validated. */
  readonly body: Readonly<Record<string, unknown>>;
  readonly nextId: () => number;
}

/** "The SARIF file must be 10 MB or smaller", gzipped, and 25,000 results a run. */
const MAX_SARIF_BYTES = 10 * 1000 * 1000;
const MAX_SARIF_RESULTS = 25_000;

/** The operations of the slice, by GitHub's own ids. */
export const OPERATIONS: Readonly<Record<string, (call: Call) => GitHubAnswer>> = {
  'users/get-authenticated': ({ identity }) =>
    // An app's token has no user: GitHub answers so to GITHUB_TOKEN.
    identity.type === 'Bot'
      ? refusal(403, 'Resource not accessible by integration')
      : { status: 200, body: describeUser(identity) },

  'issues/list-comments': ({ repository, path, query, url }) => {
    const number = Number(path.issue_number);
    if (!repository.issues.has(number)) return NOT_FOUND;
    const comments = repository.comments.filter(({ issue }) => issue === number);
    return page(comments.map(describeComment), query, url);
  },

  'issues/create-comment': ({ repository, path, body, identity, nextId }) => {
    const number = Number(path.issue_number);
    const issue = repository.issues.get(number);
    if (issue === undefined) return NOT_FOUND;
    const refused = refuseLocked(issue) ?? refuseBody('IssueComment', body.body);
    if (refused !== null) return refused;
    const text = String(body.body);
    const comment: Comment = { id: nextId(), issue: number, user: identity, body: text, edits: 0 };
    repository.comments.push(comment);
    return { status: 201, body: describeComment(comment) };
  },

  'issues/update-comment': ({ repository, path, body }) => {
    const comment = repository.comments.find(({ id }) => id === Number(path.comment_id));
    if (comment === undefined) return NOT_FOUND;
    const refused = refuseBody('IssueComment', body.body);
    if (refused !== null) return refused;
    comment.body = String(body.body);
    comment.edits += 1;
    return { status: 200, body: describeComment(comment) };
  },

  'issues/list-for-repo': ({ repository, query, url }) => {
    const labels = (query.get('labels') ?? '').split(',').filter((label) => label !== '');
    const state = query.get('state') ?? 'open';
    const issues = [...repository.issues.values()]
      .filter((issue) => state === 'all' || issue.state === state)
      .filter((issue) => labels.every((label) => issue.labels.includes(label)))
      // "sort: created", "direction: desc" by default.
      .sort((a, b) => b.number - a.number);
    return page(issues.map(describeIssue), query, url);
  },

  'issues/create': ({ repository, body, identity, nextId }) => {
    const refused = refuseTitle(body.title) ?? refuseBody('Issue', body.body);
    if (refused !== null) return refused;
    const text = String(body.body ?? '');
    const labels = Array.isArray(body.labels) ? body.labels.map(String) : [];
    const issue: Issue = {
      number: nextId(),
      title: String(body.title),
      user: identity,
      // "Labels are silently dropped otherwise": stricter than GitHub, which may make them.
      labels: labels.filter((label) => repository.labels.has(label)),
      isPullRequest: false,
      body: text,
      state: 'open',
      history: ['opened'],
    };
    repository.issues.set(issue.number, issue);
    return { status: 201, body: describeIssue(issue) };
  },

  'issues/update': ({ repository, path, body }) => {
    const issue = repository.issues.get(Number(path.issue_number));
    if (issue === undefined) return NOT_FOUND;
    const refused =
      refuseBody('Issue', body.body) ?? ('title' in body ? refuseTitle(body.title) : null);
    if (refused !== null) return refused;
    issue.body = String(body.body ?? issue.body);
    const { state } = body;
    if (state === issue.state || (state !== 'open' && state !== 'closed')) {
      issue.history.push('edited');
    } else {
      issue.state = state;
      issue.history.push(
        state === 'open' ? String(body.state_reason) : `closed ${String(body.state_reason)}`,
      );
    }
    return { status: 200, body: describeIssue(issue) };
  },

  'issues/get-label': ({ repository, path }) =>
    repository.labels.has(path.name ?? '') ? { status: 200, body: { name: path.name } } : NOT_FOUND,

  'issues/create-label': ({ repository, body }) => {
    const refused = refuseLabel(body);
    if (refused !== null) return refused;
    const name = String(body.name);
    if (repository.labels.has(name)) {
      return refusal(422, 'Validation Failed', [
        { resource: 'Label', code: 'already_exists', field: 'name' },
      ]);
    }
    repository.labels.add(name);
    return { status: 201, body: { name } };
  },

  'checks/create': ({ repository, body, identity, nextId }) => {
    const refused =
      refuseNoApp(identity) ?? refuseCommit(repository, body.head_sha) ?? refuseOutput(body);
    if (refused !== null) return refused;
    // "Required if you provide completed_at or a status of completed": prose, not schema.
    if (body.status === 'completed' && body.conclusion === undefined) {
      return refusal(422, 'Invalid request. Missing required key "conclusion".');
    }
    const run: CheckRun = {
      id: nextId(),
      name: String(body.name),
      headSha: String(body.head_sha),
      externalId: String(body.external_id ?? ''),
      status: String(body.status ?? 'queued'),
      conclusion: typeof body.conclusion === 'string' ? body.conclusion : null,
      title: '',
      summary: '',
      text: '',
      annotations: [],
    };
    addOutput(run, body.output);
    repository.checkRuns.push(run);
    return { status: 201, body: describeCheckRun(run) };
  },

  'checks/update': ({ repository, path, body, identity }) => {
    const refused = refuseNoApp(identity) ?? refuseOutput(body);
    if (refused !== null) return refused;
    const run = repository.checkRuns.find(({ id }) => id === Number(path.check_run_id));
    if (run === undefined) return NOT_FOUND;
    if (typeof body.status === 'string') run.status = body.status;
    if (typeof body.conclusion === 'string') run.conclusion = body.conclusion;
    addOutput(run, body.output);
    return { status: 200, body: describeCheckRun(run) };
  },

  'code-scanning/upload-sarif': ({ repository, body, nextId }) => {
    const refused = refuseCommit(repository, body.commit_sha);
    if (refused !== null) return refused;
    if (!/^refs\/(?:heads|tags|pull)\/./.test(String(body.ref))) {
      return refusal(422, 'ref must be fully formed, such as refs/heads/main');
    }
    const packed = Buffer.from(String(body.sarif), 'base64');
    if (packed.length > MAX_SARIF_BYTES) return refusal(413, 'Payload Too Large');
    const text = unpack(packed);
    if (text === null) return refusal(400, 'sarif is not gzipped and Base64-encoded');
    const results = countResults(text);
    if (results === null || results > MAX_SARIF_RESULTS) {
      return refusal(400, 'rejecting SARIF, as there are more results per run than allowed');
    }
    repository.sarifs.push({ commitSha: String(body.commit_sha), ref: String(body.ref), text });
    return { status: 202, body: { id: String(nextId()), url: 'https://api.github.com/sarifs/1' } };
  },

  'repos/get-content': ({ repository, path, query, accept }) => {
    const ref = query.get('ref');
    const file = path.path ?? '';
    const text = repository.files.get(ref === null ? file : `${file}@${ref}`);
    if (text === undefined) return NOT_FOUND;
    if (accept.includes('raw')) return { status: 200, body: text };
    return {
      status: 200,
      body: {
        type: 'file',
        encoding: 'base64',
        name: file.split('/').at(-1),
        path: file,
        size: Buffer.byteLength(text),
        content: Buffer.from(text).toString('base64'),
      },
    };
  },
};

/** What nobody gave a time was written a moment ago, as far as anybody can tell. */
const NOW = (): string => new Date().toISOString();

function describeUser({ login, type }: Identity): unknown {
  return { login, type, id: type === 'Bot' ? 41898282 : 1 };
}

function describeComment({ id, user, body, updatedAt = NOW() }: Comment): unknown {
  return { id, user: describeUser(user), body, updated_at: updatedAt };
}

function describeIssue(issue: Issue): unknown {
  const { number, title, body, state, user, labels, isPullRequest, updatedAt = NOW() } = issue;
  return {
    number,
    title,
    body,
    state,
    user: describeUser(user),
    labels: labels.map((name) => ({ name })),
    updated_at: updatedAt,
    ...(isPullRequest ? { pull_request: { url: `https://api.github.com/pulls/${number}` } } : {}),
  };
}

function describeCheckRun({ id, name, headSha, status, conclusion }: CheckRun): unknown {
  return { id, name, head_sha: headSha, status, conclusion };
}

function addOutput(run: CheckRun, output: unknown): void {
  if (typeof output !== 'object' || output === null) return;
  if ('title' in output) run.title = String(output.title);
  if ('summary' in output) run.summary = String(output.summary);
  if ('text' in output) run.text = String(output.text);
  if ('annotations' in output && Array.isArray(output.annotations)) {
    run.annotations.push(...output.annotations);
  }
}

function unpack(packed: Buffer): string | null {
  try {
    return gunzipSync(packed).toString('utf8');
  } catch {
    return null;
  }
}

/** Results of the largest run; `null` where it is no SARIF. */
function countResults(text: string): number | null {
  const log: unknown = JSON.parse(text);
  if (typeof log !== 'object' || log === null || !('runs' in log)) return null;
  const runs: readonly unknown[] = Array.isArray(log.runs) ? log.runs : [];
  return Math.max(
    0,
    ...runs.map((run) =>
      typeof run === 'object' && run !== null && 'results' in run && Array.isArray(run.results)
        ? run.results.length
        : 0,
    ),
  );
}
