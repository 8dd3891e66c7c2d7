/** Keeps the first of very many items in an order, in memory that does not grow with their number. */
export class Worst<T> {
  readonly #most: number;
  readonly #compare: (a: T, b: T) => number;
  #kept: T[] = [];
  #total = 0;

  /** @param most how many are kept. */
  constructor(most: number, compare: (a: T, b: T) => number) {
    this.#most = most;
    this.#compare = compare;
  }

  add(item: T): void {
    this.#total += 1;
    this.#kept.push(item);
    // Seldom enough that sorting costs little an item.
    if (this.#kept.length >= this.#most * 2) this.#cut();
  }

  /** Those that were kept, in their order. */
  get items(): readonly T[] {
    this.#cut();
    return this.#kept;
  }

  /** How many were added that are not kept. */
  get left(): number {
    return Math.max(0, this.#total - this.#most);
  }

  #cut(): void {
    this.#kept = this.#kept.toSorted(this.#compare).slice(0, this.#most);
  }
}
