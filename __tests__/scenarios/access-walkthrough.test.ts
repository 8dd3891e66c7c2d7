import {
  APIGatewayClient,
  CreateDeploymentCommand,
  UpdateRestApiCommand,
} from '@aws-sdk/client-api-gateway';
import { expect, test } from '@jest/globals';
import { seedSchema } from '../../emulator/seed-schema.js';
import type { Emulator } from '../../emulator/server.js';
import { findingsOf, scenario } from './kit.js';

/*
 * The article "How do I activate IAM authentication for API Gateway REST APIs?" of AWS re:Post
 * (https://repost.aws/knowledge-center/iam-authentication-api-gateway), step by step, with the gate in
 * place of the console and Postman.
 */

const TILL = {
  AWS_ACCESS_KEY_ID: 'AKIATILL000000000001',
  AWS_SECRET_ACCESS_KEY: 'till-secret-of-the-emulator',
};

/** An open API, and a group of IAM users without a policy. */
const SEED = seedSchema.parse({
  users: [
    {
      name: 'till',
      keys: [{ accessKeyId: TILL.AWS_ACCESS_KEY_ID, secretAccessKey: TILL.AWS_SECRET_ACCESS_KEY }],
    },
  ],
  groups: [{ name: 'tills', users: ['till'] }],
  apis: [
    {
      id: 'r3p0st0001',
      name: 'pets',
      methods: { 'GET /pets': { auth: 'NONE' }, 'POST /pets': { auth: 'NONE' } },
      deployments: [{ id: 'dep001' }],
      stages: { prod: { deployment: 'dep001' } },
    },
  ],
});

test('IAM authentication turned on, the group granted, the endpoint proven', async () => {
  const { run, emulator, apiId } = await scenario([], { seed: [SEED] });

  // "Turn on IAM authentication for your REST API", 1 to 5, and 7: which methods need it, at which URL.
  const audit = await run({ 'invoke-group': 'tills' });
  expect(audit.exitCode).toBe(1);
  expect(findingsOf(audit.parsed)).toEqual([
    'unsigned-accepted GET /pets prod',
    'deployed-not-iam GET /pets prod',
    'deployed-not-iam POST /pets prod',
    'configured-not-iam GET /pets',
    'configured-not-iam POST /pets',
    'group-cannot-invoke GET /pets prod',
    'group-cannot-invoke POST /pets prod',
  ]);
  expect(audit.outputs['invoke-url']).toBe(`${emulator.url}/${apiId}/prod`);

  // "Grant API authorization to a group of IAM users", 1 and 2: the policy that is needed.
  const policy = audit.outputs['invoke-policy'] ?? '';
  expect(policy).toContain('"Action":"execute-api:Invoke"');

  // Both at once, shown before they are done.
  const enforce = { mode: 'enforce', 'invoke-group': 'tills', grant: 'true' };
  const plan = await run({ ...enforce, mode: 'plan' });
  expect(plan.parsed.changes.map(({ state }) => state)).toEqual(['planned', 'planned']);
  expect(plan.parsed.access?.grants[0]?.state).toBe('planned');

  // "6. Deploy your API for the changes to take effect", and 3: "Attach your IAM policy to an IAM group".
  const enforced = await run(enforce);
  expect(enforced.exitCode).toBe(0);
  expect(enforced.outputs['deployment-id']).not.toBe('');
  const made = [...emulator.account.iam.policies.values()].find(
    ({ policyName }) => policyName === `apigw-iam-gate-${apiId}-prod`,
  );
  const { accountId } = emulator.account;
  expect(made?.versions.get('v1')?.document).toBe(policy.replaceAll(':*:', `:${accountId}:`));
  expect(emulator.account.iam.groups.get('tills')?.attachedPolicies).toContain(made?.arn);

  // "Send a request to test the authentication settings": "An authenticated request returns a 200 OK
  // response code. An unauthorized request returns the message Missing Authentication Token and a 403
  // Forbidden response code."
  const unsigned = await fetch(`${emulator.url}/${apiId}/prod/pets`);
  expect(unsigned.status).toBe(403);
  expect(await unsigned.json()).toEqual({ message: 'Missing Authentication Token' });
  const asTill = await run({ 'invoke-group': 'tills' }, TILL);
  expect(asTill.exitCode).toBe(0);
  expect(asTill.parsed.methods.find(({ method }) => method === 'GET')).toMatchObject({
    unsigned: { status: 403, answer: 'missing-token' },
    signed: { status: 200, answer: 'accepted' },
  });

  // "(Optional) Configure an API Gateway resource policy", and "If you deny access to your API with one
  // type of IAM policy and allow access with another type of policy, access is denied."
  await setPolicy(emulator, apiId, [
    {
      Sid: 'NoTills',
      Effect: 'Deny',
      Principal: { AWS: `arn:aws:iam::${emulator.account.accountId}:user/till` },
      Action: 'execute-api:Invoke',
      Resource: 'execute-api:/prod/GET/*',
    },
  ]);
  const denied = await run({ 'invoke-group': 'tills', 'smoke-test': 'false' });
  expect(findingsOf(denied.parsed)).toEqual([
    'group-cannot-invoke GET /pets prod',
    'deny-shadows-allow',
  ]);
  const refused = await run({ 'invoke-group': 'tills' }, TILL);
  expect(findingsOf(refused.parsed)).toContain('signed-rejected GET /pets prod');
});

/** Sets the resource policy, as an administrator does: the gate itself never changes one. */
async function setPolicy(
  emulator: Emulator,
  apiId: string,
  statements: readonly object[],
): Promise<void> {
  const client = new APIGatewayClient({
    endpoint: emulator.url,
    region: emulator.account.region,
    credentials: {
      accessKeyId: emulator.env.AWS_ACCESS_KEY_ID ?? '',
      secretAccessKey: emulator.env.AWS_SECRET_ACCESS_KEY ?? '',
    },
  });
  const value = JSON.stringify({ Version: '2012-10-17', Statement: statements });
  await client.send(
    new UpdateRestApiCommand({
      restApiId: apiId,
      patchOperations: [{ op: 'replace', path: '/policy', value }],
    }),
  );
  await client.send(new CreateDeploymentCommand({ restApiId: apiId, stageName: 'prod' }));
  client.destroy();
}
