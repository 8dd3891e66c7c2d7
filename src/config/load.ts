import type { RemoteFile } from '../model/finding.js';
import { failed, ok, type Result } from '../model/result.js';
import { type Baseline, NO_BASELINE, parseBaseline } from './baseline.js';
import type { ParsedConfig } from './compile.js';
import { type Config, DEFAULT_CONFIG } from './config.js';

/** Where a configuration file is looked for when nobody names one. */
const DEFAULT_CONFIG_FILE = '.github/apigw-iam-gate.yml';

/** A file's text, `null` where there is no such file, or why it cannot be read. */
export type FileReading = Result<string | null>;

/** Where files are read from. */
export interface Files {
  /** A file of the workspace, by its path within it, or by an absolute path. */
  readLocal(path: string): FileReading;
  /** Whether the workspace holds nothing at all: no step checked a repository out. */
  isWorkspaceEmpty(): boolean;
  /** A file of another repository. */
  readRemote(file: RemoteFile): Promise<FileReading>;
}

/** A text file by its name, for finding the line that names an API. */
export interface SourceFile {
  readonly file: string;
  readonly text: string;
}

/** The configuration in force, and what was wrong with what should have been. */
export interface LoadedConfig {
  readonly config: Config;
  /** Values for inputs that the workflow gives none for. */
  readonly inputs: Readonly<Record<string, string>>;
  readonly baseline: Baseline;
  /** The configuration file itself, where it is a file of this repository. */
  readonly source: SourceFile | null;
  readonly problems: readonly string[];
  /** Why a configuration file that somebody may have meant was not read. */
  readonly notes: readonly string[];
}

/** The files that a workflow names; `''` where it names none. */
export interface NamedFiles {
  readonly config: string;
  readonly baseline: string;
}

/**
 * Loads the configuration file and the baseline.
 *
 * @param inputs names of the inputs that the file may set.
 */
export async function loadConfig(
  named: NamedFiles,
  inputs: readonly string[],
  files: Files,
): Promise<LoadedConfig> {
  const { parsed, source, problems } = await readConfigFile(named.config, inputs, files);
  const baseline = readBaseline(named.baseline, files);
  return {
    config: parsed.config,
    inputs: parsed.inputs,
    baseline: baseline.ok ? baseline.value : NO_BASELINE,
    source,
    problems: [...problems, ...(baseline.ok ? [] : [baseline.why])],
    notes: named.config === '' && source === null ? notesOnNoFile(files) : [],
  };
}

/** Names that look like the configuration file's and are not read. */
const NEAR_MISSES = ['.github/apigw-iam-gate.yaml', '.github/apigw-iam-gate.json'];

/** Nobody named a configuration file and there is none at its usual place: says where one may be. */
function notesOnNoFile(files: Files): string[] {
  const found: string[] = [];
  for (const path of NEAR_MISSES) {
    const reading = files.readLocal(path);
    if (!reading.ok || reading.value !== null) found.push(path);
  }
  if (found.length > 0) {
    return found.map(
      (path) =>
        `${path} was not read: the policy file is ${DEFAULT_CONFIG_FILE}. Rename it, or set policy-file: ${path}.`,
    );
  }
  if (!files.isWorkspaceEmpty()) return [];
  return [
    `No policy file was read: the workspace is empty. If the repository has ${DEFAULT_CONFIG_FILE}, run actions/checkout before this step.`,
  ];
}

const NO_CONFIG: ParsedConfig = { config: DEFAULT_CONFIG, inputs: {} };

async function readConfigFile(
  name: string,
  inputs: readonly string[],
  files: Files,
): Promise<{ parsed: ParsedConfig; source: SourceFile | null; problems: readonly string[] }> {
  const refuse = (problem: string) => ({ parsed: NO_CONFIG, source: null, problems: [problem] });
  const remote = parseRemote(name);
  const path = name || DEFAULT_CONFIG_FILE;
  const reading = remote === null ? files.readLocal(path) : await files.readRemote(remote);
  if (!reading.ok) return refuse(`policy-file: ${path}: ${reading.why}`);
  if (reading.value === null) {
    if (name === '') return { parsed: NO_CONFIG, source: null, problems: [] };
    const why =
      remote === null
        ? 'there is no such file in the workspace. Check the path, and that actions/checkout runs before this step.'
        : 'there is no such file, or the token may not read the repository. Check owner/repo/path@ref, and give github-token a token that can read it.';
    return refuse(`policy-file: ${path}: ${why}`);
  }
  // Loaded where there is a file: YAML and the schema are a good part of the whole program.
  const { parseConfigFile } = await import('./parse.js');
  const result = parseConfigFile(reading.value, path, inputs, remote);
  const source = remote === null ? { file: path, text: reading.value } : null;
  return result.ok
    ? { parsed: result.value, source, problems: [] }
    : { parsed: NO_CONFIG, source, problems: result.why };
}

/**
 * `owner/repo/path@ref`, as reusable workflows are named; `null` for anything else, which is a path
 * of the workspace.
 */
export function parseRemote(name: string): RemoteFile | null {
  // No owner and no repository has a name of dots alone: those lead to a file of the workspace.
  const match = /^(?!\.{1,2}\/)([\w.-]+)\/(?!\.{1,2}\/)([\w.-]+)\/([^@]+)@([^@\s]+)$/.exec(name);
  const [, owner, repo, path, ref] = match ?? [];
  if (owner === undefined || repo === undefined || path === undefined || ref === undefined) {
    return null;
  }
  return { owner, repo, path, ref };
}

function readBaseline(path: string, files: Files): Result<Baseline> {
  if (path === '') return ok(NO_BASELINE);
  const refuse = (why: string) => failed(`baseline: ${path}: ${why}`);
  const reading = files.readLocal(path);
  if (!reading.ok) return refuse(reading.why);
  if (reading.value === null) {
    return refuse(
      'there is no such file. Give the path of an earlier report.json, or leave baseline out.',
    );
  }
  const parsed = parseBaseline(reading.value);
  return parsed.ok ? parsed : refuse(`${parsed.why}.`);
}

/** The inputs whose values come from the configuration file, as one note: the workflow does not show them. */
export function notesOnPreset(
  preset: Readonly<Record<string, string>>,
  getInput: (name: string) => string,
): string[] {
  const used = Object.entries(preset).filter(([name]) => getInput(name).trim() === '');
  if (used.length === 0) return [];
  const values = used.map(([name, value]) => `${name}: ${value}`).join(', ');
  return [`The policy file sets ${values}.`];
}
