import type { GitHubContext } from './context.js';

/**
 * Why a run has no credentials for AWS where the event is the reason, in words for the finding that
 * says so; `null` where the event is not the reason. On the `pull_request` of a fork or of Dependabot
 * GitHub passes no secrets and issues no OIDC token (GitHub Docs, "Events that trigger workflows");
 * `pull_request_target` runs with both.
 */
export function explainMissingCredentials(context: GitHubContext | null): string | null {
  if (context === null || !context.event.startsWith('pull_request')) return null;
  if (context.event === 'pull_request_target') return null;
  if (context.pullRequest?.isFork === true) {
    return "not evaluated: no credentials on a fork's pull request. GitHub gives such a run no secrets and no OIDC token. A maintainer can push the branch to this repository, or the merge queue (merge_group) can run the gate.";
  }
  if (context.isDependabot) {
    return "not evaluated: no credentials on Dependabot's pull request. GitHub gives such a run no secrets of Actions and a read-only token. A maintainer can re-run the job from the merge queue (merge_group), or push the branch.";
  }
  return null;
}
