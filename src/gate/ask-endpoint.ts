import type { JoinedMethod } from '../evidence/join.js';
import type { Inputs } from '../inputs/table.js';
import { credentialsForProbes, type ProbeCredentials } from '../probe/credentials.js';
import { limitOfCredentialsMs } from '../probe/limit.js';
import type { Observation } from '../probe/observation.js';
import { type Selection, select } from '../probe/select.js';
import { runSmokeTest } from '../probe/smoke-test.js';
import { readSurroundings, type Surroundings } from '../probe/surroundings.js';
import type { Basis, World } from './dependencies.js';

/** What the smoke test came to, and what it stood on. */
export interface Asked {
  readonly observations: readonly Observation[];
  readonly surroundings: Surroundings;
}

/**
 * A change reaches every server after an undocumented time. Public test suites of AWS see 20 to 40
 * seconds, and one report 4 minutes: a stage that was changed so lately may still change its answers.
 */
const SETTLES_WITHIN_MS = 5 * 60_000;

/**
 * The smoke test of some rows.
 *
 * @param moved stages that this run has moved, as `api/stage`: they are waited for.
 * @param inPhase runs what asks; called only where there is something to ask.
 */
export async function askEndpoint(
  rows: readonly JoinedMethod[],
  moved: ReadonlySet<string>,
  inputs: Inputs,
  basis: Basis,
  world: World,
  inPhase: (phase: () => Promise<Asked>) => Promise<Asked> = (phase) => phase(),
): Promise<Asked> {
  const isSettling = ({ api, stage }: JoinedMethod): boolean =>
    stage !== null &&
    (moved.has(`${api.id}/${stage.name}`) ||
      world.now() - (stage.lastUpdatedMs ?? 0) < SETTLES_WITHIN_MS);

  const selection = selectionOf(inputs, basis);
  const apis = new Set(
    rows.flatMap((row) => (typeof select(row, selection) === 'string' ? [] : [row.api])),
  );
  const settings = {
    ...inputs,
    ...selection,
    ...world,
    timeoutMs: inputs.smokeTimeoutMs,
    isSettling,
  };
  const prepare = (): Promise<Surroundings> =>
    readSurroundings([...apis], inputs, world.apiGateway);
  // With nothing to ask there is nothing to read and no role to assume.
  if (apis.size === 0) {
    const surroundings = await prepare();
    const test = { ...settings, surroundings, startMs: world.now() };
    return { observations: await runSmokeTest(rows, test), surroundings };
  }
  return inPhase(async () => {
    // Reading has no part in the smoke test's time: how long that takes is for the quota to say.
    const reading = prepare().then((surroundings) => ({ surroundings, startMs: world.now() }));
    const [{ surroundings, startMs }, credentials] = await Promise.all([
      reading,
      probeCredentials(inputs, world),
    ]);
    const test = { ...settings, surroundings, credentials, startMs };
    return { observations: await runSmokeTest(rows, test), surroundings };
  });
}

/** Which methods may be asked, by inputs and policy file. */
export function selectionOf(inputs: Inputs, { policy }: Basis): Selection {
  const { smokeTest, smokeMethods } = inputs;
  return { smokeTest, smokeMethods, samples: policy.samples };
}

/** The credentials of the signed requests; asked for again for every use, since they expire. */
export function probeCredentials(
  { invokeRoleArn, smokeTimeoutMs }: Inputs,
  world: World,
): Promise<ProbeCredentials> {
  return credentialsForProbes(
    invokeRoleArn,
    world.credentials,
    world.sts,
    world,
    limitOfCredentialsMs(smokeTimeoutMs),
    world.onSecret,
  );
}
