import type { Deadline } from '../publish/deadline.js';
import type { GitHub } from '../publish/github/client.js';
import { connectWith } from './connect.js';
import { logger, maskSecret } from './runner.js';

/** A client of GitHub for a step, whose token the runner hides. */
export function connect(token: string, deadline: Deadline | null = null): Promise<GitHub> {
  maskSecret(token);
  return connectWith(token, deadline, logger);
}
