import { addCaller } from './account.js';
import { type CreationContext, newGroup, newPolicy, newUser, newVersion } from './iam/entities.js';
import type { PolicyHolder } from './model.js';
import { QueryError } from './query/error.js';
import { SeedError } from './seed-error.js';
import type { Seed } from './seed-schema.js';

type Holder = Pick<Seed['groups'][number], 'name' | 'policies' | 'attached'>;

/**
 * Adds a seed's managed policies, users with their keys, and groups.
 *
 * @throws SeedError where a name is taken, or names nothing
 */
export function addIam(seed: Seed, context: CreationContext): void {
  for (const policy of seed.policies)
    named('policy', policy.name, () => addPolicy(policy, context));
  for (const user of seed.users) named('user', user.name, () => addUser(user, context));
  for (const group of seed.groups) named('group', group.name, () => addGroup(group, context));
}

function addPolicy(seed: Seed['policies'][number], context: CreationContext): void {
  const policy = newPolicy(context, {
    policyName: seed.name,
    path: seed.path,
    description: seed.description,
    document: JSON.stringify(seed.document),
    tags: Object.entries(seed.tags),
  });
  for (const document of seed.versions)
    newVersion(policy, JSON.stringify(document), false, context.nowMs);
  const versionId = seed.default ?? 'v1';
  if (!policy.versions.has(versionId)) throw new SeedError(`it has no version ${versionId}`);
  policy.defaultVersionId = versionId;
}

function addUser(seed: Seed['users'][number], context: CreationContext): void {
  const user = newUser(context, seed.name, seed.path);
  addPolicies(seed, user, context);
  for (const keys of seed.keys)
    addCaller(context.account, {
      name: user.userName,
      ...keys,
      arn: user.arn,
      userId: user.userId,
      notAllowed: seed.notAllowed,
      identity: { kind: 'user', userName: user.userName },
    });
}

function addGroup(seed: Seed['groups'][number], context: CreationContext): void {
  const group = newGroup(context, seed.name, seed.path);
  addPolicies(seed, group, context);
  for (const name of seed.users) {
    if (!context.account.iam.users.has(name))
      throw new SeedError(`its user "${name}" is not listed among the users`);
    group.users.add(name);
  }
}

function addPolicies(seed: Holder, holder: PolicyHolder, { account }: CreationContext): void {
  for (const [name, document] of Object.entries(seed.policies))
    holder.inlinePolicies.set(name, JSON.stringify(document));
  for (const reference of seed.attached) {
    const policy = [...account.iam.policies.values()].find(
      ({ arn, policyName }) => arn === reference || policyName === reference,
    );
    if (policy === undefined)
      throw new SeedError(`its attached policy "${reference}" is not listed among the policies`);
    holder.attachedPolicies.add(policy.arn);
  }
}

/** Says of what a problem is. */
function named(kind: string, name: string, add: () => void): void {
  try {
    add();
  } catch (error) {
    if (error instanceof QueryError || error instanceof SeedError)
      throw new SeedError(`The ${kind} "${name}": ${error.message}`);
    throw error;
  }
}
