import { getProxyForUrl } from 'proxy-from-env';
import type { Logger } from '../model/logger.js';
import type { Deadline } from '../publish/deadline.js';
import type { GitHub } from '../publish/github/client.js';
import { NAME, VERSION } from '../version.js';

/** A client of the GitHub that the run is on, made when it is first needed: most audits deliver nothing to it. */
export async function connectWith(
  token: string,
  deadline: Deadline | null,
  logger: Logger,
): Promise<GitHub> {
  const { createGitHub } = await import('../publish/github/client.js');
  return createGitHub(token, {
    baseUrl: process.env.GITHUB_API_URL || 'https://api.github.com',
    userAgent: userAgent(process.env.ACTIONS_ORCHESTRATION_ID),
    proxyFor: getProxyForUrl,
    logger,
    deadline,
  });
}

/** GitHub finds a run's requests by this tag, as its own `@actions/github` sends it. */
function userAgent(orchestrationId: string | undefined): string {
  const id = orchestrationId?.trim().replaceAll(/[^a-z0-9_.-]/gi, '_');
  return `${NAME}/${VERSION}${id ? ` actions_orchestration_id/${id}` : ''}`;
}
