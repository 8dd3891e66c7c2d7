import { describe, expect, test } from '@jest/globals';
import type { ApiKind } from '../../../src/model/api-kind.js';
import type { ApiEvidence, Unreadable } from '../../../src/model/evidence.js';
import type { AnswerKind } from '../../../src/probe/answer.js';
import { mayBeProven, planControl } from '../../../src/probe/control.js';
import { decidesUntold } from '../../../src/probe/decides-untold.js';
import type { Control, Observation } from '../../../src/probe/observation.js';
import { gapsIn, isControlLetIn, proofOf, provesStage } from '../../../src/probe/proof.js';
import { NO_SAMPLE } from '../../../src/probe/sample.js';
import { type Selected, type Selection, select, wantOf } from '../../../src/probe/select.js';
import {
  api,
  configured,
  deployed,
  observation,
  onlyRow,
  read,
  rowsOf,
  settled,
  stage,
  unsettled,
} from '../evidence-builder.js';

const ALL: Selection = {
  smokeTest: true,
  smokeMethods: ['GET', 'OPTIONS', 'CONNECT'],
  samples: [],
};
const UNTOLD: Unreadable = {
  readable: false,
  isUntold: true,
  call: 'GetDeployment',
  reason: 'does not say',
  remedy: 'Ask.',
};

/** An API of a kind with these routes, configured and, unless it is untold, served so. */
function apiWith(
  kind: ApiKind,
  routes: Readonly<Record<string, string>>,
  parts: Partial<ApiEvidence> & { isUntold?: boolean } = {},
): ApiEvidence {
  const { isUntold = false, ...rest } = parts;
  return api({
    kind,
    configured: read(configured(routes)),
    stages: read([stage({ deployed: isUntold ? UNTOLD : read(deployed(routes)) })]),
    stageNames: ['prod'],
    ...rest,
  });
}

function withCors(of: ApiEvidence): ApiEvidence {
  if (!of.description.readable) return of;
  const v2 = { endpoint: null, answersCors: true, isManaged: false };
  return { ...of, description: read({ ...of.description.value, v2 }) };
}

function selected(of: ApiEvidence, key: string, selection = ALL): Selected | string {
  const row = rowsOf(of).find(({ method, path }) => `${method} ${path}` === key);
  if (row === undefined) throw new Error(`no ${key}`);
  return select(row, selection);
}

function chosen(of: ApiEvidence, key: string, selection = ALL): Selected {
  const it = selected(of, key, selection);
  if (typeof it === 'string') throw new Error(it);
  return it;
}

const DEFAULT = '$default $default';
const CONNECT = '$connect $connect';
const HERE = {
  baseUrl: 'https://a1b2c3.execute-api.eu-west-1.amazonaws.com/prod',
  defaultUrl: null,
  leadsElsewhere: () => null,
};

describe('which route is asked', () => {
  test('$default at the base of the URL, as every verb that is allowed but CONNECT', () => {
    const of = apiWith('HTTP', { [DEFAULT]: 'AWS_IAM', 'GET /a': 'AWS_IAM' });
    expect(chosen(of, DEFAULT)).toMatchObject({
      verbs: ['GET', 'OPTIONS'],
      path: { path: '/', missing: [] },
      unproven: [],
    });
  });

  test('$default not as a verb that another route takes there, and with a sample elsewhere', () => {
    const of = apiWith('HTTP', { [DEFAULT]: 'AWS_IAM', 'GET /': 'AWS_IAM', 'GET /a': 'AWS_IAM' });
    expect(chosen(of, DEFAULT)).toMatchObject({ verbs: ['OPTIONS'] });
    const getAlone = { ...ALL, smokeMethods: ['GET'] };
    expect(selected(of, DEFAULT, getAlone)).toContain('GET / may take what it is asked for');
    const row = rowsOf(of).find(({ method }) => method === '$default');
    expect(row && wantOf(row, getAlone)).toContain('add a value for {proxy}');
    const at = (proxy: string): Selection => ({
      ...getAlone,
      samples: [
        { ...NO_SAMPLE, matches: (_, path) => path === '$default', pathParameters: { proxy } },
      ],
    });
    expect(chosen(of, DEFAULT, at('health/live'))).toMatchObject({
      verbs: ['GET'],
      path: { path: '/health/live', missing: [] },
    });
    expect(selected(of, DEFAULT, at('a'))).toContain('GET /a may take');
  });

  test.each<[kind: ApiKind, key: string, values: Record<string, string>, other: string]>([
    ['REST', 'GET /pets/{id}', { id: 'mine' }, 'GET /pets/mine'],
    ['REST', 'GET /{proxy+}', { proxy: 'pets/7' }, 'GET /pets/{id}'],
    ['REST', 'GET /{proxy+}', { proxy: 'all' }, 'ANY /all'],
    ['REST', 'GET /{a}/list', { a: 'pets' }, 'GET /pets/{id}'],
    ['HTTP', 'GET /pets/{id}', { id: 'mine' }, 'GET /pets/mine'],
  ])('%s: not %s with a value whose path another one takes: %p', (kind, key, values, other) => {
    const of = apiWith(kind, {
      'GET /pets/mine': 'NONE',
      'GET /pets/{id}': 'AWS_IAM',
      'GET /{a}/list': 'AWS_IAM',
      'GET /{proxy+}': 'AWS_IAM',
      'ANY /all': 'AWS_IAM',
    });
    const at = (pathParameters: Record<string, string>): Selection => ({
      ...ALL,
      samples: [
        { ...NO_SAMPLE, matches: (verb, path) => `${verb} ${path}` === key, pathParameters },
      ],
    });
    expect(selected(of, key, at(values))).toBe(`${other} may take what it is asked for`);
    const row = rowsOf(of).find(({ method, path }) => `${method} ${path}` === key);
    // Nothing is proven of it, which the verdict must know.
    expect(row && wantOf(row, at(values))).toMatch(/^set a value for \{.*\} that no other/);
    const elsewhere = Object.fromEntries(Object.keys(values).map((name) => [name, 'x/y/z']));
    expect(chosen(of, key, at(elsewhere))).toMatchObject({ verbs: ['GET'], unproven: [] });
    expect(row && wantOf(row, at(elsewhere))).toBeNull();
  });

  test('of a REST API, what is configured and not deployed takes nothing', () => {
    const of = api({
      configured: read(configured({ 'ANY /all': 'AWS_IAM', 'GET /all': 'NONE' })),
      stages: read([stage({ deployed: read(deployed({ 'ANY /all': 'AWS_IAM' })) })]),
      stageNames: ['prod'],
    });
    expect(chosen(of, 'ANY /all')).toMatchObject({ verbs: ['GET', 'OPTIONS'] });
  });

  test('none as OPTIONS where API Gateway answers that itself', () => {
    const of = withCors(apiWith('HTTP', { 'ANY /a': 'AWS_IAM', 'OPTIONS /b': 'AWS_IAM' }));
    expect(chosen(of, 'ANY /a')).toMatchObject({ verbs: ['GET'] });
    expect(selected(of, 'OPTIONS /b')).toContain('CorsConfiguration');
  });

  test('a handshake whatever is allowed, and signed only with CONNECT', () => {
    const of = apiWith('WEBSOCKET', { [CONNECT]: 'AWS_IAM' });
    expect(chosen(of, CONNECT)).toMatchObject({
      ...{ verbs: ['CONNECT'], isHandshake: true, asksForSignature: true, unproven: [] },
      path: { path: '', missing: [] },
    });
    expect(chosen(of, CONNECT, { ...ALL, smokeMethods: ['GET'] }).unproven).toEqual([
      expect.stringContaining('add CONNECT to smoke-methods'),
    ]);
  });

  test.each<[configuredAs: string, asks: boolean]>([
    ['AWS_IAM', true],
    ['NONE', false],
    ['CUSTOM', false],
    ['unreadable', true],
  ])('what no call tells as it is configured: %s', (type, asks) => {
    const of = apiWith('WEBSOCKET', { [CONNECT]: type }, { isUntold: true });
    expect(chosen(of, CONNECT).asksForSignature).toBe(asks);
  });

  test('REST methods are not asked as CONNECT', () => {
    expect(chosen(apiWith('REST', { 'ANY /a': 'AWS_IAM' }), 'ANY /a').verbs).toEqual([
      'GET',
      'OPTIONS',
    ]);
  });
});

describe('the control of a stage', () => {
  test.each<[why: string, api: ApiEvidence, key: string, plan: unknown]>([
    ['of a REST API is none', apiWith('REST', { 'GET /a': 'AWS_IAM' }), 'GET /a', null],
    ['of an open route is none', apiWith('HTTP', { 'GET /a': 'NONE' }), 'GET /a', null],
    [
      'of an HTTP API is a path that no route takes',
      apiWith('HTTP', { 'GET /a': 'AWS_IAM' }),
      'GET /a',
      { isPossible: true, verb: 'GET', baseUrl: HERE.baseUrl, path: '/apigw-iam-gate-control' },
    ],
    [
      'is excused where every path has a route',
      apiWith('HTTP', { 'GET /a': 'AWS_IAM', [DEFAULT]: 'AWS_IAM' }),
      'GET /a',
      { isPossible: false, why: expect.stringContaining('every path'), isExcused: true },
    ],
    [
      'is possible where what takes every path is not served yet',
      apiWith(
        'HTTP',
        { 'GET /a': 'AWS_IAM' },
        {
          configured: read(configured({ 'GET /a': 'AWS_IAM', [DEFAULT]: 'NONE' })),
        },
      ),
      'GET /a',
      { isPossible: true, verb: 'GET', baseUrl: HERE.baseUrl, path: '/apigw-iam-gate-control' },
    ],
    [
      'of a WebSocket API is a stage that is not there',
      apiWith('WEBSOCKET', { [CONNECT]: 'AWS_IAM' }),
      CONNECT,
      {
        isPossible: true,
        verb: 'CONNECT',
        baseUrl: 'https://a1b2c3.execute-api.eu-west-1.amazonaws.com/apigw-iam-gate-control',
        path: '',
      },
    ],
    [
      'but not where there is one of that name',
      apiWith('WEBSOCKET', { [CONNECT]: 'AWS_IAM' }, { stageNames: ['apigw-iam-gate-control'] }),
      CONNECT,
      { isPossible: false, why: expect.any(String), isExcused: false },
    ],
  ])('%s', (_why, of, key, plan) => {
    expect(planControl(chosen(of, key), HERE, ALL)).toEqual(plan);
  });

  test('is not possible where it would lead elsewhere, or GET is not allowed', () => {
    const it = chosen(apiWith('HTTP', { 'GET /a': 'AWS_IAM' }), 'GET /a');
    const elsewhere = { ...HERE, leadsElsewhere: () => 'a rule takes it' };
    expect(planControl(it, elsewhere, ALL)).toMatchObject({
      isPossible: false,
      isExcused: false,
      why: expect.stringContaining('a rule takes it'),
    });
    const asked: unknown[] = [];
    const noting = {
      ...HERE,
      leadsElsewhere: (way: unknown) => {
        asked.push(way);
        return null;
      },
    };
    const plan = planControl(it, noting, ALL);
    expect(plan).toMatchObject({ isPossible: true, path: expect.any(String) });
    // The very path that is asked, which no sample gives headers.
    expect(asked).toEqual([{ path: plan?.isPossible ? plan.path : '', headers: {} }]);
    expect(planControl(it, HERE, { ...ALL, smokeMethods: ['HEAD'] })).toMatchObject({
      isPossible: false,
      isExcused: false,
      why: expect.stringContaining('add GET to smoke-methods'),
    });
  });

  test('of a WebSocket API is none behind a custom domain name', () => {
    const it = chosen(apiWith('WEBSOCKET', { [CONNECT]: 'AWS_IAM' }), CONNECT);
    const where = { ...HERE, baseUrl: 'https://ws.example.com/prod' };
    expect(planControl(it, where, ALL)).toMatchObject({ isPossible: false, isExcused: false });
  });
});

describe('whether answers may prove a stage', () => {
  test.each<
    [kind: ApiKind, routes: Record<string, string>, key: string, methods: string[], may: boolean]
  >([
    ['HTTP', { 'GET /a': 'AWS_IAM' }, 'GET /a', ['GET'], true],
    ['HTTP', { 'HEAD /a': 'AWS_IAM' }, 'HEAD /a', ['HEAD'], false],
    ['HTTP', { [DEFAULT]: 'AWS_IAM' }, DEFAULT, ['GET'], true],
    ['HTTP', { 'GET /{id}': 'AWS_IAM' }, 'GET /{id}', ['GET'], false],
    ['HTTP', { 'GET /a': 'NONE' }, 'GET /a', ['GET'], false],
    ['WEBSOCKET', { [CONNECT]: 'AWS_IAM' }, CONNECT, ['CONNECT'], true],
    ['WEBSOCKET', { [CONNECT]: 'AWS_IAM' }, CONNECT, ['GET'], false],
    ['REST', { 'GET /a': 'AWS_IAM' }, 'GET /a', ['GET'], true],
  ])('of %s %p, %s as %p: %s', (kind, routes, key, smokeMethods, may) => {
    const selection = { ...ALL, smokeMethods };
    const it = chosen(apiWith(kind, routes), key, selection);
    expect(mayBeProven(it, HERE, selection)).toBe(may);
    const elsewhere = { ...HERE, leadsElsewhere: () => 'elsewhere' };
    expect(mayBeProven(it, elsewhere, selection)).toBe(false);
  });
});

function asked(unsigned: AnswerKind, tampered: AnswerKind | null = null): Control {
  return {
    isAsked: true,
    unsigned: settled(unsigned),
    tampered: tampered === null ? null : settled(tampered),
  };
}

const EXCUSED: Control = { isAsked: false, why: 'every path has a route', isExcused: true };
const LACKING: Control = { isAsked: false, why: 'add GET to smoke-methods', isExcused: false };

describe('what is proven of an HTTP API', () => {
  const row = onlyRow(apiWith('HTTP', { 'GET /a': 'AWS_IAM' }));
  const seen = (parts: Partial<Observation>): Observation =>
    observation(row, { unsigned: settled('refused'), tampered: settled('refused'), ...parts });

  test.each<[why: string, parts: Partial<Observation>, proof: string, stage: boolean]>([
    ['all four', { control: asked('no-such-method') }, 'proven', true],
    ['without a control', {}, 'consistent', false],
    ['with no path for one', { control: EXCUSED }, 'consistent', true],
    ['with no leave for one', { control: LACKING }, 'consistent', false],
    ['a control that was refused', { control: asked('refused') }, 'consistent', false],
    ['a control that nobody answered', { control: asked('unreachable') }, 'consistent', false],
    ['a control that was let in', { control: asked('accepted') }, 'consistent', false],
    [
      'a control that flips',
      {
        control: {
          isAsked: true,
          unsigned: unsettled('no-such-method', 'refused'),
          tampered: null,
        },
      },
      'consistent',
      false,
    ],
    ['nothing signed', { signed: null, control: asked('no-such-method') }, 'consistent', false],
    ['nothing signed, no path', { signed: null, control: EXCUSED }, 'consistent', false],
    ['a gap', { unproven: ['x'], control: asked('no-such-method') }, 'consistent', false],
    [
      'a refused caller',
      { signed: settled('refused'), control: asked('no-such-method') },
      'refuted',
      false,
    ],
    [
      'a refusal that may be the address’s',
      { signed: settled('refused'), control: EXCUSED },
      'inconclusive',
      false,
    ],
    // IAM refuses with 403: the 401 to the signed one alone is most likely the backend's.
    [
      'a caller who got 401 where the unsigned request got 403',
      { signed: settled('unauthorized'), control: asked('no-such-method') },
      'inconclusive',
      false,
    ],
    [
      'a caller who got 401 as the unsigned request did',
      {
        unsigned: settled('unauthorized'),
        signed: settled('unauthorized'),
        control: asked('no-such-method'),
      },
      'refuted',
      false,
    ],
    [
      'a caller who got 401 where the unsigned request got 403 at times',
      {
        unsigned: unsettled('unauthorized', 'refused'),
        signed: settled('unauthorized'),
        control: asked('no-such-method'),
      },
      'refuted',
      false,
    ],
    ['an open route', { unsigned: settled('backend-error'), control: EXCUSED }, 'refuted', false],
    [
      'a signature that nobody checks',
      { tampered: settled('accepted'), control: EXCUSED },
      'refuted',
      false,
    ],
    [
      'a failing authorizer',
      { unsigned: settled('unauthorized'), control: EXCUSED },
      'inconclusive',
      false,
    ],
    [
      'a key that nobody knows',
      { tampered: settled('unknown-key'), control: EXCUSED },
      'inconclusive',
      false,
    ],
  ])('by %s', (_why, parts, proof, proves) => {
    const it = seen(parts);
    expect(proofOf(it)).toBe(proof);
    expect(provesStage(it)).toBe(proves);
    expect(decidesUntold(it)).toBe(proves || proof === 'refuted');
  });

  test('what is missing is said', () => {
    expect(gapsIn(seen({ control: asked('no-such-method') }))).toEqual([]);
    expect(gapsIn(seen({ control: EXCUSED }))).toEqual(['every path has a route']);
    expect(gapsIn(seen({ unproven: ['x'], control: asked('refused') }))).toEqual([
      'x',
      expect.stringContaining('must be answered with 404 Not Found, and got 403 refused'),
    ]);
  });

  test('a control that was let in is seen, once it was', () => {
    expect(isControlLetIn(seen({ control: asked('accepted') }))).toBe(true);
    expect(isControlLetIn(seen({ control: asked('integration-failure') }))).toBe(true);
    expect(isControlLetIn(seen({ control: asked('refused') }))).toBe(false);
    expect(isControlLetIn(seen({ control: EXCUSED }))).toBe(false);
  });
});

test('a refusal without a reason is none of a REST API', () => {
  const row = onlyRow(apiWith('REST', { 'GET /a': 'AWS_IAM' }));
  expect(proofOf(observation(row, { unsigned: settled('refused') }))).toBe('inconclusive');
  expect(proofOf(observation(row, { tampered: settled('refused') }))).toBe('inconclusive');
});

describe.each([true, false])('what is proven of a WebSocket API that is untold: %s', (isUntold) => {
  const row = onlyRow(apiWith('WEBSOCKET', { [CONNECT]: 'AWS_IAM' }, { isUntold }));
  const named = { unsigned: settled('missing-token'), tampered: settled('wrong-signature') };
  const unnamed = { unsigned: settled('refused'), tampered: settled('refused') };
  const unsigned = { signed: null, unproven: ['add CONNECT'] };

  test.each<[why: string, parts: Partial<Observation>, proof: string, proves: boolean]>([
    ['by all three', named, 'proven', true],
    ['by all three, without a reason', unnamed, 'proven', true],
    [
      'by reasons',
      { ...named, ...unsigned, control: asked('refused', 'refused') },
      'consistent',
      true,
    ],
    [
      'by one that differs',
      { ...named, ...unsigned, control: asked('missing-token', 'refused') },
      'consistent',
      true,
    ],
    [
      'by the other',
      { ...named, ...unsigned, control: asked('no-such-method', 'wrong-signature') },
      'consistent',
      true,
    ],
    [
      'not where any stage answers so',
      { ...named, ...unsigned, control: asked('missing-token', 'wrong-signature') },
      'consistent',
      false,
    ],
    ['not without a control', { ...named, ...unsigned, control: LACKING }, 'consistent', false],
    [
      'not without the tampered control',
      { ...named, ...unsigned, control: asked('refused') },
      'consistent',
      false,
    ],
    [
      'not where the control is lost',
      { ...named, ...unsigned, control: asked('throttled', 'throttled') },
      'consistent',
      false,
    ],
    [
      'not where the control is let in',
      { ...named, ...unsigned, control: asked('accepted', 'accepted') },
      'consistent',
      false,
    ],
    [
      'not without a reason',
      { ...unnamed, ...unsigned, control: asked('no-such-method', 'no-such-method') },
      'consistent',
      false,
    ],
    [
      'not by one reason',
      { ...named, tampered: settled('refused'), ...unsigned, control: asked('refused', 'refused') },
      'consistent',
      false,
    ],
    [
      'not where a backend may have said so',
      { ...named, tampered: settled('missing-token'), ...unsigned },
      'inconclusive',
      false,
    ],
    [
      'against it, by 101',
      { ...named, unsigned: settled('accepted', { status: 101 }) },
      'refuted',
      false,
    ],
  ])('%s', (_why, parts, proof, proves) => {
    const it = observation(row, parts);
    expect(proofOf(it)).toBe(proof);
    expect(provesStage(it)).toBe(proves);
    expect(decidesUntold(it)).toBe(proves || proof === 'refuted');
  });
});
