import { createHash } from 'node:crypto';
import { isRecord, isTextOrNull, jsonOf } from '../model/json-data.js';
import { isRegionName } from '../model/region.js';
import { failed, ok, type Result } from '../model/result.js';
import type { Auth } from './targets-file.js';

export const PLAN_SCHEMA = 'apigw-iam-gate/plan/v1';

/** An account and a region that a shard is to read. */
export interface PlannedTarget {
  /** Stands for account and region in every run, holds no account id, and is fit for a folder's name. */
  readonly id: string;
  /** 12 digits. */
  readonly account: string;
  /** What a reader calls the account; `null` where nobody has named it. */
  readonly name: string | null;
  /** The organizational unit that the account is in; `null` where that is not known. */
  readonly ou: string | null;
  readonly region: string;
  /** The ARN of the role that reads it. */
  readonly role: string;
  /** APIs that the last audit found there; `null` where there was none. */
  readonly apisLastTime: number | null;
}

/** What could not even be listed. It is in no shard, and it is no pass. */
export interface UnlistedTarget {
  readonly id: string;
  /** `null` where it is about more than one account. */
  readonly account: string | null;
  /** What a reader calls the account, `null` where nobody has named it; else what could not be listed. */
  readonly name: string | null;
  /** Why it could not be listed, as the end of a sentence. */
  readonly unreadable: string;
  /** What to change. */
  readonly fix: string;
}

/** An account or region that was seen and is not read, by whoever wrote the targets file or by its state. */
export interface LeftOut {
  readonly account: string;
  readonly name: string | null;
  /** `null` for the whole account. */
  readonly region: string | null;
  readonly why: string;
}

/** What a plan is made from. */
export interface PlanContent {
  readonly schema: typeof PLAN_SCHEMA;
  /** ISO 8601, UTC. */
  readonly madeAt: string;
  /** The fleet's name over all runs: the path of its targets file. */
  readonly scope: string;
  readonly auth: Auth;
  /** Name of the environment variable that holds the external id; `null` for none. */
  readonly externalIdFrom: string | null;
  readonly targets: readonly PlannedTarget[];
  readonly unlisted: readonly UnlistedTarget[];
  /** Ids of targets by shard. */
  readonly shards: Readonly<Record<string, readonly string[]>>;
  readonly leftOut: readonly LeftOut[];
}

/** `plan.json`: every target of a fleet, before any of them is read. */
export interface Plan extends PlanContent {
  /** A digest of all the rest: what belongs to the plan says it. */
  readonly planId: string;
}

/** Gives a plan its id. */
export function makePlan(content: PlanContent): Plan {
  return { ...content, planId: digestOf(content) };
}

/** `plan.json`, with a final line break. */
export function renderPlan(plan: Plan): string {
  return `${JSON.stringify(plan, null, 1)}\n`;
}

function digestOf(content: object): string {
  return createHash('sha256').update(JSON.stringify(content)).digest('hex');
}

/** The id of a target: what stands for the account, and the region. */
export function targetId(accountToken: string, region: string): string {
  return `${accountToken}.${region}`;
}

/** Ids are names of folders, and come from a file: nothing else than these gets into a path. */
const ID = /^[a-z0-9][a-z0-9.-]{0,120}$/;
const SHARD = /^\d{3}$/;
const ROLE = /^arn:aws[a-z-]*:iam::(\d{12}):role\/[\x21-\x7e]+$/;

/**
 * Reads a `plan.json`.
 *
 * @returns the plan, or what is wrong with it, as the rest of a sentence.
 */
export function parsePlan(text: string): Result<Plan> {
  const data = jsonOf(text);
  if (data === undefined) return failed('is not JSON: it was cut, or is another file');
  if (!isRecord(data) || data.schema !== PLAN_SCHEMA) {
    return failed(`is no plan of this version (schema ${PLAN_SCHEMA})`);
  }
  const { planId, ...content } = data;
  // The digest first: what was cut or edited is no plan, whatever it looks like.
  if (typeof planId !== 'string' || planId !== digestOf(content)) {
    return failed('does not match its own planId: it was cut or changed after it was made');
  }
  return isPlanContent(content) ? ok({ ...content, planId }) : failed('is no whole plan');
}

function isPlanContent(data: Readonly<Record<string, unknown>>): data is PlanContent & typeof data {
  const { madeAt, scope, auth, externalIdFrom, targets, unlisted, shards, leftOut } = data;
  if (typeof madeAt !== 'string' || Number.isNaN(Date.parse(madeAt))) return false;
  if (typeof scope !== 'string' || (auth !== 'chain' && auth !== 'web-identity')) return false;
  if (!isTextOrNull(externalIdFrom)) return false;
  if (!Array.isArray(targets) || !targets.every(isPlannedTarget)) return false;
  if (!Array.isArray(unlisted) || !unlisted.every(isUnlisted)) return false;
  if (!Array.isArray(leftOut) || !leftOut.every(isLeftOut)) return false;
  return isRecord(shards) && areShards(shards, [...targets, ...unlisted], targets);
}

/** Each target is in exactly one shard, and each id is there once. */
function areShards(
  shards: Readonly<Record<string, unknown>>,
  all: readonly { readonly id: string }[],
  targets: readonly { readonly id: string }[],
): boolean {
  const lists = Object.entries(shards).map(([name, ids]) =>
    SHARD.test(name) && Array.isArray(ids) && ids.length > 0 ? ids : null,
  );
  if (lists.includes(null)) return false;
  const assigned = lists.flat();
  const known = new Set<unknown>(targets.map(({ id }) => id));
  return (
    new Set(all.map(({ id }) => id)).size === all.length &&
    new Set(assigned).size === assigned.length &&
    assigned.length === targets.length &&
    assigned.every((id) => known.has(id))
  );
}

function isPlannedTarget(data: unknown): data is PlannedTarget {
  if (!isRecord(data)) return false;
  const { id, account, name, ou, region, role, apisLastTime } = data;
  if (typeof role !== 'string' || typeof region !== 'string') return false;
  return (
    isId(id) &&
    ROLE.exec(role)?.[1] === account &&
    isTextOrNull(name) &&
    isTextOrNull(ou) &&
    isRegionName(region) &&
    id.endsWith(`.${region}`) &&
    (apisLastTime === null || Number.isInteger(apisLastTime))
  );
}

function isUnlisted(data: unknown): data is UnlistedTarget {
  if (!isRecord(data)) return false;
  const { id, account, name, unreadable, fix } = data;
  return (
    isId(id) &&
    isTextOrNull(account) &&
    isTextOrNull(name) &&
    typeof unreadable === 'string' &&
    typeof fix === 'string'
  );
}

function isLeftOut(data: unknown): data is LeftOut {
  if (!isRecord(data)) return false;
  const { account, name, region, why } = data;
  return (
    typeof account === 'string' &&
    isTextOrNull(name) &&
    isTextOrNull(region) &&
    typeof why === 'string'
  );
}

function isId(value: unknown): value is string {
  return typeof value === 'string' && ID.test(value) && !value.includes('..');
}
