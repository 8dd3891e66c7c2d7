import type { ManagedPolicyState, PolicyVersionState } from '../model.js';
import { type IamActions, type IamCall, on, required } from './call.js';
import { newVersion, policyOf } from './entities.js';
import { deleteConflict, limitExceeded, noSuchEntity, validationError } from './errors.js';
import { page } from './page.js';
import { managedDocument, ownPolicy } from './policies.js';
import { versionXml } from './wire-shapes.js';

/** IAM user guide, "IAM and AWS STS quotas". */
const MAX_VERSIONS = 5;

/** Text of the limit: localstack snapshot test_policy_version_limit, 2026-02-10. */
function createPolicyVersion(call: IamCall): string {
  const policy = ownPolicy(call, 'CreatePolicyVersion');
  const document = managedDocument(call);
  if (policy.versions.size >= MAX_VERSIONS)
    throw limitExceeded(
      `A managed policy can have up to ${MAX_VERSIONS} versions. Before you create a new version, you must delete an existing version.`,
    );
  const setAsDefault = call.form.get('SetAsDefault') === 'true';
  const { version } = versionIn(policy, newVersion(policy, document, setAsDefault, call.nowMs));
  return `<PolicyVersion>${versionXml(policy, version, false)}</PolicyVersion>`;
}

function getPolicyVersion(call: IamCall): string {
  const versionId = versionIdOf(call);
  const arn = required(call, 'PolicyArn');
  const known = call.account.iam.policies.get(arn);
  if (known === undefined) throw noSuchVersion(arn, versionId);
  const { policy, version } = versionIn(known, versionId);
  return `<PolicyVersion>${versionXml(policy, version, true)}</PolicyVersion>`;
}

/** The newest first (localstack snapshot test_policy_version_set_default, 2026-02-10). */
function listPolicyVersions(call: IamCall): string {
  const policy = policyOf(call.account, required(call, 'PolicyArn'));
  const versions = [...policy.versions.values()].sort(
    (one, other) => Number(other.versionId.slice(1)) - Number(one.versionId.slice(1)),
  );
  return page(call, 'Versions', versions, (version) => versionXml(policy, version, false));
}

function setDefaultPolicyVersion(call: IamCall): undefined {
  const { policy, version } = named(call, 'SetDefaultPolicyVersion');
  policy.defaultVersionId = version.versionId;
  policy.updatedAtMs = call.nowMs;
}

/** Text: localstack snapshot test_policy_version_errors, 2026-02-10. */
function deletePolicyVersion(call: IamCall): undefined {
  const { policy, version } = named(call, 'DeletePolicyVersion');
  if (version.versionId === policy.defaultVersionId)
    throw deleteConflict('Cannot delete the default version of a policy.');
  policy.versions.delete(version.versionId);
}

/** The version that a request names; an unknown policy is told as an unknown version. */
function named(call: IamCall, action: string) {
  const versionId = versionIdOf(call);
  const arn = required(call, 'PolicyArn');
  if (!call.account.iam.policies.has(arn)) throw noSuchVersion(arn, versionId);
  return versionIn(ownPolicy(call, action), versionId);
}

function versionIn(
  policy: ManagedPolicyState,
  versionId: string,
): { policy: ManagedPolicyState; version: PolicyVersionState } {
  const version = policy.versions.get(versionId);
  if (version === undefined) throw noSuchVersion(policy.arn, versionId);
  return { policy, version };
}

/** Texts of both: localstack snapshot test_policy_version_errors, 2026-02-10. */
function noSuchVersion(arn: string, versionId: string) {
  return noSuchEntity(`Policy ${arn} version ${versionId} does not exist or is not attachable.`);
}

function versionIdOf(call: IamCall): string {
  const versionId = required(call, 'VersionId');
  if (/^v[1-9][0-9]*(?:\.[A-Za-z0-9-]*)?$/.test(versionId)) return versionId;
  throw validationError(
    'VersionId',
    'Member must satisfy regular expression pattern: v[1-9][0-9]*(\\.[A-Za-z0-9-]*)?',
  );
}

export const policyVersionActions: IamActions = {
  CreatePolicyVersion: on('policy', 'PolicyArn', createPolicyVersion),
  GetPolicyVersion: on('policy', 'PolicyArn', getPolicyVersion),
  ListPolicyVersions: on('policy', 'PolicyArn', listPolicyVersions),
  SetDefaultPolicyVersion: on('policy', 'PolicyArn', setDefaultPolicyVersion),
  DeletePolicyVersion: on('policy', 'PolicyArn', deletePolicyVersion),
};
