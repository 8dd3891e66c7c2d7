import {
  AttachGroupPolicyCommand,
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  DeletePolicyCommand,
  DeletePolicyVersionCommand,
  DetachGroupPolicyCommand,
  GetGroupCommand,
  GetGroupPolicyCommand,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  type IAMClient,
  ListAttachedGroupPoliciesCommand,
  ListGroupPoliciesCommand,
  ListPolicyVersionsCommand,
  SetDefaultPolicyVersionCommand,
} from '@aws-sdk/client-iam';
import type { STSClient } from '@aws-sdk/client-sts';
import { AwsFailure } from './failure.js';
import { readOwnAccount } from './own-account.js';
import { type RetrySettings, withRetries } from './retry.js';

/** The account that the step's credentials belong to, which is the API's too. */
export interface Account {
  /** `aws`, `aws-cn`, `aws-us-gov`, … */
  readonly partition: string;
  /** Twelve digits. Never shown. */
  readonly accountId: string;
}

/** A customer-managed or AWS-managed policy without its document. */
export interface ManagedPolicy {
  readonly arn: string;
  readonly defaultVersionId: string;
  readonly tags: Readonly<Record<string, string>>;
}

export interface PolicyVersion {
  /** `v1`, `v2`, … */
  readonly id: string;
  readonly isDefault: boolean;
}

/** The calls of IAM that the gate makes; every one throws AwsFailure. Documents are JSON texts. */
export interface Iam {
  ownAccount(): Promise<Account>;
  getGroup(group: string): Promise<{ readonly userArns: readonly string[] }>;
  listAttachedPolicies(
    group: string,
  ): Promise<readonly { readonly name: string; readonly arn: string }[]>;
  listInlinePolicies(group: string): Promise<readonly string[]>;
  getInlinePolicy(group: string, name: string): Promise<string>;
  getPolicy(arn: string): Promise<ManagedPolicy>;
  getPolicyVersion(arn: string, versionId: string): Promise<string>;
  /** Newest first, as IAM lists them. */
  listPolicyVersions(arn: string): Promise<readonly PolicyVersion[]>;
  createPolicy(
    name: string,
    document: string,
    tags: Readonly<Record<string, string>>,
  ): Promise<void>;
  createPolicyVersion(arn: string, document: string, asDefault: boolean): Promise<void>;
  setDefaultPolicyVersion(arn: string, versionId: string): Promise<void>;
  deletePolicyVersion(arn: string, versionId: string): Promise<void>;
  deletePolicy(arn: string): Promise<void>;
  attachPolicy(group: string, arn: string): Promise<void>;
  detachPolicy(group: string, arn: string): Promise<void>;
}

/** IAM over the SDK, with labelled retries. IAM is global: the SDK finds its endpoint by partition. */
export function createIam(client: IAMClient, sts: STSClient, retries: RetrySettings): Iam {
  const call = <T>(
    operation: string,
    subject: string,
    make: () => Promise<T>,
    idempotent = true,
  ): Promise<T> => withRetries({ operation, subject, idempotent }, make, retries);
  let account: Promise<Account> | undefined;

  return {
    ownAccount: () => {
      account ??= readOwnAccount(sts, retries);
      return account;
    },

    getGroup: async (group) => {
      const userArns: string[] = [];
      await eachPage('GetGroup', async (Marker) => {
        const page = await call('GetGroup', group, () =>
          client.send(new GetGroupCommand({ GroupName: group, Marker })),
        );
        for (const { Arn } of page.Users ?? []) if (Arn !== undefined) userArns.push(Arn);
        return page;
      });
      return { userArns };
    },

    listAttachedPolicies: async (group) => {
      const policies: { name: string; arn: string }[] = [];
      await eachPage('ListAttachedGroupPolicies', async (Marker) => {
        const page = await call('ListAttachedGroupPolicies', group, () =>
          client.send(new ListAttachedGroupPoliciesCommand({ GroupName: group, Marker })),
        );
        for (const { PolicyName: name, PolicyArn: arn } of page.AttachedPolicies ?? []) {
          if (!name || !arn) throw withoutAnswer('ListAttachedGroupPolicies', 'name and ARN');
          policies.push({ name, arn });
        }
        return page;
      });
      return policies;
    },

    listInlinePolicies: async (group) => {
      const names: string[] = [];
      await eachPage('ListGroupPolicies', async (Marker) => {
        const page = await call('ListGroupPolicies', group, () =>
          client.send(new ListGroupPoliciesCommand({ GroupName: group, Marker })),
        );
        names.push(...(page.PolicyNames ?? []));
        return page;
      });
      return names;
    },

    getInlinePolicy: async (group, name) => {
      const { PolicyDocument } = await call('GetGroupPolicy', `${group} ${name}`, () =>
        client.send(new GetGroupPolicyCommand({ GroupName: group, PolicyName: name })),
      );
      return decodeDocument(PolicyDocument, 'GetGroupPolicy');
    },

    getPolicy: async (arn) => {
      const { Policy } = await call('GetPolicy', nameIn(arn), () =>
        client.send(new GetPolicyCommand({ PolicyArn: arn })),
      );
      const { DefaultVersionId: defaultVersionId, Tags = [] } = Policy ?? {};
      if (!defaultVersionId) throw withoutAnswer('GetPolicy', 'default version');
      const tags = Object.fromEntries(Tags.map(({ Key = '', Value = '' }) => [Key, Value]));
      return { arn, defaultVersionId, tags };
    },

    getPolicyVersion: async (arn, versionId) => {
      const { PolicyVersion } = await call('GetPolicyVersion', `${nameIn(arn)} ${versionId}`, () =>
        client.send(new GetPolicyVersionCommand({ PolicyArn: arn, VersionId: versionId })),
      );
      return decodeDocument(PolicyVersion?.Document, 'GetPolicyVersion');
    },

    listPolicyVersions: async (arn) => {
      const versions: PolicyVersion[] = [];
      await eachPage('ListPolicyVersions', async (Marker) => {
        const page = await call('ListPolicyVersions', nameIn(arn), () =>
          client.send(new ListPolicyVersionsCommand({ PolicyArn: arn, Marker })),
        );
        for (const { VersionId: id, IsDefaultVersion: isDefault = false } of page.Versions ?? []) {
          if (!id) throw withoutAnswer('ListPolicyVersions', 'version id');
          versions.push({ id, isDefault });
        }
        return page;
      });
      return versions.sort((a, b) => numberOf(b.id) - numberOf(a.id));
    },

    createPolicy: async (name, document, tags) => {
      const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
      await call(
        'CreatePolicy',
        name,
        () =>
          client.send(
            new CreatePolicyCommand({ PolicyName: name, PolicyDocument: document, Tags }),
          ),
        false,
      );
    },

    createPolicyVersion: async (arn, document, asDefault) => {
      await call(
        'CreatePolicyVersion',
        nameIn(arn),
        () =>
          client.send(
            new CreatePolicyVersionCommand({
              PolicyArn: arn,
              PolicyDocument: document,
              SetAsDefault: asDefault,
            }),
          ),
        false,
      );
    },

    setDefaultPolicyVersion: async (arn, versionId) => {
      await call('SetDefaultPolicyVersion', `${nameIn(arn)} ${versionId}`, () =>
        client.send(new SetDefaultPolicyVersionCommand({ PolicyArn: arn, VersionId: versionId })),
      );
    },

    deletePolicyVersion: async (arn, versionId) => {
      await call('DeletePolicyVersion', `${nameIn(arn)} ${versionId}`, () =>
        client.send(new DeletePolicyVersionCommand({ PolicyArn: arn, VersionId: versionId })),
      );
    },

    deletePolicy: async (arn) => {
      await call('DeletePolicy', nameIn(arn), () =>
        client.send(new DeletePolicyCommand({ PolicyArn: arn })),
      );
    },

    attachPolicy: async (group, arn) => {
      await call('AttachGroupPolicy', `${group} ${nameIn(arn)}`, () =>
        client.send(new AttachGroupPolicyCommand({ GroupName: group, PolicyArn: arn })),
      );
    },

    detachPolicy: async (group, arn) => {
      await call('DetachGroupPolicy', `${group} ${nameIn(arn)}`, () =>
        client.send(new DetachGroupPolicyCommand({ GroupName: group, PolicyArn: arn })),
      );
    },
  };
}

/** IAM cuts lists into pages of 100 and says `IsTruncated`; a marker that comes back is no progress. */
async function eachPage(
  operation: string,
  read: (
    marker: string | undefined,
  ) => Promise<{ IsTruncated?: boolean | undefined; Marker?: string | undefined }>,
): Promise<void> {
  const seen = new Set<string>();
  let marker: string | undefined;
  do {
    const page = await read(marker);
    if (page.IsTruncated !== true) return;
    marker = page.Marker;
    if (marker === undefined || seen.has(marker)) {
      throw new AwsFailure(operation, new Error('there is more, and no way to the next page'), 1);
    }
    seen.add(marker);
  } while (marker !== undefined);
}

/** IAM hands documents out percent-encoded by RFC 3986 (IAM API Reference, GetPolicyVersion). */
function decodeDocument(document: string | undefined, operation: string): string {
  if (document === undefined) throw withoutAnswer(operation, 'document');
  try {
    return decodeURIComponent(document);
  } catch {
    throw new AwsFailure(operation, new Error('the document is not percent-encoded text'), 1);
  }
}

function withoutAnswer(operation: string, what: string): AwsFailure {
  return new AwsFailure(operation, new Error(`the answer holds no ${what}`), 1);
}

/** A policy as the log names it: an ARN would tell the account. */
function nameIn(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}

function numberOf(versionId: string): number {
  return Number(versionId.replace(/^v/, ''));
}
