import { describe, expect, test } from '@jest/globals';
import {
  decideProof,
  inProvableOrder,
  reasonsUnprovable,
  stagesWithoutProof,
} from '../../../src/enforce/prove.js';
import { type ApiEvidence, UNTOLD, type Untold } from '../../../src/model/evidence.js';
import { stageKey } from '../../../src/model/stage-key.js';
import type { Whereabouts } from '../../../src/probe/locate.js';
import type { Selection } from '../../../src/probe/select.js';
import { deployed, read, rowsOf } from '../evidence-builder.js';
import { planV2 } from './enforcement-kit-v2.js';
import { API_V2_ID, type FakeRoute, fakeV2Api, fakeV2Plane } from './fake-control-plane-v2.js';

/* What is proven of routes: by answers, by what is read, and in which order. */

const SELECTION: Selection = { smokeTest: true, smokeMethods: ['GET'], samples: [] };

const HERE: { readonly whereabouts: () => Whereabouts } = {
  whereabouts: () => ({
    baseUrl: 'https://api.test',
    defaultUrl: null,
    leadsElsewhere: () => null,
  }),
};

const SURROUNDINGS = {
  ...HERE,
  classifierOf: () => {
    throw new Error('nobody asks');
  },
  notes: [],
};

const WHY: Untold = { readable: false, isUntold: true, call: '', reason: '', remedy: '' };

async function livePlan(routes: Readonly<Record<string, Partial<FakeRoute>>>) {
  const stages = { $default: { deploymentId: 'd1', autoDeploy: true } };
  const plane = fakeV2Plane(fakeV2Api('HTTP', routes, stages));
  return planV2(plane, { allowLiveChanges: true });
}

const keysOf = (changes: readonly { readonly method: string; readonly path: string }[]) =>
  changes.map(({ method, path }) => `${method} ${path}`);

describe('the order of changes that are live at once', () => {
  test('is what answers prove, then the rest, and last what decides for every path', async () => {
    const plan = await livePlan({ $default: {}, 'POST /b': {}, 'GET /a': {}, 'PUT /c': {} });
    const order = inProvableOrder(plan, rowsOf(plan.api), SELECTION, HERE);
    expect(keysOf(order)).toEqual(['GET /a', 'POST /b', 'PUT /c', '$default $default']);
  });

  test('looks at the method of the path, in each stage', async () => {
    const plan = await livePlan({ 'POST /a': {}, 'GET /a': {}, 'GET /b': {} });
    expect(keysOf(inProvableOrder(plan, rowsOf(plan.api), SELECTION, HERE))).toEqual([
      'GET /a',
      'GET /b',
      'POST /a',
    ]);
    // A stage that does not serve it, or serves another in its place, proves nothing of it.
    const without = rowsOf(plan.api).filter(({ path }) => path !== '/a');
    expect(keysOf(inProvableOrder(plan, without, SELECTION, HERE))).toEqual([
      'GET /b',
      'POST /a',
      'GET /a',
    ]);
    const elsewhere = rowsOf(plan.api).map((row) => ({
      ...row,
      stage: row.stage === null ? null : { ...row.stage, name: 'other' },
    }));
    expect(keysOf(inProvableOrder(plan, elsewhere, SELECTION, HERE))).toEqual([
      'POST /a',
      'GET /a',
      'GET /b',
    ]);
    const nowhere = rowsOf(plan.api).map((row) => ({ ...row, stage: null }));
    expect(keysOf(inProvableOrder(plan, nowhere, SELECTION, HERE))[0]).toBe('POST /a');
  });

  test('is that of the API where nothing can be asked', async () => {
    const plan = await livePlan({ $default: {}, 'POST /b': {}, 'GET /a': {} });
    const nowhere = { whereabouts: (): Whereabouts => ({ unavailable: 'away', remedy: '' }) };
    const order = inProvableOrder(plan, rowsOf(plan.api), SELECTION, nowhere);
    expect(keysOf(order)).toEqual(['POST /b', 'GET /a', '$default $default']);
  });
});

describe('a stage that deploys by itself', () => {
  test('must have a route that can be asked, before anything is changed', async () => {
    const plan = await livePlan({ 'POST /b': {} });
    const rows = rowsOf(plan.api);
    expect(reasonsUnprovable(plan, rows, SELECTION, HERE).join()).toContain('stage $default');
    // Without GET there is no control request, and refusals would prove nothing.
    const postAlone = { ...SELECTION, smokeMethods: ['POST'] };
    expect(reasonsUnprovable(plan, rows, postAlone, HERE).join()).toContain('GET too');
    const asked = { ...SELECTION, smokeMethods: ['GET', 'POST'] };
    expect(reasonsUnprovable(plan, rows, asked, HERE)).toEqual([]);
  });

  test('is proven of a route that may not be asked by what is read of it', async () => {
    const plan = await livePlan({ 'GET /a': {}, 'POST /b': {} });
    const rows = (path: string) => rowsOf(plan.api).filter((row) => row.path === path);
    expect(stagesWithoutProof(plan, rows('/b'), SELECTION, HERE)).toEqual(['$default']);
    expect(stagesWithoutProof(plan, rows('/a'), SELECTION, HERE)).toEqual([]);
    const untold = rows('/b').map((row) => ({ ...row, deployed: UNTOLD }));
    expect(stagesWithoutProof(plan, untold, SELECTION, HERE)).toEqual([]);
    // One that is not told is enough.
    expect(stagesWithoutProof(plan, [...rows('/b'), ...untold], SELECTION, HERE)).toEqual([]);
    // What another stage serves proves nothing here.
    const elsewhere = rows('/a').map((row) => ({
      ...row,
      stage: row.stage === null ? null : { ...row.stage, name: 'other' },
    }));
    expect(stagesWithoutProof(plan, [...rows('/b'), ...elsewhere], SELECTION, HERE)).toEqual([
      '$default',
    ]);
    const nowhere: { whereabouts: () => Whereabouts } = {
      whereabouts: () => ({ unavailable: 'away', remedy: '' }),
    };
    expect(stagesWithoutProof(plan, rows('/b'), SELECTION, nowhere)).toEqual([]);
  });
});

describe('what a stage serves and no call tells', () => {
  async function proofOf(served: ApiEvidence['stages'], proven: readonly string[]) {
    const stages = { prod: { deploymentId: 'd1' } };
    const plan = await planV2(fakeV2Plane(fakeV2Api('HTTP', { 'GET /a': {} }, stages)));
    const { configured } = await configuredAfter();
    const after = { ...plan.api, configured, stages: served };
    return decideProof(plan, {
      isAsked: true,
      first: after,
      last: after,
      rows: rowsOf(after),
      observations: [],
      surroundings: SURROUNDINGS,
      findings: [],
      provenStages: new Set(proven),
    });
  }

  async function configuredAfter(): Promise<ApiEvidence> {
    const closed = { 'GET /a': { authorizationType: 'AWS_IAM' } };
    const api = fakeV2Api('HTTP', closed, { prod: { deploymentId: 'd1' } });
    return (await planV2(fakeV2Plane(api))).api;
  }

  test('is no objection where an answer proves it, and one where none does', async () => {
    const whole = { name: 'prod', deploymentId: 'd2', deployed: WHY, canary: null };
    const each = {
      ...whole,
      deployed: read(deployed({ 'GET /a': { authorizationType: UNTOLD, unread: WHY } })),
    };
    for (const stage of [whole, each]) {
      const served = read([{ ...stage, lastUpdatedMs: null }]);
      expect((await proofOf(served, ['prod'])).objections).toEqual([]);
      expect((await proofOf(served, [])).objections).toEqual(['No answer proved stage prod.']);
    }
  });
});

describe('a stage that answered as if it served what is not configured', () => {
  const CLOSED = { 'GET /a': { authorizationType: 'AWS_IAM' } };
  const open = { servedOpen: new Set([stageKey(API_V2_ID, 'prod')]) };

  test.each(['HTTP', 'WEBSOCKET'] as const)('gets a new deployment (%s)', async (kind) => {
    const routes = kind === 'HTTP' ? CLOSED : { $connect: { authorizationType: 'AWS_IAM' } };
    const plane = fakeV2Plane(fakeV2Api(kind, routes, { prod: { deploymentId: 'd1' } }));
    expect((await planV2(plane)).stages).toEqual([]);
    const refused = await planV2(plane, open);
    expect(refused.stages.map(({ name }) => name)).toEqual(['prod']);
    expect(refused.refusals.join()).toContain(
      'what else a deployment to stage prod would ship is not known',
    );
    const allowed = await planV2(plane, { ...open, allowPendingChanges: true });
    expect(allowed).toMatchObject({ changes: [], refusals: [] });
  });

  test('is left as it is where it deploys by itself', async () => {
    const stages = { prod: { deploymentId: 'd1', autoDeploy: true } };
    const plan = await planV2(fakeV2Plane(fakeV2Api('HTTP', CLOSED, stages)), open);
    expect(plan).toMatchObject({ changes: [], stages: [], live: [] });
  });
});
