import { isRecord } from '../../model/json-data.js';
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
 * Those that the token itself wrote, all of one author, in their order. A marker alone would prove nothing:
 * anybody who can comment can write it, and could later change what the gate seems to have said. Only an
 * app can write as a bot; where several have, GitHub is asked which of them this is.
 */
export async function findOwn<T extends Written>(
  marked: readonly T[],
  author: Author,
  github: GitHub,
): Promise<T[]> {
  const isOthersToo = marked.some(isOfBot) && !marked.filter(isOfBot).every(isOfActions);
  const bot = author.kind === 'app' && isOthersToo ? await loginOfApp(github) : null;
  return bot === null
    ? ownOf(marked, author)
    : marked.filter((it) => isOfBot(it) && nameOfBot(it.user?.login) === nameOfBot(bot));
}

/**
 * Those that the token itself wrote, as far as what is marked says whose it is. The workflow's own bot goes
 * before other bots.
 */
export function ownOf<T extends Written>(marked: readonly T[], author: Author): T[] {
  if (author.kind === 'user') {
    const login = author.login.toLowerCase();
    return marked.filter(({ user }) => user?.login.toLowerCase() === login);
  }
  const bots = marked.filter(isOfBot);
  const { user } = bots.find(isOfActions) ?? bots[0] ?? {};
  return bots.filter((it) => it.user?.login === user?.login);
}

function isOfBot({ user }: Written): boolean {
  return user?.type === 'Bot';
}

function isOfActions({ user }: Written): boolean {
  return user?.login === ACTIONS_LOGIN;
}

/** REST names a bot with the ending `[bot]`; GraphQL does so of a viewer, and not of an author. */
function nameOfBot(login: string | undefined): string {
  return (login ?? '').toLowerCase().replace(/\[bot\]$/, '');
}

/**
 * The login of an app by its token: "viewer", "the currently authenticated user", answers installation
 * tokens too, unlike `GET /user` (GitHub Docs, GraphQL API, "Queries").
 *
 * @returns `null` where GitHub does not tell.
 */
async function loginOfApp(github: GitHub): Promise<string | null> {
  try {
    const data: unknown = await github.graphql('query { viewer { login } }');
    const viewer = isRecord(data) && isRecord(data.viewer) ? data.viewer : {};
    return typeof viewer.login === 'string' && viewer.login !== '' ? viewer.login : null;
  } catch (error) {
    const isRefused = isGitHubError(error)
      ? error.status < 500
      : error instanceof Error && error.name === 'GraphqlResponseError';
    if (isRefused) return null;
    throw error;
  }
}
