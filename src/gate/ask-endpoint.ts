import type { JoinedMethod } from '../evidence/join.js';
import { stageKey } from '../model/stage-key.js';
import { credentialsForProbes, type ProbeCredentials } from '../probe/credentials.js';
import { limitOfCredentialsMs } from '../probe/limit.js';
import type { Observation } from '../probe/observation.js';
import { type Selection, select } from '../probe/select.js';
import { runSmokeTest } from '../probe/smoke-test.js';
import { readSurroundings, type Surroundings } from '../probe/surroundings.js';
import type { Assignment } from './assignment.js';
import type { ReadDependencies } from './dependencies.js';
import { withoutMoved } from './still-served.js';

/** What the smoke test came to, and what it stood on. */
export interface Asked {
  readonly observations: readonly Observation[];
  readonly surroundings: Surroundings;
}

/** The title of the smoke test in the job's log. */
export const SMOKE_TEST_TITLE = 'Asking the endpoint: unsigned, tampered and signed';

/**
 * A change reaches every server after an undocumented time. Public test suites of AWS see 20 to 40
 * seconds, and one report 4 minutes: a stage that was changed so lately may still change its answers.
 */
const SETTLES_WITHIN_MS = 5 * 60_000;

/**
 * The smoke test of some rows.
 *
 * @param changed stages that this run has changed, by `stageKey`: they are waited for.
 * @param isAlike whether a change of its stage left a method as it was.
 * @param title of a group of the log, which is there only where something is asked; `null` for none.
 */
export async function askEndpoint(
  rows: readonly JoinedMethod[],
  changed: ReadonlySet<string>,
  assignment: Assignment,
  dependencies: ReadDependencies,
  title: string | null = null,
  isAlike: (row: JoinedMethod) => boolean = () => false,
): Promise<Asked> {
  const { inputs } = assignment;
  const { target, logger, now } = dependencies;
  const selection = selectionOf(assignment);
  const apis = new Set(
    rows.flatMap((row) => (typeof select(row, selection) === 'string' ? [] : [row.api])),
  );
  const isSettling = ({ api, stage }: JoinedMethod): boolean =>
    stage !== null &&
    (changed.has(stageKey(api.id, stage.name)) ||
      now() - (stage.lastUpdatedMs ?? 0) < SETTLES_WITHIN_MS);

  const ask = async (): Promise<Asked> => {
    // Reading has no part in the smoke test's time: how long that takes is for the quota to say.
    const reading = readSurroundings([...apis], inputs, target).then((surroundings) => ({
      surroundings,
      startMs: now(),
    }));
    const [{ surroundings, startMs }, credentials] = await Promise.all([
      reading,
      // With nothing to ask there is no role to assume.
      apis.size === 0 ? target.credentials : probeCredentials(assignment, dependencies),
    ]);
    const answered = await runSmokeTest(rows, {
      ...dependencies,
      ...inputs,
      ...selection,
      ...{ surroundings, credentials, startMs, isSettling, isAlike },
      timeoutMs: inputs.smokeTimeoutMs,
    });
    return { observations: await withoutMoved(answered, target.apiGatewayV2), surroundings };
  };
  return title === null || apis.size === 0 ? ask() : logger.group(title, ask);
}

/** Which methods may be asked, by inputs and policy file. */
export function selectionOf({ inputs, basis }: Assignment): Selection {
  const { smokeTest, smokeMethods } = inputs;
  return { smokeTest, smokeMethods, samples: basis.policy.samples };
}

/** The credentials of the signed requests; asked for again for every use, since they expire. */
export function probeCredentials(
  { inputs: { invokeRoleArn, smokeTimeoutMs } }: Assignment,
  dependencies: ReadDependencies,
): Promise<ProbeCredentials> {
  const { target, onSecret } = dependencies;
  return credentialsForProbes(
    invokeRoleArn,
    target.credentials,
    target.sts,
    dependencies,
    limitOfCredentialsMs(smokeTimeoutMs),
    onSecret,
  );
}
