import { describe, expect, test } from '@jest/globals';
import { enforcerOf } from '../../../src/enforce/kinds/by-kind.js';
import type { CheckedPlan } from '../../../src/enforce/preconditions.js';
import { UNTOLD, type Untold } from '../../../src/model/evidence.js';
import { deployed, read } from '../evidence-builder.js';
import { memoryJournal, PROVEN } from './enforcement-kit.js';
import { enforceV2, planV2, servicesOf } from './enforcement-kit-v2.js';
import {
  API_V2_ID,
  type FakeRoute,
  type FakeV2Plane,
  fakeV2Api,
  fakeV2Plane,
} from './fake-control-plane-v2.js';

/* What exports tell of an HTTP API before a deployment, and after it. */

type Routes = Readonly<Record<string, Partial<FakeRoute>>>;
const IAM: Partial<FakeRoute> = { authorizationType: 'AWS_IAM' };
const LAMBDA: Partial<FakeRoute> = { authorizationType: 'CUSTOM', authorizerId: 'p' };
const STAGES = { prod: { deploymentId: 'd1' } };

/** An export of these routes. */
function exportOf(routes: Routes): Promise<string> {
  return fakeV2Plane(fakeV2Api('HTTP', routes, {})).apiGatewayV2.exportApi(API_V2_ID, null);
}

/** A plane whose exports are what is given for a stage, and for the latest configuration. */
function exporting(
  plane: FakeV2Plane,
  exportApi: (stage: string | null) => Promise<string>,
): FakeV2Plane {
  return {
    ...plane,
    apiGatewayV2: { ...plane.apiGatewayV2, exportApi: (_, stage) => exportApi(stage) },
  };
}

describe('an export behind the deployment', () => {
  const OPEN: Routes = { 'GET /a': {}, 'GET /b': IAM };
  /** Enforces two routes; once the deployment is made, the API exports other routes. */
  async function enforced(after: Routes, routes: Routes) {
    const plane = fakeV2Plane(fakeV2Api('HTTP', routes, STAGES));
    let isMade = false;
    plane.onCall = ({ operation }) => {
      if (operation === 'CreateDeployment') isMade = true;
      return undefined;
    };
    const other = exporting(plane, (stage) =>
      isMade && stage === null ? exportOf(after) : plane.apiGatewayV2.exportApi(API_V2_ID, stage),
    );
    const asked = { allowPendingChanges: true, replaceAuthorizers: false };
    const prove = async () => {
      const served = [...plane.api.stages.values()].map(({ deploymentId }) => deploymentId);
      return { ...PROVEN, served: new Set(served) };
    };
    const outcome = await enforceV2(other, memoryJournal(), prove, asked);
    return { state: outcome.state, reasons: outcome.reasons.join() };
  }

  test.each<[string, Routes, Routes]>([
    ['shows what was planned', { 'GET /a': IAM, 'GET /b': IAM }, OPEN],
    ['never shows AWS_IAM', { 'GET /a': {}, 'GET /b': {} }, OPEN],
    [
      'shows what keeps its authorizer',
      { 'GET /a': IAM, 'GET /c': LAMBDA },
      { 'GET /a': {}, 'GET /c': LAMBDA },
    ],
  ])('is no objection where it %s', async (_, after, routes) => {
    expect(await enforced(after, routes)).toEqual({ state: 'proven', reasons: '' });
  });

  test.each<[string, Routes, string, Routes]>([
    [
      'shows one of them open',
      { 'GET /a': IAM, 'GET /b': {} },
      'GET /b is NONE instead of AWS_IAM',
      OPEN,
    ],
    ['lacks one of them', { 'GET /a': IAM }, 'GET /b is missing instead of AWS_IAM', OPEN],
    [
      'has another besides',
      { 'GET /a': IAM, 'GET /b': IAM, 'GET /new': {} },
      'GET /new is NONE instead of absent',
      OPEN,
    ],
    [
      'has another besides, although it never shows AWS_IAM',
      { 'GET /a': {}, 'GET /b': {}, 'GET /new': {} },
      'GET /new is NONE instead of absent',
      OPEN,
    ],
    [
      'shows another authorizer',
      { 'GET /a': IAM, 'GET /b': LAMBDA },
      'GET /b is CUSTOM instead of AWS_IAM',
      OPEN,
    ],
    [
      'shows one without its authorizer',
      { 'GET /a': IAM, 'GET /c': {} },
      'GET /c is NONE instead of CUSTOM',
      { 'GET /a': {}, 'GET /c': LAMBDA },
    ],
  ])('is one where it %s', async (_, after, words, routes) => {
    const { state, reasons } = await enforced(after, routes);
    expect(state).toBe('restored');
    expect(reasons).toContain('was made of what was not planned');
    expect(reasons).toContain(words);
    expect(reasons.match(/instead of/g)).toHaveLength(1);
  });

  test('is not read where no stage needs a deployment', async () => {
    const live = { prod: { deploymentId: 'd1', autoDeploy: true } };
    const plane = fakeV2Plane(fakeV2Api('HTTP', { 'GET /a': {} }, live));
    const plan = await planV2(plane, { allowLiveChanges: true });
    expect([plan.stages, plan.live.length]).toEqual([[], 1]);
    await enforcerOf('HTTP').findPending(plan, servicesOf(plane));
    expect(plane.calls.filter(({ operation }) => operation === 'ExportApi')).toEqual([]);
  });

  test('is asked for of HTTP APIs alone', async () => {
    const api = fakeV2Api('WEBSOCKET', { $connect: {} }, STAGES);
    const plane = fakeV2Plane(api);
    const prove = async () => ({ ...PROVEN, served: new Set(['d1']) });
    await enforceV2(plane, memoryJournal(), prove, { allowPendingChanges: true });
    expect(plane.calls.filter(({ operation }) => operation === 'ExportApi')).toEqual([]);
  });
});

test('a route for OPTIONS that is closed has a note on browsers, and no other has', async () => {
  const notesOf = async (routes: Routes): Promise<readonly string[]> => {
    const plane = fakeV2Plane(fakeV2Api('HTTP', routes, STAGES));
    const plan = await planV2(plane, { allowPendingChanges: true });
    return (await enforcerOf('HTTP').findPending(plan, servicesOf(plane))).uncompared;
  };
  expect(await notesOf({ 'GET /a': {} })).toEqual([]);
  const [note, ...others] = await notesOf({ 'GET /a': {}, 'OPTIONS /b': {}, 'OPTIONS /c': IAM });
  expect(others).toEqual([]);
  expect(note).toMatch(/^Browsers never sign preflights, and OPTIONS \/b will want a signature\./);
});

test.each<[string, boolean, number]>([
  ['deploys by itself, too', true, 1],
  ['does not', false, 2],
])(
  'a stage elsewhere that deploys by itself is refused, whether the one asked for %s',
  async (_, autoDeploy, count) => {
    const stages = {
      prod: { deploymentId: 'd1', autoDeploy },
      dev: { deploymentId: 'd2', autoDeploy: true },
    };
    const plane = fakeV2Plane(fakeV2Api('HTTP', { 'GET /a': {} }, stages));
    const asked = { allowPendingChanges: true, allowLiveChanges: true, stages: ['prod'] };
    const plan = await planV2(plane, asked);
    const { refusals } = await enforcerOf('HTTP').findPending(plan, servicesOf(plane));
    expect(refusals).toHaveLength(count);
    expect(refusals.at(-1)).toContain('would be live at once in dev, too, and not be proven there');
  },
);

describe('what a deployment would ship besides', () => {
  const WHY: Untold = { readable: false, isUntold: true, call: '', reason: '', remedy: '' };

  /** What is found pending where stage and configuration export these. */
  async function found(
    served: Routes,
    newest: Routes,
    change: (plan: CheckedPlan) => CheckedPlan = (plan) => plan,
  ): Promise<readonly string[]> {
    const plane = fakeV2Plane(fakeV2Api('HTTP', { 'GET /a': {}, 'GET /b': IAM }, STAGES));
    const plan = await planV2(plane, { allowPendingChanges: true });
    const other = exporting(plane, (stage) => exportOf(stage === null ? newest : served));
    const pending = await enforcerOf('HTTP').findPending(change(plan), servicesOf(other));
    return pending.found;
  }
  const BOTH: Routes = { 'GET /a': {}, 'GET /b': IAM };
  /** The stage tells no types, so that the exports are all there is. */
  const untold = (plan: CheckedPlan): CheckedPlan => ({
    ...plan,
    stages: plan.stages.map((stage) => ({
      ...stage,
      deployed: read(
        deployed({
          'GET /a': { authorizationType: UNTOLD, unread: WHY },
          'GET /b': { authorizationType: UNTOLD, unread: WHY },
        }),
      ),
    })),
  });

  test.each<[string, Routes, Routes, string[]]>([
    ['nothing', BOTH, BOTH, []],
    ['a new route', BOTH, { ...BOTH, 'GET /c': IAM }, ['GET /c is new']],
    ['a route less', { ...BOTH, 'GET /c': IAM }, BOTH, ['GET /c is gone']],
    [
      'another backend',
      BOTH,
      { ...BOTH, 'GET /b': { ...IAM, target: 'other' } },
      ['GET /b changes in its integration or its answers'],
    ],
    [
      'both',
      { ...BOTH, 'GET /c': IAM },
      { ...BOTH, 'GET /d': IAM },
      ['GET /c is gone', 'GET /d is new'],
    ],
  ])('is %s', async (_, served, newest, words) => {
    const sentences = await found(served, newest);
    expect(sentences).toHaveLength(words.length);
    for (const [index, text] of words.entries()) expect(sentences[index]).toContain(text);
    for (const sentence of sentences) expect(sentence).toContain('prod');
  });

  test('is a type that nobody planned, where the exports alone tell it', async () => {
    const opened = { ...BOTH, 'GET /b': {} };
    expect((await found(BOTH, opened, untold)).join()).toContain(
      'GET /b goes from AWS_IAM to NONE',
    );
    // What is read of the stage tells it otherwise, by name.
    const told = (plan: CheckedPlan): CheckedPlan => ({
      ...plan,
      stages: plan.stages.map((stage) => ({
        ...stage,
        deployed: read(deployed({ 'GET /a': 'NONE', 'GET /b': 'AWS_IAM' })),
      })),
    });
    expect(await found(BOTH, opened, told)).toEqual([]);
    // What is planned is no surprise.
    const closed = { ...BOTH, 'GET /a': IAM };
    expect(await found(BOTH, closed, untold)).toEqual([]);
  });

  test('is an authorizer that changes, and none that comes with its first route', async () => {
    const jwt: Partial<FakeRoute> = { authorizationType: 'JWT', authorizerId: 'p', scopes: ['a'] };
    expect(await found({ ...BOTH, 'GET /j': jwt }, { ...BOTH, 'GET /j': jwt })).toEqual([]);
    const withOther = async (stage: string | null): Promise<string> => {
      const text = await exportOf({ ...BOTH, 'GET /j': jwt });
      return stage === null ? text.replace('"type":"jwt"', '"type":"jwt","other":1') : text;
    };
    const plane = fakeV2Plane(fakeV2Api('HTTP', BOTH, STAGES));
    const plan = await planV2(plane, { allowPendingChanges: true });
    const pending = await enforcerOf('HTTP').findPending(
      plan,
      servicesOf(exporting(plane, withOther)),
    );
    expect(pending.found.join()).toContain("the API's authorizer jwt changes");
  });

  test('is a part of the API that changes', async () => {
    const withCors = async (stage: string | null): Promise<string> => {
      const document: unknown = JSON.parse(await exportOf(BOTH));
      return JSON.stringify({
        ...(typeof document === 'object' ? document : {}),
        'x-amazon-apigateway-cors': { allowOrigins: [stage ?? '*'] },
      });
    };
    const plane = fakeV2Plane(fakeV2Api('HTTP', BOTH, STAGES));
    const plan = await planV2(plane, { allowPendingChanges: true });
    const pending = await enforcerOf('HTTP').findPending(
      plan,
      servicesOf(exporting(plane, withCors)),
    );
    expect(pending.found.join()).toContain("the API's x-amazon-apigateway-cors changes");
  });

  test('is not known where an export cannot be read, which is named once a stage', async () => {
    const plane = fakeV2Plane(fakeV2Api('HTTP', BOTH, STAGES));
    const plan = await planV2(plane, { allowPendingChanges: true });
    plane.onCall = ({ operation }) => (operation === 'ExportApi' ? 'denied' : undefined);
    const { found: sentences } = await enforcerOf('HTTP').findPending(plan, servicesOf(plane));
    expect(sentences).toHaveLength(1);
    expect(sentences[0]).toContain(
      'a deployment to stage prod would ship could not be read (ExportApi',
    );
  });

  describe('where no route is changed', () => {
    /** A stage that serves something else than is configured, by what was read of it. */
    const serving =
      (served: Parameters<typeof deployed>[0]) =>
      (plan: CheckedPlan): CheckedPlan => ({
        ...plan,
        changes: [],
        stages: plan.stages.map((stage) => ({ ...stage, deployed: read(deployed(served)) })),
      });
    const UNKNOWN = 'its export may show what is configured';

    test('is not known where the stage is read as just what is configured', async () => {
      const same = serving({ 'GET /a': 'NONE', 'GET /b': 'AWS_IAM' });
      expect((await found(BOTH, BOTH, same)).join()).toContain(UNKNOWN);
      const nothingTold = serving({ 'GET /a': { authorizationType: UNTOLD, unread: WHY } });
      expect((await found(BOTH, BOTH, nothingTold)).join()).toContain(UNKNOWN);
    });

    test('is known where one route of the stage is read otherwise', async () => {
      const other = serving({ 'GET /a': 'NONE', 'GET /b': 'NONE' });
      expect(await found(BOTH, BOTH, other)).toEqual([]);
    });

    test('is not asked where the stage could not be read', async () => {
      const unread = (plan: CheckedPlan): CheckedPlan => ({
        ...plan,
        changes: [],
        stages: plan.stages.map((stage) => ({ ...stage, deployed: WHY })),
      });
      expect(await found(BOTH, BOTH, unread)).toEqual([]);
    });
  });
});
