import { readdirSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { APIGatewayClient } from '@aws-sdk/client-api-gateway';
import { IAMClient } from '@aws-sdk/client-iam';
import { STSClient } from '@aws-sdk/client-sts';
import { describe, expect, test } from '@jest/globals';
import { parse as parseSource } from '@swc/core';
import { parse } from 'yaml';
import { z } from 'zod';
import { readActionMetadata } from '../../scripts/action-metadata.js';
import { insertTables, makeTables } from '../../scripts/documentation.js';
import { type ApiGateway, createApiGateway } from '../../src/aws/api-gateway.js';
import { AwsFailure } from '../../src/aws/failure.js';
import { createIam, type Iam } from '../../src/aws/iam.js';
import { missingStatement } from '../../src/aws/missing-right.js';
import type { Quotas } from '../../src/aws/quotas.js';
import type { RetrySettings } from '../../src/aws/retry.js';
import { type InputSource, readInputs } from '../../src/inputs/inputs.js';
import { INPUTS } from '../../src/inputs/table.js';
import { EXIT } from '../../src/publish/exit-code.js';
import { OUTPUTS, publish, type Runner } from '../../src/publish/publish.js';
import { RULES } from '../../src/rules/index.js';
import { OWN_OPTIONS, parseCommandLine } from '../../src/runtime/cli/command-line.js';
import { makePublishSettings } from './publish/sample-settings.js';
import { makeReport } from './report/sample-report.js';

const ROOT = new URL('../../', import.meta.url);
const text = (path: string): Promise<string> => readFile(new URL(path, ROOT), 'utf8');

const action = readActionMetadata(await text('action.yml'));
const readme = await text('README.md');

describe('action.yml', () => {
  test('has exactly the outputs that there are, and each of them is set', async () => {
    expect(Object.keys(action.outputs)).toEqual(OUTPUTS);
    const set = new Set<string>();
    const folder = await mkdtemp(join(tmpdir(), 'apigw-iam-gate-'));
    try {
      await publish(makeReport(), makePublishSettings({ reportDir: folder }), recorder(set), {
        parsed: { ok: false, problems: [] },
        connect: () => {
          throw new Error('nothing was to be delivered to GitHub');
        },
        logger: { info: () => {}, debug: () => {}, group: (_, phase) => phase() },
      });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
    expect([...set].toSorted()).toEqual(OUTPUTS.toSorted());
  });

  test('runs the bundle on Node 24', async () => {
    expect(action.runs.using).toBe('node24');
    const bundle = await stat(new URL(action.runs.main, ROOT));
    expect(bundle.isFile()).toBe(true);
  });

  test('undoes what was interrupted with a file that does nothing else, whatever became of the job', () => {
    expect(action.runs).toMatchObject({ main: 'dist/index.js', post: 'dist/post.js' });
    expect(action.runs['post-if']).toBe('always()');
  });

  test('describes every input and output in sentences', () => {
    const described = [...Object.values(action.inputs), ...Object.values(action.outputs)];
    for (const { description } of described) expect(description).toMatch(/^[`A-Z].*\.$/);
  });
});

describe('the README', () => {
  test('has the tables that action.yml and the catalogue make', () => {
    expect(insertTables(readme, makeTables(action, Object.values(INPUTS), RULES))).toBe(readme);
  });

  test('has the exit codes that the action ends with', () => {
    const rows = [...readme.matchAll(/^\| (\d) +\| (\w+) +\|/gm)];
    expect(rows.map(([, code, name]) => [name, Number(code)])).toEqual(Object.entries(EXIT));
  });

  test('allows the gate each call that it makes, and no other', async () => {
    const allowed = policiesIn(readme).map(actionsOf);
    const calls = await callsOf(makeApiGateway());
    const [audit, enforce] = [true, false].map((reads) =>
      actionsFor(calls.filter((name) => /^(Get|List)/.test(name) === reads)),
    );
    expect(allowed).toEqual([
      [...(audit ?? []), 'execute-api:Invoke'],
      expect.arrayContaining(enforce ?? []),
    ]);
    expect(allowed[1]).toHaveLength(enforce?.length ?? 0);
  });

  test('has a right of its own for each call, and docs/security.md names the call', async () => {
    const security = await text('docs/security.md');
    const unknown = missingStatement('NoSuchCall').Resource;
    for (const name of await callsOf(makeApiGateway())) {
      expect(security).toContain(`\`${name}\``);
      expect([name, missingStatement(name).Resource === unknown]).toEqual([
        name,
        name === 'GetRestApi',
      ]);
    }
    for (const name of await callsOf(makeIam())) expect(security).toContain(`\`${name}\``);
  });

  test('names each permission of these policies in its table', () => {
    const needed = [...policiesIn(readme).flatMap(actionsOf), ...actionsFor(['AssumeRole'])];
    for (const name of needed) expect(readme).toMatch(new RegExp(`^\\| \`${name}\` +\\|`, 'm'));
  });

  test('uses inputs that exist', () => {
    const blocks = [
      ...readme.matchAll(/uses: OWNER\/apigw-iam-gate@v1\n +with:\n((?: +[\w-]+: .*\n)+)/g),
    ];
    expect(blocks.length).toBeGreaterThan(0);
    const used = blocks.flatMap(([, block = '']) => [...block.matchAll(/^ +([\w-]+):/gm)]);
    for (const [, name] of used) expect(Object.keys(action.inputs)).toContain(name);
  });

  test('names npm scripts that exist', async () => {
    const { scripts } = z
      .object({ scripts: z.record(z.string(), z.string()) })
      .parse(JSON.parse(await text('package.json')));
    const pages = readme + (await text('CONTRIBUTING.md'));
    const named = [...pages.matchAll(/npm (?:run ([\w-]+)|(test))/g)];
    expect(named.length).toBeGreaterThan(0);
    for (const [, run, alone] of named) expect(Object.keys(scripts)).toContain(run ?? alone);
  });
});

describe('docs', () => {
  test('how-it-judges has a section for each rule, in the order of the catalogue', async () => {
    const sections = headingsOf(await text('docs/how-it-judges.md'));
    expect(sections).toEqual(RULES.map(({ id }) => id));
  });

  test('access names the right for each call of IAM, as the gate itself does where one is missing', async () => {
    const page = await text('docs/access.md');
    const ofIam = (await callsOf(makeIam())).filter((name) => name !== 'GetCallerIdentity');
    expect(ofIam.length).toBeGreaterThan(10);
    for (const name of ofIam) {
      expect(missingStatement(name).Action).toBe(`iam:${name}`);
      expect(page).toContain(`"iam:${name}"`);
      expect(readme).toContain(`\`iam:${name}\``);
    }
  });

  test("troubleshooting's headings are words that the action says", async () => {
    const said = (await textsOfSources()).join('\n');
    const headings = headingsOf(await text('docs/troubleshooting.md'));
    expect(headings.length).toBeGreaterThan(0);
    for (const heading of headings) expect(said).toContain(heading.replaceAll('`', ''));
  });

  const PAGES = [
    ...['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'SECURITY.md', 'emulator/README.md'],
    ...readdirSync(new URL('docs/', ROOT))
      .filter((name) => name.endsWith('.md'))
      .map((name) => `docs/${name}`),
  ];

  test.each(PAGES)('the links of %s lead to files and headings that exist', async (page) => {
    for (const [, target = ''] of (await text(page)).matchAll(/\]\((?!https:)([^)]+)\)/g)) {
      const url = new URL(target, new URL(page, ROOT));
      const linked = await readFile(fileURLToPath(new URL(url.pathname, url)), 'utf8');
      if (url.hash === '') continue;
      const anchors = [...linked.matchAll(/^##+ (.*)$/gm)].map(([, title = '']) => anchorOf(title));
      expect(anchors).toContain(url.hash.slice(1));
    }
  });
});

describe('CONTRIBUTING.md', () => {
  test('names files and folders that exist', async () => {
    const named = [
      ...(await text('CONTRIBUTING.md')).matchAll(/`((?:src|docs|emulator)\/[\w/.-]+)`/g),
    ];
    const paths = named.flatMap(([, path = '']) => (path.includes('NAME') ? [] : [path]));
    expect(paths.length).toBeGreaterThan(5);
    for (const path of paths) await expect(stat(new URL(path, ROOT))).resolves.toBeDefined();
  });
});

describe('the examples', () => {
  const exampleSchema = z.object({
    permissions: z.strictObject({}),
    jobs: z.record(
      z.string(),
      z.object({
        permissions: z.record(z.string(), z.enum(['read', 'write'])),
        steps: z.array(
          z.object({
            uses: z.string().optional(),
            with: z.record(z.string(), z.string()).optional(),
          }),
        ),
      }),
    ),
  });

  /** What each delivery needs; docs/delivery.md and the README say the same. */
  const NEEDS: Readonly<Record<string, string>> = {
    comment: 'pull-requests',
    'check-run': 'checks',
    'drift-issue': 'issues',
    'upload-sarif': 'security-events',
  };

  test('use inputs that are accepted, with the permissions that they need and no other', async () => {
    const files = (await readdir(new URL('examples/', ROOT))).filter(
      (name) => name.endsWith('.yml') && name !== 'gitlab-ci.yml',
    );
    expect(files.length).toBeGreaterThanOrEqual(4);
    const delivered = new Set<string>();
    for (const file of files) {
      const { jobs } = exampleSchema.parse(parse(await text(`examples/${file}`)));
      for (const { permissions, steps } of Object.values(jobs)) {
        const gates = steps.filter(({ uses }) => uses === 'OWNER/apigw-iam-gate@v1');
        expect([file, gates.length > 0]).toEqual([file, true]);
        const inputs = gates.map(({ with: given = {} }) => given);
        for (const given of inputs) {
          for (const name of Object.keys(given)) expect(Object.keys(action.inputs)).toContain(name);
          // What needs no region is not given one.
          const region = 'api-id' in given ? { region: 'eu-west-1' } : {};
          expect(() => readInputs(sourceOf({ ...region, ...evaluated(given) }))).not.toThrow();
        }
        const names = inputs.flatMap((given) => Object.keys(given));
        const needed = names.flatMap((name) => NEEDS[name] ?? []);
        expect(permissions).toEqual({
          contents: 'read',
          ...(names.includes('api-id') ? { 'id-token': 'write' } : {}),
          ...Object.fromEntries(needed.map((scope) => [scope, 'write'])),
        });
        for (const scope of needed) delivered.add(scope);
      }
    }
    expect(delivered).toEqual(new Set(Object.values(NEEDS)));
  });

  test('name permissions that the pages explain', async () => {
    for (const page of [readme, await text('docs/delivery.md')]) {
      for (const scope of Object.values(NEEDS)) expect(page).toContain(`\`${scope}: write\``);
    }
  });
});

describe('commands of the command line', () => {
  const COMMAND = /npx (?:--yes )?apigw-iam-gate(?:@\d+)? ([^`'\n]+)/g;

  test.each(['README.md', 'docs/cli.md', 'examples/gitlab-ci.yml', 'examples/Jenkinsfile'])(
    'in %s are what it takes',
    async (page) => {
      const commands = [...(await text(page)).matchAll(COMMAND)].map(([, args = '']) => args);
      expect(commands.length).toBeGreaterThan(0);
      for (const args of commands.filter((it) => it !== '--help')) {
        const parsed = parseCommandLine(args.replace(/ +#.*$/, '').split(' '));
        if (!parsed.ok) throw new Error(`${args}: ${parsed.why.join(' ')}`);
        const { command, inputs } = parsed.value;
        const mode = command === 'declared' ? 'audit' : command;
        const given = { region: 'eu-west-1', ...inputs, mode };
        expect(() => readInputs(sourceOf(given))).not.toThrow();
      }
    },
  );

  test('docs/cli.md has the options that only the command line has', async () => {
    const page = await text('docs/cli.md');
    const names = Object.keys(OWN_OPTIONS).filter((it) => it !== 'help' && it !== 'version');
    for (const name of names) expect(page).toMatch(new RegExp(`^\\| .*\`--${name}[ \`]`, 'm'));
  });

  test('the hook of pre-commit runs a command that there is', async () => {
    const hookSchema = z.array(
      z.strictObject({
        id: z.string(),
        name: z.string(),
        description: z.string(),
        entry: z.string(),
        language: z.literal('script'),
        files: z.string(),
        require_serial: z.literal(true),
      }),
    );
    const hooks = hookSchema.parse(parse(await text('.pre-commit-hooks.yaml')));
    for (const { id, entry, files } of hooks) {
      const [file, ...args] = entry.split(' ');
      expect(file).toBe('dist/cli.js');
      expect(parseCommandLine([...args, 'template.yaml']).ok).toBe(true);
      expect(await text('docs/cli.md')).toContain(`- id: ${id}\n`);
      const matches = (name: string): boolean => new RegExp(files).test(name);
      expect(['template.yaml', 'a/orders.openapi.json', 'package.json'].map(matches)).toEqual([
        true,
        true,
        false,
      ]);
    }
  });
});

describe('tables between markers', () => {
  const tables = { inputs: 'I\n', outputs: 'O\n', rules: 'R\n' };
  const page = (name: string): string =>
    `<!-- ${name}:begin (note) -->\nold\n<!-- ${name}:end -->\n`;

  test('replace what stood there and nothing else', () => {
    const document = `before $& \n${page('inputs')}between\n${page('outputs')}${page('rules')}after\n`;
    expect(insertTables(document, { ...tables, inputs: '| `$&` |\n' })).toBe(
      document
        .replace('old', () => '\n| `$&` |\n')
        .replace('old', '\nO\n')
        .replace('old', '\nR\n'),
    );
  });

  test.each([
    ['missing', ''],
    ['there twice', page('rules') + page('rules')],
  ])('are not guessed at where a marker is %s', (_, rules) => {
    const document = page('inputs') + page('outputs') + rules;
    expect(() => insertTables(document, tables)).toThrow(
      'one pair of markers <!-- rules:begin -->',
    );
  });

  test('keep bars and line breaks of a description within its cell', () => {
    const { inputs } = makeTables(
      { ...action, inputs: { odd: { description: 'One | two\nthree.' } } },
      [{ name: 'odd', parse: () => null }],
      RULES,
    );
    expect(inputs).toBe(
      [
        '| Input | Default | Meaning           |',
        '| ----- | ------- | ----------------- |',
        '| `odd` |         | One \\| two three. |',
        '',
      ].join('\n'),
    );
  });
});

function sourceOf(given: Readonly<Record<string, string>>): InputSource {
  return { getInput: (name) => given[name] ?? '', environment: { RUNNER_TEMP: '/tmp' } };
}

/** Inputs with an id in place of what an earlier step hands over. */
function evaluated(given: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => [
      name,
      value.replaceAll(/\$\{\{ steps\.\w+\.outputs\.[\w-]+ \}\}/g, 'a1b2c3d4e5'),
    ]),
  );
}

/** A runner that notes the names of the outputs that are set. */
function recorder(set: Set<string>): Runner {
  return {
    setOutput: (name) => set.add(name),
    error: () => {},
    warning: (message) => {
      throw new Error(`unexpected warning: ${message}`);
    },
    notice: () => {},
    writeSummary: async () => {},
  };
}

const policySchema = z.strictObject({
  Version: z.literal('2012-10-17'),
  Statement: z.array(
    z.strictObject({
      Effect: z.literal('Allow'),
      Action: z.string(),
      Resource: z.union([z.string(), z.array(z.string())]),
    }),
  ),
});

function policiesIn(page: string): z.infer<typeof policySchema>[] {
  return [...page.matchAll(/```json\n([\s\S]*?)```/g)].map(([, json = '']) =>
    policySchema.parse(JSON.parse(json)),
  );
}

function actionsOf(policy: z.infer<typeof policySchema>): string[] {
  return policy.Statement.map((statement) => statement.Action);
}

/** The IAM actions behind calls, as the gate itself names them where one is missing. */
function actionsFor(operations: readonly string[]): string[] {
  return [...new Set(operations.map((operation) => missingStatement(operation).Action))];
}

function headingsOf(page: string): string[] {
  return [...page.matchAll(/^## (.*)$/gm)].map(([, title = '']) => title);
}

/** The anchor that GitHub gives a heading. */
function anchorOf(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^\w\- ]/g, '')
    .replaceAll(' ', '-');
}

/** What the calls need, and none of it is AWS: each ends at the connection. */
const OFFLINE = {
  region: 'eu-west-1',
  credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
  maxAttempts: 1,
  requestHandler: {
    handle: () => Promise.reject(new Error('there is no network')),
    updateHttpClientConfig: () => {},
    httpHandlerConfigs: () => ({}),
  },
};
const RETRIES: RetrySettings = {
  logger: { info: () => {}, debug: () => {}, group: (_, phase) => phase() },
  maxAttempts: 1,
  sleep: async () => {},
  random: () => 0,
};

function makeApiGateway(): ApiGateway {
  const client = new APIGatewayClient(OFFLINE);
  const quotas: Quotas = {
    run: (_operation, call, check) => {
      check?.();
      return call();
    },
  };
  return createApiGateway(client, quotas, RETRIES, { requested: false });
}

function makeIam(): Iam {
  return createIam(new IAMClient(OFFLINE), new STSClient(OFFLINE), RETRIES);
}

/** The calls that the functions of a client make, by AWS's names for them. */
async function callsOf(client: object): Promise<string[]> {
  const calls = Object.values(client).map(async (call: unknown) => {
    if (typeof call !== 'function') throw new TypeError('a client holds functions alone');
    try {
      await Reflect.apply(call, client, ['a', 'b', 'c', []]);
    } catch (error) {
      if (error instanceof AwsFailure) return error.operation;
      throw error;
    }
    throw new Error(`${call.name} needed no network`);
  });
  return Promise.all(calls);
}

/** The texts that the program holds: its string literals, and what stands around a template's values. */
async function textsOfSources(): Promise<string[]> {
  const files = await readdir(new URL('src/', ROOT), { recursive: true });
  const sources = files.filter((file) => file.endsWith('.ts'));
  const texts = sources.map(async (file) => {
    const found: string[] = [];
    const program = await parseSource(await text(`src/${file}`), { syntax: 'typescript' });
    JSON.stringify(program, (_key, node: unknown) => {
      if (typeof node !== 'object' || node === null) return node;
      const { type, value, cooked } = { type: null, value: null, cooked: null, ...node };
      if (type === 'StringLiteral' && typeof value === 'string') found.push(value);
      if (type === 'TemplateElement' && typeof cooked === 'string') found.push(cooked);
      return node;
    });
    return found;
  });
  return (await Promise.all(texts)).flat();
}
