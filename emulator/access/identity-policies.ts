import type { AccountState, CallerState, PolicyHolder } from '../model.js';

/** What a caller has where nobody said anything else. */
export const EVERYTHING = JSON.stringify({
  Version: '2012-10-17',
  Statement: { Effect: 'Allow', Action: '*', Resource: '*' },
});

/**
 * The documents of all identity policies of a caller: of a user its own and those of its groups,
 * inline and attached, of a role its inline ones. Of a managed policy the default version counts.
 */
export function identityPoliciesOf(caller: CallerState, account: AccountState): readonly string[] {
  const { identity } = caller;
  if (identity === undefined) return [EVERYTHING];
  switch (identity.kind) {
    case 'documents':
      return identity.documents;
    case 'role': {
      const role = identity.role ?? account.roles.get(identity.roleArn);
      return role?.identityPolicies ?? (role === undefined ? [] : [EVERYTHING]);
    }
    case 'user': {
      const user = account.iam.users.get(identity.userName);
      if (user === undefined) return [];
      const groups = [...account.iam.groups.values()].filter(({ users }) =>
        users.has(user.userName),
      );
      return [user, ...groups].flatMap((holder) => documentsOf(holder, account));
    }
  }
}

function documentsOf(holder: PolicyHolder, account: AccountState): string[] {
  const attached = [...holder.attachedPolicies].flatMap((arn) => {
    const policy = account.iam.policies.get(arn);
    const version = policy?.versions.get(policy.defaultVersionId);
    return version === undefined ? [] : [version.document];
  });
  return [...holder.inlinePolicies.values(), ...attached];
}
