import { describe, expect, test } from '@jest/globals';
import { DEFAULT_CONFIG } from '../../../src/config/config.js';
import { type ApiPlan, servedKey } from '../../../src/enforce/api-plan.js';
import { pendingIntegrations } from '../../../src/enforce/kinds/rest/integrations.js';
import {
  changesOf,
  deploymentsOf,
  enterRollBack,
  keptOf,
  type Outcome,
  outcomeOf,
  transactionsOf,
} from '../../../src/enforce/outcome.js';
import { planEnforcement } from '../../../src/enforce/plan.js';
import { type CheckedPlan, decidePending } from '../../../src/enforce/preconditions.js';
import type { RollBackResult } from '../../../src/enforce/steps/step-kind.js';
import type { ApiEvidence } from '../../../src/model/evidence.js';
import { throttled } from '../evidence/fake-api-gateway.js';
import {
  api,
  apiOf,
  configured,
  deployed,
  read,
  stage,
  stageWithCanary,
  UNREAD,
} from '../evidence-builder.js';

function planOf(of: ApiEvidence): ApiPlan {
  const options = { policy: DEFAULT_CONFIG, today: '2026-11-23', replaceAuthorizers: false };
  const [plan] = planEnforcement([of], options);
  if (plan === undefined) throw new Error('no plan');
  return plan;
}

/** An export of these methods, with the integration that the builder configures, and with more. */
function exported(names: readonly string[], more: Readonly<Record<string, unknown>> = {}): string {
  const integration = {
    type: 'http_proxy',
    uri: 'https://backend.test/',
    httpMethod: 'GET',
    ...more,
  };
  const paths: Record<string, Record<string, unknown>> = {};
  for (const name of names) {
    const [method = '', path = ''] = name.split(' ');
    paths[path] = {
      ...paths[path],
      [method.toLowerCase()]: { 'x-amazon-apigateway-integration': integration },
    };
  }
  return JSON.stringify({ paths });
}

async function checked(
  plan: ApiPlan,
  answer: (stage: string) => string | Promise<string>,
  allow = false,
): Promise<CheckedPlan & { asked: string[] }> {
  const asked: string[] = [];
  const getExport = async (_id: string, name: string): Promise<string> => {
    asked.push(name);
    return answer(name);
  };
  const { found, uncompared } = await pendingIntegrations(plan, { getExport });
  const decided = decidePending(plan, found, allow);
  return { ...decided, notes: [...decided.notes, ...uncompared], asked };
}

const OPEN = planOf(apiOf({ 'GET /a': 'NONE', 'GET /b': 'AWS_IAM' }));
const SAME = exported(['GET /a', 'GET /b']);
const WAY = 'deploy or revert what is pending first, or set allow-pending-changes: true';

describe('before the first change', () => {
  test('what is served is compared with what is configured, once a deployment', async () => {
    expect(await checked(OPEN, () => SAME)).toMatchObject({
      refusals: [],
      pending: [],
      notes: [],
      asked: ['prod'],
    });
    const layer = { 'GET /a': 'NONE' };
    const served = { deployed: read(deployed(layer)) };
    const three = api({
      configured: read(configured(layer)),
      stages: read([
        stage(served),
        stage({ ...served, name: 'same' }),
        stage({ ...served, name: 'other', deploymentId: 'd2' }),
      ]),
    });
    expect((await checked(planOf(three), () => SAME)).asked).toEqual(['prod', 'other']);
  });

  test('a change of an integration refuses the plan, unless it is allowed', async () => {
    const other = exported(['GET /a', 'GET /b'], { httpMethod: 'POST' });
    const refused = await checked(OPEN, () => other);
    expect(refused.pending).toHaveLength(2);
    expect(refused.refusals).toEqual([...refused.pending, WAY]);
    expect(refused.refusals[0]).toContain('GET /a calls its backend with GET instead of POST');
    const allowed = await checked(OPEN, () => other, true);
    expect(allowed).toMatchObject({ refusals: [], pending: refused.pending });
    expect(allowed.notes).toEqual([
      `allow-pending-changes is true: ${refused.pending.join('; ')}.`,
    ]);
  });

  test('an export that cannot be read refuses it, too', async () => {
    const refused = await checked(OPEN, () => Promise.reject(throttled('GetExport')));
    expect(refused.refusals[0]).toMatch(
      /^what else a deployment to stage prod would ship could not be read \(GetExport /,
    );
  });

  test('a method that the export leaves out is a pending change; one that is new is none here', async () => {
    expect((await checked(OPEN, () => exported(['GET /a']))).pending).toEqual([
      expect.stringContaining('GET /b has an integration that is not in the export of the stage'),
    ]);
    const fresh = planOf(apiOf({ 'GET /a': 'NONE', 'GET /new': 'AWS_IAM' }, { 'GET /a': 'NONE' }));
    const found = (await checked({ ...fresh, pending: [] }, () => SAME)).pending;
    expect(found).toEqual([]);
  });

  test('an OPTIONS method that becomes a preflight is what the deployment is for', async () => {
    const plan = { ...OPEN, becomingPreflights: new Set([servedKey('prod', 'GET /b')]) };
    expect((await checked(plan, () => exported(['GET /a']))).pending).toEqual([]);
    const elsewhere = { ...OPEN, becomingPreflights: new Set([servedKey('test', 'GET /b')]) };
    expect((await checked(elsewhere, () => exported(['GET /a']))).pending).toHaveLength(1);
  });

  test.each([
    [1, 'GET /m0.'],
    [5, 'GET /m0, GET /m1, GET /m2, GET /m3, GET /m4.'],
    [7, 'GET /m0, GET /m1, GET /m2, GET /m3, GET /m4 and 2 more.'],
  ])('a member that nobody can compare, of %s methods, is a note', async (count, names) => {
    const all = Array.from({ length: count }, (_, index) => `GET /m${index}`);
    const plan = planOf(apiOf(Object.fromEntries(all.map((name) => [name, 'NONE']))));
    expect(await checked(plan, () => exported(all, { novel: 1 }))).toMatchObject({
      refusals: [],
      notes: [
        `Not compared before the deployment, since GetResources does not return it: novel in the integration of ${names}`,
      ],
    });
  });

  test.each<[string, ApiEvidence]>([
    ['is not configured readably', { ...OPEN.api, configured: UNREAD }],
  ])('nothing is read of what %s', async (_, of) => {
    expect((await checked({ ...OPEN, api: of }, () => SAME)).asked).toEqual([]);
  });

  test('nothing is read of a stage with a canary, or whose snapshot is unreadable', async () => {
    const canary = stageWithCanary({ 'GET /a': 'NONE' }, read(deployed({ 'GET /a': 'NONE' })));
    for (const one of [canary, stage({ deployed: UNREAD })]) {
      expect((await checked({ ...OPEN, stages: [one] }, () => SAME)).asked).toEqual([]);
    }
  });
});

describe('an outcome', () => {
  const plan: CheckedPlan = { ...OPEN, notes: [] };
  const STEPS = ['grant', 'method', 'deployment', 'stage'] as const;

  const STATES: Readonly<Record<RollBackResult['state'], RollBackResult>> = {
    'nothing-to-roll-back': { state: 'nothing-to-roll-back' },
    'rolled-back': { state: 'rolled-back' },
    'not-rolled-back': { state: 'not-rolled-back', words: '', isFinal: true },
  };

  function rolledBack(
    state: RollBackResult['state'],
    parts: Partial<Outcome> = {},
    left: string[] = [],
  ) {
    const outcome: Outcome = {
      ...outcomeOf(plan, 'not-attempted'),
      changeStates: ['applied'],
      stageStates: ['moved'],
      deploymentId: 'd2',
      ...parts,
    };
    enterRollBack(outcome, STEPS, {
      results: STEPS.map(() => STATES[state]),
      notRolledBack: left,
      isFinal: true,
    });
    return outcome;
  }

  test('begins with what the plan says', () => {
    expect(outcomeOf(plan, 'planned')).toMatchObject({
      changeStates: ['planned'],
      stageStates: ['planned'],
      deploymentId: null,
      grant: 'none',
      state: null,
      reasons: [],
    });
    expect(outcomeOf({ ...plan, refusals: ['no'] }, 'not-attempted')).toMatchObject({
      state: 'refused',
      reasons: ['no'],
      changeStates: ['not-attempted'],
    });
  });

  test('is restored where every step was rolled back', () => {
    expect(rolledBack('rolled-back')).toMatchObject({
      state: 'restored',
      changeStates: ['restored'],
      stageStates: ['restored'],
      deploymentId: null,
      notRolledBack: [],
    });
  });

  test('keeps the state of what was left', () => {
    expect(rolledBack('not-rolled-back', {}, ['a', 'b'])).toMatchObject({
      state: 'left',
      changeStates: ['applied'],
      stageStates: ['moved'],
      deploymentId: 'd2',
      notRolledBack: ['a', 'b'],
    });
  });

  test('calls nothing restored that was never done', () => {
    const states = {
      changeStates: ['not-attempted' as const],
      stageStates: ['not-attempted' as const],
    };
    expect(rolledBack('nothing-to-roll-back', states)).toMatchObject({
      ...states,
      state: 'restored',
    });
    // What was lost on the way may have been done: then it was rolled back.
    expect(rolledBack('rolled-back', states)).toMatchObject({
      changeStates: ['restored'],
      stageStates: ['restored'],
    });
  });

  test('calls what was done restored where nothing is left to roll back', () => {
    // An earlier attempt rolled it back, whose answer was lost.
    expect(rolledBack('nothing-to-roll-back')).toMatchObject({
      changeStates: ['restored'],
      stageStates: ['restored'],
      deploymentId: null,
      state: 'restored',
    });
  });

  test('is told change by change, stage by stage', () => {
    const outcome = outcomeOf(plan, 'planned');
    expect(changesOf(outcome)).toEqual([
      { api: 'a1b2c3', method: 'GET', path: '/a', from: 'NONE', to: 'AWS_IAM', state: 'planned' },
    ]);
    expect(changesOf({ ...outcome, changeStates: [] })).toMatchObject([{ state: 'not-attempted' }]);
    expect(deploymentsOf(outcome)).toEqual([
      {
        api: 'a1b2c3',
        deploymentId: null,
        stages: [{ name: 'prod', from: 'd1', state: 'planned' }],
      },
    ]);
    expect(deploymentsOf({ ...outcome, stageStates: [] })).toMatchObject([
      { stages: [{ state: 'not-attempted' }] },
    ]);
    expect(deploymentsOf({ ...outcome, plan: { ...plan, stages: [] } })).toEqual([]);
    expect(transactionsOf(outcome)).toEqual([]);
    expect(
      transactionsOf({ ...outcome, state: 'left', reasons: ['r'], notRolledBack: ['l'] }),
    ).toEqual([{ api: 'a1b2c3', state: 'left', reasons: ['r'], left: ['l'] }]);
    const kept = planOf(apiOf({ 'GET /a': 'CUSTOM' }));
    expect(keptOf(outcomeOf({ ...kept, notes: [] }, 'planned'))).toMatchObject([
      { api: 'a1b2c3', method: 'GET', path: '/a', authorizationType: 'CUSTOM' },
    ]);
  });
});
