import { describe, expect, test } from '@jest/globals';
import type { SeedFile } from '../../emulator/server.js';
import { runPostStep, runStep, withJob } from '../../runner/run-action.js';
import type { Report } from '../../src/report/report.js';
import {
  emulatorWith,
  enforceStep,
  journalOf,
  pictureOf,
  reportOf,
  runJob,
} from './enforce-kit.js';
import { callsByOperation, type Scenario, scenario } from './kit.js';

type SeedApi = NonNullable<SeedFile['apis']>[number];

/** An API of one method and one stage. */
function api(id: string, name: string, tags: Record<string, string> = {}, auth = 'AWS_IAM') {
  return {
    id,
    name,
    tags,
    methods: { 'GET /': { auth } },
    deployments: [{ id: 'dep001' }],
    stages: { prod: { deployment: 'dep001' } },
  } as SeedApi;
}

const SHOP = 'aws:cloudformation:stack-name';
const LOGICAL = 'aws:cloudformation:logical-id';

const APIS: SeedApi[] = [
  api('aaaaaaaaaa', 'orders', { team: 'payments', [SHOP]: 'shop', [LOGICAL]: 'OrdersApi' }),
  api('bbbbbbbbbb', 'refunds', { team: 'payments', cost: 'a=b' }),
  // As AWS::Serverless::HttpApi: of the stack, and without its tags.
  api('cccccccccc', 'untagged'),
  api('dddddddddd', 'twin'),
  api('eeeeeeeeee', 'twin', { team: 'Payments' }),
  api('ffffffffff', 'a longer name'),
];

const STACKS: SeedFile['stacks'] = [
  {
    name: 'shop',
    pageSize: 2,
    resources: {
      Function: { type: 'AWS::Lambda::Function', id: 'shop-function' },
      OrdersApi: { type: 'AWS::ApiGateway::RestApi', id: 'aaaaaaaaaa' },
      Table: { type: 'AWS::DynamoDB::Table', id: 'shop-table' },
      Gone: { type: 'AWS::ApiGateway::RestApi', id: 'zzzzzzzzzz', status: 'DELETE_COMPLETE' },
      Failed: { type: 'AWS::ApiGateway::RestApi', status: 'CREATE_FAILED' },
      Inner: { type: 'AWS::CloudFormation::Stack', nested: 'shop-Inner-1A2B' },
    },
  },
  {
    name: 'shop-Inner-1A2B',
    resources: { Untagged: { type: 'AWS::ApiGateway::RestApi', id: 'cccccccccc' } },
  },
  { name: 'empty', resources: { Table: { type: 'AWS::DynamoDB::Table', id: 'table' } } },
  {
    name: 'fresh',
    resources: {
      OrdersApi: { type: 'AWS::ApiGateway::RestApi', id: 'aaaaaaaaaa' },
      NextApi: { type: 'AWS::ApiGateway::RestApi', status: 'CREATE_IN_PROGRESS' },
    },
  },
];

const ACCOUNT: SeedFile = { apis: APIS, stacks: STACKS };

/** The same for a caller without the right to ask CloudFormation. */
const WITHOUT_STACKS: SeedFile = {
  ...ACCOUNT,
  callers: [
    {
      name: 'reader',
      accessKeyId: 'AKIAI44QH8DHBEXAMPLE',
      secretAccessKey: 'je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY',
      notAllowed: ['cloudformation:ListStackResources'],
    },
  ],
};
const READER = {
  AWS_ACCESS_KEY_ID: 'AKIAI44QH8DHBEXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY',
};

function audited(given: Scenario, apiId: string, environment = {}) {
  return given.run({ 'api-id': apiId, 'smoke-test': 'false' }, environment);
}

function idsOf({ parsed }: { readonly parsed: Report }): string[] {
  return parsed.apis.map(({ id }) => id);
}

describe('an audit by selectors', () => {
  test.each([
    ['name:orders', ['aaaaaaaaaa']],
    ['name: a longer name', ['ffffffffff']],
    ['name:twin', ['dddddddddd', 'eeeeeeeeee']],
    ['tag:team=payments', ['aaaaaaaaaa', 'bbbbbbbbbb']],
    ['tag:cost=a=b', ['bbbbbbbbbb']],
    ['stack:shop', ['aaaaaaaaaa', 'cccccccccc']],
    ['stack:shop/OrdersApi', ['aaaaaaaaaa']],
    ['stack:shop/Inner', ['cccccccccc']],
    ['ffffffffff\nname:refunds, tag:team=payments', ['ffffffffff', 'bbbbbbbbbb', 'aaaaaaaaaa']],
  ])('%s', async (apiId, ids) => {
    const outcome = await audited(await scenario(ACCOUNT), apiId);
    expect([outcome.exitCode, idsOf(outcome)]).toEqual([0, ids]);
    const selectors = apiId.split(/[,\n]/).filter((it) => it.includes(':'));
    expect(outcome.parsed.selectors).toHaveLength(selectors.length);
    const [first] = outcome.parsed.selectors ?? [];
    expect(outcome.stdout).toContain(`${first?.selector} is `);
    expect(outcome.parsed.notes[0]).toMatch(/ is .*\([a-z]{10}\)\.$/);
    expect(outcome.summary).toContain(first?.selector.split(' ')[0]);
  });

  test('each must stand for something, and all that do not are named at once', async () => {
    const given = await scenario(ACCOUNT);
    const apiId =
      'name:Orders, name:gone, tag:team=sales, stack:gone, stack:empty, stack:shop/Function, name:orders';
    const { exitCode, stdout } = await given.run({ 'api-id': apiId });
    expect(exitCode).toBe(3);
    for (const words of [
      'name:Orders is no API of us-east-1. Upper and lower case count: there is name:orders (aaaaaaaaaa)',
      'name:gone is no API of us-east-1',
      'tag:team=sales is no API of us-east-1',
      'there is no stack gone in us-east-1',
      'the stack empty holds no API',
      'the stack shop holds no API Function',
    ]) {
      expect(stdout).toContain(words);
    }
  });

  test('text that is no selector is refused before any call', async () => {
    const given = await scenario(ACCOUNT);
    const apiId = 'names:orders, tag:team, stack:my_stack, stack:shop/Inner/Api, name:';
    const { exitCode, stdout } = await given.run({ 'api-id': apiId });
    expect(exitCode).toBe(3);
    for (const item of apiId.split(', ')) expect(stdout).toContain(`"${item}" `);
    expect(given.emulator.requests).toEqual([]);
  });

  test('takes a listing for a name, and none for a stack', async () => {
    const named = await scenario(ACCOUNT);
    await audited(named, 'name:orders');
    expect(callsByOperation(named.emulator)).toMatchObject({ GetRestApis: 1 });
    expect(callsByOperation(named.emulator)).not.toHaveProperty('GetRestApi');
    const stacked = await scenario(ACCOUNT);
    await audited(stacked, 'stack:shop');
    // Three pages of the stack, and one of the nested one.
    expect(callsByOperation(stacked.emulator)).toMatchObject({ ListStackResources: 4 });
    expect(callsByOperation(stacked.emulator)).not.toHaveProperty('GetRestApis');
  });

  test('a list that broke off is incomplete, whatever was found by then', async () => {
    const given = await scenario(ACCOUNT);
    const fail = { kind: 'answer', status: 403 } as const;
    given.emulator.injectFault({ operation: 'GetRestApis', effect: fail });
    const { exitCode, parsed } = await audited(given, 'name:orders, cccccccccc');
    expect(exitCode).toBe(2);
    expect(parsed.findings.map((it) => it.message)).toContainEqual(
      expect.stringContaining("The list of the region's APIs could not be read: GetRestApis"),
    );
    expect(parsed.apis.map(({ id }) => id)).toEqual(['cccccccccc']);
  });

  test('a stack that is only being created is incomplete', async () => {
    const { exitCode, parsed } = await audited(await scenario(ACCOUNT), 'stack:fresh');
    expect(exitCode).toBe(2);
    expect(parsed.findings[0]?.message).toContain('NextApi of it has no id yet');
    expect(parsed.apis.map(({ id }) => id)).toEqual(['aaaaaaaaaa']);
  });
});

describe('APIs of every kind', () => {
  const KINDS: SeedFile = {
    apis: [api('aaaaaaaaaa', 'mixed', { team: 'payments' })],
    httpApis: [
      {
        id: 'hhhhhhhhhh',
        name: 'mixed',
        tags: { team: 'payments' },
        routes: { 'GET /': { auth: 'AWS_IAM' } },
        stages: { prod: { autoDeploy: true } },
      },
    ],
    webSocketApis: [
      {
        id: 'wwwwwwwwww',
        name: 'sockets',
        tags: { team: 'payments' },
        routes: { $connect: { auth: 'AWS_IAM' } },
        stages: { prod: { autoDeploy: true } },
      },
    ],
    stacks: [
      {
        name: 'mixed',
        resources: {
          Rest: { type: 'AWS::ApiGateway::RestApi', id: 'aaaaaaaaaa' },
          Http: { type: 'AWS::ApiGatewayV2::Api', id: 'hhhhhhhhhh' },
          Sockets: { type: 'AWS::ApiGatewayV2::Api', id: 'wwwwwwwwww' },
        },
      },
    ],
  };

  test.each([
    ['name:mixed', {}, ['aaaaaaaaaa REST', 'hhhhhhhhhh HTTP']],
    ['tag:team=payments', {}, ['aaaaaaaaaa REST', 'hhhhhhhhhh HTTP', 'wwwwwwwwww WEBSOCKET']],
    ['stack:mixed', {}, ['aaaaaaaaaa REST', 'hhhhhhhhhh HTTP', 'wwwwwwwwww WEBSOCKET']],
    ['stack:mixed/Sockets', {}, ['wwwwwwwwww WEBSOCKET']],
    ['stack:mixed', { 'api-types': 'REST' }, ['aaaaaaaaaa REST']],
    ['tag:team=payments', { 'api-types': 'HTTP' }, ['hhhhhhhhhh HTTP']],
  ])('%s %j', async (apiId, inputs, rows) => {
    const given = await scenario(KINDS);
    const { parsed } = await given.run({ 'api-id': apiId, 'smoke-test': 'false', ...inputs });
    expect(parsed.methods.map((it) => `${it.api} ${it.kind}`)).toEqual(rows);
  });
});

describe('without the right to ask CloudFormation', () => {
  test('one API of a stack is known by its tags', async () => {
    const given = await scenario(WITHOUT_STACKS);
    const outcome = await audited(given, 'stack:shop/OrdersApi', READER);
    expect([outcome.exitCode, idsOf(outcome)]).toEqual([0, ['aaaaaaaaaa']]);
  });

  test.each(['stack:shop', 'stack:shop/Untagged', 'stack:elsewhere'])(
    '%s is incomplete: tags do not reach every API',
    async (apiId) => {
      const given = await scenario(WITHOUT_STACKS);
      const { exitCode, parsed } = await audited(given, apiId, READER);
      expect(exitCode).toBe(2);
      const [finding] = parsed.findings;
      expect(finding?.message).toContain(`The list of the APIs of ${apiId} could not be read`);
      expect(finding?.fix).toContain('"Action":"cloudformation:ListStackResources"');
      expect(finding?.fix).toMatch(/stack\/(?:shop|elsewhere)\/\*/);
    },
  );

  test('enforce changes nothing on the word of a tag', async () => {
    const open = {
      ...WITHOUT_STACKS,
      apis: [api('aaaaaaaaaa', 'orders', { [SHOP]: 'shop' }, 'NONE')],
    };
    const emulator = await emulatorWith(open);
    const { main } = await runJob(enforceStep(emulator, { 'api-id': 'stack:shop' }, {}, READER));
    expect(main.exitCode).toBe(2);
    expect(emulator.requests.filter(({ mutating }) => mutating)).toEqual([]);
  });
});

describe('an API of a list that is gone', () => {
  test('is unreadable for an audit of several', async () => {
    const given = await scenario(ACCOUNT);
    const { exitCode, parsed } = await audited(given, 'aaaaaaaaaa, zzzzzzzzzz');
    expect(exitCode).toBe(2);
    expect(parsed.findings.map(({ rule, api: of }) => [rule, of])).toEqual([
      ['unreadable', 'zzzzzzzzzz'],
    ]);
    expect(parsed.findings[0]?.message).toContain('does not exist');
    expect(parsed.methods.map((it) => [it.api, it.verdict])).toEqual([['aaaaaaaaaa', 'pass']]);
  });

  test.each(['zzzzzzzzzz', 'zzzzzzzzzz, yyyyyyyyyy'])(
    'is a wrong input where none is there: %s',
    async (apiId) => {
      const { exitCode, stdout } = await audited(await scenario(ACCOUNT), apiId);
      expect(exitCode).toBe(3);
      expect(stdout).toContain('zzzzzzzzzz');
    },
  );

  test.each(['plan', 'enforce'])('is a wrong input for %s', async (mode) => {
    const emulator = await emulatorWith({ apis: [api('aaaaaaaaaa', 'orders', {}, 'NONE')] });
    const inputs = { mode, 'api-id': 'aaaaaaaaaa, zzzzzzzzzz' };
    const { main } = await runJob(enforceStep(emulator, inputs));
    expect(main.exitCode).toBe(3);
    expect(emulator.requests.filter(({ mutating }) => mutating)).toEqual([]);
  });
});

describe('enforce by selectors', () => {
  const OPEN: SeedFile = {
    apis: [
      api('aaaaaaaaaa', 'orders', { team: 'payments' }, 'NONE'),
      api('bbbbbbbbbb', 'refunds', { team: 'payments' }, 'NONE'),
      api('dddddddddd', 'twin', {}, 'NONE'),
      api('eeeeeeeeee', 'twin', {}, 'NONE'),
    ],
    stacks: STACKS,
  };
  const typeOf = (picture: ReturnType<typeof pictureOf>): string =>
    picture.methods['GET /']?.includes('AWS_IAM') === true ? 'AWS_IAM' : 'NONE';

  test('changes every API of a tag, and no other', async () => {
    const emulator = await emulatorWith(OPEN);
    const { main } = await runJob(enforceStep(emulator, { 'api-id': 'tag:team=payments' }));
    expect(main.exitCode).toBe(0);
    expect([...emulator.account.apis.keys()].map((id) => typeOf(pictureOf(emulator, id)))).toEqual([
      'AWS_IAM',
      'AWS_IAM',
      'NONE',
      'NONE',
    ]);
    expect(reportOf(main).selectors).toEqual([
      { selector: 'tag:team=payments', apis: ['aaaaaaaaaa', 'bbbbbbbbbb'] },
    ]);
  });

  test.each(['plan', 'enforce'])('%s takes a name for one API alone', async (mode) => {
    const emulator = await emulatorWith(OPEN);
    const { main } = await runJob(enforceStep(emulator, { mode, 'api-id': 'name:twin' }));
    expect(main.exitCode).toBe(3);
    expect(main.stdout).toContain('name:twin is the name of 2 APIs: dddddddddd, eeeeeeeeee.');
    expect(emulator.requests.filter(({ mutating }) => mutating)).toEqual([]);
  });

  test('a name changes nothing where another API may have it, too', async () => {
    const emulator = await emulatorWith(OPEN);
    const effect = { kind: 'answer', status: 503 } as const;
    emulator.injectFault({ operation: 'GetRestApis', effect });
    const { main } = await runJob(enforceStep(emulator, { 'api-id': 'name:orders' }));
    expect(main.exitCode).toBe(2);
    expect(emulator.requests.filter(({ mutating }) => mutating)).toEqual([]);
  });

  test('what a killed run had begun is rolled back by its post step, though the API has another name by then', async () => {
    const emulator = await emulatorWith(OPEN);
    const start = pictureOf(emulator, 'aaaaaaaaaa');
    let kill: (signal: NodeJS.Signals) => void = () => {};
    emulator.injectFault({ operation: 'CreateDeployment', effect: { kind: 'delay', ms: 700 } });
    const step = enforceStep(
      emulator,
      { 'api-id': 'name:orders' },
      {
        onStart: (send) => {
          kill = send;
        },
      },
    );
    await withJob(async (job) => {
      const running = runStep(step, job);
      let isOver = false;
      void running.then(() => {
        isOver = true;
      });
      const isDeploying = () =>
        emulator.requests.some(({ operation }) => operation === 'CreateDeployment');
      while (!isOver && !isDeploying()) {
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      kill('SIGKILL');
      const main = await running;
      expect(main.state.STATE_asked).toBe('{"region":"us-east-1","apiIds":["aaaaaaaaaa"]}');
      emulator.clearFaults();
      const own = emulator.account.apis.get('aaaaaaaaaa');
      if (own !== undefined) own.name = 'orders-old';
      // Another API has got the name, and is none of this job's.
      const other = emulator.account.apis.get('bbbbbbbbbb');
      if (other !== undefined) other.name = 'orders';
      const post = await runPostStep(step, main, job);
      expect(post.exitCode).toBe(0);
      expect(await journalOf(job)).toContain('"record":"end"');
    });
    expect(typeOf(pictureOf(emulator, 'aaaaaaaaaa'))).toBe(typeOf(start));
    expect(typeOf(pictureOf(emulator, 'bbbbbbbbbb'))).toBe('NONE');
  });
});
