import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import * as core from '@actions/core';
import { getProxyForUrl } from 'proxy-from-env';
import { listRegions } from '../aws/account-regions.js';
import { makeClientSettings } from '../aws/client-settings.js';
import { AwsFailure } from '../aws/failure.js';
import { createListingClients } from '../aws/listing-clients.js';
import { explainMissingFrom } from '../aws/missing-credentials.js';
import { createOrganization } from '../aws/organization.js';
import { readOwnAccount } from '../aws/own-account.js';
import { createStsClient } from '../aws/sts-client.js';
import { accountToken } from '../evidence/identity.js';
import { isSystemError } from '../files/folder.js';
import { readLocalFile } from '../files/local-file.js';
import { readWorkspaceFile } from '../files/workspace-file.js';
import { planFleet } from '../fleet/make-plan.js';
import { nameAccounts, titleUnlisted } from '../fleet/names.js';
import { type Plan, renderPlan } from '../fleet/plan.js';
import { readSizes } from '../fleet/sizes.js';
import { parseTargetsFile, type TargetsFile } from '../fleet/targets-file.js';
import { surveyFleet } from '../gate/survey.js';
import { PLAN_INPUTS, type PlanInputs } from '../inputs/fleet.js';
import { NO_PRESET, readTable } from '../inputs/read-table.js';
import { ConfigurationError } from '../model/errors.js';
import { EXIT } from '../publish/exit-code.js';
import { writeReportFiles } from '../publish/files.js';
import type { Runner } from '../publish/publish.js';
import { inLog, inMarkdown } from '../report/escape.js';
import { count } from '../report/wording.js';
import { NAME, VERSION } from '../version.js';
import { refuseEndlessFiles } from './aws-files.js';
import { sleep } from './cancel.js';
import { deliver, giveUp } from './give-up.js';
import { partitionOf } from './partition.js';
import { logger, runner as runnerOfGate } from './runner.js';
import { setOutput } from './runner-files.js';
import { retriesIn, retriesWith } from './targets.js';

/** The outputs of `plan/action.yml`. */
const PLAN_OUTPUTS = ['matrix', 'shards', 'targets', 'unlisted', 'left-out', 'plan'] as const;

const runner: Runner<(typeof PLAN_OUTPUTS)[number]> = {
  ...runnerOfGate,
  setOutput,
};

const PLAN_FILE = 'plan.json';

/**
 * Makes the plan of a fleet: which accounts and regions there are, and which shard reads them.
 *
 * @returns the exit code: 3 where the plan has no target, 2 where nothing of it can be read or handed on, else 0. What
 *   could not be listed is in the plan, so that the merge calls it unread.
 */
export async function runAsPlan(): Promise<number> {
  try {
    // A plan that an earlier run left must not pass for the one that this run could not make.
    const folder = folderOf(core.getInput(PLAN_INPUTS.planDir.name));
    await removeOldPlan(folder);
    const inputs = readTable(
      PLAN_INPUTS,
      { getInput: core.getInput, environment: process.env },
      NO_PRESET,
      problemsOfPlan,
    );
    const file = readTargetsFile(inputs);
    const apisLastTime = readPrevious(inputs.previous);
    const surveyed = await logger.group('Listing accounts and regions', () => survey(file, inputs));
    const plan = planFleet(surveyed, {
      file,
      scope: inputs.targetsFile,
      madeAt: new Date().toISOString(),
      shards: inputs.shards,
      apisLastTime,
      partitionOf,
    });
    refuseEmpty(plan);
    return await announce(plan, folder);
  } catch (error) {
    return giveUp(error);
  }
}

function problemsOfPlan({ region }: PlanInputs): string[] {
  return region === ''
    ? [
        'region: is not known. Set the input, or AWS_REGION (aws-actions/configure-aws-credentials sets it): it says which partition is asked.',
      ]
    : [];
}

function workspace(): string {
  return process.env.GITHUB_WORKSPACE || process.cwd();
}

function readTargetsFile({ targetsFile }: PlanInputs): TargetsFile {
  const reading = readWorkspaceFile(workspace(), targetsFile);
  if (!reading.ok) throw new ConfigurationError([`targets-file: ${targetsFile} ${reading.why}.`]);
  if (reading.value === null) {
    throw new ConfigurationError([
      `targets-file: ${targetsFile} does not exist. Write it, and run actions/checkout before this step.`,
    ]);
  }
  const parsed = parseTargetsFile(reading.value, targetsFile);
  if (!parsed.ok) throw new ConfigurationError(parsed.why);
  return parsed.value;
}

/** The first run has no earlier report: a file that is not there is none, one that cannot be read is a mistake. */
function readPrevious(path: string | null): ReadonlyMap<string, number> {
  if (path === null) return new Map();
  const reading = readLocalFile(workspace(), path);
  if (reading.ok && reading.value === null) {
    logger.info(`previous: ${path} does not exist; the sizes of the targets are not known yet`);
    return new Map();
  }
  const sizes = reading.ok ? readSizes(reading.value ?? '') : reading;
  if (sizes.ok) return sizes.value;
  throw new ConfigurationError([`previous: ${path} ${sizes.why}.`]);
}

async function survey(file: TargetsFile, { region, awsTimeoutMs }: PlanInputs) {
  refuseEndlessFiles(process.env);
  const settings = makeClientSettings(region, [NAME, VERSION], getProxyForUrl, awsTimeoutMs);
  const retries = retriesIn(
    region,
    retriesWith(sleep, awsTimeoutMs, logger),
    explainMissingFrom(process.env),
  );
  const clients = createListingClients(settings);
  try {
    return await surveyFleet(file, {
      organization: createOrganization(clients.organizations, retries),
      listRegions: (account, subject) => listRegions(account, subject, clients.account, retries),
      ownAccount: () => findOwnAccount(createStsClient(settings), retries),
      tokenOf: accountToken,
      logger,
    });
  } finally {
    settings.requestHandler.destroy();
  }
}

/** Without it, the caller's own account is asked for as any other: what that answers says the rest. */
async function findOwnAccount(...args: Parameters<typeof readOwnAccount>): Promise<string | null> {
  try {
    return (await readOwnAccount(...args)).accountId;
  } catch (error) {
    if (!(error instanceof AwsFailure)) throw error;
    logger.info(`Whose credentials these are is not known: ${error.message}`);
    return null;
  }
}

function refuseEmpty({ targets, unlisted, leftOut }: Plan): void {
  if (targets.length + unlisted.length > 0) return;
  const why =
    leftOut.length === 0
      ? 'The organization has no account'
      : `All of it was left out (${count(leftOut.length, 'line')}), first: ${leftOut[0]?.why ?? ''}`;
  throw new ConfigurationError([
    `targets-file: it comes to no target at all. ${why}. An empty audit would pass for ever.`,
  ]);
}

function folderOf(planDir: string): string {
  return planDir === ''
    ? join(process.env.RUNNER_TEMP || tmpdir(), 'apigw-iam-gate-plan')
    : resolve(workspace(), planDir);
}

async function removeOldPlan(folder: string): Promise<void> {
  try {
    await rm(join(folder, PLAN_FILE), { force: true });
  } catch (error) {
    if (!isSystemError(error)) throw error;
    // A folder that is a file holds no plan.
    if (error.code === 'ENOTDIR') return;
    throw new ConfigurationError([
      `plan-dir: the plan.json of an earlier run cannot be removed from ${folder}: ${error.message}.`,
    ]);
  }
}

async function announce(plan: Plan, folder: string): Promise<number> {
  const [written] = await writeReportFiles(
    folder,
    [{ name: PLAN_FILE, render: () => renderPlan(plan) }],
    process.env,
  );
  if (written === undefined || 'problem' in written) {
    throw new ConfigurationError([
      `plan-dir: plan.json could not be written: ${written?.problem ?? folder}.`,
    ]);
  }
  const { targets, unlisted, leftOut, shards } = plan;
  const names = Object.keys(shards);
  const accounts = new Set(targets.map(({ account }) => account)).size;
  const line = `${count(targets.length, 'target')} in ${count(accounts, 'account')} over ${count(names.length, 'shard')}; ${leftOut.length} left out; ${unlisted.length} could not be listed`;
  logger.info(`Plan: ${line}`);
  const nameOf = nameAccounts(plan, 'name');
  for (const { account, region, why } of leftOut) {
    logger.debug(`left out: ${nameOf(account)} ${region ?? ''}: ${why}`);
  }
  for (const gap of unlisted) {
    const { unreadable, fix } = gap;
    runner.warning(
      inLog(`${titleUnlisted(gap, nameOf)} could not be listed: ${unreadable}. ${fix}`),
      {
        title: 'Not listed',
      },
    );
  }
  const isHandedOn = await deliver('The outputs', () => {
    // Numbers alone: a value that holds an account id may be masked, and an output with it is dropped.
    runner.setOutput('matrix', JSON.stringify({ shard: names }));
    runner.setOutput('shards', names.length);
    runner.setOutput('targets', targets.length + unlisted.length);
    runner.setOutput('unlisted', unlisted.length);
    runner.setOutput('left-out', leftOut.length);
    runner.setOutput('plan', written.path);
  });
  await deliver('The job summary', () => runner.writeSummary(summaryOf(plan, line)));
  if (names.length > 0 && isHandedOn) return EXIT.pass;
  if (names.length > 0) {
    runner.error(
      inLog(
        'Nothing can be read: the matrix of the shards could not be handed on. See the warning above, and the disk of the runner.',
      ),
      { title: 'Nothing to read' },
    );
    return EXIT.incomplete;
  }
  runner.error(inLog('Nothing can be read: no account could be listed. See the warnings above.'), {
    title: 'Nothing to read',
  });
  return EXIT.incomplete;
}

/** Lines of each list that the summary shows. */
const SHOWN = 50;

function summaryOf(plan: Plan, line: string): string {
  const { unlisted, leftOut } = plan;
  const nameOf = nameAccounts(plan, 'name');
  const list = (title: string, items: readonly string[]): string[] =>
    items.length === 0
      ? []
      : [
          `<details><summary>${title}: ${items.length}</summary>`,
          '',
          ...items.slice(0, SHOWN).map((it) => `- ${it}`),
          ...(items.length > SHOWN ? [`- … and ${items.length - SHOWN} more in plan.json`] : []),
          '',
          '</details>',
          '',
        ];
  return [
    `## Plan: ${line}`,
    '',
    ...unlisted
      .slice(0, SHOWN)
      .map(
        (gap) =>
          `- ⚠️ ${inMarkdown(`${titleUnlisted(gap, nameOf)} could not be listed: ${gap.unreadable}.`)}`,
      ),
    '',
    ...list(
      'Left out',
      leftOut.map(({ account, region, why }) =>
        inMarkdown(`${nameOf(account)}${region === null ? '' : ` ${region}`}: ${why}`),
      ),
    ),
  ].join('\n');
}
