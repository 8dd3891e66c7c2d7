import { AwsFailure } from '../../aws/failure.js';
import type { Iam, PolicyVersion } from '../../aws/iam.js';

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

/** The ARN of a customer-managed policy of the account. */
export async function arnOf(policyName: string, iam: Iam): Promise<string> {
  const { partition, accountId } = await iam.ownAccount();
  return `arn:${partition}:iam::${accountId}:policy/${policyName}`;
}

/** Reads a policy with what a new version of it takes; `null` where there is none. */
export async function readPolicy(policyName: string, iam: Iam): Promise<ExistingPolicy | null> {
  const arn = await arnOf(policyName, iam);
  const policy = await orNull(() => iam.getPolicy(arn));
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

/** What a call reads, `null` where AWS says that there is no such thing. */
export async function orNull<T>(read: () => Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof AwsFailure && error.kind === 'not-found') return null;
    throw error;
  }
}

/** Whether two documents are the same policy, however they are written. */
export function isSameDocument(a: string, b: string): boolean {
  return a === b || canonical(a) === canonical(b);
}

/** Members in one order, lists of one as their element. */
function canonical(document: string): string {
  try {
    return JSON.stringify(JSON.parse(document), (_, value: unknown) => {
      if (Array.isArray(value)) return value.length === 1 ? value[0] : value;
      if (typeof value !== 'object' || value === null) return value;
      return Object.fromEntries(Object.entries(value).sort(([x], [y]) => (x < y ? -1 : 1)));
    });
  } catch {
    return document;
  }
}
