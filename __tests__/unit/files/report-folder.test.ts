import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { findLink, makeFolder } from '../../../src/files/folder.js';
import { readLocalFile } from '../../../src/files/local-file.js';
import { openReportFolder, REPORT_FILES } from '../../../src/files/report-folder.js';
import { failed, ok } from '../../../src/model/result.js';
import { writeReportFiles } from '../../../src/publish/files.js';

const PASS = `${JSON.stringify({ schema: 'apigw-iam-gate/report/v1', verdict: 'pass' }, null, 2)}\n`;

let top = '';
let environment: { GITHUB_WORKSPACE: string; RUNNER_TEMP: string };
beforeEach(async () => {
  top = await mkdtemp(join(tmpdir(), 'report-folder-'));
  environment = { GITHUB_WORKSPACE: join(top, 'work'), RUNNER_TEMP: join(top, 'temp') };
  await mkdir(environment.GITHUB_WORKSPACE);
  await mkdir(environment.RUNNER_TEMP);
});
afterEach(() => rm(top, { recursive: true, force: true }));

/** The folder that a step of the job gets, once it has written its report there. */
async function reportOf(step: { GITHUB_ACTION?: string; GITHUB_OUTPUT?: string }): Promise<string> {
  const folder = await openReportFolder('', '', { ...environment, ...step });
  await writeFile(join(folder, REPORT_FILES.json), PASS);
  return folder;
}

describe('the default folder', () => {
  test('is the one of the job where there is one gate', async () => {
    expect(await reportOf({ GITHUB_ACTION: 'gate' })).toBe(join(top, 'temp/apigw-iam-gate'));
  });

  test('is another one for another step, and the same for the same', async () => {
    const first = await reportOf({ GITHUB_ACTION: 'orders' });
    const second = await reportOf({ GITHUB_ACTION: 'billing' });
    const third = await reportOf({ GITHUB_ACTION: '__o_apigw-iam-gate_2' });
    expect([second, third]).toEqual([`${first}-2`, `${first}-3`]);
    expect(await readFile(join(first, REPORT_FILES.json), 'utf8')).toBe(PASS);
    expect(await openReportFolder('', '', { ...environment, GITHUB_ACTION: 'billing' })).toBe(
      second,
    );
  });

  test('tells uses of one composite action apart, whose steps have one name', async () => {
    const output = (id: string) => `/runner/_runner_file_commands/set_output_${id}`;
    const first = await reportOf({ GITHUB_ACTION: 'gate', GITHUB_OUTPUT: output('a') });
    const second = await reportOf({ GITHUB_ACTION: 'gate', GITHUB_OUTPUT: output('b') });
    expect(second).toBe(`${first}-2`);
  });

  test('is shared by a step after one that wrote no report, whose journal it may find there', async () => {
    const first = await openReportFolder('', '', { ...environment, GITHUB_ACTION: 'killed' });
    expect(await openReportFolder('', '', { ...environment, GITHUB_ACTION: 'next' })).toBe(first);
  });

  test.each<[string, (path: string) => unknown]>([
    ['a pipe', (path) => execFileSync('mkfifo', [path])],
    ['a device without an end', (path) => symlink('/dev/zero', path)],
    ['of more words than a step has', (path) => writeFile(path, 'x'.repeat(1024 * 1024))],
    ['a folder', (path) => mkdir(path)],
  ])('is not kept waiting by a file of its owner that is %s', async (_what, make) => {
    const first = join(top, 'temp/apigw-iam-gate');
    await mkdir(first);
    await make(join(first, '.step'));
    await writeFile(join(first, REPORT_FILES.json), PASS);
    const { rss } = process.memoryUsage();
    expect(await openReportFolder('', '', environment)).toBe(first);
    expect(await readdir(first)).not.toContain(REPORT_FILES.json);
    expect(process.memoryUsage().rss - rss).toBeLessThan(256 * 1024 * 1024);
  });

  test('is said as it is where nothing can be made', async () => {
    const nowhere = { ...environment, RUNNER_TEMP: '/proc/nope' };
    expect(await openReportFolder('', '', nowhere)).toBe('/proc/nope/apigw-iam-gate');
  });
});

describe('what an earlier report left', () => {
  test('is gone, and nothing else', async () => {
    const folder = join(environment.GITHUB_WORKSPACE, 'out');
    await mkdir(folder);
    for (const name of Object.values(REPORT_FILES)) await writeFile(join(folder, name), PASS);
    await writeFile(join(folder, 'notes.txt'), 'mine');
    expect(await openReportFolder('out', '', environment)).toBe(folder);
    expect(await readdir(folder)).toEqual(['notes.txt']);
  });

  test('stays where it is another tool’s', async () => {
    const file = join(environment.GITHUB_WORKSPACE, REPORT_FILES.json);
    await writeFile(file, '{"verdict":"pass"}');
    await openReportFolder('.', '', environment);
    expect(await readFile(file, 'utf8')).toBe('{"verdict":"pass"}');
  });

  test('stays where it is the baseline, until there is a new report', async () => {
    const file = join(environment.GITHUB_WORKSPACE, 'out', REPORT_FILES.json);
    await mkdir(dirname(file));
    await writeFile(file, PASS);
    await openReportFolder('out', 'out/report.json', environment);
    expect(await readFile(file, 'utf8')).toBe(PASS);
  });

  test('is gone where it is a link, and what the link leads to stays', async () => {
    const elsewhere = join(top, 'elsewhere.json');
    const folder = join(environment.GITHUB_WORKSPACE, 'out');
    await writeFile(elsewhere, PASS);
    await mkdir(folder);
    await symlink(elsewhere, join(folder, REPORT_FILES.json));
    await openReportFolder('out', '', environment);
    expect(await readdir(folder)).toEqual([]);
    expect(await readFile(elsewhere, 'utf8')).toBe(PASS);
  });

  test('a file that a killed run has left unfinished goes too', async () => {
    const folder = join(environment.GITHUB_WORKSPACE, 'out');
    await mkdir(folder);
    const unfinished = 'report.junit.xml.5d0c9a4e-3a52-4a0c-9a3d-0123456789ab.tmp';
    for (const name of [unfinished, 'report.json.tmp', 'mine.tmp']) {
      await writeFile(join(folder, name), 'half');
    }
    await openReportFolder('out', '', environment);
    expect((await readdir(folder)).toSorted()).toEqual(['mine.tmp', 'report.json.tmp']);
  });

  test('is not waited for where it is a pipe', async () => {
    execFileSync('mkfifo', [join(environment.GITHUB_WORKSPACE, REPORT_FILES.json)]);
    await openReportFolder('.', '', environment);
  });
});

describe('links', () => {
  const files = [{ name: 'report.json', render: () => PASS }];

  test.each(['out', 'out/deep', 'out/deep/er'])('%s is found to lead elsewhere', async (way) => {
    const { GITHUB_WORKSPACE } = environment;
    await mkdir(join(top, 'elsewhere/deep/er'), { recursive: true });
    await symlink(join(top, 'elsewhere'), join(GITHUB_WORKSPACE, 'out'));
    const folder = join(GITHUB_WORKSPACE, way);
    expect(await findLink(folder, environment)).toBe(join(GITHUB_WORKSPACE, 'out'));
    expect(await writeReportFiles(folder, files, environment)).toEqual([
      { problem: expect.stringContaining('is a link') },
    ]);
    expect(await readdir(join(top, 'elsewhere'))).toEqual(['deep']);
  });

  test('a folder outside must be none itself; how one gets there is the machine’s affair', async () => {
    const outside = { GITHUB_WORKSPACE: '/nowhere/work', RUNNER_TEMP: '/nowhere/temp' };
    expect(await findLink('/proc/self', outside)).toBe('/proc/self');
    expect(await findLink('/proc/self/fd', outside)).toBeNull();
  });

  test('a default folder that is a link is not claimed', async () => {
    await mkdir(join(top, 'elsewhere'));
    await symlink(join(top, 'elsewhere'), join(environment.RUNNER_TEMP, 'apigw-iam-gate'));
    await openReportFolder('', '', environment);
    expect(await readdir(join(top, 'elsewhere'))).toEqual([]);
  });

  test('a file that is a link is replaced, not followed', async () => {
    const folder = join(environment.GITHUB_WORKSPACE, 'out');
    await mkdir(folder);
    await writeFile(join(top, 'victim'), 'untouched');
    await symlink(join(top, 'victim'), join(folder, 'report.json'));
    await writeReportFiles(folder, files, environment);
    expect(await readFile(join(top, 'victim'), 'utf8')).toBe('untouched');
    expect(await readFile(join(folder, 'report.json'), 'utf8')).toBe(PASS);
  });
});

describe('writing', () => {
  test('a file that cannot be written keeps no other from it, and leaves nothing unfinished', async () => {
    const folder = join(environment.GITHUB_WORKSPACE, 'out');
    await mkdir(join(folder, 'b', 'full'), { recursive: true });
    const render = () => 'text';
    const written = await writeReportFiles(
      folder,
      [
        { name: 'a', render },
        { name: 'b', render },
        {
          name: 'c',
          render: () => {
            throw new Error('cannot be rendered');
          },
        },
        { name: 'd', render },
      ],
      environment,
    );
    expect(written).toEqual([
      { path: join(folder, 'a') },
      { problem: expect.stringMatching(/EISDIR|ENOTEMPTY|EEXIST/) },
      { problem: 'cannot be rendered' },
      { path: join(folder, 'd') },
    ]);
    expect((await readdir(folder)).toSorted()).toEqual(['a', 'b', 'd']);
  });

  test.each(['/proc/nope', '/proc/nope/deeper/still', '/dev/null/nowhere'])(
    '%s is a problem, and ends',
    async (folder) => {
      const [written] = await writeReportFiles(
        folder,
        [{ name: 'a', render: () => '' }],
        environment,
      );
      expect(written).toEqual({ problem: expect.stringMatching(/ENOENT|ENOTDIR/) });
    },
  );

  test('folders above are made', async () => {
    await makeFolder(join(top, 'x/y/z'));
    await makeFolder(join(top, 'x/y/z'));
    expect(await readdir(join(top, 'x/y'))).toEqual(['z']);
    await expect(makeFolder(join(top, 'x/y/z/../../../top'))).resolves.toBeUndefined();
  });
});

describe('a file that is read', () => {
  test('is refused where it is larger than it may be, whatever its size says', async () => {
    await writeFile(join(top, 'large'), 'x'.repeat(1025));
    expect(readLocalFile(top, 'large', 1024)).toEqual(failed('is larger than 1 KiB'));
    expect(readLocalFile(top, 'large', 1025)).toEqual(ok('x'.repeat(1025)));
    // A file of no size that has content all the same.
    expect(readLocalFile('/proc/self', 'status', 16)).toEqual({
      ok: false,
      why: expect.stringContaining('is larger than'),
    });
  });

  test('is refused where it is a pipe, a device or a folder', async () => {
    execFileSync('mkfifo', [join(top, 'pipe')]);
    for (const path of [join(top, 'pipe'), '/dev/zero', top]) {
      expect(readLocalFile(top, path)).toEqual(failed('is not a file'));
    }
  });

  test('is none where there is none', async () => {
    expect(readLocalFile(top, 'nothing')).toEqual(ok(null));
    expect(readLocalFile(top, 'nothing/below')).toEqual(ok(null));
  });
});
