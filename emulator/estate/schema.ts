import { z } from 'zod';
import { httpApi, webSocketApi } from '../v2/seed-schema.js';
import { ACCOUNT_STATES } from './model.js';
import { REGION_STATUSES } from './regions.js';

const accountId = z.string().regex(/^\d{12}$/, 'must be 12 digits');
const ROOT = 'r-root';
/** Patterns: service model of Organizations, RootId and OrganizationalUnitId. */
const rootId = z.string().regex(/^r-[0-9a-z]{4,32}$/, 'must look like "r-ab12"');
const unitId = z
  .string()
  .regex(/^ou-[0-9a-z]{4,32}-[a-z0-9]{8,32}$/, 'must look like "ou-ab12-11111111"');

/**
 * The format of an organization in a seed; emulator/README.md describes it.
 *
 * @param parts what accounts hold, which seeds of one account have as well
 */
export function organizationSchema<
  Role extends z.ZodType,
  Caller extends z.ZodType,
  Api extends z.ZodType,
>(parts: { readonly role: Role; readonly caller: Caller; readonly api: Api }) {
  const account = z.strictObject({
    id: accountId,
    name: z.string().min(1).max(128),
    email: z.string().optional(),
    state: z.enum(ACCOUNT_STATES).default('ACTIVE'),
    /** Unit or root that it is in; the root where nothing is said. */
    parent: z.string().optional(),
    /** Regions whose status differs from that of a new account. */
    regions: z.record(z.string(), z.enum(REGION_STATUSES)).default({}),
    roles: z.array(parts.role).default([]),
    callers: z.array(parts.caller).default([]),
    /** OIDC providers, by issuer without `https://`, and the audiences that they are for. */
    identityProviders: z.record(z.string(), z.array(z.string()).min(1)).default({}),
    /** APIs by region. */
    apis: z.record(z.string(), z.array(parts.api)).default({}),
    httpApis: z.record(z.string(), z.array(httpApi)).default({}),
    webSocketApis: z.record(z.string(), z.array(webSocketApi)).default({}),
  });
  return z.strictObject({
    id: z
      .string()
      .regex(/^o-[a-z0-9]{10,32}$/, 'must look like "o-a1b2c3d4e5"')
      .default('o-exampleorg'),
    root: rootId.default(ROOT),
    /** The management account; the seed's own where nothing is said. */
    management: accountId.optional(),
    units: z
      .array(z.strictObject({ id: unitId, name: z.string().min(1), parent: z.string().optional() }))
      .default([]),
    accounts: z.array(account).default([]),
    delegatedAdministrators: z
      .array(z.strictObject({ account: accountId, services: z.array(z.string()).min(1) }))
      .default([]),
    trustedAccess: z.array(z.string()).default(['account.amazonaws.com']),
    forms: z
      .strictObject({
        pages: z.enum(['full', 'empty-between']).default('empty-between'),
        paths: z.enum(['with-account', 'without-account', 'absent']).default('with-account'),
        regionsAPage: z.number().int().min(1).max(50).default(50),
      })
      .prefault({}),
  });
}
