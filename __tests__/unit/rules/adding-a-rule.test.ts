import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { build } from 'esbuild';
import { z } from 'zod';

const run = promisify(execFile);

const RULE_FILE = `
import { finding } from './finding.js';
import type { Rule } from './rule.js';

export const pathTooLong: Rule = {
  id: 'path-too-long',
  severity: 'error',
  holdsWhen: 'a path has more than eight characters',
  excusable: true,
  blocksProof: 'of-iam',
  makesIncomplete: 'always',
  find: ({ rows }) =>
    rows
      .filter(({ path }) => path.length > 8)
      .map(({ api, stage, method, path }) =>
        finding(
          pathTooLong,
          { api: api.id, stage: stage?.name ?? null, method, path },
          'The path is long.',
          'Shorten it.',
        ),
      ),
};
`;

/** Judges one API with a long path, and says what every reader gets of it. */
const DRIVER = `
import { apiOf, audit, evidenceOf } from './__tests__/unit/evidence-builder.js';
import { makeMethod, makeReport } from './__tests__/unit/report/sample-report.js';
import { makeSarifSettings } from './__tests__/unit/publish/sample-settings.js';
import { makeTables } from './scripts/documentation.js';
import { renderAnnotations } from './src/report/annotations.js';
import { renderJson } from './src/report/json.js';
import { renderJunit } from './src/report/junit.js';
import { renderMarkdown } from './src/report/markdown.js';
import { renderSarif } from './src/report/sarif.js';
import { RULES } from './src/rules/index.js';

const { findings, verdict } = audit(
  evidenceOf(apiOf({ 'GET /a': 'NONE', 'GET /a/long/path': 'AWS_IAM' })),
);
const methods = [makeMethod({ api: 'a1b2c3', path: '/a/long/path', verdict: 'fail' })];
const report = makeReport({ findings, methods, verdict });
const action = { inputs: {}, outputs: {} };
process.stdout.write(
  JSON.stringify({
    ids: RULES.map(({ id }) => id),
    verdict,
    json: [...renderJson(report)].join(''),
    markdown: renderMarkdown(report, 1_000_000),
    sarif: renderSarif(report, makeSarifSettings()),
    junit: renderJunit(report),
    annotations: renderAnnotations(report).annotations.map(({ title }) => title),
    tables: Object.values(makeTables(action, [], RULES)).join('\\n'),
  }),
);
`;

const said = z.object({
  ids: z.array(z.string()),
  verdict: z.string(),
  json: z.string(),
  markdown: z.string(),
  sarif: z.string(),
  junit: z.string(),
  annotations: z.array(z.string()),
  tables: z.string(),
});

let folder = '';
let result: z.infer<typeof said>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'apigw-iam-gate-rule-'));
  for (const part of ['src', 'scripts', '__tests__/unit']) {
    await mkdir(join(folder, part), { recursive: true });
    await cp(part, join(folder, part), { recursive: true });
  }
  await writeFile(join(folder, 'src/rules/path-too-long.ts'), RULE_FILE);
  const index = join(folder, 'src/rules/index.ts');
  const list = await readFile(index, 'utf8');
  const added = list.replace('  deployedNotIam,\n', '  deployedNotIam,\n  pathTooLong,\n');
  await writeFile(index, `import { pathTooLong } from './path-too-long.js';\n${added}`);
  await writeFile(join(folder, 'driver.ts'), DRIVER);
  const outfile = join(folder, 'driver.mjs');
  await build({
    entryPoints: [join(folder, 'driver.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    nodePaths: [resolve('node_modules')],
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    logLevel: 'silent',
  });
  const { stdout } = await run(process.execPath, [outfile], { maxBuffer: 10_000_000 });
  result = said.parse(JSON.parse(stdout));
}, 60_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('a rule that is added by a file and a line of the index', () => {
  test('is found in report.json, where its place in the list says', () => {
    const { findings } = z
      .object({ findings: z.array(z.object({ rule: z.string() })) })
      .parse(JSON.parse(result.json));
    expect(findings.map(({ rule }) => rule)).toEqual([
      'deployed-not-iam',
      'path-too-long',
      'configured-not-iam',
    ]);
    expect(result.verdict).toBe('fail');
  });

  test('is found in Markdown, JUnit and the annotations', () => {
    expect(result.markdown).toContain('path-too-long');
    expect(result.junit).toContain('type="path-too-long"');
    expect(result.annotations[1]).toMatch(/^path-too-long: GET \/a\/long\/path/);
  });

  test('is described and found in SARIF', () => {
    const log = z
      .object({
        runs: z.array(
          z.object({
            tool: z.object({ driver: z.object({ rules: z.array(z.object({ id: z.string() })) }) }),
            results: z.array(z.object({ ruleId: z.string(), ruleIndex: z.number() })),
          }),
        ),
      })
      .parse(JSON.parse(result.sarif));
    const [first] = log.runs;
    expect(first?.tool.driver.rules.map(({ id }) => id)).toEqual(result.ids);
    const at = result.ids.indexOf('path-too-long');
    expect(first?.results[1]).toEqual({ ruleId: 'path-too-long', ruleIndex: at });
  });

  test("is in the reference's table, and is asked for in the documentation", async () => {
    expect(result.tables).toMatch(
      /\[`path-too-long`\]\(how-it-judges\.md#path-too-long\) +\| error +\| a path has more than eight characters/,
    );
    const page = await readFile('docs/how-it-judges.md', 'utf8');
    const withSection = page.replace(
      '## canary-not-iam\n',
      '## path-too-long\n\n## canary-not-iam\n',
    );
    const sections = (text: string): string[] => text.match(/(?<=^## ).+$/gm) ?? [];
    expect(sections(page)).not.toEqual(result.ids);
    expect(sections(withSection)).toEqual(result.ids);
  });
});
