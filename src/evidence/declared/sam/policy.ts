import type { Place } from '../../../model/declared.js';
import { entry, get, isList, list, map, type Node, scalar, textOf } from '../node.js';
import { truthy } from './python.js';
import { expectMap, Refusal } from './refusal.js';

/**
 * The statements that `Auth.ResourcePolicy` becomes (SAM specification, "ResourcePolicyStatement"): a
 * list of addresses or VPCs is "everybody, but those" or "nobody but those"; of accounts an Allow or Deny.
 */
export function statementsOf(policy: Node | undefined, resource: string): readonly Node[] {
  if (!truthy(policy)) return [];
  const whole = expectMap(policy, 'ResourcePolicy must be a map (ResourcePolicyStatement).');
  const at = (key: string) => get(whole, key);
  const statements: Node[] = [];
  for (const [key, effect] of [
    ['AwsAccountWhitelist', 'Allow'],
    ['AwsAccountBlacklist', 'Deny'],
  ] as const) {
    const accounts = at(key);
    if (truthy(accounts)) {
      statements.push(statement(effect, resource, principal(asList(accounts)), null));
    }
  }
  for (const [key, operator] of [
    ['IpRangeWhitelist', 'NotIpAddress'],
    ['IpRangeBlacklist', 'IpAddress'],
  ] as const) {
    const ranges = at(key);
    if (truthy(ranges)) {
      const values = asList(ranges);
      statements.push(...except(operator, [['aws:SourceIp', values.items]], resource, values.at));
    }
  }
  for (const [name, operator] of [
    ['Blacklist', 'StringEquals'],
    ['Whitelist', 'StringNotEquals'],
  ] as const) {
    const written = at(`SourceVpc${name}`);
    if (
      truthy(written) &&
      (!isList(written) || written.items.some((it) => textOf(it) === undefined))
    ) {
      throw new Refusal(
        `SourceVpc${name} must be a list of strings. Use IntrinsicVpc${name} instead for values that use Intrinsic Functions`,
        written.at,
      );
    }
    const named = isList(written) ? written.items : [];
    const vpcs = [
      ...named.filter((it) => textOf(it)?.startsWith('vpc-') === true),
      ...itemsOf(at(`IntrinsicVpc${name}`)),
    ];
    const endpoints = [
      ...named.filter((it) => textOf(it)?.startsWith('vpce-') === true),
      ...itemsOf(at(`IntrinsicVpce${name}`)),
    ];
    const [first] = [...vpcs, ...endpoints];
    if (first !== undefined) {
      const keys: [string, readonly Node[]][] = [
        ['aws:SourceVpc', vpcs],
        ['aws:SourceVpce', endpoints],
      ];
      statements.push(...except(operator, keys, resource, first.at));
    }
  }
  const own = at('CustomStatements');
  if (truthy(own)) statements.push(...(isList(own) ? own.items : [own]));
  return statements;
}

function itemsOf(node: Node | undefined): readonly Node[] {
  return isList(node) ? node.items : [];
}

function asList(node: Node) {
  return isList(node) ? node : list([node], node.at);
}

function principal(accounts: Node): Node {
  return map([entry('AWS', accounts)], accounts.at);
}

function except(
  operator: string,
  keys: readonly (readonly [string, readonly Node[]])[],
  resource: string,
  at: Place,
): readonly Node[] {
  const everybody = scalar('*', at);
  const values = keys
    .filter(([, items]) => items.length > 0)
    .map(([key, items]) => entry(key, list(items, at), at));
  const condition = map([entry(operator, map(values, at), at)], at);
  return [
    statement('Allow', resource, everybody, null),
    statement('Deny', resource, everybody, condition),
  ];
}

function statement(effect: string, resource: string, who: Node, condition: Node | null): Node {
  const { at } = who;
  return map(
    [
      entry('Effect', scalar(effect, at)),
      entry('Action', scalar('execute-api:Invoke', at)),
      entry('Resource', scalar(resource, at)),
      entry('Principal', who),
      ...(condition === null ? [] : [entry('Condition', condition)]),
    ],
    at,
  );
}
