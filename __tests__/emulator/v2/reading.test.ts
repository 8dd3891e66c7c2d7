import {
  type ApiGatewayV2Client,
  ExportApiCommand,
  GetApiCommand,
  GetApisCommand,
  GetAuthorizersCommand,
  GetDeploymentCommand,
  GetIntegrationsCommand,
  GetRoutesCommand,
  GetStagesCommand,
} from '@aws-sdk/client-apigatewayv2';
import { describe, expect, test } from '@jest/globals';
import type { SeedFile } from '../../../emulator/seed.js';
import { apiGatewayV2, closeAfterEach, emulatorFor, refusal } from '../kit.js';

closeAfterEach();

const seed = {
  httpApis: [
    {
      id: 'h1t2t3p4a5',
      name: 'shop',
      cors: { allowOrigins: ['*'] },
      authorizers: [{ name: 'customers', type: 'JWT' }],
      routes: {
        'GET /orders': { auth: 'AWS_IAM' },
        'GET /me': { auth: 'JWT', authorizer: 'customers', scopes: ['profile'] },
        'ANY /files/{proxy+}': {},
        $default: { auth: 'AWS_IAM' },
      },
      deployments: [{ id: 'dep001', auth: { 'GET /orders': 'NONE' }, without: ['GET /me'] }],
      stages: { $default: { autoDeploy: true }, prod: { deployment: 'dep001' } },
    },
  ],
  webSocketApis: [
    {
      id: 'w1s2o3c4k5',
      name: 'chat',
      routes: { $connect: { auth: 'AWS_IAM' } },
      stages: { prod: { autoDeploy: true } },
    },
  ],
} satisfies SeedFile;

async function exported(client: ApiGatewayV2Client, stageName?: string) {
  const { body } = await client.send(
    new ExportApiCommand({
      ApiId: 'h1t2t3p4a5',
      Specification: 'OAS30',
      OutputType: 'JSON',
      ...(stageName === undefined ? {} : { StageName: stageName }),
    }),
  );
  return JSON.parse(Buffer.from(body ?? []).toString('utf8'));
}

describe('reading', () => {
  test('APIs of both kinds, with what the service model gives them', async () => {
    const client = apiGatewayV2(await emulatorFor({ seed }));
    const { Items = [], NextToken } = await client.send(new GetApisCommand({}));
    expect(NextToken).toBeUndefined();
    expect(Items).toMatchObject([
      {
        ApiId: 'h1t2t3p4a5',
        ProtocolType: 'HTTP',
        ApiEndpoint: 'https://h1t2t3p4a5.execute-api.us-east-1.amazonaws.com',
        CorsConfiguration: { AllowOrigins: ['*'] },
        DisableExecuteApiEndpoint: false,
      },
      {
        ApiId: 'w1s2o3c4k5',
        ProtocolType: 'WEBSOCKET',
        ApiEndpoint: 'wss://w1s2o3c4k5.execute-api.us-east-1.amazonaws.com',
        RouteSelectionExpression: '$request.body.action',
      },
    ]);
    expect(Items[0]?.CreatedDate).toBeInstanceOf(Date);
    expect(await client.send(new GetApiCommand({ ApiId: 'w1s2o3c4k5' }))).toMatchObject({
      Name: 'chat',
    });
  });

  test('routes page by page: maxResults is a string', async () => {
    const client = apiGatewayV2(await emulatorFor({ seed }));
    const sizes: number[] = [];
    const keys: unknown[] = [];
    let NextToken: string | undefined;
    do {
      const page = await client.send(
        new GetRoutesCommand({ ApiId: 'h1t2t3p4a5', MaxResults: '3', NextToken }),
      );
      sizes.push(page.Items?.length ?? 0);
      keys.push(...(page.Items ?? []).map(({ RouteKey }) => RouteKey));
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    expect(sizes).toEqual([3, 1]);
    expect(keys).toEqual(['GET /orders', 'GET /me', 'ANY /files/{proxy+}', '$default']);
  });

  test('stages, the deployment of each and the parts of routes', async () => {
    const client = apiGatewayV2(await emulatorFor({ seed }));
    const ApiId = 'h1t2t3p4a5';
    const { Items: stages = [] } = await client.send(new GetStagesCommand({ ApiId }));
    expect(stages).toMatchObject([
      {
        StageName: '$default',
        AutoDeploy: true,
        LastDeploymentStatusMessage: expect.stringMatching(/^Successfully deployed stage/),
      },
      { StageName: 'prod', AutoDeploy: false, DeploymentId: 'dep001' },
    ]);
    const deployment = await client.send(
      new GetDeploymentCommand({ ApiId, DeploymentId: stages[0]?.DeploymentId ?? '' }),
    );
    expect(deployment).toMatchObject({ DeploymentStatus: 'DEPLOYED', AutoDeployed: true });
    const { Items: authorizers } = await client.send(new GetAuthorizersCommand({ ApiId }));
    expect(authorizers).toMatchObject([{ Name: 'customers', AuthorizerType: 'JWT' }]);
    const { Items: integrations } = await client.send(new GetIntegrationsCommand({ ApiId }));
    expect(integrations).toHaveLength(4);
  });

  test('an export of a stage is its deployment, one without a stage what is configured', async () => {
    const client = apiGatewayV2(await emulatorFor({ seed }));
    const prod = await exported(client, 'prod');
    expect(Object.keys(prod.paths)).toEqual(['/orders', '/files/{proxy+}', '/$default']);
    expect(prod.paths['/orders'].get.security).toBeUndefined();
    const [scheme] = Object.keys(
      prod.paths['/$default']['x-amazon-apigateway-any-method'].security[0],
    );
    expect(prod.components.securitySchemes[scheme ?? '']).toMatchObject({
      'x-amazon-apigateway-authtype': 'awsSigv4',
    });
    const latest = await exported(client);
    expect(latest.paths['/orders'].get.security).toEqual([{ [scheme ?? '']: [] }]);
    expect(latest.paths['/me'].get.security).toEqual([{ customers: ['profile'] }]);
  });

  test('the export of a stage can be the newest configuration: nobody knows', async () => {
    const untold = { exportOfStage: 'newest', exportOfIam: 'none' } as const;
    const client = apiGatewayV2(await emulatorFor({ seed: { ...seed, untold } }));
    const prod = await exported(client, 'prod');
    expect(prod.paths['/me']).toBeDefined();
    expect(prod.paths['/orders'].get.security).toBeUndefined();
  });

  test('a WebSocket API has no export, unless the switch says so', async () => {
    const command = new ExportApiCommand({
      ApiId: 'w1s2o3c4k5',
      Specification: 'OAS30',
      OutputType: 'YAML',
    });
    const client = apiGatewayV2(await emulatorFor({ seed }));
    expect(await refusal(client.send(command))).toMatchObject({
      status: 400,
      name: 'BadRequestException',
    });
    const untold = { exportOfWebSocket: 'answered' } as const;
    const { body } = await apiGatewayV2(await emulatorFor({ seed: { ...seed, untold } })).send(
      command,
    );
    expect(Buffer.from(body ?? []).toString('utf8')).toContain('/$connect:');
  });

  test('an API that is not there', async () => {
    const client = apiGatewayV2(await emulatorFor({ seed }));
    expect(await refusal(client.send(new GetRoutesCommand({ ApiId: 'nowhere' })))).toEqual({
      status: 404,
      name: 'NotFoundException',
      message: 'Invalid API identifier specified 123456789012:nowhere',
    });
  });

  test('rights on /apis are other ones than those on /restapis', async () => {
    const emulator = await emulatorFor({
      seed: {
        ...seed,
        callers: [
          {
            name: 'auditor',
            accessKeyId: 'AKIAAUDITOR',
            secretAccessKey: 's',
            notAllowed: ['apigateway:GET /apis*'],
          },
        ],
      },
    });
    const client = apiGatewayV2(emulator, { accessKeyId: 'AKIAAUDITOR', secretAccessKey: 's' });
    const { status, message } = await refusal(client.send(new GetApisCommand({})));
    expect(status).toBe(403);
    expect(message).toContain(
      'apigateway:GET on resource: arn:aws:apigateway:us-east-1::/apis because',
    );
  });
});
