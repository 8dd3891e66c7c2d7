import { describe, expect, test } from '@jest/globals';
import type { Emulator, Fault } from '../../emulator/server.js';
import { findingsOf, mutations, scenario } from './kit.js';

const GRANT = { mode: 'enforce', grant: 'true', 'invoke-group': 'tills', 'smoke-test': 'false' };
const NAME = 'apigw-iam-gate-acc3ss0001-prod';

/** What IAM holds of groups and policies, to be compared. */
function iamOf({ account: { iam } }: Emulator): unknown {
  return {
    groups: [...iam.groups.values()].map(({ groupName, attachedPolicies, inlinePolicies }) => ({
      groupName,
      attached: [...attachedPolicies].sort(),
      inline: [...inlinePolicies],
    })),
    policies: [...iam.policies.values()].map(
      ({ policyName, defaultVersionId, versions, tags }) => ({
        policyName,
        defaultVersionId,
        documents: [...versions.values()].map(({ versionId, document }) => [versionId, document]),
        tags: [...tags],
      }),
    ),
  };
}

function policyNamed(emulator: Emulator, name: string) {
  const found = [...emulator.account.iam.policies.values()].find((it) => it.policyName === name);
  if (found === undefined) throw new Error(`there is no policy ${name}`);
  return found;
}

describe('granting a group its access', () => {
  test('the policy is made, attached and read again; the users’ signed requests get through', async () => {
    const { run, emulator } = await scenario('access');
    const { exitCode, parsed, stdout, summary } = await run(GRANT);
    expect(findingsOf(parsed)).toEqual([]);
    expect(exitCode).toBe(0);
    expect(mutations(emulator)).toEqual(['CreatePolicy', 'AttachGroupPolicy']);
    expect(parsed.access?.grants).toEqual([
      {
        api: 'acc3ss0001',
        stage: 'prod',
        group: 'tills',
        policy: NAME,
        steps: [`create the managed policy ${NAME}`, `attach ${NAME} to group tills`],
        state: 'applied',
        reason: null,
      },
    ]);
    expect(parsed.access?.methods.map(({ may }) => may)).toEqual(Array(3).fill('can-invoke'));
    const policy = policyNamed(emulator, NAME);
    expect(policy.tags.get('apigw-iam-gate')).toBe('acc3ss0001/prod');
    const { accountId } = emulator.account;
    expect(policy.versions.get('v1')?.document).toBe(
      parsed.access?.invokePolicy?.document.replaceAll(':*:', `:${accountId}:`),
    );
    expect(`${stdout}${summary}${JSON.stringify(parsed)}`).not.toContain(
      emulator.account.accountId,
    );

    const signed = await run(
      { 'invoke-group': 'tills' },
      {
        AWS_ACCESS_KEY_ID: 'AKIATILL000000000001',
        AWS_SECRET_ACCESS_KEY: 'till-secret-of-the-emulator',
      },
    );
    expect(signed.exitCode).toBe(0);
    const get = signed.parsed.methods.find(({ path }) => path === '/payments');
    expect([get?.unsigned?.answer, get?.signed?.answer]).toEqual(['missing-token', 'accepted']);
  });

  test('a second time changes nothing', async () => {
    const { run, emulator } = await scenario('access');
    await run(GRANT);
    const before = iamOf(emulator);
    emulator.clearRequests();
    const { exitCode, parsed } = await run(GRANT);
    expect(exitCode).toBe(0);
    expect(mutations(emulator)).toEqual([]);
    expect(parsed.access?.grants[0]?.state).toBe('unchanged');
    expect(iamOf(emulator)).toEqual(before);
  });

  test('in mode plan it is shown, and nothing is changed', async () => {
    const { run, emulator } = await scenario('access');
    const before = iamOf(emulator);
    const { exitCode, parsed, stdout } = await run({ ...GRANT, mode: 'plan' });
    expect(exitCode).toBe(1);
    expect(mutations(emulator)).toEqual([]);
    expect(iamOf(emulator)).toEqual(before);
    expect(parsed.access?.grants[0]?.state).toBe('planned');
    expect(stdout).toContain(`create the managed policy ${NAME}`);
    expect(findingsOf(parsed)).toHaveLength(3);
  });

  test('a group that may invoke already gets nothing', async () => {
    const { run, emulator } = await scenario('access');
    const { parsed } = await run({ ...GRANT, 'invoke-group': 'backoffice' });
    expect(mutations(emulator)).toEqual([]);
    expect(parsed.access?.grants[0]?.state).toBe('unchanged');
  });

  test('a policy of the same name that the gate did not make is left alone', async () => {
    const { run, emulator } = await scenario('access');
    await run(GRANT);
    policyNamed(emulator, NAME).tags.clear();
    emulator.account.iam.groups.get('tills')?.attachedPolicies.clear();
    emulator.clearRequests();
    const { exitCode, parsed } = await run(GRANT);
    expect(exitCode).toBe(1);
    expect(mutations(emulator)).toEqual([]);
    expect(parsed.access?.grants[0]).toMatchObject({ state: 'not-attempted' });
    expect(parsed.access?.grants[0]?.reason).toContain('that the gate did not make');
  });

  test('with five versions, the oldest that is not in force makes room', async () => {
    const { run, emulator } = await scenario('access');
    await run(GRANT);
    fillVersions(emulator);
    emulator.clearRequests();
    const { exitCode, parsed } = await run(GRANT);
    expect(exitCode).toBe(0);
    expect(mutations(emulator)).toEqual(['DeletePolicyVersion', 'CreatePolicyVersion']);
    const policy = policyNamed(emulator, NAME);
    expect([...policy.versions.keys()]).toEqual(['v2', 'v3', 'v4', 'v5', 'v6']);
    expect(policy.defaultVersionId).toBe('v6');
    expect(parsed.access?.methods.map(({ may }) => may)).toEqual(Array(3).fill('can-invoke'));
  });
});

/** Four more versions, the last of them in force: each lets the group invoke something else. */
function fillVersions(emulator: Emulator): void {
  const policy = policyNamed(emulator, NAME);
  for (let version = 2; version <= 5; version += 1) {
    const versionId = `v${version}`;
    const document = JSON.stringify({
      Version: '2012-10-17',
      Statement: {
        Effect: 'Allow',
        Action: 'execute-api:Invoke',
        Resource: `arn:aws:execute-api:us-east-1:${emulator.account.accountId}:acc3ss0001/prod/GET/v${version}`,
      },
    });
    policy.versions.set(versionId, { versionId, document, createdAtMs: version });
  }
  policy.defaultVersionId = 'v5';
  policy.nextVersion = 6;
}

describe('a grant that is cut short', () => {
  const LOST: Fault['effect'] = { kind: 'reset-after' };
  const REFUSED: Fault['effect'] = { kind: 'answer', status: 403 };

  test.each(['CreatePolicy', 'AttachGroupPolicy'])(
    'a lost answer of %s: once, and no more',
    async (operation) => {
      const { run, emulator } = await scenario('access');
      emulator.injectFault({ operation, times: 1, effect: LOST });
      const { exitCode, parsed } = await run(GRANT);
      expect(findingsOf(parsed)).toEqual([]);
      expect(exitCode).toBe(0);
      const policy = policyNamed(emulator, NAME);
      expect([...policy.versions.keys()]).toEqual(['v1']);
    },
  );

  test('a lost answer of CreatePolicyVersion: one version, in force', async () => {
    const { run, emulator } = await scenario('access');
    await run(GRANT);
    fillVersions(emulator);
    emulator.injectFault({ operation: 'CreatePolicyVersion', times: 1, effect: LOST });
    emulator.injectFault({ operation: 'DeletePolicyVersion', times: 1, effect: LOST });
    const { exitCode } = await run(GRANT);
    expect(exitCode).toBe(0);
    const policy = policyNamed(emulator, NAME);
    expect([...policy.versions.keys()]).toEqual(['v2', 'v3', 'v4', 'v5', 'v6']);
  });

  test.each(['CreatePolicy', 'AttachGroupPolicy'])(
    'a refused %s: nothing is left behind, and the statement to add is named',
    async (operation) => {
      const { run, emulator } = await scenario('access');
      const before = iamOf(emulator);
      emulator.injectFault({ operation, effect: REFUSED });
      const { exitCode, parsed } = await run(GRANT);
      expect(exitCode).toBe(1);
      expect(iamOf(emulator)).toEqual(before);
      expect(parsed.access?.grants[0]?.state).toBe('failed');
      expect(parsed.access?.grants[0]?.reason).toContain(`"Action":"iam:${operation}"`);
      expect(parsed.access?.grants[0]?.reason).toContain('everything is as before');
    },
  );

  test('a refused new version: the one that made room comes back under a new number', async () => {
    const { run, emulator } = await scenario('access');
    await run(GRANT);
    fillVersions(emulator);
    const [oldest] = policyNamed(emulator, NAME).versions.values();
    emulator.injectFault({ operation: 'CreatePolicyVersion', times: 1, effect: REFUSED });
    await run(GRANT);
    const policy = policyNamed(emulator, NAME);
    expect(policy.defaultVersionId).toBe('v5');
    expect([...policy.versions.keys()]).toEqual(['v2', 'v3', 'v4', 'v5', 'v6']);
    expect(policy.versions.get('v6')?.document).toBe(oldest?.document);
  });
});

test('a grant before an enforcement that does not succeed is rolled back with it', async () => {
  const { run, emulator } = await scenario('access');
  const api = emulator.account.apis.get('acc3ss0001');
  const [method] = [...(api?.resources.values() ?? [])].flatMap((it) => [...it.methods.values()]);
  if (method === undefined) throw new Error('there is no method');
  method.authorizationType = 'NONE';
  const before = iamOf(emulator);
  emulator.injectFault({
    operation: 'UpdateMethod',
    times: 1,
    effect: { kind: 'answer', status: 400 },
  });
  const { exitCode, parsed } = await run(GRANT);
  expect(exitCode).toBe(1);
  expect(parsed.transactions?.map(({ state }) => state)).toEqual(['restored']);
  expect(parsed.access?.grants.map(({ state }) => state)).toEqual(['failed']);
  expect(parsed.access?.grants[0]?.reason).toContain('everything is as before');
  expect(mutations(emulator).slice(-2)).toEqual(['DetachGroupPolicy', 'DeletePolicy']);
  expect(iamOf(emulator)).toEqual(before);
});

test.each([
  [{ grant: 'true' }, ['invoke-group', 'mode: enforce']],
  [{ grant: 'true', mode: 'plan' }, ['invoke-group']],
  [{ 'invoke-group': 'arn:aws:iam::111122223333:group/tills' }, ['not its ARN']],
])('inputs that cannot be right: %j', async (inputs, words) => {
  const { run, emulator } = await scenario('access');
  const { exitCode, stdout } = await run(inputs);
  expect(exitCode).toBe(3);
  for (const word of words) expect(stdout).toContain(word);
  expect(emulator.requests).toEqual([]);
});
