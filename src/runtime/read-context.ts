import { readFile } from 'node:fs/promises';
import { type ParsedContext, parseGitHubContext } from '../publish/github/context.js';

/** The run that the step is part of. */
export async function readContext(
  environment: Readonly<Record<string, string | undefined>>,
): Promise<ParsedContext> {
  const path = environment.GITHUB_EVENT_PATH;
  const event = path ? await readFile(path, 'utf8').catch(() => null) : null;
  return parseGitHubContext(environment, event);
}
