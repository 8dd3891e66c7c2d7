import {
  CreateDeploymentCommand,
  CreateRestApiCommand,
  GetApiKeysCommand,
  GetDeploymentCommand,
  GetResourcesCommand,
  GetRestApisCommand,
  GetStagesCommand,
  UpdateStageCommand,
} from '@aws-sdk/client-api-gateway';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { describe, expect, test } from '@jest/globals';
import { banner } from '../../emulator/banner.js';
import { apiGateway, closeAfterEach, deployableApi, emulatorFor, refusal, sts } from './kit.js';

closeAfterEach();

const SEED = {
  callers: [
    {
      name: 'reader',
      accessKeyId: 'AKIAREADER0000000000',
      secretAccessKey: 'reader-secret',
      notAllowed: ['apigateway:PATCH', 'apigateway:POST', 'apigateway:UpdateRestApiPolicy'],
    },
    {
      name: 'nobody',
      accessKeyId: 'AKIANOBODY0000000000',
      secretAccessKey: 'nobody-secret',
      notAllowed: ['apigateway:GET'],
    },
  ],
  apis: [
    {
      id: 'a1b2c3d4e5',
      name: 'pets',
      methods: {
        'GET /pets': { auth: 'NONE' as const },
        'GET /secret': { auth: 'AWS_IAM' as const },
      },
      deployments: [{ id: 'dep001', auth: { 'GET /pets': 'AWS_IAM' as const } }, { id: 'dep002' }],
      stages: { prod: { deployment: 'dep001' } },
    },
  ],
};
const restApiId = 'a1b2c3d4e5';

describe('who may call the control plane', () => {
  test('nobody without a signature', async () => {
    const emulator = await emulatorFor({ seed: SEED });
    const answer = await fetch(`${emulator.url}/restapis`, {
      headers: { accept: 'application/json' },
    });
    expect(answer.status).toBe(403);
    expect(answer.headers.get('x-amzn-errortype')).toBe('MissingAuthenticationTokenException');
    expect(await answer.json()).toEqual({ message: 'Missing Authentication Token' });
  });

  test('nobody with keys that are unknown or wrong', async () => {
    const emulator = await emulatorFor({ seed: SEED });
    const list = (accessKeyId: string) =>
      refusal(
        apiGateway(emulator, { accessKeyId, secretAccessKey: 'wrong' }).send(
          new GetRestApisCommand({}),
        ),
      );
    expect(await list('AKIAUNKNOWN')).toEqual({
      status: 403,
      name: 'UnrecognizedClientException',
      message: 'The security token included in the request is invalid.',
    });
    expect(await list('AKIAREADER0000000000')).toMatchObject({
      status: 403,
      name: 'InvalidSignatureException',
    });
  });

  // Source of the sentence: IAM user guide, "Troubleshoot access denied error messages".
  test('nobody without the right, which the answer names', async () => {
    const emulator = await emulatorFor({ seed: SEED });
    const nobody = apiGateway(emulator, {
      accessKeyId: 'AKIANOBODY0000000000',
      secretAccessKey: 'nobody-secret',
    });
    expect(await refusal(nobody.send(new GetStagesCommand({ restApiId })))).toEqual({
      status: 403,
      name: 'AccessDeniedException',
      message:
        'User: arn:aws:iam::123456789012:user/nobody is not authorized to perform: apigateway:GET on resource: arn:aws:apigateway:us-east-1::/restapis/a1b2c3d4e5/stages because no identity-based policy allows the apigateway:GET action',
    });
    const reader = apiGateway(emulator, {
      accessKeyId: 'AKIAREADER0000000000',
      secretAccessKey: 'reader-secret',
    });
    await reader.send(new GetStagesCommand({ restApiId }));
    const created = refusal(reader.send(new CreateRestApiCommand({ name: 'x' })));
    expect((await created).name).toBe('AccessDeniedException');
  });
});

describe('what is not modelled', () => {
  test('is refused by its name', async () => {
    const emulator = await emulatorFor();
    expect(await refusal(apiGateway(emulator).send(new GetApiKeysCommand({})))).toEqual({
      status: 404,
      name: 'UnknownOperationException',
      message: 'GetApiKeys is not modelled by this emulator: GET /apikeys',
    });
    expect(emulator.requests[0]).toMatchObject({ operation: 'GetApiKeys', status: 404 });
  });

  test('HAL is refused rather than imitated', async () => {
    const emulator = await emulatorFor();
    const client = apiGateway(emulator);
    client.middlewareStack.add(
      (next) => (args) => {
        const { request } = args;
        if (typeof request === 'object' && request !== null && 'headers' in request)
          Object.assign(request.headers ?? {}, { accept: 'application/hal+json' });
        return next(args);
      },
      { step: 'build', priority: 'low' },
    );
    expect(await refusal(client.send(new GetRestApisCommand({})))).toMatchObject({
      status: 406,
      name: 'HalNotModelledException',
    });
  });
});

describe('the log', () => {
  test('has every request with its plane and operation, in order', async () => {
    const emulator = await emulatorFor({ seed: SEED });
    const client = apiGateway(emulator);
    await client.send(new GetRestApisCommand({ limit: 500 }));
    await sts(emulator).send(new GetCallerIdentityCommand({}));
    await client.send(new CreateDeploymentCommand({ restApiId }));
    await fetch(`${emulator.url}/${restApiId}/prod/pets`);
    expect(
      emulator.requests.map(({ plane, operation, mutating, status }) => [
        plane,
        operation,
        mutating,
        status,
      ]),
    ).toEqual([
      ['control', 'GetRestApis', false, 200],
      ['sts', 'GetCallerIdentity', false, 200],
      ['control', 'CreateDeployment', true, 201],
      ['data', 'Invoke', false, 403],
    ]);
    expect(emulator.requests[0]).toMatchObject({ path: '/restapis', query: 'limit=500' });
    emulator.clearRequests();
    expect(emulator.requests).toEqual([]);
  });
});

describe('faults', () => {
  test('answer instead, so many times, then let through', async () => {
    const emulator = await emulatorFor({ seed: SEED });
    const client = apiGateway(emulator);
    emulator.injectFault({
      operation: 'GetStages',
      skip: 1,
      times: 2,
      effect: { kind: 'answer', status: 429, retryAfterSeconds: 3 },
    });
    const stages = () => client.send(new GetStagesCommand({ restApiId }));
    await stages();
    for (let n = 0; n < 2; n += 1)
      expect(await refusal(stages())).toEqual({
        status: 429,
        name: 'TooManyRequestsException',
        message: 'Too Many Requests',
      });
    await stages();
    expect(emulator.requests.map(({ status, fault }) => [status, fault])).toEqual([
      [200, undefined],
      [429, 'answer'],
      [429, 'answer'],
      [200, undefined],
    ]);
  });

  test('reach only the requests that fit', async () => {
    const emulator = await emulatorFor({ seed: SEED });
    emulator.injectFault({
      operation: 'Invoke',
      where: ({ path }) => path.endsWith('/secret'),
      effect: { kind: 'answer', status: 503 },
    });
    const status = async (path: string) =>
      (await fetch(`${emulator.url}/${restApiId}/prod/${path}`)).status;
    expect(await status('secret')).toBe(503);
    expect(await status('pets')).toBe(403);
    emulator.clearFaults();
    expect(await status('secret')).toBe(403);
  });

  test('reset: nothing is done; reset-after and truncate: done, and the answer lost', async () => {
    const emulator = await emulatorFor({ seed: SEED });
    const client = apiGateway(emulator);
    const deploy = () => refusal(client.send(new CreateDeploymentCommand({ restApiId })));
    const deployments = () => emulator.account.apis.get(restApiId)?.deployments.size;
    expect(deployments()).toBe(2);
    for (const [kind, after] of [
      ['reset', 2],
      ['reset-after', 3],
      ['truncate', 4],
    ] as const) {
      emulator.clearFaults();
      emulator.injectFault({ operation: 'CreateDeployment', effect: { kind } });
      expect((await deploy()).message).toMatch(/hang up|ECONNRESET|aborted/);
      expect(deployments()).toBe(after);
    }
  });

  test('unembed: the methods of GetResources are empty', async () => {
    const emulator = await emulatorFor({ seed: SEED });
    emulator.injectFault({ operation: 'GetResources', effect: { kind: 'unembed' } });
    const { items = [] } = await apiGateway(emulator).send(
      new GetResourcesCommand({ restApiId, embed: ['methods'] }),
    );
    const methods = items.find(({ path }) => path === '/pets')?.resourceMethods;
    expect(methods).toEqual({ GET: {} });
  });

  test('delay: done all the same', async () => {
    const emulator = await emulatorFor({ seed: SEED });
    emulator.injectFault({ operation: '*', effect: { kind: 'delay', ms: 5 } });
    await apiGateway(emulator).send(new GetStagesCommand({ restApiId }));
    expect(emulator.requests[0]).toMatchObject({ status: 200, fault: 'delay' });
  });
});

// Source: API Gateway developer guide, "Quotas for configuring and running a REST API".
describe('quotas', () => {
  test('5 GetResources in 2 seconds, then 429 until the clock has moved on', async () => {
    const start = Date.now();
    let nowMs = start;
    const emulator = await emulatorFor({ seed: SEED, quotas: true, now: () => nowMs });
    const client = apiGateway(emulator);
    const read = () => client.send(new GetResourcesCommand({ restApiId }));
    for (let n = 0; n < 5; n += 1) await read();
    expect(await refusal(read())).toMatchObject({ status: 429, name: 'TooManyRequestsException' });
    expect(emulator.quotaViolations).toEqual([`GetResources at ${start}`]);
    nowMs += 400;
    await read();
    await refusal(read());
  });

  test('1 CreateDeployment in 5 seconds; a Retry-After says how long', async () => {
    let nowMs = Date.now();
    const emulator = await emulatorFor({ seed: SEED, quotas: true, now: () => nowMs });
    const client = apiGateway(emulator);
    const deploy = () => client.send(new CreateDeploymentCommand({ restApiId }));
    await deploy();
    await expect(deploy()).rejects.toMatchObject({ retryAfterSeconds: '5' });
    nowMs += 5000;
    await deploy();
  });

  test('40 at once and 10 a second over everything', async () => {
    let nowMs = Date.now();
    const emulator = await emulatorFor({ seed: SEED, quotas: true, now: () => nowMs });
    const client = apiGateway(emulator);
    const read = () => client.send(new GetDeploymentCommand({ restApiId, deploymentId: 'dep001' }));
    const burst = await Promise.allSettled(Array.from({ length: 45 }, read));
    expect(burst.filter(({ status }) => status === 'fulfilled')).toHaveLength(40);
    nowMs += 1000;
    const second = await Promise.allSettled(Array.from({ length: 15 }, read));
    expect(second.filter(({ status }) => status === 'fulfilled')).toHaveLength(10);
  });

  test('are off unless asked for', async () => {
    const emulator = await emulatorFor({ seed: SEED });
    const client = apiGateway(emulator);
    for (let n = 0; n < 8; n += 1) await client.send(new GetResourcesCommand({ restApiId }));
    expect(emulator.quotaViolations).toEqual([]);
  });
});

describe('the wire', () => {
  test('follows the stage’s deployment and nothing else', async () => {
    const emulator = await emulatorFor({ seed: SEED });
    const invoke = async () => (await fetch(`${emulator.url}/${restApiId}/prod/pets`)).status;
    // Configured NONE, deployed AWS_IAM: what is deployed counts.
    expect(await invoke()).toBe(403);
    const client = apiGateway(emulator);
    const { id = '' } = await client.send(new CreateDeploymentCommand({ restApiId }));
    expect(await invoke()).toBe(403);
    await client.send(
      new UpdateStageCommand({
        restApiId,
        stageName: 'prod',
        patchOperations: [{ op: 'replace', path: '/deploymentId', value: id }],
      }),
    );
    expect(await invoke()).toBe(200);
  });

  test('follows a change only after the propagation delay', async () => {
    let nowMs = Date.now();
    const emulator = await emulatorFor({
      seed: SEED,
      propagationDelayMs: 30_000,
      now: () => nowMs,
    });
    const invoke = async () => (await fetch(`${emulator.url}/${restApiId}/prod/pets`)).status;
    await apiGateway(emulator).send(
      new UpdateStageCommand({
        restApiId,
        stageName: 'prod',
        patchOperations: [{ op: 'replace', path: '/deploymentId', value: 'dep002' }],
      }),
    );
    expect(await invoke()).toBe(403);
    nowMs += 29_999;
    expect(await invoke()).toBe(403);
    nowMs += 1;
    expect(await invoke()).toBe(200);
  });

  // Source: localstack snapshot test_routing_not_found, recorded against AWS on 2024-07-23.
  test('answers an unknown path and an undeclared method alike', async () => {
    const emulator = await emulatorFor();
    const client = apiGateway(emulator);
    const api = await deployableApi(client);
    await client.send(new CreateDeploymentCommand({ restApiId: api.restApiId, stageName: 'test' }));
    const base = `${emulator.url}/${api.restApiId}/test`;
    for (const [path, method] of [
      ['/random', 'GET'],
      ['/', 'POST'],
    ] as const) {
      const answer = await fetch(`${base}${path}`, { method });
      expect(answer.status).toBe(403);
      expect(answer.headers.get('x-amzn-errortype')).toBe('MissingAuthenticationTokenException');
      expect(await answer.json()).toEqual({ message: 'Missing Authentication Token' });
    }
  });
});

describe('the emulator itself', () => {
  test('gives the same ids in every run', async () => {
    const ids = async () => {
      const client = apiGateway(await emulatorFor());
      return (await client.send(new CreateRestApiCommand({ name: 'x' }))).id;
    };
    expect(await ids()).toBe(await ids());
  });

  test('prints what leads a shell to it, tools that know the older variable of the region included', async () => {
    const emulator = await emulatorFor({
      seed: {
        account: { region: 'eu-west-1' },
        apis: [
          {
            id: 'a1b2c3d4e5',
            name: 'or"ders',
            methods: { 'GET /': {} },
            deployments: [{ id: 'd1' }],
            stages: { prod: { deployment: 'd1' } },
          },
        ],
      },
    });
    expect(banner(emulator).split('\n')).toEqual([
      `export AWS_ENDPOINT_URL=${emulator.url}`,
      'export AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE',
      'export AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
      'export AWS_REGION=eu-west-1',
      'export AWS_EC2_METADATA_DISABLED=true',
      'export AWS_DEFAULT_REGION=eu-west-1',
      `# "or\\"ders" ${emulator.url}/a1b2c3d4e5/prod`,
    ]);
  });

  test('says how to be reached', async () => {
    const emulator = await emulatorFor();
    expect(emulator.env).toEqual({
      AWS_ENDPOINT_URL: emulator.url,
      AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
      AWS_REGION: 'us-east-1',
      AWS_EC2_METADATA_DISABLED: 'true',
    });
  });
});
