import type { Untold } from '../../model/evidence.js';

/**
 * What no call tells. `reason` is a clause that says why, and `remedy` says what decides it besides an answer
 * of the endpoint.
 */
export function untold(call: string, reason: string, remedy: string): Untold {
  return { readable: false, isUntold: true, call, reason, remedy };
}

/** What tells what a stage serves: it deploys by itself, or the endpoint is asked. */
export const TURN_ON_AUTO_DEPLOY =
  'turn on AutoDeploy for the stage, which makes it serve what is configured';
