import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { startEmulator } from '../../emulator/server.js';
import { REPOSITORY } from '../../runner/bundle.js';
import {
  type Disturbance,
  openRun,
  type RunOptions,
  type WorkflowRun,
} from '../../runner/workflow/run.js';
import { documentOf } from '../../setup/render.js';
import { RIGHTS } from '../../setup/rights.js';
import { MANAGEMENT, trusting } from '../emulator/estate-kit.js';
import {
  cleanOrganization,
  EXTERNAL_ID,
  fleetRun,
  organization,
  TARGETS,
  TARGETS_FILE,
  wholeRun,
} from './fleet-kit.js';

const opened: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

/** The role of `setup/organization/reader.yaml`, with a right for each of its own and no other. */
const READER = {
  name: 'reader',
  trust: trusting(
    { AWS: `arn:aws:iam::${MANAGEMENT}:root` },
    { StringEquals: { 'sts:ExternalId': EXTERNAL_ID } },
  ),
  policies: [
    documentOf(RIGHTS.audit, {
      ...{ partition: 'aws', region: '*', account: '*', api: '*', group: '', stack: '' },
    }) as never,
  ],
};

function withReaders(seed: ReturnType<typeof organization>) {
  const accounts = seed.organization?.accounts?.map((it) => ({ ...it, roles: [READER] }));
  return { ...seed, organization: { ...seed.organization, accounts } };
}

const BASELINE = '.github/iam-baseline.json';

/** A run of the workflow in an organization. */
async function openFleet(
  seed: ReturnType<typeof organization>,
  {
    shards,
    baseline,
    ...more
  }: { readonly shards: string; readonly baseline?: string } & Pick<RunOptions, 'disturb'>,
): Promise<WorkflowRun> {
  const emulator = await startEmulator({ seed: withReaders(seed) });
  opened.push(() => emulator.close());
  const run = await openRun({
    file: join(REPOSITORY, '.github', 'workflows', 'fleet.yml'),
    inputs: {
      'role-to-assume': `arn:aws:iam::${MANAGEMENT}:role/hub`,
      'aws-region': 'eu-west-1',
      'drift-issue': 'false',
      shards,
      ...(baseline === undefined ? {} : { baseline: BASELINE }),
    },
    environment: emulator.env,
    repository: {
      [TARGETS_FILE]: `${TARGETS}\nexternal-id-from: GATE_EXTERNAL_ID\n`,
      ...(baseline === undefined ? {} : { [BASELINE]: baseline }),
    },
    secrets: { 'external-id': EXTERNAL_ID },
    standIns: { 'aws-actions/configure-aws-credentials': async () => ({}) },
    ...more,
  });
  opened.push(() => run.close());
  return run;
}

describe('the reusable workflow', () => {
  test.each([
    ['several shards', '2', cleanOrganization(), 'pass'],
    ['one runner', '1', cleanOrganization(), 'pass'],
    ['an open method', '', organization(), 'fail'],
  ])('with %s comes to a verdict', async (_, shards, seed, verdict) => {
    const run = await openFleet(seed, { shards });
    const attempt = await run.start();
    expect(attempt.outputs.verdict).toBe(verdict);
    expect(attempt.conclusion).toBe(verdict === 'pass' ? 'success' : 'failure');
  });

  test('knows what the baseline of the repository holds', async () => {
    const { text } = await (await wholeRun(organization())).merge();
    const run = await openFleet(organization(), { shards: '1', baseline: text });
    expect((await run.start()).outputs.verdict).toBe('pass');
  });

  test.each<[string, Disturbance]>([
    ['is lost', { kind: 'lost' }],
    ['never starts', { kind: 'never-started', conclusion: 'cancelled' }],
  ])(
    'does not judge by an earlier attempt where the plan of "Re-run all jobs" %s',
    async (_, how) => {
      const run = await openFleet(cleanOrganization(), {
        shards: '1',
        disturb: ({ id, attempt }) => (id === 'plan' && attempt === 2 ? how : undefined),
      });
      expect((await run.start()).outputs.verdict).toBe('pass');
      const again = await run.start();
      const gate = again.jobs.find(({ id }) => id === 'gate');
      expect(gate?.conclusion).toBe('failure');
      expect(again.outputs.verdict).not.toBe('pass');
      // Nor is anybody told of it, such as the drift issue.
      expect(gate?.steps.some(({ uses, result }) => uses === '$/merge' && result)).toBe(false);
    },
  );

  test('reads what the setup lets it read, and is refused nothing', async () => {
    const run = await fleetRun(withReaders(organization()));
    const targets =
      'organization: { ous: [ou-ab12-workloads] }\nregions: ["eu-*"]\nrole-name: reader\nexternal-id-from: GATE_EXTERNAL_ID\n';
    await run.plan({}, {}, targets);
    const result = await run.shard('000', { environment: { GATE_EXTERNAL_ID: EXTERNAL_ID } });
    expect([result.exitCode, result.stdout]).toEqual([0, expect.anything()]);
    const refused = run.emulator.requests.filter(({ status }) => status >= 400);
    expect(refused).toEqual([]);
    const [audit] = RIGHTS.audit;
    // Each of the reader's resources was asked for, but for domain names, which the smoke test needs.
    const read = run.emulator.requests.filter(({ plane }) => plane === 'control');
    for (const resource of audit?.resources ?? []) {
      const path = resource.split('::')[1]?.replace('*', '') ?? '';
      const isAsked = read.some((it) => it.path.replace('/v2', '').startsWith(path));
      expect([path, isAsked]).toEqual([path, path !== '/domainnames']);
    }
  });
});

describe('the templates of the organization', () => {
  test.each(['reader.yaml', 'hub.yaml'])(
    '%s trusts whole subjects and one role alone',
    async (file) => {
      const text = await readFile(join(REPOSITORY, 'setup', 'organization', file), 'utf8');
      expect(text).not.toMatch(/StringLike/);
      expect(text).toContain('token.actions.githubusercontent.com:aud: sts.amazonaws.com');
      expect(text).toContain('token.actions.githubusercontent.com:sub: !Ref Subject');
      // Nothing but reading, listing, invoking and assuming.
      const actions = [
        ...text.matchAll(/(?:apigateway|iam|sts|execute-api|organizations|account):[A-Z]\w+/g),
      ];
      for (const [action] of actions) {
        expect(action).toMatch(
          /^(?:apigateway:GET|execute-api:Invoke|sts:(?:AssumeRole(?:WithWebIdentity)?|ExternalId)|organizations:List\w+|account:ListRegions)$/,
        );
      }
    },
  );
});
