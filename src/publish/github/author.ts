import type { GitHub } from './client.js';
import { isGitHubError } from './failure.js';
import { isInstallationToken } from './token.js';

/**
 * Whom GitHub will name as the author of what the token writes. The token of a workflow, and of any
 * app, cannot ask: `GET /user` answers it 403, "Resource not accessible by integration". Such a token
 * writes as a bot, `github-actions[bot]` for the workflow's own.
 */
export type Author = { readonly kind: 'user'; readonly login: string } | { readonly kind: 'app' };

const ACTIONS_LOGIN = 'github-actions[bot]';

/** Asks GitHub, unless the token's prefix already says that it is an app's. */
export async function findAuthor(github: GitHub, token: string): Promise<Author> {
  if (isInstallationToken(token)) return { kind: 'app' };
  try {
    const { data } = await github.rest.users.getAuthenticated();
    return { kind: 'user', login: data.login };
  } catch (error) {
    if (isGitHubError(error) && error.status === 403) return { kind: 'app' };
    throw error;
  }
}

/** What a comment or an issue says of who wrote it. */
interface Written {
  readonly user?: { readonly login: string; readonly type?: string } | null;
}

/**
 * The one that the token itself wrote. A marker alone would prove nothing: anybody who can comment
 * can write it, and could later change what the gate seems to have said. Only an app can write as a
 * bot; the workflow's own bot goes before other bots.
 */
export function pickOwn<T extends Written>(marked: readonly T[], author: Author): T | null {
  if (author.kind === 'user') {
    const login = author.login.toLowerCase();
    return marked.find(({ user }) => user?.login.toLowerCase() === login) ?? null;
  }
  const bots = marked.filter(({ user }) => user?.type === 'Bot');
  return bots.find(({ user }) => user?.login === ACTIONS_LOGIN) ?? bots[0] ?? null;
}
