import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type AccountRegions, planFleet } from '../../../src/fleet/make-plan.js';
import { nameAccounts } from '../../../src/fleet/names.js';
import { parsePlan, renderPlan } from '../../../src/fleet/plan.js';
import { MAX_SHARDS, shardsFor, spread } from '../../../src/fleet/spread.js';
import { makeFleetPlan } from './sample-fleet.js';

const loads = fc.uniqueArray(
  fc.record({
    account: fc.integer({ min: 0, max: 40 }).map((it) => String(it).padStart(12, '0')),
    region: fc.constantFrom('eu-west-1', 'eu-west-2', 'us-east-1'),
    apisLastTime: fc.option(fc.nat(600)),
  }),
  { selector: ({ account, region }) => `${account} ${region}`, minLength: 1, maxLength: 100 },
);

describe('shards', () => {
  test('hold every target once, an account in one of them, and none is empty', () => {
    fc.assert(
      fc.property(loads, fc.integer({ min: 1, max: 300 }), (given, number) => {
        const targets = given.map((it) => ({ ...it, id: `${it.account}.${it.region}` }));
        const shards = spread(targets, number);
        const lists = Object.values(shards);
        expect(lists.flat().toSorted()).toEqual(targets.map(({ id }) => id).toSorted());
        expect(lists.every((ids) => ids.length > 0)).toBe(true);
        expect(lists.length).toBeLessThanOrEqual(Math.min(number, MAX_SHARDS));
        const homes = new Map<string, string>();
        for (const [shard, ids] of Object.entries(shards)) {
          for (const id of ids) {
            const [account = ''] = id.split('.');
            expect(homes.get(account) ?? shard).toBe(shard);
            homes.set(account, shard);
          }
        }
      }),
    );
  });

  test('are as even as longest first makes them: at most 4/3 of the best and of the largest account', () => {
    fc.assert(
      fc.property(loads, fc.integer({ min: 1, max: 16 }), (given, number) => {
        const targets = given.map((it) => ({ ...it, id: `${it.account}.${it.region}` }));
        const weight = new Map(targets.map((it) => [it.id, 1 + (it.apisLastTime ?? 3)]));
        const lists = Object.values(spread(targets, number));
        const sums = lists.map((ids) => ids.reduce((sum, id) => sum + (weight.get(id) ?? 0), 0));
        const total = sums.reduce((sum, it) => sum + it, 0);
        const largest = Math.max(
          ...[...Map.groupBy(targets, ({ account }) => account).values()].map((own) =>
            own.reduce((sum, { id }) => sum + (weight.get(id) ?? 0), 0),
          ),
        );
        // List scheduling: never more than the mean and one account besides.
        expect(Math.max(...sums)).toBeLessThanOrEqual(total / lists.length + largest);
      }),
    );
  });

  test('begin with what takes longest, and do not depend on the order of the targets', () => {
    fc.assert(
      fc.property(loads, fc.integer({ min: 1, max: 16 }), (given, number) => {
        const targets = given.map((it) => ({ ...it, id: `${it.account}.${it.region}` }));
        expect(spread(targets.toReversed(), number)).toEqual(spread(targets, number));
      }),
    );
  });

  test('are one for each 50 targets where nobody says', () => {
    expect([1, 50, 51, 800, 100_000].map(shardsFor)).toEqual([1, 1, 2, 16, 256]);
  });
});

describe('plan.json', () => {
  test('is read as it was written', () => {
    const plan = makeFleetPlan();
    expect(parsePlan(renderPlan(plan))).toEqual({ ok: true, value: plan });
  });

  test('that was cut or changed anywhere is no plan', () => {
    const text = renderPlan(makeFleetPlan());
    fc.assert(
      fc.property(fc.nat(text.length - 3), fc.constantFrom('x', '0', '"', ''), (at, put) => {
        const changed = `${text.slice(0, at)}${put}${text.slice(at + 1)}`;
        const isBlank = JSON.stringify(safely(changed)) === JSON.stringify(JSON.parse(text));
        expect(parsePlan(changed).ok).toBe(isBlank);
        expect(parsePlan(text.slice(0, at)).ok).toBe(false);
      }),
    );
  });

  test('never throws, whatever a file holds', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => !parsePlan(text).ok));
  });

  test('has every account and region, and what could not be listed beside them', () => {
    const account = (id: string, parts: Partial<AccountRegions>): AccountRegions => ({
      ...{ id, name: id, ou: null, token: `t${id}`, regions: [], gap: null },
      ...parts,
    });
    const plan = planFleet(
      {
        accounts: [
          account('111111111111', { regions: ['eu-west-1', 'eu-west-1', 'cn-north-1'] }),
          account('222222222222', { gap: { why: 'ListRegions failed', fix: 'Allow it.' } }),
        ],
        leftOut: [],
        gaps: [{ name: 'the organization', why: 'ListAccounts failed', fix: 'Allow it.' }],
      },
      {
        file: { roleName: 'audit/reader', auth: 'chain', externalIdFrom: null },
        scope: 'targets.yml',
        madeAt: '2026-11-25T00:00:00.000Z',
        shards: null,
        apisLastTime: new Map([['t111111111111.eu-west-1', 12]]),
        partitionOf: (region) => (region.startsWith('cn-') ? 'aws-cn' : 'aws'),
      },
    );
    expect(plan.targets.map(({ id, role, apisLastTime }) => [id, role, apisLastTime])).toEqual([
      ['t111111111111.cn-north-1', 'arn:aws-cn:iam::111111111111:role/audit/reader', null],
      ['t111111111111.eu-west-1', 'arn:aws:iam::111111111111:role/audit/reader', 12],
    ]);
    expect(plan.unlisted.map(({ account: of, name }) => [of, name])).toEqual([
      [null, 'the organization'],
      ['222222222222', '222222222222'],
    ]);
    expect(parsePlan(renderPlan(plan))).toEqual({ ok: true, value: plan });
  });
});

test('accounts of one name are told apart, and ids are shown only where that is asked for', () => {
  const plan = makeFleetPlan();
  const name = nameAccounts(plan, 'name');
  const id = nameAccounts(plan, 'id');
  for (const { account } of plan.targets) {
    expect(name(account)).not.toContain(account);
    expect(id(account)).toContain(account);
  }
  expect(new Set(plan.targets.map(({ account }) => name(account))).size).toBe(
    new Set(plan.targets.map(({ account }) => account)).size,
  );
});

test('an id that is part of a name is masked, and names that are alike then are told apart', () => {
  const plan = makeFleetPlan();
  const accounts = [...new Set(plan.targets.map(({ account }) => account))];
  const named = plan.targets.map((it) => ({
    ...it,
    name: `pay-${accounts.indexOf(it.account) + 10}3456781111`,
  }));
  const [left] = plan.targets;
  const leftOut = {
    account: '999999999999',
    name: 'old-999999999999',
    region: left?.region ?? null,
    why: 'is closed',
  };
  const renamed = { ...plan, targets: named, leftOut: [leftOut] };
  const name = nameAccounts(renamed, 'name');
  const shown = accounts.map(name);
  for (const one of shown) expect(one).toMatch(/^pay-\*{8}1111 \(/);
  expect(new Set(shown).size).toBe(accounts.length);
  expect(name('999999999999')).toBe('old-********9999');
  expect(nameAccounts(renamed, 'id')('999999999999')).toBe('old-999999999999 (999999999999)');
});

function safely(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
