import { describe, expect, test } from '@jest/globals';
import { leastPolicy } from '../../../src/access/least-policy.js';
import type { AccessEvidence, Group } from '../../../src/access/model.js';
import { parsePolicy } from '../../../src/access/policy-document.js';
import {
  type ExistingPolicies,
  type GrantPlan,
  grantScopes,
  planGrants,
} from '../../../src/enforce/grant/plan.js';
import {
  ACCOUNT,
  type ExistingPolicy,
  PURPOSE_TAG,
  policyNameOf,
} from '../../../src/enforce/grant/policy.js';
import {
  type ApiEvidence,
  type Reading,
  type StageEvidence,
  UNTOLD,
} from '../../../src/model/evidence.js';
import {
  api,
  apiOf,
  configuredMethod,
  deployed,
  PREFLIGHT,
  read,
  rowsOf,
  stage,
  UNREAD,
} from '../evidence-builder.js';

/* What is planned for a stage, by what the group may already and what IAM holds. */

const OWNER = '111122223333';
const BASE = `arn:aws:execute-api:eu-west-1:${OWNER}:a1b2c3/prod`;
const TWO = apiOf({ 'GET /pets': 'AWS_IAM', 'PUT /pets': 'AWS_IAM' });
const NAME = policyNameOf('a1b2c3', 'prod');

type Statement = Readonly<Record<string, unknown>>;
const about = (
  Effect: string,
  Resource: string | readonly string[],
  more: Statement = {},
): Statement => ({
  Effect,
  Action: 'execute-api:Invoke',
  Resource,
  ...more,
});

function accessOf(statements: readonly Statement[], attachedPolicies: string[] = []) {
  const policies = statements.map((statement, index) => {
    const json = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
    const parsed = parsePolicy(json, 'identity');
    if (!parsed.valid) throw new Error(parsed.problems.join('; '));
    return { name: `inline policy p${index}`, document: parsed.document };
  });
  const group: Group = {
    name: 'callers',
    userArns: [`arn:aws:iam::${OWNER}:user/ann`],
    attachedPolicies,
    policies,
  };
  const evidence: AccessEvidence = {
    region: 'eu-west-1',
    partition: 'aws',
    accountId: OWNER,
    group: read(group),
  };
  return evidence;
}

/** The document that a grant for the two methods has. */
const DOCUMENT =
  leastPolicy(
    ['GET', 'PUT'].map((method) => ({ apiId: 'a1b2c3', stage: 'prod', method, path: '/pets' })),
    { partition: 'aws', region: 'eu-west-1', account: ACCOUNT },
  )?.document ?? '';

function policy(parts: Partial<ExistingPolicy> = {}): ExistingPolicy {
  return {
    tags: { [PURPOSE_TAG]: 'a1b2c3/prod' },
    defaultVersionId: 'v1',
    document: DOCUMENT,
    versions: [{ id: 'v1', isDefault: true }],
    oldestDocument: null,
    ...parts,
  };
}

function planned(
  access: AccessEvidence,
  now: ExistingPolicy | null | 'unread' = null,
  of: ApiEvidence = TWO,
): GrantPlan {
  const entries: [string, Reading<ExistingPolicy | null>][] =
    now === 'unread' ? [] : [[NAME, read(now)]];
  const existing: ExistingPolicies = { planned: new Map(entries), all: [] };
  const [plan, ...others] = planGrants(grantScopes(rowsOf(of), false), access, existing, 'token');
  if (plan === undefined || others.length > 0) throw new Error('there is not one plan');
  return plan;
}

const kinds = ({ steps }: GrantPlan) => steps.map(({ kind }) => kind);
const NEW = ['create-policy', 'attach-group-policy'];

describe('by what the group may', () => {
  test.each<[string, Statement[], string[]]>([
    ['nothing', [], NEW],
    ['one of the methods', [about('Allow', `${BASE}/GET/pets`)], NEW],
    ['it depends', [about('Allow', `${BASE}/*`, { Condition: { Bool: { k: 'true' } } })], NEW],
    [
      'all, by two policies',
      [about('Allow', `${BASE}/GET/*`), about('Allow', `${BASE}/PUT/*`)],
      [],
    ],
    ['one is denied, the other is not allowed', [about('Deny', `${BASE}/GET/pets`)], NEW],
  ])('%s', (_, statements, expected) => {
    const plan = planned(accessOf(statements));
    expect([kinds(plan), plan.refusals]).toEqual([expected, []]);
  });

  test.each<[string, Statement[]]>([
    ['all is denied', [about('Deny', `${BASE}/*`)]],
    [
      'one is denied, the other is allowed',
      [about('Deny', `${BASE}/GET/*`), about('Allow', `${BASE}/PUT/*`)],
    ],
  ])('a deny that leaves nothing to grant: %s', (_, statements) => {
    const plan = planned(accessOf(statements));
    expect(kinds(plan)).toEqual([]);
    expect(plan.refusals).toEqual([expect.stringContaining('an explicit deny would defeat it')]);
    // A policy that is there is kept up to date all the same.
    const old = policy({ document: '{"Version":"2012-10-17","Statement":[]}' });
    expect(kinds(planned(accessOf(statements, [NAME]), old))).toEqual(['create-policy-version']);
  });
});

describe('what a deny keeps the group from, whatever it is granted', () => {
  const defeatedIn = (of: ApiEvidence, now: ExistingPolicy | null = null): unknown =>
    planned(accessOf([about('Deny', `${BASE}/GET/pets`)], [NAME]), now, of).defeated?.map(
      ({ method, path, because }) => [method, path, because],
    );
  const GET = [['GET', '/pets', ['statement 1 of inline policy p0']]];

  test.each<[string, Readonly<Record<string, string>>, unknown]>([
    ['served without IAM', { 'GET /pets': 'NONE', 'PUT /pets': 'NONE' }, GET],
    ['of which no call tells', { 'GET /pets': UNTOLD, 'PUT /pets': 'NONE' }, GET],
    ['served with IAM', { 'GET /pets': 'AWS_IAM', 'PUT /pets': 'NONE' }, undefined],
    ['that is not served', { 'PUT /pets': 'NONE' }, undefined],
  ])('a method %s', (_, types, expected) => {
    const of = { ...TWO, stages: read([stage({ deployed: read(deployed(types)) })]) };
    expect(defeatedIn(of)).toEqual(expected);
    // Also where a policy of the gate's is right and attached already.
    expect(defeatedIn(of, policy())).toEqual(expected);
  });

  test('a method that the resource policy denies to everybody without IAM, too', () => {
    const deny = { Effect: 'Deny', Action: 'execute-api:Invoke', Resource: '*' };
    const withPolicy = (Principal: unknown): ApiEvidence => {
      const text = JSON.stringify({ Version: '2012-10-17', Statement: [{ ...deny, Principal }] });
      const base = apiOf({ 'GET /pets': 'NONE', 'PUT /pets': 'NONE' });
      if (!base.description.readable) throw new Error('the API has no description');
      return { ...base, description: read({ ...base.description.value, policy: text }) };
    };
    const methodsIn = (of: ApiEvidence): unknown =>
      planned(accessOf([], [NAME]), policy({ document: '{}' }), of).defeated?.map(
        ({ method }) => method,
      );
    expect(methodsIn(withPolicy('*'))).toBeUndefined();
    expect(methodsIn(withPolicy({ AWS: `arn:aws:iam::${OWNER}:user/ann` }))).toEqual([
      'GET',
      'PUT',
    ]);
  });
});

describe('by the policy that has the name', () => {
  const nobody = accessOf([]);

  test.each<[string, string[], ExistingPolicy, string[]]>([
    ['right and attached', [NAME], policy(), []],
    ['right and not attached', [], policy(), ['attach-group-policy']],
    ['written otherwise', [NAME], policy({ document: ` ${DOCUMENT}` }), []],
    ['out of date', [NAME], policy({ document: '{}' }), ['create-policy-version']],
    [
      'out of date and not attached',
      [],
      policy({ document: '{}' }),
      ['create-policy-version', 'attach-group-policy'],
    ],
    [
      'out of date with four versions',
      [NAME],
      policy({
        document: '{}',
        defaultVersionId: 'v4',
        versions: ['v4', 'v3', 'v2', 'v1'].map((id) => ({ id, isDefault: id === 'v4' })),
        oldestDocument: '{"old":1}',
      }),
      ['create-policy-version'],
    ],
    [
      'out of date with five versions',
      [NAME],
      policy({
        document: '{}',
        defaultVersionId: 'v5',
        versions: ['v5', 'v4', 'v3', 'v2', 'v1'].map((id) => ({ id, isDefault: id === 'v5' })),
        oldestDocument: '{"old":1}',
      }),
      ['delete-policy-version', 'create-policy-version'],
    ],
  ])('%s', (_, attached, now, expected) => {
    const plan = planned(accessOf([], attached), now);
    expect([kinds(plan), plan.refusals]).toEqual([expected, []]);
  });

  test.each<[string, Readonly<Record<string, string>>]>([
    ['no tag', {}],
    ['the tag of another stage', { [PURPOSE_TAG]: 'a1b2c3/dev' }],
  ])('of somebody else, with %s, is left alone', (_, tags) => {
    const plan = planned(nobody, policy({ tags, document: '{}' }));
    expect(kinds(plan)).toEqual([]);
    expect(plan.refusals).toEqual([
      expect.stringContaining(`there is a policy ${NAME} that the gate did not make`),
    ]);
    // Where nothing is to be granted it does no harm.
    const full = planned(accessOf([about('Allow', `${BASE}/*`)]), policy({ tags }));
    expect([kinds(full), full.refusals]).toEqual([[], []]);
  });

  test('gets a new version in a group that takes no other policy', () => {
    const ten = [NAME, ...Array.from({ length: 9 }, (_, index) => `other${index}`)];
    const plan = planned(accessOf([], ten), policy({ document: '{}' }));
    expect([kinds(plan), plan.refusals]).toEqual([['create-policy-version'], []]);
    // Attaching takes a place, also where the policy is there already.
    const full = planned(accessOf([], [...ten.slice(1), 'other']), policy());
    expect(full.refusals).toEqual([expect.stringContaining('has 10 managed policies')]);
  });

  test('is attached once it is made again, whatever the group had before somebody deleted it', () => {
    expect(kinds(planned(accessOf([], [NAME]), null))).toEqual(NEW);
  });

  test('of which nothing was read is no reason to make one', () => {
    expect(planned(nobody, 'unread').refusals).toEqual([`the policy ${NAME} was not read`]);
  });
});

describe('what a new version would take away', () => {
  const arnOf = (methodAndPath: string): string =>
    `arn:aws:execute-api:eu-west-1:${ACCOUNT}:a1b2c3/prod/${methodAndPath}`;
  const holding = (...statements: Statement[]): ExistingPolicy =>
    policy({ document: JSON.stringify({ Version: '2012-10-17', Statement: statements }) });
  const GONE = about('Allow', arnOf('GET/gone'));
  const NEEDED = about('Allow', [arnOf('GET/pets'), arnOf('PUT/pets')]);
  const withStage = (of: Partial<StageEvidence>): ApiEvidence => ({
    ...TWO,
    stages: read([stage({ deployed: read(deployed({ 'GET /pets': 'AWS_IAM' })), ...of })]),
  });
  const untold = { ...UNREAD, isUntold: true } as const;
  const documentIn = ({ steps }: GrantPlan): unknown => {
    const [step] = steps;
    if (step?.kind !== 'create-policy-version') throw new Error('there is no new version');
    return JSON.parse(step.does.document);
  };

  test.each<[string, ApiEvidence]>([
    ['the snapshot could not be read', withStage({ deployed: UNREAD })],
    ['no call tells what is served', withStage({ deployed: untold })],
    [
      'a route may be served that is not configured',
      withStage({
        deployed: read(
          deployed({ 'GET /pets': { authorizationType: UNTOLD, unread: untold }, 'PUT /pets': {} }),
        ),
      }),
    ],
    [
      "the canary's snapshot could not be read",
      withStage({ canary: { deploymentId: 'd2', percentTraffic: 1, deployed: UNREAD } }),
    ],
    ['the configuration could not be read', { ...withStage({}), configured: UNREAD }],
  ])('stays where %s', (_, of) => {
    const all = [about('Allow', `${BASE}/*`)];
    const complete = planned(accessOf(all, [NAME]), holding(GONE, NEEDED), of);
    expect([kinds(complete), complete.refusals]).toEqual([[], []]);
    const one = planned(accessOf([about('Allow', `${BASE}/PUT/pets`)], [NAME]), holding(GONE), of);
    expect(documentIn(one)).toEqual({
      Version: '2012-10-17',
      Statement: [GONE, about('Allow', arnOf('GET/pets'))],
    });
  });

  test('goes where everything is known', () => {
    const plan = planned(accessOf([], [NAME]), holding(GONE));
    expect(documentIn(plan)).toEqual(JSON.parse(DOCUMENT));
  });

  test.each<[string, Statement]>([
    ['another stage', about('Allow', arnOf('GET/x').replace('/prod/', '/dev/'))],
    ['another API', about('Allow', arnOf('GET/x').replace('a1b2c3', 'other'))],
    ['another action', about('Allow', arnOf('*'), { Action: 'execute-api:ManageConnections' })],
    ['a condition', about('Allow', arnOf('*'), { Condition: { Bool: { k: 'true' } } })],
    ['a deny', about('Deny', arnOf('GET/gone'))],
    ['all but one', { Effect: 'Allow', Action: 'execute-api:Invoke', NotResource: arnOf('GET/x') }],
    ['all actions but one', { Effect: 'Allow', NotAction: 's3:*', Resource: arnOf('*') }],
  ])('stays where somebody wrote more into it: %s', (_, written) => {
    const plan = planned(accessOf([], [NAME]), holding(written));
    expect(documentIn(plan)).toEqual({ Version: '2012-10-17', Statement: [written, NEEDED] });
  });

  test('is not known of a document that is not understood', () => {
    const strange = holding(about('Allow', arnOf('*'), { Unheard: 'of' }));
    const plan = planned(accessOf([], [NAME]), strange);
    expect(plan.refusals).toEqual([expect.stringContaining('was not understood')]);
    const full = planned(accessOf([about('Allow', `${BASE}/*`)], [NAME]), strange);
    expect([kinds(full), full.refusals]).toEqual([[], []]);
  });

  test('must fit with what is added, the account’s id included', () => {
    const filled = (size: number): ExistingPolicy => {
      const other = about('Allow', arnOf('GET/x').replace('a1b2c3', 'other'), { Sid: 'S' });
      const rest = JSON.stringify({ Version: '2012-10-17', Statement: [other, NEEDED] });
      const longer = size - rest.replaceAll(ACCOUNT, OWNER).length;
      return holding({ ...other, Sid: 'S'.repeat(longer + 1) });
    };
    expect(kinds(planned(accessOf([], [NAME]), filled(6144)))).toEqual(['create-policy-version']);
    expect(planned(accessOf([], [NAME]), filled(6145)).refusals).toEqual([
      expect.stringContaining('with it the new version is larger than IAM takes'),
    ]);
  });
});

test('a policy that is larger than IAM takes is not missed where all may be invoked', () => {
  const long = Object.fromEntries(
    Array.from({ length: 300 }, (_, index) => [`GET /${'p'.repeat(20)}${index}`, 'AWS_IAM']),
  );
  const of = apiOf(long);
  const all = accessOf([about('Allow', `${BASE}/*`)], [NAME]);
  const old = policy({
    document: JSON.stringify({
      Version: '2012-10-17',
      Statement: [about('Allow', `arn:aws:execute-api:eu-west-1:${ACCOUNT}:a1b2c3/prod/*`)],
    }),
  });
  expect(planned(all, old, of)).toMatchObject({ steps: [], refusals: [] });
  expect(planned(accessOf([], [NAME]), old, of).refusals).toEqual([
    expect.stringContaining('larger than IAM takes'),
  ]);
});

test('a resource policy that is not understood may deny: nothing is granted', () => {
  const withPolicy = (text: string): ApiEvidence => {
    const { description } = TWO;
    if (!description.readable) throw new Error('the API has no description');
    return { ...TWO, description: read({ ...description.value, policy: text }) };
  };
  const plan = planned(accessOf([]), null, withPolicy('{"Statement":1}'));
  expect(kinds(plan)).toEqual([]);
  expect(plan.refusals).toEqual([
    expect.stringContaining("the API's resource policy could not be read"),
  ]);
  const good = JSON.stringify({
    Version: '2012-10-17',
    Statement: [about('Allow', '*', { Principal: '*' })],
  });
  expect(planned(accessOf([]), null, withPolicy(good)).refusals).toEqual([]);
});

describe('of several stages', () => {
  const plansOf = (names: readonly string[], attached: number, now: readonly string[] = []) => {
    const stages = names.map((name) =>
      stage({ name, deployed: read(deployed({ 'GET /pets': 'AWS_IAM' })) }),
    );
    const rows = rowsOf({ ...apiOf({ 'GET /pets': 'AWS_IAM' }), stages: read(stages) });
    const existing = new Map(
      names.map((name) => {
        const tags = { [PURPOSE_TAG]: `a1b2c3/${name}` };
        const value = now.includes(name) ? policy({ tags }) : null;
        return [policyNameOf('a1b2c3', name), read(value)];
      }),
    );
    const access = accessOf(
      [],
      Array.from({ length: attached }, (_, index) => `other${index}`),
    );
    return planGrants(grantScopes(rows, false), access, { planned: existing, all: [] }, 'token');
  };

  test('each is attached as long as the group takes more', () => {
    const plans = plansOf(['a', 'b', 'c'], 8);
    expect(plans.map(({ steps }) => steps.length)).toEqual([2, 2, 0]);
    expect(plans[2]?.refusals).toEqual([expect.stringContaining('has 10 managed policies')]);
  });

  test.each([[['Prod']], [['prod']]])('where %j has its policy, the other can have none', (now) => {
    const plans = plansOf(['Prod', 'prod'], 0, now);
    const refused = plans.filter(({ refusals }) => refusals.join().includes('by case'));
    expect(refused.map(({ stage }) => stage)).toEqual(
      ['Prod', 'prod'].filter((it) => !now.includes(it)),
    );
  });
});

describe('the methods of a stage', () => {
  const scopesOf = (of: ApiEvidence) =>
    grantScopes(rowsOf(of), true).map(({ stage: name, rows }) => [
      name,
      rows.map(({ method }) => method),
    ]);

  test('are those of each stage, and none without a stage', () => {
    const two = ['prod', 'dev'].map((name) =>
      stage({ name, deployed: read(deployed({ 'GET /a': 'AWS_IAM' })) }),
    );
    expect(scopesOf({ ...apiOf({ 'GET /a': 'AWS_IAM' }), stages: read(two) })).toEqual([
      ['prod', ['GET']],
      ['dev', ['GET']],
    ]);
    expect(scopesOf({ ...apiOf({ 'GET /a': 'AWS_IAM' }), stages: read([]) })).toEqual([]);
  });

  test('are without preflights, whatever their authorizer, and with what is new or gone', () => {
    const preflight = { ...PREFLIGHT, authorizationType: 'CUSTOM' };
    const of = api({
      configured: read(
        new Map([
          ['OPTIONS /a', configuredMethod('OPTIONS /a', preflight)],
          ['GET /new', configuredMethod('GET /new', { authorizationType: 'CUSTOM' })],
        ]),
      ),
      stages: read([stage({ deployed: read(deployed({ 'PUT /gone': 'CUSTOM' })) })]),
    });
    expect(scopesOf(of)).toEqual([['prod', ['GET', 'PUT']]]);
  });
});
