import { expect, test } from '@jest/globals';
import { surveyFleet } from '../../../src/gate/survey.js';

test('units that hold themselves or each other are walked once', async () => {
  const asked: string[] = [];
  const nothing = { items: [], failure: null };
  const below: Readonly<Record<string, readonly string[]>> = {
    'ou-ab12-11111111': ['ou-ab12-22222222', 'ou-ab12-11111111'],
    'ou-ab12-22222222': ['ou-ab12-11111111', 'ou-ab12-22222222'],
  };
  const surveyed = await surveyFleet(
    {
      organization: { ous: ['ou-ab12-11111111'], except: [], includeManagement: false },
      accounts: [],
      regions: ['eu-west-1'],
      roleName: 'reader',
      auth: 'chain',
      externalIdFrom: null,
    },
    {
      organization: {
        listAccounts: async () => nothing,
        listAccountsIn: async () => nothing,
        listUnitsIn: async (unit) => {
          asked.push(unit);
          if (asked.length > 10) throw new Error('it is walked for ever');
          return { items: below[unit] ?? [], failure: null };
        },
      },
      listRegions: async () => nothing,
      ownAccount: async () => null,
      tokenOf: async (account) => `t${account}`,
      logger: { info: () => {}, debug: () => {}, group: (_, phase) => phase() },
    },
  );
  expect(asked).toEqual(['ou-ab12-11111111', 'ou-ab12-22222222']);
  expect(surveyed.gaps).toEqual([]);
});

test('the id in the name of an account is in no line of the log', async () => {
  const subjects: string[] = [];
  await surveyFleet(
    {
      organization: null,
      accounts: [{ id: '482913570264', name: 'pay-482913570264', regions: 'enabled' }],
      regions: ['eu-west-1'],
      roleName: 'reader',
      auth: 'chain',
      externalIdFrom: null,
    },
    {
      organization: {
        listAccounts: async () => ({ items: [], failure: null }),
        listAccountsIn: async () => ({ items: [], failure: null }),
        listUnitsIn: async () => ({ items: [], failure: null }),
      },
      listRegions: async (_, subject) => {
        subjects.push(subject);
        return { items: [{ name: 'eu-west-1', status: 'ENABLING' }], failure: null };
      },
      ownAccount: async () => null,
      tokenOf: async () => 't1',
      logger: { info: () => {}, debug: () => {}, group: (_, phase) => phase() },
    },
  );
  expect(subjects).toEqual(['pay-********0264']);
});
