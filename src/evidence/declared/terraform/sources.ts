import type { Place, Suppression } from '../../../model/declared.js';
import { type Files, normalize } from '../files.js';
import { LIMITS } from '../limits.js';
import { SyntaxProblem } from '../parse-json.js';
import { suppressionComments } from '../suppressions.js';
import { type Attribute, attribute, type Block, parseHcl } from './hcl.js';

/** A resource or module block with the file it stands in. */
export interface Source {
  readonly block: Block;
  readonly file: string;
  readonly folder: string;
  readonly lines: readonly string[];
}

/** The `.tf` files of the workspace, by folder: read when a line is asked for. */
export class Sources {
  readonly #files: Files;
  #folders: ReadonlyMap<string, readonly string[]> | null = null;
  readonly #read = new Map<string, readonly Source[]>();

  constructor(files: Files) {
    this.#files = files;
  }

  /** Folders with `.tf` files. */
  get folders(): ReadonlyMap<string, readonly string[]> {
    if (this.#folders === null) {
      const folders = new Map<string, string[]>();
      for (const path of this.#files.list().paths) {
        if (!path.endsWith('.tf') && !path.endsWith('.tofu')) continue;
        const slash = path.lastIndexOf('/');
        const folder = slash < 0 ? '' : path.slice(0, slash);
        folders.set(folder, [...(folders.get(folder) ?? []), path]);
      }
      this.#folders = folders;
    }
    return this.#folders;
  }

  /** The blocks of a folder's files; a file that cannot be parsed has none. */
  blocksIn(folder: string): readonly Source[] {
    const known = this.#read.get(folder);
    if (known !== undefined) return known;
    const blocks = (this.folders.get(folder) ?? []).flatMap((file): readonly Source[] => {
      const source = this.#files.read(file, LIMITS.bytes);
      if ('problem' in source) return [];
      try {
        const lines = source.text.split('\n');
        return parseHcl(file, source.text).blocks.map((block) => ({ block, file, folder, lines }));
      } catch (error) {
        if (!(error instanceof SyntaxProblem)) throw error;
        return [];
      }
    });
    this.#read.set(folder, blocks);
    return blocks;
  }

  find(folder: string, type: string, labels: readonly string[]): Source | undefined {
    return this.blocksIn(folder).find(
      ({ block }) =>
        block.type === type && labels.every((label, index) => block.labels[index] === label),
    );
  }

  /** The only folder, or the one nearest to the plan, whose blocks are those of the root module. */
  rootOf(resources: readonly (readonly [string, string])[], planFolder: string): string | null {
    const [first] = resources;
    if (first === undefined) return null;
    const holds = (folder: string) =>
      resources.every(([type, name]) => this.find(folder, 'resource', [type, name]) !== undefined);
    for (
      let folder = planFolder;
      ;
      folder = folder.slice(0, Math.max(folder.lastIndexOf('/'), 0))
    ) {
      if (holds(folder)) return folder;
      if (folder === '') break;
    }
    const all = [...this.folders.keys()].filter(holds);
    return all.length === 1 ? (all[0] ?? null) : null;
  }

  /** The folder of a module that is called from another folder by a local path. */
  moduleFolder(folder: string, source: string | undefined): string | null {
    if (source === undefined || !/^\.\.?(\/|$)/.test(source)) return null;
    return normalize(`${folder}/${source}`);
  }
}

/** The line of an attribute, else of its block. */
export function placeOf(source: Source, name: string): Place {
  return attribute(source.block, name)?.at ?? source.block.at;
}

export function attributeOf(source: Source | undefined, name: string): Attribute | undefined {
  return attribute(source?.block, name);
}

/** checkov's comments in a block. */
export function suppressionsOf(source: Source | undefined): readonly Suppression[] {
  if (source === undefined) return [];
  return suppressionComments(source.lines, source.block.at, source.block.endLine + 1);
}
