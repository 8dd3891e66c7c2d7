import { describe, expect, test } from '@jest/globals';
import type { SeedFile } from '../../emulator/server.js';
import { lineOf, restTemplate, workspaceOf } from './declared-kit.js';
import { findingsOf, scenario } from './kit.js';

/* Files and the live API that is deployed from them, judged together. */

const TAGS = {
  'aws:cloudformation:stack-name': 'shop',
  'aws:cloudformation:logical-id': 'OrdersApi',
};

function account(
  auth: 'AWS_IAM' | 'NONE',
  tags: Record<string, string> = TAGS,
  id = 'a1b2c3d4e5',
): SeedFile {
  return {
    apis: [
      {
        id,
        name: 'orders',
        tags,
        methods: { 'GET /orders': { auth } },
        deployments: [{ id: 'dep001' }],
        stages: { prod: { deployment: 'dep001' } },
      },
    ],
  };
}

const TEMPLATES = { templates: 'template.yaml' };

async function run(seed: SeedFile, files: Record<string, string>, inputs = {}) {
  const { run: step, emulator } = await scenario(seed);
  const workspace = await workspaceOf(files);
  const outcome = await step({ ...TEMPLATES, ...inputs }, { GITHUB_WORKSPACE: workspace });
  return { ...outcome, parsed: outcome.parsed, emulator };
}

describe('by the tags of CloudFormation', () => {
  test('a method has one row with every layer', async () => {
    const { exitCode, parsed, summary } = await run(account('AWS_IAM'), {
      'template.yaml': restTemplate({ Get: 'AWS_IAM' }),
    });
    expect([exitCode, findingsOf(parsed)]).toEqual([0, []]);
    expect(parsed.methods).toMatchObject([
      {
        api: 'a1b2c3d4e5',
        stage: 'prod',
        declared: 'AWS_IAM',
        declaredAt: { file: 'template.yaml' },
        configured: 'AWS_IAM',
        deployed: 'AWS_IAM',
        verdict: 'pass',
      },
    ]);
    expect(summary).toContain('declared AWS_IAM · configured AWS_IAM · deployed AWS_IAM');
  });

  test('what a file will open is told beside what is live, and a new method too', async () => {
    const template = restTemplate({ Get: 'NONE', Post: 'NONE' });
    const { exitCode, parsed } = await run(account('AWS_IAM'), { 'template.yaml': template });
    expect(exitCode).toBe(1);
    expect(findingsOf(parsed)).toEqual([
      'declared-not-iam GET /orders',
      'declared-not-iam POST /orders',
    ]);
    expect(parsed.methods).toMatchObject([
      { method: 'GET', stage: 'prod', declared: 'NONE', deployed: 'AWS_IAM', verdict: 'fail' },
      { method: 'POST', stage: null, declared: 'NONE', deployed: null, verdict: 'fail' },
    ]);
  });

  test('two types that are both acceptable are drift', async () => {
    const { exitCode, parsed } = await run(account('AWS_IAM'), {
      'template.yaml': restTemplate({ Get: 'CUSTOM' }),
      '.github/apigw-iam-gate.yml': 'require: {types: [CUSTOM]}',
    });
    expect([exitCode, findingsOf(parsed)]).toEqual([0, ['declared-drift GET /orders']]);
  });

  test('where two APIs could be meant, neither is, and a note says so', async () => {
    const second = account(
      'AWS_IAM',
      { ...TAGS, 'aws:cloudformation:stack-name': 'b' },
      'f6g7h8i9j0',
    );
    const both = { apis: [...(account('AWS_IAM').apis ?? []), ...(second.apis ?? [])] };
    const { parsed } = await run(
      both,
      { 'template.yaml': restTemplate({ Get: 'AWS_IAM' }) },
      { 'api-id': '*' },
    );
    expect(parsed.notes.join('\n')).toMatch(
      /template\.yaml#OrdersApi was judged by itself: .*tags/,
    );
    expect(parsed.methods.at(-1)).toMatchObject({ api: 'template.yaml#OrdersApi', stage: null });
  });
});

test('without a match the file is judged by itself, and a note says so', async () => {
  const { exitCode, parsed } = await run(account('AWS_IAM', {}), {
    'template.yaml': restTemplate({ Get: 'NONE' }),
  });
  expect(exitCode).toBe(1);
  expect(parsed.findings).toMatchObject([{ api: 'template.yaml#OrdersApi' }]);
  expect(parsed.notes.join('\n')).toContain(
    'none of the APIs that were read is known to be deployed',
  );
});

test.each(['a1b2c3d4e5', 'orders'])(
  'the configuration file says which API it is: %s',
  async (api) => {
    const { parsed } = await run(account('AWS_IAM', {}), {
      'template.yaml': restTemplate({ Get: 'AWS_IAM' }),
      '.github/apigw-iam-gate.yml': `templates: {"template.yaml#OrdersApi": ${api}}`,
    });
    expect(parsed.methods).toMatchObject([{ api: 'a1b2c3d4e5', declared: 'AWS_IAM' }]);
  },
);

test('an open live API stays a failure, whatever its file promises', async () => {
  const { exitCode, parsed } = await run(account('NONE'), {
    'template.yaml': restTemplate({ Get: 'AWS_IAM' }),
  });
  expect(exitCode).toBe(1);
  expect(findingsOf(parsed)).toContain('deployed-not-iam GET /orders prod');
  expect(findingsOf(parsed).filter((it) => it.startsWith('declared'))).toEqual([]);
});

test('enforce names the line whose next deployment undoes it', async () => {
  const template = restTemplate({ Get: 'NONE' });
  const { exitCode, parsed } = await run(
    account('NONE'),
    { 'template.yaml': template },
    { mode: 'enforce', 'smoke-timeout': '5' },
  );
  expect(parsed.changes).toMatchObject([{ method: 'GET', path: '/orders', state: 'applied' }]);
  expect(exitCode).toBe(1);
  expect(findingsOf(parsed)).toEqual(['declared-not-iam GET /orders']);
  const [found] = parsed.findings;
  expect(found?.location).toMatchObject({
    file: 'template.yaml',
    line: lineOf(template, 'AuthorizationType'),
  });
  expect(found?.message).toContain('undoes what mode: enforce sets');
});

test('in mode plan, a file that declares it open would undo what enforce sets', async () => {
  const { parsed } = await run(
    account('NONE'),
    { 'template.yaml': restTemplate({ Get: 'NONE' }) },
    {
      mode: 'plan',
    },
  );
  const found = parsed.findings.find(({ rule }) => rule === 'declared-not-iam');
  expect(found?.message).toContain('would also undo what mode: enforce sets');
});

test('an exception that names the file covers its method of the live API as well', async () => {
  const { exitCode, parsed } = await run(account('NONE'), {
    'template.yaml': restTemplate({ Get: 'NONE' }),
    '.github/apigw-iam-gate.yml':
      'exceptions: [{methods: GET /orders, api: "template.yaml#OrdersApi", reason: x, owner: y, permanent: true}]',
  });
  expect([exitCode, parsed.counts.errors]).toEqual([0, 0]);
  expect(parsed.counts.suppressed).toBeGreaterThan(1);
});

test('a fingerprint is the same with and without the live API', async () => {
  const template = restTemplate({ Get: 'NONE' });
  const joined = await run(account('AWS_IAM'), { 'template.yaml': template });
  const alone = await run(account('AWS_IAM', {}), { 'template.yaml': template });
  expect(joined.parsed.findings[0]?.fingerprint).toBe(alone.parsed.findings[0]?.fingerprint);
});

describe('HTTP and WebSocket APIs', () => {
  const tags = (name: string) => ({
    'aws:cloudformation:stack-name': 'shop',
    'aws:cloudformation:logical-id': name,
  });
  const LIVE: SeedFile = {
    httpApis: [
      {
        id: 'h1h1h1h1h1',
        name: 'shop',
        tags: tags('Shop'),
        routes: { 'GET /pets': { auth: 'AWS_IAM' }, $default: { auth: 'AWS_IAM' } },
        stages: { $default: { autoDeploy: true } },
      },
    ],
    webSocketApis: [
      {
        id: 'w1w1w1w1w1',
        name: 'chat',
        tags: tags('Chat'),
        routes: { $connect: { auth: 'AWS_IAM' }, $default: {} },
        stages: { prod: { autoDeploy: true } },
      },
    ],
  };
  const routeOf = (name: string, api: string, key: string, type: string): string => `
  ${name}:
    Type: AWS::ApiGatewayV2::Route
    Properties: { ApiId: !Ref ${api}, RouteKey: '${key}', AuthorizationType: ${type} }`;
  const templateOf = (type: string): string => `Resources:
  Shop:
    Type: AWS::ApiGatewayV2::Api
    Properties: { Name: shop, ProtocolType: HTTP }
  Chat:
    Type: AWS::ApiGatewayV2::Api
    Properties: { Name: chat, ProtocolType: WEBSOCKET, RouteSelectionExpression: $request.body.action }${routeOf('Pets', 'Shop', 'GET /pets', 'AWS_IAM')}${routeOf('Default', 'Shop', '$default', type)}${routeOf('Connect', 'Chat', '$connect', type)}
`;

  test.each([
    ['AWS_IAM', 0, []],
    ['NONE', 1, ['declared-not-iam $default $default', 'declared-not-iam $connect $connect']],
  ])('have one row with every layer, declared with %s', async (type, exit, found) => {
    const inputs = { 'api-id': '*', 'smoke-test': 'false' };
    const { exitCode, parsed } = await run(LIVE, { 'template.yaml': templateOf(type) }, inputs);
    expect([exitCode, findingsOf(parsed).toSorted()]).toEqual([exit, found.toSorted()]);
    const iam = { configured: 'AWS_IAM', deployed: 'AWS_IAM' };
    expect(parsed.methods).toMatchObject([
      { api: 'h1h1h1h1h1', path: '/pets', declared: 'AWS_IAM', ...iam },
      { api: 'h1h1h1h1h1', path: '$default', declared: type, ...iam },
      { api: 'w1w1w1w1w1', path: '$connect', declared: type, ...iam },
    ]);
  });
});
