import * as core from '@actions/core';
import type { Basis } from '../gate.js';
import { type Inputs, readInputs } from '../inputs.js';
import { readLocalFile } from '../local-file.js';
import { loadPolicy, notesOnPreset, type SourceFile } from '../policy/load.js';
import { workflowFileOf } from '../policy/locate.js';
import { readRemoteFile } from '../publish/github/remote-file.js';
import { connect } from './connect.js';

/** Reads everything that decides the run: policy file, baseline, inputs, and the workflow's text. */
export async function prepare(): Promise<{ inputs: Inputs; basis: Basis }> {
  const environment = process.env;
  const workspace = environment.GITHUB_WORKSPACE || process.cwd();
  const loaded = await loadPolicy(core.getInput, {
    readLocal: (path) => readLocalFile(workspace, path),
    readRemote: async (file) => {
      const token = core.getInput('github-token');
      return token === ''
        ? { problem: 'needs github-token, which is empty' }
        : readRemoteFile(await connect(token), file);
    },
  });
  const inputs = readInputs({ getInput: core.getInput, environment }, loaded);
  const workflow = await readWorkflow(workspace);
  const sources = [workflow, loaded.source].filter((source) => source !== null);
  const { policy, baseline } = loaded;
  return {
    inputs,
    basis: {
      policy,
      baseline,
      sources,
      notes: notesOnPreset(loaded.inputs, core.getInput),
      today: new Date().toISOString().slice(0, 10),
    },
  };
}

/** The workflow's own file, where it is checked out: findings point at the line that names their API. */
async function readWorkflow(workspace: string): Promise<SourceFile | null> {
  const { GITHUB_WORKFLOW_REF, GITHUB_REPOSITORY } = process.env;
  const file = workflowFileOf(GITHUB_WORKFLOW_REF, GITHUB_REPOSITORY);
  if (file === null) return null;
  const reading = await readLocalFile(workspace, file);
  return 'text' in reading && reading.text !== null ? { file, text: reading.text } : null;
}
