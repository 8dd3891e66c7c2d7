import { expect, test } from '@jest/globals';
import { deployFix, enforceFix, grantFix } from '../../../src/rules/method.js';
import { apiOf, onlyRow } from '../evidence-builder.js';

const ROW = onlyRow(apiOf({ 'GET /a': 'NONE' }));

const asked = (mode: 'audit' | 'plan' | 'enforce', replaceAuthorizers = false, grant = false) => ({
  mode,
  replaceAuthorizers,
  grant,
});

test.each(['audit', 'plan'] as const)('after %s enforce is what comes next', (mode) => {
  for (const type of ['NONE', 'CUSTOM', 'COGNITO_USER_POOLS']) {
    expect(enforceFix(ROW, type, asked(mode))).toContain('run the gate with mode: enforce');
  }
  expect(enforceFix(ROW, 'CUSTOM', asked(mode))).toContain('replace-authorizers: true');
  expect(deployFix(ROW, asked(mode))).toContain('mode: enforce');
  expect(grantFix(asked(mode))).toContain('mode: enforce and grant: true');
});

test('nobody is told by enforce to run enforce, and what is set is not asked for again', () => {
  const all = [false, true].flatMap((replace) =>
    [false, true].flatMap((grant) => {
      const enforce = asked('enforce', replace, grant);
      const types = ['NONE', 'CUSTOM', 'JWT'].map((type) => enforceFix(ROW, type, enforce));
      return [...types, deployFix(ROW, enforce), grantFix(enforce)];
    }),
  );
  for (const fix of all) expect(fix).not.toContain('mode: enforce');
  expect(enforceFix(ROW, 'CUSTOM', asked('enforce'))).toContain('set replace-authorizers: true');
  expect(enforceFix(ROW, 'CUSTOM', asked('enforce', true))).not.toContain('replace-authorizers');
  expect(grantFix(asked('enforce'))).toContain('set grant: true');
  expect(grantFix(asked('enforce', false, true))).not.toContain('grant: true');
});
