import { randomUUID } from 'node:crypto';
import type { Assignment } from '../gate/assignment.js';
import { runGate } from '../gate/gate.js';
import type { ParsedContext } from '../publish/github/context.js';
import type { Report } from '../report/report.js';
import { refuseEndlessFiles } from './aws-files.js';
import { NEVER, sleep, sleepUnless } from './cancel.js';
import type { Enforcing } from './enforcing.js';
import type { Host } from './host.js';
import { keepHeapSmall } from './memory.js';
import { proberOnUse } from './prober-on-use.js';
import { openTargets, retriesIn, retriesWith } from './targets.js';

/** Opens the target of the inputs, runs the gate on it, and closes all connections. */
export async function runOnTarget(
  assignment: Assignment,
  parsed: ParsedContext,
  enforcing: Enforcing | null,
  { logger, maskSecret, onMissingCredentials }: Host,
): Promise<Report> {
  keepHeapSmall();
  const { region, quotaShare, awsTimeoutMs } = assignment.inputs;
  const cancellation = enforcing?.cancellation ?? NEVER;
  const retries = retriesIn(
    region,
    retriesWith(sleepUnless(cancellation), awsTimeoutMs, logger),
    onMissingCredentials(parsed),
  );
  refuseEndlessFiles(process.env);
  const targets = openTargets(quotaShare, awsTimeoutMs, logger);
  const prober = proberOnUse(logger);
  try {
    const dependencies = {
      ...retries,
      target: targets.open(region, retries, cancellation),
      prober,
      onSecret: maskSecret,
      now: Date.now,
      newToken: randomUUID,
    };
    const rollingBack = retriesWith(sleep, awsTimeoutMs, logger);
    const changes = enforcing?.changesWith(targets, rollingBack) ?? null;
    return await runGate(assignment, dependencies, changes);
  } finally {
    prober.destroy();
    targets.destroy();
  }
}
