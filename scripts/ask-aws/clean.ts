import { rm } from 'node:fs/promises';
import { planesIn } from './connect.js';
import { Ledger } from './ledger.js';
import { type ControlPlanes, deleteOwned, type Leftovers } from './owned.js';

/** Deletes, and says what became of it. `false` where something is left or nobody could look. */
export async function cleanUp(
  planes: ControlPlanes,
  token: string | undefined,
  pauseMs: number,
): Promise<boolean> {
  let leftovers: Leftovers;
  try {
    leftovers = await deleteOwned(planes, token, pauseMs);
  } catch (error) {
    const why = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    console.error(
      `APIs of this tool may be left in ${planes.region}: they could not be listed (${why}). Run it again with --clean.`,
    );
    return false;
  }
  const { deleted, left } = leftovers;
  console.log(`Deleted ${deleted} ${deleted === 1 ? 'API' : 'APIs'} in ${planes.region}.`);
  for (const { name, why, command } of left)
    console.error(`Not deleted: ${name} (${why}). Delete it with:\n  ${command}`);
  return left.length === 0;
}

/** `--clean`: the region itself, and those that ledgers of earlier runs name. */
export async function cleanAll(
  planes: ControlPlanes,
  folder: string,
  pauseMs: number,
): Promise<boolean> {
  const ledgers = await Ledger.left(folder);
  const regions = new Set([planes.region, ...ledgers.flatMap((it) => it.regions)]);
  const failed = new Set<string>();
  for (const region of regions)
    if (!(await cleanUp(region === planes.region ? planes : planesIn(region), undefined, pauseMs)))
      failed.add(region);
  for (const { path, regions: named } of ledgers)
    if (!named.some((region) => failed.has(region))) await rm(path, { force: true });
  return failed.size === 0;
}
