import { constants } from 'node:fs';
import { cp, mkdir, readdir, rm, stat } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import picomatch from 'picomatch';

/** Why an artifact could not be uploaded or downloaded, in the words of GitHub's actions. */
export class ArtifactError extends Error {
  override readonly name = 'ArtifactError';
}

/** An artifact as a list shows it. */
export interface Artifact {
  readonly name: string;
  readonly files: readonly string[];
}

/** What an upload leaves: undefined where there was nothing to upload. */
export type Uploaded = { readonly files: number } | undefined;

/** packages/artifact of actions/toolkit, path-and-artifact-name-validation.ts. */
const NOT_IN_NAMES = /["<>:|*?\r\n\\/]/;
const NOT_IN_PATHS = /["<>:|*?\r\n]/;
/** README of actions/upload-artifact: artifacts a job. */
const MOST_A_JOB = 500;

/**
 * The artifacts of one run of a workflow, those of all of its attempts. They cannot be changed, and a
 * name is taken once and for all: a second upload answers 409 (actions/upload-artifact from v4 on).
 */
export class ArtifactStore {
  readonly #folder: string;
  readonly #files = new Map<string, readonly string[]>();
  readonly #broken = new Set<string>();
  readonly #byJob = new Map<string, number>();

  /** @param folder where they lie, each in a folder of its name */
  constructor(folder: string) {
    this.#folder = folder;
  }

  get list(): Artifact[] {
    return [...this.#files].map(([name, files]) => ({ name, files }));
  }

  /** Where the files of an artifact lie. */
  folderOf(name: string): string {
    return join(this.#folder, name);
  }

  /** Breaks an artifact: its archive ends too early, so that no download of it succeeds. */
  truncate(name: string): void {
    if (!this.#files.has(name)) throw new Error(`There is no artifact ${name} to be broken`);
    this.#broken.add(name);
  }

  /**
   * Puts an artifact there that this run's own jobs did not upload, of whatever folder.
   *
   * @throws ArtifactError
   */
  async add(name: string, folder: string): Promise<void> {
    await this.upload({ name, paths: [folder], workspace: folder, job: 'elsewhere' });
  }

  /**
   * Uploads files and folders. The root of what is uploaded is the folder itself, or what several paths
   * have in common (src/shared/search.ts of actions/upload-artifact). Hidden files are left out.
   *
   * @param options.paths relative to the workspace; no globs
   * @throws ArtifactError
   */
  async upload(options: {
    readonly name: string;
    readonly paths: readonly string[];
    readonly workspace: string;
    readonly overwrite?: boolean;
    readonly job: string;
  }): Promise<Uploaded> {
    const { name, workspace, job } = options;
    if (name === '' || NOT_IN_NAMES.test(name))
      throw new ArtifactError(`The artifact name is not valid: ${name}.`);
    const roots = options.paths.map((path) => resolve(workspace, path));
    const found = (await Promise.all(roots.map(filesOf))).flat();
    if (found.length === 0) return undefined;
    const root = await rootOf(roots, found);
    const files = [...new Set(found.map((file) => relative(root, file)))].sort();
    for (const file of files)
      if (NOT_IN_PATHS.test(file))
        throw new ArtifactError(`The path for one of the files in artifact is not valid: ${file}.`);
    const before = this.#byJob.get(job) ?? 0;
    if (before >= MOST_A_JOB)
      throw new ArtifactError(`Failed to CreateArtifact: a job can upload ${MOST_A_JOB} artifacts`);
    if (this.#files.has(name)) {
      if (options.overwrite !== true)
        throw new ArtifactError(
          'Failed to CreateArtifact: Received non-retryable error: Failed request: (409) Conflict: an artifact with this name already exists on the workflow run',
        );
      await this.#remove(name);
    }
    // Taken before the first byte is copied, so that of two at once one is refused.
    this.#files.set(name, files);
    this.#byJob.set(job, before + 1);
    for (const file of files) await copy(join(root, file), join(this.folderOf(name), file));
    return { files: files.length };
  }

  /**
   * Downloads one artifact into a folder.
   *
   * @throws ArtifactError where there is none of that name, or it is broken
   */
  async download(name: string, folder: string): Promise<void> {
    if (!this.#files.has(name))
      throw new ArtifactError(
        `Unable to download artifact(s): Artifact not found for name: ${name}`,
      );
    await this.#extract(name, folder);
  }

  /**
   * Downloads every artifact whose name fits a pattern: each into a folder of its name, or with
   * `merge` all into one, where a later file replaces an earlier one of the same path. That none fits is
   * no error (src/download-artifact.ts of actions/download-artifact).
   *
   * @throws ArtifactError where one is broken
   */
  async downloadAll(pattern: string, folder: string, merge: boolean): Promise<string[]> {
    const fits = pattern === '' ? () => true : picomatch(pattern, { nonegate: false });
    const names = [...this.#files.keys()].filter((name) => fits(name));
    for (const name of names) await this.#extract(name, merge ? folder : join(folder, name));
    return names;
  }

  async #extract(name: string, folder: string): Promise<void> {
    if (this.#broken.has(name))
      throw new ArtifactError(
        'Unable to download artifact(s): Unable to download and extract artifact: unexpected end of file',
      );
    await mkdir(folder, { recursive: true });
    for (const file of this.#files.get(name) ?? [])
      await copy(join(this.folderOf(name), file), join(folder, file));
  }

  async #remove(name: string): Promise<void> {
    this.#files.delete(name);
    this.#broken.delete(name);
    await rm(this.folderOf(name), { recursive: true, force: true });
  }
}

async function filesOf(path: string): Promise<string[]> {
  const what = await stat(path).catch(() => undefined);
  if (what === undefined) return [];
  if (!what.isDirectory()) return [path];
  const entries = await readdir(path, { withFileTypes: true });
  const visible = entries.filter(({ name }) => !name.startsWith('.'));
  const found = await Promise.all(visible.map(({ name }) => filesOf(join(path, name))));
  return found.flat();
}

async function rootOf(roots: readonly string[], found: readonly string[]): Promise<string> {
  const [first = sep, ...rest] = roots;
  if (rest.length === 0) return found.length === 1 && found[0] === first ? dirname(first) : first;
  const common = first.split(sep);
  for (const root of rest) {
    const parts = root.split(sep);
    const same = common.findIndex((part, index) => part !== parts[index]);
    if (same >= 0) common.length = same;
  }
  return common.join(sep) || sep;
}

async function copy(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  await cp(from, to, { force: true, mode: constants.COPYFILE_FICLONE });
}
