import { createHash } from 'node:crypto';
import { hasTexts, isRecord } from '../../model/json-data.js';

/*
 * The steps of a grant, as plain data: what each is about, what it does, and what undoes it, so that a
 * journal can hold them and another process can undo them. They name policies and groups, never ARNs:
 * an ARN tells the account. In documents `{account}` stands for it.
 */

export interface CreatePolicyStep {
  readonly kind: 'create-policy';
  readonly target: { readonly policyName: string };
  readonly does: {
    readonly document: string;
    /** What the policy is for, `{api-id}/{stage}`: the value of the tag that marks it as the gate's. */
    readonly purpose: string;
  };
  /** The token is a tag of the policy, which is how the one that this run made is known again. */
  readonly undo: { readonly deleteWhereToken: string };
}

/** A policy keeps five versions: the oldest that is not in force makes room. */
export interface DeletePolicyVersionStep {
  readonly kind: 'delete-policy-version';
  readonly target: { readonly policyName: string; readonly versionId: string };
  readonly does: { readonly purpose: string };
  /** Version ids cannot be given: the document comes back under a new one. */
  readonly undo: { readonly document: string };
}

export interface CreatePolicyVersionStep {
  readonly kind: 'create-policy-version';
  readonly target: { readonly policyName: string };
  readonly does: { readonly document: string; readonly purpose: string };
  readonly undo: {
    readonly defaultVersionId: string;
    /** The versions that there were before, so that the new one is known. */
    readonly versionIds: readonly string[];
  };
}

export interface AttachGroupPolicyStep {
  readonly kind: 'attach-group-policy';
  readonly target: { readonly policyName: string; readonly groupName: string };
  readonly does: { readonly purpose: string };
  readonly undo: { readonly detach: true };
}

export type GrantStep =
  | CreatePolicyStep
  | DeletePolicyVersionStep
  | CreatePolicyVersionStep
  | AttachGroupPolicyStep;

/** The tag that marks a policy as the gate's; its value is what the policy is for. */
export const PURPOSE_TAG = 'apigw-iam-gate';

/** The tag that tells the run which created a policy. */
export const TOKEN_TAG = 'apigw-iam-gate-run';

/** The policy of one stage. Names have at most 128 characters; a stage's may have as many itself. */
export function policyNameOf(apiId: string, stage: string): string {
  const name = `apigw-iam-gate-${apiId}-${stage}`;
  if (name.length <= 128) return name;
  return `${name.slice(0, 119)}-${createHash('sha256').update(name).digest('hex').slice(0, 8)}`;
}

/** Whether a step is about the policy that the gate makes for a stage of an API, and no other. */
export function isGrantFor({ target, does }: GrantStep, apiId: string): boolean {
  const [purposeApi, ...stage] = does.purpose.split('/');
  return purposeApi === apiId && target.policyName === policyNameOf(apiId, stage.join('/'));
}

/** A step in a few words, for the log and the report. */
export function describeGrantStep(step: GrantStep): string {
  const { policyName } = step.target;
  switch (step.kind) {
    case 'create-policy':
      return `create the managed policy ${policyName}`;
    case 'delete-policy-version':
      return `delete ${step.target.versionId}, the oldest of five versions of ${policyName}`;
    case 'create-policy-version':
      return `make a new version of ${policyName} in place of ${step.undo.defaultVersionId}`;
    case 'attach-group-policy':
      return `attach ${policyName} to group ${step.target.groupName}`;
  }
}

/** Whether data that a journal held is a step of a grant, whole and of the right types. */
export function isGrantStep(data: unknown): data is GrantStep {
  if (!isRecord(data) || !hasTexts(data.target, ['policyName']) || data.target.policyName === '') {
    return false;
  }
  const { target, does, undo } = data;
  switch (data.kind) {
    case 'create-policy':
      return (
        hasTexts(does, ['document']) &&
        hasTexts(does, ['purpose']) &&
        hasTexts(undo, ['deleteWhereToken']) &&
        undo.deleteWhereToken !== ''
      );
    case 'delete-policy-version':
      return (
        hasTexts(target, ['versionId']) &&
        hasTexts(does, ['purpose']) &&
        hasTexts(undo, ['document'])
      );
    case 'create-policy-version':
      return (
        hasTexts(does, ['document']) &&
        hasTexts(does, ['purpose']) &&
        hasTexts(undo, ['defaultVersionId']) &&
        Array.isArray(undo.versionIds) &&
        undo.versionIds.every((id: unknown) => typeof id === 'string')
      );
    case 'attach-group-policy':
      return (
        hasTexts(target, ['groupName']) &&
        hasTexts(does, ['purpose']) &&
        isRecord(undo) &&
        undo.detach === true
      );
    default:
      return false;
  }
}
