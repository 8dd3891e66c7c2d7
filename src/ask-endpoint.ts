import type { JoinedMethod } from './evidence/join.js';
import type { Inputs } from './inputs.js';
import { credentialsForProbes } from './smoke/credentials.js';
import { type Observation, runSmokeTest } from './smoke/smoke-test.js';
import type { World } from './world.js';

/**
 * A change reaches every server after an undocumented time. Public test suites of AWS see 20 to 40
 * seconds, and one report 4 minutes: a stage that was changed so lately may still change its answers.
 */
const SETTLES_WITHIN_MS = 5 * 60_000;

/**
 * The smoke test of some rows.
 *
 * @param moved stages that this run has moved, as `api/stage`: they are waited for.
 */
export async function askEndpoint(
  inputs: Inputs,
  rows: readonly JoinedMethod[],
  moved: ReadonlySet<string>,
  world: World,
): Promise<Observation[]> {
  const isSettling = ({ api, stage }: JoinedMethod): boolean =>
    stage !== null &&
    (moved.has(`${api.id}/${stage.name}`) ||
      world.now() - (stage.lastUpdatedMs ?? 0) < SETTLES_WITHIN_MS);
  const credentials =
    rows.length === 0 || !inputs.smokeTest
      ? world.credentials
      : await probeCredentials(inputs, world);
  const timeoutMs = inputs.smokeTimeoutMs;
  return runSmokeTest(rows, { ...inputs, ...world, timeoutMs, isSettling, credentials });
}

/** The credentials of the signed requests; asked for again for every use, since they expire. */
export function probeCredentials(
  { invokeRoleArn }: Inputs,
  world: World,
): ReturnType<typeof credentialsForProbes> {
  return credentialsForProbes(invokeRoleArn, world.credentials, world.sts, world);
}
