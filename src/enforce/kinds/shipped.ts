import { createHash } from 'node:crypto';
import { pages } from '../../aws/pages.js';
import { reading } from '../../evidence/reading.js';
import { canonicalJson } from '../../model/json-data.js';
import { interference } from '../transaction/stopped.js';

/*
 * A deployment ships all of an API, and tells nothing of what it holds besides methods. What is as it was
 * before the first change, once the deployment is made, was so in between, too.
 */

/** What a deployment ships besides methods: the hash of each part, by its name. */
export type Shipped = ReadonlyMap<string, string>;

/** Reads a part of an API, or several, with one call or one list. */
export interface ShippedReader {
  /** The parts that it reads, as people name them after "the API's": `models`. */
  readonly names: readonly string[];
  readonly call: string;
  /** A value for each name, in their order. */
  readonly read: () => Promise<readonly unknown[]>;
}

/** Reads a list to its end; AWS returns it in no order of its own. */
export function listReader<P>(
  name: string,
  call: string,
  readPage: (token: string | undefined) => Promise<P>,
  next: (page: P) => string | undefined,
  itemsOf: (page: P) => readonly unknown[],
): ShippedReader {
  const read = async (): Promise<[string[]]> => [await sortedItems(call, readPage, next, itemsOf)];
  return { names: [name], call, read };
}

/** Every item of a list as canonical JSON, in one order. */
export async function sortedItems<P>(
  call: string,
  readPage: (token: string | undefined) => Promise<P>,
  next: (page: P) => string | undefined,
  itemsOf: (page: P) => readonly unknown[],
): Promise<string[]> {
  const items: string[] = [];
  for await (const page of pages(call, readPage, next)) {
    items.push(...itemsOf(page).map(canonicalJson));
  }
  return items.sort();
}

/** What is shipped now, and what of it could not be read, as notes for a reader. */
export async function readShipped(
  readers: readonly ShippedReader[],
): Promise<{ readonly shipped: Shipped; readonly uncompared: readonly string[] }> {
  const shipped = new Map<string, string>();
  const uncompared: string[] = [];
  for (const { names, call, read } of readers) {
    const found = await reading(call, read);
    if (found.readable) {
      for (const [index, name] of names.entries()) shipped.set(name, hashOf(found.value[index]));
      continue;
    }
    const { call: failed, reason, remedy } = found;
    uncompared.push(
      `Whether somebody changes the API's ${names.join(', ')} before the deployment is made will not be noticed: ${failed} ${reason}. ${remedy}`,
    );
  }
  return { shipped, uncompared };
}

/**
 * Reads once more what was read before the first change.
 *
 * @throws EnforcementStopped where it has changed; AwsFailure where it cannot be read any more.
 */
export async function refuseOtherShipped(
  before: Shipped | undefined,
  readers: readonly ShippedReader[],
): Promise<void> {
  if (before === undefined) return;
  for (const { names, read } of readers) {
    if (!names.some((name) => before.has(name))) continue;
    const now = await read();
    const changed = names.filter((name, index) => before.get(name) !== hashOf(now[index]));
    if (changed.length > 0) throw interference(`the API's ${changed.join(', ')} changed`);
  }
}

function hashOf(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('base64');
}
