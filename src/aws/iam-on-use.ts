import type { AwsClients } from './clients.js';
import type { Account, Iam } from './iam.js';
import { readOwnAccount } from './own-account.js';
import type { RetrySettings } from './retry.js';

/** IAM whose module and clients are loaded by its first call: a run without a group needs little of it. */
export function createIamOnUse(
  clients: Pick<AwsClients, 'iam' | 'sts'>,
  retries: RetrySettings,
): Iam {
  let loaded: Promise<Iam> | undefined;
  const load = async (): Promise<Iam> => {
    const [{ createIam }, iam, sts] = await Promise.all([
      import('./iam.js'),
      clients.iam(),
      clients.sts(),
    ]);
    return createIam(iam, sts, retries);
  };
  const iam = (): Promise<Iam> => {
    loaded ??= load();
    return loaded;
  };
  let account: Promise<Account> | undefined;
  const askForAccount = async (): Promise<Account> => {
    return readOwnAccount(await clients.sts(), retries);
  };
  return {
    // Asked in every run, and first of all: what it takes of STS is there from the start.
    ownAccount: () => {
      account ??= askForAccount();
      return account;
    },
    getGroup: async (...args) => (await iam()).getGroup(...args),
    listAttachedPolicies: async (...args) => (await iam()).listAttachedPolicies(...args),
    listInlinePolicies: async (...args) => (await iam()).listInlinePolicies(...args),
    getInlinePolicy: async (...args) => (await iam()).getInlinePolicy(...args),
    listOwnPolicies: async (...args) => (await iam()).listOwnPolicies(...args),
    getPolicy: async (...args) => (await iam()).getPolicy(...args),
    getPolicyVersion: async (...args) => (await iam()).getPolicyVersion(...args),
    listPolicyVersions: async (...args) => (await iam()).listPolicyVersions(...args),
    createPolicy: async (...args) => (await iam()).createPolicy(...args),
    createPolicyVersion: async (...args) => (await iam()).createPolicyVersion(...args),
    setDefaultPolicyVersion: async (...args) => (await iam()).setDefaultPolicyVersion(...args),
    deletePolicyVersion: async (...args) => (await iam()).deletePolicyVersion(...args),
    deletePolicy: async (...args) => (await iam()).deletePolicy(...args),
    attachPolicy: async (...args) => (await iam()).attachPolicy(...args),
    detachPolicy: async (...args) => (await iam()).detachPolicy(...args),
  };
}
