import type { LoggedRequest } from './faults.js';

/** How often one operation of one account and region was answered with one status. */
export interface RequestCount {
  readonly plane: LoggedRequest['plane'];
  readonly accountId: string;
  readonly region: string;
  readonly operation: string;
  /** 0 where the connection was destroyed instead. */
  readonly status: number;
  readonly mutating: boolean;
  count: number;
  /** When the first and the last of them came, in milliseconds since the epoch. */
  readonly firstMs: number;
  lastMs: number;
}

/** What remains of requests where there are too many to keep each. */
export class RequestCounts {
  readonly #counts = new Map<string, RequestCount>();

  add({
    plane,
    operation,
    status,
    mutating,
    atMs,
    accountId = '',
    region = '',
  }: LoggedRequest): void {
    const key = [plane, accountId, region, operation, status].join(' ');
    const known = this.#counts.get(key);
    if (known === undefined) {
      const times = { firstMs: atMs, lastMs: atMs };
      const what = { plane, accountId, region, operation, status, mutating };
      this.#counts.set(key, { ...what, count: 1, ...times });
      return;
    }
    known.count += 1;
    known.lastMs = atMs;
  }

  get all(): RequestCount[] {
    return [...this.#counts.values()];
  }

  clear(): void {
    this.#counts.clear();
  }
}
