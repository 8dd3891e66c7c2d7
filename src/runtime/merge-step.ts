import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import * as core from '@actions/core';
import { notesOnPreset } from '../config/load.js';
import { findFiles } from '../files/find-files.js';
import { isSystemError } from '../files/folder.js';
import { readLocalFile } from '../files/local-file.js';
import {
  type FoundRecord,
  inputsOfRecords,
  type MatchedTarget,
  matchRecords,
  type ReportFile,
} from '../fleet/match-records.js';
import { Merge, type Merged } from '../fleet/merge.js';
import { tokenOf } from '../fleet/names.js';
import { type Plan, type PlannedTarget, parsePlan } from '../fleet/plan.js';
import { type ReadReport, type ReportFacts, readReport } from '../fleet/read-report.js';
import { parseShardRecord, SHARD_FILE, TARGET_REPORT_FILE } from '../fleet/shard-record.js';
import { MERGE_INPUTS, type MergeInputs } from '../inputs/fleet.js';
import { readTable } from '../inputs/read-table.js';
import { inputsOfMerge } from '../inputs/shard.js';
import { ConfigurationError } from '../model/errors.js';
import { failed, ok, type Result } from '../model/result.js';
import { documentationUrl, linksOf } from '../publish/documentation.js';
import { openFleetFile } from '../publish/fleet-file.js';
import { keyOf } from '../publish/github/marker.js';
import type { PublishSettings, Runner } from '../publish/publish.js';
import { type MERGE_OUTPUTS, publishFleet } from '../publish/publish-fleet.js';
import { MAX_SARIF_RESULTS } from '../report/sarif.js';
import { RULES } from '../rules/index.js';
import { NAME, VERSION } from '../version.js';
import { connect } from './github-connect.js';
import { giveUp } from './give-up.js';
import { readContext } from './read-context.js';
import { logger, runner as runnerOfGate } from './runner.js';
import { setOutput } from './runner-files.js';

const runner: Runner<(typeof MERGE_OUTPUTS)[number]> = {
  ...runnerOfGate,
  setOutput,
};

const PLAN_FILE = 'plan.json';

/** Targets between two lines of the log. */
const PROGRESS_EVERY = 100;

/**
 * Merges what the shards of a fleet left, against the plan, into one report, and publishes it.
 *
 * @returns the exit code.
 */
export async function runAsMerge(): Promise<number> {
  try {
    const given = readInputs({});
    const plan = await findPlan(given.plan);
    const { records, notes } = await findRecords(resolve(workspace(), given.shards), plan);
    const preset = inputsOfMerge(inputsOfRecords(plan, records));
    const inputs = readInputs(preset);
    const folder = folderOf(inputs);
    const merge = new Merge(plan, {
      showAccounts: inputs.showAccounts,
      mostFindings: MAX_SARIF_RESULTS,
      nowMs: Date.now(),
    });
    const file = await openFleetFile(folder, process.env);
    const matched = matchRecords(plan, records);
    for (const [index, target] of plan.targets.entries()) {
      const merged = await readTarget(target, plan, matched.targets.get(target.id));
      await file.add(merge.add(target, merged));
      if ((index + 1) % PROGRESS_EVERY === 0) {
        logger.info(`${index + 1}/${plan.targets.length} targets merged`);
      }
    }
    const { report, head, ofFleet } = merge.finish([
      ...notesOnPreset(preset, core.getInput),
      ...notes,
      ...notesOnForeign(matched.foreign),
    ]);
    await file.add(ofFleet);
    const written = await file.finish(head);
    const parsed = readContext(process.env);
    const settings = settingsOf(inputs, folder, plan, parsed);
    return await publishFleet(report, written, settings, runner, { parsed, connect, logger });
  } catch (error) {
    return giveUp(error);
  }
}

/** @param preset what the shards tell of the policy file. */
function readInputs(preset: Readonly<Record<string, string>>): MergeInputs {
  return readTable(
    MERGE_INPUTS,
    { getInput: core.getInput, environment: process.env },
    { inputs: preset, problems: [] },
    problemsOfMerge,
  );
}

function problemsOfMerge({ plan, shards }: MergeInputs): string[] {
  return [
    ...(plan === ''
      ? [
          'plan: is required. Give it the path of plan.json, or of the folder that it was downloaded to.',
        ]
      : []),
    ...(shards === ''
      ? [
          'shards: is required. Give it the folder that the artifacts of the shards were downloaded to.',
        ]
      : []),
  ];
}

function workspace(): string {
  return process.env.GITHUB_WORKSPACE || process.cwd();
}

function folderOf({ reportDir }: MergeInputs): string {
  return reportDir === ''
    ? join(process.env.RUNNER_TEMP || tmpdir(), 'apigw-iam-gate-fleet')
    : resolve(workspace(), reportDir);
}

const WITHOUT_PLAN =
  "Without the plan nobody knows what should have been read: see whether the plan's job failed, and download its artifact before this step";

/** The plan of a path; of a folder with several, as after a run was repeated, the one made last. */
async function findPlan(path: string): Promise<Plan> {
  const absolute = resolve(workspace(), path);
  const isFolder = await stat(absolute).then(
    (it) => it.isDirectory(),
    () => false,
  );
  const files = isFolder ? await findFiles(absolute, PLAN_FILE) : [absolute];
  const plans: Plan[] = [];
  const problems: string[] = [];
  for (const file of files) {
    const reading = readLocalFile(workspace(), file);
    const text = reading.ok ? reading.value : null;
    const parsed =
      text === null
        ? failed(reading.ok ? `does not exist. ${WITHOUT_PLAN}` : reading.why)
        : parsePlan(text);
    if (parsed.ok) plans.push(parsed.value);
    else problems.push(`plan: ${path} ${parsed.why}.`);
  }
  const [newest] = plans.toSorted((a, b) => Date.parse(b.madeAt) - Date.parse(a.madeAt));
  // One that cannot be read may be the newest.
  if (newest !== undefined && problems.length === 0) return newest;
  throw new ConfigurationError(
    problems.length > 0 ? problems : [`plan: ${path} holds no plan.json. ${WITHOUT_PLAN}.`],
  );
}

/** After "Re-run all jobs" there is one of each shard of the attempt before: that is one thing to say. */
function notesOnForeign([first, ...others]: readonly FoundRecord[]): string[] {
  if (first === undefined) return [];
  const { shard, attempt } = first.record;
  const it = `of shard ${shard}, attempt ${attempt}`;
  return others.length === 0
    ? [`A record ${it}, belongs to another plan. Nothing of it counts.`]
    : [
        `${others.length + 1} records of shards belong to another plan, such as that ${it}. Nothing of them counts.`,
      ];
}

/** The records of shards in a folder; what is none is said, and counts as if it were not there. */
async function findRecords(
  folder: string,
  plan: Plan,
): Promise<{ readonly records: readonly FoundRecord[]; readonly notes: readonly string[] }> {
  const files = await findFiles(folder, SHARD_FILE).catch((error: unknown) => {
    if (!isSystemError(error)) throw error;
    // No shard has left anything: the plan says what is missing.
    logger.info(`shards: ${folder} cannot be listed (${error.message})`);
    return [];
  });
  const records: FoundRecord[] = [];
  const notes: string[] = [];
  for (const file of files) {
    const reading = readLocalFile(workspace(), file);
    const text = reading.ok ? reading.value : null;
    const parsed =
      text === null ? failed(reading.ok ? 'is gone' : reading.why) : parseShardRecord(text);
    if (parsed.ok) records.push({ folder: dirname(file), record: parsed.value });
    else
      notes.push(
        `The record ${file.slice(folder.length + 1)} ${parsed.why}. Nothing of it counts.`,
      );
  }
  logger.info(
    `${files.length} records of shards found for ${Object.keys(plan.shards).length} shards and ${plan.targets.length} targets`,
  );
  return { records, notes };
}

/** A job that succeeded is not among the failed ones, though its artifact may be cut or gone. */
const AGAIN =
  "Run the failed jobs of the workflow again; where the shard's job succeeded, run that job again.";

/** What became of a target: the reports of the newest attempt that are whole, or why there is none. */
async function readTarget(
  target: PlannedTarget,
  plan: Plan,
  matched: MatchedTarget | undefined,
): Promise<Merged> {
  const shard = Object.entries(plan.shards).find(([, ids]) => ids.includes(target.id))?.[0] ?? '';
  const broken: string[] = [];
  for (const { attempt, files, isAlsoUnread } of matched?.attempts ?? []) {
    const reports: ReportFacts[] = [];
    for (const file of files) {
      const read = readTargetReport(file, target);
      if (read.ok) reports.push(read.value.facts);
      const problem = read.ok ? read.value.contradiction : read.why;
      if (problem !== null) broken.push(`attempt ${attempt}: its report ${problem}`);
    }
    if (reports.length === 0) continue;
    const of = `attempt ${attempt} of shard ${shard}`;
    // Where a later attempt has read it and may have found more, the older report is shown, and is no pass.
    const why =
      files.length > 1
        ? `${of} has left ${files.length} reports of it that differ`
        : (broken[0] ??
          (isAlsoUnread ? `${of} says both that it was read and that it was not` : null));
    if (why === null) return { reports, attempt };
    return { reports, attempt, gap: { kind: 'unreadable', why, fix: AGAIN } };
  }
  const [first] = broken;
  if (first !== undefined) return { gap: { kind: 'unreadable', why: first, fix: AGAIN } };
  if (matched?.unreadable) return { gap: { kind: 'unreadable', ...matched.unreadable } };
  const why = matched?.hasRecord
    ? `the record of shard ${shard} does not name it`
    : `shard ${shard} has left no record: it was cancelled, died, or never started, or its artifact was not downloaded`;
  return { gap: { kind: 'missing', why, fix: AGAIN } };
}

function readTargetReport(
  { folder, sha256, verdict }: ReportFile,
  { id, region }: PlannedTarget,
): Result<ReadReport> {
  const path = join(folder, id, TARGET_REPORT_FILE);
  const reading = readLocalFile(workspace(), path);
  if (!reading.ok) return reading;
  if (reading.value === null) return failed('is not there, although the record names it');
  if (createHash('sha256').update(reading.value).digest('hex') !== sha256) {
    return failed('is not the one that the record names: it was cut or changed');
  }
  const report = readReport(reading.value);
  if (!report.ok) return report;
  const { facts, contradiction } = report.value;
  const { account, region: where } = facts.target;
  if (account !== tokenOf(id) || where !== region) {
    return failed('is about another account or region');
  }
  const other =
    facts.verdict === verdict ? null : `says ${facts.verdict}, and the shard's record ${verdict}`;
  return ok({ facts, contradiction: contradiction ?? other });
}

function settingsOf(
  inputs: MergeInputs,
  reportDir: string,
  { scope, madeAt }: Plan,
  parsed: ReturnType<typeof readContext>,
): PublishSettings {
  const context = parsed.ok ? parsed.context : null;
  const documentation = documentationUrl(process.env, process.argv[1] ?? '');
  // By its targets file, not by what was found: the same fleet keeps its issue whatever it holds.
  const audited = { region: '', apiIds: '*', stages: '*', owner: `fleet:${scope}` } as const;
  return {
    ...inputs,
    reportDir,
    environment: process.env,
    audited,
    fallback: { file: context?.workflowFile ?? scope, line: 1 },
    rules: RULES,
    version: VERSION,
    documentation,
    links: linksOf(context, documentation, process.env),
    category: `${NAME}/fleet/${keyOf(audited)}`,
    begunAtMs: Date.parse(madeAt),
  };
}
