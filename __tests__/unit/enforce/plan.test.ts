import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Config, DEFAULT_CONFIG } from '../../../src/config/config.js';
import type { ApiPlan } from '../../../src/enforce/api-plan.js';
import { isIdle, servedKey } from '../../../src/enforce/api-plan.js';
import { pendingChanges } from '../../../src/enforce/pending-changes.js';
import { planEnforcement } from '../../../src/enforce/plan.js';
import { decidePending } from '../../../src/enforce/preconditions.js';
import { refusalText } from '../../../src/enforce/refusals.js';
import type { ApiEvidence, ConfiguredMethod, DeployedMethod } from '../../../src/model/evidence.js';
import {
  api,
  apiOf,
  configured,
  configuredMethod,
  deployed,
  PREFLIGHT,
  read,
  stage,
  stageWithCanary,
  UNREAD,
} from '../evidence-builder.js';
import { arbitraryEvidence } from '../rules/arbitrary-evidence.js';

const BASIS = { policy: DEFAULT_CONFIG, today: '2026-11-23' };

function planOf(subject: ApiEvidence, replaceAuthorizers = false): ApiPlan {
  const [plan] = planEnforcement([subject], { ...BASIS, replaceAuthorizers });
  if (plan === undefined) throw new Error('no plan came back');
  return plan;
}

/** What a plan comes to, in short. */
function inShort(plan: ApiPlan): {
  changes: string[];
  kept: string[];
  stages: string[];
  refused: boolean;
} {
  return {
    changes: plan.changes.map(
      ({ method, path, from, to }) => `${method} ${path}: ${from} -> ${to}`,
    ),
    kept: plan.kept.map(
      ({ method, path, authorizationType }) => `${method} ${path}: ${authorizationType}`,
    ),
    stages: plan.stages.map(({ name }) => name),
    refused: plan.refusals.length > 0,
  };
}

const NOTHING = { changes: [], kept: [], stages: [], refused: false };

describe('what is changed', () => {
  test('is NONE, with the resource that holds the method', () => {
    const plan = planOf(apiOf({ 'GET /a': { authorizationType: 'NONE', resourceId: 'r7' } }));
    expect(plan.changes).toEqual([
      {
        resourceId: 'r7',
        method: 'GET',
        path: '/a',
        from: 'NONE',
        to: 'AWS_IAM',
        former: configuredMethod('GET /a', { authorizationType: 'NONE', resourceId: 'r7' }),
      },
    ]);
    expect(inShort(plan)).toMatchObject({ stages: ['prod'], refused: false });
  });

  test.each(['CUSTOM', 'COGNITO_USER_POOLS'])('is %s only where that is asked for', (type) => {
    const subject = apiOf({ 'GET /a': type });
    expect(inShort(planOf(subject))).toEqual({ ...NOTHING, kept: [`GET /a: ${type}`] });
    expect(planOf(subject).kept[0]?.reason).toContain('replace-authorizers');
    expect(inShort(planOf(subject, true))).toEqual({
      ...NOTHING,
      changes: [`GET /a: ${type} -> AWS_IAM`],
      stages: ['prod'],
    });
  });

  test.each([false, true])(
    'is never a type that the gate does not know (replace: %s)',
    (replace) => {
      const plan = planOf(apiOf({ 'GET /a': 'AWS_IAM_V2' }), replace);
      expect(inShort(plan)).toEqual({ ...NOTHING, kept: ['GET /a: AWS_IAM_V2'] });
    },
  );

  test.each([false, true])('is never a preflight (replace: %s)', (replace) => {
    for (const authorizationType of ['NONE', 'CUSTOM']) {
      const plan = planOf(apiOf({ 'OPTIONS /a': { ...PREFLIGHT, authorizationType } }), replace);
      expect(inShort(plan)).toEqual({ ...NOTHING, kept: [`OPTIONS /a: ${authorizationType}`] });
    }
  });

  test('is an OPTIONS method that is no preflight, and ANY', () => {
    const backend = { ...PREFLIGHT, integrationType: 'HTTP' };
    const plan = planOf(apiOf({ 'OPTIONS /a': backend, 'ANY /b': 'NONE' }));
    expect(inShort(plan).changes).toEqual([
      'OPTIONS /a: NONE -> AWS_IAM',
      'ANY /b: NONE -> AWS_IAM',
    ]);
  });

  test('is only what is open, beside what is right', () => {
    const plan = planOf(apiOf({ 'GET /a': 'AWS_IAM', 'GET /b': 'NONE', 'OPTIONS /b': PREFLIGHT }));
    expect(inShort(plan)).toMatchObject({
      changes: ['GET /b: NONE -> AWS_IAM'],
      kept: ['OPTIONS /b: NONE'],
    });
    expect([...plan.expected].map(([key, it]) => [key, it.authorizationType])).toEqual([
      ['GET /a', 'AWS_IAM'],
      ['GET /b', 'AWS_IAM'],
      ['OPTIONS /b', 'NONE'],
    ]);
  });
});

describe('a deployment', () => {
  test('is not needed where all is right', () => {
    const plan = planOf(apiOf({ 'GET /a': 'AWS_IAM', 'OPTIONS /a': PREFLIGHT }));
    expect(isIdle(plan)).toBe(true);
    expect(inShort(plan)).toEqual({ ...NOTHING, kept: ['OPTIONS /a: NONE'] });
  });

  test('is all that fixed but not deployed needs', () => {
    expect(inShort(planOf(apiOf({ 'GET /a': 'AWS_IAM' }, { 'GET /a': 'NONE' })))).toEqual({
      ...NOTHING,
      stages: ['prod'],
    });
  });

  test('is not needed where only the configuration is open', () => {
    expect(inShort(planOf(apiOf({ 'GET /a': 'NONE' }, { 'GET /a': 'AWS_IAM' })))).toEqual({
      ...NOTHING,
      changes: ['GET /a: NONE -> AWS_IAM'],
    });
  });

  test('is not needed where the open method is not deployed', () => {
    expect(inShort(planOf(apiOf({ 'GET /a': 'NONE' }, {})))).toMatchObject({
      changes: ['GET /a: NONE -> AWS_IAM'],
      stages: [],
      refused: false,
    });
  });

  test('goes to the stages that need it and to no other', () => {
    const stages = [
      stage({ name: 'open', deployed: read(deployed({ 'GET /a': 'NONE' })) }),
      stage({ name: 'right', deployed: read(deployed({ 'GET /a': 'AWS_IAM' })) }),
    ];
    const subject = api({
      configured: read(configured({ 'GET /a': 'AWS_IAM' })),
      stages: read(stages),
    });
    expect(inShort(planOf(subject))).toEqual({ ...NOTHING, stages: ['open'] });
  });

  test('is not made for an API without stages', () => {
    const subject = api({ configured: read(configured({ 'GET /a': 'NONE' })) });
    expect(inShort(planOf(subject))).toMatchObject({
      changes: ['GET /a: NONE -> AWS_IAM'],
      stages: [],
    });
  });

  test('is not made for a preflight that is served otherwise', () => {
    expect(isIdle(planOf(apiOf({ 'OPTIONS /a': PREFLIGHT }, { 'OPTIONS /a': 'CUSTOM' })))).toBe(
      true,
    );
  });

  test('is not made for an authorizer that is kept', () => {
    expect(isIdle(planOf(apiOf({ 'GET /a': 'CUSTOM', 'GET /b': 'AWS_IAM' })))).toBe(true);
  });
});

describe('enforce refuses', () => {
  const OPEN = { 'GET /a': 'NONE' };
  const FIXED = read(configured({ 'GET /a': 'AWS_IAM' }));

  test.each<[why: string, subject: ApiEvidence, words: string]>([
    [
      'configured methods that were not read',
      { ...apiOf(OPEN), configured: UNREAD },
      'configured methods',
    ],
    ['stages that were not read', { ...apiOf(OPEN), stages: UNREAD }, 'its stages'],
    [
      'a snapshot that was not read',
      api({ configured: read(configured(OPEN)), stages: read([stage({ deployed: UNREAD })]) }),
      'the snapshot of stage prod could not be read',
    ],
    [
      'a method that was listed without its type',
      apiOf({ ...OPEN, 'GET /b': 'unreadable' }, OPEN),
      'no authorization type for GET /b',
    ],
    [
      'a snapshot that tells no type of a method',
      apiOf({ 'GET /a': 'AWS_IAM', 'GET /b': 'AWS_IAM' }, { ...OPEN, 'GET /b': 'unreadable' }),
      'no authorization type for GET /b',
    ],
    [
      'a snapshot that tells no type of its only method',
      apiOf({ 'GET /a': 'AWS_IAM' }, { 'GET /a': 'unreadable' }),
      'no authorization type for GET /a',
    ],
    [
      'a canary on a stage that it would move',
      api({ configured: FIXED, stages: read([stageWithCanary(OPEN, read(deployed(OPEN)))]) }),
      'stage prod has a canary (10 % of its traffic)',
    ],
    ['a method that is new', apiOf({ ...OPEN, 'GET /b': 'AWS_IAM' }, OPEN), 'GET /b is new'],
    ['a method that is gone', apiOf(OPEN, { ...OPEN, 'GET /b': 'AWS_IAM' }), 'GET /b is gone'],
    ['an open method that is gone', apiOf({}, OPEN), 'GET /a is gone'],
    [
      'a method that a deployment would weaken',
      apiOf({ ...OPEN, 'GET /b': 'CUSTOM' }, { ...OPEN, 'GET /b': 'AWS_IAM' }),
      'would open GET /b, which is closed there',
    ],
    [
      'a method that asks for another authorizer',
      apiOf({ ...OPEN, 'GET /b': 'COGNITO_USER_POOLS' }, { ...OPEN, 'GET /b': 'CUSTOM' }),
      'GET /b goes from CUSTOM to COGNITO_USER_POOLS',
    ],
    [
      'a method that becomes a preflight',
      apiOf({ ...OPEN, 'OPTIONS /a': PREFLIGHT }, { ...OPEN, 'OPTIONS /a': 'AWS_IAM' }),
      'OPTIONS /a goes from AWS_IAM to NONE',
    ],
    [
      'an API key that is asked for from then on',
      apiOf({ 'GET /a': { authorizationType: 'AWS_IAM', apiKeyRequired: true } }, OPEN),
      'GET /a asks for an API key',
    ],
    [
      'an API key that is asked for no more',
      apiOf(
        { 'GET /a': 'AWS_IAM' },
        { 'GET /a': { authorizationType: 'NONE', apiKeyRequired: true } },
      ),
      'GET /a no longer asks for an API key',
    ],
  ])('%s', (_why, subject, words) => {
    const plan = decidePending(planOf(subject), [], false);
    expect(plan.refusals.join('; ')).toContain(words);
    expect(refusalText(plan)).toContain(words);
    expect(refusalText(plan)).toMatch(/^Enforce left orders \(a1b2c3\) as it is: .*\.$/);
  });

  test('all at once, with every reason', () => {
    const subject = api({
      configured: read(configured({ 'GET /a': 'AWS_IAM', 'GET /b': 'AWS_IAM' })),
      stages: read([
        stageWithCanary({ ...OPEN, 'GET /c': 'AWS_IAM' }, UNREAD),
        stage({ name: 'dev', deployed: UNREAD }),
      ]),
    });
    const { pending, refusals } = planOf(subject);
    expect([pending.length, refusals.length]).toEqual([2, 2]);
    // The last one says what can be done about what is pending.
    expect(decidePending(planOf(subject), [], false).refusals).toHaveLength(5);
  });

  test('nothing where it has nothing to do', () => {
    const right = { 'GET /a': 'AWS_IAM' };
    const withCanary = api({
      configured: FIXED,
      stages: read([stageWithCanary(right, read(deployed(right)))]),
    });
    expect(inShort(planOf(withCanary))).toEqual(NOTHING);
    expect(inShort(planOf(apiOf({ ...right, 'GET /b': 'AWS_IAM' }, right)))).toEqual(NOTHING);
  });

  test('no canary and no pending change where it only patches', () => {
    const subject = api({
      configured: read(configured({ 'GET /a': 'NONE', 'GET /new': 'AWS_IAM' })),
      stages: read([stageWithCanary({ 'GET /a': 'AWS_IAM' }, read(deployed({})))]),
    });
    expect(inShort(planOf(subject))).toEqual({ ...NOTHING, changes: ['GET /a: NONE -> AWS_IAM'] });
  });

  test('one API, and plans the others', () => {
    const plans = planEnforcement(
      [
        { ...apiOf(OPEN), stages: UNREAD },
        { ...apiOf(OPEN), id: 'b2' },
      ],
      { ...BASIS, replaceAuthorizers: false },
    );
    expect(plans.map(({ api: { id }, refusals }) => [id, refusals.length])).toEqual([
      ['a1b2c3', 1],
      ['b2', 0],
    ]);
  });
});

describe('pending changes', () => {
  test('are none where a deployment ships what the plan wants alone', () => {
    const expected = new Map([['GET /a', { authorizationType: 'AWS_IAM', apiKeyRequired: false }]]);
    expect(
      pendingChanges(
        configured({ 'GET /a': 'NONE' }),
        deployed({ 'GET /a': 'NONE' }),
        expected,
        () => true,
      ),
    ).toEqual([]);
  });
});

describe("somebody else's move to AWS_IAM", () => {
  test('over an authorizer that nobody asked to replace is pending', () => {
    const subject = apiOf(
      { 'GET /a': 'NONE', 'GET /me': 'AWS_IAM' },
      { 'GET /a': 'NONE', 'GET /me': 'COGNITO_USER_POOLS' },
    );
    expect(planOf(subject).pending.join()).toContain(
      'GET /me goes from COGNITO_USER_POOLS to AWS_IAM',
    );
    expect(planOf(subject, true).pending).toEqual([]);
  });

  test('over an authorizer is no reason to deploy', () => {
    const subject = apiOf({ 'GET /me': 'AWS_IAM' }, { 'GET /me': 'CUSTOM' });
    expect(isIdle(planOf(subject))).toBe(true);
    expect(isIdle(planOf(subject, true))).toBe(false);
  });
});

test('an API that has none of the named stages is left alone', () => {
  const subject = { ...apiOf({ 'GET /a': 'NONE' }), stages: read([]), stageNames: ['v1'] };
  expect(isIdle(planOf(subject))).toBe(true);
});

describe('what is pending', () => {
  const subject = apiOf({ 'GET /a': 'NONE', 'GET /b': 'AWS_IAM' }, { 'GET /a': 'NONE' });

  test('is shipped, and said, where it is allowed', () => {
    const { refusals, notes } = decidePending(planOf(subject), ['what the export told'], true);
    expect(refusals).toEqual([]);
    expect(notes.join()).toContain('GET /b is new; what the export told');
  });

  test('allows nothing that would open what is closed', () => {
    const opened = apiOf(
      { 'GET /a': 'NONE', 'GET /b': 'CUSTOM' },
      { 'GET /a': 'NONE', 'GET /b': 'AWS_IAM' },
    );
    expect(decidePending(planOf(opened), [], true).refusals.join()).toContain('would open GET /b');
  });
});

describe('an API that the service itself is changing', () => {
  const withStatus = (status: string | null, statusMessage: string | null = null) => {
    const subject = apiOf({ 'GET /a': 'NONE' });
    if (!subject.description.readable) throw new Error('the sample has a description');
    return {
      ...subject,
      description: read({ ...subject.description.value, status, statusMessage }),
    };
  };

  test.each(['UPDATING', 'PENDING', 'FAILED', 'LATER'])('is left alone while %s', (status) => {
    expect(planOf(withStatus(status, 'why')).refusals).toEqual([
      `its status is ${status} (why), not AVAILABLE; wait until it is, and run the job again`,
    ]);
  });

  test.each(['AVAILABLE', null])('is not one whose status is %s', (status) => {
    expect(planOf(withStatus(status)).refusals).toEqual([]);
  });

  test('may be one whose description was not read', () => {
    expect(planOf({ ...apiOf({ 'GET /a': 'NONE' }), description: UNREAD }).refusals).toEqual([
      'whether it is AVAILABLE could not be read',
    ]);
  });
});

describe('whatever is found', () => {
  const options = fc.record({ replaceAuthorizers: fc.boolean() });

  test('enforce sets AWS_IAM and nothing else, on what may be changed', () => {
    fc.assert(
      fc.property(arbitraryEvidence, options, ({ apis }, given) => {
        const changeable = given.replaceAuthorizers
          ? ['NONE', 'CUSTOM', 'COGNITO_USER_POOLS']
          : ['NONE'];
        for (const { changes } of planEnforcement(apis, { ...BASIS, ...given })) {
          for (const { from, to } of changes) {
            expect(to).toBe('AWS_IAM');
            expect(changeable).toContain(from);
          }
        }
      }),
    );
  });

  test('a plan that is not refused moves no stage to a method that is weaker than what it serves', () => {
    fc.assert(
      fc.property(arbitraryEvidence, options, ({ apis }, given) => {
        for (const plan of planEnforcement(apis, { ...BASIS, ...given })) {
          const { stages, refusals, expected } = decidePending(plan, [], false);
          if (refusals.length > 0) continue;
          for (const { deployed: served, canary } of stages) {
            expect(canary).toBeNull();
            if (!served.readable) throw new Error('a stage that was not read would be moved');
            expect([...served.value.keys()].toSorted()).toEqual([...expected.keys()].toSorted());
            for (const [key, { authorizationType }] of served.value) {
              expect(['AWS_IAM', authorizationType]).toContain(
                expected.get(key)?.authorizationType,
              );
            }
          }
        }
      }),
    );
  });
});

describe('an exception', () => {
  const exceptionUntil = (expires: string | null, stages: readonly string[] = []): Config => ({
    ...DEFAULT_CONFIG,
    exceptions: [
      {
        methods: ['GET /a'],
        matches: (method, path) => `${method} ${path}` === 'GET /a',
        apis: ['*'],
        stages,
        reason: 'a partner moves in spring',
        owner: 'orders',
        expires,
        location: null,
      },
    ],
  });
  const planWith = (policy: Config, today = BASIS.today): ApiPlan => {
    const subject = apiOf({ 'GET /a': 'NONE', 'GET /b': 'NONE' });
    const [plan] = planEnforcement([subject], { policy, today, replaceAuthorizers: false });
    if (plan === undefined) throw new Error('no plan came back');
    return plan;
  };

  test.each([
    ['on the day before its last', '2026-11-22', true],
    ['on its last day', '2026-11-23', true],
    ['on the day after', '2026-11-24', false],
  ])('%s', (_, today, isKept) => {
    const { changes, kept } = planWith(exceptionUntil('2026-11-23'), today);
    expect(changes.map(({ path }) => path)).toEqual(isKept ? ['/b'] : ['/a', '/b']);
    expect(kept.map(({ path, reason }) => `${path} ${reason}`)).toEqual(
      isKept ? ['/a an exception (until 2026-11-23; a partner moves in spring)'] : [],
    );
  });

  test('without an end keeps what it covers, also where it is only served', () => {
    const { changes, kept } = planWith(exceptionUntil(null), '2999-01-01');
    expect(changes.map(({ path }) => path)).toEqual(['/b']);
    expect(kept[0]?.reason).toBe('an exception (permanent; a partner moves in spring)');
    const served = apiOf({ 'GET /a': 'AWS_IAM' }, { 'GET /a': 'NONE' });
    for (const [policy, isLeft] of [
      [exceptionUntil('2026-11-23'), true],
      [exceptionUntil('2026-11-22'), false],
    ] as const) {
      const [plan] = planEnforcement([served], { ...BASIS, policy, replaceAuthorizers: false });
      expect([plan?.stages.length, plan === undefined || isIdle(plan)]).toEqual(
        isLeft ? [0, true] : [1, false],
      );
    }
  });
});

describe('an exception of one stage', () => {
  const clause = {
    methods: ['GET /a'],
    matches: () => true,
    apis: ['*'],
    stages: ['dev'],
    reason: 'a partner moves in spring',
    owner: 'orders',
    expires: null,
    location: null,
  };
  const options = {
    ...BASIS,
    policy: { ...DEFAULT_CONFIG, exceptions: [clause] },
    replaceAuthorizers: false,
  };
  /** What is configured, served open by two stages. */
  const planWith = (layer: Record<string, string>): ApiPlan | undefined => {
    const open = read(deployed({ 'GET /a': 'NONE' }));
    const stages = ['dev', 'prod'].map((name) => stage({ name, deployed: open }));
    const subject = { configured: read(configured(layer)), stages: read(stages) };
    return planEnforcement([api(subject)], options)[0];
  };

  test('leaves that stage as it is served, and no other', () => {
    const plan = planWith({ 'GET /a': 'AWS_IAM' });
    expect(plan?.stages.map(({ name }) => name)).toEqual(['prod']);
    expect([plan?.pending, plan?.refusals]).toEqual([[], []]);
  });

  test('is no reason to deploy what it keeps to a stage that serves it closed', () => {
    const subject = apiOf({ 'GET /a': 'NONE' }, { 'GET /a': 'CUSTOM' });
    const [plan] = planEnforcement([subject], { ...options, replaceAuthorizers: true });
    expect([plan?.changes, plan?.stages]).toEqual([[], []]);
  });

  test('keeps what is configured, which goes to every stage', () => {
    const plan = planWith({ 'GET /a': 'NONE' });
    expect([plan?.changes, plan?.stages]).toEqual([[], []]);
    expect(plan?.kept).toHaveLength(1);
  });
});

describe('OPTIONS', () => {
  const OPEN_PREFLIGHT = { ...PREFLIGHT, authorizationType: 'NONE' };

  test('that is a preflight may be opened by a deployment where that is allowed; any other may not', () => {
    const served = { 'GET /a': 'NONE', 'OPTIONS /a': 'AWS_IAM' };
    const preflight = planOf(apiOf({ 'GET /a': 'NONE', 'OPTIONS /a': OPEN_PREFLIGHT }, served));
    expect(decidePending(preflight, [], true).refusals).toEqual([]);
    expect(decidePending(preflight, [], false).refusals.join()).toContain('OPTIONS /a goes from');

    // The policy allows NONE, and it reaches a backend: no exemption of preflights is meant for it.
    const policy: Config = {
      ...DEFAULT_CONFIG,
      overrides: [{ matches: (method) => method === 'OPTIONS', types: ['NONE', 'AWS_IAM'] }],
    };
    const backend = { authorizationType: 'NONE', integrationType: 'HTTP_PROXY' };
    const [plan] = planEnforcement([apiOf({ 'GET /a': 'NONE', 'OPTIONS /a': backend }, served)], {
      ...BASIS,
      policy,
      replaceAuthorizers: false,
    });
    if (plan === undefined) throw new Error('no plan came back');
    expect(decidePending(plan, [], true).refusals.join()).toContain(
      'would open OPTIONS /a, which is closed there',
    );
  });

  test('that is a preflight in both layers is neither changed nor a reason to deploy', () => {
    const plan = planOf(
      apiOf(
        { 'GET /a': 'AWS_IAM', 'OPTIONS /a': OPEN_PREFLIGHT },
        { 'GET /a': 'AWS_IAM', 'OPTIONS /a': { authorizationType: 'NONE', preflight: 'yes' } },
      ),
    );
    expect(isIdle(plan)).toBe(true);
  });

  test('that is a preflight with another type than NONE keeps it', () => {
    for (const authorizationType of ['CUSTOM', 'COGNITO_USER_POOLS']) {
      const plan = planOf(apiOf({ 'OPTIONS /a': { ...PREFLIGHT, authorizationType } }), true);
      expect(plan.changes).toEqual([]);
    }
  });
});

describe('an OPTIONS method', () => {
  const OPEN: Partial<DeployedMethod> = { authorizationType: 'NONE', preflight: 'no' };
  const SERVED: Partial<DeployedMethod> = { authorizationType: 'NONE', preflight: 'yes' };
  const BESIDE = { 'GET /a': 'AWS_IAM' };
  const of = (
    configuredAs: Partial<ConfiguredMethod> | null,
    servedAs: Partial<DeployedMethod> | null,
    more: Readonly<Record<string, string>> = {},
  ): ApiEvidence =>
    apiOf(
      { ...BESIDE, ...more, ...(configuredAs === null ? {} : { 'OPTIONS /a': configuredAs }) },
      { ...BESIDE, ...more, ...(servedAs === null ? {} : { 'OPTIONS /a': servedAs }) },
    );

  test('that reaches a backend where it is served is a reason to deploy the preflight', () => {
    const plan = planOf(of(PREFLIGHT, OPEN));
    expect(inShort(plan)).toEqual({ ...NOTHING, stages: ['prod'], kept: ['OPTIONS /a: NONE'] });
    expect(plan.pending).toEqual([]);
    expect([...plan.becomingPreflights]).toEqual([servedKey('prod', 'OPTIONS /a')]);
  });

  test('that is served as a preflight, and is one, is no reason for anything', () => {
    const plan = planOf(of(PREFLIGHT, SERVED));
    expect(inShort(plan)).toEqual({ ...NOTHING, kept: ['OPTIONS /a: NONE'] });
    expect(plan.becomingPreflights.size).toBe(0);
  });

  test('that is served as a preflight and no longer configured is no reason to deploy', () => {
    expect(inShort(planOf(of(null, SERVED)))).toEqual(NOTHING);
  });

  test('that is served as a preflight goes to AWS_IAM with nobody asking for it: that is pending', () => {
    const backend = { authorizationType: 'NONE', integrationType: 'AWS_PROXY' };
    expect(inShort(planOf(of(backend, SERVED)))).toMatchObject({ stages: [], refused: false });
    const plan = planOf(of(backend, SERVED, { 'GET /open': 'NONE' }));
    expect(plan.pending.join()).toContain('OPTIONS /a goes from NONE to AWS_IAM');
  });

  test('of which nobody can tell what it is refuses whatever else is to be done', () => {
    const unknown = { authorizationType: 'NONE', unread: UNREAD };
    const plan = planOf(of(PREFLIGHT, unknown, { 'GET /open': 'NONE' }));
    expect(plan.refusals.join()).toContain('whether OPTIONS /a is a preflight in what prod serves');
    expect(plan.becomingPreflights.size).toBe(0);
  });

  test('that an exception covers is deployed for nobody', () => {
    const clause = {
      methods: ['OPTIONS /a'],
      matches: () => true,
      apis: ['*'],
      stages: [],
      reason: 'webhook',
      owner: 'team-shop',
      expires: BASIS.today,
      location: null,
    };
    const policy = { ...DEFAULT_CONFIG, exceptions: [clause] };
    const options = { policy, today: BASIS.today, replaceAuthorizers: false };
    const [plan] = planEnforcement([of(PREFLIGHT, OPEN)], options);
    expect(plan?.stages).toEqual([]);
    expect(plan?.becomingPreflights.size).toBe(0);
  });
});

test.each(['CUSTOM', 'COGNITO_USER_POOLS', 'JWT'])(
  '%s is replaced where that is asked for',
  (type) => {
    expect(inShort(planOf(apiOf({ 'GET /a': type }), true))).toEqual({
      ...NOTHING,
      changes: [`GET /a: ${type} -> AWS_IAM`],
      stages: ['prod'],
    });
    const kept = planOf(apiOf({ 'GET /a': type })).kept;
    expect(kept[0]?.reason).toBe('its authorizer is kept without replace-authorizers: true');
  },
);
