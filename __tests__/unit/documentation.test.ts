import { readdirSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { parse as parseSource } from '@swc/core';
import { parse } from 'yaml';
import { z } from 'zod';
import { readActionMetadata } from '../../scripts/action-metadata.js';
import { insertTables, makeTables } from '../../scripts/documentation.js';
import { RIGHTS } from '../../setup/rights.js';
import { missingStatement } from '../../src/aws/missing-right.js';
import { type InputSource, readInputs } from '../../src/inputs/inputs.js';
import { INPUTS, INPUTS_IN_FILE } from '../../src/inputs/table.js';
import { EXIT } from '../../src/publish/exit-code.js';
import { OUTPUTS, publish, type Runner } from '../../src/publish/publish.js';
import { RULES } from '../../src/rules/index.js';
import { OWN_OPTIONS, parseCommandLine } from '../../src/runtime/cli/command-line.js';
import {
  callsOf,
  offlineApiGateway,
  offlineApiGatewayV2,
  offlineCloudFormation,
  offlineIam,
} from './aws/calls-kit.js';
import { makePublishSettings } from './publish/sample-settings.js';
import { makeReport } from './report/sample-report.js';

const ROOT = new URL('../../', import.meta.url);
const text = (path: string): Promise<string> => readFile(new URL(path, ROOT), 'utf8');

const action = readActionMetadata(await text('action.yml'));
const readme = await text('README.md');
const reference = await text('docs/reference.md');

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

describe('the reference', () => {
  test('has the tables that action.yml and the catalogue make', () => {
    expect(insertTables(reference, makeTables(action, Object.values(INPUTS), RULES))).toBe(
      reference,
    );
  });

  test('has the exit codes that the action ends with', () => {
    const rows = [...reference.matchAll(/^\| (\d) +\| (\w+) +\|/gm)];
    expect(rows.map(([, code, name]) => [name, Number(code)])).toEqual(Object.entries(EXIT));
  });

  test('has a right of its own for each call, and docs/security.md names the call', async () => {
    const security = await text('docs/security.md');
    const unknown = missingStatement('NoSuchCall').Resource;
    for (const name of await callsOf(offlineApiGateway())) {
      expect(security).toContain(`\`${name}\``);
      expect([name, missingStatement(name).Resource === unknown]).toEqual([
        name,
        name === 'GetRestApi',
      ]);
    }
    for (const client of [offlineApiGatewayV2(), offlineIam(), offlineCloudFormation()]) {
      for (const name of await callsOf(client)) expect(security).toContain(`\`${name}\``);
    }
  });

  test('and docs/how-it-judges.md names the errors that are no failure', async () => {
    const [, names = ''] =
      /severity error .*other than (.+?);/.exec(await text('docs/how-it-judges.md')) ?? [];
    const errors = RULES.filter(({ severity }) => severity === 'error');
    expect([...names.matchAll(/`([^`]+)`/g)].map(([, name]) => name).toSorted()).toEqual(
      errors
        .filter((rule) => rule.makesIncomplete === 'always')
        .map(({ id }) => id)
        .toSorted(),
    );
  });

  test('and docs/policy.md names the inputs that the policy file may set', async () => {
    const [, names = ''] =
      /The policy file may set (.+?)\. It may/.exec(await text('docs/policy.md')) ?? [];
    expect([...names.matchAll(/`([^`]+)`/g)].map(([, name]) => name)).toEqual(INPUTS_IN_FILE);
  });

  test('names each permission of its policies in its table', () => {
    const ofPolicies = Object.values(RIGHTS).flatMap((rights) =>
      rights.flatMap(({ actions }) => actions),
    );
    for (const name of [...ofPolicies, 'sts:AssumeRole'])
      expect(reference).toContain(`\`${name}\``);
  });
});

describe('the README', () => {
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
    const ofIam = (await callsOf(offlineIam())).filter((name) => name !== 'GetCallerIdentity');
    expect(ofIam.length).toBeGreaterThan(10);
    for (const name of ofIam) {
      expect(missingStatement(name).Action).toBe(`iam:${name}`);
      expect(page).toContain(`"iam:${name}"`);
      expect(reference).toContain(`\`iam:${name}\``);
    }
  });

  test("troubleshooting's headings are words that the action says", async () => {
    const said = (await textsOfSources()).join('\n');
    const headings = headingsOf(await text('docs/troubleshooting.md'));
    expect(headings.length).toBeGreaterThan(0);
    for (const heading of headings) expect(said).toContain(heading.replaceAll('`', ''));
  });

  const PAGES = [
    ...['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'RELEASING.md', 'SECURITY.md'],
    ...['emulator/README.md', 'setup/README.md'],
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
            // The runner makes texts of everything.
            with: z
              .record(z.string(), z.union([z.string(), z.boolean()]).transform(String))
              .optional(),
          }),
        ),
      }),
    ),
  });

  /** What each delivery needs; docs/delivery.md and the reference say the same. */
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
    for (const page of [reference, await text('docs/delivery.md')]) {
      for (const scope of Object.values(NEEDS)) expect(page).toContain(`\`${scope}: write\``);
    }
  });
});

describe('commands of the command line', () => {
  const COMMAND = /npx (?:--yes )?apigw-iam-gate(?:@\d+)? ((?:'\*'|[^`'\n])+)/g;

  test.each([
    'README.md',
    'docs/quickstart.md',
    'docs/cli.md',
    'examples/gitlab-ci.yml',
    'examples/Jenkinsfile',
  ])('in %s are what it takes', async (page) => {
    const commands = [...(await text(page)).matchAll(COMMAND)].map(([, args = '']) => args);
    expect(commands.length).toBeGreaterThan(0);
    for (const args of commands.filter((it) => it !== '--help')) {
      const parsed = parseCommandLine(
        args
          .replace(/ +#.*$/, '')
          .replace("'*'", '*')
          .split(' '),
      );
      if (!parsed.ok) throw new Error(`${args}: ${parsed.why.join(' ')}`);
      const { command, inputs } = parsed.value;
      const mode = command === 'declared' ? 'audit' : command;
      const given = { region: 'eu-west-1', ...inputs, mode };
      expect(() => readInputs(sourceOf(given))).not.toThrow();
    }
  });

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
