import { regionsWith } from '../estate/regions.js';
import type { SeedOrganization } from '../seed-schema.js';
import { type FleetAccount, type FleetWorld, UNITS } from './world.js';

/** The issuer of the tokens of GitHub's jobs. */
const ISSUER = 'token.actions.githubusercontent.com';

/** The organization of a fleet, as a seed would write it down. */
export function organizationOfFleet(
  world: FleetWorld,
  managementId: string,
  partition: string,
): SeedOrganization {
  return {
    id: 'o-fleet00001',
    root: 'r-flt1',
    management: managementId,
    units: Array.from({ length: UNITS }, (_, index) => ({
      id: unitId(index),
      name: `unit ${index + 1}`,
      ...(index % 2 === 1 ? { parent: unitId(index - 1) } : {}),
    })),
    accounts: [
      {
        id: managementId,
        name: 'management',
        state: 'ACTIVE',
        regions: enabled(world.fleet.regions),
        roles: [],
        callers: [],
        identityProviders: {},
        apis: {},
        httpApis: {},
        webSocketApis: {},
      },
      ...world.accounts.map((account) => accountOf(account, world, managementId, partition)),
    ],
    delegatedAdministrators: [],
    trustedAccess: ['account.amazonaws.com'],
    forms: { pages: 'empty-between', paths: 'with-account', regionsAPage: 50 },
  };
}

/** The unit of that number. */
export function unitId(index: number): string {
  return `ou-flt1-0000000${index + 1}`;
}

type SeedAccount = SeedOrganization['accounts'][number];

function accountOf(
  { id, name, unit, obstacle, isDisabled }: FleetAccount,
  { fleet }: FleetWorld,
  managementId: string,
  partition: string,
): SeedAccount {
  return {
    id,
    name,
    state: obstacle === 'suspended' ? 'SUSPENDED' : 'ACTIVE',
    parent: unitId(unit),
    regions: {
      ...enabled(fleet.regions),
      ...(isDisabled ? { [fleet.regions.at(-1) ?? '']: 'DISABLED' } : {}),
    },
    roles:
      obstacle === 'no-role'
        ? []
        : [
            {
              name: fleet.role,
              policies: [READER],
              trust: {
                Version: '2012-10-17',
                Statement: [
                  {
                    Effect: 'Allow',
                    Principal: {
                      AWS: `arn:${partition}:iam::${obstacle === 'not-trusted' ? id : managementId}:root`,
                    },
                    Action: 'sts:AssumeRole',
                    ...conditionOf(fleet.externalId, obstacle),
                  },
                  ...(obstacle === undefined
                    ? [trustingToken(`arn:${partition}:iam::${id}:oidc-provider/${ISSUER}`)]
                    : []),
                ],
              },
            },
          ],
    callers: [],
    identityProviders: { [ISSUER]: ['sts.amazonaws.com'] },
    apis: {},
    httpApis: {},
    webSocketApis: {},
  };
}

/** What every account can use; a region that is enabled by default stays so. */
function enabled(regions: readonly string[]): SeedAccount['regions'] {
  const byDefault = regionsWith({});
  return Object.fromEntries(
    regions.map((region) => {
      const status = byDefault.get(region);
      return [region, status === 'ENABLED_BY_DEFAULT' ? status : 'ENABLED'];
    }),
  );
}

/** The least that an audit needs. */
const READER = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 'apigateway:GET', Resource: '*' }],
};

function conditionOf(externalId: string | undefined, obstacle: FleetAccount['obstacle']) {
  if (externalId === undefined) return {};
  const expected = obstacle === 'external-id' ? `other-than-${externalId}` : externalId;
  return { Condition: { StringEquals: { 'sts:ExternalId': expected } } };
}

function trustingToken(provider: string) {
  return {
    Effect: 'Allow',
    Principal: { Federated: provider },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: {
      StringEquals: { [`${ISSUER}:aud`]: 'sts.amazonaws.com' },
      StringLike: { [`${ISSUER}:sub`]: 'repo:octo-org/example:*' },
    },
  };
}
