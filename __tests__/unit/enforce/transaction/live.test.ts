import { describe, expect, test } from '@jest/globals';
import { policyNameOf } from '../../../../src/enforce/grant/policy.js';
import type { StageProof } from '../../../../src/enforce/outcome.js';
import type { CheckedPlan } from '../../../../src/enforce/preconditions.js';
import type { Step } from '../../../../src/enforce/steps/registry.js';
import { enforceLive } from '../../../../src/enforce/transaction/live.js';
import { fakeRetries, memoryJournal, PROVEN, TOKEN } from '../enforcement-kit.js';
import { planV2, servicesOf } from '../enforcement-kit-v2.js';
import { API_V2_ID, fakeV2Api, fakeV2Plane } from '../fake-control-plane-v2.js';
import { fakeIam } from '../fake-iam.js';

/* Route by route: each a transaction of its own. */

const GRANT: Step = {
  kind: 'create-policy',
  target: { policyName: policyNameOf(API_V2_ID, '$default') },
  does: { document: '{"new":"{account}"}', purpose: `${API_V2_ID}/$default` },
  rollBack: { deleteWhereToken: TOKEN },
};
const OBJECTION = 'A signed request was refused.';

/** Three open routes; a stage that deploys by itself, and one that does not where it is asked for. */
async function enforced(
  prove: (plan: CheckedPlan, at: number) => Partial<StageProof>,
  { grants = [] as readonly Step[], isMixed = false } = {},
) {
  const plane = fakeV2Plane(
    fakeV2Api(
      'HTTP',
      { 'GET /a': {}, 'GET /b': {}, 'GET /c': {} },
      {
        $default: { deploymentId: 'd1', autoDeploy: true },
        ...(isMixed ? { prod: { deploymentId: 'd2' } } : {}),
      },
    ),
  );
  const iam = fakeIam({ policies: new Map(), groups: new Map() });
  const operations: string[] = [];
  iam.onCall = (operation) => {
    operations.push(operation);
    return undefined;
  };
  const services = { ...servicesOf(plane), iam: iam.iam };
  const retries = fakeRetries();
  const asked: { changes: string[]; expected: string[]; stages: string[] }[] = [];
  const plan = await planV2(plane, { allowPendingChanges: true, allowLiveChanges: true });
  const outcome = await enforceLive(
    plan,
    grants,
    async (part) => {
      const served = [...plane.api.stages.values()].map(({ deploymentId }) => deploymentId);
      asked.push({
        changes: part.changes.map(({ path }) => path),
        expected: [...part.expected.values()].map(({ authorizationType }) => authorizationType),
        stages: part.stages.map(({ name }) => name),
      });
      return { ...PROVEN, served: new Set(served), ...prove(part, asked.length - 1) };
    },
    {
      ...services,
      retries,
      rollingBack: { ...services, retries },
      journal: memoryJournal(),
      region: 'eu-west-1',
      provenance: { runUrl: null, commit: null },
      newToken: () => TOKEN,
    },
  );
  const types = [...plane.api.routes.values()].map(({ authorizationType }) => authorizationType);
  return { outcome, asked, operations, types, lines: retries.lines };
}

describe('what is live at once', () => {
  test('is granted first, and once', async () => {
    const { outcome, operations, types } = await enforced(() => ({}), { grants: [GRANT] });
    expect(operations).toEqual(['CreatePolicy']);
    expect(types).toEqual(['AWS_IAM', 'AWS_IAM', 'AWS_IAM']);
    expect(outcome).toMatchObject({
      state: 'proven',
      grant: 'made',
      changeStates: ['applied', 'applied', 'applied'],
      proof: null,
    });
  });

  test('is expected as far as it went', async () => {
    const { asked, lines } = await enforced(() => ({}));
    expect(asked).toEqual([
      { changes: ['/a'], expected: ['AWS_IAM', 'NONE', 'NONE'], stages: [] },
      { changes: ['/b'], expected: ['AWS_IAM', 'AWS_IAM', 'NONE'], stages: [] },
      { changes: ['/c'], expected: ['AWS_IAM', 'AWS_IAM', 'AWS_IAM'], stages: [] },
    ]);
    expect(lines.filter((line) => line.endsWith(': done'))).toEqual([
      '1/3 GET /a: done',
      '2/3 GET /b: done',
      '3/3 GET /c: done',
    ]);
  });

  test('goes on where nobody asks the endpoint', async () => {
    const { outcome, types } = await enforced(() => ({ isAsked: false }));
    expect([outcome.state, types]).toEqual(['applied', ['AWS_IAM', 'AWS_IAM', 'AWS_IAM']]);
  });

  test('ends with the first route that is not proven, as if nothing had been', async () => {
    const { outcome, asked, operations, types } = await enforced(
      () => ({ objections: [OBJECTION] }),
      { grants: [GRANT] },
    );
    expect(asked).toHaveLength(1);
    expect(types).toEqual(['NONE', 'NONE', 'NONE']);
    expect(operations).toEqual(['CreatePolicy', 'DeletePolicy']);
    expect(outcome).toMatchObject({
      state: 'restored',
      grant: 'rolled-back',
      changeStates: ['restored', 'not-attempted', 'not-attempted'],
      reasons: [OBJECTION],
      proof: { objections: [OBJECTION] },
    });
  });

  test('keeps the routes that are proven, and the grant, where a later one is not', async () => {
    const { outcome, operations, types } = await enforced(
      (_, at) => (at === 1 ? { objections: [OBJECTION] } : {}),
      { grants: [GRANT] },
    );
    expect(types).toEqual(['AWS_IAM', 'NONE', 'NONE']);
    expect(operations).toEqual(['CreatePolicy']);
    expect(outcome).toMatchObject({
      state: 'partial',
      grant: 'made',
      changeStates: ['applied', 'restored', 'not-attempted'],
    });
  });

  test('comes before the stages that do not deploy by themselves', async () => {
    const { outcome, asked } = await enforced(() => ({}), { isMixed: true });
    expect(asked.map(({ changes, stages }) => [...changes, ...stages])).toEqual([
      ['/a'],
      ['/b'],
      ['/c'],
      ['prod'],
    ]);
    expect(outcome).toMatchObject({ state: 'proven', stageStates: ['moved'] });
    expect(outcome.deploymentId).not.toBeNull();
  });

  test('stays where the stages that do not deploy by themselves are not proven', async () => {
    const { outcome, types } = await enforced(
      ({ stages }) => (stages.length > 0 ? { objections: [OBJECTION] } : {}),
      { isMixed: true },
    );
    expect(types).toEqual(['AWS_IAM', 'AWS_IAM', 'AWS_IAM']);
    expect(outcome).toMatchObject({
      state: 'partial',
      deploymentId: null,
      stageStates: ['restored'],
      changeStates: ['applied', 'applied', 'applied'],
      proof: { objections: [OBJECTION] },
    });
  });
});
