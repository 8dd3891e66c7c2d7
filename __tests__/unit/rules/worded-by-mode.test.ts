import { expect, test } from '@jest/globals';
import { deployFix, enforceFix, grantFix, servedFix } from '../../../src/rules/method.js';
import { apiOf, onlyRow, UNREAD } from '../evidence-builder.js';

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

test('a route that API Gateway manages is replaced by one of its own, whatever the mode', () => {
  const route = (isManaged: boolean) => ({
    routeId: 'r1',
    routeKey: 'GET /a',
    isManaged,
    target: null,
  });
  const of = (isManaged: boolean) =>
    onlyRow(
      apiOf(
        { 'GET /a': { authorizationType: 'NONE', route: route(isManaged) } },
        { 'GET /a': 'NONE' },
      ),
    );
  for (const mode of ['audit', 'enforce'] as const) {
    expect(enforceFix(of(true), 'NONE', asked(mode))).toContain('quick create');
    expect(enforceFix(of(false), 'NONE', asked(mode))).not.toContain('quick create');
  }
});

test('what a stage serves is closed as what is configured, or served, would be', () => {
  const unread = (type: string) =>
    onlyRow({ ...apiOf({ 'GET /a': 'AWS_IAM' }, { 'GET /a': type }), configured: UNREAD });
  expect(servedFix(unread('CUSTOM'))).toContain('replace-authorizers: true');
  expect(servedFix(unread('NONE'))).not.toContain('replace-authorizers');
  const changed = onlyRow(apiOf({ 'GET /a': 'CUSTOM' }, { 'GET /a': 'NONE' }));
  expect(servedFix(changed)).toContain('replace-authorizers: true');
  expect(servedFix(changed)).toMatch(/ Then deploy the API to the stage\.$/);
  // What is configured is right: a deployment is all that is missing.
  const fixed = onlyRow(apiOf({ 'GET /a': 'AWS_IAM' }, { 'GET /a': 'NONE' }));
  expect(servedFix(fixed)).toBe(deployFix(fixed));
  const gone = { ...fixed, configured: null };
  expect(servedFix(gone)).toBe(deployFix(gone));
});
