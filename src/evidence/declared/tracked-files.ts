import type { Files } from './files.js';

/** Remembers what was read, to know the files that another file has put in. */
export class TrackedFiles implements Files {
  readonly #files: Files;
  readonly #read = new Map<string, ReturnType<Files['read']>>();
  #listed: ReturnType<Files['list']> | null = null;
  reads: Set<string> = new Set();

  constructor(files: Files) {
    this.#files = files;
  }

  get root(): string {
    return this.#files.root;
  }

  list(): ReturnType<Files['list']> {
    this.#listed ??= this.#files.list();
    return this.#listed;
  }

  read(path: string, maxBytes: number): ReturnType<Files['read']> {
    this.reads.add(path);
    const known = this.#read.get(path);
    if (known !== undefined) return known;
    const source = this.#files.read(path, maxBytes);
    // What does not exist is asked for often: every frame of every construct is looked for.
    if ('problem' in source) this.#read.set(path, source);
    return source;
  }
}
