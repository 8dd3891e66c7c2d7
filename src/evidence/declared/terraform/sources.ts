import type { Place, Suppression } from '../../../model/declared.js';
import { type Files, normalize } from '../files.js';
import { LIMITS } from '../limits.js';
import { SyntaxProblem } from '../parse-json.js';
import { suppressionComments } from '../suppressions.js';
import { type Attribute, attribute, type Block, literal, parseHcl } from './hcl.js';
import { withOverrides } from './overrides.js';

/** A resource or module block with the file it stands in. */
export interface Source {
  readonly block: Block;
  readonly file: string;
  readonly folder: string;
  readonly lines: readonly string[];
}

/** A file of a folder of which nothing is known. */
export interface Unread {
  readonly reason: string;
  readonly place: Place;
}

interface Folder {
  readonly blocks: readonly Source[];
  readonly unread: readonly Unread[];
}

/** The `.tf` files of the workspace, by folder: read when a line is asked for. */
export class Sources {
  readonly #files: Files;
  #folders: ReadonlyMap<string, readonly string[]> | null = null;
  #foldersInJson: ReadonlyMap<string, readonly string[]> | null = null;
  #modules: ReadonlySet<string> | null = null;
  readonly #read = new Map<string, Folder>();

  constructor(files: Files) {
    this.#files = files;
  }

  /** Folders with `.tf` files. */
  get folders(): ReadonlyMap<string, readonly string[]> {
    if (this.#folders === null) {
      this.#folders = this.#byFolder(/\.(tf|tofu)$/);
    }
    return this.#folders;
  }

  #byFolder(name: RegExp): ReadonlyMap<string, readonly string[]> {
    const paths = this.#files.list().paths.filter((path) => name.test(path));
    return Map.groupBy(paths, (path) => path.slice(0, Math.max(0, path.lastIndexOf('/'))));
  }

  /** The blocks of a folder's files, with what override files say; a file that cannot be parsed has none. */
  blocksIn(folder: string): readonly Source[] {
    return this.#folder(folder).blocks;
  }

  /** The files of a folder that Terraform reads too, and of which no block is known. */
  unreadIn(folder: string): readonly Unread[] {
    return this.#folder(folder).unread;
  }

  #folder(folder: string): Folder {
    const known = this.#read.get(folder);
    if (known !== undefined) return known;
    const blocks: Source[] = [];
    const unread = [...this.#inJson(folder)];
    for (const file of this.folders.get(folder) ?? []) {
      const source = this.#files.read(file, LIMITS.bytes);
      if ('problem' in source) {
        const reason = `${file} ${source.problem}`;
        unread.push({ reason, place: { file, line: 1, column: 1 } });
        continue;
      }
      try {
        const lines = source.text.split('\n');
        blocks.push(
          ...parseHcl(file, source.text).blocks.map((block) => ({ block, file, folder, lines })),
        );
      } catch (error) {
        if (!(error instanceof SyntaxProblem)) throw error;
        unread.push({ reason: `${file} cannot be parsed: ${error.message}`, place: error.place });
      }
    }
    const read = { blocks: withOverrides(blocks), unread };
    this.#read.set(folder, read);
    return read;
  }

  /** Files in Terraform's JSON syntax that may make an API. */
  #inJson(folder: string): readonly Unread[] {
    this.#foldersInJson ??= this.#byFolder(/\.(tf|tofu)\.json$/);
    return (this.#foldersInJson.get(folder) ?? []).flatMap((file): readonly Unread[] => {
      const source = this.#files.read(file, LIMITS.bytes);
      const place = { file, line: 1, column: 1 };
      if ('problem' in source) return [{ reason: `${file} ${source.problem}`, place }];
      if (!mayMakeApisInJson(source.text)) return [];
      return [{ reason: `${file} is in the JSON syntax of Terraform, which is not read`, place }];
    });
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

  /** Whether files of the workspace call a folder as a module. */
  isModule(folder: string): boolean {
    this.#modules ??= new Set(
      [...this.folders.keys()].flatMap((caller) =>
        this.blocksIn(caller).flatMap(({ block }) => {
          if (block.type !== 'module') return [];
          const called = this.moduleFolder(caller, textIn(block, 'source'));
          return called === null || called === caller ? [] : [called];
        }),
      ),
    );
    return this.#modules.has(folder);
  }

  /** The folder of a module that is called from another folder by a local path. */
  moduleFolder(folder: string, source: string | undefined): string | null {
    if (source === undefined || !/^\.\.?(\/|$)/.test(source)) return null;
    return normalize(`${folder}/${source}`);
  }
}

function textIn(block: Block, name: string): string | undefined {
  const value = literal(attribute(block, name)?.expression);
  return typeof value === 'string' ? value : undefined;
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

/** Whether a file in Terraform's JSON syntax may make an API, or a part of one. */
export function mayMakeApisInJson(text: string): boolean {
  const unescaped = text.replaceAll(/\\u([\dA-Fa-f]{4})/g, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
  return /"(?:aws_api_?gateway|awscc_apigateway|aws_cloudcontrolapi|aws_cloudformation|awscc_cloudformation|aws_serverlessapplication|module")/.test(
    unescaped,
  );
}
