import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { LoggedRequest } from '../../emulator/faults.js';
import { makePlan, type PlannedTarget, parsePlan, renderPlan } from '../../src/fleet/plan.js';
import { BANK, SHOP } from '../emulator/estate-kit.js';
import {
  changeArtifact,
  cleanOrganization,
  copyArtifact,
  EXTERNAL_ID,
  type FleetRun,
  fleetRun,
  organization,
  readArtifact,
  reader,
  removeFromArtifact,
  wholeRun,
} from './fleet-kit.js';

/** Shop is in shard 000, bank in 001. */
async function planned(run: FleetRun): Promise<FleetRun> {
  const plan = await run.plan({ shards: '2' });
  expect([plan.exitCode, plan.stdout]).toEqual([0, expect.anything()]);
  return run;
}

/** A whole clean run, with what a test does to it before it is merged. */
async function mergedAfter(spoil: (run: FleetRun) => Promise<unknown>) {
  const run = await wholeRun(cleanOrganization());
  await spoil(run);
  return run.merge();
}

const OPEN = { rule: 'deployed-not-iam', target: expect.stringMatching(/\.eu-central-1$/) };

describe('the whole way', () => {
  test('a clean organization passes, and its empty regions are no obstacle', async () => {
    const run = await wholeRun(cleanOrganization());
    const merged = await run.merge();
    expect([merged.exitCode, merged.stdout]).toEqual([0, expect.anything()]);
    expect(merged.outputs).toMatchObject({ verdict: 'pass', targets: '4', unread: '0' });
    expect(merged.fleet.findings).toEqual([]);
    expect(merged.fleet.leftOut).toEqual([
      { name: 'management', region: null, why: expect.stringContaining('include-management') },
      { name: 'old shop', region: null, why: 'the account is suspended (SUSPENDED)' },
    ]);
    expect(merged.summary).toContain('✅ Pass: none of 2 accounts has open methods');
  });

  test('an open method of one account fails the whole, and names its account and region', async () => {
    const run = await wholeRun(organization());
    const merged = await run.merge();
    expect(merged.exitCode).toBe(1);
    expect(merged.fleet).toMatchObject({ verdict: 'fail', incomplete: false });
    expect(merged.fleet.findings).toContainEqual(expect.objectContaining(OPEN));
    expect(merged.stdout).toContain(
      'title=deployed-not-iam%3A GET / (api shopcentra/prod of shop in eu-central-1)',
    );
    expect(merged.html).toContain('<h1 class="fail">');
  });

  test('each role is assumed once, with the id of its run, for nothing but reading', async () => {
    const seed = organization();
    const run = await fleetRun({
      ...seed,
      organization: {
        ...seed.organization,
        accounts: seed.organization?.accounts?.map((account) => ({
          ...account,
          roles: [reader({ StringEquals: { 'sts:ExternalId': EXTERNAL_ID } })],
        })),
      },
    });
    const targets = [
      'organization: {}',
      'regions: [eu-west-1, eu-central-1]',
      'role-name: reader',
      'external-id-from: GATE_EXTERNAL_ID',
    ].join('\n');
    await run.plan({}, {}, targets);
    const result = await run.shard('000', { environment: { GATE_EXTERNAL_ID: EXTERNAL_ID } });
    expect([result.exitCode, result.stdout]).toEqual([0, expect.anything()]);
    expect(result.stdout).not.toContain(EXTERNAL_ID);

    const assumed = run.emulator.requests.filter(({ operation }) => operation === 'AssumeRole');
    const asked = assumed.map(({ body }) => Object.fromEntries(new URLSearchParams(body)));
    expect(asked.map(({ RoleArn }) => RoleArn).toSorted()).toEqual([
      `arn:aws:iam::${SHOP}:role/reader`,
      `arn:aws:iam::${BANK}:role/reader`,
    ]);
    for (const it of asked) {
      expect(it).toMatchObject({
        RoleSessionName: 'apigw-iam-gate-1658821493-000',
        ExternalId: EXTERNAL_ID,
      });
      expect(JSON.parse(it.Policy ?? '')).toEqual({
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Action: ['apigateway:GET'], Resource: '*' }],
      });
    }
    const calls = new Set(run.emulator.requests.map(({ operation }) => operation));
    expect(calls).not.toContain('GetCallerIdentity');

    const without = await run.shard('000', { artifact: null });
    expect(without.exitCode).toBe(3);
    expect(without.stdout).toContain('GATE_EXTERNAL_ID, which is not set');
  });

  test('a session that ends while a target is read is renewed', async () => {
    const run = await fleetRun(organization(), { sessionMs: 2000 });
    await planned(run);
    const result = await run.shard('000');
    expect([result.exitCode, result.stdout]).toEqual([0, expect.anything()]);
    const assumed = run.emulator.requests.filter(({ operation }) => operation === 'AssumeRole');
    expect(assumed.length).toBeGreaterThan(1);
  });

  test('nothing is changed anywhere', async () => {
    const run = await planned(await fleetRun(organization()));
    for (const shard of ['000', '001']) await run.shard(shard);
    expect(run.emulator.requests.length).toBeGreaterThan(10);
    expect(run.emulator.requests.filter(({ mutating }) => mutating)).toEqual([]);
  });
});

describe('a shard that left nothing, or not all', () => {
  test('killed: its targets are missing, the findings of the others stay', async () => {
    const run = await planned(await fleetRun(organization()));
    run.emulator.injectFault({
      operation: '*',
      where: ({ accountId, plane }) => plane === 'control' && accountId === BANK,
      effect: { kind: 'delay', ms: 20_000 },
    });
    await run.shard('000');
    const dead = await run.shard('001', {
      onStart: (kill) => setTimeout(() => kill('SIGKILL'), 1500),
    });
    expect(dead.exitCode).toBe(null);
    const merged = await run.merge();
    expect(merged.exitCode).toBe(1);
    expect(merged.fleet.counts).toMatchObject({ missing: 2, unreadable: 0 });
    expect(merged.fleet.findings).toContainEqual(expect.objectContaining(OPEN));
  });

  test('cancelled: what was not read by then is unread, and says so', async () => {
    const run = await planned(await fleetRun(cleanOrganization()));
    await run.shard('000');
    const isUnanswered = ({ operation, accountId, region }: LoggedRequest): boolean =>
      operation === 'GetRestApis' && accountId === BANK && region === 'eu-central-1';
    run.emulator.injectFault({
      operation: 'GetRestApis',
      where: isUnanswered,
      // Longer than a test may take: what ends has not waited for it.
      effect: { kind: 'delay', ms: 3_600_000 },
    });
    let timer: NodeJS.Timeout | undefined;
    const cancelled = await run.shard('001', {
      onOutput: () => {},
      onStart: (_, cancel) => {
        // Once that call is out, and nothing else is asked any more: the other target has been read.
        let seen = 0;
        let quiet = 0;
        timer = setInterval(() => {
          const { requests } = run.emulator;
          quiet = requests.length === seen && requests.some(isUnanswered) ? quiet + 1 : 0;
          seen = requests.length;
          if (quiet < 15) return;
          clearInterval(timer);
          cancel();
        }, 100);
      },
    });
    clearInterval(timer);
    expect([cancelled.exitCode, cancelled.stdout]).toEqual([2, expect.anything()]);
    const merged = await run.merge();
    expect(merged.exitCode).toBe(2);
    expect(merged.fleet).toMatchObject({ verdict: 'incomplete', counts: { unreadable: 1 } });
    expect(merged.stdout).toContain('the job was cancelled before it was read');
  });

  test('never started: its targets are missing', async () => {
    const run = await planned(await fleetRun(cleanOrganization()));
    await run.shard('000');
    const merged = await run.merge();
    expect(merged.exitCode).toBe(2);
    expect(merged.fleet).toMatchObject({ verdict: 'incomplete', counts: { missing: 2 } });
    expect(merged.stdout).toContain('shard 001 has left no record');
  });

  test('none started, and there is no artifact at all', async () => {
    const run = await planned(await fleetRun(cleanOrganization()));
    const merged = await run.merge({ shards: `${run.artifacts}/nothing` });
    expect(merged.exitCode).toBe(2);
    expect(merged.fleet.counts).toMatchObject({ targets: 4, missing: 4 });
  });

  test('it uploaded reports, and no record', async () => {
    const merged = await mergedAfter((run) => removeFromArtifact(run, 'gate-001-1', 'shard.json'));
    expect(merged.exitCode).toBe(2);
    expect(merged.fleet.counts).toMatchObject({ missing: 2 });
  });

  test('its record does not name a target', async () => {
    const merged = await mergedAfter((run) =>
      changeArtifact(run, ['gate-001-1', 'shard.json'], (text) => {
        const record = JSON.parse(text);
        return JSON.stringify({ ...record, targets: record.targets.slice(1) });
      }),
    );
    expect(merged.exitCode).toBe(2);
    expect(merged.stdout).toContain('the record of shard 001 does not name it');
  });
});

describe('artifacts that are not what they were', () => {
  test.each([
    ['cut', (text: string) => text.slice(0, -20)],
    ['empty', () => ''],
    [
      'of another account',
      (text: string) => text.replace(/"region":"eu-[a-z]+-1"/, '"region":"eu-east-1"'),
    ],
  ])('a report that is %s', async (_, change) => {
    const merged = await mergedAfter(async (run) => {
      const plan = JSON.parse(await readArtifact(run, 'gate-plan-1', 'plan.json'));
      const [id = ''] = plan.shards['001'];
      await changeArtifact(run, ['gate-001-1', id, 'report.json'], change);
    });
    expect(merged.exitCode).toBe(2);
    expect(merged.fleet.counts).toMatchObject({ unreadable: 1 });
    expect(merged.stdout).toContain('is not the one that the record names');
  });

  test('a report that is not there', async () => {
    const merged = await mergedAfter(async (run) => {
      const plan = JSON.parse(await readArtifact(run, 'gate-plan-1', 'plan.json'));
      await removeFromArtifact(run, 'gate-001-1', plan.shards['001'][0]);
    });
    expect(merged.exitCode).toBe(2);
    expect(merged.stdout).toContain('is not there, although the record names it');
  });

  test('a record that is cut', async () => {
    const merged = await mergedAfter((run) =>
      changeArtifact(run, ['gate-001-1', 'shard.json'], (text) => text.slice(0, 100)),
    );
    expect(merged.exitCode).toBe(2);
    expect(merged.fleet.notes).toEqual([
      expect.stringContaining('gate-001-1/shard.json is not JSON'),
    ]);
  });

  test('a report of another target under the name and the digest of this one', async () => {
    const merged = await mergedAfter(async (run) => {
      const plan = JSON.parse(await readArtifact(run, 'gate-plan-1', 'plan.json'));
      const [own = ''] = plan.shards['001'];
      const [other = ''] = plan.shards['000'];
      const report = await readArtifact(run, 'gate-000-1', other, 'report.json');
      const { targets } = JSON.parse(await readArtifact(run, 'gate-000-1', 'shard.json'));
      const { sha256 } = targets.find(({ id }: { id: string }) => id === other);
      await changeArtifact(run, ['gate-001-1', own, 'report.json'], () => report);
      await changeArtifact(run, ['gate-001-1', 'shard.json'], (text) => {
        const record = JSON.parse(text);
        const change = (it: { id: string }) => (it.id === own ? { ...it, sha256 } : it);
        return JSON.stringify({ ...record, targets: record.targets.map(change) });
      });
    });
    expect(merged.exitCode).toBe(2);
    expect(merged.stdout).toContain('is about another account or region');
  });

  test('a report that somebody made pass, with its right digest, is read and proves nothing', async () => {
    const run = await wholeRun(organization());
    const plan = JSON.parse(await readArtifact(run, 'gate-plan-1', 'plan.json'));
    const open = plan.targets.find(
      (it: PlannedTarget) => it.name === 'shop' && it.region === 'eu-central-1',
    );
    const place = ['gate-000-1', open.id, 'report.json'];
    await changeArtifact(run, place, (text) =>
      JSON.stringify({ ...JSON.parse(text), verdict: 'pass', findings: [] }),
    );
    const text = await readArtifact(run, ...place);
    const sha256 = createHash('sha256').update(text).digest('hex');
    await changeArtifact(run, ['gate-000-1', 'shard.json'], (record) => {
      const { targets, ...rest } = JSON.parse(record);
      const change = (it: { id: string }) =>
        it.id === open.id ? { ...it, sha256, verdict: 'pass' } : it;
      return JSON.stringify({ ...rest, targets: targets.map(change) });
    });
    const merged = await run.merge();
    expect([merged.exitCode, merged.fleet.verdict]).toEqual([2, 'incomplete']);
    expect(merged.fleet.counts).toMatchObject({ unreadable: 1, missing: 0 });
    expect(merged.stdout).toMatch(/its report counts \d+ in counts\.errors and holds 0/);
  });

  test('a plan that is cut, or changed by hand, is none', async () => {
    for (const change of [
      (text: string) => text.slice(0, -30),
      (text: string) => text.replace('"shop"', '"shop2"'),
    ]) {
      const run = await wholeRun(cleanOrganization());
      await changeArtifact(run, ['gate-plan-1', 'plan.json'], change);
      const merged = await run.merge();
      expect([merged.exitCode, merged.outputs.verdict]).toEqual([3, 'incomplete']);
      expect((await run.shard('000', { artifact: null })).exitCode).toBe(3);
    }
  });

  test('no plan at all', async () => {
    const run = await fleetRun(cleanOrganization());
    const merged = await run.merge();
    expect([merged.exitCode, merged.outputs.verdict]).toEqual([3, 'incomplete']);
  });
});

describe('artifacts of another run, and doubled ones', () => {
  test('records of another plan count for nothing, and are said', async () => {
    const other = await wholeRun(cleanOrganization());
    const run = await planned(await fleetRun(cleanOrganization()));
    await copyArtifact(other, 'gate-000-1', run, 'gate-000-1');
    await copyArtifact(other, 'gate-001-1', run, 'gate-001-1');
    const merged = await run.merge();
    expect(merged.exitCode).toBe(2);
    expect(merged.fleet.counts).toMatchObject({ missing: 4 });
    expect(merged.fleet.notes).toEqual([
      '2 records of shards belong to another plan, such as that of shard 000, attempt 1. Nothing of them counts.',
    ]);
  });

  test('the same artifact twice is one', async () => {
    const merged = await mergedAfter((run) =>
      copyArtifact(run, 'gate-000-1', run, 'gate-000-copy'),
    );
    expect(merged.exitCode).toBe(0);
  });

  test('two different ones of one attempt are no pass, and the findings of both are there', async () => {
    const run = await wholeRun(organization());
    const clean = await fleetRun(cleanOrganization());
    await copyArtifact(run, 'gate-plan-1', clean, 'gate-plan-1');
    await clean.shard('000');
    await copyArtifact(clean, 'gate-000-1', run, 'gate-000-0');
    const merged = await run.merge();
    expect(merged.exitCode).toBe(1);
    expect(merged.fleet.findings).toContainEqual(expect.objectContaining(OPEN));
    expect(merged.stdout).toContain('2 reports of it that differ');
  });

  test('a later attempt takes the place of an earlier one, and a failed one does not', async () => {
    const run = await planned(await fleetRun(cleanOrganization()));
    run.emulator.injectFault({
      operation: 'AssumeRole',
      where: ({ body }) => body.includes(BANK),
      times: 1,
      effect: { kind: 'answer', status: 403, errorType: 'AccessDenied' },
    });
    await run.shard('000');
    const first = await run.shard('001');
    expect(first.exitCode).toBe(2);
    expect((await run.merge()).exitCode).toBe(2);
    const second = await run.shard('001', { attempt: 2 });
    expect(second.exitCode).toBe(0);
    const merged = await run.merge();
    expect(merged.exitCode).toBe(0);
    expect(merged.fleet.targets.map(({ attempt }) => attempt)).toEqual([1, 1, 2, 2]);
  });

  test.each<[string, (text: string) => string]>([
    ['cut', (text) => text.slice(0, -20)],
    ['empty', () => ''],
  ])(
    'where the report of a later attempt is %s, the older one is no pass, and its findings stay',
    async (_, change) => {
      const run = await wholeRun(organization());
      const again = [
        await run.shard('000', { attempt: 2 }),
        await run.shard('001', { attempt: 2 }),
      ];
      expect(again.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
      const { shards } = JSON.parse(await readArtifact(run, 'gate-plan-1', 'plan.json'));
      for (const [shard, ids] of Object.entries<string[]>(shards)) {
        for (const id of ids) {
          await changeArtifact(run, [`gate-${shard}-2`, id, 'report.json'], change);
        }
      }
      const merged = await run.merge();
      expect(merged.fleet.counts).toMatchObject({ unreadable: 4, missing: 0 });
      expect(merged.fleet.incomplete).toBe(true);
      expect(merged.fleet.findings).toContainEqual(expect.objectContaining(OPEN));
      expect(merged.stdout).toContain('attempt 2: its report is not the one that the record names');
      const clean = merged.fleet.targets.filter(({ totals }) => totals?.errors === 0);
      expect(clean.map(({ verdict }) => verdict)).toEqual(clean.map(() => 'incomplete'));
      expect(clean.length).toBeGreaterThan(0);
    },
  );
});

describe('the plan', () => {
  test('made yesterday, it says nothing of what was added since', async () => {
    const run = await fleetRun(cleanOrganization());
    await run.plan({ shards: '2' });
    await changeArtifact(run, ['gate-plan-1', 'plan.json'], (text) => {
      const plan = parsePlan(text);
      if (!plan.ok) throw new Error(plan.why);
      const { planId: _, ...content } = plan.value;
      const madeAt = new Date(Date.now() - 30 * 3_600_000).toISOString();
      return renderPlan(makePlan({ ...content, madeAt }));
    });
    await run.shard('000');
    await run.shard('001');
    const merged = await run.merge();
    expect(merged.exitCode).toBe(2);
    expect(merged.stdout).toContain('the plan was made 30 hours ago');
  });

  test('without a target it is refused: an empty matrix would be skipped, and a skipped check is green', async () => {
    const run = await fleetRun(cleanOrganization());
    const plan = await run.plan(
      {},
      {},
      `organization: { except: [${SHOP}, ${BANK}] }\nregions: [eu-west-1]\n`,
    );
    expect([plan.exitCode, plan.outputs.matrix]).toEqual([3, undefined]);
    expect(plan.stdout).toContain('it comes to no target at all');
  });

  test('a page of accounts that cannot be read: the accounts before it are read, the rest is unread', async () => {
    const seed = cleanOrganization();
    const more = Array.from({ length: 22 }, (_, index) => ({
      id: String(500_000_000_000 + index),
      name: `more ${index}`,
      roles: [reader()],
    }));
    const run = await fleetRun({
      ...seed,
      organization: {
        ...seed.organization,
        accounts: [...(seed.organization?.accounts ?? []), ...more],
      },
    });
    run.emulator.injectFault({
      operation: 'ListAccounts',
      skip: 1,
      effect: { kind: 'answer', status: 400, errorType: 'AccessDeniedException' },
    });
    const plan = await run.plan();
    expect(plan.exitCode).toBe(0);
    expect(plan.outputs).toMatchObject({ unlisted: '1', shards: '1' });
    expect(Number(plan.outputs.targets)).toBeGreaterThan(10);
    await run.shard('000');
    const merged = await run.merge();
    expect(merged.exitCode).toBe(2);
    expect(merged.stdout).toContain('the organization could not be read: ListAccounts failed');
  });

  test('an organization that nobody may list: nothing to read, and not a pass', async () => {
    const run = await fleetRun(cleanOrganization());
    run.emulator.injectFault({
      operation: 'ListAccounts',
      effect: { kind: 'answer', status: 400, errorType: 'AccessDeniedException' },
    });
    const plan = await run.plan();
    expect([plan.exitCode, plan.outputs.matrix]).toEqual([2, '{"shard":[]}']);
    expect(plan.stdout).toContain('organizations:ListAccounts');
    const merged = await run.merge();
    expect(merged.exitCode).toBe(2);
  });

  test('regions are those that are enabled; one that is being enabled is read, a disabled one is named', async () => {
    const seed = cleanOrganization();
    const run = await fleetRun({
      ...seed,
      organization: {
        ...seed.organization,
        accounts: seed.organization?.accounts?.map((account) => ({
          ...account,
          regions: { 'eu-central-2': 'ENABLING', 'eu-south-1': 'ENABLED' } as const,
        })),
        forms: { regionsAPage: 7 },
      },
    });
    await run.plan({}, {}, 'organization: {}\nregions: ["eu-central-*", "eu-south-*"]\n');
    const plan = parsePlan(await readArtifact(run, 'gate-plan-1', 'plan.json'));
    if (!plan.ok) throw new Error(plan.why);
    const ofShop = plan.value.targets.filter(({ name }) => name === 'shop');
    expect(ofShop.map(({ region }) => region)).toEqual([
      'eu-central-1',
      'eu-central-2',
      'eu-south-1',
    ]);
    expect(plan.value.leftOut).toContainEqual({
      account: SHOP,
      name: 'shop',
      region: 'eu-south-2',
      why: 'the region is disabled in the account',
    });
  });

  test('regions of an account that nobody may list are a target of their own', async () => {
    const run = await fleetRun(cleanOrganization());
    run.emulator.injectFault({
      operation: 'ListRegions',
      where: ({ body }) => body.includes(BANK),
      effect: { kind: 'answer', status: 403, errorType: 'AccessDeniedException' },
    });
    const plan = await run.plan({}, {}, 'organization: {}\nregions: enabled\nrole-name: reader\n');
    expect([plan.exitCode, plan.outputs.unlisted]).toEqual([0, '1']);
    await run.shard('000');
    const merged = await run.merge();
    expect(merged.exitCode).toBe(2);
    expect(merged.stdout).toContain('The list of the regions of bank could not be read');
  });

  test.each(['with-account', 'without-account', 'absent'] as const)(
    'organizational units are followed down, whatever AWS says of paths: %s',
    async (paths) => {
      const seed = cleanOrganization();
      const run = await fleetRun({
        ...seed,
        organization: { ...seed.organization, forms: { paths } },
      });
      const namesIn = async (targets: string): Promise<(string | null)[]> => {
        await run.plan(
          { 'plan-dir': `plan-${targets.length}` },
          {},
          `${targets}\nregions: [eu-west-1]\n`,
        );
        const plan = parsePlan(await readArtifact(run, 'gate-plan-1', 'plan.json'));
        if (!plan.ok) throw new Error(plan.why);
        await removeFromArtifact(run, 'gate-plan-1');
        return plan.value.targets.map(({ name }) => name);
      };
      expect(await namesIn('organization: { ous: [ou-ab12-workloads] }')).toEqual(['shop', 'bank']);
      expect(await namesIn('organization: { ous: [ou-ab12-payments] }')).toEqual(['bank']);
      expect(await namesIn('organization: { except: [ou-ab12-payments] }')).toEqual(['shop']);
    },
  );

  test('an organizational unit that does not exist is no unit without accounts', async () => {
    const run = await fleetRun(cleanOrganization());
    const plan = await run.plan(
      {},
      {},
      'organization: { ous: [ou-ab12-payments, ou-ab12-99999999] }\nregions: [eu-west-1]\n',
    );
    expect(plan.exitCode).toBe(0);
    expect(Number(plan.outputs.unlisted)).toBeGreaterThan(0);
    expect(plan.stdout).toContain('ou-ab12-99999999');
  });
});

test.each<[string, Readonly<Record<string, string>>, string]>([
  ['a targets file that is no YAML', {}, 'organization: ['],
  ['a targets file that comes to no target', {}, `accounts: []\nregions: [eu-west-1]\n`],
  ['a wrong input', { shards: 'many' }, 'organization: {}\nregions: [eu-west-1]\n'],
])('a plan that an earlier run left does not outlive %s', async (_, wrong, targets) => {
  const run = await fleetRun(cleanOrganization());
  const inputs = { 'plan-dir': join(run.artifacts, 'of-last-night') };
  expect((await run.plan(inputs)).exitCode).toBe(0);
  expect(await readArtifact(run, 'of-last-night', 'plan.json')).toContain('planId');
  expect((await run.plan({ ...inputs, ...wrong }, {}, targets)).exitCode).toBe(3);
  await expect(readArtifact(run, 'of-last-night', 'plan.json')).rejects.toThrow('ENOENT');
});

describe('accounts that cannot be read', () => {
  test('one without the role: the others are read, the whole is incomplete', async () => {
    const seed = cleanOrganization();
    const run = await fleetRun({
      ...seed,
      organization: {
        ...seed.organization,
        accounts: seed.organization?.accounts?.map((account) =>
          account.name === 'bank' ? { ...account, roles: [] } : account,
        ),
      },
    });
    await planned(run);
    expect((await run.shard('000')).exitCode).toBe(0);
    const bank = await run.shard('001');
    expect(bank.exitCode).toBe(2);
    expect(bank.stdout).toContain('AssumeRole failed: the credentials may not make this call');
    const merged = await run.merge();
    expect(merged.exitCode).toBe(2);
    expect(merged.fleet.counts).toMatchObject({ missing: 0, unreadable: 2 });
    expect(merged.summary).toContain('What was not read: 2 targets');
    expect(merged.stdout).toContain('setup/organization');
  });

  test("the hub's credentials end half-way: what was read stays, the rest is unread", async () => {
    const run = await fleetRun(organization());
    await run.plan({ shards: '1' });
    run.emulator.injectFault({
      operation: 'AssumeRole',
      skip: 1,
      effect: {
        kind: 'answer',
        status: 403,
        errorType: 'ExpiredTokenException',
        message: 'The security token included in the request is expired',
      },
    });
    const result = await run.shard('000');
    expect(result.exitCode).toBe(2);
    expect(result.stdout).toContain('the AWS credentials have expired');
    const merged = await run.merge();
    expect(merged.fleet.counts).toMatchObject({ unreadable: 2, missing: 0 });
    expect(merged.exitCode).not.toBe(0);
  });

  test('a part of a target that cannot be read makes the whole incomplete', async () => {
    const run = await planned(await fleetRun(cleanOrganization()));
    run.emulator.injectFault({
      operation: 'GetStages',
      where: ({ accountId }) => accountId === BANK,
      effect: { kind: 'answer', status: 403, errorType: 'AccessDeniedException' },
    });
    await run.shard('000');
    expect((await run.shard('001')).exitCode).toBe(0);
    const merged = await run.merge();
    expect(merged.exitCode).toBe(2);
    expect(merged.fleet.counts).toMatchObject({ unreadable: 0, missing: 0 });
  });

  test('nothing was found anywhere: that is no pass', async () => {
    const seed = cleanOrganization();
    const run = await wholeRun({
      ...seed,
      organization: {
        ...seed.organization,
        accounts: seed.organization?.accounts?.map((account) => ({ ...account, apis: {} })),
      },
    });
    const merged = await run.merge();
    expect(merged.exitCode).toBe(2);
    expect(merged.stdout).toContain('Nothing was judged');
  });
});

test('merged again, as after a merge that was killed, the report has the same bytes', async () => {
  const run = await wholeRun(organization());
  const first = await run.merge();
  let kill = (_: NodeJS.Signals): void => {};
  const dead = await run.merge(
    {},
    {},
    {
      onStart: (it) => {
        kill = it;
      },
      onOutput: () => kill('SIGKILL'),
    },
  );
  expect(dead.exitCode).toBe(null);
  const second = await run.merge();
  expect(second.text).toBe(first.text);
  expect(second.summary).toBe(first.summary);
  expect(second.html).toBe(first.html);
  expect(second.sarif).toBe(first.sarif);
});

test('account ids are shown only where that is asked for', async () => {
  const run = await wholeRun(organization());
  const merged = await run.merge({ 'show-accounts': 'id' }, {}, { isShowingIds: true });
  expect(merged.summary).toContain(SHOP);
  expect(merged.fleet.targets.map(({ account }) => account)).toContain(SHOP);
});

test('inputs that a shard cannot mean are refused, all at once, before any call', async () => {
  const run = await planned(await fleetRun(organization()));
  run.emulator.clearRequests();
  const refused = await run.shard('000', {
    artifact: null,
    inputs: {
      mode: 'enforce',
      'api-id': 'a1b2c3d4e5',
      'invoke-group': 'callers',
      templates: 'template.yaml',
      'drift-issue': 'true',
      'fail-on': 'never',
    },
  });
  expect(refused.exitCode).toBe(3);
  for (const name of ['mode', 'api-id', 'invoke-group', 'templates', 'drift-issue', 'fail-on']) {
    expect(refused.stdout).toContain(`- ${name}: `);
  }
  const none = await run.shard('017', { artifact: null });
  expect([none.exitCode, none.stdout]).toEqual([3, expect.stringContaining('no shard 017')]);
  const alone = await run.shard('000', { artifact: null, inputs: { plan: '' } });
  expect([alone.exitCode, alone.stdout]).toEqual([3, expect.stringContaining('plan: is required')]);
  expect(run.emulator.requests).toEqual([]);
});

test('a plan whose outputs cannot be written is not green: no shard would start', async () => {
  const run = await fleetRun(cleanOrganization());
  // A folder in place of the runner's file, which the superuser cannot write to either.
  const { exitCode, annotations } = await run.plan({ shards: '2' }, { GITHUB_OUTPUT: '/' });
  expect(exitCode).toBe(2);
  expect(annotations.map(({ level, message }) => `${level}: ${message}`)).toEqual([
    expect.stringMatching(/^warning: The outputs could not be written: EISDIR/),
    expect.stringMatching(/^error: Nothing can be read: the matrix of the shards could not/),
  ]);
});
