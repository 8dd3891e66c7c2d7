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
  ListPoliciesCommand,
  ListPolicyVersionsCommand,
  SetDefaultPolicyVersionCommand,
} from '@aws-sdk/client-iam';
import type { STSClient } from '@aws-sdk/client-sts';
import { AwsFailure } from './failure.js';
import { readOwnAccount } from './own-account.js';
import { pages } from './pages.js';
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
  /** "The stable and unique string identifying the policy" (IAM API Reference, Policy): one that is made again under its name has another. */
  readonly id?: string | undefined;
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
  /** Every customer-managed policy of the account. */
  listOwnPolicies(): Promise<readonly { readonly name: string; readonly arn: string }[]>;
  getPolicy(arn: string): Promise<ManagedPolicy>;
  getPolicyVersion(arn: string, versionId: string): Promise<string>;
  /** Newest first, as IAM lists them. */
  listPolicyVersions(arn: string): Promise<readonly PolicyVersion[]>;
  createPolicy(
    name: string,
    document: string,
    tags: Readonly<Record<string, string>>,
  ): Promise<void>;
  /** @returns the id of the new version. */
  createPolicyVersion(arn: string, document: string, asDefault: boolean): Promise<string>;
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
  const list = async <P extends IamPage>(
    operation: string,
    subject: string,
    read: (marker: string | undefined) => Promise<P>,
  ): Promise<P[]> => {
    const send = (marker: string | undefined) => call(operation, subject, () => read(marker));
    const found: P[] = [];
    const next = (page: P) => nextMarker(operation, page);
    for await (const page of pages(operation, send, next)) found.push(page);
    return found;
  };
  let account: Promise<Account> | undefined;

  return {
    ownAccount: () => {
      account ??= readOwnAccount(sts, retries);
      return account;
    },

    getGroup: async (group) => {
      const found = await list('GetGroup', group, (Marker) =>
        client.send(new GetGroupCommand({ GroupName: group, Marker })),
      );
      const users = found.flatMap(({ Users = [] }) => Users);
      return { userArns: users.flatMap(({ Arn }) => Arn ?? []) };
    },

    listAttachedPolicies: async (group) => {
      const found = await list('ListAttachedGroupPolicies', group, (Marker) =>
        client.send(new ListAttachedGroupPoliciesCommand({ GroupName: group, Marker })),
      );
      const policies = found.flatMap(({ AttachedPolicies = [] }) => AttachedPolicies);
      return policies.map(({ PolicyName, PolicyArn }) =>
        namedPolicy('ListAttachedGroupPolicies', PolicyName, PolicyArn),
      );
    },

    listInlinePolicies: async (group) => {
      const found = await list('ListGroupPolicies', group, (Marker) =>
        client.send(new ListGroupPoliciesCommand({ GroupName: group, Marker })),
      );
      return found.flatMap(({ PolicyNames = [] }) => PolicyNames);
    },

    getInlinePolicy: async (group, name) => {
      const { PolicyDocument } = await call('GetGroupPolicy', `${group} ${name}`, () =>
        client.send(new GetGroupPolicyCommand({ GroupName: group, PolicyName: name })),
      );
      return decodeDocument(PolicyDocument, 'GetGroupPolicy');
    },

    listOwnPolicies: async () => {
      const found = await list('ListPolicies', '', (Marker) =>
        client.send(new ListPoliciesCommand({ Scope: 'Local', MaxItems: MOST_ITEMS, Marker })),
      );
      const policies = found.flatMap(({ Policies = [] }) => Policies);
      return policies.map(({ PolicyName, Arn }) => namedPolicy('ListPolicies', PolicyName, Arn));
    },

    getPolicy: async (arn) => {
      const { Policy } = await call('GetPolicy', nameIn(arn), () =>
        client.send(new GetPolicyCommand({ PolicyArn: arn })),
      );
      const { PolicyId: id, DefaultVersionId: defaultVersionId, Tags = [] } = Policy ?? {};
      if (!defaultVersionId) throw withoutAnswer('GetPolicy', 'default version');
      const tags = Object.fromEntries(Tags.map(({ Key = '', Value = '' }) => [Key, Value]));
      return { arn, id, defaultVersionId, tags };
    },

    getPolicyVersion: async (arn, versionId) => {
      const { PolicyVersion } = await call('GetPolicyVersion', `${nameIn(arn)} ${versionId}`, () =>
        client.send(new GetPolicyVersionCommand({ PolicyArn: arn, VersionId: versionId })),
      );
      return decodeDocument(PolicyVersion?.Document, 'GetPolicyVersion');
    },

    listPolicyVersions: async (arn) => {
      const found = await list('ListPolicyVersions', nameIn(arn), (Marker) =>
        client.send(new ListPolicyVersionsCommand({ PolicyArn: arn, Marker })),
      );
      return found
        .flatMap(({ Versions = [] }) => Versions)
        .map(({ VersionId: id, IsDefaultVersion: isDefault = false }) => {
          if (!id) throw withoutAnswer('ListPolicyVersions', 'version id');
          return { id, isDefault };
        })
        .sort((a, b) => numberOf(b.id) - numberOf(a.id));
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
      const { PolicyVersion } = await call(
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
      const id = PolicyVersion?.VersionId;
      if (!id) throw withoutAnswer('CreatePolicyVersion', 'version id');
      return id;
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

/** The longest page that may be asked for (IAM API Reference, `MaxItems`). */
const MOST_ITEMS = 1000;

function namedPolicy(
  operation: string,
  name: string | undefined,
  arn: string | undefined,
): { readonly name: string; readonly arn: string } {
  if (!name || !arn) throw withoutAnswer(operation, 'name and ARN');
  return { name, arn };
}

/** A page of a list of IAM's: a hundred items, and `IsTruncated` where there are more. */
interface IamPage {
  readonly IsTruncated?: boolean | undefined;
  readonly Marker?: string | undefined;
}

function nextMarker(operation: string, { IsTruncated, Marker }: IamPage): string | undefined {
  if (IsTruncated !== true) return undefined;
  if (Marker !== undefined) return Marker;
  throw new AwsFailure(operation, new Error('there is more, and no way to the next page'), 1);
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

/** A policy as the log names it: an ARN holds the account id. */
function nameIn(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}

function numberOf(versionId: string): number {
  return Number(versionId.replace(/^v/, ''));
}
