import { withoutAdvice } from '../../aws/certificate-words.js';
import { SENT } from '../../aws/secrets.js';
import type { GitHubContext } from './context.js';
import { isPersonalToken } from './token.js';
import { NotGitHub } from './whole-answer.js';

/** What a delivery needs of GitHub, for the line that says what is missing. */
export interface Need {
  /** The delivery as a sentence's subject, such as `The pull request comment`. */
  readonly what: string;
  /** The entry of the workflow's `permissions:`. */
  readonly permission: string;
  /** What a 404 most likely means, besides a token that may not see the repository. */
  readonly absent: string;
  /** Only GitHub Apps may do it, whatever a person's token may. */
  readonly onlyApps?: boolean;
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
export function explainFailure(
  error: unknown,
  need: Need,
  context: GitHubContext | null,
  token: string,
): string {
  return `${need.what}: not delivered. ${reasonOf(error, need, context, token)}`;
}

/** Why a request failed, and the permission or the setting that is missing: one line. */
export function reasonOf(
  error: unknown,
  need: Need,
  context: GitHubContext | null,
  token: string,
): string {
  const foreign = error instanceof Error && error.cause instanceof NotGitHub ? error.cause : error;
  if (foreign instanceof NotGitHub) return notGitHub(foreign.message);
  const said = firstLine(error instanceof Error ? error.message : String(error), token);
  if (!isGitHubError(error)) return said;
  if (error.response === undefined) {
    return /certificate|altname/i.test(said)
      ? reasonOfCertificate(said)
      : `GitHub could not be reached (${said}). Check GITHUB_API_URL, the network and the proxy.`;
  }
  // GitHub's API answers in JSON; its own failures may be pages.
  const type = String(error.response.headers['content-type'] ?? '');
  if (error.status < 500 && type.startsWith('text/html')) {
    return notGitHub(`${error.status}, text/html`);
  }
  if (isRateLimit(error)) {
    return `The token's rate limit is used up (${error.status}). ${resetOf(error)}`;
  }
  switch (error.status) {
    case 401:
      return `GitHub refused the token (401: ${said}). Leave github-token out, or give one that is valid.`;
    case 403:
      return reasonOfForbidden(said, need, context, token);
    case 404:
      return `GitHub found nothing there (404): ${need.absent}, or the token may not see it. ${howToAllow(need, token)}`;
    case 410:
      return `GitHub says that it is gone, or switched off (410: ${said}). Where issues are meant, switch them on: Settings, General, Features, Issues.`;
    case 413:
      return 'GitHub found the content too large (413). Narrow api-id or stage.';
    case 422:
      return `GitHub refused the content (422: ${said}). Most likely ${need.absent}; otherwise open an issue with this line.`;
    default:
      return error.status >= 500
        ? `GitHub failed (${error.status}: ${said}), and again when it was asked once more. Run the job again.`
        : `GitHub answered ${error.status}: ${said}.`;
  }
}

/** Octokit keeps the words of a failed connection, and not its code. */
function reasonOfCertificate(said: string): string {
  if (/altname|hostname/i.test(said)) {
    return `The certificate is for another host (${said}). Set GITHUB_API_URL to a name that it covers, or check the proxy.`;
  }
  if (/expired|not yet valid/i.test(said)) {
    return `The certificate of GitHub, or of the proxy, is not valid today (${said}). Renew it, or set the runner's clock (NTP).`;
  }
  return `The certificate of GitHub, or of the proxy, is not trusted (${said}). Set NODE_EXTRA_CA_CERTS in the step's env to a file with its certificate authority.`;
}

/** The words of code scanning's 403 are those of the REST API and of github/codeql-action's issues. */
const SWITCHED_OFF =
  /(?:advanced|code) security must be enabled|code scanning is not enabled|not enabled for code scanning/i;

/**
 * What GitHub answers to a person's token where only Apps may write: to a classic one the first, to a
 * fine-grained one the second (actions/github-script issue 118, github/rest-api-description issue 4290).
 */
const NOT_AN_APP = /must authenticate via a GitHub App|not accessible by personal access token/i;

function reasonOfForbidden(
  said: string,
  need: Need,
  context: GitHubContext | null,
  token: string,
): string {
  if (SWITCHED_OFF.test(said)) {
    return `Code scanning is not enabled for this repository (403: ${said}). Enable it: Settings, Advanced Security, Code scanning; a private repository needs GitHub Code Security.`;
  }
  if (/\b(?:archived|read-only)\b/i.test(said)) {
    return `The repository takes no writes (403: ${said}). Leave the delivery out, or unarchive the repository.`;
  }
  if (/\blocked\b/i.test(said)) {
    return `The conversation is locked (403: ${said}). Unlock it, or leave the delivery out.`;
  }
  if (/\bSAML\b/.test(said)) {
    return `The organization asks for single sign-on (403: ${said}). Authorize the token for the organization: Settings, Developer settings, the token, Configure SSO.`;
  }
  if (need.onlyApps === true && NOT_AN_APP.test(said)) {
    return `Only a GitHub App may write it, and github-token is a personal access token (403: ${said}). Leave github-token out, since the workflow's own token is an App's, and add to the job \`permissions: ${need.permission}\`; or give the token of an App of yours.`;
  }
  const readOnly = whyReadOnly(context);
  if (readOnly !== null && !isPersonalToken(token)) {
    return `${readOnly} gets a token that can only read, whatever \`permissions:\` says; \`${need.permission}\` is needed (403: ${said}).`;
  }
  return `The token may not do it (403: ${said}). ${howToAllow(need, token)}`;
}

/** The workflow's `permissions:` say what its own token may; a person's token has its own. */
function howToAllow({ permission }: Need, token: string): string {
  return isPersonalToken(token)
    ? `github-token is a personal access token: give it this repository and the permission \`${permission}\` (a classic one the scope \`repo\`), or leave github-token out.`
    : `Add to the job \`permissions: ${permission}\`.`;
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
  const waitSeconds = Number(response?.headers['retry-after']);
  if (waitSeconds > 0) return `Run the job again in ${durationOf(waitSeconds)}.`;
  const reset = new Date(Number(response?.headers['x-ratelimit-reset']) * 1000);
  // What is no date, or one of another age, says nothing.
  return reset.getTime() > 0 && reset.getUTCFullYear() < 10_000
    ? `It is renewed at ${reset.toISOString()}; run the job again then.`
    : 'Run the job again later.';
}

function durationOf(seconds: number): string {
  if (seconds <= 120) return seconds <= 1 ? '1 second' : `${Math.ceil(seconds)} seconds`;
  const minutes = Math.ceil(seconds / 60);
  return minutes <= 120 ? `${minutes} minutes` : `${Math.ceil(minutes / 60)} hours`;
}

function notGitHub(what: string): string {
  return `Something that is not GitHub's API answered (${what}). Check GITHUB_API_URL, which ends in /api/v3 on GitHub Enterprise Server, and the proxy.`;
}

/** GitHub's own words as far as they say what happened, without what it was sent. */
function firstLine(message: string, token: string): string {
  // Octokit adds the page of the documentation.
  const [line = ''] = message.replace(/ - https?:\/\/\S+$/, '').split(/\r?\n/, 1);
  const hidden = SENT.hide(token === '' ? line : line.replaceAll(token, '***'));
  const shown = withoutAdvice(hidden);
  return shown.length > 300 ? `${shown.slice(0, 300)}…` : shown;
}
