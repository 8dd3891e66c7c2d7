import { SeedError } from '../seed-error.js';
import { chanceOf, shuffled } from './chance.js';
import type { Fleet } from './schema.js';
import { zipfSizes } from './sizes.js';

/** Why an account cannot be read. */
export type Obstacle = 'no-role' | 'not-trusted' | 'external-id' | 'suspended';

/** An account of a fleet. */
export interface FleetAccount {
  readonly id: string;
  readonly name: string;
  readonly unit: number;
  readonly obstacle: Obstacle | undefined;
  /** The last region of the fleet is disabled in it. */
  readonly isDisabled: boolean;
}

/** An account in a region. */
export interface FleetTarget {
  readonly index: number;
  readonly account: FleetAccount;
  readonly region: string;
  /** How many APIs there are; none where they cannot be read. */
  readonly apis: number;
  /** Somebody else uses half of its quotas. */
  readonly isBusy: boolean;
  /** Its APIs with a canary that opens a method, by number. */
  readonly canaries: ReadonlySet<number>;
}

/** A fleet, laid out: who is there, and how large; its APIs are made when somebody asks for them. */
export interface FleetWorld {
  readonly fleet: Fleet;
  readonly accounts: readonly FleetAccount[];
  readonly targets: readonly FleetTarget[];
}

const OBSTACLES = ['no-role', 'not-trusted', 'external-id'] as const;

/** So many units, so that an account is found by a path of more than one step. */
export const UNITS = 4;

/**
 * Lays a fleet out by its numbers: the same ones make the same fleet.
 *
 * @throws SeedError where the numbers do not go together
 */
export function layOut(fleet: Fleet): FleetWorld {
  const { seed, regions, denied, suspended, disabled } = fleet;
  if (denied + suspended + disabled >= fleet.accounts)
    throw new SeedError('The fleet has no account left that can be read');
  const order = shuffled(
    Array.from({ length: fleet.accounts }, (_, index) => index),
    seed,
    'accounts',
  );
  const rank = new Map(order.map((index, at) => [index, at]));
  const accounts = order
    .toSorted((one, other) => one - other)
    .map((index): FleetAccount => {
      const at = rank.get(index) ?? 0;
      return {
        id: accountId(index),
        name: `team-${String(index + 1).padStart(3, '0')}`,
        unit: Math.floor(chanceOf(seed, 'unit', index) * UNITS),
        obstacle: obstacleOf(at, fleet),
        isDisabled: at >= denied + suspended && at < denied + suspended + disabled,
      };
    });
  const bare = accounts.flatMap((account) => regions.map((region) => ({ account, region })));
  return { fleet, accounts, targets: fill(bare, fleet) };
}

/** Two of them begin with a zero, as account ids may. */
function accountId(index: number): string {
  const base = index < 2 ? 12_345_670_000 : 300_000_000_000;
  return String(base + index * 104_729).padStart(12, '0');
}

function obstacleOf(at: number, { denied, suspended, externalId }: Fleet): Obstacle | undefined {
  if (at >= denied + suspended) return undefined;
  if (at >= denied) return 'suspended';
  const kinds = externalId === undefined ? OBSTACLES.slice(0, 2) : OBSTACLES;
  return kinds[at % kinds.length];
}

type Bare = Pick<FleetTarget, 'account' | 'region'>;

/** Gives the targets that can be read their APIs: a share of them none, the others by Zipf's law. */
function fill(bare: readonly Bare[], fleet: Fleet): FleetTarget[] {
  const { seed, apis, empty, largest, busy, canaries } = fleet;
  const readable = bare.filter((target) => !isHidden(target, fleet));
  const filled = Math.min(apis, readable.length - Math.floor(readable.length * empty));
  let sizes: number[];
  try {
    sizes = zipfSizes(filled, apis, largest);
  } catch (error) {
    throw new SeedError(`The fleet's APIs: ${error instanceof Error ? error.message : error}`);
  }
  const order = shuffled(readable, seed, 'targets');
  const apisOf = new Map<Bare, number>(order.map((target, at) => [target, sizes[at] ?? 0]));
  // Not the largest one: how long a fleet takes would hang on it.
  const busyOnes = new Set(order.slice(1, 1 + busy));
  const withCanary = new Set(order.slice(0, canaries));
  return bare.map((target, index) => ({
    ...target,
    index,
    apis: apisOf.get(target) ?? 0,
    isBusy: busyOnes.has(target),
    canaries: new Set(withCanary.has(target) ? [0] : []),
  }));
}

/** Whether nobody can read a target. */
export function isHidden({ account, region }: Bare, { regions }: Fleet): boolean {
  return account.obstacle !== undefined || (account.isDisabled && region === regions.at(-1));
}
