import { DEFAULT_FAIL_ON, strictestOf } from '../model/fail-on.js';
import type { Verdict } from '../model/finding.js';
import type { Plan } from './plan.js';
import type { ShardRecord, TargetRecord } from './shard-record.js';

/** A shard's record and the folder that its reports lie in. */
export interface FoundRecord {
  readonly folder: string;
  readonly record: ShardRecord;
}

/** A report that a record speaks of. */
export interface ReportFile {
  readonly folder: string;
  readonly sha256: string;
  /** The verdict that the record tells of it. */
  readonly verdict: Verdict;
}

/** What the records of one attempt say of a target that it has read. */
export interface MatchedAttempt {
  readonly attempt: number;
  readonly files: readonly ReportFile[];
  /** The same attempt says as well that the target could not be read. */
  readonly isAlsoUnread: boolean;
}

/** What the records say of a target, before any report is opened. */
export interface MatchedTarget {
  /**
   * Its reports by attempt, the newest first. Within an attempt there is one, or several that differ
   * where two records of the same attempt contradict each other.
   */
  readonly attempts: readonly MatchedAttempt[];
  /** Why the newest attempt that tried it could not read it; `null` where none says so. */
  readonly unreadable: { readonly why: string; readonly fix: string } | null;
  /** Its shard left a record of this plan at all. */
  readonly hasRecord: boolean;
}

/** The records held against the plan. */
export interface Matched {
  readonly targets: ReadonlyMap<string, MatchedTarget>;
  /** Records of another plan, or of no shard of this one: nothing of them counts. */
  readonly foreign: readonly FoundRecord[];
}

/**
 * Holds records of shards against the plan. Only what the plan gives to a shard counts of its record:
 * whatever else is there belongs to another run, or to nobody.
 */
export function matchRecords(plan: Plan, found: readonly FoundRecord[]): Matched {
  const isOwn = isOf(plan);
  const byShard = Map.groupBy(found.filter(isOwn), ({ record }) => record.shard);
  const targets = new Map<string, MatchedTarget>();
  for (const [shard, ids] of Object.entries(plan.shards)) {
    const records = (byShard.get(shard) ?? []).toSorted(
      (a, b) => b.record.attempt - a.record.attempt,
    );
    for (const id of ids) targets.set(id, matchTarget(id, records));
  }
  return { targets, foreign: found.filter((it) => !isOwn(it)) };
}

/** @param records of its shard, the newest attempt first. */
function matchTarget(id: string, records: readonly FoundRecord[]): MatchedTarget {
  const own = records.flatMap(({ folder, record }) =>
    record.targets
      .filter((target) => target.id === id)
      .map((target) => ({ folder, attempt: record.attempt, target })),
  );
  const attempts = [...Map.groupBy(own, ({ attempt }) => attempt)].flatMap(([attempt, said]) => {
    const files = new Map<string, ReportFile>();
    for (const { folder, target } of said) {
      if (!isReported(target)) continue;
      const { sha256, verdict } = target;
      const key = `${sha256} ${verdict}`;
      if (!files.has(key)) files.set(key, { folder, sha256, verdict });
    }
    const isAlsoUnread = said.some(({ target }) => !isReported(target));
    return files.size === 0 ? [] : [{ attempt, files: [...files.values()], isAlsoUnread }];
  });
  const refused = own.find(({ target }) => !isReported(target))?.target;
  return {
    attempts,
    unreadable:
      refused === undefined || isReported(refused)
        ? null
        : { why: refused.unreadable, fix: refused.fix },
    hasRecord: records.length > 0,
  };
}

/**
 * What the policy file says of what the merge does, as the shards read it. They read the same file; where
 * they say different things, the newest attempt counts, and of one attempt the shard that comes last. But
 * what fails is never decided by the most lenient of them: of `fail-on` the strictest counts, and a shard
 * that does not name it means the default.
 */
export function inputsOfRecords(plan: Plan, found: readonly FoundRecord[]): Record<string, string> {
  const own = found.filter(isOf(plan)).map(({ record }) => record);
  const order = own.toSorted(
    (a, b) => a.attempt - b.attempt || (a.shard < b.shard ? -1 : Number(a.shard > b.shard)),
  );
  const inputs: Record<string, string> = Object.assign({}, ...order.map((it) => it.inputs ?? {}));
  if (inputs['fail-on'] === undefined) return inputs;
  const asked = order.map((it) => it.inputs?.['fail-on'] ?? DEFAULT_FAIL_ON);
  const strictest = strictestOf(asked);
  // What is no value of it is refused where it is read.
  return strictest === null ? inputs : { ...inputs, 'fail-on': strictest };
}

/** Whether a record belongs to a shard of the plan. */
function isOf(plan: Plan): (found: FoundRecord) => boolean {
  return ({ record }) => record.planId === plan.planId && Object.hasOwn(plan.shards, record.shard);
}

function isReported(target: TargetRecord): target is Extract<TargetRecord, { sha256: string }> {
  return 'sha256' in target;
}
