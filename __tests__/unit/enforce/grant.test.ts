import { CreatePolicyCommand, IAMClient } from '@aws-sdk/client-iam';
import { STSClient } from '@aws-sdk/client-sts';
import { afterEach, describe, expect, test } from '@jest/globals';
import * as z from 'zod/mini';
import { readSeed } from '../../../emulator/seed.js';
import { type Emulator, startEmulator } from '../../../emulator/server.js';
import { collectAccess } from '../../../src/access/collect.js';
import { createIam } from '../../../src/aws/iam.js';
import { type GrantPlan, grantScopes, planGrants } from '../../../src/enforce/grant/plan.js';
import { type ExistingPolicy, readPolicy } from '../../../src/enforce/grant/policy.js';
import { actionsOf, type Step, stepSchema } from '../../../src/enforce/steps/registry.js';
import type { Control, RollBackResult } from '../../../src/enforce/steps/step-kind.js';
import type { ApiEvidence } from '../../../src/model/evidence.js';
import { apiOf, deployed, evidenceOf, read, rowsOf, stage } from '../evidence-builder.js';
import { fakeApi, fakeControlPlane } from './fake-control-plane.js';
import { NO_V2 } from './fake-control-plane-v2.js';

/*
 * The steps of a grant against the local IAM: done, cut off after any of them, and rolled back by somebody
 * who has nothing but their data.
 */

const TOKEN = '0123456789abcdef';
const METHODS = { 'GET /pets': 'AWS_IAM', 'GET /pets/{id}': 'AWS_IAM' };
const NAME = 'apigw-iam-gate-a1b2c3-prod';

const opened: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0)) await close();
});

async function open(): Promise<{ emulator: Emulator; world: Control }> {
  const seed = await readSeed('emulator/seeds/access.json');
  const emulator = await startEmulator({ seed });
  const settings = {
    endpoint: emulator.url,
    region: emulator.account.region,
    maxAttempts: 1,
    credentials: {
      accessKeyId: emulator.env.AWS_ACCESS_KEY_ID ?? '',
      secretAccessKey: emulator.env.AWS_SECRET_ACCESS_KEY ?? '',
    },
  };
  const { apiGateway } = fakeControlPlane(fakeApi({}, {}));
  const [iam, sts] = [new IAMClient(settings), new STSClient(settings)];
  opened.push(async () => {
    iam.destroy();
    sts.destroy();
    await emulator.close();
  });
  const retries = {
    logger: {
      info: () => {},
      debug: () => {},
      group: <T>(_: string, phase: () => Promise<T>) => phase(),
    },
    maxAttempts: 3,
    sleep: async () => {},
    random: () => 0,
  };
  return {
    emulator,
    world: { apiGateway, apiGatewayV2: NO_V2, iam: createIam(iam, sts, retries), retries },
  };
}

async function planFor(
  { iam }: Control,
  methods: Readonly<Record<string, string>> = METHODS,
  group = 'tills',
): Promise<GrantPlan> {
  const api = apiOf(methods);
  const settings = { invokeGroup: group, region: 'us-east-1' };
  const access = await collectAccess(settings, evidenceOf(api), iam);
  const scopes = grantScopes(rowsOf(api), false);
  const value = await readPolicy(NAME, iam);
  const planned = new Map([[NAME, read(value)]]);
  const all = await iam.listOwnPolicies();
  const [plan, ...others] = planGrants(scopes, access, { planned, all }, TOKEN);
  if (plan === undefined || others.length > 0) throw new Error('there is not one plan');
  return plan;
}

async function carryOut(plan: GrantPlan, world: Control): Promise<void> {
  for (const step of plan.steps) await actionsOf(step).apply(world);
}

function snapshot({ account: { iam } }: Emulator): unknown {
  return {
    attached: [...(iam.groups.get('tills')?.attachedPolicies ?? [])],
    policies: [...iam.policies.values()].map(({ policyName, defaultVersionId, versions }) => ({
      policyName,
      inForce: versions.get(defaultVersionId)?.document,
      documents: [...versions.values()].map(({ document }) => document).sort(),
    })),
  };
}

/** Somebody else's policy. */
async function createUnder(emulator: Emulator, Path: string, PolicyName: string): Promise<void> {
  const { url: endpoint, account, env } = emulator;
  const client = new IAMClient({
    endpoint,
    region: account.region,
    credentials: {
      accessKeyId: env.AWS_ACCESS_KEY_ID ?? '',
      secretAccessKey: env.AWS_SECRET_ACCESS_KEY ?? '',
    },
  });
  const PolicyDocument = JSON.stringify({
    Version: '2012-10-17',
    Statement: { Effect: 'Allow', Action: 's3:GetObject', Resource: '*' },
  });
  await client.send(new CreatePolicyCommand({ PolicyName, Path, PolicyDocument }));
  client.destroy();
}

/** As a journal holds it. */
function parsed(step: Step): Step {
  return stepSchema(z).parse(JSON.parse(JSON.stringify(step)));
}

/** Rolls a step back that IAM answered. */
function rollBackStep(step: Step, world: Control): Promise<RollBackResult> {
  return actionsOf(parsed(step)).rollBack({
    ...world,
    token: TOKEN,
    isConfirmed: true,
    isLast: false,
    createdPolicies: new Set(),
    readServedSince: async () => [],
  });
}

async function rollBack(steps: readonly Step[], world: Control): Promise<string[]> {
  const states: string[] = [];
  for (const step of steps.toReversed()) states.push((await rollBackStep(step, world)).state);
  return states;
}

/** A policy of the gate with five versions, attached; the next plan must make room. */
async function fill(world: Control): Promise<void> {
  await carryOut(await planFor(world), world);
  for (const path of ['/a', '/b', '/c', '/d']) {
    const plan = await planFor(world, { ...METHODS, [`GET ${path}`]: 'AWS_IAM' });
    await carryOut(plan, world);
  }
}

describe('a new policy', () => {
  test.each([0, 1, 2])('rolled back after %d of its steps, leaves nothing behind', async (done) => {
    const { emulator, world } = await open();
    const before = snapshot(emulator);
    const plan = await planFor(world);
    expect(plan.steps.map(({ kind }) => kind)).toEqual(['create-policy', 'attach-group-policy']);
    for (const step of plan.steps.slice(0, done)) await actionsOf(step).apply(world);
    await rollBack(plan.steps, world);
    expect(snapshot(emulator)).toEqual(before);
    // Once more, by another process that does not know.
    expect(new Set(await rollBack(plan.steps, world))).toEqual(new Set(['nothing-to-roll-back']));
  });

  test('is made once, however often', async () => {
    const { emulator, world } = await open();
    const plan = await planFor(world);
    await carryOut(plan, world);
    const after = snapshot(emulator);
    await carryOut(plan, world);
    expect(snapshot(emulator)).toEqual(after);
  });

  test('of somebody else is not deleted', async () => {
    const { emulator, world } = await open();
    const plan = await planFor(world);
    await carryOut(plan, world);
    for (const policy of emulator.account.iam.policies.values()) {
      if (policy.policyName === NAME) policy.tags.set('apigw-iam-gate-run', 'another');
    }
    const [create] = plan.steps;
    if (create === undefined) throw new Error('there is no step');
    expect(await rollBackStep(create, world)).toEqual({
      state: 'nothing-to-roll-back',
    });
    expect((await readPolicy(NAME, world.iam))?.versions).toHaveLength(1);
  });

  test('that somebody attached elsewhere is left, and said', async () => {
    const { emulator, world } = await open();
    const plan = await planFor(world);
    await carryOut(plan, world);
    const { accountId } = emulator.account;
    await world.iam.attachPolicy('nobody', `arn:aws:iam::${accountId}:policy/${NAME}`);
    const [create, attach] = plan.steps;
    if (create === undefined || attach === undefined) throw new Error('there are no steps');
    expect(await rollBackStep(attach, world)).toEqual({ state: 'rolled-back' });
    expect(await rollBackStep(create, world)).toMatchObject({
      state: 'not-rolled-back',
      isFinal: true,
    });
  });
});

describe('a new version', () => {
  test.each([0, 1, 2])('of five, rolled back after %d of its steps', async (done) => {
    const { emulator, world } = await open();
    await fill(world);
    const before = snapshot(emulator);
    const plan = await planFor(world);
    expect(plan.steps.map(({ kind }) => kind)).toEqual([
      'delete-policy-version',
      'create-policy-version',
    ]);
    for (const step of plan.steps.slice(0, done)) await actionsOf(step).apply(world);
    await rollBack(plan.steps, world);
    expect(snapshot(emulator)).toEqual(before);
    // The version that came back has the document of the one that was rolled back: it comes back again.
    await rollBack(plan.steps, world);
    expect(snapshot(emulator)).toEqual(before);
  });

  test('is not made where somebody changed the policy meanwhile', async () => {
    const { emulator, world } = await open();
    await fill(world);
    const plan = await planFor(world);
    for (const policy of emulator.account.iam.policies.values()) {
      if (policy.policyName === NAME) policy.defaultVersionId = 'v3';
    }
    await expect(carryOut(plan, world)).rejects.toThrow('somebody else changed the policy');
  });

  test('is not made of a policy that lost its tag', async () => {
    const { emulator, world } = await open();
    await fill(world);
    const plan = await planFor(world);
    for (const policy of emulator.account.iam.policies.values()) policy.tags.clear();
    const before = snapshot(emulator);
    await expect(carryOut(plan, world)).rejects.toThrow("it is not the gate's");
    expect(await rollBack(plan.steps, world)).toEqual([
      'nothing-to-roll-back',
      'nothing-to-roll-back',
    ]);
    expect(snapshot(emulator)).toEqual(before);
  });
});

describe('a stage that is named $default', () => {
  test('gets a policy that IAM takes, for the stage as it is called', async () => {
    const { emulator, world } = await open();
    const before = snapshot(emulator);
    const served = stage({ name: '$default', deployed: read(deployed(METHODS)) });
    const api: ApiEvidence = { ...apiOf(METHODS), kind: 'HTTP', stages: read([served]) };
    const access = await collectAccess(
      { invokeGroup: 'tills', region: 'us-east-1' },
      evidenceOf(api),
      world.iam,
    );
    const scopes = grantScopes(rowsOf(api), false);
    const [{ policyName } = { policyName: '' }] = scopes;
    const planFrom = (value: ExistingPolicy | null): GrantPlan | undefined =>
      planGrants(
        scopes,
        access,
        { planned: new Map([[policyName, read(value)]]), all: [] },
        TOKEN,
      )[0];
    const plan = planFrom(null);
    if (plan === undefined) throw new Error('there is no plan');
    await carryOut(plan, world);
    const made = await readPolicy(policyName, world.iam);
    expect(made?.document).toContain('a1b2c3/$default/GET/pets');
    // A second run knows it for its own.
    expect(planFrom(made)?.steps.map(({ kind }) => kind)).toEqual(['attach-group-policy']);
    await rollBack(plan.steps, world);
    expect(snapshot(emulator)).toEqual(before);
  });
});

describe('what a journal holds', () => {
  test('tells no account', async () => {
    const { emulator, world } = await open();
    await fill(world);
    const plans = [await planFor(world), await planFor((await open()).world)];
    expect(JSON.stringify(plans)).not.toContain(emulator.account.accountId);
  });

  test.each([
    [null],
    [{}],
    [{ kind: 'create-policy' }],
    [{ kind: 'delete-group', target: { policyName: 'x' }, does: {}, rollBack: {} }],
    [
      {
        kind: 'create-policy',
        target: { policyName: 'x' },
        does: { document: '{}', purpose: 'a/b' },
        // Every policy would be its own.
        rollBack: { deleteWhereToken: '' },
      },
    ],
    [
      {
        kind: 'create-policy-version',
        target: { policyName: 'x' },
        does: { document: '{}', purpose: 'a/b' },
        rollBack: { defaultVersionId: 'v1', versionIds: [1] },
      },
    ],
    [
      {
        kind: 'attach-group-policy',
        // No group.
        target: { policyName: 'x' },
        does: { purpose: 'a/b' },
        rollBack: { detach: true },
      },
    ],
  ])('%j is no step', (data) => {
    expect(stepSchema(z).safeParse(data).success).toBe(false);
  });
});

describe('what is refused', () => {
  test('a policy larger than IAM takes: a grant never allows more than the methods', async () => {
    const { world } = await open();
    const many = Object.fromEntries(
      Array.from({ length: 200 }, (_, index) => [`GET /orders/o${index}/lines`, 'AWS_IAM']),
    );
    const plan = await planFor(world, many);
    expect(plan.steps).toEqual([]);
    expect(plan.refusals[0]).toContain('larger than IAM takes');
  });

  test('a group with ten managed policies', async () => {
    const { emulator, world } = await open();
    const group = emulator.account.iam.groups.get('tills');
    for (let index = 0; index < 10; index += 1) {
      await world.iam.createPolicy(
        `other-${index}`,
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}',
        {},
      );
      const arn = `arn:aws:iam::${emulator.account.accountId}:policy/other-${index}`;
      group?.attachedPolicies.add(arn);
    }
    const plan = await planFor(world);
    expect(plan.steps).toEqual([]);
    expect(plan.refusals[0]).toContain('has 10 managed policies');
  });

  test.each(['/team/', '/a/b/'])('a policy of the name under the path %s', async (Path) => {
    const { emulator, world } = await open();
    await createUnder(emulator, Path, NAME.toUpperCase());
    const plan = await planFor(world);
    expect(plan.steps).toEqual([]);
    expect(plan.refusals).toEqual([
      expect.stringContaining(
        `there is a policy ${Path}${NAME.toUpperCase()}; rename or delete it`,
      ),
    ]);
    expect(plan.refusals.join()).not.toContain(emulator.account.accountId);
  });

  test('a name that is taken once the plan was made: nothing is made, and the policy is named', async () => {
    const { emulator, world } = await open();
    const plan = await planFor(world);
    await createUnder(emulator, '/team/', NAME);
    const before = snapshot(emulator);
    await expect(carryOut(plan, world)).rejects.toThrow(
      `There is a policy with the name ${NAME}, or one that differs by case, under another path`,
    );
    expect(snapshot(emulator)).toEqual(before);
  });

  test('a grant that a deny would defeat', async () => {
    const { emulator, world } = await open();
    emulator.account.iam.groups
      .get('tills')
      ?.inlinePolicies.set(
        'no',
        '{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}',
      );
    const plan = await planFor(world);
    expect(plan.refusals[0]).toContain('an explicit deny would defeat it');
  });
});
