import {
  get,
  isList,
  isMap,
  list,
  type MapNode,
  map,
  type Node,
  scalar,
  scalarText,
  withEntry,
} from '../node.js';
import type { Body } from './body.js';
import { truthy } from './python.js';

export const SCHEMES = ['securityDefinitions'];

/** Keys of a path item that `SwaggerEditor` knows to be no methods. */
export const NO_METHODS = new Set(['summary', 'description', 'parameters']);

/** Whether the translator takes a value for an OpenAPI document. */
export function isSwagger(node: Node | undefined): node is MapNode {
  if (!isMap(node) || !isMap(get(node, 'paths'))) return false;
  return truthy(get(node, 'swagger')) || isVersion3(get(node, 'openapi'));
}

export function isVersion3(node: Node | undefined): boolean {
  return /^3(\.\d)(\.\d)?$/.test(scalarText(node) ?? '');
}

export function addStatements(body: Body, statements: readonly Node[], at: Node['at']): void {
  if (statements.length === 0) return;
  const key = 'x-amazon-apigateway-policy';
  const policy = get(body.document, key);
  const old = get(policy, 'Statement');
  const before = isList(old) ? old.items : old === undefined ? [] : [old];
  const dated = withEntry(isMap(policy) ? policy : map([], at), {
    key: 'Version',
    at,
    value: scalar('2012-10-17', at),
  });
  const whole = withEntry(dated, {
    key: 'Statement',
    at,
    value: list([...before, ...statements], at),
  });
  body.set(key, { ...whole, at });
}
