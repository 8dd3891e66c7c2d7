import * as core from '@actions/core';
import { loadConfig, notesOnPreset, type SourceFile } from '../config/load.js';
import { workflowFileOf } from '../config/locate.js';
import { findLink } from '../files/folder.js';
import { readLocalFile } from '../files/local-file.js';
import { openReportFolder } from '../files/report-folder.js';
import type { Assignment } from '../gate/assignment.js';
import { problemsOfFiles } from '../inputs/files.js';
import { judgesFiles, readInputs } from '../inputs/inputs.js';
import { INPUTS, INPUTS_IN_FILE, type Inputs } from '../inputs/table.js';
import type { Declared } from '../model/declared.js';
import { ConfigurationError } from '../model/errors.js';
import { failed } from '../model/result.js';
import { deadlineIn } from '../publish/deadline.js';
import { readRemoteFile } from '../publish/github/remote-file.js';
import { connect } from './connect.js';
import { isEmptyFolder } from './workspace.js';

/** What reading the configuration file of another repository may take. */
const REMOTE_FILE_MS = 120_000;

/** Reads everything that decides the run: configuration file, baseline, inputs, and the workflow's text. */
export async function prepare(): Promise<Assignment> {
  const environment = process.env;
  const workspace = environment.GITHUB_WORKSPACE || process.cwd();
  const named = {
    config: core.getInput(INPUTS.policyFile.name),
    baseline: core.getInput(INPUTS.baseline.name),
  };
  const loaded = await loadConfig(named, INPUTS_IN_FILE, {
    readLocal: (path) => readLocalFile(workspace, path),
    isWorkspaceEmpty: () => isEmptyFolder(workspace),
    readRemote: async (file) => {
      const token = core.getInput(INPUTS.githubToken.name);
      return token === ''
        ? failed('needs github-token, which is empty')
        : readRemoteFile(await connect(token, deadlineIn(REMOTE_FILE_MS)), file, token);
    },
  });
  const reportDir = await openReportFolder(
    core.getInput(INPUTS.reportDir.name),
    named.baseline,
    environment,
  );
  const inputs = {
    ...readInputs({ getInput: core.getInput, environment }, loaded),
    reportDir,
  };
  if (inputs.mode === 'enforce') await refuseLink(reportDir, environment);
  const workflow = await readWorkflow(workspace);
  const sources = [workflow, loaded.source].filter((source) => source !== null);
  const declared = await readFiles(workspace, inputs);
  return {
    inputs,
    basis: {
      policy: loaded.config,
      baseline: loaded.baseline,
      sources,
      notes: [...loaded.notes, ...notesOnPreset(loaded.inputs, core.getInput)],
      declared,
      today: new Date().toISOString().slice(0, 10),
    },
  };
}

/**
 * What the files declare, `null` where none is given.
 *
 * @throws ConfigurationError where what was asked for cannot be meant.
 */
async function readFiles(workspace: string, inputs: Inputs): Promise<Declared | null> {
  if (!judgesFiles(inputs)) return null;
  // Parsers of every language: no run without files needs them.
  const { readDeclared } = await import('../evidence/declared/read.js');
  const { templates, planFile, parameters } = inputs;
  const declared = await readDeclared({ workspace, templates, planFile, parameters });
  const problems = problemsOfFiles(declared, inputs);
  if (problems.length > 0) throw new ConfigurationError(problems);
  return declared;
}

/** What enforce journals there decides what is rolled back: nobody may lead it elsewhere. */
async function refuseLink(folder: string, environment: NodeJS.ProcessEnv): Promise<void> {
  const link = await findLink(folder, environment);
  if (link === null) return;
  throw new ConfigurationError([
    `report-dir: ${link} is a link, and the journal is not written through one. Name the folder that it leads to.`,
  ]);
}

/** The workflow's own file, where it is checked out: findings point at the line that names their API. */
async function readWorkflow(workspace: string): Promise<SourceFile | null> {
  const { GITHUB_WORKFLOW_REF, GITHUB_REPOSITORY } = process.env;
  const file = workflowFileOf(GITHUB_WORKFLOW_REF, GITHUB_REPOSITORY);
  if (file === null) return null;
  const reading = await readLocalFile(workspace, file);
  return reading.ok && reading.value !== null ? { file, text: reading.value } : null;
}
