import type { SeedFile } from '../../emulator/server.js';

export const MANAGEMENT = '111111111111';
export const SHOP = '222222222222';
export const BANK = '333333333333';
export const CLOSED = '444444444444';

/** Keys of somebody in a member account. */
export function keysIn(account: string) {
  return { accessKeyId: `AKIAIN${account}`, secretAccessKey: `secret-of-${account}` };
}

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
type Organization = NonNullable<SeedFile['organization']>;
export type SeedAccount = NonNullable<Organization['accounts']>[number];
type SeedRole = NonNullable<SeedAccount['roles']>[number];

/** Who may assume a role, and on what conditions. */
export function trusting(
  principal: Record<string, Json>,
  condition?: Record<string, Json>,
  action = 'sts:AssumeRole',
) {
  return {
    Version: '2012-10-17',
    Statement: {
      Effect: 'Allow',
      Principal: principal,
      Action: action,
      ...(condition === undefined ? {} : { Condition: condition }),
    },
  };
}

/** A policy of one statement. */
export function allowing(...actions: string[]) {
  return {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }],
  };
}

/** The role that audits an account, as the estate's setup makes it. */
export function readerRole(fields: Partial<SeedRole> = {}): SeedRole {
  return { name: 'reader', policies: [allowing('apigateway:GET')], ...fields };
}

/** One API with one method and one stage. */
export function smallApi(id: string, auth: 'NONE' | 'AWS_IAM' = 'AWS_IAM') {
  return {
    id,
    name: `api ${id}`,
    methods: { 'GET /': { auth } },
    deployments: [{ id: 'dep001' }],
    stages: { prod: { deployment: 'dep001' } },
  };
}

/** Four accounts in two units. */
export function smallOrganization(fields: Partial<Organization> = {}): SeedFile {
  return {
    account: { id: MANAGEMENT, region: 'eu-west-1' },
    organization: {
      id: 'o-exampleorg1',
      root: 'r-ab12',
      units: [
        { id: 'ou-ab12-workloads', name: 'Workloads' },
        { id: 'ou-ab12-payments', name: 'Payments', parent: 'ou-ab12-workloads' },
      ],
      accounts: [
        {
          id: SHOP,
          name: 'shop',
          parent: 'ou-ab12-workloads',
          regions: { 'eu-south-1': 'ENABLED', 'eu-central-2': 'ENABLING' },
          roles: [readerRole()],
          callers: [{ name: 'ann', ...keysIn(SHOP) }],
          apis: { 'eu-west-1': [smallApi('shopeuwest')], 'eu-south-1': [smallApi('shopsouth0')] },
        },
        {
          id: BANK,
          name: 'bank',
          parent: 'ou-ab12-payments',
          roles: [readerRole()],
          callers: [{ name: 'bob', ...keysIn(BANK) }],
          apis: { 'eu-west-1': [smallApi('bankeuwest')] },
        },
        {
          id: CLOSED,
          name: 'old shop',
          state: 'SUSPENDED',
          roles: [readerRole()],
          callers: [{ name: 'cid', ...keysIn(CLOSED) }],
        },
      ],
      ...fields,
    },
  };
}
