import { createHash } from 'node:crypto';
import type { Iam, PolicyVersion } from '../../aws/iam.js';
import { nullIfNotFound } from '../../aws/not-found.js';
import { canonicalJson } from '../../model/json-data.js';

/*
 * The managed policies of grants. Steps and journals name a policy, never its ARN, which holds the
 * account id; in documents `{account}` stands for it.
 */

/** The tag that marks a policy as the gate's; its value is the API and stage that it is for, `{api-id}/{stage}`. */
export const PURPOSE_TAG = 'apigw-iam-gate';

/** The tag that says which run created a policy. */
export const TOKEN_TAG = 'apigw-iam-gate-run';

/** What a policy is for, as its tag says it. */
export function purposeOf(apiId: string, stage: string): string {
  return `${apiId}/${stageInIam(stage)}`;
}

/**
 * A stage as names and tags of IAM can hold it: they take no `$`, which `$default` has, and no name of a
 * stage has an `@` (IAM API Reference, CreatePolicy and Tag).
 */
function stageInIam(stage: string): string {
  return stage.replaceAll('$', '@');
}

/** The policy of one stage. Names have at most 128 characters; a stage's may have as many itself. */
export function policyNameOf(apiId: string, stage: string): string {
  const name = `apigw-iam-gate-${apiId}-${stageInIam(stage)}`;
  if (name.length <= 128) return name;
  return `${name.slice(0, 119)}-${createHash('sha256').update(name).digest('hex').slice(0, 8)}`;
}

/** Whether a step is about the policy that the gate makes for a stage of an API, and no other. */
export function isGrantFor(
  { target, does }: { readonly target: { policyName: string }; readonly does: { purpose: string } },
  apiId: string,
): boolean {
  const [purposeApi, ...stage] = does.purpose.split('/');
  return purposeApi === apiId && target.policyName === policyNameOf(apiId, stage.join('/'));
}

/** A customer-managed policy of the gate's name, as it is now. */
export interface ExistingPolicy {
  readonly tags: Readonly<Record<string, string>>;
  readonly defaultVersionId: string;
  /** The document in force, JSON, without the account as all documents of a grant. */
  readonly document: string;
  /** Newest first. */
  readonly versions: readonly PolicyVersion[];
  /** The document of the oldest version that is not in force; `null` where there is none. */
  readonly oldestDocument: string | null;
}

/**
 * The policy that keeps IAM from creating one of a name: "names must be unique within the account" and
 * "are not distinguished by case" (IAM API Reference, CreatePolicy), whatever their paths.
 *
 * @returns its path and name; `null` where the name is free.
 */
export function holderOfName(
  policyName: string,
  policies: readonly { readonly name: string; readonly arn: string }[],
): string | null {
  const wanted = policyName.toLowerCase();
  const holder = policies.find(({ name }) => name.toLowerCase() === wanted);
  return holder === undefined ? null : holder.arn.slice(holder.arn.indexOf('/'));
}

/** Stands for the account's id in documents, which a journal and a log may hold. */
export const ACCOUNT = '{account}';

/** A document as the gate keeps it. */
export function withoutAccount(document: string, accountId: string): string {
  return document.replaceAll(accountId, ACCOUNT);
}

/** A document as IAM gets it. */
export function withAccount(document: string, accountId: string): string {
  return document.replaceAll(ACCOUNT, accountId);
}

/** A document as IAM gets it, with the account of the credentials. */
export async function withOwnAccount(document: string, iam: Iam): Promise<string> {
  return withAccount(document, (await iam.ownAccount()).accountId);
}

/** The ARN of a customer-managed policy of the account. */
export async function arnOf(policyName: string, iam: Iam): Promise<string> {
  const { partition, accountId } = await iam.ownAccount();
  return `arn:${partition}:iam::${accountId}:policy/${policyName}`;
}

/** Reads a policy with what a new version of it takes; `null` where there is none. */
export async function readPolicy(policyName: string, iam: Iam): Promise<ExistingPolicy | null> {
  const arn = await arnOf(policyName, iam);
  const policy = await nullIfNotFound(() => iam.getPolicy(arn));
  if (policy === null) return null;
  const versions = await iam.listPolicyVersions(arn);
  const oldest = oldestNotInForce(versions);
  const [document, oldestDocument] = await Promise.all([
    iam.getPolicyVersion(arn, policy.defaultVersionId),
    oldest === null ? null : iam.getPolicyVersion(arn, oldest.id),
  ]);
  const { tags, defaultVersionId } = policy;
  const { accountId } = await iam.ownAccount();
  return {
    tags,
    defaultVersionId,
    document: withoutAccount(document, accountId),
    versions,
    oldestDocument: oldestDocument === null ? null : withoutAccount(oldestDocument, accountId),
  };
}

/** The oldest version that can be deleted; the one in force cannot. */
export function oldestNotInForce(versions: readonly PolicyVersion[]): PolicyVersion | null {
  return versions.findLast(({ isDefault }) => !isDefault) ?? null;
}

/** Whether two documents are the same policy, however they are written. */
export function isSameDocument(a: string, b: string): boolean {
  return a === b || canonical(a) === canonical(b);
}

/** Members in one order, lists of one as their element. */
function canonical(document: string): string {
  try {
    const data: unknown = JSON.parse(document, (_, value: unknown) =>
      Array.isArray(value) && value.length === 1 ? value[0] : value,
    );
    return canonicalJson(data);
  } catch {
    return document;
  }
}
