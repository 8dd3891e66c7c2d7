import { describe, expect, test } from '@jest/globals';
import { listRegions } from '../../../src/aws/account-regions.js';
import { createOrganization } from '../../../src/aws/organization.js';

const RETRIES = {
  logger: {
    info: () => {},
    debug: () => {},
    group: <T>(_title: string, phase: () => Promise<T>) => phase(),
  },
  maxAttempts: 1,
  sleep: async () => {},
  random: () => 0,
};

/** A client that gives one answer after the other, and the last one for ever. */
function answering(...answers: readonly object[]) {
  let calls = 0;
  return {
    send: async (): Promise<never> => {
      const answer = answers[Math.min(calls, answers.length - 1)];
      calls += 1;
      return { $metadata: { httpStatusCode: 200, requestId: 'r' }, ...answer } as never;
    },
    get calls() {
      return calls;
    },
  };
}

describe('lists of an organization', () => {
  test('a token that comes again ends the list as a failure, and keeps what came before', async () => {
    const client = answering({ Accounts: [{ Id: '111111111111' }], NextToken: 'again' });
    const { items, failure } = await createOrganization(client, RETRIES).listAccounts();
    expect(failure?.message).toContain('the same page was offered twice');
    expect(items.map(({ id }) => id)).toEqual(['111111111111', '111111111111']);
    expect(client.calls).toBe(2);
  });

  test('an empty page with a token is no end', async () => {
    const client = answering({ NextToken: 'a' }, { Accounts: [{ Id: '111111111111' }] });
    const { items, failure } = await createOrganization(client, RETRIES).listAccounts();
    expect([items.length, failure]).toEqual([1, null]);
  });

  test.each(['', undefined])('a unit whose id is %j is not lost', async (Id) => {
    const client = answering({ OrganizationalUnits: [{ Id: 'ou-ab12-11111111' }, { Id }] });
    const { failure } = await createOrganization(client, RETRIES).listUnitsIn('r-ab12');
    expect(failure?.message).toContain('an organizational unit without an id');
  });

  test.each(['', undefined])('a region whose name is %j is not lost', async (RegionName) => {
    const client = answering({ Regions: [{ RegionName: 'eu-west-1' }, { RegionName }] });
    const { failure } = await listRegions(null, 'x', client, RETRIES);
    expect(failure?.message).toContain('a region without a name');
  });

  test.each([{}, { Regions: [] }])(
    'an account without a region is not read: %j',
    async (answer) => {
      const { failure } = await listRegions(null, 'x', answering(answer), RETRIES);
      expect(failure?.message).toContain('the answer lists no region at all');
    },
  );
});
