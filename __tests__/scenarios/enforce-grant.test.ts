import { expect, test } from '@jest/globals';
import type { LoggedRequest } from '../../emulator/faults.js';
import type { Emulator, SeedFile } from '../../emulator/server.js';
import { runPostStep, runStep, withJob } from '../../runner/run-action.js';
import {
  comparable,
  emulatorWith,
  enforceStep,
  journalOf,
  pictureOf,
  problemsOf,
  reportOf,
  runJob,
  SMALL,
} from './enforce-kit.js';
import { killAt, MOMENTS } from './kill-kit.js';

/** The small API with a group that may not invoke it yet. */
const WITH_GROUP: SeedFile = {
  ...SMALL,
  users: [{ name: 'till' }],
  groups: [{ name: 'tills', users: ['till'] }],
};
const GRANT = { grant: 'true', 'invoke-group': 'tills' };

/** Everything that enforcement with a grant may touch, in one text to be compared. */
function worldOf(emulator: Emulator, start: ReturnType<typeof pictureOf>): string {
  const { iam } = emulator.account;
  const attached = [...iam.groups.values()].map((group) => [
    group.groupName,
    [...group.attachedPolicies].sort(),
  ]);
  const policies = [...iam.policies.values()]
    .filter(({ tags }) => tags.has('apigw-iam-gate'))
    .map(({ policyName, versions }) => [policyName, [...versions.keys()]])
    .sort();
  return JSON.stringify({ api: comparable(pictureOf(emulator), start), attached, policies });
}

async function cleanRun(): Promise<{ start: string; end: string; mutating: LoggedRequest[] }> {
  const emulator = await emulatorWith(WITH_GROUP);
  const picture = pictureOf(emulator);
  const start = worldOf(emulator, picture);
  const { main, post } = await runJob(enforceStep(emulator, GRANT));
  if (main.exitCode !== 0) throw new Error(`the clean run failed:\n${main.stdout}`);
  expect(post.exitCode).toBe(0);
  const mutating = emulator.requests.filter((it) => it.mutating);
  return { start, end: worldOf(emulator, picture), mutating };
}

test('killed before and after every mutating call, a grant leaves no policy, version or attachment', async () => {
  const { start, end, mutating } = await cleanRun();
  expect(mutating.map(({ operation }) => operation)).toEqual([
    'CreatePolicy',
    'AttachGroupPolicy',
    'CreatePolicy',
    'AttachGroupPolicy',
    'UpdateMethod',
    'UpdateMethod',
    'CreateDeployment',
    'UpdateStage',
    'UpdateStage',
  ]);
  const kills = mutating.flatMap(({ operation }, index) =>
    MOMENTS.flatMap((moment) =>
      (['post', 'next run'] as const).map((rescue) => ({
        name: `killed ${moment} call ${index + 1} (${operation}), then the ${rescue}`,
        index,
        moment,
        rescue,
      })),
    ),
  );
  const problems = await problemsOf(kills, async ({ index, moment, rescue }) => {
    const emulator = await emulatorWith(WITH_GROUP);
    const picture = pictureOf(emulator);
    return withJob(async (job) => {
      const kill = { index, moment, signal: 'SIGKILL' } as const;
      const onStart = (send: (signal: NodeJS.Signals) => void): void =>
        killAt(emulator, kill, send);
      const main = await runStep(enforceStep(emulator, GRANT, { onStart }), job);
      if (main.exitCode !== null) return `the main step was not killed:\n${main.stdout}`;
      const journal = await journalOf(job);
      if (journal.includes(emulator.account.accountId)) return 'the journal tells the account';
      const plain = enforceStep(emulator, GRANT);
      const rescued =
        rescue === 'post' ? await runPostStep(plain, main, job) : await runStep(plain, job);
      if (rescued.exitCode !== 0) return `the ${rescue} failed:\n${rescued.stdout}`;
      const now = worldOf(emulator, picture);
      // A patch whose answer nobody heard may be somebody else's: see the matrix of kills.
      const isInDoubt = moment === 'after' && mutating[index]?.operation === 'UpdateMethod';
      if (rescue === 'post' && isInDoubt) {
        const said = /(GET \/\w+) to AWS_IAM: \1 stays AWS_IAM in the configuration/;
        if (!said.test(rescued.stdout)) return rescued.stdout;
        return now.replace(/"methods":\{.*?\},/, '') === start.replace(/"methods":\{.*?\},/, '')
          ? null
          : now;
      }
      return now === (rescue === 'post' ? start : end) ? null : `${now}\n${rescued.stdout}`;
    });
  });
  expect(problems).toEqual([]);
}, 900_000);

test('a proof that fails takes the grant back with the rest', async () => {
  const emulator = await emulatorWith(WITH_GROUP);
  const picture = pictureOf(emulator);
  const start = worldOf(emulator, picture);
  for (const caller of emulator.account.callers.values())
    caller.notAllowed.push('execute-api:Invoke');
  const { main } = await runJob(enforceStep(emulator, GRANT));
  expect(main.exitCode).toBe(1);
  expect(worldOf(emulator, picture)).toBe(start);
  expect(main.report).toContain('was rolled back, since enforcement did not succeed');
});

/** A group that takes no further policy. */
const FULL: SeedFile = {
  ...WITH_GROUP,
  policies: Array.from({ length: 10 }, (_, index) => ({
    name: `other${index}`,
    document: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }],
    },
  })),
  groups: [
    {
      name: 'tills',
      users: ['till'],
      attached: Array.from({ length: 10 }, (_, index) => `other${index}`),
    },
  ],
};

test.each<[string, SeedFile, (emulator: Emulator) => void, string]>([
  ['the group takes no policy', FULL, () => {}, 'group tills has 10 managed policies'],
  [
    'the group could not be read',
    WITH_GROUP,
    (emulator) =>
      emulator.injectFault({
        operation: 'ListGroupPolicies',
        effect: { kind: 'answer', status: 403 },
      }),
    'the group could not be read',
  ],
])(
  'where the grant cannot be made since %s, no method asks for a right',
  async (_, seed, spoil, why) => {
    const emulator = await emulatorWith(seed);
    const picture = pictureOf(emulator);
    const start = worldOf(emulator, picture);
    spoil(emulator);
    const { main } = await runJob(enforceStep(emulator, { ...GRANT, stage: 'prod' }));
    expect(main.exitCode).toBe(1);
    expect(worldOf(emulator, picture)).toBe(start);
    const [transaction] = reportOf(main).transactions ?? [];
    expect(transaction?.state).toBe('refused');
    expect(transaction?.reasons).toEqual([
      expect.stringMatching(/^the grant for stage prod is not made, .* would be locked out: /),
    ]);
    expect(transaction?.reasons.join()).toContain(why);
    const planned = await runJob(enforceStep(emulator, { ...GRANT, stage: 'prod', mode: 'plan' }));
    expect(reportOf(planned.main).transactions?.[0]?.reasons).toEqual(transaction?.reasons);
  },
);

const ROOT = 'arn:aws:execute-api:*:*:*/*/GET/';

function withDeny(Resource: string, parts: Partial<SeedFile> = {}): SeedFile {
  const no = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Deny', Action: 'execute-api:Invoke', Resource }],
  };
  return {
    ...WITH_GROUP,
    groups: [{ name: 'tills', users: ['till'], policies: { no } }],
    ...parts,
  };
}

/** The policy of an earlier grant, so that there is something to bring up to date. */
const GRANTED: Partial<SeedFile> = {
  policies: (SMALL.apis ?? []).map(({ id }) => ({
    name: `apigw-iam-gate-${id}-prod`,
    tags: { 'apigw-iam-gate': `${id}/prod` },
    document: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 'execute-api:Invoke', Resource: ROOT }],
    },
  })),
};

test.each<[string, SeedFile, RegExp]>([
  ['one method', withDeny(`${ROOT}open`), /locked out of GET \/open in stage prod, since no grant/],
  [
    'every method, and there is a policy of an earlier grant',
    withDeny('*', GRANTED),
    /locked out of GET \/\w+(, GET \/\w+)+ in stage prod, since no grant defeats a deny/,
  ],
])(
  'where a deny would keep the group from %s, no method asks for a right',
  async (_, seed, why) => {
    const emulator = await emulatorWith(seed);
    const picture = pictureOf(emulator);
    const start = comparable(picture, picture);
    const { main } = await runJob(enforceStep(emulator, { ...GRANT, stage: 'prod' }));
    expect(main.exitCode).toBe(1);
    expect(comparable(pictureOf(emulator), picture)).toEqual(start);
    const [transaction] = reportOf(main).transactions ?? [];
    expect(transaction?.state).toBe('refused');
    expect(transaction?.reasons).toEqual([expect.stringMatching(why)]);
    expect(transaction?.reasons.join()).toContain('statement 1 of inline policy no');
    const planned = await runJob(enforceStep(emulator, { ...GRANT, stage: 'prod', mode: 'plan' }));
    expect(reportOf(planned.main).transactions?.[0]?.reasons).toEqual(transaction?.reasons);
    // Whoever means the deny has another way.
    const without = { 'invoke-group': 'tills', grant: 'false', stage: 'prod' };
    const meant = await runJob(enforceStep(emulator, without));
    expect(reportOf(meant.main).transactions?.[0]?.state).toBe('proven');
  },
);

test('a deny of a method that asks for the right already keeps no other from being turned to IAM', async () => {
  const emulator = await emulatorWith(withDeny(ROOT));
  const { main } = await runJob(enforceStep(emulator, { ...GRANT, stage: 'prod' }));
  expect(reportOf(main).transactions?.[0]?.state).toBe('proven');
  expect(main.exitCode).toBe(1);
  const denied = reportOf(main).findings.filter(({ rule }) => rule === 'group-cannot-invoke');
  expect(denied.map(({ path }) => path)).toEqual(['/']);
});
