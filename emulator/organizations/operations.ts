import type { MemberState, OrganizationState, UnitState } from '../estate/model.js';
import type { JsonObject, JsonValue } from '../json.js';
import { invalidInput, OrganizationsError } from './error.js';
import { page } from './page.js';

/** One authenticated request. */
export interface OrganizationsCall {
  readonly organization: OrganizationState;
  readonly partition: string;
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
  readonly body: JsonObject;
}

interface Operation {
  /** Every account of the organization may, not the management account and its delegates alone. */
  readonly isOpenToAll?: boolean;
  readonly run: (call: OrganizationsCall) => JsonObject;
}

/**
 * The operations that are modelled. Shapes, patterns, and who may call them: service model of
 * Organizations, 2016-11-28.
 */
export const OPERATIONS: Readonly<Record<string, Operation>> = {
  DescribeOrganization: { isOpenToAll: true, run: describeOrganization },
  DescribeAccount: {
    run: (call) => ({ Account: accountBody(call, memberOf(call)) }),
  },
  DescribeOrganizationalUnit: {
    run: (call) => ({ OrganizationalUnit: unitBody(call, unitOf(call)) }),
  },
  ListRoots: {
    run: (call) => page(call.body, 'Roots', [rootBody(call)], (root) => root, 'full'),
  },
  ListAccounts: {
    run: (call) =>
      listed(call, 'Accounts', [...call.organization.members.values()], (member) =>
        accountBody(call, member),
      ),
  },
  ListAccountsForParent: {
    run: (call) => {
      const parentId = parentOf(call);
      const members = [...call.organization.members.values()].filter(
        (member) => member.parentId === parentId,
      );
      return listed(call, 'Accounts', members, (member) => accountBody(call, member));
    },
  },
  ListOrganizationalUnitsForParent: {
    run: (call) => {
      const parentId = parentOf(call);
      const units = [...call.organization.units.values()].filter(
        (unit) => unit.parentId === parentId,
      );
      return listed(call, 'OrganizationalUnits', units, (unit) => unitBody(call, unit));
    },
  },
  ListParents: { run: listParents },
};

function listed<T>(
  { body, organization }: OrganizationsCall,
  name: string,
  items: readonly T[],
  render: (item: T) => JsonValue,
): JsonObject {
  return page(body, name, items, render, organization.forms.pages);
}

function describeOrganization({ organization, partition }: OrganizationsCall): JsonObject {
  const { id, managementId, members } = organization;
  return {
    Organization: {
      Id: id,
      Arn: `arn:${partition}:organizations::${managementId}:organization/${id}`,
      FeatureSet: 'ALL',
      MasterAccountArn: `arn:${partition}:organizations::${managementId}:account/${id}/${managementId}`,
      MasterAccountId: managementId,
      MasterAccountEmail: members.get(managementId)?.email,
      AvailablePolicyTypes: [{ Type: 'SERVICE_CONTROL_POLICY', Status: 'ENABLED' }],
    },
  };
}

/** `Status` was retired on 9 September 2026 (service model, Account): there is `State` alone. */
function accountBody(
  { organization, partition, nowMs }: OrganizationsCall,
  member: MemberState,
): JsonObject {
  const { id, managementId, forms } = organization;
  const path = pathOf(organization, member.parentId);
  return {
    Id: member.id,
    Arn: `arn:${partition}:organizations::${managementId}:account/${id}/${member.id}`,
    Email: member.email,
    Name: member.name,
    State: member.state,
    Paths:
      forms.paths === 'absent'
        ? undefined
        : [forms.paths === 'with-account' ? `${path}${member.id}/` : path],
    JoinedMethod: member.id === managementId ? 'INVITED' : 'CREATED',
    JoinedTimestamp: Math.floor(nowMs / 1000) - 365 * 24 * 3600,
  };
}

function unitBody({ organization, partition }: OrganizationsCall, unit: UnitState): JsonObject {
  const { id, managementId } = organization;
  return {
    Id: unit.id,
    Arn: `arn:${partition}:organizations::${managementId}:ou/${id}/${unit.id}`,
    Name: unit.name,
    Path: pathOf(organization, unit.id),
  };
}

function rootBody({ organization, partition }: OrganizationsCall): JsonObject {
  const { id, managementId, rootId } = organization;
  return {
    Id: rootId,
    Arn: `arn:${partition}:organizations::${managementId}:root/${id}/${rootId}`,
    Name: 'Root',
    PolicyTypes: [],
  };
}

/** `o-…/r-…/ou-…/`: from the organization down, a slash at the end (service model, Path). */
function pathOf(organization: OrganizationState, parentId: string): string {
  const unit = organization.units.get(parentId);
  if (unit === undefined) return `${organization.id}/${organization.rootId}/`;
  return `${pathOf(organization, unit.parentId)}${unit.id}/`;
}

function listParents(call: OrganizationsCall): JsonObject {
  const childId = textOf(call, 'ChildId');
  const { members, units, rootId } = call.organization;
  const child = members.get(childId) ?? units.get(childId);
  if (child === undefined)
    throw new OrganizationsError(
      'ChildNotFoundException',
      "You provided a child ID that doesn't exist in the organization.",
    );
  const { parentId } = child;
  const Type = parentId === rootId ? 'ROOT' : 'ORGANIZATIONAL_UNIT';
  return page(call.body, 'Parents', [{ Id: parentId, Type }], (parent) => parent, 'full');
}

function parentOf(call: OrganizationsCall): string {
  const id = textOf(call, 'ParentId');
  if (!/^r-[0-9a-z]{4,32}$|^ou-[0-9a-z]{4,32}-[a-z0-9]{8,32}$/.test(id)) throw invalidPattern();
  if (id === call.organization.rootId || call.organization.units.has(id)) return id;
  throw new OrganizationsError(
    'ParentNotFoundException',
    "You provided a parent ID that doesn't exist in the organization.",
  );
}

function memberOf(call: OrganizationsCall): MemberState {
  const id = textOf(call, 'AccountId');
  if (!/^\d{12}$/.test(id)) throw invalidPattern();
  const member = call.organization.members.get(id);
  if (member !== undefined) return member;
  throw new OrganizationsError(
    'AccountNotFoundException',
    "You specified an account that doesn't exist.",
  );
}

function unitOf(call: OrganizationsCall): UnitState {
  const unit = call.organization.units.get(textOf(call, 'OrganizationalUnitId'));
  if (unit !== undefined) return unit;
  throw new OrganizationsError(
    'OrganizationalUnitNotFoundException',
    "You specified an organizational unit that doesn't exist.",
  );
}

function textOf({ body }: OrganizationsCall, name: string): string {
  const value = body[name];
  if (typeof value === 'string') return value;
  throw invalidInput('INPUT_REQUIRED', `You must specify a value for ${name}.`);
}

function invalidPattern(): OrganizationsError {
  return invalidInput('INVALID_PATTERN', 'You specified an invalid value.');
}
