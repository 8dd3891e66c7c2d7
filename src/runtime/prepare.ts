import { loadConfig, notesOnPreset, type SourceFile } from '../config/load.js';
import { workflowFileOf } from '../config/locate.js';
import { findLink } from '../files/folder.js';
import { readLocalFile } from '../files/local-file.js';
import { readWorkspaceFile } from '../files/workspace-file.js';
import type { Assignment } from '../gate/assignment.js';
import { problemsOfFiles } from '../inputs/files.js';
import { judgesFiles, readInputs } from '../inputs/inputs.js';
import { INPUTS, INPUTS_IN_FILE, type Inputs } from '../inputs/table.js';
import type { Declared } from '../model/declared.js';
import { ConfigurationError } from '../model/errors.js';
import { failed } from '../model/result.js';
import { deadlineIn } from '../publish/deadline.js';
import { readRemoteFile } from '../publish/github/remote-file.js';
import type { Host } from './host.js';
import { isEmptyFolder } from './workspace.js';

/** What reading the configuration file of another repository may take. */
const REMOTE_FILE_MS = 120_000;

/** Reads everything that decides the run: configuration file, baseline, inputs, and the workflow's text. */
export async function prepare(host: Host): Promise<Assignment> {
  const { environment, getInput } = host;
  const workspace = environment.GITHUB_WORKSPACE || process.cwd();
  const named = {
    config: getInput(INPUTS.policyFile.name),
    baseline: getInput(INPUTS.baseline.name),
  };
  const loaded = await loadConfig(named, INPUTS_IN_FILE, {
    readLocal: (path) => readWorkspaceFile(workspace, path),
    isWorkspaceEmpty: () => host.needsCheckout && isEmptyFolder(workspace),
    readRemote: async (file) => {
      const token = getInput(INPUTS.githubToken.name);
      return token === ''
        ? failed('needs github-token, which is empty')
        : readRemoteFile(await host.connect(token, deadlineIn(REMOTE_FILE_MS)), file, token);
    },
  });
  const reportDir = await host.openFolder(getInput(INPUTS.reportDir.name), named.baseline);
  const inputs = {
    ...readInputs({ getInput, environment }, loaded),
    reportDir,
  };
  if (inputs.mode === 'enforce') await refuseLink(reportDir, environment);
  const workflow = readWorkflow(workspace, environment);
  const sources = [workflow, loaded.source].filter((source) => source !== null);
  const declared = await readFiles(workspace, inputs, host);
  return {
    inputs,
    preset: loaded.inputs,
    basis: {
      policy: loaded.config,
      baseline: loaded.baseline,
      sources,
      notes: [...loaded.notes, ...notesOnPreset(loaded.inputs, getInput)],
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
async function readFiles(
  workspace: string,
  inputs: Inputs,
  { allowsNoApi }: Host,
): Promise<Declared | null> {
  if (!judgesFiles(inputs)) return null;
  // Parsers of every language: no run without files needs them.
  const { readDeclared } = await import('../evidence/declared/read.js');
  const { templates, planFile, parameters } = inputs;
  const declared = await readDeclared({ workspace, templates, planFile, parameters });
  const problems = problemsOfFiles(declared, inputs, allowsNoApi);
  if (problems.length > 0) throw new ConfigurationError(problems);
  return declared;
}

/** What enforce journals there decides what is rolled back: nobody may lead it elsewhere. */
async function refuseLink(folder: string, environment: Host['environment']): Promise<void> {
  const link = await findLink(folder, environment);
  if (link === null) return;
  throw new ConfigurationError([
    `report-dir: ${link} is a link, and the journal is not written through one. Name the folder that it leads to.`,
  ]);
}

/** The workflow's own file, where it is checked out: findings point at the line that names their API. */
function readWorkflow(
  workspace: string,
  { GITHUB_WORKFLOW_REF, GITHUB_REPOSITORY }: Host['environment'],
): SourceFile | null {
  const file = workflowFileOf(GITHUB_WORKFLOW_REF, GITHUB_REPOSITORY);
  if (file === null) return null;
  const reading = readLocalFile(workspace, file);
  return reading.ok && reading.value !== null ? { file, text: reading.value } : null;
}
