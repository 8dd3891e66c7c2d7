import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { planFleet } from '../../../src/fleet/make-plan.js';
import { parsePlan, renderPlan } from '../../../src/fleet/plan.js';
import { parseTargetsFile } from '../../../src/fleet/targets-file.js';
import { MADE_AT } from './sample-fleet.js';

const parse = (text: string) => parseTargetsFile(text, 'targets.yml');

function problemsOf(text: string): readonly string[] {
  const parsed = parse(text);
  return parsed.ok ? [] : parsed.why;
}

describe('a targets file', () => {
  test('says which accounts, with defaults for the rest', () => {
    expect(parse('organization: {}\nregions: [eu-*]')).toEqual({
      ok: true,
      value: {
        organization: { ous: [], except: [], includeManagement: false },
        accounts: [],
        regions: ['eu-*'],
        roleName: 'apigw-iam-gate-reader',
        externalIdFrom: null,
        auth: 'chain',
      },
    });
  });

  test('takes accounts as numbers, as texts, and with names and regions of their own', () => {
    const parsed = parse(
      [
        'accounts:',
        '  - 111122223333',
        '  - "012345678901"',
        '  - { id: 444455556666, name: shop, regions: enabled }',
        'regions: enabled',
        'role-name: audit/reader',
        'external-id-from: GATE_EXTERNAL_ID',
        'auth: web-identity',
      ].join('\n'),
    );
    expect(parsed).toMatchObject({
      ok: true,
      value: {
        organization: null,
        accounts: [
          { id: '111122223333', name: null, regions: null },
          { id: '012345678901', name: null, regions: null },
          { id: '444455556666', name: 'shop', regions: 'enabled' },
        ],
        roleName: 'audit/reader',
        externalIdFrom: 'GATE_EXTERNAL_ID',
        auth: 'web-identity',
      },
    });
  });

  test('is refused with every problem at once, each at its place', () => {
    const text = [
      'organization:',
      '  ous: [ou-1]',
      '  exept: []',
      'accounts: [12345, 111122223333, 111122223333]',
      'regions: [EU]',
      'role-name: arn:aws:iam::111122223333:role/reader',
      'external-id-from: AWS_SECRET_ACCESS_KEY',
      'auth: keys',
    ].join('\n');
    expect(problemsOf(text)).toEqual([
      expect.stringMatching(/^targets\.yml:2:9: organization\.ous\[0\]: is not the id/),
      expect.stringMatching(/^targets\.yml:3:3: .*unknown key "exept"; did you mean except\?$/),
      expect.stringMatching(/^targets\.yml:4:12: accounts\[0\]: .*must stand in quotes$/),
      expect.stringMatching(/^targets\.yml:5:11: regions\[0\]: is not a region/),
      expect.stringMatching(/^targets\.yml:6:12: role-name: .*no ARN$/),
      expect.stringMatching(/^targets\.yml:7:19: external-id-from: .*ends in EXTERNAL_ID/),
      expect.stringMatching(/^targets\.yml:8:7: auth: must be one of chain, web-identity$/),
      expect.stringMatching(/^targets\.yml:4:11: has both organization and accounts/),
      expect.stringMatching(/^targets\.yml:4:33: accounts\[2\]: is there twice$/),
    ]);
  });

  test.each([
    ['', /names no accounts/],
    ['organization: {}', /regions: is required/],
    ['accounts: [111122223333]\nregions: [eu-west1]', /regions\[0\]: is not a region/],
    ['organization: {}\nregions: eu-west-1', /regions: must be enabled, or a list$/],
    ['accounts: []\nregions: enabled', /accounts: must not be an empty list/],
    ['accounts: [111122223333]\nregions: []', /regions: must not be an empty list/],
    ['organization: {}\nregions: [eu-west-1]\nregions: enabled', /Map keys must be unique/],
    ['organization: {', /targets\.yml:1:/],
  ])('%j is refused', (text, problem) => {
    expect(problemsOf(text).join('\n')).toMatch(problem);
  });

  test.each(['enabled', 'eu-west', 'eu-west-1a', 'us-east1', 'global', 'eu', 'eu-west-123'])(
    'a region called %s is refused, wherever it stands',
    (name) => {
      const problem = /is not a region such as eu-west-1, nor a glob/;
      expect(problemsOf(`organization: {}\nregions: [${name}]`).join()).toMatch(problem);
      const own = `accounts: [{ id: 111122223333, regions: [eu-*, ${name}] }]\nregions: enabled`;
      expect(problemsOf(own).join()).toMatch(problem);
    },
  );

  test('that is accepted makes a plan that can be read', () => {
    const characters = fc.constantFrom('e', 'u', '-', '*', '1', '2', '9', 'west', 'us', 'gov', 'A');
    const region = fc.array(characters, { minLength: 1, maxLength: 6 }).map((it) => it.join(''));
    const role = fc.stringMatching(/^[\w+=,.@-]{1,9}(?:\/[\w+=,.@-]{1,9}){0,2}$/);
    fc.assert(
      fc.property(fc.oneof(region, fc.constant('eu-west-1')), role, (name, roleName) => {
        const file = { accounts: ['111122223333'], regions: [name], 'role-name': roleName };
        const parsed = parse(JSON.stringify(file));
        if (!parsed.ok) return;
        // Names without a star are not looked up: they stand in the plan as the file has them.
        const regions = name.includes('*') ? ['eu-west-1'] : [name];
        const plan = planFleet(
          {
            accounts: [
              { id: '111122223333', name: null, ou: null, token: 't', regions, gap: null },
            ],
            ...{ leftOut: [], gaps: [] },
          },
          {
            ...{ file: parsed.value, scope: 'targets.yml', madeAt: MADE_AT },
            ...{ shards: null, apisLastTime: new Map(), partitionOf: () => 'aws' },
          },
        );
        expect(parsePlan(renderPlan(plan))).toEqual({ ok: true, value: plan });
      }),
      { numRuns: 1000 },
    );
  });

  test('never throws, whatever it holds', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        const parsed = parse(text);
        if (!parsed.ok) expect(parsed.why.length).toBeGreaterThan(0);
      }),
    );
  });
});
