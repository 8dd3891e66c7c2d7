import { createHash } from 'node:crypto';
import pLimit from 'p-limit';
import { AwsFailure } from '../aws/failure.js';
import { nameAccounts } from '../fleet/names.js';
import type { Plan, PlannedTarget } from '../fleet/plan.js';
import { SHARD_SCHEMA, type ShardRecord, type TargetRecord } from '../fleet/shard-record.js';
import { ConfigurationError } from '../model/errors.js';
import type { Verdict } from '../model/finding.js';
import type { Logger } from '../model/logger.js';
import type { Report } from '../report/report.js';
import { count } from '../report/wording.js';

/**
 * Targets that are read side by side: each waits most of its time for quotas of its own. With many more, calls
 * that are due at different times would leave together where the processor is busy, and be throttled.
 */
const TARGETS_AT_ONCE = 16;

/** What a shard needs from outside; `runtime` makes the real one. */
export interface ShardDependencies {
  /**
   * Audits a target.
   *
   * @param title what the log calls it.
   * @throws AwsFailure where nobody gets into its account, ConfigurationError where the inputs do not fit it.
   */
  readonly audit: (target: PlannedTarget, title: string) => Promise<Report>;
  /** Writes a target's report, whole or not at all; rejects where it cannot be written. */
  readonly write: (target: PlannedTarget, text: string) => Promise<void>;
  /** Called when a target's report has been written: nothing of it is needed any more. */
  readonly forget: () => void;
  /** Resolves when the job is cancelled: what is not read by then is not read. */
  readonly cancelled: Promise<void>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly logger: Logger;
}

/** What a shard came to. */
export interface ShardResult {
  readonly record: ShardRecord;
  /** Of all of its targets; a target without a report is incomplete. */
  readonly verdict: Verdict;
  readonly totals: { readonly methods: number; readonly errors: number; readonly warnings: number };
}

/** Which part of which plan, in which attempt of the run. */
export interface ShardScope {
  readonly plan: Plan;
  readonly shard: string;
  readonly attempt: number;
  /** Values of the policy file for inputs of the merge. */
  readonly inputs?: Readonly<Record<string, string>>;
}

/**
 * Audits the targets of a shard, several side by side. A target's report is written and then forgotten;
 * one that fails keeps no other from being read, and is no pass: the record says why it has no report.
 */
export async function runShard(
  { plan, shard, attempt, inputs = {} }: ShardScope,
  dependencies: ShardDependencies,
): Promise<ShardResult> {
  const { cancelled, forget, now, logger } = dependencies;
  const startedAt = new Date(now()).toISOString();
  const targets = targetsOf(plan, shard);
  const titleOf = titlesOf(plan);
  const records = new Map<string, TargetRecord>();
  const verdicts: string[] = [];
  const totals = { methods: 0, errors: 0, warnings: 0 };
  const limit = pLimit(TARGETS_AT_ONCE);
  const all = Promise.all(
    targets.map((target) =>
      limit(async () => {
        const began = now();
        const title = titleOf(target);
        const done = await auditOne(target, title, dependencies);
        forget();
        records.set(target.id, done.record);
        verdicts.push(done.verdict);
        for (const key of ['methods', 'errors', 'warnings'] as const) {
          totals[key] += done.counts?.[key] ?? 0;
        }
        const seconds = ((now() - began) / 1000).toFixed(1);
        logger.info(`${records.size}/${targets.length} ${title}: ${done.words} (${seconds} s)`);
      }),
    ),
  );
  await Promise.race([all, cancelled]);
  const left = targets.filter(({ id }) => !records.has(id));
  if (left.length > 0) {
    logger.info(
      `The job is being cancelled: ${count(left.length, 'target')} of the shard left unread`,
    );
  }
  const record: ShardRecord = {
    schema: SHARD_SCHEMA,
    planId: plan.planId,
    shard,
    attempt,
    startedAt,
    endedAt: new Date(now()).toISOString(),
    targets: targets.map(({ id }) => records.get(id) ?? { id, ...CANCELLED }),
    ...(Object.keys(inputs).length === 0 ? {} : { inputs }),
  };
  return {
    record,
    verdict: worstVerdict(left.length > 0 ? [...verdicts, 'incomplete'] : verdicts),
    totals,
  };
}

const CANCELLED = {
  unreadable: 'the job was cancelled before it was read',
  fix: 'Run the failed jobs of the workflow again.',
};

/** The targets of a shard, in the order in which they are begun. */
export function targetsOf({ targets, shards }: Plan, shard: string): PlannedTarget[] {
  const byId = new Map(targets.map((target) => [target.id, target]));
  return (shards[shard] ?? []).flatMap((id) => byId.get(id) ?? []);
}

/** What the log calls targets. */
function titlesOf(plan: Plan): (target: PlannedTarget) => string {
  const nameOf = nameAccounts(plan, 'name');
  return ({ account, region }) => `${nameOf(account)} in ${region}`;
}

interface Done {
  readonly record: TargetRecord;
  readonly verdict: Verdict;
  readonly counts: Report['counts'] | null;
  /** For the log. */
  readonly words: string;
}

async function auditOne(
  target: PlannedTarget,
  title: string,
  { audit, write, logger }: ShardDependencies,
): Promise<Done> {
  try {
    const report = await audit(target, title);
    const text = `${JSON.stringify(report)}\n`;
    await write(target, text);
    const { verdict, counts, apis } = report;
    return {
      record: { id: target.id, sha256: createHash('sha256').update(text).digest('hex'), verdict },
      verdict,
      counts,
      words: `${verdict}, ${count(apis.length, 'API')}, ${count(counts.methods, 'method')}, ${count(counts.errors, 'error')}`,
    };
  } catch (error) {
    const { why, fix } = explain(error, target);
    if (isBug(error))
      logger.info(`${title}: ${error instanceof Error ? error.stack : String(error)}`);
    return {
      record: { id: target.id, unreadable: why, fix },
      verdict: 'incomplete',
      counts: null,
      words: `not read: ${why}`,
    };
  }
}

function explain(
  error: unknown,
  { role }: PlannedTarget,
): { readonly why: string; readonly fix: string } {
  if (error instanceof AwsFailure) {
    return { why: error.message, fix: fixOf(error, role) };
  }
  if (error instanceof ConfigurationError) {
    return { why: error.shown.join('; '), fix: 'Correct the inputs of the step.' };
  }
  const why = error instanceof Error ? error.message : String(error);
  return {
    why: `something unexpected happened (${why})`,
    fix: 'Run the failed jobs again; if it stays, open an issue with the log of the shard.',
  };
}

/** What to change where a role could not be assumed: the role's own account decides as well as the caller's. */
function fixOf(failure: AwsFailure, role: string): string {
  if (failure.kind !== 'access-denied' || !failure.operation.startsWith('AssumeRole')) {
    return failure.remedy;
  }
  const name = role.split(':role/')[1] ?? '';
  return failure.operation === 'AssumeRole'
    ? `Check that the account has the role ${name}, that its trust policy names the caller's role and the external id, and that the caller may sts:AssumeRole on it. setup/organization makes both.`
    : `Check that the account has the role ${name} and GitHub's OIDC provider, and that the role's trust policy names this repository. setup/organization makes both.`;
}

function isBug(error: unknown): boolean {
  return !(error instanceof AwsFailure || error instanceof ConfigurationError);
}

function worstVerdict(verdicts: readonly string[]): Verdict {
  if (verdicts.includes('fail')) return 'fail';
  return verdicts.includes('incomplete') ? 'incomplete' : 'pass';
}
