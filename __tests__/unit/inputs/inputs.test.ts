import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type InputSource, readInputs } from '../../../src/inputs/inputs.js';
import { listOf } from '../../../src/inputs/parser.js';
import { INPUT_NAMES, INPUTS, type Inputs } from '../../../src/inputs/table.js';
import { ConfigurationError } from '../../../src/model/errors.js';

type Given = Readonly<Record<string, string | undefined>>;
type Environment = InputSource['environment'];

/** Reads inputs that are right but for those given. */
function readWith(given: Given, environment: Environment = { AWS_REGION: 'eu-west-1' }): Inputs {
  const inputs: Given = { 'api-id': 'a1b2c3', ...given };
  return readInputs({ getInput: (name) => inputs[name] ?? '', environment });
}

function problemsOf(given: Given, environment?: Environment): readonly string[] {
  try {
    readWith(given, environment);
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
}

describe('inputs that are not given', () => {
  test('have the defaults of the contract', () => {
    expect(readWith({}, { AWS_REGION: 'eu-west-1', RUNNER_TEMP: '/runner/temp' })).toEqual({
      mode: 'audit',
      apiIds: ['a1b2c3'],
      apiTypes: ['REST', 'HTTP', 'WEBSOCKET'],
      stages: '*',
      region: 'eu-west-1',
      templates: [],
      planFile: null,
      parameters: [],
      plan: null,
      shard: null,
      quotaShare: 0.8,
      awsTimeoutMs: 90_000,
      policyFile: '',
      baseline: '',
      replaceAuthorizers: false,
      allowPendingChanges: false,
      allowLiveChanges: false,
      smokeTest: true,
      smokeMethods: ['GET', 'HEAD'],
      smokeTimeoutMs: 90_000,
      endpointUrl: null,
      webSocketSignature: 'headers',
      invokeRoleArn: null,
      invokeGroup: null,
      grant: false,
      failOn: 'error',
      reportDir: join('/runner/temp', 'apigw-iam-gate'),
      githubToken: '',
      comment: 'never',
      checkRun: null,
      driftIssue: false,
      uploadSarif: false,
    });
  });

  test('put the report into the temporary folder where there is no runner', () => {
    expect(readWith({}).reportDir).toBe(join(tmpdir(), 'apigw-iam-gate'));
  });

  test.each<[why: string, given: string, environment: Environment, expected: string]>([
    ['the input before the environment', 'us-east-1', { AWS_REGION: 'eu-west-1' }, 'us-east-1'],
    [
      'AWS_REGION before AWS_DEFAULT_REGION',
      '',
      { AWS_REGION: 'eu-west-1', AWS_DEFAULT_REGION: 'eu-west-3' },
      'eu-west-1',
    ],
    ['AWS_DEFAULT_REGION alone', '', { AWS_DEFAULT_REGION: 'eu-west-3' }, 'eu-west-3'],
    [
      'AWS_DEFAULT_REGION where AWS_REGION is blank',
      '',
      { AWS_REGION: ' ', AWS_DEFAULT_REGION: 'eu-west-3' },
      'eu-west-3',
    ],
  ])('take the region from %s', (_why, region, environment, expected) => {
    expect(readWith({ region }, environment).region).toBe(expected);
  });
});

describe('every problem', () => {
  test('is found at once', () => {
    const problems = problemsOf(
      {
        mode: 'check',
        'api-id': 'arn:aws:apigateway:eu-west-1::/restapis/a1b2c3',
        stage: 'pro d',
        'replace-authorizers': 'yes',
        'smoke-test': 'no',
        'smoke-methods': 'FETCH',
        'smoke-timeout': '-1',
        'endpoint-url': 'ftp://api.example.com',
        'invoke-role-arn': 'invoker',
        'fail-on': 'sometimes',
      },
      {},
    );
    expect(problems.map((problem) => problem.split(':')[0])).toEqual([
      'mode',
      'api-id',
      'stage',
      'replace-authorizers',
      'smoke-test',
      'smoke-methods',
      'smoke-timeout',
      'endpoint-url',
      'invoke-role-arn',
      'fail-on',
      'region',
    ]);
  });

  test('is in the message, with how many there are', () => {
    const error = new ConfigurationError(['mode: is wrong', 'region: is not known']);
    expect(error.message).toBe(
      '2 things in the configuration must be changed:\n  - mode: is wrong\n  - region: is not known',
    );
  });

  test('is counted where there are very many', () => {
    const { message, problems } = new ConfigurationError(
      Array.from({ length: 1000 }, () => 'wrong'),
    );
    expect(problems).toHaveLength(1000);
    expect(message.split('\n')).toHaveLength(52);
    expect(message).toContain('… and 950 more');
  });

  test('says of grant what it lacks', () => {
    const given = { 'invoke-group': 'callers', grant: 'true' };
    expect(problemsOf({ ...given, mode: 'plan' })).toEqual([]);
    expect(problemsOf({ ...given, mode: 'enforce' })).toEqual([]);
    expect(problemsOf(given)).toEqual([expect.stringContaining('grant: an audit changes nothing')]);
    expect(problemsOf({ grant: 'true', mode: 'enforce' })).toEqual([
      expect.stringContaining('grant: names nobody to grant to'),
    ]);
  });

  test('names each wrong item of a list', () => {
    expect(problemsOf({ 'api-id': 'good1, b@d, https://x' })).toHaveLength(2);
    expect(problemsOf({ stage: 'prod\ndev stage\ntest/1' })).toHaveLength(2);
  });

  test('shows a long value clipped and a control character as such', () => {
    const [problem] = problemsOf({ mode: `\u0007${'x'.repeat(500)}` });
    expect(problem).toContain('\\u0007xxx');
    expect(problem?.length).toBeLessThan(200);
  });
});

describe('lists', () => {
  test.each([
    ['a,b', ['a', 'b']],
    ['a\nb\r\nc', ['a', 'b', 'c']],
    [' a , b,\n\n , c ', ['a', 'b', 'c']],
    ['a,b,a', ['a', 'b']],
    ['', []],
    [' ,\n', []],
  ])('%j is %j', (text, items) => {
    expect(listOf(text)).toEqual(items);
  });

  test('hold no blank, no separator and nothing twice', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', ',', '\n', '\r', ' ') });
    fc.assert(
      fc.property(text, (given) => {
        const items = listOf(given);
        expect(new Set(items).size).toBe(items.length);
        for (const item of items) expect(item).toMatch(/^[ab]([ab ]*[ab])?$/);
      }),
    );
  });
});

interface Table {
  readonly input: string;
  readonly accepted: readonly (readonly [text: string, part: Partial<Inputs>])[];
  readonly refused: readonly string[];
}

const TABLES: readonly Table[] = [
  {
    input: 'mode',
    accepted: [
      ['audit', { mode: 'audit' }],
      ['plan', { mode: 'plan' }],
      [' enforce ', { mode: 'enforce' }],
    ],
    refused: ['Audit', 'fix', 'audit,plan', 'constructor'],
  },
  {
    input: 'api-id',
    accepted: [
      ['a1b2c3d4e5', { apiIds: ['a1b2c3d4e5'] }],
      ['a1,b2\nc3,a1', { apiIds: ['a1', 'b2', 'c3'] }],
      ['*', { apiIds: '*' }],
    ],
    refused: [
      ' , ',
      '*,a1',
      'a1-b2',
      'a1*',
      'https://a1.execute-api.eu-west-1.amazonaws.com',
      'ä1',
    ],
  },
  {
    input: 'api-types',
    accepted: [
      ['HTTP', { apiTypes: ['HTTP'] }],
      ['websocket\nRest', { apiTypes: ['REST', 'WEBSOCKET'] }],
      ['HTTP,HTTP', { apiTypes: ['HTTP'] }],
      ['', { apiTypes: ['REST', 'HTTP', 'WEBSOCKET'] }],
    ],
    refused: [' , ', '*', 'REST API', 'HTTP;REST', 'WS'],
  },
  {
    input: 'stage',
    accepted: [
      ['prod', { stages: ['prod'] }],
      ['prod, dev_1\nnext-2', { stages: ['prod', 'dev_1', 'next-2'] }],
      ['$default', { stages: ['$default'] }],
      ['*', { stages: '*' }],
      [' , ', { stages: '*' }],
    ],
    refused: ['*,prod', 'prod/1', 'my stage', '$connect', 'x'.repeat(129)],
  },
  {
    input: 'templates',
    accepted: [
      ['template.yaml', { templates: ['template.yaml'] }],
      ['a.yaml, b.yaml\nc/**', { templates: ['a.yaml', 'b.yaml', 'c/**'] }],
      ['api/*.{yaml,json},cdk.out', { templates: ['api/*.{yaml,json}', 'cdk.out'] }],
      ['*.yaml,!old.yaml', { templates: ['*.yaml', '!old.yaml'] }],
      ['a}.yaml,b{.yaml,c.yaml', { templates: ['a}.yaml', 'b{.yaml', 'c.yaml'] }],
      ['{a,{b,c},d}, e\n{f,g', { templates: ['{a,{b,c},d}', 'e', '{f', 'g'] }],
      [','.repeat(100_000).concat('a.yaml'), { templates: ['a.yaml'] }],
    ],
    refused: ['!old.yaml', Array.from({ length: 201 }, (_, index) => `${index}.yaml`).join()],
  },
  {
    input: 'plan-file',
    accepted: [['plan.json', { planFile: 'plan.json' }]],
    refused: [],
  },
  {
    input: 'parameters',
    accepted: [['dev.json, all.json', { parameters: ['dev.json', 'all.json'] }]],
    refused: [],
  },
  {
    input: 'region',
    accepted: [
      ['eu-west-1', { region: 'eu-west-1' }],
      ['us-gov-west-1', { region: 'us-gov-west-1' }],
      ['cn-northwest-1', { region: 'cn-northwest-1' }],
      ['ap-southeast-12', { region: 'ap-southeast-12' }],
    ],
    refused: [
      'eu-west',
      'Ireland',
      'eu-west-1a',
      'eu-west-1/x',
      'eu_west_1',
      'eu-west-1.evil.example',
    ],
  },
  {
    input: 'quota-share',
    accepted: [
      ['10', { quotaShare: 0.1 }],
      ['80', { quotaShare: 0.8 }],
      ['100', { quotaShare: 1 }],
    ],
    refused: ['0', '9', '101', '80%', '0.8', '-80', '1e2', '0x20', 'all', '9'.repeat(400)],
  },
  {
    input: 'aws-timeout',
    accepted: [
      ['1', { awsTimeoutMs: 1000 }],
      ['3600', { awsTimeoutMs: 3_600_000 }],
    ],
    refused: ['0', '3601', '1.5', '-1', '90s', '1e2', 'NaN', '9'.repeat(400)],
  },
  {
    input: 'replace-authorizers',
    accepted: [
      ['true', { replaceAuthorizers: true }],
      ['True', { replaceAuthorizers: true }],
      ['FALSE', { replaceAuthorizers: false }],
    ],
    refused: ['yes', '1', 'tRUE', 'on'],
  },
  {
    input: 'allow-pending-changes',
    accepted: [['TRUE', { allowPendingChanges: true }]],
    refused: ['yes', 'all'],
  },
  {
    input: 'allow-live-changes',
    accepted: [['true', { allowLiveChanges: true }]],
    refused: ['1', 'route'],
  },
  {
    input: 'policy-file',
    accepted: [['octo/policies/gate.yml@v1', { policyFile: 'octo/policies/gate.yml@v1' }]],
    refused: [],
  },
  {
    input: 'baseline',
    accepted: [['out/report.json', { baseline: 'out/report.json' }]],
    refused: [],
  },
  {
    input: 'smoke-test',
    accepted: [
      ['TRUE', { smokeTest: true }],
      ['false', { smokeTest: false }],
    ],
    refused: ['no', '0', 'off'],
  },
  {
    input: 'smoke-methods',
    accepted: [
      ['get', { smokeMethods: ['GET'] }],
      ['GET\nPOST, delete', { smokeMethods: ['GET', 'POST', 'DELETE'] }],
      ['GET,connect', { smokeMethods: ['GET', 'CONNECT'] }],
    ],
    refused: ['ANY', 'TRACE', '*', 'GET POST', ','],
  },
  {
    input: 'smoke-timeout',
    accepted: [
      ['0', { smokeTimeoutMs: 0 }],
      ['1.5', { smokeTimeoutMs: 1500 }],
      ['900', { smokeTimeoutMs: 900_000 }],
    ],
    refused: ['-1', '901', '90s', '1e2', '0x10', 'NaN', 'Infinity', '.5', '9'.repeat(400)],
  },
  {
    input: 'endpoint-url',
    accepted: [
      ['https://api.example.com/orders', { endpointUrl: 'https://api.example.com/orders' }],
      [
        'https://{api-id}.example.com/{stage}?'.slice(0, -1),
        { endpointUrl: 'https://{api-id}.example.com/{stage}' },
      ],
      ['http://127.0.0.1:4510/a/b', { endpointUrl: 'http://127.0.0.1:4510/a/b' }],
    ],
    refused: [
      'api.example.com',
      'http://api.example.com',
      'https://user:secret@api.example.com',
      'https://api.example.com?key=1',
      'https://api.example.com#top',
      'https://{account}.example.com',
    ],
  },
  {
    input: 'invoke-role-arn',
    accepted: [
      'arn:aws:iam::111122223333:role/invoker',
      'arn:aws-cn:iam::111122223333:role/team/invoker',
      'arn:aws-us-gov:iam::111122223333:role/in+vo=k,e.r@x-y_z',
    ].map((arn) => [arn, { invokeRoleArn: arn }] as const),
    refused: [
      'invoker',
      'arn:aws:iam::111122223333:user/invoker',
      'arn:aws:iam::1111:role/invoker',
      'arn:aws:sts::111122223333:assumed-role/invoker/session',
      'arn:aws:iam::111122223333:role/in voker',
    ],
  },
  {
    input: 'invoke-group',
    accepted: ['callers', 'api+callers=a,b.c@d-e_f', 'x'.repeat(128)].map(
      (name) => [name, { invokeGroup: name }] as const,
    ),
    refused: [
      'arn:aws:iam::111122223333:group/callers',
      '/team/callers',
      'two words',
      'x'.repeat(129),
    ],
  },
  {
    input: 'grant',
    accepted: [['False', { grant: false }]],
    refused: ['yes', 'callers'],
  },
  {
    input: 'fail-on',
    accepted: [
      ['error', { failOn: 'error' }],
      ['warning', { failOn: 'warning' }],
      ['never', { failOn: 'never' }],
    ],
    refused: ['errors', 'Never', 'none'],
  },
  {
    input: 'report-dir',
    accepted: [['out/report', { reportDir: 'out/report' }]],
    refused: [],
  },
  {
    input: 'github-token',
    accepted: [['ghs_x', { githubToken: 'ghs_x' }]],
    refused: [],
  },
  {
    input: 'websocket-signature',
    accepted: [
      ['headers', { webSocketSignature: 'headers' }],
      ['query', { webSocketSignature: 'query' }],
    ],
    refused: ['header', 'Query', 'true', 'headers,query'],
  },
  {
    input: 'comment',
    accepted: [
      ['never', { comment: 'never' }],
      ['on-failure', { comment: 'on-failure' }],
      ['always', { comment: 'always' }],
    ],
    refused: ['true', 'false', 'on failure', 'Always'],
  },
  {
    input: 'check-run',
    accepted: [['IAM gate (prod)', { checkRun: 'IAM gate (prod)' }]],
    refused: ['true', 'False', 'two\nlines', 'x'.repeat(101)],
  },
  {
    input: 'drift-issue',
    accepted: [
      ['true', { driftIssue: true }],
      ['FALSE', { driftIssue: false }],
    ],
    refused: ['yes', 'on-failure'],
  },
  {
    input: 'upload-sarif',
    accepted: [
      ['True', { uploadSarif: true }],
      ['false', { uploadSarif: false }],
    ],
    refused: ['1', 'never'],
  },
];

describe.each(TABLES)('$input', ({ input, accepted, refused }) => {
  test.each(accepted)('takes %j', (text, part) => {
    expect(
      readWith({ templates: input === 'parameters' ? 't.yaml' : '', [input]: text }),
    ).toMatchObject(part);
  });

  // Jest wants a table that is not empty; some inputs refuse nothing.
  for (const text of refused) {
    test(`refuses ${JSON.stringify(text.slice(0, 60))}`, () => {
      const problems = problemsOf({ [input]: text });
      expect(problems).not.toEqual([]);
      for (const problem of problems) expect(problem.startsWith(`${input}: `)).toBe(true);
    });
  }
});

describe('what is judged', () => {
  const files = { 'api-id': '', templates: 'template.yaml' };
  const plan = { 'api-id': '', 'plan-file': 'plan.json' };

  test.each([files, plan])('may be files alone, without a region: %j', (given) => {
    const inputs = readWith(given, {});
    expect([inputs.apiIds, inputs.region]).toEqual([[], '']);
  });

  test('is something', () => {
    expect(problemsOf({ 'api-id': '' }, {})).toEqual([
      expect.stringMatching(/^api-id: is required\. .* set templates or plan-file\.$/),
    ]);
  });

  test('is in a region, where it is an API too', () => {
    expect(problemsOf({ ...files, 'api-id': 'a1b2c3' }, {})).toEqual([
      expect.stringMatching(/^region: is not known/),
    ]);
  });

  test.each([
    ['mode', 'plan'],
    ['mode', 'enforce'],
    ['stage', 'prod'],
    ['endpoint-url', 'https://api.example.com/{stage}'],
    ['invoke-group', 'callers'],
    ['invoke-role-arn', 'arn:aws:iam::111122223333:role/invoker'],
  ])('has %s %s only where it is an API', (name, value) => {
    expect(problemsOf({ ...files, [name]: value }, {})).toEqual([
      expect.stringMatching(new RegExp(`^${name}: .*api-id names none`)),
    ]);
  });

  test('has parameters only where there are templates', () => {
    expect(problemsOf({ ...plan, parameters: 'dev.json' }, {})).toEqual([
      expect.stringMatching(/^parameters: .*templates names none/),
    ]);
  });
});

test('there is a table for every input, but for those of a fleet, which shard.test.ts is about', () => {
  const names = Object.values(INPUTS).flatMap((input) =>
    'isOfFleet' in input ? [] : [input.name],
  );
  expect(TABLES.map(({ input }) => input).toSorted()).toEqual(names.toSorted());
});

describe('endpoint-url', () => {
  test.each<Given>([
    { 'api-id': 'a1,b2', 'endpoint-url': 'https://api.example.com/{stage}' },
    { 'api-id': '*', 'endpoint-url': 'https://api.example.com/{stage}' },
    { stage: 'prod,dev', 'endpoint-url': 'https://{api-id}.example.com' },
  ])('cannot stand for several APIs or stages: %j', (given) => {
    expect(problemsOf(given)).toEqual([expect.stringMatching(/^endpoint-url: .*\bput \{/)]);
  });

  test('stands for several with placeholders', () => {
    const url = 'https://{api-id}.example.com/{stage}';
    expect(problemsOf({ 'api-id': '*', stage: 'prod,dev', 'endpoint-url': url })).toEqual([]);
  });

  test.each([
    'https://user:s3cret@api.example.com',
    'https://s3cret@api.example.com',
    'https://api.example.com/?token=s3cret',
    'https://api.example.com/#s3cret',
    'user:s3cret@api.example.com',
  ])('is not repeated with what may be a secret in it: %s', (url) => {
    const problems = problemsOf({ 'endpoint-url': url });
    expect(problems).not.toEqual([]);
    expect(problems.join()).not.toContain('s3cret');
  });
});

describe('whatever is given', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: fc.constantFrom(...'a1*,\n {}-:/@.?#%[]true') }),
    fc.constantFrom('https://{', 'https://[', '{api-id}', '*', 'enforce', 'true', '__proto__'),
    fc.webUrl(),
  );
  const given = fc.record(Object.fromEntries(INPUT_NAMES.map((name) => [name, text])), {
    requiredKeys: [],
  });

  test('nothing but a ConfigurationError is thrown', () => {
    fc.assert(
      fc.property(given, fc.option(text, { nil: undefined }), (inputs, region) => {
        const error = problemsOf(inputs, { AWS_REGION: region });
        for (const problem of error) expect(problem).toMatch(/^[a-z-]+: ./);
      }),
      { numRuns: 500 },
    );
  });

  test('what is accepted is within the contract', () => {
    fc.assert(
      fc.property(given, (inputs) => {
        if (problemsOf(inputs).length > 0) return;
        const read = readWith(inputs);
        expect(read.smokeTimeoutMs).toBeGreaterThanOrEqual(0);
        expect(read.smokeTimeoutMs).toBeLessThanOrEqual(900_000);
        expect(read.smokeMethods).not.toEqual([]);
        expect(read.apiIds).not.toEqual([]);
        expect(read.region).toMatch(/^[a-z-]+-\d+$/);
      }),
      { numRuns: 500 },
    );
  });
});

describe('what stands in the environment', () => {
  test('an input that does not exist is refused beside every other problem', () => {
    expect(
      problemsOf({ mode: 'fix' }, { AWS_REGION: 'eu-west-1', INPUT_FAIL_ON: 'never' }),
    ).toEqual([
      'fail_on: there is no such input. Did you mean fail-on?',
      expect.stringContaining('mode: '),
    ]);
  });

  test.each(['not a url', 'localhost:4566', 'ftp://x', 'file:///etc/passwd'])(
    'an endpoint of AWS that is %s is refused, and not shown',
    (url) => {
      const [problem = ''] = problemsOf({}, { AWS_REGION: 'eu-west-1', AWS_ENDPOINT_URL_IAM: url });
      expect(problem).toContain('AWS_ENDPOINT_URL_IAM: its value is not a URL');
      expect(problem).not.toContain(url);
    },
  );

  test('an endpoint of AWS that is a URL is none of our business', () => {
    const environment = { AWS_REGION: 'eu-west-1', AWS_ENDPOINT_URL: 'http://127.0.0.1:4566' };
    expect(problemsOf({}, environment)).toEqual([]);
  });
});

describe('limits', () => {
  test.each(['0', '101', '-1', '1e3', 'many', '9'.repeat(20)])(
    'AWS_MAX_ATTEMPTS: %s attempts are refused',
    (text) => {
      const environment = { AWS_REGION: 'eu-west-1', AWS_MAX_ATTEMPTS: text };
      expect(problemsOf({}, environment)).toEqual([
        expect.stringContaining('is not a whole number from 1 to 100'),
      ]);
    },
  );

  test.each(['', ' ', '1', '8', '100'])('AWS_MAX_ATTEMPTS: %j is taken', (text) => {
    expect(problemsOf({}, { AWS_REGION: 'eu-west-1', AWS_MAX_ATTEMPTS: text })).toEqual([]);
  });

  test('a list has a most, said once', () => {
    const many = Array.from({ length: 2001 }, (_, index) => `a${index}`).join(',');
    expect(problemsOf({ 'api-id': many })).toEqual([
      'api-id: names 2001 APIs, and 2000 is the most. Use several jobs.',
    ]);
    expect(problemsOf({ stage: many })).toEqual(['stage: names 2001 stages, and 500 is the most.']);
  });

  test('of many wrong items ten are named and the others counted', () => {
    const wrong = Array.from({ length: 300 }, (_, index) => `a-${index}`).join(',');
    const problems = problemsOf({ 'api-id': wrong });
    expect(problems).toHaveLength(11);
    expect(problems.at(-1)).toBe('api-id: 290 more of its items are refused for the same reason.');
  });
});

test.each([
  ['api-id', 'arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/prod'],
  ['invoke-group', 'arn:aws:iam::123456789012:group/callers'],
  ['invoke-role-arn', 'arn:aws:iam::123456789012:user/alice'],
  ['stage', 'arn:aws:iam::123456789012:role/x'],
  ['mode', '123456789012'],
] as const)('%s: an ARN in the wrong place shows no account id', (name, arn) => {
  const problems = problemsOf({ [name]: arn });
  expect(problems).toHaveLength(1);
  expect(problems.join()).not.toContain('123456789012');
});
describe('an account id in a value that is refused', () => {
  const ACCOUNT = '998877665544';
  const values = [
    `arn:aws:iam::${ACCOUNT}:group/team/callers`,
    `arn:aws-eusc:apigateway:eusc-de-east-1:${ACCOUNT}:/restapis/a1b2c3`,
    ` ARN:aws:execute-api:eu-west-1:${ACCOUNT}:a1b2c3/prod`,
    `"arn:aws:iam::${ACCOUNT}:role/caller"`,
    `https://${ACCOUNT}.signin.aws.amazon.com/console`,
    `${'x'.repeat(72)}:${ACCOUNT}:x`,
  ];
  const told = INPUT_NAMES.filter(
    (name) => !['report-dir', 'github-token', 'policy-file', 'baseline'].includes(name),
  );
  test.each(told.flatMap((name) => values.map((value) => [name, value] as const)))(
    '%s: %s is not told',
    (name, value) => {
      const said = problemsOf({ [name]: value }).join('\n');
      expect(said).not.toContain(ACCOUNT);
      // Nor most of it, where the value was cut.
      expect(said).not.toContain(ACCOUNT.slice(0, 8));
    },
  );

  test.each(['api-id', 'invoke-group'] as const)('%s says what is wrong with an ARN', (name) => {
    const [problem, ...others] = problemsOf({ [name]: `arn:aws:iam::${ACCOUNT}:group/callers` });
    expect(problem).toContain('********5544:group/callers');
    expect(others).toEqual([]);
  });
});

test('a value of the policy file is looked for there', () => {
  const source = {
    getInput: (name: string) => (name === 'api-id' ? 'a1b2c3' : ''),
    environment: { AWS_REGION: 'eu-west-1' },
  };
  const preset = { inputs: { 'fail-on': 'Never', comment: 'maybe' }, problems: [] };
  expect(() => readInputs(source, preset)).toThrow(
    expect.objectContaining({
      problems: expect.arrayContaining([
        expect.stringMatching(/^policy-file: inputs\.fail-on: "Never" is not one of/),
        expect.stringMatching(/^policy-file: inputs\.comment: /),
      ]),
    }),
  );
});
