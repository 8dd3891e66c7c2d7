import type { GitHubContext } from './context.js';

/** What a delivery needs of GitHub, for the line that says what is missing. */
export interface Need {
  /** The delivery as a sentence's subject, such as `The pull request comment`. */
  readonly what: string;
  /** The entry of the workflow's `permissions:`. */
  readonly permission: string;
  /** What a 404 most likely means, besides a token that may not see the repository. */
  readonly absent: string;
}

/** An error of Octokit: `RequestError`, told by its shape, since several copies of the class may exist. */
export interface GitHubError extends Error {
  readonly status: number;
  /** Absent where no answer came at all. */
  readonly response?: {
    readonly headers: Readonly<Record<string, string | number | undefined>>;
    readonly data: unknown;
  };
}

export function isGitHubError(error: unknown): error is GitHubError {
  return error instanceof Error && 'status' in error && typeof error.status === 'number';
}

/** Whether the request may have been carried out though the answer says or was nothing of the kind. */
export function mayHaveHappened(error: unknown): boolean {
  return isGitHubError(error) && error.status >= 500;
}

/** One line: what failed, and the permission or the setting that is missing. */
export function explainFailure(error: unknown, need: Need, context: GitHubContext | null): string {
  return `${need.what}: not delivered. ${reasonOf(error, need, context)}`;
}

/** Why a request failed, and the permission or the setting that is missing: one line. */
export function reasonOf(error: unknown, need: Need, context: GitHubContext | null): string {
  if (!isGitHubError(error)) return error instanceof Error ? error.message : String(error);
  const said = firstLine(error.message);
  if (error.response === undefined) {
    return `GitHub could not be reached (${said}). Check GITHUB_API_URL, the network and the proxy.`;
  }
  if (isRateLimit(error)) {
    return `The token's rate limit is used up (${error.status}). ${resetOf(error)}`;
  }
  switch (error.status) {
    case 401:
      return `GitHub refused the token (401: ${said}). Leave github-token out, or give one that is valid.`;
    case 403:
      return reasonOfForbidden(said, need, context);
    case 404:
      return `GitHub found nothing there (404): ${need.absent}, or the token may not see it. Add to the job \`permissions: ${need.permission}\`.`;
    case 410:
      return `GitHub says that it is switched off (410: ${said}). Switch it on: Settings, General, Features, Issues.`;
    case 413:
      return 'GitHub found the content too large (413). Narrow api-id or stage.';
    case 422:
      return `GitHub refused the content (422: ${said}). ${need.absent} would explain it; otherwise open an issue with this line.`;
    default:
      return error.status >= 500
        ? `GitHub failed (${error.status}: ${said}), and again when it was asked once more. Run the job again.`
        : `GitHub answered ${error.status}: ${said}.`;
  }
}

/** The words of code scanning's 403 are those of the REST API and of github/codeql-action's issues. */
const SWITCHED_OFF =
  /(?:advanced|code) security must be enabled|code scanning is not enabled|not enabled for code scanning/i;

function reasonOfForbidden(said: string, need: Need, context: GitHubContext | null): string {
  if (SWITCHED_OFF.test(said)) {
    return `Code scanning is not enabled for this repository (403: ${said}). Enable it: Settings, Advanced Security, Code scanning; a private repository needs GitHub Code Security.`;
  }
  const readOnly = whyReadOnly(context);
  if (readOnly !== null) {
    return `${readOnly} gets a token that can only read, whatever \`permissions:\` says; \`${need.permission}\` is needed (403: ${said}).`;
  }
  return `The token may not do it (403: ${said}). Add to the job \`permissions: ${need.permission}\`.`;
}

function whyReadOnly(context: GitHubContext | null): string | null {
  if (context === null || context.event === 'pull_request_target') return null;
  if (context.pullRequest?.isFork === true) return "A fork's pull request";
  return context.isDependabot ? "Dependabot's pull request" : null;
}

/** GitHub Docs, "Rate limits for the REST API": 403 or 429, told apart by headers and words. */
function isRateLimit({ status, message, response }: GitHubError): boolean {
  if (status === 429) return true;
  const isUsedUp = response?.headers['x-ratelimit-remaining'] === '0';
  return status === 403 && (isUsedUp || /rate limit/i.test(message));
}

function resetOf({ response }: GitHubError): string {
  const wait = Number(response?.headers['retry-after']);
  if (wait > 0) return `Run the job again in ${wait} seconds.`;
  const reset = Number(response?.headers['x-ratelimit-reset']);
  return reset > 0
    ? `It is renewed at ${new Date(reset * 1000).toISOString()}; run the job again then.`
    : 'Run the job again later.';
}

function firstLine(message: string): string {
  // Octokit adds the page of the documentation.
  const [line = ''] = message.replace(/ - https?:\/\/\S+$/, '').split('\n');
  return line.length > 300 ? `${line.slice(0, 300)}…` : line;
}
