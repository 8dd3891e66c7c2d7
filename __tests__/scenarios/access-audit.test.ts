import { describe, expect, test } from '@jest/globals';
import { seedSchema } from '../../emulator/seed-schema.js';
import type { EmulatorOptions } from '../../emulator/server.js';
import {
  callsByOperation,
  findingsOf,
  mutations,
  type Outcome,
  type Scenario,
  scenario,
} from './kit.js';

const PAYMENTS = 'acc3ss0001';
const UNASKED = { 'smoke-test': 'false' };

function till(): Record<string, string> {
  return {
    AWS_ACCESS_KEY_ID: 'AKIATILL000000000001',
    AWS_SECRET_ACCESS_KEY: 'till-secret-of-the-emulator',
  };
}

/** An API of one method with a resource policy of its own. */
function withPolicy(statements: readonly object[], api: object = {}): Promise<Scenario> {
  const seed = {
    apis: [
      {
        id: 'p0l1c1es00',
        name: 'policies',
        policy: { Version: '2012-10-17', Statement: statements },
        methods: { 'GET /pets': { auth: 'AWS_IAM' }, 'GET /pets/{id}': { auth: 'AWS_IAM' } },
        deployments: [{ id: 'dep001' }],
        stages: { prod: { deployment: 'dep001' } },
        ...api,
      },
    ],
  };
  return scenario([], { seed: [seedSchema.parse(seed)] });
}

describe('the group that must be able to invoke', () => {
  test('without a policy: a finding a method, and the policy to attach', async () => {
    const { run, emulator } = await scenario('access');
    const { exitCode, parsed, outputs, summary } = await run({
      'invoke-group': 'tills',
      ...UNASKED,
    });
    expect(exitCode).toBe(1);
    expect(findingsOf(parsed)).toEqual([
      'group-cannot-invoke GET /payments prod',
      'group-cannot-invoke GET /payments/{id} prod',
      'group-cannot-invoke POST /refunds prod',
    ]);
    expect(parsed.access?.methods.map(({ may }) => may)).toEqual(['cannot', 'cannot', 'cannot']);
    const prefix = 'arn:aws:execute-api:us-east-1:*:acc3ss0001/prod';
    expect(JSON.parse(outputs['invoke-policy'] ?? '')).toEqual({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Action: 'execute-api:Invoke',
          Resource: [
            `${prefix}/GET/payments`,
            `${prefix}/GET/payments/*`,
            `${prefix}/POST/refunds`,
          ],
        },
      ],
    });
    expect(summary).toContain('### Who may invoke');
    expect(summary).toContain('**Group `tills`**: 1 user, policies: none.');
    expect(mutations(emulator)).toEqual([]);
    expect(`${JSON.stringify(parsed)}${summary}${outputs['invoke-policy']}`).not.toContain(
      emulator.account.accountId,
    );
  });

  test('with a policy that allows it: a pass', async () => {
    const { run } = await scenario('access');
    const { exitCode, parsed } = await run({ 'invoke-group': 'backoffice', ...UNASKED });
    expect(findingsOf(parsed)).toEqual([]);
    expect(exitCode).toBe(0);
    expect(parsed.access?.methods.map(({ may }) => may)).toEqual(Array(3).fill('can-invoke'));
  });

  test('with an explicit deny of its own', async () => {
    const { run } = await scenario('access');
    const { parsed } = await run({ 'invoke-group': 'interns', ...UNASKED });
    expect(findingsOf(parsed)).toEqual([
      'group-cannot-invoke POST /refunds prod',
      'deny-shadows-allow',
    ]);
    expect(parsed.findings[0]?.message).toContain(
      'statement "NoRefunds" of inline policy no-refunds',
    );
  });

  test('that may invoke everything there is', async () => {
    const { run } = await scenario('access');
    const { exitCode, parsed } = await run({ 'invoke-group': 'operators', ...UNASKED });
    expect(findingsOf(parsed)).toEqual(['grant-too-broad']);
    expect(parsed.findings[0]?.message).toContain('every API of the account');
    expect(exitCode).toBe(0);
    expect(parsed.notes).toContain(
      'Group operators has no users: what it may invoke lets nobody in.',
    );
  });

  test('that does not exist is a configuration error', async () => {
    const { run } = await scenario('access');
    const { exitCode, stdout } = await run({ 'invoke-group': 'nobodies', ...UNASKED });
    expect(exitCode).toBe(3);
    expect(stdout).toContain('there is no IAM group nobodies in account ********9012');
  });

  test.each([
    ['GetGroup', 'group'],
    ['ListAttachedGroupPolicies', 'group'],
    ['ListGroupPolicies', 'group'],
    ['GetGroupPolicy', 'group'],
    ['GetPolicy', 'policy'],
    ['GetPolicyVersion', 'policy'],
  ])(
    'of which %s is not allowed: incomplete, with the statement to add',
    async (operation, kind) => {
      const { run, emulator } = await scenario('access');
      emulator.injectFault({ operation, effect: { kind: 'answer', status: 403 } });
      const { exitCode, parsed } = await run({ 'invoke-group': 'interns', ...UNASKED });
      expect(exitCode).toBe(2);
      expect(parsed.verdict).toBe('incomplete');
      expect(findingsOf(parsed)).toEqual(['unreadable']);
      expect(parsed.findings[0]?.fix).toMatch(
        new RegExp(
          `{"Effect":"Allow","Action":"iam:${operation}","Resource":"arn:aws:iam::ACCOUNT_ID:${kind}/[a-z-]+"}`,
        ),
      );
      expect(parsed.access?.methods).toEqual([]);
      expect(parsed.access?.group).toEqual({ name: 'interns', users: null, policies: [] });
    },
  );

  test('IAM that throttles is waited for', async () => {
    const { run, emulator } = await scenario('access');
    const throttled = { kind: 'answer', status: 400, errorType: 'Throttling' } as const;
    for (const operation of ['GetGroup', 'GetPolicy', 'GetPolicyVersion']) {
      emulator.injectFault({ operation, times: 1, effect: throttled });
    }
    const { exitCode, stdout } = await run({ 'invoke-group': 'backoffice', ...UNASKED });
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/GetGroup backoffice: attempt 1 failed \(Throttling/);
  });

  test('takes one call of each kind, and one a policy', async () => {
    const { run, emulator } = await scenario('access');
    await run({ 'invoke-group': 'backoffice', ...UNASKED });
    expect(callsByOperation(emulator)).toEqual({
      GetCallerIdentity: 1,
      GetDeployment: 1,
      GetGroup: 1,
      GetPolicy: 1,
      GetPolicyVersion: 1,
      GetResources: 1,
      GetRestApi: 1,
      GetStages: 1,
      ListAttachedGroupPolicies: 1,
      ListGroupPolicies: 1,
    });
  });
});

test('without a group and a resource policy, IAM is not asked, and STS for the account alone', async () => {
  const { run, emulator } = await scenario('access');
  await run({ 'api-id': PAYMENTS, ...UNASKED });
  const calls = Object.keys(callsByOperation(emulator));
  expect(calls.sort()).toEqual([
    'GetCallerIdentity',
    'GetDeployment',
    'GetResources',
    'GetRestApi',
    'GetStages',
  ]);
});

describe('resource policies', () => {
  test('as AWS hands them out: open, narrowed, shadowed, a partner’s, private', async () => {
    const { run, emulator } = await scenario('access');
    const { parsed } = await run({ 'api-id': '*', ...UNASKED });
    const found = parsed.findings.map(({ rule, api }) => `${rule} ${api}`);
    expect(found).toEqual(['public-principal acc3ss0002']);
    expect(parsed.findings[0]?.fix).toContain(
      '"Resource":"execute-api:/*","Condition":{"StringEquals":{"aws:PrincipalOrgID"',
    );
    expect(parsed.findings[0]?.fix).toContain('deploy the API after the change');
    expect(JSON.stringify(parsed)).not.toContain(emulator.account.accountId);
  });

  const everybody = { Effect: 'Allow', Principal: '*', Action: 'execute-api:Invoke' };
  const all = { Resource: 'execute-api:/*' };

  test.each<[string, object[], string[]]>([
    [
      'a condition that strangers meet',
      [{ ...everybody, ...all, Condition: { Bool: { 'aws:SecureTransport': 'true' } } }],
      ['public-principal'],
    ],
    [
      'every address there is',
      [{ ...everybody, ...all, Condition: { IpAddress: { 'aws:SourceIp': '0.0.0.0/0' } } }],
      ['public-principal'],
    ],
    [
      'an explicit deny of everybody',
      [
        { Sid: 'All', ...everybody, ...all },
        { ...everybody, ...all, Sid: 'None', Effect: 'Deny' },
      ],
      ['policy-locks-out', 'deny-shadows-allow'],
    ],
    [
      'a typo in a path',
      [
        {
          ...everybody,
          Principal: { AWS: 'arn:aws:iam::210987654321:root' },
          Resource: 'execute-api:/prod/GET/pet',
        },
      ],
      ['policy-matches-nothing'],
    ],
    [
      'a user who was deleted',
      [{ ...everybody, Principal: { AWS: 'AIDAJQABLZS4A3QDU576Q' }, ...all }],
      ['principal-gone'],
    ],
  ])('%s', async (_, statements, rules) => {
    const { run } = await withPolicy(statements);
    const { parsed } = await run(UNASKED);
    expect(parsed.findings.map(({ rule }) => rule)).toEqual(rules);
  });

  test('a private API that names no endpoint, and one without a policy', async () => {
    const open = await withPolicy([{ ...everybody, ...all }], { endpoint: 'PRIVATE' });
    const opened: Outcome = await open.run(UNASKED);
    expect(findingsOf(opened.parsed)).toEqual(['public-principal', 'private-api-open']);
    const bare = await withPolicy([], { endpoint: 'PRIVATE', policy: undefined });
    const { parsed } = await bare.run(UNASKED);
    expect(findingsOf(parsed)).toEqual(['policy-locks-out']);
  });

  test('a policy that is not understood is unreadable, never no policy', async () => {
    const { run, emulator, apiId } = await withPolicy([{ ...everybody, ...all }]);
    const api = emulator.account.apis.get(apiId);
    if (api === undefined) throw new Error('there is no API');
    Object.assign(api, { policy: '{"Version":"2012-10-17","Statement":[{"Effect":"Perhaps"}]}' });
    const { exitCode, parsed } = await run(UNASKED);
    expect(exitCode).toBe(2);
    expect(findingsOf(parsed)).toEqual(['unreadable']);
    expect(parsed.findings[0]?.message).toContain(
      'statement 1 has neither the effect Allow nor Deny',
    );
  });

  test('a deny of the resource policy keeps a group out that its own policy lets in', async () => {
    const options: EmulatorOptions = {
      seed: [
        seedSchema.parse({
          users: [{ name: 'till' }],
          groups: [
            {
              name: 'tills',
              users: ['till'],
              policies: {
                all: {
                  Version: '2012-10-17',
                  Statement: { Effect: 'Allow', Action: 'execute-api:Invoke', Resource: '*' },
                },
              },
            },
          ],
          apis: [
            {
              id: 'p0l1c1es00',
              name: 'policies',
              policy: {
                Version: '2012-10-17',
                Statement: [{ ...everybody, Effect: 'Deny', Resource: 'execute-api:/*/GET/pets' }],
              },
              methods: { 'GET /pets': { auth: 'AWS_IAM' }, 'GET /dogs': { auth: 'AWS_IAM' } },
              deployments: [{ id: 'dep001' }],
              stages: { prod: { deployment: 'dep001' } },
            },
          ],
        }),
      ],
    };
    const { run } = await scenario([], options);
    const { parsed } = await run({ 'invoke-group': 'tills', ...UNASKED });
    expect(findingsOf(parsed)).toEqual([
      'group-cannot-invoke GET /pets prod',
      'deny-shadows-allow',
      'grant-too-broad',
    ]);
    expect(parsed.findings[0]?.message).toContain('statement 1 of the resource policy denies it');
  });
});

describe('the endpoint agrees', () => {
  test('a caller of another account whom both sides allow is let in, and on other paths not', async () => {
    const { run } = await scenario('access');
    const partner = {
      AWS_ACCESS_KEY_ID: 'AKIAPARTNER000000001',
      AWS_SECRET_ACCESS_KEY: 'partner-secret-of-the-emulator',
    };
    const { parsed } = await run({ 'api-id': 'acc3ss0005' }, partner);
    const signed = Object.fromEntries(parsed.methods.map((it) => [it.path, it.signed?.answer]));
    expect(signed).toEqual({ '/rates': 'accepted', '/costs': 'denied' });
  });

  test('a user of a group without a policy is refused', async () => {
    const { run } = await scenario('access');
    const { parsed } = await run({ 'invoke-group': 'tills' }, till());
    expect(findingsOf(parsed)).toContain('signed-rejected GET /payments prod');
    expect(findingsOf(parsed)).toContain('group-cannot-invoke GET /payments prod');
  });
});
