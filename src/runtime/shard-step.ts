import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { getProxyForUrl } from 'proxy-from-env';
import { makeClientSettings } from '../aws/client-settings.js';
import { explainMissingFrom } from '../aws/missing-credentials.js';
import { assumeRoleOnce, createSession, sessionPolicy } from '../aws/role-session.js';
import { createStsClient } from '../aws/sts-client.js';
import { ignoreSystemError } from '../files/folder.js';
import { readLocalFile } from '../files/local-file.js';
import { tokenOf } from '../fleet/names.js';
import { type Plan, type PlannedTarget, parsePlan } from '../fleet/plan.js';
import { renderShardRecord, SHARD_FILE, TARGET_REPORT_FILE } from '../fleet/shard-record.js';
import type { Assignment } from '../gate/assignment.js';
import { runGate } from '../gate/gate.js';
import { runShard, type ShardResult, targetsOf } from '../gate/shard.js';
import { inputsOfMerge } from '../inputs/shard.js';
import type { Cancellation } from '../model/cancellation.js';
import { ConfigurationError } from '../model/errors.js';
import type { Logger } from '../model/logger.js';
import { sendingAtMost } from '../probe/at-most.js';
import { EXIT } from '../publish/exit-code.js';
import { writeReportFiles } from '../publish/files.js';
import type { ParsedContext } from '../publish/github/context.js';
import { explainMissingCredentials } from '../publish/github/missing-credentials.js';
import { inLog, inMarkdown } from '../report/escape.js';
import type { Report } from '../report/report.js';
import { count } from '../report/wording.js';
import { NAME, VERSION } from '../version.js';
import { refuseEndlessFiles } from './aws-files.js';
import { listenForCancellation, sleepUnless } from './cancel.js';
import { deliver } from './give-up.js';
import { requestIdToken } from './id-token.js';
import { keepHeapSmall, openCollector } from './memory.js';
import { partitionOf } from './partition.js';
import { proberOnUse } from './prober-on-use.js';
import { logger, maskSecret, runner } from './runner.js';
import { openTargets, retriesIn, retriesWith } from './targets.js';

/**
 * Audits a shard of a fleet's plan, and leaves a report a target and the shard's record in the report's
 * folder. What the reports say is for the merge to judge.
 *
 * @returns the exit code: 0 where every target has a report, whatever it says.
 * @throws ConfigurationError
 */
export async function runAsShard(assignment: Assignment, parsed: ParsedContext): Promise<number> {
  keepHeapSmall();
  refuseEndlessFiles(process.env);
  const { inputs } = assignment;
  const plan = readPlan(inputs.plan ?? '');
  const shard = inputs.shard ?? '';
  const externalId = readExternalId(plan);
  const targets = targetsOf(plan, shard);
  if (targets.length === 0) {
    throw new ConfigurationError([
      `shard: the plan has no shard ${shard}; it has ${Object.keys(plan.shards).join(', ')}. Use the matrix that the plan made.`,
    ]);
  }
  const { reportDir } = inputs;
  await removeOldRecords(reportDir, targets);
  const cancellation = listenForCancellation({
    logger,
    wordsOnSignal: (signal) => `${signal}: the job is being cancelled`,
  });
  const cancelled = new Promise<void>((resolve) => {
    cancellation.onRequest(() => resolve());
  });
  const auditor = openAuditor(assignment, { plan, shard, externalId, cancellation, parsed });
  try {
    const attempt = Number(process.env.GITHUB_RUN_ATTEMPT) || 1;
    logger.info(`Shard ${shard}: ${count(targets.length, 'target')}`);
    const result = await runShard(
      { plan, shard, attempt, inputs: inputsOfMerge(assignment.preset ?? {}) },
      {
        audit: auditor.audit,
        write: (target, text) => writeReport(join(reportDir, target.id), text),
        forget: openCollector(),
        cancelled,
        now: Date.now,
        logger,
      },
    );
    await writeFileIn(reportDir, SHARD_FILE, renderShardRecord(result.record));
    await announce(result, reportDir);
    const unread = result.record.targets.filter((target) => 'unreadable' in target).length;
    return unread === 0 ? EXIT.pass : EXIT.incomplete;
  } finally {
    auditor.close();
  }
}

function readPlan(path: string): Plan {
  const workspace = process.env.GITHUB_WORKSPACE || process.cwd();
  const reading = readLocalFile(workspace, path);
  const why = !reading.ok
    ? reading.why
    : reading.value === null
      ? 'does not exist. Download the artifact of the plan before this step'
      : null;
  if (why !== null || !reading.ok || reading.value === null) {
    throw new ConfigurationError([`plan: ${path} ${why}.`]);
  }
  const parsed = parsePlan(reading.value);
  if (parsed.ok) return parsed.value;
  throw new ConfigurationError([`plan: ${path} ${parsed.why}. Run the plan's job again.`]);
}

/** "Minimum length of 2. Maximum length of 1224", of `[\w+=,.@:\/-]` (STS API Reference, AssumeRole). */
const EXTERNAL_ID = /^[\w+=,.@:/-]{2,1224}$/;

function readExternalId({ externalIdFrom, auth }: Plan): string | null {
  if (externalIdFrom === null || auth === 'web-identity') return null;
  const value = process.env[externalIdFrom] ?? '';
  if (EXTERNAL_ID.test(value)) return value;
  throw new ConfigurationError([
    value === ''
      ? `external-id-from: the targets file names ${externalIdFrom}, which is not set. Give it to the step: env: { ${externalIdFrom}: \${{ secrets.${externalIdFrom} }} }.`
      : `external-id-from: the value of ${externalIdFrom} is no external id: 2 to 1,224 letters, digits and any of _+=,.@:/-.`,
  ]);
}

/** What an earlier run left in the folder must not be taken for this one's. */
async function removeOldRecords(folder: string, targets: readonly PlannedTarget[]): Promise<void> {
  const old = [SHARD_FILE, ...targets.map(({ id }) => id)];
  for (const name of old) {
    await rm(join(folder, name), { recursive: true, force: true }).catch(ignoreSystemError);
  }
}

async function writeReport(folder: string, text: string): Promise<void> {
  await writeFileIn(folder, TARGET_REPORT_FILE, text);
}

/** Written aside and renamed: whoever reads it finds the whole of it, or nothing. */
async function writeFileIn(folder: string, name: string, text: string): Promise<void> {
  const [written] = await writeReportFiles(folder, [{ name, render: () => text }], process.env);
  if (written !== undefined && 'problem' in written) throw new Error(written.problem);
}

/** Requests of all smoke tests that are under way: as many as eight targets send. */
const PROBES_AT_ONCE = 64;

interface AuditorSettings {
  readonly plan: Plan;
  readonly shard: string;
  readonly externalId: string | null;
  readonly cancellation: Cancellation;
  readonly parsed: ParsedContext;
}

interface Auditor {
  audit(target: PlannedTarget, title: string): Promise<Report>;
  close(): void;
}

/** What audits targets: a session an account, clients and a quota count a target, one prober for all. */
function openAuditor(assignment: Assignment, settings: AuditorSettings): Auditor {
  const { quotaShare, awsTimeoutMs, smokeTest } = assignment.inputs;
  const { plan, shard, externalId, cancellation, parsed } = settings;
  const sleep = sleepUnless(cancellation);
  const why =
    explainMissingCredentials(parsed.ok ? parsed.context : null) ??
    (plan.auth === 'chain' ? explainMissingFrom(process.env) : null);
  const prober = sendingAtMost(PROBES_AT_ONCE, proberOnUse(logger), Date.now);
  const open = new Set<{ destroy(): void }>([prober]);

  const stsOf = remembered((region: string) => {
    const made = makeClientSettings(region, [NAME, VERSION], getProxyForUrl, awsTimeoutMs);
    open.add(made.requestHandler);
    return createStsClient(made);
  });
  const sessionName = `apigw-iam-gate-${process.env.GITHUB_RUN_ID || 'local'}-${shard}`;
  const sessionOf = remembered((role: string, region: string) => {
    const stsRegion = regionOfSts(region);
    const retries = retriesIn(stsRegion, retriesWith(sleep, awsTimeoutMs, logger), why);
    const policy = sessionPolicy(smokeTest);
    const webIdentity = plan.auth === 'chain' ? null : () => requestIdToken(sleep);
    const wanted = { roleArn: role, sessionName, policy, externalId, webIdentity };
    return createSession(async () => {
      const identity = await assumeRoleOnce(wanted, stsOf(stsRegion), retries);
      maskSecret(identity.secretAccessKey);
      if (identity.sessionToken !== undefined) maskSecret(identity.sessionToken);
      return identity;
    }, Date.now);
  });

  return {
    async audit({ id, role, region }, title) {
      const credentials = sessionOf(role, region);
      // Asked for first: where nobody gets in, nothing else has to fail before that is known.
      await credentials();
      const ownLogger = loggerOf(title);
      const retries = retriesIn(region, retriesWith(sleep, awsTimeoutMs, ownLogger), why);
      const targets = openTargets(quotaShare, awsTimeoutMs, ownLogger, {
        credentials,
        account: tokenOf(id),
      });
      open.add(targets);
      try {
        const own = {
          ...assignment,
          inputs: { ...assignment.inputs, apiIds: '*' as const, region },
        };
        const target = targets.open(region, retries, cancellation);
        const dependencies = {
          ...{ ...retries, target, prober },
          onSecret: maskSecret,
          now: Date.now,
          newToken: randomUUID,
        };
        return await runGate(own, dependencies, null);
      } finally {
        open.delete(targets);
        targets.destroy();
      }
    },
    close() {
      for (const it of open) it.destroy();
    },
  };
}

/** One value a key, made when it is first asked for. */
function remembered<Rest extends readonly unknown[], T>(
  make: (key: string, ...rest: Rest) => T,
): (key: string, ...rest: Rest) => T {
  const made = new Map<string, T>();
  return (key, ...rest) => {
    const known = made.get(key);
    if (known !== undefined) return known;
    const value = make(key, ...rest);
    made.set(key, value);
    return value;
  };
}

/**
 * The region whose STS hands out a session: the step's own where it is of the same partition, since that
 * is one that the caller's account has enabled. Tokens of regional endpoints are valid in all regions
 * (IAM User Guide, "Manage AWS STS in an AWS Region").
 */
function regionOfSts(target: string): string {
  const own = process.env.AWS_REGION || process.env.AWS_DEFAULT_REGION || '';
  return own !== '' && partitionOf(own) === partitionOf(target) ? own : target;
}

/** Targets are read side by side, so each line says whose it is, and most are for debugging alone. */
function loggerOf(title: string): Logger {
  return {
    info: (line) =>
      isNews(line) ? logger.info(`${title}: ${line}`) : logger.debug(`${title}: ${line}`),
    debug: (line) => logger.debug(`${title}: ${line}`),
    group: (_, phase) => phase(),
  };
}

function isNews(line: string): boolean {
  return /throttled|attempt/.test(line);
}

async function announce({ record, verdict, totals }: ShardResult, folder: string): Promise<void> {
  const { shard, targets } = record;
  const unread = targets.flatMap((target) => ('unreadable' in target ? [target.unreadable] : []));
  await deliver('The outputs', () => {
    runner.setOutput('verdict', verdict);
    runner.setOutput('methods', totals.methods);
    runner.setOutput('errors', totals.errors);
    runner.setOutput('warnings', totals.warnings);
    runner.setOutput('shard-dir', folder);
  });
  const read = targets.length - unread.length;
  const headline = `Shard ${shard}: ${read} of ${count(targets.length, 'target')} read`;
  const reasons = [...Map.groupBy(unread, (reason) => reason)].slice(0, 20);
  const list = reasons.map(
    ([reason, own]) => `- ${count(own.length, 'target')} not read: ${inMarkdown(reason)}`,
  );
  await deliver('The job summary', () =>
    runner.writeSummary(
      [`## ${headline}`, '', 'The merge of all shards judges them.', '', ...list, ''].join('\n'),
    ),
  );
  if (unread.length === 0) return;
  const [first = ''] = unread;
  runner.error(
    inLog(
      `${count(unread.length, 'target')} of shard ${shard} could not be read. Run the failed jobs again to read this shard alone. First: ${first}`,
    ),
    { title: 'Targets not read' },
  );
}
