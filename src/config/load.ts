import { parseBaseline } from './baseline.js';
import { DEFAULT_POLICY, type Policy } from './config.js';
import type { ParsedPolicy } from './parse.js';

/** Where a policy file is looked for when nobody names one. */
export const DEFAULT_POLICY_FILE = '.github/apigw-iam-gate.yml';

/** A file's text, `null` where there is no such file, or why it cannot be read. */
export type FileReading = { readonly text: string | null } | { readonly problem: string };

/** Where files are read from. */
export interface Files {
  /** A file of the workspace, by its path within it, or by an absolute path. */
  readLocal(path: string): Promise<FileReading>;
  /** Whether the workspace holds nothing at all: no step checked a repository out. */
  isWorkspaceEmpty(): Promise<boolean>;
  /** A file of another repository. */
  readRemote(file: RemoteFile): Promise<FileReading>;
}

/** A file of a repository at a branch, tag or commit. */
export interface RemoteFile {
  readonly owner: string;
  readonly repo: string;
  readonly path: string;
  readonly ref: string;
}

/** A text file by its name, for finding the line that names an API. */
export interface SourceFile {
  readonly file: string;
  readonly text: string;
}

/** The policy in force, and what was wrong with what should have been. */
export interface LoadedPolicy {
  readonly policy: Policy;
  /** Values for inputs that the workflow gives none for. */
  readonly inputs: Readonly<Record<string, string>>;
  /** Fingerprints of known findings. */
  readonly baseline: ReadonlySet<string>;
  /** The policy file itself, where it is a file of this repository. */
  readonly source: SourceFile | null;
  readonly problems: readonly string[];
  /** Why a policy file that somebody may have meant was not read. */
  readonly notes: readonly string[];
}

/**
 * Loads the policy file and the baseline.
 *
 * @param getInput the workflow's own value of an input, `''` where it gives none.
 */
export async function loadPolicy(
  getInput: (name: string) => string,
  files: Files,
): Promise<LoadedPolicy> {
  const name = getInput('policy-file');
  const { parsed, source, problems } = await readPolicyFile(name, files);
  const baseline = await readBaseline(getInput('baseline'), files);
  return {
    policy: parsed.policy,
    inputs: parsed.inputs,
    baseline: typeof baseline === 'string' ? new Set() : baseline,
    source,
    problems: [...problems, ...(typeof baseline === 'string' ? [baseline] : [])],
    notes: name === '' && source === null ? await notesOnNoFile(files) : [],
  };
}

/** Names that look like the policy file's and are not read. */
const NEAR_MISSES = ['.github/apigw-iam-gate.yaml', '.github/apigw-iam-gate.json'];

/** Nobody named a policy file and there is none: says where one may be all the same. */
async function notesOnNoFile(files: Files): Promise<string[]> {
  const found: string[] = [];
  for (const path of NEAR_MISSES) {
    const reading = await files.readLocal(path);
    if ('problem' in reading || reading.text !== null) found.push(path);
  }
  if (found.length > 0) {
    return found.map(
      (path) =>
        `${path} was not read: the policy file is ${DEFAULT_POLICY_FILE}. Rename it, or set policy-file: ${path}.`,
    );
  }
  if (!(await files.isWorkspaceEmpty())) return [];
  return [
    `No policy file was read: the workspace is empty. If the repository has ${DEFAULT_POLICY_FILE}, run actions/checkout before this step.`,
  ];
}

const NO_POLICY: ParsedPolicy = { policy: DEFAULT_POLICY, inputs: {} };

async function readPolicyFile(
  name: string,
  files: Files,
): Promise<{ parsed: ParsedPolicy; source: SourceFile | null; problems: readonly string[] }> {
  const refuse = (problem: string) => ({ parsed: NO_POLICY, source: null, problems: [problem] });
  const remote = parseRemote(name);
  const path = name || DEFAULT_POLICY_FILE;
  const reading = await (remote === null ? files.readLocal(path) : files.readRemote(remote));
  if ('problem' in reading) return refuse(`policy-file: ${path}: ${reading.problem}`);
  if (reading.text === null) {
    if (name === '') return { parsed: NO_POLICY, source: null, problems: [] };
    const why =
      remote === null
        ? 'there is no such file in the workspace. Check the path, and that actions/checkout runs before this step.'
        : 'there is no such file, or the token may not read the repository. Check owner/repo/path@ref, and give github-token a token that can read it.';
    return refuse(`policy-file: ${path}: ${why}`);
  }
  // Loaded where there is a file: YAML and the schema are a good part of the whole program.
  const { parsePolicyFile } = await import('./parse.js');
  const result = parsePolicyFile(reading.text, path);
  const source = remote === null ? { file: path, text: reading.text } : null;
  return result.ok
    ? { parsed: result.value, source, problems: [] }
    : { parsed: NO_POLICY, source, problems: result.problems };
}

/**
 * `owner/repo/path@ref`, as reusable workflows are named; `null` for anything else, which is a path
 * of the workspace.
 */
export function parseRemote(name: string): RemoteFile | null {
  const match = /^([\w.-]+)\/([\w.-]+)\/([^@]+)@([^@\s]+)$/.exec(name);
  const [, owner, repo, path, ref] = match ?? [];
  if (owner === undefined || repo === undefined || path === undefined || ref === undefined) {
    return null;
  }
  return { owner, repo, path, ref };
}

async function readBaseline(path: string, files: Files): Promise<ReadonlySet<string> | string> {
  if (path === '') return new Set();
  const reading = await files.readLocal(path);
  if ('problem' in reading) return `baseline: ${path}: ${reading.problem}`;
  if (reading.text === null) {
    return `baseline: ${path}: there is no such file. Give the path of an earlier report.json, or leave baseline out.`;
  }
  const parsed = parseBaseline(reading.text);
  return parsed.ok ? parsed.value : `baseline: ${path}: ${parsed.why}.`;
}

/** The inputs whose values come from the policy file, as one note: who reads the workflow does not see them. */
export function notesOnPreset(
  preset: Readonly<Record<string, string>>,
  getInput: (name: string) => string,
): string[] {
  const used = Object.entries(preset).filter(([name]) => getInput(name).trim() === '');
  if (used.length === 0) return [];
  const values = used.map(([name, value]) => `${name}: ${value}`).join(', ');
  return [`The policy file sets ${values}.`];
}
