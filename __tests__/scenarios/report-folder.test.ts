import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { readSeed } from '../../emulator/seed.js';
import { startEmulator } from '../../emulator/server.js';
import { type Job, runStep, type StepResult, withJob } from '../../runner/run-action.js';
import { BUNDLE, seedPath } from './kit.js';

/** Steps of one job, each of which audits the clean API unless it says otherwise. */
type Step = (
  inputs?: Readonly<Record<string, string>>,
  environment?: Readonly<Record<string, string>>,
) => Promise<StepResult>;

function inJob(run: (step: Step, job: Job, workspace: string) => Promise<void>): Promise<void> {
  return withJob(async (job) => {
    const emulator = await startEmulator({ seed: await readSeed(seedPath('clean')) });
    const workspace = join(job.folder, 'workspace');
    await mkdir(workspace);
    const [apiId = ''] = emulator.account.apis.keys();
    const step: Step = (inputs = {}, environment = {}) =>
      runStep(
        {
          bundle: BUNDLE,
          inputs: { 'api-id': apiId, 'smoke-test': 'false', ...inputs },
          environment: { ...emulator.env, GITHUB_WORKSPACE: workspace, ...environment },
        },
        job,
      );
    try {
      await run(step, job, workspace);
    } finally {
      await emulator.close();
    }
  });
}

const FILES = ['report.html', 'report.json', 'report.junit.xml', 'report.md', 'report.sarif'];

test('after a configuration error there is no report that says pass', () =>
  inJob(async (step, _job, workspace) => {
    const passed = await step({ 'report-dir': 'out' });
    expect(passed.outputs.verdict).toBe('pass');
    expect(await readdir(join(workspace, 'out'))).toEqual(FILES);
    for (const wrong of [{ mode: 'fix' }, { 'api-id': 'nosuchapi1' }, { fail_on: 'never' }]) {
      await step({ 'report-dir': 'out' });
      const refused = await step({ 'report-dir': 'out', ...wrong });
      expect(refused.exitCode).toBe(3);
      expect(refused.outputs.verdict).toBe('incomplete');
      expect(refused.outputs.report).toBeUndefined();
      expect(await readdir(join(workspace, 'out'))).toEqual([]);
    }
  }));

test('two gates of a job keep a report each, and say where', () =>
  inJob(async (step, job) => {
    const first = await step({}, { GITHUB_ACTION: 'orders' });
    const second = await step({ mode: 'plan' }, { GITHUB_ACTION: '__octo_gate_2' });
    expect(first.outputs.report).toBe(join(job.folder, 'apigw-iam-gate', 'report.json'));
    expect(second.outputs.report).toBe(join(job.folder, 'apigw-iam-gate-2', 'report.json'));
    const modeIn = async (path = '') => JSON.parse(await readFile(path, 'utf8')).mode;
    expect(await modeIn(first.outputs.report)).toBe('audit');
    expect(await modeIn(second.outputs.report)).toBe('plan');
  }));

test('outputs are absolute paths, wherever the folder is asked for', () =>
  inJob(async (step, _job, workspace) => {
    const { outputs } = await step({ 'report-dir': './out/../reports' });
    for (const name of ['report', 'markdown', 'sarif', 'junit']) {
      const path = outputs[name] ?? '';
      expect(isAbsolute(path)).toBe(true);
      expect(path.startsWith(`${join(workspace, 'reports')}/`)).toBe(true);
    }
  }));

test('a file that cannot be written leaves nothing unfinished and loses no other', () =>
  inJob(async (step, _job, workspace) => {
    await mkdir(join(workspace, 'out', 'report.sarif', 'in-the-way'), { recursive: true });
    const { outputs, exitCode, stdout } = await step({ 'report-dir': 'out' });
    expect(exitCode).toBe(0);
    expect(outputs).toMatchObject({ verdict: 'pass', methods: expect.anything(), sarif: '' });
    expect(outputs.report).toBe(join(workspace, 'out', 'report.json'));
    expect(outputs.junit).toBe(join(workspace, 'out', 'report.junit.xml'));
    expect((await readdir(join(workspace, 'out'))).toSorted()).toEqual(FILES);
    expect(stdout).toMatch(/The report files could not be written: .*report\.sarif/);
  }));

test.each(['audit', 'enforce'])('a folder that is a link is not written through: %s', (mode) =>
  inJob(async (step, job, workspace) => {
    const elsewhere = join(job.folder, 'elsewhere');
    await mkdir(elsewhere);
    await writeFile(join(elsewhere, 'report.json'), 'precious');
    await symlink(elsewhere, join(workspace, 'out'));
    const result = await step({ mode, 'report-dir': 'out/deeper' });
    expect(result.exitCode).toBe(mode === 'audit' ? 0 : 3);
    expect(result.stdout).toContain('out is a link');
    expect(result.outputs.report ?? '').toBe('');
    expect(await readdir(elsewhere)).toEqual(['report.json']);
    expect(await readFile(join(elsewhere, 'report.json'), 'utf8')).toBe('precious');
  }),
);

test('a folder in which nothing can be made is a warning, and the run ends', () =>
  inJob(async (step) => {
    const { exitCode, outputs, stdout } = await step({ 'report-dir': '/proc/nope' });
    expect([exitCode, outputs.verdict]).toEqual([0, 'pass']);
    expect(stdout).toContain(
      'The report files could not be written: The folder /proc/nope cannot be made (ENOENT',
    );
    const enforced = await step({ mode: 'enforce', 'report-dir': '/proc/nope' });
    expect(enforced.outputs.verdict).toBe('pass');
  }));
