import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { XMLParser } from 'fast-xml-parser';
import { readSeed } from '../../emulator/seed.js';
import type { Emulator } from '../../emulator/server.js';
import { reportSchema } from '../../src/report/schema.js';
import { newFolder, runCommand } from './cli-kit.js';
import { API, emulatorWith, pictureOf, SMALL } from './enforce-kit.js';
import { type SeedName, scenario, seedPath } from './kit.js';

const ORDERS = 'a1b2c3d4e5';

/** The options that lead the smoke test to an emulator. */
function optionsFor({ url }: Emulator): string[] {
  return ['--endpoint-url', `${url}/{api-id}/{stage}`, '--smoke-timeout', '0'];
}

/** An emulator with one of the seeds. */
async function seeded(name: SeedName): Promise<Emulator> {
  return emulatorWith(await readSeed(seedPath(name)));
}

/** Nothing of GitHub Actions' workflow commands, and no escape sequence. */
function expectPlain(...texts: readonly string[]): void {
  for (const text of texts) {
    expect(text).not.toMatch(/^\s*::|##\[/m);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: this is what must not be there.
    expect(text).not.toMatch(/\u001b/);
  }
}

describe('audit', () => {
  test("gives the action's report, byte for byte", async () => {
    const given = await scenario('orders');
    const byAction = await given.run({ stage: 'prod' });
    const { exitCode, stdout, stderr } = await runCommand(
      ['audit', '--api-id', ORDERS, '--stage=prod', ...optionsFor(given.emulator), '-f', 'json'],
      { environment: given.emulator.env },
    );
    expect(stdout).toBe(byAction.report);
    expect(exitCode).toBe(byAction.exitCode);
    expect(stderr).toContain('Fail: 7 of 12 methods can be called without IAM');
    expectPlain(stdout, stderr);
  });

  test('shows it in a terminal, progress apart from the result', async () => {
    const emulator = await seeded('orders');
    const { exitCode, stdout, stderr } = await runCommand(
      ['audit', '--api-id', 'name:orders', '--stage', 'prod', ...optionsFor(emulator)],
      { environment: emulator.env },
    );
    expect(exitCode).toBe(1);
    expect(stdout.split('\n')[0]).toBe('Fail: 7 of 12 methods can be called without IAM');
    expect(stdout).toMatch(/^open +GET \/health +.*unsigned 200/m);
    expect(stdout.split('\n').every((line) => line.length <= 100)).toBe(true);
    expect(stderr).toMatch(
      /^Finding the APIs\n(?: {2}.*\n)* {2}name:orders is orders \(a1b2c3d4e5\)\.$/m,
    );
    expect(stdout).not.toContain('Finding the APIs');
    expectPlain(stdout, stderr);
  });

  test.each([
    ['markdown', (text: string) => expect(text).toMatch(/^## ❌ Fail: 14 of 24/)],
    ['html', (text: string) => expect(text).toMatch(/^<!doctype html>/i)],
    ['sarif', (text: string) => expect(JSON.parse(text).version).toBe('2.1.0')],
    [
      'junit',
      (text: string) => expect(new XMLParser().parse(text).testsuites.testsuite).toBeDefined(),
    ],
  ])('--format %s is the whole of standard output', async (format, check) => {
    const emulator = await seeded('orders');
    const { exitCode, stdout } = await runCommand(
      ['audit', '--api-id', ORDERS, '--smoke-test=false', '-f', format],
      { environment: emulator.env },
    );
    expect(exitCode).toBe(1);
    check(stdout);
  });

  test('--output and --report-dir write files, and nothing is left besides', async () => {
    const emulator = await seeded('clean');
    const folder = await newFolder();
    const { exitCode, stdout } = await runCommand(
      [
        ...['audit', '--api-id', '*', '--no-smoke-test', '--format=junit'],
        ...['--output', 'gate.xml', '--report-dir', 'reports'],
      ],
      { environment: emulator.env, folder },
    );
    expect([exitCode, stdout]).toEqual([0, '']);
    expect(await readFile(join(folder, 'gate.xml'), 'utf8')).toMatch(/^<\?xml /);
    const report = await readFile(join(folder, 'reports/report.json'), 'utf8');
    expect(reportSchema.parse(JSON.parse(report)).verdict).toBe('pass');
  });

  test('a result that could not be written is no pass', async () => {
    const emulator = await seeded('clean');
    const { exitCode, stderr } = await runCommand(
      // A path of any length is no reason for a log of the same length.
      ['audit', '--api-id', '*', '--no-smoke-test', '-o', `no/such/folder${'/x'.repeat(30_000)}`],
      { environment: emulator.env },
    );
    expect(exitCode).toBe(2);
    expect(stderr).toContain('The result: not delivered. no/such/folder/x');
    expect(stderr).toContain('Name another file with --output.');
    expect(stderr.length).toBeLessThan(3000);
  });

  test('a reader that stops reading is no failure', async () => {
    const emulator = await seeded('clean');
    const { exitCode } = await runCommand(['audit', '--api-id', '*', '--no-smoke-test'], {
      environment: emulator.env,
      isResultClosed: true,
    });
    expect(exitCode).toBe(0);
  });

  test('takes credentials and region of a profile', async () => {
    const emulator = await emulatorWith({
      ...(await readSeed(seedPath('clean'))),
      account: { region: 'eu-central-1' },
    });
    const folder = await newFolder();
    await mkdir(join(folder, '.aws'));
    await writeFile(
      join(folder, '.aws/config'),
      `[default]\nregion = us-west-2\n[profile prod]\nregion = eu-central-1\nendpoint_url = ${emulator.url}\n`,
    );
    const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret } = emulator.env;
    await writeFile(
      join(folder, '.aws/credentials'),
      `[prod]\naws_access_key_id = ${id}\naws_secret_access_key = ${secret}\n`,
    );
    const args = ['audit', '--api-id', '*', '--no-smoke-test', '--profile', 'prod'];
    const { exitCode, stdout } = await runCommand(args, { folder });
    expect(stdout).toContain('eu-central-1');
    expect(exitCode).toBe(0);
  });

  test('without credentials it is incomplete, and says how to get some', async () => {
    const emulator = await seeded('clean');
    const { exitCode, stdout } = await runCommand(
      ['audit', '--api-id', ORDERS, '--no-smoke-test', '--region', 'us-east-1'],
      { environment: { AWS_ENDPOINT_URL: emulator.url } },
    );
    expect(exitCode).toBe(2);
    expect(stdout).toContain('aws sso login');
  });

  test("a runner's variables are none of its options", async () => {
    const emulator = await seeded('clean');
    const { exitCode } = await runCommand(['audit', '--api-id', '*', '--no-smoke-test'], {
      environment: { ...emulator.env, 'INPUT_API-ID': 'nosuchapi', INPUT_FAIL_ON: 'x' },
    });
    expect(exitCode).toBe(0);
  });

  test('--verbose has a line for each call', async () => {
    const emulator = await seeded('clean');
    const { stderr } = await runCommand(
      ['audit', '--api-id', '*', '--no-smoke-test', '--verbose'],
      { environment: emulator.env },
    );
    expect(stderr).toMatch(/GetResources \w+: attempt 1 was answered/);
  });
});

describe('on the Node of this machine', () => {
  test.each(['terminal', 'markdown', 'json', 'html', 'sarif', 'junit'])('%s', async (format) => {
    const emulator = await seeded('orders');
    const args = ['audit', '--api-id', ORDERS, ...optionsFor(emulator), '-f', format];
    const options = { environment: emulator.env };
    const [shipped, own] = await Promise.all([
      runCommand(args, options),
      runCommand(args, { ...options, node: 'node' }),
    ]);
    expect(own.stdout).toBe(shipped.stdout);
    expect(own.exitCode).toBe(1);
    expect(own.stderr).not.toContain('Warning');
  });
});

describe('what cannot be meant', () => {
  test.each([
    [['adit'], 'error: adit: there is no such command. Did you mean audit?'],
    [
      ['audit', '--fail-onn', 'error'],
      'error: --fail-onn: there is no such option. Did you mean --fail-on?',
    ],
    [['audit', '--mode', 'plan'], 'error: --mode: the command says it'],
    [['audit', 'template.yaml'], 'error: template.yaml: audit takes options alone.'],
    [['audit', '--api-id', '--region', 'x'], 'error: --api-id: needs a value.'],
    [
      ['audit', '--smoke-test', 'false'],
      'Write it with an equals sign, such as --smoke-test=false.',
    ],
    [['audit', '--format', 'xml'], 'error: --format: xml is not one of terminal, markdown, json'],
    [['audit', '--api-id', 'arn:aws:x'], 'error: --api-id: "arn:aws:x" is not an API id.'],
    [['audit'], 'error: --api-id: is required.'],
    [['declared'], 'error: declared: names no file.'],
    [['declared', 'x.yaml', '--api-id', 'a'], 'error: --api-id: declared judges files alone.'],
  ])('%j', async (args, words) => {
    const { exitCode, stdout, stderr } = await runCommand(args);
    expect([exitCode, stdout]).toEqual([3, '']);
    expect(stderr).toContain(words);
    expectPlain(stderr);
  });

  test('every problem at once', async () => {
    const { stderr } = await runCommand(['adit', '--fail-onn=x', '--stgae', 'prod', '-f', 'pdf']);
    expect(stderr.trim().split('\n')).toHaveLength(4);
  });
});

describe('declared', () => {
  const TEMPLATE = [
    'openapi: 3.0.1',
    'info: { title: orders, version: "1" }',
    'paths:',
    '  /orders:',
    '    get:',
    '      responses: { "200": { description: ok } }',
    '      x-amazon-apigateway-integration: { type: mock }',
    '',
  ];

  test.each(['\n', '\r\n'])('judges files without credentials, with line ends %j', async (end) => {
    const folder = await newFolder();
    await writeFile(join(folder, 'api.yaml'), TEMPLATE.join(end));
    const { exitCode, stdout, stderr } = await runCommand(['declared', 'api.yaml', '-f', 'json'], {
      folder,
    });
    expect(exitCode).toBe(1);
    const { findings } = reportSchema.parse(JSON.parse(stdout));
    expect(findings.map(({ rule, location }) => [rule, location?.file, location?.line])).toEqual([
      ['declared-not-iam', 'api.yaml', 5],
    ]);
    expectPlain(stdout, stderr);
  });
});

describe('files without an API', () => {
  test('are a mistake, unless somebody allows them', async () => {
    const folder = await newFolder();
    const queue = { Resources: { Queue: { Type: 'AWS::SQS::Queue' } } };
    await writeFile(join(folder, '[queue], 1.json'), JSON.stringify(queue));
    const args = ['declared', '[queue], 1.json'];
    const strict = await runCommand(args, { folder });
    expect(strict.exitCode).toBe(3);
    expect(strict.stderr).toContain('error: --templates: none of the files declares an API');
    const lenient = await runCommand([...args, '--allow-no-api'], { folder });
    expect(lenient.exitCode).toBe(0);
    const missing = await runCommand(['declared', 'no.json', '--allow-no-api'], { folder });
    expect(missing.exitCode).toBe(3);
  });
});

describe('enforce', () => {
  const args = (emulator: Emulator): string[] => [
    ...['enforce', '--api-id', 'name:small', '--replace-authorizers'],
    ...optionsFor(emulator),
  ];

  test('plan changes nothing; enforce proves what it changed, and leaves a journal', async () => {
    const emulator = await emulatorWith(SMALL);
    const start = pictureOf(emulator);
    const planned = await runCommand(['plan', ...args(emulator).slice(1)], {
      environment: emulator.env,
    });
    expect(planned.stderr).toContain('GET /open: NONE -> AWS_IAM');
    expect(pictureOf(emulator)).toEqual(start);
    const folder = await newFolder();
    const { exitCode, stdout, stderr } = await runCommand(args(emulator), {
      environment: emulator.env,
      folder,
    });
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^Pass: /);
    expect(pictureOf(emulator).methods['GET /open']).toContain('AWS_IAM');
    const journal = await readFile(join(folder, '.apigw-iam-gate/enforce-journal.jsonl'), 'utf8');
    expect(journal).toContain('"record":"end"');
    expectPlain(stdout, stderr);
  });

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    '%s rolls back what is not proven, in the same process',
    async (signal) => {
      const emulator = await emulatorWith(SMALL);
      const start = pictureOf(emulator);
      emulator.injectFault({ operation: 'CreateDeployment', effect: { kind: 'delay', ms: 500 } });
      const { exitCode, stdout, stderr } = await endAtDeployment(emulator, signal);
      expect(pictureOf(emulator)).toEqual(start);
      expect(exitCode).toBe(2);
      expect(stdout).toBe('');
      expect(stderr).toContain('what is not proven yet is being rolled back');
      expect(stderr).toContain('Nothing is left half done');
    },
  );

  test('after a kill the next run in the folder rolls back first', async () => {
    const emulator = await emulatorWith(SMALL);
    const start = pictureOf(emulator);
    const folder = await newFolder();
    emulator.injectFault({
      operation: 'CreateDeployment',
      times: 1,
      effect: { kind: 'delay', ms: 500 },
    });
    await endAtDeployment(emulator, 'SIGKILL', folder);
    expect(pictureOf(emulator)).not.toEqual(start);
    const { exitCode, stderr } = await runCommand(args(emulator), {
      environment: emulator.env,
      folder,
    });
    expect(stderr).toContain('An earlier enforcement of small (t1r2a3n4s5) was interrupted');
    expect(exitCode).toBe(0);
  });

  async function endAtDeployment(emulator: Emulator, signal: NodeJS.Signals, folder?: string) {
    let kill: (signal: NodeJS.Signals) => void = () => {};
    let isOver = false;
    const running = runCommand(args(emulator), {
      environment: emulator.env,
      ...(folder === undefined ? {} : { folder }),
      onStart: (send) => {
        kill = send;
      },
    }).finally(() => {
      isOver = true;
    });
    const isDeploying = () => emulator.requests.some((it) => it.operation === 'CreateDeployment');
    while (!isOver && !isDeploying()) await new Promise((resolve) => setTimeout(resolve, 5));
    kill(signal);
    return running;
  }
});

test('the API of the tests is the one of the seed', () => {
  expect(API).toBe('t1r2a3n4s5');
});
