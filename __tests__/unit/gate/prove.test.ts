import { describe, expect, test } from '@jest/globals';
import { NO_BASELINE } from '../../../src/config/baseline.js';
import { DEFAULT_CONFIG } from '../../../src/config/config.js';
import { planEnforcement } from '../../../src/enforce/plan.js';
import { collectEvidence } from '../../../src/evidence/collect.js';
import type { Assignment } from '../../../src/gate/assignment.js';
import type { ReadDependencies } from '../../../src/gate/dependencies.js';
import { prove } from '../../../src/gate/prove.js';
import { readInputs } from '../../../src/inputs/inputs.js';
import { fakeRetries } from '../enforce/enforcement-kit.js';
import { API_ID, deployFake, fakeApi, fakeControlPlane } from '../enforce/fake-control-plane.js';
import { NO_V2 } from '../enforce/fake-control-plane-v2.js';
import { NO_IAM } from '../enforce/fake-iam.js';

const POLICY = '{"Statement":[]}';

function assignmentWith(smokeTest: boolean): Assignment {
  const given: Record<string, string> = {
    mode: 'enforce',
    region: 'eu-west-1',
    'api-id': 'a1b2c3d4e5',
    // Nothing is sent, and so no answer is needed.
    'smoke-methods': 'DELETE',
    'smoke-test': String(smokeTest),
  };
  return {
    inputs: readInputs({ getInput: (name) => given[name] ?? '', environment: {} }),
    basis: {
      policy: DEFAULT_CONFIG,
      baseline: NO_BASELINE,
      sources: [],
      notes: [],
      declared: null,
      today: '2026-11-26',
    },
  };
}

/** Proves an API that was closed, while somebody changes it right before a call. */
async function proofWhile(smokeTest: boolean, change: (call: string) => string | undefined) {
  const plane = fakeControlPlane(fakeApi({ 'GET /a': {} }, { prod: 'd1' }));
  const retries = fakeRetries();
  const unused = async (): Promise<never> => {
    throw new Error('nobody asks for it');
  };
  const target = {
    region: 'eu-west-1',
    account: unused,
    apiGateway: plane.apiGateway,
    apiGatewayV2: NO_V2,
    iam: NO_IAM,
    cloudFormation: unused,
    sts: unused,
    credentials: unused,
  };
  const dependencies: ReadDependencies = {
    ...retries,
    target,
    prober: { send: unused, destroy: () => {} },
    onSecret: () => {},
    now: () => 0,
    newToken: () => '',
  };
  const scope = { apiIds: [API_ID], stages: '*', region: 'eu-west-1' } as const;
  const { apis } = await collectEvidence({ ...scope, apiTypes: ['REST'] }, target, retries.logger);
  const options = { policy: DEFAULT_CONFIG, today: '2026-11-26', replaceAuthorizers: false };
  const [plan] = planEnforcement(apis, options);
  if (plan === undefined) throw new Error('nothing was planned');
  const method = plane.api.methods.get('GET /a');
  if (method !== undefined) method.authorizationType = 'AWS_IAM';
  deployFake(plane.api, 'd2');
  plane.api.stages.set('prod', { deploymentId: 'd2', canary: null });
  plane.calls.length = 0;
  plane.onCall = ({ operation }) => {
    const policy = change(operation);
    if (policy !== undefined) plane.api.policy = policy;
    return undefined;
  };
  const proof = await prove(plan, assignmentWith(smokeTest), dependencies);
  return { proof, calls: plane.calls.map(({ operation }) => operation) };
}

describe('what the verdict will be about', () => {
  test.each([true, false])(
    'is the resource policy as it is by now (smoke-test: %s)',
    async (smokeTest) => {
      const { proof, calls } = await proofWhile(smokeTest, () => POLICY);
      expect(proof.api.description).toMatchObject({ readable: true, value: { policy: POLICY } });
      expect(calls.filter((it) => it === 'GetRestApi')).toHaveLength(1);
    },
  );

  test('is the policy that somebody deploys while the endpoint is asked', async () => {
    let resources = 0;
    const { proof } = await proofWhile(true, (call) => {
      if (call === 'GetResources') resources += 1;
      // Between the two readings.
      return resources === 2 || call === 'GetRestApi' ? POLICY : undefined;
    });
    expect(proof.api.description).toMatchObject({ value: { policy: POLICY } });
  });
});
