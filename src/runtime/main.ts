import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { getProxyForUrl } from 'proxy-from-env';
import { ProxiedHttpHandler } from '../aws/http-handler.js';
import type { Assignment } from '../gate/assignment.js';
import { runGate } from '../gate/gate.js';
import { Cancelled } from '../model/cancellation.js';
import { createProber, PROBE_TIMEOUTS } from '../probe/send.js';
import { type ParsedContext, parseGitHubContext } from '../publish/github/context.js';
import { explainMissingCredentials } from '../publish/github/missing-credentials.js';
import { publish } from '../publish/publish.js';
import type { Report } from '../report/report.js';
import { NAME, VERSION } from '../version.js';
import { NEVER, sleep, sleepUnless } from './cancel.js';
import { connect } from './connect.js';
import type { Enforcing } from './enforcing.js';
import { giveUp } from './give-up.js';
import { prepare } from './prepare.js';
import { publishSettings } from './publish-settings.js';
import { logger, maskSecret, runner } from './runner.js';
import { openTargets, retriesIn, retriesWith } from './targets.js';

/**
 * The main step: reads the environment, runs the gate on its target, and publishes the report.
 *
 * @returns the exit code.
 */
export async function runAsMain(): Promise<number> {
  try {
    const assignment = await prepare();
    const { inputs } = assignment;
    const enforcing = inputs.mode === 'enforce' ? await makeReady(assignment) : null;
    const parsed = await readContext();
    try {
      const report = await runOnTarget(assignment, parsed, enforcing);
      const settings = publishSettings(inputs, parsed, report);
      return await publish(report, settings, runner, { parsed, connect, logger });
    } catch (error) {
      if (error instanceof Cancelled && enforcing !== null) return await enforcing.endCancelled();
      throw error;
    }
  } catch (error) {
    return giveUp(error);
  }
}

async function makeReady({ inputs }: Assignment): Promise<Enforcing> {
  const { makeReadyToEnforce } = await import('./enforcing.js');
  return makeReadyToEnforce(inputs);
}

/** Opens the target of the inputs, runs the gate on it, and closes all connections. */
async function runOnTarget(
  assignment: Assignment,
  parsed: ParsedContext,
  enforcing: Enforcing | null,
): Promise<Report> {
  const { region, quotaShare, awsTimeoutMs } = assignment.inputs;
  const cancellation = enforcing?.cancellation ?? NEVER;
  const retries = retriesIn(
    region,
    retriesWith(sleepUnless(cancellation), awsTimeoutMs),
    explainMissingCredentials(parsed.ok ? parsed.context : null),
  );
  const targets = openTargets(quotaShare, awsTimeoutMs);
  const prober = createProber(
    new ProxiedHttpHandler(getProxyForUrl, PROBE_TIMEOUTS),
    `${NAME}/${VERSION}`,
    Date.now,
  );
  try {
    const dependencies = {
      ...retries,
      target: targets.open(region, retries, cancellation),
      prober,
      onSecret: maskSecret,
      now: Date.now,
      newToken: randomUUID,
    };
    const rollingBack = retriesWith(sleep, awsTimeoutMs);
    const changes = enforcing?.changesWith(targets, rollingBack) ?? null;
    return await runGate(assignment, dependencies, changes);
  } finally {
    prober.destroy();
    targets.destroy();
  }
}

async function readContext(): Promise<ParsedContext> {
  const path = process.env.GITHUB_EVENT_PATH;
  const event = path ? await readFile(path, 'utf8').catch(() => null) : null;
  return parseGitHubContext(process.env, event);
}
