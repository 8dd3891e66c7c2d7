import { expect } from '@jest/globals';
import type { LoggedRequest } from '../../emulator/faults.js';
import type { Emulator } from '../../emulator/server.js';
import type { Purpose } from '../../setup/rights.js';
import { NAME } from '../../src/version.js';
import { type Asked, allows } from '../unit/setup/allowed.js';

/**
 * Every scenario is a test of the published rights, too: whatever a step asks AWS for, they allow to a
 * step with its inputs.
 *
 * @param runs the inputs of the steps that were run against this emulator.
 */
export function expectRightsSuffice(
  { account, requests }: Emulator,
  runs: readonly Readonly<Record<string, string>>[],
): void {
  const purposes = [...new Set(runs.flatMap(purposesOf))];
  const values = {
    partition: account.partition,
    region: account.region,
    account: account.accountId,
    // A step may name any API and any group of the account; which ones, other tests look at.
    api: '*',
    group: '*',
    stack: '*',
  };
  const beyond = requests
    // A test may be somebody else in the account, too.
    .filter(({ headers }) => headers['user-agent']?.includes(NAME))
    .flatMap((request) => askedBy(request, values) ?? [])
    .filter((asked) => !allows(purposes, asked, values));
  expect(beyond).toEqual([]);
}

function purposesOf(inputs: Readonly<Record<string, string>>): Purpose[] {
  return [
    'audit',
    ...(inputs.mode === 'enforce' ? (['enforce'] as const) : []),
    ...(inputs['invoke-group'] === undefined ? [] : (['read-group'] as const)),
    ...(/\bstack:/.test(inputs['api-id'] ?? '') ? (['find-stack'] as const) : []),
    ...(inputs.grant === 'true' && inputs.mode === 'enforce' ? (['grant'] as const) : []),
  ];
}

interface Whereabouts {
  readonly partition: string;
  readonly region: string;
  readonly account: string;
}

function askedBy(
  { plane, operation, method, path, body }: LoggedRequest,
  { partition, region, account }: Whereabouts,
): Asked | null {
  if (plane === 'control') {
    return {
      action: `apigateway:${method}`,
      resource: `arn:${partition}:apigateway:${region}::${path.replace(/^\/v2\b/, '')}`,
    };
  }
  const form = new URLSearchParams(body);
  if (plane === 'cloudformation') {
    const stack = form.get('StackName') ?? '';
    return {
      action: `cloudformation:${operation}`,
      resource: stack.startsWith('arn:')
        ? stack
        : `arn:${partition}:cloudformation:${region}:${account}:stack/${stack}/id`,
    };
  }
  if (plane !== 'iam') return null;
  // A list is of no policy (Service Authorization Reference, AWS Identity and Access Management).
  if (operation === 'ListPolicies') return { action: 'iam:ListPolicies', resource: '*' };
  const name = form.get('GroupName');
  const resource =
    name === null
      ? (form.get('PolicyArn') ??
        `arn:${partition}:iam::${account}:policy/${form.get('PolicyName')}`)
      : `arn:${partition}:iam::${account}:group/${name}`;
  return { action: `iam:${operation}`, resource };
}
