import { isVerdict, type Verdict } from '../model/finding.js';
import { isRecord, jsonOf } from '../model/json-data.js';
import { failed, ok, type Result } from '../model/result.js';

export const SHARD_SCHEMA = 'apigw-iam-gate/shard/v1';

/** The name of a shard's record, in the folder that it writes to. */
export const SHARD_FILE = 'shard.json';

/** The name of a target's report, in a folder that is called as the target. */
export const TARGET_REPORT_FILE = 'report.json';

/** What a shard says of one of its targets: that there is a report, or why there is none. */
export type TargetRecord =
  | {
      readonly id: string;
      /** Of the report's file. */
      readonly sha256: string;
      readonly verdict: Verdict;
    }
  | { readonly id: string; readonly unreadable: string; readonly fix: string };

/** `shard.json`: what became of the targets of one shard in one attempt. */
export interface ShardRecord {
  readonly schema: typeof SHARD_SCHEMA;
  readonly planId: string;
  readonly shard: string;
  /** `GITHUB_RUN_ATTEMPT`, from 1. */
  readonly attempt: number;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly endedAt: string;
  readonly targets: readonly TargetRecord[];
  /** Values of the policy file for inputs of the merge, which may have no checkout; absent where there are none. */
  readonly inputs?: Readonly<Record<string, string>>;
}

/** `shard.json`, with a final line break. */
export function renderShardRecord(record: ShardRecord): string {
  return `${JSON.stringify(record, null, 1)}\n`;
}

/** Reads a `shard.json`: the record, or what is wrong with it, as the rest of a sentence. */
export function parseShardRecord(text: string): Result<ShardRecord> {
  const data = jsonOf(text);
  if (data === undefined) return failed('is not JSON: it was cut, or is another file');
  if (!isRecord(data) || data.schema !== SHARD_SCHEMA) {
    return failed(`is no shard's record of this version (schema ${SHARD_SCHEMA})`);
  }
  return isShardRecord(data) ? ok(data) : failed('is no whole record of a shard');
}

function isShardRecord(data: Readonly<Record<string, unknown>>): data is typeof data & ShardRecord {
  const { planId, shard, attempt, startedAt, endedAt, targets, inputs = {} } = data;
  return (
    isRecord(inputs) &&
    Object.values(inputs).every((it) => typeof it === 'string') &&
    [planId, shard, startedAt, endedAt].every((it) => typeof it === 'string') &&
    Number.isSafeInteger(attempt) &&
    Number(attempt) >= 1 &&
    Array.isArray(targets) &&
    targets.every(isTargetRecord)
  );
}

function isTargetRecord(data: unknown): data is TargetRecord {
  if (!isRecord(data) || typeof data.id !== 'string') return false;
  if ('unreadable' in data) {
    return typeof data.unreadable === 'string' && typeof data.fix === 'string';
  }
  return (
    typeof data.sha256 === 'string' && /^[0-9a-f]{64}$/.test(data.sha256) && isVerdict(data.verdict)
  );
}
