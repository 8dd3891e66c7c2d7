import { readLocalFile } from '../files/local-file.js';
import { type ParsedContext, parseGitHubContext } from '../publish/github/context.js';

/** The run that the step is part of. */
export function readContext(
  environment: Readonly<Record<string, string | undefined>>,
): ParsedContext {
  const path = environment.GITHUB_EVENT_PATH;
  const event = path ? readLocalFile('', path) : null;
  return parseGitHubContext(environment, event?.ok === true ? event.value : null);
}
