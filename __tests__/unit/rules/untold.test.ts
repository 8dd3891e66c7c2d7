import { describe, expect, test } from '@jest/globals';
import type { ApiEvidence, StageEvidence, Untold } from '../../../src/model/evidence.js';
import type { Observation } from '../../../src/probe/observation.js';
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
  UNREAD,
} from '../evidence-builder.js';

/* What no call of AWS tells, and who may decide it. */

const WHY: Untold = {
  readable: false,
  call: 'GetStage',
  reason: 'tells no routes',
  remedy: 'Let it deploy by itself.',
  isUntold: true,
};

const ROUTES = { 'GET /a': 'AWS_IAM', 'GET /b': 'AWS_IAM' };

const shop = (...stages: StageEvidence[]): ApiEvidence =>
  api({ kind: 'WEBSOCKET', configured: read(configured(ROUTES)), stages: read(stages) });

function found(it: ApiEvidence, answersOf: (rows: ReturnType<typeof rowsOf>) => Observation[]) {
  const rows = rowsOf(it);
  return judge({ evidence: evidenceOf(it), rows, observations: answersOf(rows) }).filter(
    ({ rule }) => rule === 'deployed-untold',
  );
}

const NOBODY_ASKED = () => [];

describe('a stage of which nothing is told', () => {
  test('is one finding, which names its routes and what to do', () => {
    const [one, ...others] = found(shop(stage({ deployed: WHY })), NOBODY_ASKED);
    expect(others).toEqual([]);
    expect(one).toMatchObject({
      ...{ api: 'a1b2c3', stage: 'prod', method: null, path: null, fix: WHY.remedy },
      ...{ effect: 'unknown', severity: 'error' },
    });
    expect(one?.message).toContain('GET /a');
    expect(one?.message).toContain('GET /b');
    expect(one?.message).toContain('GetStage tells no routes');
  });

  test('is a finding of its own beside another stage', () => {
    const both = shop(stage({ deployed: WHY }), stage({ name: 'dev', deployed: WHY }));
    expect(found(both, NOBODY_ASKED).map((it) => it.stage)).toEqual(['dev', 'prod']);
  });

  test('leaves only what the endpoint did not decide', () => {
    const [one, ...others] = found(shop(stage({ deployed: WHY })), (rows) =>
      rows.slice(0, 1).map((row) => observation(row)),
    );
    expect(others).toEqual([]);
    expect(one?.message).not.toContain('GET /a');
    expect(one?.message).toContain('GET /b');
    expect(
      found(shop(stage({ deployed: WHY })), (rows) => rows.map((row) => observation(row))),
    ).toEqual([]);
  });

  test('is decided by an answer that lets a stranger in, and by no bare refusal', () => {
    const open = { unsigned: settled('accepted') };
    const bare = { unsigned: settled('unlabelled-error'), tampered: null, signed: null };
    const all = (parts: Partial<Observation>) =>
      found(shop(stage({ deployed: WHY })), (rows) => rows.map((row) => observation(row, parts)));
    expect(all(open)).toEqual([]);
    expect(all(bare)).toHaveLength(1);
  });

  test('is not what could not be read, nor what is told', () => {
    expect(found(shop(stage({ deployed: UNREAD })), NOBODY_ASKED)).toEqual([]);
    expect(found(shop(stage({ deployed: read(deployed(ROUTES)) })), NOBODY_ASKED)).toEqual([]);
    expect(found({ ...shop(), stages: UNREAD }, NOBODY_ASKED)).toEqual([]);
    expect(found({ ...shop(), stages: WHY }, NOBODY_ASKED)).toEqual([]);
  });
});

describe('routes of a stage of which nothing is told', () => {
  const untold = (unread: Untold | null) => ({ authorizationType: 'untold', unread });

  test('are one finding for each reason', () => {
    const other: Untold = { ...WHY, reason: 'says something else' };
    const same = shop(
      stage({ deployed: read(deployed({ 'GET /a': untold(WHY), 'GET /b': untold(WHY) })) }),
    );
    expect(found(same, NOBODY_ASKED)).toHaveLength(1);
    const differing = shop(
      stage({ deployed: read(deployed({ 'GET /a': untold(WHY), 'GET /b': untold(other) })) }),
    );
    expect(found(differing, NOBODY_ASKED)).toHaveLength(2);
  });

  test('do not make a finding of one that is told', () => {
    const [one, ...others] = found(
      shop(stage({ deployed: read(deployed({ ...ROUTES, 'GET /b': untold(WHY) })) })),
      NOBODY_ASKED,
    );
    expect(others).toEqual([]);
    expect(one?.message).not.toContain('GET /a');
  });
});
