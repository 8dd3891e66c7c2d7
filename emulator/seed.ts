import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { addCaller, addRole, createAccount } from './account.js';
import { organizationOfFleet } from './fleet/organization.js';
import { type FleetWorld, layOut } from './fleet/world.js';
import type { Ids } from './ids.js';
import type { AccountState, ExportUnderCanary } from './model.js';
import { apiFrom } from './seed-api.js';
import { SeedError } from './seed-error.js';
import { addIam } from './seed-iam.js';
import { type Seed, type SeedFile, type SeedOrganization, seedSchema } from './seed-schema.js';
import { v2ApiFrom } from './v2/seed-api.js';

export { SeedError } from './seed-error.js';
export type { SeedFile } from './seed-schema.js';

/**
 * Reads a seed's JSON file.
 *
 * @throws SeedError when it is not there, not JSON or not a seed
 */
export async function readSeed(path: string): Promise<SeedFile> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new SeedError(`Cannot read the seed ${path}: ${messageOf(error)}`);
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new SeedError(`The seed ${path} is not JSON: ${messageOf(error)}`);
  }
  return check(parsed, `seed ${path}`);
}

/**
 * The account that seeds describe together; the first that names an account or region decides it.
 *
 * @param context.nowMs becomes the creation date of everything, in milliseconds since the epoch
 * @throws SeedError
 */
export function accountFrom(
  seeds: readonly SeedFile[],
  context: {
    readonly ids: Ids;
    readonly nowMs: number;
    readonly propagationDelayMs: number;
    readonly exportUnderCanary?: ExportUnderCanary;
  },
): AccountState {
  const checked = seeds.map((seed, index) => check(seed, `seed ${index + 1}`));
  const account = createAccount({
    ...first(
      checked.map((seed) => seed.account?.id),
      'accountId',
    ),
    ...first(
      checked.map((seed) => seed.account?.region),
      'region',
    ),
    propagationDelayMs: context.propagationDelayMs,
    ...(context.exportUnderCanary === undefined
      ? {}
      : { exportUnderCanary: context.exportUnderCanary }),
  });
  for (const { untold } of checked) Object.assign(account.v2.switches, untold);
  for (const seed of checked) {
    for (const { policies, ...caller } of seed.callers)
      addCaller(account, {
        ...caller,
        identity: policies && { kind: 'documents', documents: policies.map(documentOf) },
      });
    for (const { policies, trust, ...role } of seed.roles)
      addRole(account, {
        ...role,
        trust: trust && documentOf(trust),
        identityPolicies: policies?.map(documentOf),
        createdAtMs: context.nowMs,
      });
    for (const { id, vpc } of seed.vpcEndpoints) account.vpcEndpoints.set(id, vpc);
    addIam(seed, { account, ...context });
    for (const key of seed.apiKeys) account.apiKeys.set(key.id, key);
    for (const api of seed.apis) {
      if (account.apis.has(api.id)) throw new SeedError(`Two APIs have the id ${api.id}`);
      account.apis.set(api.id, apiFrom(api, account, context));
    }
    for (const { name, pageSize, resources } of seed.stacks) {
      account.stacks.set(name, {
        name,
        pageSize,
        resources: Object.entries(resources).map(([logicalId, { id, nested, ...resource }]) => ({
          ...{ logicalId, ...resource },
          ...(id === undefined ? {} : { id }),
          ...(nested === undefined ? {} : { nested }),
        })),
      });
    }
    for (const api of [...seed.httpApis, ...seed.webSocketApis]) {
      if (account.apis.has(api.id) || account.v2.apis.has(api.id))
        throw new SeedError(`Two APIs have the id ${api.id}`);
      account.v2.apis.set(api.id, v2ApiFrom(api, account.v2.switches, context));
    }
    for (const { name, endpoint, mappings, routingMode, rules } of seed.domainNames) {
      account.domainNames.set(name, {
        name,
        endpointTypes: [endpoint].flat(),
        mappings: mappings.map(({ basePath, api, stage, listedBy }) => ({
          basePath,
          apiId: api,
          ...(listedBy === undefined ? {} : { listedBy }),
          ...(stage === undefined ? {} : { stage }),
        })),
        ...(routingMode === undefined ? {} : { routingMode }),
        rules: rules.map(({ api, ...rule }) => ({ ...rule, id: context.ids.next(6), apiId: api })),
      });
    }
  }
  return account;
}

/** Several accounts, as seeds describe them. */
export interface SeededEstate {
  readonly organization: SeedOrganization;
  /** The fleet that the organization was made of. */
  readonly world: FleetWorld | undefined;
}

/**
 * The organization or the fleet that seeds describe; undefined where there is one account alone. The first
 * that has either decides it.
 *
 * @param base what becomes the management account
 * @throws SeedError
 */
export function estateOf(seeds: readonly SeedFile[], base: AccountState): SeededEstate | undefined {
  const checked = seeds.map((seed, index) => check(seed, `seed ${index + 1}`));
  const seed = checked.find(({ organization, fleet }) => organization ?? fleet);
  if (seed?.organization !== undefined) {
    if (seed.fleet !== undefined)
      throw new SeedError('A seed has an organization or a fleet, not both');
    return { organization: seed.organization, world: undefined };
  }
  if (seed?.fleet === undefined) return undefined;
  const world = layOut(seed.fleet);
  const organization = organizationOfFleet(world, base.accountId, base.partition);
  return { organization, world };
}

function documentOf(document: object): string {
  return JSON.stringify(document);
}

function first<K extends string>(
  values: readonly (string | undefined)[],
  key: K,
): Partial<Record<K, string>> {
  const value = values.find((candidate) => candidate !== undefined);
  const found: Partial<Record<K, string>> = {};
  if (value !== undefined) found[key] = value;
  return found;
}

function check(seed: unknown, name: string): Seed {
  const result = seedSchema.safeParse(seed);
  if (result.success) return result.data;
  throw new SeedError(`The ${name} is not valid:\n${problems(result.error).join('\n')}`);
}

/** One line a problem; of a wrong key, what is wrong with it and not only that it is. */
function problems(error: z.ZodError): string[] {
  return error.issues.flatMap((issue) => {
    const messages =
      issue.code === 'invalid_key' ? issue.issues.map(({ message }) => message) : [issue.message];
    const place = z.core.toDotPath(issue.path);
    return messages.map((message) => `  ${place === '' ? 'the seed' : place}: ${message}`);
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
