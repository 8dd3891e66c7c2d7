import { dirname, isAbsolute, join, relative, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Links } from '../report/document/links.js';
import type { GitHubContext } from './github/context.js';

/** The page about the rules, with an anchor of its own for each. */
const PAGE = 'docs/how-it-judges.md';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The page about the rules: in the action's repository, at the version that the workflow names. An
 * action of the workflow's own repository (`uses: ./`) has neither; then it is the page beside the
 * bundle, in that repository at the run's commit. Where nobody can tell a URL, it is the file itself.
 *
 * @param bundle - The path of the file that runs, in `dist` of the action.
 */
export function documentationUrl(environment: Environment, bundle: string): string {
  const server = environment.GITHUB_SERVER_URL || 'https://github.com';
  const { GITHUB_ACTION_REPOSITORY: repository, GITHUB_ACTION_REF: ref } = environment;
  if (repository && ref) return `${server}/${repository}/blob/${encodeURI(ref)}/${PAGE}`;

  const { GITHUB_REPOSITORY, GITHUB_SHA, GITHUB_WORKSPACE } = environment;
  const action = dirname(dirname(bundle));
  const way = GITHUB_WORKSPACE ? relative(GITHUB_WORKSPACE, action) : '..';
  const isWithin = way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
  if (GITHUB_REPOSITORY && GITHUB_SHA && isWithin) {
    const path = [...way.split(sep).filter((part) => part !== ''), PAGE].map(encodeURI).join('/');
    return `${server}/${GITHUB_REPOSITORY}/blob/${encodeURI(GITHUB_SHA)}/${path}`;
  }
  return pathToFileURL(join(action, PAGE)).href;
}

/** Where a report leads to: files are shown as they were at the run's commit. */
export function linksOf(
  context: GitHubContext | null,
  documentation: string,
  environment: Environment,
): Links {
  const rules = documentation.startsWith('https://') ? documentation : null;
  if (context === null) return { rules, repository: null, commit: null, run: null };
  const server = environment.GITHUB_SERVER_URL || 'https://github.com';
  const { owner, repo } = context.repository;
  return {
    rules,
    repository: `${server}/${owner}/${repo}`,
    commit: context.sha,
    run: context.runUrl,
  };
}
