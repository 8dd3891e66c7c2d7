import type { Iam } from '../../../src/aws/iam.js';

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
