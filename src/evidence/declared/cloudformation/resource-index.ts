import type { Place } from '../../../model/declared.js';
import type { Resource } from './resources.js';

/** The resources of a template, found by id, by type and by line without looking at all of them. */
export class ResourceIndex {
  readonly all: readonly Resource[];
  readonly #byId = new Map<string, Resource[]>();
  readonly #lines = new Map<string, number[]>();

  constructor(resources: readonly Resource[]) {
    this.all = resources;
    for (const resource of resources) {
      const { file, line } = resource.at;
      this.#byId.set(resource.id, [...(this.#byId.get(resource.id) ?? []), resource]);
      const lines = this.#lines.get(file) ?? [];
      lines.push(line);
      this.#lines.set(file, lines);
    }
    for (const lines of this.#lines.values()) lines.sort((a, b) => a - b);
  }

  /** Every resource with a logical id; one may stand twice. */
  withId(id: string | null): readonly Resource[] {
    return id === null ? [] : (this.#byId.get(id) ?? []);
  }

  /** The line of the resource that follows a place in its file. */
  lineAfter({ file, line }: Place, last: number): number {
    const lines = this.#lines.get(file) ?? [];
    let low = 0;
    let high = lines.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((lines[middle] ?? 0) > line) high = middle;
      else low = middle + 1;
    }
    return lines[low] ?? last;
  }
}
