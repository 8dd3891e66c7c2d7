import { describe, expect, test } from '@jest/globals';
import type { ExceptionClause } from '../../../src/config/config.js';
import { compileMethodGlobs } from '../../../src/config/method-glob.js';
import { onlyDeclared } from '../../../src/evidence/declared/attach.js';
import { type ApiEvidence, type Evidence, UNREADABLE } from '../../../src/model/evidence.js';
import { applyExceptions } from '../../../src/rules/exceptions.js';
import { judge } from '../../../src/rules/judge.js';
import {
  deployFix,
  enforceFix,
  grantFix,
  isConfiguredMock,
  servedFix,
} from '../../../src/rules/method.js';
import { explain } from '../../../src/rules/observed.js';
import {
  api,
  apiOf,
  configured,
  configuredMethod,
  deployed,
  deployedMethod,
  evidenceOf,
  ONLY_IAM,
  observation,
  onlyRow,
  read,
  rowsOf,
  settled,
  stage,
  UNREAD,
} from '../evidence-builder.js';
import { at, declaredApi, declaredMethod, findingsOf } from './declared-builder.js';

/* What is said, and of what nobody knows more. */

const found = (evidence: Evidence, rows = rowsOf(...evidence.apis)) =>
  judge({ evidence, rows, observations: [] });

describe('a stage that lets an unsigned request in', () => {
  const fixOf = (of: ApiEvidence) => {
    const row = onlyRow(of);
    const observations = [observation(row, { unsigned: settled('accepted') })];
    const findings = judge({ evidence: evidenceOf(of), rows: [row], observations });
    return findings.find(({ rule }) => rule === 'unsigned-accepted')?.fix ?? '';
  };
  const CONNECT = { method: '$connect', path: '$connect' };
  const socket = (types: Record<string, string>, served = types): ApiEvidence =>
    api({
      kind: 'WEBSOCKET',
      alwaysJudged: [CONNECT],
      configured: read(configured(types)),
      stages: read([stage({ deployed: read(deployed(served)) })]),
    });

  test('for want of a $connect route is told to add one, and no other is', () => {
    const addIt = 'Add a $connect route with the authorization type AWS_IAM';
    expect(fixOf(socket({}))).toContain(addIt);
    expect(fixOf(socket({ '$connect $connect': 'NONE' }))).not.toContain(addIt);
    expect(fixOf(socket({ '$connect $connect': 'AWS_IAM' }))).toContain('The snapshot asks for');
    // What is gone from the configuration of another kind of API is no entrance.
    expect(fixOf(apiOf({}, { 'GET /a': 'NONE' }))).not.toContain(addIt);
    const others = [CONNECT, { method: '$disconnect', path: '$disconnect' }];
    const other: ApiEvidence = { ...apiOf({}, { 'GET /a': 'NONE' }), alwaysJudged: others };
    const row = rowsOf(other).find(({ method }) => method === 'GET');
    if (row === undefined) throw new Error('there is no row');
    const [one] = judge({
      evidence: evidenceOf(other),
      rows: [row],
      observations: [observation(row, { unsigned: settled('accepted') })],
    }).filter(({ rule }) => rule === 'unsigned-accepted');
    expect(one?.fix).not.toContain(addIt);
  });
});

describe('nothing at all', () => {
  const NOTHING = 'Nothing was judged';
  const isSaid = (evidence: Evidence, rows?: ReturnType<typeof rowsOf>) =>
    found(evidence, rows).some(({ message }) => message.startsWith(NOTHING));
  const empty = evidenceOf(apiOf({}));

  test('is no pass, unless only files are judged or there are other targets', () => {
    expect(isSaid(empty)).toBe(true);
    expect(isSaid(evidenceOf())).toBe(true);
    expect(isSaid({ ...empty, isOfFilesAlone: true })).toBe(false);
    expect(isSaid({ ...empty, isOneOfMany: true })).toBe(false);
    expect(isSaid(evidenceOf(apiOf({ 'GET /a': 'AWS_IAM' })))).toBe(false);
    // Why nothing was read is said instead.
    expect(isSaid(evidenceOf({ ...apiOf({}), configured: UNREAD }))).toBe(false);
    expect(isSaid({ ...empty, listing: UNREAD })).toBe(false);
  });

  test('is what a file declares and AWS has not', () => {
    const inFiles = onlyDeclared([declaredApi({ methods: [declaredMethod('GET /a')] })], ONLY_IAM);
    expect(isSaid(evidenceOf(...inFiles))).toBe(true);
    const both = [...inFiles, apiOf({ 'GET /a': 'AWS_IAM' })];
    expect(isSaid(evidenceOf(...both))).toBe(false);
  });
});

describe('an OPTIONS method of which nobody knows whether it is a preflight', () => {
  const served = (type: string, preflight: 'yes' | 'no' | 'unknown') => {
    const of = api({
      configured: read(configured({ 'GET /a': 'AWS_IAM' })),
      stages: read([
        stage({
          deployed: read(
            new Map([
              ['OPTIONS /a', deployedMethod('OPTIONS /a', { authorizationType: type, preflight })],
            ]),
          ),
        }),
      ]),
    });
    return found(evidenceOf(of)).filter(({ message }) => message.includes('is a preflight'));
  };

  test('is said once, where it is served without IAM', () => {
    expect(served('NONE', 'unknown')).toMatchObject([
      { rule: 'unreadable', method: 'OPTIONS', path: '/a', stage: 'prod' },
    ]);
    expect(served('CUSTOM', 'unknown')).toHaveLength(1);
    for (const known of ['yes', 'no'] as const) expect(served('NONE', known)).toEqual([]);
    expect(served('AWS_IAM', 'unknown')).toEqual([]);
    expect(served(UNREADABLE, 'unknown')).toEqual([]);
  });
});

test('a refused signature gets the statement that helps, and an unsigned request none', () => {
  const signed = settled('refused');
  const row = onlyRow(apiOf({ 'GET /a': 'AWS_IAM' }));
  const both = observation(row, { signed, unsigned: settled('refused') });
  const allow = '"Action":"execute-api:Invoke"';
  expect(explain(signed, both).remedy).toContain(allow);
  expect(explain(both.unsigned ?? signed, both).remedy).not.toContain(allow);
  // A denied request is one that was signed, whoever sent it.
  expect(explain(settled('denied'), both).remedy).toContain(allow);
  expect(explain(settled('accepted'), both).remedy).not.toContain(allow);
});

test('a MOCK integration is one that was read', () => {
  const of = (integrationType: string) =>
    api({
      configured: read(
        new Map([['OPTIONS /a', configuredMethod('OPTIONS /a', { integrationType })]]),
      ),
    });
  const isMock = (it: ApiEvidence) => {
    const [row] = rowsOf(of('MOCK'));
    if (row === undefined) throw new Error('there is no row');
    return isConfiguredMock({ ...row, api: it });
  };
  expect(isMock(of('MOCK'))).toBe(true);
  expect(isMock(of('HTTP_PROXY'))).toBe(false);
  expect(isMock(api({ configured: UNREAD }))).toBe(false);
  expect(isMock(api({ configured: read(new Map()) }))).toBe(false);
});

describe('what is said to turn IAM on', () => {
  const row = onlyRow(apiOf({ 'GET /a': 'NONE' }));
  const asked = { mode: 'audit', replaceAuthorizers: false, grant: false } as const;

  test('names every input that a run would need, and in mode enforce those that are missing', () => {
    expect(enforceFix(row, 'NONE', asked)).toMatch(/or run the gate with mode: enforce\.$/);
    for (const replaceAuthorizers of [false, true]) {
      const ofAudit = enforceFix(row, 'CUSTOM', { ...asked, replaceAuthorizers });
      expect(ofAudit).toContain('mode: enforce and replace-authorizers: true (callers that use');
    }
    const enforcing = { ...asked, mode: 'enforce' } as const;
    expect(enforceFix(row, 'CUSTOM', enforcing)).toContain('or set replace-authorizers: true (');
    const replacing = { ...enforcing, replaceAuthorizers: true };
    expect(enforceFix(row, 'CUSTOM', replacing)).toContain('put right why enforce did not');
    expect(enforceFix(row, 'NONE', enforcing)).toContain('put right why enforce did not');
  });

  test('is what an audit says where nobody says what was asked', () => {
    expect(enforceFix(row, 'CUSTOM')).toBe(enforceFix(row, 'CUSTOM', asked));
    expect(deployFix(row)).toBe(deployFix(row, asked));
    expect(servedFix(row)).toBe(servedFix(row, asked));
    expect(grantFix()).toBe(grantFix(asked));
    expect(grantFix({ ...asked, grant: true })).toBe(grantFix(asked));
  });

  test('of a stage goes by what is configured; where nobody can read that, by what is served', () => {
    const unread = { ...row, configured: UNREADABLE, deployed: 'CUSTOM' };
    expect(servedFix(unread)).toContain('replace-authorizers: true');
    expect(servedFix({ ...unread, deployed: null })).not.toContain('replace-authorizers');
    expect(servedFix({ ...unread, configured: null })).toMatch(/^Deploy the API to the stage/);
  });
});

describe('in files', () => {
  test('each place of an OPTIONS method that reaches a backend has a finding of its own', () => {
    const options = (line: number) =>
      declaredMethod('OPTIONS /a', {
        authorization: 'NONE',
        place: at(line),
        when: [line === 7 ? 'A' : '!A'],
      });
    const of = (...methods: ReturnType<typeof declaredMethod>[]) =>
      findingsOf(declaredApi({ methods })).filter(({ rule }) => rule === 'preflight-has-backend');
    const prints = of(options(7), options(9)).map(({ fingerprint }) => fingerprint);
    expect(new Set(prints).size).toBe(2);
    // The first one keeps its identity when a second comes.
    expect(prints[0]).toBe(of(options(7))[0]?.fingerprint);
    const custom = { ...options(9), authorization: 'CUSTOM' as const };
    expect(of(custom)[0]?.fingerprint).not.toBe(of(options(9))[0]?.fingerprint);
  });

  test('a type that nobody knows is of an unknown effect, and an exception covers it', () => {
    const unresolved = { reason: 'a macro', give: 'expand it', place: at(7) };
    const methods = [declaredMethod('GET /a', { authorization: 'unresolved', unresolved })];
    const apis = onlyDeclared([declaredApi({ methods })], ONLY_IAM);
    const evidence: Evidence = { ...evidenceOf(...apis), isOfFilesAlone: true };
    const findings = found(evidence);
    expect(findings).toMatchObject([
      { rule: 'declared-unresolved', severity: 'error', effect: 'unknown' },
    ]);
    const clause: ExceptionClause = {
      methods: ['GET /a'],
      matches: compileMethodGlobs(['GET /a']),
      apis: [],
      stages: [],
      reason: 'health',
      owner: 'team',
      expires: null,
      location: { file: 'policy.yml', line: 1 },
    };
    const all = { ...clause, apis: apis.map(({ id }) => id) };
    expect(applyExceptions(findings, [all], evidence, '2026-11-26').findings).toEqual([]);
  });
});
