import type { Inputs } from './table.js';

/** What a shard of a fleet's plan decides itself, or leaves to the merge. */
const DECIDED_BY_PLAN = ['api-id', 'api-types', 'region'];
const ABOUT_ONE_ACCOUNT = ['invoke-role-arn', 'invoke-group', 'grant'];
const ABOUT_FILES = ['templates', 'plan-file', 'parameters'];
const DONE_BY_MERGE: readonly string[] = [
  'fail-on',
  'comment',
  'check-run',
  'drift-issue',
  'upload-sarif',
];

/** Their defaults in `action.yml` are as good as not given. */
const NOT_GIVEN: ReadonlySet<string> = new Set(['grant']);

/** Of a policy file's values for inputs those that a shard tells the merge, and no others. */
export function inputsOfMerge(
  values: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(values).filter(([name]) => DONE_BY_MERGE.includes(name)),
  );
}

/**
 * What is wrong with the inputs of a shard. An input that is ignored is worse than one that is refused:
 * somebody relies on it.
 *
 * @param isGiven whether the workflow gives an input.
 */
export function problemsOfShard(inputs: Inputs, isGiven: (name: string) => boolean): string[] {
  const { plan, shard, mode, grant } = inputs;
  const problems: string[] = [];
  if (plan === null) {
    problems.push(
      'plan: is required with shard. Give it the path of the plan.json that the plan made.',
    );
  }
  if (shard === null) {
    problems.push(
      'shard: is required with plan. Give it the number of the shard, as the matrix has it.',
    );
  }
  if (mode !== 'audit') {
    problems.push(
      `mode: ${mode} changes one API, with one journal, in one job. A fleet is only audited: leave mode out, or leave plan and shard out and set api-id.`,
    );
  }
  const refuse = (names: readonly string[], why: string): void => {
    for (const name of names) {
      if (isGiven(name) && !NOT_GIVEN.has(name)) problems.push(`${name}: ${why}`);
    }
  };
  refuse(DECIDED_BY_PLAN, 'with plan, the plan says what is audited. Leave it out.');
  refuse(ABOUT_ONE_ACCOUNT, 'is about one account, and a plan is about many. Leave it out.');
  if (grant) problems.push('grant: is about one account, and a plan is about many. Leave it out.');
  refuse(
    ABOUT_FILES,
    'is about files of the repository, and a plan is about accounts. Judge files in a step of their own.',
  );
  refuse(
    DONE_BY_MERGE,
    'the merge of all shards does this, once. Give it to apigw-iam-gate/merge instead.',
  );
  return problems;
}
