import { AwsFailure } from '../../../src/aws/failure.js';
import type { Iam } from '../../../src/aws/iam.js';
import { type Fate, failure, Killed } from './fake-control-plane.js';

const unused = (): never => {
  throw new Error('this transaction grants nothing');
};

/** IAM where nothing is granted: any call is a mistake. */
export const NO_IAM: Iam = {
  ownAccount: unused,
  getGroup: unused,
  listAttachedPolicies: unused,
  listInlinePolicies: unused,
  getInlinePolicy: unused,
  listOwnPolicies: unused,
  getPolicy: unused,
  getPolicyVersion: unused,
  listPolicyVersions: unused,
  createPolicy: unused,
  createPolicyVersion: unused,
  setDefaultPolicyVersion: unused,
  deletePolicyVersion: unused,
  deletePolicy: unused,
  attachPolicy: unused,
  detachPolicy: unused,
};

interface FakePolicy {
  readonly id?: string;
  readonly tags: Readonly<Record<string, string>>;
  inForce: string;
  readonly versions: Map<string, string>;
  next: number;
}

/** What a fake of IAM holds. */
export interface FakeIamState {
  /** By ARN. */
  readonly policies: Map<string, FakePolicy>;
  /** ARNs of policies by group. */
  readonly groups: Map<string, Set<string>>;
}

export interface FakeIam {
  readonly state: FakeIamState;
  /** Called before each call that changes something, with a chance to decide its fate. */
  onCall: (operation: string) => Fate | undefined;
  /** Whether a call does not see yet what was made a moment ago. */
  isHidden: (operation: string) => boolean;
  readonly iam: Iam;
}

const MAX_VERSIONS = 5;

/** IAM in memory, with its rules as far as a grant meets them. */
export function fakeIam(state: FakeIamState): FakeIam {
  const policyAt = (operation: string, arn: string): FakePolicy => {
    const policy = state.policies.get(arn);
    if (policy === undefined || fake.isHidden(operation))
      throw refusal(operation, 'NoSuchEntityException', 404);
    return policy;
  };
  const change = async (operation: string, carryOut: () => void): Promise<void> => {
    const fate = fake.onCall(operation);
    if (fate === 'killed' || fate === 'killed-after') {
      if (fate === 'killed-after') carryOut();
      throw new Killed();
    }
    if (fate !== undefined && fate !== 'lost-answer') throw failure(operation, fate);
    carryOut();
    if (fate === 'lost-answer') throw failure(operation, fate);
  };
  const fake: FakeIam = {
    state,
    onCall: () => undefined,
    isHidden: () => false,
    iam: {
      ...NO_IAM,
      ownAccount: async () => ({ partition: 'aws', accountId: '123456789012' }),
      listAttachedPolicies: async (group) =>
        fake.isHidden('ListAttachedGroupPolicies')
          ? []
          : [...(state.groups.get(group) ?? [])].map((arn) => ({ name: nameIn(arn), arn })),
      getPolicy: async (arn) => {
        const { id, tags, inForce } = policyAt('GetPolicy', arn);
        return { arn, id, tags, defaultVersionId: inForce };
      },
      getPolicyVersion: async (arn, versionId) => {
        const document = policyAt('GetPolicyVersion', arn).versions.get(versionId);
        if (document === undefined) throw refusal('GetPolicyVersion', 'NoSuchEntityException', 404);
        return document;
      },
      listPolicyVersions: async (arn) => {
        const { versions, inForce } = policyAt('ListPolicyVersions', arn);
        const shown = [...versions.keys()].reverse();
        if (fake.isHidden('newest version')) shown.shift();
        return shown.map((id) => ({ id, isDefault: id === inForce }));
      },
      createPolicy: (name, document, tags) =>
        change('CreatePolicy', () => {
          const arn = arnOf(name);
          if (state.policies.has(arn)) throw refusal('CreatePolicy', 'EntityAlreadyExists', 409);
          const versions = new Map([['v1', document]]);
          state.policies.set(arn, { tags, inForce: 'v1', versions, next: 2 });
        }),
      createPolicyVersion: async (arn, document, asDefault) => {
        let made = '';
        await change('CreatePolicyVersion', () => {
          const policy = policyAt('CreatePolicyVersion', arn);
          if (policy.versions.size >= MAX_VERSIONS) {
            throw refusal('CreatePolicyVersion', 'LimitExceeded', 409);
          }
          const id = `v${policy.next}`;
          policy.next += 1;
          policy.versions.set(id, document);
          if (asDefault) policy.inForce = id;
          made = id;
        });
        return made;
      },
      setDefaultPolicyVersion: (arn, versionId) =>
        change('SetDefaultPolicyVersion', () => {
          policyAt('SetDefaultPolicyVersion', arn).inForce = versionId;
        }),
      deletePolicyVersion: (arn, versionId) =>
        change('DeletePolicyVersion', () => {
          const policy = policyAt('DeletePolicyVersion', arn);
          if (policy.inForce === versionId) {
            throw refusal('DeletePolicyVersion', 'DeleteConflict', 409);
          }
          if (!policy.versions.delete(versionId)) {
            throw refusal('DeletePolicyVersion', 'NoSuchEntityException', 404);
          }
        }),
      deletePolicy: (arn) =>
        change('DeletePolicy', () => {
          policyAt('DeletePolicy', arn);
          const isAttached = [...state.groups.values()].some((attached) => attached.has(arn));
          if (isAttached) throw refusal('DeletePolicy', 'DeleteConflict', 409);
          state.policies.delete(arn);
        }),
      attachPolicy: (group, arn) =>
        change('AttachGroupPolicy', () => {
          policyAt('AttachGroupPolicy', arn);
          state.groups.get(group)?.add(arn);
        }),
      detachPolicy: (group, arn) =>
        change('DetachGroupPolicy', () => {
          if (state.groups.get(group)?.delete(arn) !== true) {
            throw refusal('DetachGroupPolicy', 'NoSuchEntityException', 404);
          }
        }),
    },
  };
  return fake;
}

export function arnOf(name: string): string {
  return `arn:aws:iam::123456789012:policy/${name}`;
}

function nameIn(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}

function refusal(operation: string, name: string, httpStatusCode: number): AwsFailure {
  const cause = Object.assign(new Error(name), { name, $metadata: { httpStatusCode } });
  return new AwsFailure(operation, cause, 1);
}
