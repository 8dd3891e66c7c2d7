import { awsManagedPolicies } from './iam/aws-managed-policies.js';
import type {
  AccountState,
  CallerIdentity,
  CallerState,
  ExportUnderCanary,
  RoleState,
} from './model.js';
import { newV2State } from './v2/switches.js';

/** The caller that every emulator knows; the keys are the example keys of AWS's documentation. */
export const DEFAULT_ACCESS_KEY_ID = 'AKIAIOSFODNN7EXAMPLE';
export const DEFAULT_SECRET_ACCESS_KEY = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';

const DEFAULT_ACCOUNT_ID = '123456789012';
const DEFAULT_REGION = 'us-east-1';
const DEFAULT_ROLE_NAME = 'gate-invoker';

/** Which partition a region belongs to; it is the second part of every ARN. */
export function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  if (region.startsWith('us-gov-')) return 'aws-us-gov';
  if (region.startsWith('eusc-')) return 'aws-eusc';
  return 'aws';
}

/**
 * An account with an administrator, the role `gate-invoker` and no API.
 *
 * @param options.propagationDelayMs milliseconds between a change of a stage and its effect
 */
export function createAccount(
  options: {
    accountId?: string;
    region?: string;
    propagationDelayMs?: number;
    exportUnderCanary?: ExportUnderCanary;
  } = {},
): AccountState {
  const region = options.region ?? DEFAULT_REGION;
  const account: AccountState = {
    accountId: options.accountId ?? DEFAULT_ACCOUNT_ID,
    region,
    partition: partitionOf(region),
    apis: new Map(),
    apiKeys: new Map(),
    domainNames: new Map(),
    callers: new Map(),
    roles: new Map(),
    iam: { users: new Map(), groups: new Map(), policies: awsManagedPolicies(partitionOf(region)) },
    stacks: new Map(),
    vpcEndpoints: new Map(),
    propagationDelayMs: options.propagationDelayMs ?? 0,
    exportUnderCanary: options.exportUnderCanary ?? 'stage',
    arnWildcards: 'expand',
    v2: newV2State(),
  };
  addCaller(account, {
    name: 'admin',
    accessKeyId: DEFAULT_ACCESS_KEY_ID,
    secretAccessKey: DEFAULT_SECRET_ACCESS_KEY,
  });
  addRole(account, { name: DEFAULT_ROLE_NAME });
  return account;
}

/** What is said of a caller; everything that is left out is derived from its name. */
export interface CallerFields {
  readonly name: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
  readonly expiresAtMs?: number | undefined;
  readonly accountId?: string | undefined;
  readonly arn?: string | undefined;
  readonly userId?: string | undefined;
  readonly notAllowed?: readonly string[] | undefined;
  readonly identity?: CallerIdentity | undefined;
  readonly organizationId?: string | undefined;
  readonly isPoliced?: boolean | undefined;
}

/** Makes a set of keys known; keys with the same id are replaced. */
export function addCaller(account: AccountState, fields: CallerFields): CallerState {
  const accountId = fields.accountId ?? account.accountId;
  const caller: CallerState = {
    accessKeyId: fields.accessKeyId,
    secretAccessKey: fields.secretAccessKey,
    accountId,
    arn: fields.arn ?? `arn:${account.partition}:iam::${accountId}:user/${fields.name}`,
    userId:
      fields.userId ?? `AIDA${fields.name.toUpperCase().replace(/[^A-Z0-9]/g, '')}`.padEnd(21, 'X'),
    notAllowed: [...(fields.notAllowed ?? [])],
  };
  if (fields.sessionToken !== undefined) caller.sessionToken = fields.sessionToken;
  if (fields.expiresAtMs !== undefined) caller.expiresAtMs = fields.expiresAtMs;
  if (fields.identity !== undefined) caller.identity = fields.identity;
  if (fields.organizationId !== undefined) caller.organizationId = fields.organizationId;
  if (fields.isPoliced === true) caller.isPoliced = true;
  account.callers.set(caller.accessKeyId, caller);
  return caller;
}

/** Makes a role known to AssumeRole. */
export function addRole(
  account: AccountState,
  fields: {
    readonly name: string;
    readonly notAllowed?: readonly string[] | undefined;
    readonly assumable?: boolean | undefined;
    readonly createdAtMs?: number | undefined;
    /** Documents of its identity policies. */
    readonly identityPolicies?: readonly string[] | undefined;
    /** The document of its trust policy. */
    readonly trust?: string | undefined;
    readonly maxSessionSeconds?: number | undefined;
  },
): RoleState {
  const role: RoleState = {
    arn: `arn:${account.partition}:iam::${account.accountId}:role/${fields.name}`,
    roleId: `AROA${fields.name.toUpperCase().replace(/[^A-Z0-9]/g, '')}`.padEnd(21, 'X'),
    createdAtMs: fields.createdAtMs ?? Date.parse('2024-01-01T00:00:00Z'),
    notAllowed: [...(fields.notAllowed ?? [])],
    assumable: fields.assumable ?? true,
  };
  if (fields.identityPolicies !== undefined) role.identityPolicies = [...fields.identityPolicies];
  if (fields.trust !== undefined) role.trust = fields.trust;
  if (fields.maxSessionSeconds !== undefined) role.maxSessionSeconds = fields.maxSessionSeconds;
  account.roles.set(role.arn, role);
  return role;
}
