import { describe, expect, test } from '@jest/globals';
import { DEFAULT_CONFIG } from '../../../src/config/config.js';
import type { ApiPlan } from '../../../src/enforce/api-plan.js';
import { planEnforcement } from '../../../src/enforce/plan.js';
import { decideProof, isAlikeUnder, reasonsUnprovable } from '../../../src/enforce/prove.js';
import { type ApiEvidence, methodKey } from '../../../src/model/evidence.js';
import type { Finding } from '../../../src/model/finding.js';
import type { Whereabouts } from '../../../src/probe/locate.js';
import { NO_SAMPLE } from '../../../src/probe/sample.js';
import type { Selection } from '../../../src/probe/select.js';
import { finding } from '../../../src/rules/finding.js';
import { RULES } from '../../../src/rules/index.js';
import {
  api,
  apiOf,
  configured,
  deployed,
  read,
  rowsOf,
  stage,
  UNREAD,
} from '../evidence-builder.js';

const SURROUNDINGS = {
  whereabouts: (): Whereabouts => ({ unavailable: 'nowhere', remedy: '' }),
  classifierOf: () => {
    throw new Error('nobody asks');
  },
  notes: [],
};

function planOf(of: ApiEvidence): ApiPlan {
  const options = { policy: DEFAULT_CONFIG, today: '2026-11-23', replaceAuthorizers: false };
  const [plan] = planEnforcement([of], options);
  if (plan === undefined) throw new Error('no plan');
  return plan;
}

const BEFORE = apiOf({ 'GET /a': 'NONE', 'GET /b': 'AWS_IAM' });
const AFTER = apiOf({ 'GET /a': 'AWS_IAM', 'GET /b': 'AWS_IAM' });
const PLAN = planOf(BEFORE);

interface Found {
  readonly readings?: readonly ApiEvidence[];
  readonly findings?: readonly Finding[];
  readonly proven?: readonly string[];
  readonly smokeTest?: boolean;
  readonly plan?: ApiPlan;
}

function proved({ readings = [AFTER], smokeTest = true, ...found }: Found) {
  const [first = AFTER] = readings;
  return decideProof(found.plan ?? PLAN, {
    isAsked: smokeTest,
    first,
    last: readings.at(-1) ?? AFTER,
    rows: rowsOf(first),
    observations: [],
    surroundings: SURROUNDINGS,
    findings: found.findings ?? [],
    provenStages: new Set(found.proven ?? ['prod']),
  });
}

const about = (name: string, on: string | null = 'prod') => {
  const [method = '', path = ''] = name.split(' ');
  return { api: 'a1b2c3', stage: on, method, path };
};

function ruleNamed(id: string) {
  const rule = RULES.find((it) => it.id === id);
  if (rule === undefined) throw new Error(`no rule is called ${id}`);
  return rule;
}

function against(id: string, name = 'GET /a', on: string | null = 'prod', fix = 'Mend it.') {
  return finding(ruleNamed(id), about(name, on), 'It is so.', fix);
}

describe('a proof', () => {
  test('has no objection where everything is as planned', async () => {
    const proof = proved({});
    expect(proof).toMatchObject({ objections: [], findings: [], isAsked: true });
    expect([...proof.served]).toEqual(['d1']);
    expect(proof.rows.map((row) => methodKey(row.method, row.path))).toEqual(['GET /a', 'GET /b']);
    expect(proof.surroundings).toBe(SURROUNDINGS);
  });

  test('knows what canaries serve as well as stages', () => {
    const canary = {
      deploymentId: 'd9',
      percentTraffic: 5,
      deployed: read(deployed({ 'GET /a': 'AWS_IAM', 'GET /b': 'AWS_IAM' })),
    };
    const [served] = AFTER.stages.readable ? AFTER.stages.value : [];
    if (served === undefined) throw new Error('no stage');
    const last = { ...AFTER, stages: read([{ ...served, canary }]) };
    expect([...proved({ readings: [AFTER, last] }).served]).toEqual(['d1', 'd9']);
  });

  test('without the smoke test asks for no proven stage', async () => {
    const proof = proved({ smokeTest: false, proven: [] });
    expect(proof).toMatchObject({ objections: [], isAsked: false });
  });

  test('of nothing that was moved asked nothing', async () => {
    const proof = proved({ plan: { ...PLAN, stages: [] }, proven: [] });
    expect(proof).toMatchObject({ objections: [], isAsked: false });
  });

  test.each<[string, boolean]>([
    ['unsigned-accepted', true],
    ['tampered-accepted', true],
    ['signed-rejected', true],
    ['unexpected-status', false],
    ['configured-not-iam', false],
    ['probe-inconclusive', false],
  ])('is convicted by %s of a stage that is proven otherwise: %s', async (rule, isConvicted) => {
    const proof = proved({ findings: [against(rule)] });
    expect(proof.objections).toEqual(
      isConvicted ? [`${rule}, GET /a in stage prod: It is so. Mend it.`] : [],
    );
    expect(proof.findings).toHaveLength(isConvicted ? 1 : 0);
  });

  test('is convicted by doubts where nothing is proven, which are told once', async () => {
    const doubt = against('probe-inconclusive');
    expect(proved({ findings: [doubt], proven: [] }).objections).toEqual([
      'probe-inconclusive, GET /a in stage prod: It is so. Mend it.',
    ]);
    expect(proved({ proven: [] }).objections).toEqual(['No answer proved stage prod.']);
    const ofStage = finding(
      ruleNamed('probe-inconclusive'),
      { ...about(''), method: null, path: null },
      'Why.',
      '',
    );
    expect(proved({ findings: [ofStage], proven: [] }).objections).toEqual([
      'probe-inconclusive, stage prod: Why.',
    ]);
  });

  test('is not convicted by stages and methods that it does not speak of', async () => {
    const findings = [
      against('unsigned-accepted', 'GET /a', 'test'),
      against('unsigned-accepted', 'GET /a', null),
      against('unsigned-accepted', 'GET /gone'),
      against('unsigned-accepted', 'POST /a'),
    ];
    expect(proved({ findings }).objections).toEqual([]);
    // What keeps another type is no part of it.
    const kept = apiOf({ 'GET /a': 'CUSTOM', 'GET /b': 'AWS_IAM' });
    const plan = planOf(kept);
    const proof = proved({
      plan: { ...plan, stages: PLAN.stages },
      readings: [kept],
      findings: [against('unsigned-accepted')],
    });
    expect(proof.objections).toEqual([]);
  });

  test.each([
    [1, ''],
    [3, ' So with GET /m1 in stage prod, GET /m2 in stage prod.'],
    [
      6,
      ' So with GET /m1 in stage prod, GET /m2 in stage prod, GET /m3 in stage prod, GET /m4 in stage prod, GET /m5 in stage prod.',
    ],
    [
      8,
      ' So with GET /m1 in stage prod, GET /m2 in stage prod, GET /m3 in stage prod, GET /m4 in stage prod, GET /m5 in stage prod and 2 more.',
    ],
  ])('that %s methods speak against names the first, and others', async (count, others) => {
    const names = Array.from({ length: count }, (_, index) => `GET /m${index}`);
    const layer = Object.fromEntries(names.map((name) => [name, 'AWS_IAM']));
    const findings = names.map((name) => against('signed-rejected', name, 'prod', ''));
    const now = apiOf(layer);
    const proof = proved({
      plan: { ...planOf(now), stages: PLAN.stages },
      readings: [now],
      findings,
    });
    expect(proof.objections).toEqual([
      `signed-rejected, GET /m0 in stage prod: It is so.${others}`,
    ]);
  });

  test.each<[string, ApiEvidence, string[]]>([
    [
      'configured otherwise',
      { ...AFTER, configured: BEFORE.configured },
      ['GET /a is configured with NONE, not AWS_IAM.'],
    ],
    [
      'served otherwise',
      { ...AFTER, stages: BEFORE.stages },
      ['GET /a is served by stage prod with NONE, not AWS_IAM.'],
    ],
    [
      'gone',
      apiOf({ 'GET /a': 'AWS_IAM' }),
      ['GET /b is no longer configured.', 'GET /b is no longer served by stage prod.'],
    ],
    ['without its stage', { ...AFTER, stages: read([]) }, ['Stage prod is gone.']],
    [
      'unreadable',
      { ...AFTER, configured: UNREAD, stages: UNREAD },
      [
        'What is configured could not be read again: GetResources failed after 3 attempts.',
        'The stages could not be read again: GetResources failed after 3 attempts.',
      ],
    ],
    [
      'an API that says no more what it is',
      { ...AFTER, description: UNREAD },
      ['What the API is could not be read again: GetResources failed after 3 attempts.'],
    ],
    [
      'served by a snapshot that is unreadable',
      { ...AFTER, stages: read([stage({ deployed: UNREAD })]) },
      ['What stage prod serves could not be read: GetResources failed after 3 attempts.'],
    ],
  ])('objects to what is %s, first or last', async (_, changed, objections) => {
    expect(proved({ readings: [changed] }).objections).toEqual(objections);
    expect(proved({ readings: [changed, AFTER] }).objections).toEqual(objections);
    expect(proved({ readings: [AFTER, changed] }).objections).toEqual(objections);
  });

  test('of stages that could not be read serves nothing that is known', async () => {
    const unread = { ...AFTER, stages: UNREAD };
    expect([...proved({ readings: [unread] }).served]).toEqual([]);
    const idle = { ...AFTER, stages: read([stage({ deploymentId: null })]) };
    expect([...proved({ readings: [idle] }).served]).toEqual([]);
  });
});

describe('a method that a plan leaves as it is', () => {
  const alikeIn = (plan: Pick<ApiPlan, 'api' | 'changes'>, now: ApiEvidence) =>
    rowsOf(now)
      .filter(isAlikeUnder([plan]))
      .map(({ method, path }) => methodKey(method, path));

  test('is one that it does not change, and that is served with the type of before', () => {
    expect(alikeIn(PLAN, AFTER)).toEqual(['GET /b']);
    // What was pending went out with the deployment.
    const pending = apiOf({ 'GET /a': 'NONE', 'GET /b': 'AWS_IAM' }, { 'GET /b': 'NONE' });
    expect(alikeIn({ ...PLAN, api: pending }, AFTER)).toEqual([]);
    expect(alikeIn({ ...PLAN, changes: [] }, AFTER)).toEqual(['GET /b']);
  });

  test('is not known where nobody knows what was served, or which API is meant', () => {
    const unread = api({ stages: read([stage({ deployed: UNREAD })]) });
    expect(alikeIn({ ...PLAN, api: unread }, AFTER)).toEqual([]);
    expect(alikeIn({ ...PLAN, api: { ...BEFORE, id: 'another' } }, AFTER)).toEqual([]);
    expect(alikeIn({ ...PLAN, api: { ...BEFORE, stages: UNREAD } }, AFTER)).toEqual([]);
    expect(rowsOf(AFTER).some(isAlikeUnder([]))).toBe(false);
  });
});

describe('what could never be proven', () => {
  const SELECTION: Selection = { smokeTest: true, smokeMethods: ['GET'], samples: [] };
  const HERE: Whereabouts = {
    baseUrl: 'https://a1b2c3.test/prod',
    defaultUrl: null,
    leadsElsewhere: () => null,
  };
  const NO_METHOD = expect.stringContaining('no method of stage prod may be asked');

  function reasons(of: ApiEvidence, parts: Partial<Selection> = {}, where = HERE): string[] {
    const plan = planOf(of);
    const selection = { ...SELECTION, ...parts };
    return reasonsUnprovable(plan, rowsOf(of), selection, { whereabouts: () => where });
  }

  test.each<[string, ApiEvidence, Partial<Selection>, unknown[]]>([
    ['a method that becomes IAM', BEFORE, {}, []],
    ['no method that may be sent', BEFORE, { smokeMethods: ['POST'] }, [NO_METHOD]],
    ['nothing, since nobody asks', BEFORE, { smokeTest: false, smokeMethods: [] }, []],
    ['a method with a parameter', apiOf({ 'GET /a/{id}': 'NONE' }), {}, [NO_METHOD]],
    [
      'a method with a parameter and a sample of it',
      apiOf({ 'GET /a/{id}': 'NONE' }),
      {
        samples: [{ ...NO_SAMPLE, matches: () => true, pathParameters: { id: '1' } }],
      },
      [],
    ],
    [
      'a method that asks for an API key',
      apiOf({ 'GET /a': { authorizationType: 'NONE', apiKeyRequired: true } }),
      {},
      [NO_METHOD],
    ],
    ['an authorizer that stays', apiOf({ 'GET /a': 'CUSTOM', 'POST /a': 'NONE' }), {}, [NO_METHOD]],
  ])('of %s', (_, of, parts, expected) => {
    expect(reasons(of, parts)).toEqual(expected);
  });

  test('is a stage without an address', () => {
    const nowhere = { unavailable: 'its endpoint is disabled', remedy: 'Give a name.' };
    expect(
      reasonsUnprovable(planOf(BEFORE), rowsOf(BEFORE), SELECTION, { whereabouts: () => nowhere }),
    ).toEqual(['stage prod could not be asked: its endpoint is disabled. Give a name.']);
  });

  test('is a request that would lead to another API', () => {
    const elsewhere = { ...HERE, leadsElsewhere: () => 'it goes to another' };
    expect(reasons(BEFORE, {}, elsewhere)).toEqual([NO_METHOD]);
  });

  test('is each stage by its own methods', () => {
    const layer = { 'GET /a': 'NONE' };
    const two = api({
      configured: read(configured(layer)),
      stages: read([
        stage({ deployed: read(deployed(layer)) }),
        stage({ name: 'test', deployed: read(deployed({ 'POST /b': 'AWS_IAM' })) }),
      ]),
    });
    const plan = { ...planOf(two), stages: two.stages.readable ? two.stages.value : [] };
    const rows = rowsOf(two).filter((row) => row.stage?.name !== 'test');
    expect(reasonsUnprovable(plan, rows, SELECTION, { whereabouts: () => HERE })).toEqual([
      expect.stringContaining('no method of stage test may be asked'),
    ]);
  });
});
