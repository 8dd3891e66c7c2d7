import { describe, expect, test } from '@jest/globals';
import type { AccessEvidence, Group } from '../../../src/access/model.js';
import { parsePolicy } from '../../../src/access/policy-document.js';
import { AwsFailure } from '../../../src/aws/failure.js';
import type { Iam } from '../../../src/aws/iam.js';
import { DEFAULT_CONFIG } from '../../../src/config/config.js';
import { planTheGrants, settleGrants } from '../../../src/enforce/grant/grant.js';
import { type GrantOutcome, grantOutcomeOf } from '../../../src/enforce/grant/outcome.js';
import { type GrantPlan, grantScopes } from '../../../src/enforce/grant/plan.js';
import { outcomeOf } from '../../../src/enforce/outcome.js';
import { planEnforcement } from '../../../src/enforce/plan.js';
import type { Control } from '../../../src/enforce/steps/step-kind.js';
import { joinLayers } from '../../../src/evidence/join.js';
import { describeEnforced } from '../../../src/gate/describe-enforced.js';
import { renderMarkdown } from '../../../src/report/markdown.js';
import { apiOf, deployed, read, rowsOf, stage, UNREAD } from '../evidence-builder.js';
import { makeReport } from '../report/sample-report.js';
import { NO_IAM } from './fake-iam.js';

const OWNER = '111122223333';
const ARN = `arn:aws:execute-api:eu-west-1:${OWNER}:a1b2c3`;
const API = apiOf({ 'GET /pets': 'AWS_IAM', 'GET /open': 'CUSTOM' });
const ROWS = rowsOf(API);

/** What IAM tells of a group with one policy over these resources; none where there is none. */
function accessTo(resource: string | null, effect = 'Allow'): AccessEvidence {
  const statements =
    resource === null ? [] : [{ Effect: effect, Action: 'execute-api:Invoke', Resource: resource }];
  const policies = statements.map((statement) => {
    const json = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
    const parsed = parsePolicy(json, 'identity');
    if (!parsed.valid) throw new Error(parsed.problems.join('; '));
    return { name: 'managed policy invoke', document: parsed.document };
  });
  const group: Group = {
    name: 'callers',
    userArns: [`arn:aws:iam::${OWNER}:user/ann`],
    attachedPolicies: [],
    policies,
  };
  return { region: 'eu-west-1', partition: 'aws', accountId: OWNER, group: read(group) };
}

function noSuchEntity(operation: string): AwsFailure {
  const cause = Object.assign(new Error('not found'), {
    name: 'NoSuchEntityException',
    $metadata: { httpStatusCode: 404 },
  });
  return new AwsFailure(operation, cause, 1);
}

/** IAM without a policy of the planned name, and what was asked and said. */
function world(policies: Awaited<ReturnType<Iam['listOwnPolicies']>> = []) {
  const said: string[] = [];
  const asked: string[] = [];
  const made: Pick<Control, 'iam' | 'retries'> & { readonly token: string } = {
    token: '0123456789abcdef',
    iam: {
      ...NO_IAM,
      ownAccount: async () => ({ accountId: OWNER, partition: 'aws' }),
      listOwnPolicies: async () => {
        asked.push('ListPolicies');
        return policies;
      },
      getPolicy: async (arn) => {
        asked.push(arn);
        throw noSuchEntity('GetPolicy');
      },
    },
    retries: {
      logger: {
        info: (line) => said.push(line),
        debug: () => {},
        group: (title, phase) => {
          said.push(title);
          return phase();
        },
      },
      maxAttempts: 1,
      sleep: async () => {},
      random: () => 0,
    },
  };
  return { made, said, asked };
}

const ENFORCE = { mode: 'enforce', grant: true, replaceAuthorizers: false } as const;

describe('planning the grant', () => {
  test.each([
    ['no grant is asked for', { ...ENFORCE, grant: false }],
    ['nothing is to be changed', { ...ENFORCE, mode: 'audit' as const }],
  ])('asks nothing where %s', async (_, settings) => {
    const { made, said, asked } = world();
    expect(await planTheGrants(settings, ROWS, accessTo(null), null, made)).toEqual([]);
    expect([...said, ...asked]).toEqual([]);
  });

  test('says what it would do, a line a step', async () => {
    const { made, said, asked } = world();
    const plans = await planTheGrants(
      { ...ENFORCE, mode: 'plan' },
      ROWS,
      accessTo(null),
      null,
      made,
    );
    expect(plans).toMatchObject([{ apiId: 'a1b2c3', stage: 'prod', refusals: [] }]);
    expect(plans[0]?.steps.map(({ kind }) => kind)).toEqual([
      'create-policy',
      'attach-group-policy',
    ]);
    expect(asked).toEqual([expect.stringContaining(':policy/'), 'ListPolicies']);
    const [title, place, ...steps] = said;
    expect([title, place]).toEqual(['Planning the grant', 'a1b2c3/prod:']);
    expect(steps).toHaveLength(2);
    for (const step of steps) expect(step).toMatch(/^ {2}\S/);
  });

  test('says that a group needs none', async () => {
    const { made, said } = world();
    const plans = await planTheGrants(ENFORCE, ROWS, accessTo(`${ARN}/*`), null, made);
    expect(plans).toMatchObject([{ steps: [], refusals: [] }]);
    expect(said).toEqual(['Planning the grant', 'a1b2c3/prod: group callers needs no grant']);
  });

  test('does nothing at all where an obstacle stands', async () => {
    const { made, said } = world();
    const plans = await planTheGrants(ENFORCE, ROWS, accessTo(null), 'the list is cut', made);
    expect(plans).toMatchObject([{ steps: [], refusals: ['the list is cut'] }]);
    expect(said).toEqual(['Planning the grant', 'a1b2c3/prod: no grant: the list is cut']);
  });

  test('refuses where IAM does not tell what is there', async () => {
    const { made, said } = world();
    const iam = {
      ...made.iam,
      getPolicy: async () => {
        const cause = Object.assign(new Error('no'), {
          name: 'AccessDeniedException',
          $metadata: { httpStatusCode: 403 },
        });
        throw new AwsFailure('GetPolicy', cause, 1);
      },
    };
    const [plan] = await planTheGrants(ENFORCE, ROWS, accessTo(null), null, { ...made, iam });
    expect(plan?.steps).toEqual([]);
    expect(plan?.refusals.join()).toContain('GetPolicy');
    expect(said[1]).toContain('a1b2c3/prod: no grant: ');
  });

  const TAKEN = 'apigw-iam-gate-a1b2c3-PROD';
  const takenBy = [
    { name: 'apigw-iam-gate-a1b2c3-test', arn: `arn:aws:iam::${OWNER}:policy/x/other` },
    { name: TAKEN, arn: `arn:aws:iam::${OWNER}:policy/team/a/${TAKEN}` },
  ];

  test('refuses where a policy under another path, or of another case, has the name', async () => {
    const { made, said } = world(takenBy);
    const [plan] = await planTheGrants(ENFORCE, ROWS, accessTo(null), null, made);
    expect(plan?.steps).toEqual([]);
    expect(plan?.refusals).toEqual([
      expect.stringContaining(`there is a policy /team/a/${TAKEN};`),
    ]);
    expect(said.join()).not.toContain(OWNER);
  });

  test('says that it does not know of other paths where it may not list policies', async () => {
    const { made, said } = world();
    const cause = Object.assign(new Error('no'), {
      name: 'AccessDenied',
      $metadata: { httpStatusCode: 403 },
    });
    const iam: Iam = {
      ...made.iam,
      listOwnPolicies: () => Promise.reject(new AwsFailure('ListPolicies', cause, 1)),
    };
    const [plan] = await planTheGrants(ENFORCE, ROWS, accessTo(null), null, { ...made, iam });
    expect(plan?.steps.map(({ kind }) => kind)).toEqual(['create-policy', 'attach-group-policy']);
    expect(said[1]).toMatch(
      /^Whether a policy under another path has the name of a new one is not known: ListPolicies .*"Action":"iam:ListPolicies","Resource":"\*"/,
    );
    expect(plan?.doubt).toBe(said[1]);
  });

  test('doubts once what several stages have in common, until the grants are made', async () => {
    const stages = ['prod', 'test'].map((name) =>
      stage({ name, deployed: read(deployed({ 'GET /pets': 'AWS_IAM' })) }),
    );
    const rows = rowsOf({ ...apiOf({ 'GET /pets': 'AWS_IAM' }), stages: read(stages) });
    const { made, said } = world();
    const cause = Object.assign(new Error('slow down'), { name: 'Throttling' });
    const iam: Iam = {
      ...made.iam,
      listOwnPolicies: () => Promise.reject(new AwsFailure('ListPolicies', cause, 8)),
    };
    const plans = await planTheGrants(ENFORCE, rows, accessTo(null), null, { ...made, iam });
    expect(said.filter((line) => line.includes('is not known'))).toHaveLength(1);

    const described = (state: GrantOutcome['state']) =>
      describeEnforced(
        null,
        [],
        plans.map((plan) => ({ plan, state, problem: null })),
      );
    const planned = described('planned');
    expect(planned.notes).toEqual([plans[0]?.doubt]);
    expect(planned.grants.map(({ doubt }) => doubt)).toEqual(plans.map(({ doubt }) => doubt));
    const done = described('applied');
    expect(done.notes).toEqual([]);
    expect(done.grants.every((grant) => !('doubt' in grant))).toBe(true);

    const access = { group: null, methods: [], invokePolicy: null, grants: planned.grants };
    const report = makeReport({
      mode: 'plan',
      access,
      notes: planned.notes,
      changeNotes: planned.notes,
    });
    const text = renderMarkdown(report, 1_000_000);
    expect(text).toContain('What enforce would change');
    expect(text.match(/has the name of a new one is not known/g)).toHaveLength(1);
    expect(text.match(/whether the name is free is not known/g)).toHaveLength(2);
  });

  test('lists no policies where it would create none', async () => {
    const { made, asked } = world(takenBy);
    await planTheGrants(ENFORCE, ROWS, accessTo(`${ARN}/*`), null, made);
    await planTheGrants(ENFORCE, ROWS, accessTo(null), 'the list is cut', made);
    expect(asked).not.toContain('ListPolicies');
  });

  test('makes one policy of two stages whose names differ by case alone', async () => {
    const stages = ['Prod', 'prod', 'test'].map((name) =>
      stage({ name, deployed: read(deployed({ 'GET /pets': 'AWS_IAM' })) }),
    );
    const rows = rowsOf({ ...apiOf({ 'GET /pets': 'AWS_IAM' }), stages: read(stages) });
    const { made } = world();
    const plans = await planTheGrants(ENFORCE, rows, accessTo(null), null, made);
    expect(plans.map(({ stage, steps, refusals }) => [stage, steps.length, refusals])).toEqual([
      ['Prod', 2, []],
      ['prod', 0, [expect.stringContaining('does not tell names apart by case')]],
      ['test', 2, []],
    ]);
  });

  test('counts policies of one name under two paths as two of the ten', async () => {
    const access = accessTo(null);
    const { group } = access;
    if (group === null || !group.readable) throw new Error('there is no group');
    const plansWith = (count: number) => {
      const attachedPolicies = Array.from({ length: count }, () => 'ReadOnlyAccess');
      const full = { ...access, group: read({ ...group.value, attachedPolicies }) };
      return planTheGrants(ENFORCE, ROWS, full, null, world().made);
    };
    expect((await plansWith(9))[0]?.steps).toHaveLength(2);
    expect((await plansWith(10))[0]?.refusals.join()).toContain('has 10 managed policies');
  });

  test('refuses a path that no policy can hold', async () => {
    const planOf = (path: string) => {
      const rows = rowsOf(apiOf({ [`GET ${path}`]: 'AWS_IAM' }));
      return planTheGrants(ENFORCE, rows, accessTo(null), null, world().made);
    };
    expect((await planOf('/caf\u00e9'))[0]?.steps).toHaveLength(2);
    for (const path of ['/\u0101', '/\u732b', '/\u{1f408}']) {
      expect((await planOf(path))[0]).toMatchObject({
        steps: [],
        refusals: [expect.stringContaining('no policy of IAM can hold')],
      });
    }
  });

  test('refuses where the group could not be read, or a group was not asked about', async () => {
    const { made, said } = world();
    const unread = { ...accessTo(null), group: UNREAD };
    const [plan, ...others] = await planTheGrants(ENFORCE, ROWS, unread, null, made);
    expect(others).toEqual([]);
    expect(plan).toMatchObject({ groupName: '', steps: [] });
    expect(plan?.refusals).toEqual([
      `the group could not be read: ${UNREAD.call} ${UNREAD.reason}. ${UNREAD.remedy}`,
    ]);
    expect(said[1]).toContain('no grant: the group could not be read');
    const none = { ...accessTo(null), group: null };
    expect(await planTheGrants(ENFORCE, ROWS, none, null, made)).toEqual([]);
  });

  test('includes what enforce turns to IAM, where it does', async () => {
    const { made } = world();
    const full = accessTo(`${ARN}/prod/GET/pets`);
    expect(await planTheGrants(ENFORCE, ROWS, full, null, made)).toMatchObject([{ steps: [] }]);
    const replacing = { ...ENFORCE, replaceAuthorizers: true };
    const [plan] = await planTheGrants(replacing, ROWS, full, null, made);
    expect(plan?.steps).not.toEqual([]);
  });
});

const PLAN: GrantPlan = {
  apiId: 'a1b2c3',
  stage: 'prod',
  groupName: 'callers',
  policyName: 'apigw-iam-gate-a1b2c3-prod',
  steps: [],
  refusals: [],
};

describe('waiting for a grant to show', () => {
  async function settled(
    state: GrantOutcome['state'],
    readings: readonly AccessEvidence[],
    plan = PLAN,
  ): Promise<{ reads: number; waits: number[]; last: AccessEvidence }> {
    const waits: number[] = [];
    let reads = 0;
    const last = await settleGrants(
      [{ plan, state, problem: null }],
      ROWS,
      async () => {
        reads += 1;
        return readings[Math.min(reads, readings.length) - 1] ?? accessTo(null);
      },
      {
        sleep: async (ms) => {
          waits.push(ms);
        },
      },
    );
    return { reads, waits, last };
  }

  const ALLOWED = accessTo(`${ARN}/*`);
  const MISSING = accessTo(null);

  test('reads once where it shows', async () => {
    expect(await settled('applied', [ALLOWED])).toEqual({ reads: 1, waits: [], last: ALLOWED });
  });

  test('reads again until it shows', async () => {
    expect(await settled('applied', [MISSING, MISSING, ALLOWED])).toEqual({
      reads: 3,
      waits: [3_000, 3_000],
      last: ALLOWED,
    });
  });

  test('gives up after five readings', async () => {
    const { reads, waits, last } = await settled('applied', [MISSING]);
    expect([reads, waits.length, last]).toEqual([5, 4, MISSING]);
  });

  test.each<[string, GrantOutcome['state'], AccessEvidence, GrantPlan]>([
    ['nothing was granted', 'failed', MISSING, PLAN],
    ['nothing was to be granted', 'unchanged', MISSING, PLAN],
    ['a deny is in the way', 'applied', accessTo(`${ARN}/*`, 'Deny'), PLAN],
    ['it was another stage', 'applied', MISSING, { ...PLAN, stage: 'test' }],
    ['it was another API', 'applied', MISSING, { ...PLAN, apiId: 'other' }],
  ])('does not wait where %s', async (_, state, access, plan) => {
    expect(await settled(state, [access], plan)).toMatchObject({ reads: 1, waits: [] });
  });
});

describe('what became of a grant', () => {
  const options = { policy: DEFAULT_CONFIG, today: '2026-11-23', replaceAuthorizers: false };
  const [enforcement] = planEnforcement([API], options);
  if (enforcement === undefined) throw new Error('no plan');
  const outcome = outcomeOf({ ...enforcement, notes: [] }, 'planned');
  test.each<
    [string, Partial<GrantPlan>, Parameters<typeof grantOutcomeOf>[1], string, string | null]
  >([
    ['refused', { refusals: ['no'] }, outcome, 'not-attempted', null],
    ['needless', { steps: [] }, outcome, 'unchanged', null],
    ['planned', {}, undefined, 'planned', null],
    ['made', {}, { ...outcome, grant: 'made' }, 'applied', null],
    ['not begun', {}, { ...outcome, grant: 'none' }, 'not-attempted', null],
    [
      'taken back',
      {},
      { ...outcome, grant: 'rolled-back', reasons: ['One.', 'Two.'] },
      'failed',
      'The grant of apigw-iam-gate-a1b2c3-prod was rolled back, since enforcement did not succeed: everything is as before. One. Two.',
    ],
    [
      'taken back in part',
      {},
      {
        ...outcome,
        grant: 'rolled-back',
        reasons: ['One.'],
        notRolledBack: ['a is left', 'b is left'],
      },
      'failed',
      'The grant of apigw-iam-gate-a1b2c3-prod was to be rolled back, since enforcement did not succeed, and not everything was: a is left; b is left. One.',
    ],
  ])('that was %s', async (_, parts, of, state, problem) => {
    const [drafted] = await planTheGrants(ENFORCE, ROWS, accessTo(null), null, world().made);
    const plan: GrantPlan = { ...(drafted ?? PLAN), ...parts };
    expect(grantOutcomeOf(plan, of)).toEqual({ plan, state, problem });
  });
});

describe('the methods of a grant', () => {
  const TYPES = ['NONE', 'AWS_IAM', 'CUSTOM', 'COGNITO_USER_POOLS', 'JWT'];
  const CASES = [true, false].flatMap((replaceAuthorizers) =>
    TYPES.flatMap((type) =>
      [true, false].map((isAllowed) => ({ type, isAllowed, replaceAuthorizers })),
    ),
  );

  test.each(CASES)(
    'are those that ask for IAM once enforce is done: %j',
    ({ type, isAllowed, replaceAuthorizers }) => {
      const api = apiOf({ 'GET /pets': type });
      const allowedTypes = isAllowed ? ['AWS_IAM', type] : ['AWS_IAM'];
      const [plan] = planEnforcement([api], {
        policy: { ...DEFAULT_CONFIG, types: allowedTypes },
        today: '2026-11-26',
        replaceAuthorizers,
      });
      const becomesIam = type === 'AWS_IAM' || plan?.changes.length === 1;
      const scopes = grantScopes(
        joinLayers([api], () => allowedTypes),
        replaceAuthorizers,
      );
      expect(scopes.flatMap(({ rows }) => rows)).toHaveLength(becomesIam ? 1 : 0);
    },
  );
});
