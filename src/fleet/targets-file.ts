import * as z from 'zod/mini';
import { nodeAt, problemsOf } from '../config/problems.js';
import { MAX_PROBLEMS, parseYamlFile, type YamlFile } from '../config/yaml-file.js';
import { isRegionName } from '../model/region.js';
import { failed, ok, type Result } from '../model/result.js';

/** How a shard gets the credentials of an account. */
export type Auth = 'chain' | 'web-identity';

/** An account that the file names itself. */
export interface NamedAccount {
  readonly id: string;
  /** `null` where the file gives none. */
  readonly name: string | null;
  /** Its own regions; `null` for those of the whole file. */
  readonly regions: RegionChoice | null;
}

/** Globs of region names, or every region that is enabled in the account. */
export type RegionChoice = readonly string[] | 'enabled';

/** Which accounts of an organization. */
export interface OrganizationChoice {
  /** Ids of organizational units; empty for the whole organization. */
  readonly ous: readonly string[];
  /** Ids of accounts and organizational units that are left out. */
  readonly except: readonly string[];
  readonly includeManagement: boolean;
}

/** What a targets file asks for. */
export interface TargetsFile {
  /** `null` where the file lists accounts. */
  readonly organization: OrganizationChoice | null;
  readonly accounts: readonly NamedAccount[];
  readonly regions: RegionChoice;
  /** With its path, such as `audit/apigw-iam-gate-reader`. */
  readonly roleName: string;
  /** Name of the environment variable that holds the external id; `null` for none. */
  readonly externalIdFrom: string | null;
  readonly auth: Auth;
}

/** Where a targets file is looked for when nobody names one. */
export const DEFAULT_TARGETS_FILE = '.github/apigw-iam-gate.targets.yml';

/** The role that the templates in `setup/organization` make. */
const DEFAULT_ROLE = 'apigw-iam-gate-reader';

const custom = (isValid: (value: string) => boolean, message: string) =>
  z.string().check((context) => {
    if (!isValid(context.value)) {
      context.issues.push({ code: 'custom', input: context.value, message });
    }
  });

const ACCOUNT_ID = /^\d{12}$/;

/** YAML reads digits as a number, which has no leading zeros: only a text keeps all twelve digits. */
const accountId = z
  .pipe(
    z.union([z.string(), z.int()]),
    z.transform((value) => String(value)),
  )
  .check((context) => {
    if (ACCOUNT_ID.test(context.value)) return;
    const isShort = /^\d{1,11}$/.test(context.value);
    context.issues.push({
      code: 'custom',
      input: context.value,
      message: isShort
        ? 'is not an account id of 12 digits; one that begins with 0 must stand in quotes'
        : 'is not an account id of 12 digits',
    });
  });

/** AWS Organizations API Reference, OrganizationalUnit and Root: their ids. */
const OU_ID = /^(?:ou-[0-9a-z]{4,32}-[0-9a-z]{8,32}|r-[0-9a-z]{4,32})$/;
const ouId = custom(
  (value) => OU_ID.test(value),
  'is not the id of an organizational unit, such as ou-ab12-11111111',
);

const accountOrOu = z
  .pipe(
    z.union([z.string(), z.int()]),
    z.transform((value) => String(value)),
  )
  .check((context) => {
    if (ACCOUNT_ID.test(context.value) || OU_ID.test(context.value)) return;
    context.issues.push({
      code: 'custom',
      input: context.value,
      message:
        'is neither an account id of 12 digits (in quotes where it begins with 0) nor the id of an organizational unit',
    });
  });

const REGION_GLOB = /^(?=[^*]*\*)[a-z*][a-z0-9*-]{0,39}$/;

/** A plan with any other name is refused where it is read, which blames the plan and not this file. */
const region = custom(
  (value) => isRegionName(value) || REGION_GLOB.test(value),
  'is not a region such as eu-west-1, nor a glob such as eu-*; every enabled region is regions: enabled, without brackets',
);

const regions = z.union([
  z.literal('enabled'),
  z.array(region).check(z.minLength(1, 'must not be an empty list')),
]);

const MAX_ACCOUNTS = 10_000;

const targetsFileSchema = z.strictObject({
  organization: z.optional(
    z.strictObject({
      ous: z.optional(
        z
          .array(ouId)
          .check(
            z.minLength(1, 'must not be an empty list'),
            z.describe('Only accounts in or below these organizational units'),
          ),
      ),
      except: z.optional(
        z.array(accountOrOu).check(z.describe('Accounts and organizational units to leave out')),
      ),
      'include-management': z.optional(z.boolean()),
    }),
  ),
  accounts: z.optional(
    z
      .array(
        z.union([
          accountId,
          z.strictObject({
            id: accountId,
            name: z.optional(z.string().check(z.trim(), z.minLength(1, 'must not be empty'))),
            regions: z.optional(regions),
          }),
        ]),
      )
      .check(
        z.minLength(1, 'must not be an empty list'),
        z.maxLength(MAX_ACCOUNTS, `has more than ${MAX_ACCOUNTS} accounts`),
      ),
  ),
  regions: regions.check(z.describe('Globs of region names, or "enabled"')),
  'role-name': z.optional(
    // IAM API Reference, Role: RoleName is 1 to 64 of [\w+=,.@-], and a path precedes it.
    custom(
      (value) => /^(?:[\w+=,.@-]+\/){0,20}[\w+=,.@-]{1,64}$/.test(value),
      'is not the name of a role; give the name alone, with its path where it has one, and no ARN',
    ),
  ),
  'external-id-from': z.optional(
    // Who edits the file need not be who holds the secrets of the job.
    custom(
      (value) => /^(?:[A-Z][A-Z0-9_]*_)?EXTERNAL_ID$/.test(value),
      'is not the name of an environment variable that ends in EXTERNAL_ID, such as GATE_EXTERNAL_ID',
    ),
  ),
  auth: z.optional(z.enum(['chain', 'web-identity'])),
});

/** Parses a targets file, YAML or JSON: what it asks for, or every problem as `file:line:column: …`. */
export function parseTargetsFile(
  text: string,
  file: string,
): Result<TargetsFile, readonly string[]> {
  return parseYamlFile(text, file, 'targets file', checkTargets);
}

function checkTargets({
  document,
  content,
  place,
}: YamlFile): Result<TargetsFile, readonly string[]> {
  const parsed = targetsFileSchema.safeParse(content);
  const issues = parsed.error?.issues ?? [];
  const at = (path: readonly PropertyKey[]): string =>
    place(nodeAt(document, path)?.range?.[0] ?? 0);
  const problems = [
    ...problemsOf(issues, targetsFileSchema, document, place, 'the targets file'),
    ...problemsTogether(content, at),
  ];
  if (!parsed.success || problems.length > 0) {
    return failed([...new Set(problems)].slice(0, MAX_PROBLEMS));
  }
  const { data } = parsed;
  return ok({
    organization:
      data.organization === undefined
        ? null
        : {
            ous: data.organization.ous ?? [],
            except: data.organization.except ?? [],
            includeManagement: data.organization['include-management'] ?? false,
          },
    accounts: (data.accounts ?? []).map((it) =>
      typeof it === 'string'
        ? { id: it, name: null, regions: null }
        : { id: it.id, name: it.name ?? null, regions: it.regions ?? null },
    ),
    regions: data.regions,
    roleName: data['role-name'] ?? DEFAULT_ROLE,
    externalIdFrom: data['external-id-from'] ?? null,
    auth: data.auth ?? 'chain',
  });
}

/** What single keys cannot say; told also where a key is wrong, so that one run shows everything. */
function problemsTogether(
  content: unknown,
  at: (path: readonly PropertyKey[]) => string,
): string[] {
  if (typeof content !== 'object' || content === null) return [];
  const problems: string[] = [];
  const hasOrganization = 'organization' in content;
  const hasAccounts = 'accounts' in content;
  if (hasOrganization && hasAccounts) {
    problems.push(
      `${at(['accounts'])}: has both organization and accounts: an account could be there twice. Keep one of them`,
    );
  }
  if (!hasOrganization && !hasAccounts) {
    problems.push(
      `${at([])}: names no accounts. Add organization: {} for the whole organization, or accounts: with a list of ids`,
    );
  }
  const listed = hasAccounts && Array.isArray(content.accounts) ? content.accounts : [];
  const seen = new Set<string>();
  for (const [index, entry] of listed.entries()) {
    const id = idOf(entry);
    if (id === null) continue;
    if (seen.has(id))
      problems.push(`${at(['accounts', index])}: accounts[${index}]: is there twice`);
    seen.add(id);
  }
  return problems;
}

function idOf(entry: unknown): string | null {
  const id: unknown =
    typeof entry === 'object' && entry !== null ? Reflect.get(entry, 'id') : entry;
  return typeof id === 'string' || typeof id === 'number' ? String(id) : null;
}
