import { addCaller, addRole } from '../account.js';
import type { FleetWorld } from '../fleet/world.js';
import type { AccountState, RoleState } from '../model.js';
import { SeedError } from '../seed-error.js';
import type { SeedApi, SeedCaller, SeedOrganization, SeedRole } from '../seed-schema.js';
import type { SeedV2Api } from '../v2/seed-schema.js';
import { Estate } from './estate.js';
import type { MemberState, OrganizationState, UnitState } from './model.js';
import { regionsWith } from './regions.js';

/** What an estate is made with. */
export interface EstateContext {
  readonly nowMs: number;
  readonly keepsQuotas: boolean;
  /** The fleet that the organization was made of. */
  readonly world: FleetWorld | undefined;
}

/**
 * The estate that a seed's organization describes.
 *
 * @param base the account that the seed describes otherwise: the management account in the region of
 *   the seed
 * @throws SeedError where the organization refers to something that it does not hold
 */
export function estateFrom(
  seed: SeedOrganization,
  base: AccountState,
  context: EstateContext,
): Estate {
  const managementId = seed.management ?? base.accountId;
  if (managementId !== base.accountId)
    throw new SeedError(
      `The management account is ${managementId}, and the seed's own account ${base.accountId}: they must be the same`,
    );
  const organization: OrganizationState = {
    id: seed.id,
    managementId,
    rootId: seed.root,
    units: unitsOf(seed),
    members: new Map(),
    delegated: new Map(
      seed.delegatedAdministrators.map(({ account, services }) => [account, new Set(services)]),
    ),
    trustedAccess: new Set(seed.trustedAccess),
    forms: seed.forms,
  };
  const apis = new Map<string, ReadonlyMap<string, readonly SeedApi[]>>();
  const v2Apis = new Map<string, ReadonlyMap<string, readonly SeedV2Api[]>>();
  const own = seed.accounts.some(({ id }) => id === managementId)
    ? []
    : [{ ...EMPTY, id: managementId, name: 'management' }];
  for (const account of [...own, ...seed.accounts]) {
    if (organization.members.has(account.id))
      throw new SeedError(`The organization has the account ${account.id} twice`);
    const member = memberFrom(account, seed, organization, base, context);
    organization.members.set(member.id, member);
    apis.set(account.id, new Map(Object.entries(account.apis)));
    v2Apis.set(account.id, v2ApisOf(account));
    for (const caller of account.callers) addMemberCaller(base, member, organization, caller);
  }
  for (const caller of base.callers.values()) caller.organizationId ??= organization.id;
  return new Estate(base, organization, { ...context, apis, v2Apis });
}

/** HTTP and WebSocket APIs of an account by region. */
function v2ApisOf({ httpApis, webSocketApis }: V2ApisOfAccount): Map<string, SeedV2Api[]> {
  const byRegion = new Map<string, SeedV2Api[]>();
  for (const [region, apis] of [...Object.entries(httpApis), ...Object.entries(webSocketApis)])
    byRegion.set(region, [...(byRegion.get(region) ?? []), ...apis]);
  return byRegion;
}

interface V2ApisOfAccount {
  readonly httpApis: Readonly<Record<string, readonly SeedV2Api[]>>;
  readonly webSocketApis: Readonly<Record<string, readonly SeedV2Api[]>>;
}

type SeedAccount = SeedOrganization['accounts'][number];

const EMPTY = {
  state: 'ACTIVE',
  regions: {},
  roles: [],
  callers: [],
  identityProviders: {},
  apis: {},
  httpApis: {},
  webSocketApis: {},
} satisfies Partial<SeedAccount>;

function unitsOf(seed: SeedOrganization): Map<string, UnitState> {
  const units = new Map(
    seed.units.map(({ id, name, parent = seed.root }) => [id, { id, name, parentId: parent }]),
  );
  for (const { id, parentId } of units.values())
    if (parentId !== seed.root && !units.has(parentId))
      throw new SeedError(`The unit ${id} is in ${parentId}, which is not listed`);
  return units;
}

function memberFrom(
  seed: SeedAccount,
  { root }: SeedOrganization,
  organization: OrganizationState,
  base: AccountState,
  { nowMs }: EstateContext,
): MemberState {
  const parentId = seed.parent ?? root;
  if (parentId !== root && !organization.units.has(parentId))
    throw new SeedError(`The account ${seed.id} is in ${parentId}, which is not listed`);
  const isManagement = seed.id === base.accountId;
  const roles = isManagement ? base.roles : new Map<string, RoleState>();
  const owner = { ...base, accountId: seed.id, roles };
  for (const role of seed.roles) addMemberRole(owner, role, base, nowMs);
  return {
    id: seed.id,
    name: seed.name,
    email: seed.email ?? `aws+${seed.id}@example.com`,
    state: seed.state,
    parentId,
    regions: regionsWith(seed.regions),
    roles,
    identityProviders: new Map(
      Object.entries(seed.identityProviders).map(([issuer, audiences]) => [
        issuer,
        new Set(audiences),
      ]),
    ),
  };
}

/** As of a role that Organizations makes in a new account, the management account may assume it. */
function addMemberRole(
  owner: AccountState,
  { policies, trust, ...role }: SeedRole,
  base: AccountState,
  createdAtMs: number,
): void {
  addRole(owner, {
    ...role,
    createdAtMs,
    identityPolicies: policies?.map((document) => JSON.stringify(document)),
    trust: JSON.stringify(
      trust ?? {
        Version: '2012-10-17',
        Statement: {
          Effect: 'Allow',
          Principal: { AWS: `arn:${base.partition}:iam::${base.accountId}:root` },
          Action: 'sts:AssumeRole',
        },
      },
    ),
  });
}

function addMemberCaller(
  base: AccountState,
  member: MemberState,
  organization: OrganizationState,
  { policies, ...caller }: SeedCaller,
): void {
  addCaller(base, {
    ...caller,
    accountId: member.id,
    organizationId: organization.id,
    isPoliced: policies !== undefined,
    identity: policies && {
      kind: 'documents',
      documents: policies.map((document) => JSON.stringify(document)),
    },
  });
}
