import type { Place } from '../../../model/declared.js';
import type { Files } from '../files.js';
import { type Module, moduleAt, moduleNames, type Plan, type Planned } from './plan-model.js';
import { placeOf, type Source, Sources } from './sources.js';

/** The lines of a plan's resources in the `.tf` files of the workspace. */
export class PlanPlaces {
  readonly #file: string;
  readonly #plan: Plan;
  readonly #sources: Sources;
  readonly #root: string | null;

  constructor(file: string, plan: Plan, files: Files) {
    this.#file = file;
    this.#plan = plan;
    this.#sources = new Sources(files);
    const own = plan.resources
      .filter(({ module }) => module === '')
      .map(({ type, name }) => [type, name] as const);
    const planFolder = file.includes('/') ? file.slice(0, file.lastIndexOf('/')) : '';
    this.#root =
      own.length > 0
        ? this.#sources.rootOf(own, planFolder)
        : this.#rootByCalls([...plan.root.calls.keys()], planFolder);
  }

  /** A root module that has modules alone is known by their blocks. */
  #rootByCalls(names: readonly string[], planFolder: string): string | null {
    if (names.length === 0) return null;
    const holds = (folder: string) =>
      names.every((name) => this.#sources.find(folder, 'module', [name]) !== undefined);
    if (holds(planFolder)) return planFolder;
    const all = [...this.#sources.folders.keys()].filter(holds);
    return all.length === 1 ? (all[0] ?? null) : null;
  }

  sourceOf({ module, type, name }: Planned): Source | undefined {
    const folder = this.#folderOf(module);
    return folder === null ? undefined : this.#sources.find(folder, 'resource', [type, name]);
  }

  #folderOf(module: string): string | null {
    let folder = this.#root;
    let within = this.#plan.root;
    for (const name of moduleNames(module)) {
      const call = within.calls.get(name);
      if (folder === null || call === undefined) return null;
      folder = this.#sources.moduleFolder(folder, call.source);
      within = call.module;
    }
    return folder;
  }

  /**
   * Whether the plan is of a folder of `.tf` files. Where it is not known which folder a module comes from, it
   * may be any whose resources and modules it has.
   */
  covers(folder: string): boolean {
    const blocks = this.#sources
      .blocksIn(folder)
      .filter(({ block }) => block.type === 'resource' || block.type === 'module');
    return blocks.length === 0 || this.#isOf(folder, blocks, this.#plan.root, this.#root);
  }

  #isOf(folder: string, blocks: readonly Source[], module: Module, at: string | null): boolean {
    const isHere =
      at === null
        ? blocks.every(({ block }) =>
            block.type === 'module'
              ? module.calls.has(block.labels[0] ?? '')
              : module.resources.has(block.labels.join('.')),
          )
        : at === folder;
    return (
      isHere ||
      [...module.calls.values()].some((call) => {
        const inside = at === null ? null : this.#sources.moduleFolder(at, call.source);
        return this.#isOf(folder, blocks, call.module, inside);
      })
    );
  }

  /** The line of an attribute; for a module from elsewhere the block that calls it; else the plan. */
  place(resource: Planned, source: Source | undefined, name: string): Place {
    if (source !== undefined) return placeOf(source, name);
    let folder = this.#root;
    let called: Source | undefined;
    let within = '';
    for (const part of moduleNames(resource.module)) {
      if (folder === null) break;
      const block = this.#sources.find(folder, 'module', [part]);
      if (block === undefined) break;
      called = block;
      const call = moduleAt(this.#plan.root, within)?.calls.get(part);
      folder = this.#sources.moduleFolder(folder, call?.source);
      within = within === '' ? `module.${part}` : `${within}.module.${part}`;
    }
    return called?.block.at ?? { file: this.#file, line: 1, column: 1 };
  }
}
