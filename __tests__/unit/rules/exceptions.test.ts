import { describe, expect, test } from '@jest/globals';
import type { ExceptionClause } from '../../../src/config/config.js';
import { compileMethodGlobs } from '../../../src/config/method-glob.js';
import type { ApiEvidence } from '../../../src/model/evidence.js';
import { applyExceptions, type Excepted, isExcepted } from '../../../src/rules/exceptions.js';
import { finding } from '../../../src/rules/finding.js';
import { judge } from '../../../src/rules/judge.js';
import {
  api,
  configured,
  deployed,
  evidenceOf,
  observation,
  read,
  rowsOf,
  settled,
  stage,
  stageWithCanary,
  UNREAD,
} from '../evidence-builder.js';

const TODAY = '2026-11-23';

function clause(parts: Partial<ExceptionClause> = {}): ExceptionClause {
  const methods = parts.methods ?? ['GET /health'];
  return {
    methods,
    matches: compileMethodGlobs(methods),
    apis: ['a1b2c3'],
    stages: [],
    reason: 'load balancer',
    owner: 'team-shop',
    expires: null,
    location: { file: '.github/apigw-iam-gate.yml', line: 7 },
    ...parts,
  };
}

/** An API whose GET /health and GET /orders are open in every stage. */
function openApi(stages: readonly string[] = ['prod']): ApiEvidence {
  const methods = { 'GET /health': 'NONE', 'GET /orders': 'NONE' };
  return api({
    configured: read(configured(methods)),
    stages: read(stages.map((name) => stage({ name, deployed: read(deployed(methods)) }))),
  });
}

function excepted(of: ApiEvidence, ...clauses: ExceptionClause[]): Excepted {
  const evidence = evidenceOf(of);
  const findings = judge({ evidence, rows: rowsOf(of), observations: [] });
  return applyExceptions(findings, clauses, evidence, TODAY);
}

const named = ({ findings }: Excepted): string[] =>
  findings.map(({ rule, path, stage }) =>
    [rule, path, stage].filter((it) => it !== null).join(' '),
  );

function unusedIn({ findings }: ReturnType<typeof excepted>): string | undefined {
  return findings.find(({ rule }) => rule === 'exception-unused')?.message;
}

describe('an exception', () => {
  test('covers what is open of its methods, and nothing else', () => {
    const result = excepted(openApi(), clause());
    expect(named(result)).toEqual(['deployed-not-iam /orders prod', 'configured-not-iam /orders']);
    expect(result.suppressed.map((it) => it.finding.rule)).toEqual([
      'deployed-not-iam',
      'configured-not-iam',
    ]);
    expect(result.exceptions).toMatchObject([{ state: 'in-use', daysLeft: null }]);
  });

  // As of a canary, or of a route that no call tells about: only then is a method that is open sent a wrong signature.
  test('covers what its methods answer to strangers, unsigned or with a wrong signature', () => {
    const of = openApi();
    const evidence = evidenceOf(of);
    const rows = rowsOf(of);
    const observations = rows.map((row) =>
      observation(row, { unsigned: settled('accepted'), tampered: settled('accepted') }),
    );
    const findings = judge({ evidence, rows, observations });
    const result = applyExceptions(findings, [clause()], evidence, TODAY);
    expect(result.findings.filter(({ path }) => path === '/health')).toEqual([]);
    expect(new Set(result.findings.map(({ rule }) => rule))).toContain('tampered-accepted');
  });

  test('covers its own API, and no method of the same name of another', () => {
    const other = { ...openApi(), id: 'z9y8x7' };
    const evidence = evidenceOf(openApi(), other);
    const rows = rowsOf(openApi(), other);
    const findings = judge({ evidence, rows, observations: [] });
    const { suppressed } = applyExceptions(findings, [clause()], evidence, TODAY);
    expect(suppressed.map((it) => it.finding.api)).toEqual(['a1b2c3', 'a1b2c3']);
  });

  test('is for an API by id or name, or for all of them', () => {
    for (const apis of [['a1b2c3'], ['orders'], ['*']]) {
      expect(excepted(openApi(), clause({ apis })).suppressed).toHaveLength(2);
    }
    expect(excepted(openApi(), clause({ apis: ['other'] }))).toMatchObject({
      suppressed: [],
      exceptions: [],
    });
  });

  test('of one stage of two leaves the other stage and what is configured', () => {
    const result = excepted(openApi(['dev', 'prod']), clause({ stages: ['dev'] }));
    expect(named(result)).toEqual([
      'deployed-not-iam /orders dev',
      'deployed-not-iam /health prod',
      'deployed-not-iam /orders prod',
      'configured-not-iam /health',
      'configured-not-iam /orders',
    ]);
    const both = excepted(openApi(['dev', 'prod']), clause({ stages: ['dev', 'prod'] }));
    expect(both.suppressed).toHaveLength(3);
  });

  test.each([
    ['2026-11-23', 0, 'in-use'],
    ['2026-12-07', 14, 'in-use'],
    ['2027-01-01', 39, 'in-use'],
    ['2026-11-22', -1, 'expired'],
  ])('until %s has %s days left and is %s', (expires, daysLeft, state) => {
    expect(excepted(openApi(), clause({ expires })).exceptions).toMatchObject([
      { daysLeft, state },
    ]);
  });

  test('once expired covers nothing and is a finding itself, on its line', () => {
    const result = excepted(openApi(), clause({ expires: '2026-11-22' }));
    expect(result.suppressed).toEqual([]);
    expect(named(result)).toContain('deployed-not-iam /health prod');
    const expired = result.findings.find(({ rule }) => rule === 'exception-expired');
    expect(expired).toMatchObject({
      severity: 'error',
      location: { file: '.github/apigw-iam-gate.yml', line: 7 },
    });
    expect(expired?.message).toContain('team-shop');
  });

  test('once expired is not needed where another one covers all that it would', () => {
    const old = clause({ expires: '2026-11-22' });
    const renewed = excepted(openApi(), old, clause({ expires: '2027-01-01' }));
    expect(renewed.suppressed).toHaveLength(2);
    expect(named(renewed)).toContain('exception-unused');
    expect(named(renewed)).not.toContain('exception-expired');
    expect(unusedIn(renewed)).toContain(
      'has expired, and nothing is open that it alone would cover',
    );
    expect(renewed.exceptions.map(({ state }) => state)).toEqual(['unused', 'in-use']);
    const wider = clause({ methods: ['* /**'], expires: '2026-11-22' });
    expect(named(excepted(openApi(), wider, clause({})))).toContain('exception-expired');
  });

  test('that covers nothing is a warning, unless something could not be read', () => {
    const unused = clause({ methods: ['GET /gone'] });
    expect(unusedIn(excepted(openApi(), unused))).toContain(
      'covers nothing: no such method is open (',
    );
    const blind = { ...openApi(), configured: UNREAD };
    expect(named(excepted(blind, unused))).not.toContain('exception-unused');
    const unread = deployed({ 'OPTIONS /a': { authorizationType: 'NONE', unread: UNREAD } });
    const unknown = { ...openApi(), stages: read([stage({ deployed: read(unread) })]) };
    expect(named(excepted(unknown, unused))).not.toContain('exception-unused');
  });

  test('of every audited stage excuses nothing that another stage would get', () => {
    const of = { ...openApi(['dev']), stageNames: ['dev', 'prod'] };
    expect(named(excepted(of, clause({ stages: ['dev'] })))).toContain(
      'configured-not-iam /health',
    );
  });

  test('of a stage excuses nothing of an API without stages', () => {
    const of = api({ configured: openApi().configured });
    expect(named(excepted(of, clause({ apis: ['*'], stages: ['dev'] })))).toContain(
      'configured-not-iam /health',
    );
  });

  test('for no API of the whole region is told', () => {
    const evidence = evidenceOf(openApi());
    const result = applyExceptions([], [clause({ apis: ['ordres'] })], evidence, TODAY, true);
    expect(named(result)).toEqual(['exception-unused']);
  });

  test('for a stage that is not audited is neither used nor unused', () => {
    expect(excepted(openApi(), clause({ stages: ['dev'] })).exceptions).toEqual([]);
  });

  test.each(['unreadable', 'signed-rejected', 'probe-inconclusive', 'undeployed-change'] as const)(
    'never hides %s',
    (rule) => {
      const subject = { api: 'a1b2c3', stage: 'prod', method: 'GET', path: '/health' };
      const it = finding({ id: rule, severity: 'error' }, subject, 'message', 'fix');
      const result = applyExceptions([it], [clause()], evidenceOf(openApi()), TODAY);
      expect(result.suppressed).toEqual([]);
      expect(result.findings).toContain(it);
    },
  );

  test('of two that cover the same finding both are in use', () => {
    const result = excepted(openApi(), clause(), clause({ methods: ['* /**'] }));
    expect(result.exceptions.map(({ state }) => state)).toEqual(['in-use', 'in-use']);
    expect(result.findings).toEqual([]);
  });
});

describe('a method that an exception lets do without IAM', () => {
  const rows = rowsOf(openApi(['dev', 'prod']));
  const isFree = (parts: Partial<ExceptionClause>, stageName = 'prod', path = '/health') => {
    const row = rows.find((it) => it.stage?.name === stageName && it.path === path);
    if (row === undefined) throw new Error(`there is no ${path} in ${stageName}`);
    return isExcepted(row, [clause(parts)], TODAY);
  };

  test('is so in the stages that the exception names, and in no other', () => {
    expect(isFree({ stages: ['dev'] }, 'dev')).toBe(true);
    expect(isFree({ stages: ['dev'] }, 'prod')).toBe(false);
    expect(isFree({ stages: ['dev', 'prod'] }, 'prod')).toBe(true);
    expect(isFree({ stages: [] }, 'prod')).toBe(true);
  });

  test('is so until the last day, which counts', () => {
    expect(isFree({ expires: '2026-11-24' })).toBe(true);
    expect(isFree({ expires: TODAY })).toBe(true);
    expect(isFree({ expires: '2026-11-22' })).toBe(false);
  });

  test('is one that the exception names, of an API that it names', () => {
    expect(isFree({}, 'prod', '/orders')).toBe(false);
    expect(isFree({ apis: ['other'] })).toBe(false);
    expect(isFree({ apis: ['orders'] })).toBe(true);
    expect(isFree({ methods: ['POST /health'] })).toBe(false);
  });

  test('needs rights again as soon as one layer asks for a signature', () => {
    const of = (layer: 'configured' | 'deployed' | 'canary') =>
      rowsOf(
        api({
          configured: read(
            configured({ 'GET /health': layer === 'configured' ? 'AWS_IAM' : 'NONE' }),
          ),
          stages: read([
            stageWithCanary(
              { 'GET /health': layer === 'deployed' ? 'AWS_IAM' : 'NONE' },
              read(deployed({ 'GET /health': layer === 'canary' ? 'AWS_IAM' : 'NONE' })),
            ),
          ]),
        }),
      ).map((row) => isExcepted(row, [clause()], TODAY));
    expect(of('configured')).toEqual([false]);
    expect(of('deployed')).toEqual([false]);
    expect(of('canary')).toEqual([false]);
  });

  test('of a stage is none of an API without stages', () => {
    const [row] = rowsOf(api({ configured: openApi().configured }));
    if (row === undefined) throw new Error('there is no row');
    expect(isExcepted(row, [clause({ stages: ['dev'] })], TODAY)).toBe(false);
    expect(isExcepted(row, [clause()], TODAY)).toBe(true);
  });
});

describe('an exception for a stage', () => {
  test('does not excuse what is configured of an API that has no stage at all', () => {
    const evidence = evidenceOf(openApi([]));
    const findings = judge({ evidence, rows: rowsOf(...evidence.apis), observations: [] });
    const only = [clause({ stages: ['prod'] })];
    for (const isWholeRegion of [false, true]) {
      const { suppressed } = applyExceptions(findings, only, evidence, TODAY, isWholeRegion);
      expect(suppressed).toEqual([]);
    }
  });
});

describe('an exception that covers nothing', () => {
  test('is said, whatever could not be read of an API that it does not concern', () => {
    const closed = api({ configured: read(configured({ 'GET /health': 'AWS_IAM' })) });
    const unread = { ...api({ configured: UNREAD, stages: UNREAD }), id: 'other' };
    const about = (...apis: ApiEvidence[]): string[] =>
      named(applyExceptions([], [clause()], evidenceOf(...apis), TODAY));
    expect(about(closed, unread)).toEqual(['exception-unused']);
    expect(about({ ...closed, configured: UNREAD })).toEqual([]);
  });
});
