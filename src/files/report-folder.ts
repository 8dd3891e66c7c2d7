import { constants } from 'node:fs';
import { open, readdir, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { exists, findLink, ignoreSystemError, makeFolder } from './folder.js';
import { readLocalFile } from './local-file.js';

/*
 * The folder that a run writes its reports to. A report of an earlier run must not be taken for this
 * run's, another gate of the job keeps its own folder, and nothing is written through a link.
 */

/** The report's files. */
export const REPORT_FILES = {
  json: 'report.json',
  markdown: 'report.md',
  html: 'report.html',
  sarif: 'report.sarif',
  junit: 'report.junit.xml',
} as const;

/** What a run that was killed while it wrote has left; `publish/files.ts` names it so. */
const UNFINISHED = /^report\.[a-z.]+\.[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.tmp$/;

/** Which step wrote to a default folder: a file of this name says it. */
const OWNER_FILE = '.step';

/** Longer than a step's name and the name of its file for outputs. */
const MOST_OWNER_BYTES = 4096;

/** Gates of one job that get a folder of their own. */
const MAX_FOLDERS = 1000;

type Environment = Readonly<Record<string, string | undefined>>;

/** `$RUNNER_TEMP/apigw-iam-gate`, where no other folder is asked for. */
export function defaultReportFolder(environment: Environment): string {
  return join(environment.RUNNER_TEMP || tmpdir(), 'apigw-iam-gate');
}

/**
 * The absolute path of the folder that this run writes to, with what an earlier report left there taken
 * away: from here on a `report.json` in it is this run's. Without `asked` it is the default folder, or
 * where another step of the job has written a report there `apigw-iam-gate-2`, and so on.
 *
 * @param asked `report-dir`, `''` where nobody gave one.
 * @param kept a file that is read later and stays, such as the baseline; `''` for none.
 */
export async function openReportFolder(
  asked: string,
  kept: string,
  environment: Environment,
): Promise<string> {
  const workspace = environment.GITHUB_WORKSPACE || process.cwd();
  const folder =
    asked === ''
      ? await claimDefaultFolder(resolve(defaultReportFolder(environment)), environment)
      : resolve(workspace, asked);
  await removeOldReport(folder, kept === '' ? null : resolve(workspace, kept), environment);
  return folder;
}

/**
 * The runner gives every step an output file of its own (`set_output_GUID`), and a step the name of its
 * id or its action; two uses of one composite action have the same name (actions/runner,
 * src/Runner.Worker/FileCommandManager.cs and StepsRunner.cs).
 */
function stepOf(environment: Environment): string {
  const { GITHUB_ACTION = '', GITHUB_OUTPUT = '' } = environment;
  return `${GITHUB_ACTION}\n${basename(GITHUB_OUTPUT)}`;
}

async function claimDefaultFolder(first: string, environment: Environment): Promise<string> {
  const step = stepOf(environment);
  for (let number = 1; number <= MAX_FOLDERS; number += 1) {
    const folder = number === 1 ? first : `${first}-${number}`;
    // A folder that cannot be used is returned as well: writing the report to it says why.
    if ((await findLink(folder, environment)) !== null) return folder;
    const read = readLocalFile(folder, OWNER_FILE, MOST_OWNER_BYTES);
    const owner = read.ok ? read.value : null;
    const isTaken = owner !== step && owner !== null && (await exists(reportIn(folder)));
    if (isTaken) continue;
    await claim(folder, step).catch(ignoreSystemError);
    return folder;
  }
  return first;
}

async function claim(folder: string, step: string): Promise<void> {
  await makeFolder(folder);
  const path = join(folder, OWNER_FILE);
  await unlink(path).catch(ignoreSystemError);
  // Made anew, so that a link of this name is never written through.
  await writeFile(path, step, { flag: 'wx' });
}

function reportIn(folder: string): string {
  return join(folder, REPORT_FILES.json);
}

/**
 * Takes away what an earlier report left in a folder, if it is one of this gate's: whatever becomes of
 * this run, nobody must read it as its result.
 */
async function removeOldReport(
  folder: string,
  kept: string | null,
  environment: Environment,
): Promise<void> {
  if ((await findLink(folder, environment)) !== null) return;
  const head = await readHead(reportIn(folder));
  const isOurs = head.includes('"apigw-iam-gate/report/');
  const names = [
    ...(isOurs ? Object.values(REPORT_FILES) : []),
    ...(await listFiles(folder)).filter((name) => UNFINISHED.test(name)),
  ];
  for (const name of names) {
    const path = join(folder, name);
    if (path !== kept) await unlink(path).catch(ignoreSystemError);
  }
}

async function listFiles(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    ignoreSystemError(error);
    return [];
  }
}

/** The schema is the first property of the report. */
const HEAD_BYTES = 200;

async function readHead(path: string): Promise<string> {
  try {
    // Opening a pipe would wait for somebody to write into it.
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      if (!(await file.stat()).isFile()) return '';
      const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
      return buffer.toString('utf8', 0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (error) {
    ignoreSystemError(error);
    return '';
  }
}
