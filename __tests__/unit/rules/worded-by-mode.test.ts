import { expect, test } from '@jest/globals';
import {
  backendOf,
  deployFix,
  enforceFix,
  grantFix,
  isFixedAtSource,
  nounOf,
  reachOf,
  servedFix,
} from '../../../src/rules/method.js';
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

test('where a stage deploys by itself, enforce changes nothing without allow-live-changes', () => {
  const of = (autoDeploy: boolean) => {
    const api = apiOf({ 'GET /a': 'NONE' }, { 'GET /a': 'NONE' });
    const stages = api.stages.readable ? api.stages.value : [];
    const deployment = {
      ...{ autoDeploy, isManaged: false },
      ...{ deploymentStatus: 'DEPLOYED', lastDeploymentStatusMessage: null },
    };
    const value = stages.map((stage) => ({ ...stage, deployment }));
    return onlyRow({ ...api, kind: 'HTTP', stages: { readable: true, value } });
  };
  const live = { ...asked('enforce'), allowLiveChanges: true };
  expect(enforceFix(of(true), 'NONE', asked('audit'))).toBe(
    'Set its authorization to AWS_IAM at its source, or run the gate with mode: enforce and allow-live-changes: true (a stage of the API deploys by itself, and each change is live at once).',
  );
  expect(enforceFix(of(true), 'JWT', asked('audit'))).toContain(
    'with mode: enforce, replace-authorizers: true and allow-live-changes: true (callers that use JWT today must sign then; a stage',
  );
  expect(enforceFix(of(true), 'NONE', asked('enforce'))).toContain(
    'or set allow-live-changes: true (',
  );
  expect(enforceFix(of(true), 'JWT', live)).toContain('or set replace-authorizers: true (');
  expect(enforceFix(of(true), 'JWT', live)).not.toContain('allow-live-changes');
  expect(enforceFix(of(true), 'NONE', live)).toContain('put right why enforce did not');
  expect(enforceFix(of(false), 'NONE', asked('audit'))).not.toContain('allow-live-changes');
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

test('nobody is told to deploy to a stage that deploys by itself', () => {
  const deployment = {
    ...{ autoDeploy: true, isManaged: false },
    ...{ deploymentStatus: 'DEPLOYED', lastDeploymentStatusMessage: null },
  };
  const of = (configured: string) => {
    const api = apiOf({ 'GET /a': configured }, { 'GET /a': 'NONE' });
    const stages = api.stages.readable ? api.stages.value : [];
    const value = stages.map((stage) => ({ ...stage, deployment }));
    return onlyRow({ ...api, kind: 'HTTP', stages: { readable: true, value } });
  };
  expect(servedFix(of('AWS_IAM'))).toContain('whether its last deployment failed');
  expect(deployFix(of('AWS_IAM'), asked('enforce'))).not.toContain('Deploy the API');
  expect(servedFix(of('NONE'))).not.toContain('deploy the API to the stage');
});

test('a method is in order at its source with an allowed type, or as a preflight', () => {
  const preflight = { authorizationType: 'NONE', integrationType: 'MOCK', answersCors: true };
  const backend = { authorizationType: 'NONE', integrationType: 'AWS_PROXY' };
  const row = (parts: object | string, method = 'OPTIONS') =>
    onlyRow(apiOf({ [`${method} /a`]: parts }));
  expect(isFixedAtSource(row('AWS_IAM'))).toBe(true);
  expect(isFixedAtSource(row(preflight))).toBe(true);
  expect(isFixedAtSource(row(backend))).toBe(false);
  expect(isFixedAtSource(row(preflight, 'GET'))).toBe(false);
  expect(isFixedAtSource({ ...row('AWS_IAM'), configured: null })).toBe(false);
  expect(isFixedAtSource({ ...row(preflight), configured: null })).toBe(false);
});

test('methods and routes are called what AWS calls them, and $default what it takes', () => {
  const row = (kind: 'REST' | 'HTTP' | 'WEBSOCKET', name: string) =>
    onlyRow({ ...apiOf({ [name]: 'NONE' }), kind });
  expect(nounOf(row('REST', 'GET /a'))).toBe('method');
  expect(nounOf(row('HTTP', 'GET /a'))).toBe('route');
  expect(nounOf(row('WEBSOCKET', '$connect $connect'))).toBe('route');
  expect(reachOf(row('HTTP', '$default $default'))).toContain('every path that no other route');
  expect(reachOf(row('HTTP', 'GET /a'))).toBe('');
  expect(reachOf(row('WEBSOCKET', '$default $default'))).toBe('');
  expect(backendOf(row('REST', 'OPTIONS /a'))).toContain('no preflight');
  expect(backendOf(row('REST', 'GET /a'))).toBe('');
});
