import type { Place } from '../../../model/declared.js';
import { fold } from '../cloudformation/fold.js';
import type { Scope } from '../cloudformation/scope.js';
import { entry, get, isList, list, map, type Node, scalar, scalarText, textOf } from '../node.js';
import { ANY_METHOD, type Body } from './body.js';
import { truthy } from './python.js';
import { expectMap, Refusal } from './refusal.js';
import { addStatements } from './swagger.js';

/**
 * Writes what `Auth.ResourcePolicy` says into a document. Of an API, SAM writes the statements once for each
 * path; of an event, for its path. In their `Resource` stand the stage and every method of the path, so that
 * they speak of no other stage: a Deny of SAM's does not reach the stage `Stage` that SAM makes besides
 * (samtranslator 1.115.0, `SwaggerEditor.add_resource_policy`).
 */
export function addResourcePolicy(
  body: Body,
  policy: Node,
  paths: readonly string[],
  stage: string,
  at: Place,
): void {
  const whole = expectMap(policy, 'ResourcePolicy must be a map (ResourcePolicyStatement).');
  const own = get(whole, 'CustomStatements');
  const written = paths.flatMap((path) => statementsOf(whole, resourcesOf(body, path, stage, at)));
  const custom = truthy(own) ? (isList(own) ? own.items : [own]) : [];
  addStatements(body, [...written, ...custom], at);
}

/**
 * The stage of an API in a `Resource`. What is not known, or differs between the branches of a template, is
 * a text of its own: whatever it becomes, it is the same wherever it stands.
 */
export function stageOf(properties: Node | undefined, scope: Scope): string {
  const written = get(properties, 'StageName');
  const values = written === undefined ? [] : fold(written, scope);
  const [only] = values;
  const text = values.length === 1 && only?.kind === 'known' ? scalarText(only.node) : undefined;
  return text ?? `\${StageName}`;
}

/** What SAM's regular expression takes for a parameter of a path; a slash at the end stays. */
const PARAMETER = /\{[a-zA-Z0-9._-]+\+?\}/g;

function resourcesOf(body: Body, path: string, stage: string, at: Place): Node {
  const resources = body.methodsOf(path).map((key) => {
    const lower = key.toLowerCase();
    const method = lower === ANY_METHOD || lower === 'any' ? '*' : key.toUpperCase();
    return scalar(`execute-api:/${stage}/${method}${path.replaceAll(PARAMETER, '*')}`, at);
  });
  return list(resources, at);
}

/**
 * The statements about some resources (SAM specification, "ResourcePolicyStatement"): a list of addresses or
 * VPCs is "everybody, but those" or "nobody but those"; of accounts an Allow or Deny.
 */
function statementsOf(whole: Node, resource: Node): readonly Node[] {
  const at = (key: string) => get(whole, key);
  const statements: Node[] = [];
  for (const [key, effect] of [
    ['AwsAccountWhitelist', 'Allow'],
    ['AwsAccountBlacklist', 'Deny'],
  ] as const) {
    const accounts = at(key);
    if (!truthy(accounts)) continue;
    if (accounts.kind === 'scalar') {
      throw new Refusal(`Type of '${accounts.text}' must be a list or dictionary`, accounts.at);
    }
    statements.push(statement(effect, resource, principal(asList(accounts)), null));
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
  resource: Node,
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

function statement(effect: string, resource: Node, who: Node, condition: Node | null): Node {
  const { at } = who;
  return map(
    [
      entry('Effect', scalar(effect, at)),
      entry('Action', scalar('execute-api:Invoke', at)),
      entry('Resource', resource, at),
      entry('Principal', who),
      ...(condition === null ? [] : [entry('Condition', condition)]),
    ],
    at,
  );
}
